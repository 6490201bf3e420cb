// Suppliers that take so many files in a minute: counted by the attempts that were begun, in the database, so that neither a
// restart nor a second worker counts anew.
import type { Database } from "../database/schema.ts";

const MINUTE_MS = 60_000;

/** How many attempts to the supplier may begin now. */
export async function placesLeft(
  db: Database,
  of: { readonly supplier: string; readonly perMinute: number; readonly at: number },
): Promise<number> {
  const { supplier, perMinute, at } = of;
  const { begun } = await db
    .selectFrom("attempts")
    .innerJoin("messages as msg", "msg.id", "attempts.message_id")
    .select((eb) => eb.fn.countAll<number | string>().as("begun"))
    .where("msg.supplier", "=", supplier)
    .where("attempts.started_at", ">", at - MINUTE_MS)
    // What was begun later is of a clock that was wrong.
    .where("attempts.started_at", "<=", at)
    .executeTakeFirstOrThrow();
  return Math.max(0, perMinute - Number(begun));
}
