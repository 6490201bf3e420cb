// Files of ours that hold names and addresses, the database and the journal: readable by this user alone, and so are the folders
// that are made for them. What is there already is corrected, and the caller is told.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Logger } from "@soh/shared/logger";

export interface ModeNews {
  readonly file: string;
  /** Octal, such as 644. */
  readonly mode: string;
  /** False: it could not be corrected; a person must. */
  readonly corrected: boolean;
}

const OWN_FILE = 0o600;
const OWN_FOLDER = 0o700;

/** Makes the file and its folder, unless they are there. `besides`: others of it that may be there, such as SQLite's journal. */
export function makeOwnFile(file: string, besides: readonly string[] = []): readonly ModeNews[] {
  const folder = dirname(file);
  if (existsSync(folder)) {
    closeSync(openSync(file, "a", OWN_FILE));
    return [file, ...besides].filter(existsSync).flatMap((one) => correct(one, OWN_FILE));
  }
  mkdirSync(folder, { recursive: true, mode: OWN_FOLDER });
  closeSync(openSync(file, "a", OWN_FILE));
  return [];
}

function correct(file: string, wanted: number): readonly ModeNews[] {
  const mode = statSync(file).mode & 0o777;
  if ((mode & ~wanted) === 0) {
    return [];
  }
  try {
    chmodSync(file, wanted);
    return [{ file, mode: mode.toString(8), corrected: true }];
  } catch {
    return [{ file, mode: mode.toString(8), corrected: false }];
  }
}

/** As log lines, at level warn. */
export const logModes =
  (logger: Logger) =>
  ({ corrected, ...of }: ModeNews): void =>
    logger.warn(
      { event: corrected ? "file.mode_corrected" : "file.mode_open", ...of },
      corrected
        ? "others could read this file, which holds addresses: only its owner can now"
        : "others can read this file, which holds addresses, and it is not ours to change: run chmod 600 on it as its owner",
    );
