// Work that ends the process: each start is counted before it begins and taken back when it ends, well or badly. What is
// still counted at the next start was ended by a crash, and what ended the process three times is not started again.
import type { OpenDatabase } from "./open.ts";

export interface UnendedWork {
  /** How many earlier starts of it never ended; this one is counted from now on. */
  start(key: string): Promise<number>;
  /** It was started before, and that was not counted: it never ended. */
  startAgain(key: string): Promise<number>;
  /** It ended: nothing is counted any more. */
  end(key: string): Promise<void>;
  /** It ended by an error that says nothing about it (the disk, say): this start is not counted, earlier crashes are. */
  takeBack(key: string): Promise<void>;
}

/** Starts of the same work that end the process, after which it is set aside. */
export const MOST_CRASHES = 3;

export function createUnendedWork(options: { readonly database: OpenDatabase; readonly now: () => number }): UnendedWork {
  const { database, now } = options;

  const count = (key: string, first: number): Promise<number> =>
    database.transaction(async (trx) => {
      const row = await trx.selectFrom("unended_work").select("starts").where("key", "=", key).executeTakeFirst();
      const starts = (row?.starts ?? first) + 1;
      const last_started_at = now();
      await trx
        .insertInto("unended_work")
        .values({ key, starts, last_started_at })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ starts, last_started_at }))
        .execute();
      return starts - 1;
    });

  return {
    start: (key) => count(key, 0),
    startAgain: (key) => count(key, 1),
    async end(key) {
      await database.db.deleteFrom("unended_work").where("key", "=", key).execute();
    },
    async takeBack(key) {
      await database.db
        .updateTable("unended_work")
        .set((eb) => ({ starts: eb("starts", "-", 1) }))
        .where("key", "=", key)
        .where("starts", ">", 0)
        .execute();
    },
  };
}
