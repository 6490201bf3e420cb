// Keyset paging, newest first: a page is found by the last row of the one before, so that it costs the same everywhere in
// the list and no row is shown twice or left out when new ones arrive.

/** The place after which the next page begins. */
export interface Position {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}

export interface Paged<Row> {
  readonly rows: readonly Row[];
  /** Undefined on the last page. */
  readonly next: Position | undefined;
}

/** One more row than `limit` was asked for: it tells whether there is a next page. */
export function page<Row>(rows: readonly Row[], limit: number, position: (row: Row) => Position): Paged<Row> {
  const last = rows[limit - 1];
  return { rows: rows.slice(0, limit), next: rows.length > limit && last !== undefined ? position(last) : undefined };
}

export const showPosition = ({ at, id }: Position): string => `${at}~${id}`;

/** Undefined when it is not what `showPosition` writes. */
export function readPosition(text: string): Position | undefined {
  const match = /^(\d{1,16})~(.{1,300})$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { at: Number(match[1]), id: match[2] };
}

/** For LIKE … ESCAPE '\': the text as it is, anywhere. */
export const containing = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
