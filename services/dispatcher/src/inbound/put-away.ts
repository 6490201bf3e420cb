// What becomes of a file that is done with, by its folder's `after`: moved into an archive, or deleted.
import { NotSent, OutcomeUnknown } from "../domain/delivery/failure.ts";

export interface PutAwaySession {
  size(path: string): Promise<number | "absent" | "unsupported">;
  rename(from: string, to: string): Promise<"renamed" | { readonly refused: string; readonly forNow?: boolean }>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
}

/** Undefined when the file is out of the way, else why not. `path`: where it is now; `name`: as the supplier named it. */
export async function putAway(
  session: PutAwaySession,
  input: {
    readonly folder: string;
    readonly path: string;
    readonly name: string;
    readonly hash: string;
    readonly after: "archive" | "delete";
  },
): Promise<string | undefined> {
  const { folder, path, name, hash, after } = input;
  if (after === "delete") {
    await session.remove(path);
    return (await session.size(path)) === "absent" ? undefined : "the server does not delete it";
  }
  const archive = inFolder(folder, "archive");
  await session.makeFolder(archive);
  // Servers overwrite on rename without a word: an answer that re-uses a name gets one of its own.
  const target = inFolder(archive, name);
  const free = (await session.size(target)) === "absent";
  const renamed = await session.rename(path, free ? target : `${target}.${hash}`).catch((error: unknown) => {
    // Wherever it is, the next poll sees it: no reason to keep others waiting.
    throw error instanceof OutcomeUnknown ? new NotSent(error.message, { cause: error }) : error;
  });
  if (renamed !== "renamed" && renamed.forNow === true) {
    throw new NotSent(`the server does not move it to ${archive} now: ${renamed.refused}`);
  }
  // Refused although it is not there: another dispatcher has put it away.
  return renamed === "renamed" || (await session.size(path)) === "absent"
    ? undefined
    : `the server does not move it to ${archive}: ${renamed.refused}`;
}

export const inFolder = (folder: string, name: string): string =>
  folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
