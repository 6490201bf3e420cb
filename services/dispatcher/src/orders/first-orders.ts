// The hold `first-order`: it waits until something was sent to the supplier, and ends for all that wait when it was.
import type { Database, DatabaseTransaction } from "../database/schema.ts";

/** Those of these suppliers to which nothing was ever sent. */
export async function nothingSentTo(trx: DatabaseTransaction, suppliers: readonly string[]): Promise<ReadonlySet<string>> {
  const never = new Set<string>();
  for (const supplier of suppliers) {
    const sent = await trx
      .selectFrom("messages")
      .select("id")
      .where("supplier", "=", supplier)
      // One that is sent once more was sent before.
      .where((eb) => eb.or([eb("sent_at", "is not", null), eb("copy", ">", 1), eb("kind", "=", "replacement")]))
      .limit(1)
      .executeTakeFirst();
    const lost = await trx.selectFrom("lost_sendings").select("id").where("supplier", "=", supplier).limit(1).executeTakeFirst();
    if (sent === undefined && lost === undefined) {
      never.add(supplier);
    }
  }
  return never;
}

/** Orders that wait for the first purchase order to a supplier, which was sent meanwhile. */
export async function ordersAfterTheFirst(db: Database): Promise<readonly { readonly id: string }[]> {
  return await db
    .selectFrom("holds")
    .innerJoin("purchase_orders", "purchase_orders.id", "holds.purchase_order_id")
    .select("purchase_orders.order_id as id")
    .distinct()
    .where("holds.name", "=", "first-order")
    .where("holds.ended_at", "is", null)
    .where("purchase_orders.state", "=", "held")
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("messages")
          .select("messages.id")
          .whereRef("messages.supplier", "=", "purchase_orders.supplier")
          .where("messages.sent_at", "is not", null),
      ),
    )
    .execute();
}
