// The dispatcher's database as an operator handles its files: backed up to another disk, and restored from there, older
// than the journal beside it, which stays as it is (docs/delivery.md, "The journal and restored databases").
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

export interface DatabaseFiles {
  /** Only while no process has it open: what was written last may still be in the file beside it. */
  backUp(): void;
  /** To the latest backup; only while no process has it open. Throws when there is none. */
  restore(): void;
  /** Epoch milliseconds; undefined before. */
  readonly restoredAt: number | undefined;
}

/** SQLite's own: the database, and what is written and not yet in it. The third, -shm, is made anew. */
const KEPT = ["", "-wal"];
const ALL = [...KEPT, "-shm"];

/** `backups`: a folder of its own, which is made. */
export function openDatabaseFiles({ file, backups }: { readonly file: string; readonly backups: string }): DatabaseFiles {
  mkdirSync(backups, { recursive: true });
  const backup = join(backups, basename(file));
  let restoredAt: number | undefined;
  return {
    backUp: () => replace(backup, file),
    restore() {
      if (!existsSync(backup)) {
        throw new Error(`there is no backup of ${file}`);
      }
      replace(file, backup);
      restoredAt = Date.now();
    },
    get restoredAt() {
      return restoredAt;
    },
  };
}

/** A -wal that is left of another database would be played into this one. */
function replace(file: string, by: string): void {
  ALL.forEach((suffix) => rmSync(`${file}${suffix}`, { force: true }));
  for (const suffix of KEPT.filter((one) => existsSync(`${by}${one}`))) {
    copyFileSync(`${by}${suffix}`, `${file}${suffix}`);
  }
}
