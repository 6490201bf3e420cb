// Purchase orders that the journal knows as sent, or perhaps sent, and a database restored from a backup does not
// (../deliveries/restore.ts): what is made again for the same order and supplier, or was not sent yet when the backup was made,
// takes their place and is not sent.
import { changeState } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { LostSendingsTable, PurchaseOrdersTable } from "../database/tables/orders.ts";
import type { Hold } from "../domain/plan/hold.ts";
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
 * What was sent of this order to this supplier, and is here as the backup had it: units that the order gained in between may be
 * with the supplier. Not of one that a person has sent once more, as it is here.
 */
export async function besideLost(
  trx: DatabaseTransaction,
  of: { readonly order: string; readonly supplier: string; readonly purchaseOrder: string },
): Promise<Hold | undefined> {
  const lost = await trx
    .selectFrom("lost_sendings as lost")
    .innerJoin("purchase_orders as po", "po.id", "lost.purchase_order_id")
    .select(["lost.number", "lost.kind", "lost.at"])
    .where("lost.order_id", "=", of.order)
    .where("lost.supplier", "=", of.supplier)
    .where("lost.notice_of", "is", null)
    .where("po.id", "!=", of.purchaseOrder)
    .where("po.resend", "is", null)
    .whereRef("po.created_at", "<=", "lost.at")
    .orderBy("lost.at")
    .executeTakeFirst();
  if (lost === undefined) {
    return undefined;
  }
  const when = `${lost.kind === "sent" ? "was sent" : "was perhaps sent"} at ${new Date(lost.at).toISOString()}`;
  return {
    name: "restored",
    reason: `${lost.number} ${when}, before the database was restored from a backup: the supplier may have these units. Ask it, and release this only if it has not`,
  };
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
