// From what a person types to one row, or an answer that says why there is not exactly one.
import type { PurchaseOrderRow } from "../../database/purchase-order-rows.ts";
import type { Database } from "../../database/schema.ts";
import type { DeadLetterKind } from "../../domain/purchase-order/dead-letter.ts";
import { labelOf } from "../../domain/answers/notice.ts";
import { readNotice } from "../../attention/attention.ts";
import { HttpError } from "../http-error.ts";
import { findOrders } from "../queries/orders.ts";
import { findPurchaseOrders } from "../queries/purchase-orders.ts";

export async function onePurchaseOrder(
  db: Database,
  idOrNumber: string,
  supplier: string | undefined,
): Promise<PurchaseOrderRow> {
  const found = await findPurchaseOrders(db, idOrNumber, supplier);
  const [po, other] = found;
  if (po === undefined) {
    throw new HttpError(
      404,
      `there is no purchase order "${idOrNumber}"${supplier === undefined ? "" : ` of the supplier ${supplier}`}`,
    );
  }
  if (other !== undefined) {
    const suppliers = found.map((one) => one.supplier).join(", ");
    throw new HttpError(
      409,
      `several suppliers have a purchase order "${idOrNumber}": ${suppliers}. Say which: ?supplier=${po.supplier}`,
    );
  }
  return po;
}

export async function oneOrderId(db: Database, idOrName: string): Promise<string> {
  const found = await findOrders(db, idOrName);
  const order = found.find((one) => one.id === idOrName) ?? found[0];
  if (order === undefined) {
    throw new HttpError(404, `there is no order "${idOrName}"`);
  }
  if (found.length > 1 && order.id !== idOrName) {
    throw new HttpError(409, `several orders are called "${idOrName}": ${found.map((one) => one.id).join(", ")}. Give the id`);
  }
  return order.id;
}

/** What an action is about. */
export interface Subject {
  readonly kind: DeadLetterKind;
  readonly id: string;
  readonly label: string;
  /** How a purchase order or a notice stood when it was looked up. */
  readonly state: string | null;
  /** Itself, or the one that a notice is about. */
  readonly purchaseOrder: { readonly id: string; readonly number: string | null } | null;
}

export const subjectOf = (po: PurchaseOrderRow): Subject => ({
  kind: "purchase-order",
  id: po.id,
  label: labelOf(po),
  state: po.state,
  purchaseOrder: { id: po.id, number: po.number },
});

/** A purchase order by id or number, or what was said of one, by its id. */
export async function onePurchaseOrderOrNotice(db: Database, idOrNumber: string, supplier?: string): Promise<Subject> {
  return (await noticeSubject(db, idOrNumber)) ?? subjectOf(await onePurchaseOrder(db, idOrNumber, supplier));
}

/** A message is its purchase order where it is the one that asks for it. */
async function noticeSubject(db: Database, id: string): Promise<Subject | undefined> {
  const notice = await readNotice(db, id);
  return notice && { kind: "notice", id, label: notice.label, state: notice.state, purchaseOrder: notice.about };
}

/** A purchase order by id or number, else a notice, a webhook or a supplier's file by its id. */
export async function oneSubject(db: Database, idOrNumber: string): Promise<Subject> {
  const [webhook, file, notice, purchaseOrders] = await Promise.all([
    db.selectFrom("dead_letters").select("topic").where("id", "=", idOrNumber).executeTakeFirst(),
    db.selectFrom("inbound_files").select("name").where("id", "=", idOrNumber).executeTakeFirst(),
    noticeSubject(db, idOrNumber),
    findPurchaseOrders(db, idOrNumber),
  ]);
  const [po, other] = purchaseOrders;
  if (other !== undefined) {
    const which = purchaseOrders.map((one) => `${one.id} (${one.supplier})`).join(", ");
    throw new HttpError(409, `several suppliers have a purchase order "${idOrNumber}": ${which}. Give the id`);
  }
  if (notice !== undefined) {
    return notice;
  }
  if (po !== undefined) {
    return subjectOf(po);
  }
  if (webhook !== undefined) {
    return { kind: "webhook", id: idOrNumber, label: webhook.topic, state: null, purchaseOrder: null };
  }
  if (file !== undefined) {
    return { kind: "file", id: idOrNumber, label: file.name, state: null, purchaseOrder: null };
  }
  throw new HttpError(404, `there is no dead letter and no purchase order "${idOrNumber}"`);
}
