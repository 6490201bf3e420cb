// Files of folders that are only read (`after: keep`): which were done with, so that a restart does not read them again.
// That each is applied once does not rest on this, but on their bytes (receive.ts).
import { findRows } from "../database/statements.ts";
import type { OpenDatabase } from "../database/open.ts";

export interface KeptFile {
  readonly path: string;
  /** Bytes, as listed. */
  readonly size: number;
  /** Epoch milliseconds, as listed; null where the server does not tell. */
  readonly modifiedAt: number | null;
  /** SHA-256 of its bytes. */
  readonly hash: string;
}

export interface KeptFiles {
  /** Those of the supplier that are remembered, by path. `listed`: what its folder holds now; what it does not is forgotten in time. */
  known(
    supplier: string,
    of: { readonly folder: string; readonly listed: readonly string[] },
  ): Promise<ReadonlyMap<string, KeptFile>>;
  remember(supplier: string, file: KeptFile): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
/** Milliseconds that a file is remembered which is not listed any more: a listing may be empty by mistake. */
const FORGET_AFTER_MS = 30 * DAY_MS;
/** Rows of one statement: databases bound its parameters. */
const CHUNK = 500;

export function createKeptFiles(options: { readonly database: OpenDatabase; readonly now: () => number }): KeptFiles {
  const { database, now } = options;
  return {
    async known(supplier, { folder, listed }) {
      const at = now();
      const rows = await findRows(database.db, "kept_files", { supplier });
      const inside = rows.filter(({ path }) => path.slice(0, path.lastIndexOf("/")) === folder.replace(/\/$/, ""));
      const there = new Set(listed);
      const stale = inside.filter((row) => there.has(row.path) && row.listed_at <= at - DAY_MS).map((row) => row.path);
      const gone = inside.filter((row) => !there.has(row.path) && row.listed_at <= at - FORGET_AFTER_MS).map((row) => row.path);
      if (stale.length + gone.length > 0) {
        await database.transaction(async (trx) => {
          for (let from = 0; from < stale.length; from += CHUNK) {
            const paths = stale.slice(from, from + CHUNK);
            const rowsToMark = trx.updateTable("kept_files").set({ listed_at: at }).where("supplier", "=", supplier);
            await rowsToMark.where("path", "in", paths).execute();
          }
          for (let from = 0; from < gone.length; from += CHUNK) {
            const paths = gone.slice(from, from + CHUNK);
            await trx.deleteFrom("kept_files").where("supplier", "=", supplier).where("path", "in", paths).execute();
          }
        });
      }
      return new Map(
        inside.map(({ path, size, modified_at: modifiedAt, hash }) => [path, { path, size, modifiedAt, hash }] as const),
      );
    },

    async remember(supplier, { path, size, modifiedAt, hash }) {
      const row = { size, modified_at: modifiedAt, hash, listed_at: now() };
      await database.db
        .insertInto("kept_files")
        .values({ supplier, path, ...row })
        .onConflict((conflict) => conflict.columns(["supplier", "path"]).doUpdateSet(row))
        .execute();
    },
  };
}
