// The breaker of each supplier, in its row: when attempts of different purchase orders fail one after the other, the server
// is down, and the rest waits for one that is let through to try (the probe). Only for what did not get through (NotSent):
// a refused login pauses the supplier instead. Failures of one purchase order alone never open it: that is its own
// schedule's affair, and nobody else has to wait for it.
//
//   closed ──failures in a row──▶ open, until probe_at ──a claim──▶ half open: probe_at moves on by a claim's lease
//     ▲                             ▲                                  │
//     └──── the server answered ────┴──────────── it failed ───────────┘
import { findRow } from "../database/statements.ts";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { SuppliersTable } from "../database/tables/suppliers.ts";
import { breakerDelay, LONGEST_WAIT_MS, type BreakerSchedule } from "../domain/delivery/retry.ts";

/** What an attempt tells about the supplier's server. `nothing`: neither; another may try. `not-asked`: it had not begun. */
export type Health = "answers" | "fails" | "nothing" | "not-asked";

export interface Breaker {
  /** What an attempt told. In the transaction that ends or delays the attempt. */
  note(
    trx: DatabaseTransaction,
    told: { readonly supplier: string; readonly message: string; readonly health: Health; readonly at: number },
  ): Promise<void>;
}

/** Whether the breaker keeps an attempt back. A probe that is further ahead than any was set by a clock that was wrong. */
export const keepsBack = (supplier: Pick<SuppliersTable, "probe_at">, at: number): boolean =>
  supplier.probe_at !== null && supplier.probe_at > at && supplier.probe_at <= at + LONGEST_WAIT_MS;

/** Makes the claim that was let through the only one, until it ends or its lease does. */
export async function takeProbe(
  trx: DatabaseTransaction,
  input: { readonly supplier: string; readonly until: number },
): Promise<void> {
  await trx
    .updateTable("suppliers")
    .set({ probe_at: input.until })
    .where("id", "=", input.supplier)
    .where("probe_at", "is not", null)
    .execute();
}

export function createBreaker(options: {
  readonly schedule: (supplier: string) => BreakerSchedule | undefined;
  readonly random: () => number;
}): Breaker {
  return {
    async note(trx, { supplier, message, health, at }) {
      const row = await findRow(trx, "suppliers", { id: supplier });
      const schedule = options.schedule(supplier);
      if (row === undefined || schedule === undefined) {
        return;
      }
      const set = (values: Partial<SuppliersTable>) =>
        trx.updateTable("suppliers").set(values).where("id", "=", supplier).execute();
      switch (health) {
        case "not-asked":
          return;
        case "nothing":
          if (row.probe_at !== null) {
            await set({ probe_at: at });
          }
          return;
        case "answers":
          if (row.failures_in_a_row > 0 || row.probe_at !== null) {
            await set({ failures_in_a_row: 0, last_failed: null, opened_at: null, probe_at: null });
          }
          if (row.probe_at !== null) {
            const since = row.opened_at;
            await recordEvent(trx, {
              at,
              subject: "supplier",
              subjectId: supplier,
              name: "supplier.answers_again",
              actor: "system",
              detail: { since },
            });
            await bringForward(trx, { supplier, at });
          }
          return;
        case "fails": {
          if (row.probe_at === null && row.last_failed === message) {
            return;
          }
          const failures = row.failures_in_a_row + 1;
          const delay = breakerDelay(schedule, failures, options.random);
          await set({
            failures_in_a_row: failures,
            last_failed: message,
            ...(delay === undefined ? {} : { probe_at: at + delay, opened_at: row.opened_at ?? at }),
          });
          if (delay !== undefined && row.opened_at === null) {
            await recordEvent(trx, {
              at,
              subject: "supplier",
              subjectId: supplier,
              name: "supplier.does_not_answer",
              actor: "system",
              detail: { failures },
            });
          }
        }
      }
    },
  };
}

/** A supplier's server answers after it did not: what waits for it, for hours perhaps, is tried now. */
export const answersAgain = (
  database: OpenDatabase,
  input: { readonly supplier: string; readonly at: number },
): Promise<number> =>
  database.transaction(async (trx) => {
    const { supplier, at } = input;
    await trx.updateTable("suppliers").set({ probe_at: at }).where("id", "=", supplier).where("probe_at", ">", at).execute();
    return await bringForward(trx, input);
  });

/** What failed and waits, for hours perhaps, is tried now: the server answers again. */
async function bringForward(
  trx: DatabaseTransaction,
  input: { readonly supplier: string; readonly at: number },
): Promise<number> {
  const result = await trx
    .updateTable("messages")
    .set({ next_attempt_at: input.at })
    .where("supplier", "=", input.supplier)
    .where("state", "=", "ready")
    .where("failures", ">", 0)
    .where("next_attempt_at", ">", input.at)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
