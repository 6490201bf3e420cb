// What is read and written of notices (./notices.ts), in one transaction each with what follows from it.
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import { newPurchaseOrder } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { LostSendingsTable, OrdersTable, PurchaseOrdersTable } from "../database/tables/orders.ts";
import { purposeOf, showWanted, type HeldLine, type Wanted } from "../domain/answers/notice.ts";

/** Looked at by one sweep. */
export const MOST_AT_ONCE = 100;

/** A purchase order of which its supplier may have to be told something. */
export interface Subject {
  readonly po: PurchaseOrdersTable;
  readonly order: OrdersTable;
  readonly lines: readonly Line[];
  /** About this purchase order, the oldest first. */
  readonly notices: readonly PurchaseOrdersTable[];
}

export interface Line extends HeldLine {
  readonly sku: string | null;
  readonly packSize: number;
}

/** Held, with what it says; the purchase order's history tells of one that has a document, too. */
export async function insertNotice(
  trx: DatabaseTransaction,
  of: {
    readonly id: string;
    readonly po: PurchaseOrdersTable;
    readonly wanted: Wanted;
    readonly version: number;
    /** No document tells it. */
    readonly byHand?: true;
    readonly at: number;
  },
): Promise<void> {
  const { id, po, wanted, version, byHand, at } = of;
  const { order_id, supplier, number } = po;
  const purpose = purposeOf(wanted);
  const noticed = showWanted(wanted);
  await trx
    .insertInto("purchase_orders")
    .values({
      ...newPurchaseOrder({ id, order_id, supplier, number }, at),
      notice_of: po.id,
      purpose,
      version,
      noticed,
      by_hand: byHand ? 1 : 0,
    })
    .execute();
  if (byHand) {
    return;
  }
  await recordEvent(trx, {
    at,
    subject: "purchase-order",
    subjectId: po.id,
    name: `purchase_order.${purpose}_written`,
    actor: "system",
    detail: { notice: id, version, ...(purpose === "change" ? { units: noticed } : {}) },
  });
}

/**
 * Notices that may still change, and whose purchase order is settled or, by a person, sent once more; and those that wait for
 * a supplier that is told nothing now.
 */
export const mootNotices = (
  database: OpenDatabase,
  telling: readonly string[],
): Promise<readonly { readonly id: string; readonly number: string | null }[]> =>
  database.db
    .selectFrom("purchase_orders as notice")
    .innerJoin("purchase_orders as po", "po.id", "notice.notice_of")
    .select(["notice.id", "notice.number"])
    .where("notice.notice_of", "is not", null)
    .where((eb) =>
      eb.or([
        eb.and([eb("notice.state", "in", ["ready", "failed"]), eb("po.state", "!=", "sent")]),
        eb.and([eb("notice.state", "=", "ready"), eb("notice.supplier", "not in", [...telling, ""])]),
        eb.and([
          eb("notice.state", "in", ["sent", "unknown"]),
          eb("po.state", "in", ["closed", "cancelled", "ready", "sending"]),
        ]),
      ]),
    )
    .where("notice.state", "in", ["ready", "failed", "sent", "unknown"])
    .limit(MOST_AT_ONCE)
    .execute();

export async function readSubject(trx: DatabaseTransaction, id: string): Promise<Subject> {
  const po = await trx.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const order = await trx.selectFrom("orders").selectAll().where("id", "=", po.order_id).executeTakeFirstOrThrow();
  const lines = await trx
    .selectFrom("purchase_order_lines")
    .selectAll()
    .where("purchase_order_id", "=", id)
    .orderBy("number")
    .execute();
  const notices = await trx
    .selectFrom("purchase_orders")
    .selectAll()
    .where("notice_of", "=", id)
    .orderBy("version")
    .orderBy("created_at")
    .execute();
  return { po, order, lines: lines.map((line) => ({ ...line, lineId: line.line_id, packSize: line.pack_size })), notices };
}

/** Of one order, the oldest first. */
export async function atSuppliers(
  trx: DatabaseTransaction,
  orderId: string,
): Promise<readonly { readonly id: string; readonly lines: readonly HeldLine[] }[]> {
  const rows = await trx
    .selectFrom("purchase_orders")
    .innerJoin("purchase_order_lines", "purchase_order_lines.purchase_order_id", "purchase_orders.id")
    .select(["purchase_orders.id"])
    .selectAll("purchase_order_lines")
    .where("purchase_orders.order_id", "=", orderId)
    .where("purchase_orders.notice_of", "is", null)
    .where("purchase_orders.state", "in", ["sent", "unknown"])
    .orderBy("purchase_orders.created_at")
    .orderBy("purchase_orders.id")
    .orderBy("purchase_order_lines.number")
    .execute();
  const lines = Map.groupBy(rows, (row) => row.id);
  return [...lines].map(([id, own]) => ({ id, lines: own.map((line) => ({ ...line, lineId: line.line_id })) }));
}

export async function tooMany(trx: DatabaseTransaction, orderId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await trx
    .selectFrom("order_lines")
    .select(["line_id", "too_many"])
    .where("order_id", "=", orderId)
    .where("too_many", ">", 0)
    .execute();
  return new Map(rows.map((row) => [row.line_id, row.too_many]));
}

/** A notice that the journal knows and this database, restored from a backup, does not. */
export async function findLostNotice(
  trx: DatabaseTransaction,
  of: { readonly po: PurchaseOrdersTable; readonly wanted: Wanted },
): Promise<LostSendingsTable | undefined> {
  // The purchase order itself may have been lost with it, and have another id now.
  const { po, wanted } = of;
  return await trx
    .selectFrom("lost_sendings")
    .selectAll()
    .where("order_id", "=", po.order_id)
    .where("supplier", "=", po.supplier)
    .where("noticed", "=", showWanted(wanted))
    .where("purchase_order_id", "is", null)
    .where((eb) =>
      eb.or([
        eb("notice_of", "=", po.id),
        eb("notice_of", "in", eb.selectFrom("lost_sendings as own").select("own.id").where("own.purchase_order_id", "=", po.id)),
      ]),
    )
    .orderBy("at")
    .executeTakeFirst();
}
