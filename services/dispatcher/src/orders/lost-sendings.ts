// Purchase orders that the journal knows as sent, or perhaps sent, and a database restored from a backup does not
// (../deliveries/restore.ts): what is made again for the same order and supplier, or was not sent yet when the backup was made,
// takes their place and is not sent.
import { changeState } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { LostSendingsTable, PurchaseOrdersTable } from "../database/tables/orders.ts";
import type { Order } from "../domain/order/order.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";

/** A sending that the journal knows and this database, restored from a backup, does not. */
export async function findLost(
  trx: DatabaseTransaction,
  supplier: Supplier,
  order: Order,
): Promise<LostSendingsTable | undefined> {
  return await trx
    .selectFrom("lost_sendings")
    .selectAll()
    .where("order_id", "=", order.id)
    .where("supplier", "=", supplier.id)
    .where("purchase_order_id", "is", null)
    .where("notice_of", "is", null)
    .orderBy("at")
    .executeTakeFirst();
}

/**
 * This purchase order, which nobody sent, was or may have been sent by the one whose place it takes: it has that one's number
 * and its version at least, so that an answer finds it.
 */
export async function takeLostPlace(
  trx: DatabaseTransaction,
  input: { readonly po: PurchaseOrdersTable; readonly lost: LostSendingsTable; readonly now: number },
): Promise<void> {
  const { po, lost, now } = input;
  await trx.updateTable("lost_sendings").set({ purchase_order_id: po.id }).where("id", "=", lost.id).execute();
  await trx
    .updateTable("holds")
    .set({ ended_at: now, ended_by: "system" })
    .where("purchase_order_id", "=", po.id)
    .where("ended_at", "is", null)
    .execute();
  const other = po.number === null || po.number === lost.number ? "" : `, under the number ${lost.number}`;
  const reason = `${lost.kind === "sent" ? "sent" : "perhaps sent"} at ${new Date(lost.at).toISOString()} by the journal, before the database was restored from a backup${other}`;
  await changeState(trx, {
    id: po.id,
    from: po.state,
    to: "unknown",
    cause: "evidence",
    actor: "system",
    at: now,
    reason,
    detail: { ...lost, number_before: po.number },
  });
}
