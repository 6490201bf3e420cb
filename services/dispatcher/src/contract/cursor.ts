// Where the next page of a list begins, as `next` says it and `after` takes it: the last row of the page before, so that a page
// costs the same everywhere in the list and no row is shown twice or left out when new ones arrive.
import { z } from "zod";

/** In lists by time, the newest first. */
export interface Position {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}

export const showPosition = ({ at, id }: Position): string => `${at}~${id}`;

/** Undefined when it is not what `showPosition` writes. */
export function readPosition(text: string): Position | undefined {
  const match = /^(\d{1,16})~(.{1,300})$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { at: Number(match[1]), id: match[2] };
}

/** In a catalogue. */
export interface EntryPosition {
  readonly skuKey: string;
  readonly validFrom: string;
}

export const showEntryPosition = ({ skuKey, validFrom }: EntryPosition): string =>
  Buffer.from(JSON.stringify([skuKey, validFrom])).toString("base64url");

/** Undefined when it is not what `showEntryPosition` writes. */
export function readEntryPosition(text: string): EntryPosition | undefined {
  try {
    const [skuKey, validFrom] = z.tuple([z.string(), z.string()]).parse(JSON.parse(Buffer.from(text, "base64url").toString()));
    return { skuKey, validFrom };
  } catch {
    return undefined;
  }
}
