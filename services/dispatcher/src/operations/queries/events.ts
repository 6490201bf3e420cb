import type { Selectable } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { EventsTable } from "../../database/tables/process.ts";

const MOST_EVENTS = 500;

/** What happened to one subject, and to the purchase orders named with it: the newest of them, the oldest first. */
export async function listEvents(
  db: Database,
  of: { readonly subject: EventsTable["subject"]; readonly id: string },
  purchaseOrders: readonly string[] = [],
): Promise<Selectable<EventsTable>[]> {
  const newest = await db
    .selectFrom("events")
    .selectAll()
    .where((eb) =>
      eb.or([
        eb.and([eb("subject", "=", of.subject), eb("subject_id", "=", of.id)]),
        ...purchaseOrders.map((id) => eb.and([eb("subject", "=", "purchase-order"), eb("subject_id", "=", id)])),
      ]),
    )
    .orderBy("id", "desc")
    .limit(MOST_EVENTS)
    .execute();
  return newest.toReversed();
}
