// What is read and written of notices (./notices.ts), in one transaction each with what follows from it.
import { insertRow } from "../database/statements.ts";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import { newMessage, purchaseOrderOf, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { TasksTable } from "../database/tables/attention.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { LostSendingsTable, OrdersTable } from "../database/tables/orders.ts";
import { purposeOf, readWanted, showWanted, type HeldLine, type Wanted } from "../domain/answers/notice.ts";
import type { MessageState, NoticePurpose } from "../domain/delivery/message.ts";

/** Looked at by one sweep. */
export const MOST_AT_ONCE = 100;

/** A purchase order of which its supplier may have to be told something. */
export interface Subject {
  readonly po: PurchaseOrderRow;
  readonly order: OrdersTable;
  readonly lines: readonly Line[];
  /** What was said of it, or is to be, the oldest first. */
  readonly notices: readonly Notice[];
}

export interface Line extends HeldLine {
  readonly sku: string | null;
  readonly packSize: number;
}

/** A notice: a message, or what a person is to tell. */
export interface Notice {
  readonly of: { readonly message: MessagesTable } | { readonly task: TasksTable };
  readonly purpose: NoticePurpose;
  readonly version: number;
  readonly wanted: Wanted;
  /** unsaid: nobody at the supplier has seen it. waits: it is there, or may be, without an answer. gone: it need not be told. */
  readonly standing: "unsaid" | "sending" | "waits" | "answered" | "gone";
}

export async function insertNotice(
  trx: DatabaseTransaction,
  of: {
    readonly id: string;
    readonly po: PurchaseOrderRow;
    readonly wanted: Wanted;
    readonly version: number;
    readonly state: MessageState;
    readonly at: number;
  },
): Promise<MessagesTable> {
  const { id, po, wanted, version, state, at } = of;
  const kind = purposeOf(wanted);
  const says = showWanted(wanted);
  const message = newMessage(po, { id, kind, version, copy: 1, says, state }, at);
  await insertRow(trx, "messages", message);
  await recordEvent(trx, {
    at,
    subject: "purchase-order",
    subjectId: po.id,
    name: `purchase_order.${kind}_written`,
    actor: "system",
    detail: { message: id, version, ...(kind === "change" ? { units: says } : {}) },
  });
  return message;
}

/**
 * Purchase orders with a notice that nobody needs: one that was not said, while its purchase order is settled or sent once more, or its
 * supplier is told nothing now; and one that waits for an answer, whose purchase order is settled or sent once more.
 */
export async function mootNotices(
  database: OpenDatabase,
  telling: readonly string[],
): Promise<readonly { readonly id: string; readonly number: string | null }[]> {
  const messages = await database.db
    .selectFrom("messages as notice")
    .innerJoin("purchase_orders as po", "po.id", "notice.purchase_order_id")
    .select(["po.id", "po.number"])
    .distinct()
    .where("notice.kind", "in", ["cancellation", "change"])
    .where("notice.state", "in", ["ready", "failed", "sent", "unknown"])
    .where((eb) =>
      eb.or([
        eb.and([eb("notice.state", "in", ["ready", "failed"]), eb("po.state", "!=", "sent")]),
        eb.and([eb("notice.state", "=", "ready"), eb("notice.supplier", "not in", [...telling, ""])]),
        eb.and([
          eb("notice.state", "in", ["sent", "unknown"]),
          eb.or([eb("notice.answer", "is", null), eb("notice.answer", "=", "received")]),
          eb("po.state", "in", ["closed", "cancelled", "ready", "sending"]),
        ]),
      ]),
    )
    .limit(MOST_AT_ONCE)
    .execute();
  const tasks = await database.db
    .selectFrom("tasks")
    .innerJoin("purchase_orders as po", "po.id", "tasks.purchase_order_id")
    .select(["po.id", "po.number"])
    .distinct()
    .where("tasks.settled_at", "is", null)
    .where("po.state", "!=", "sent")
    .limit(MOST_AT_ONCE)
    .execute();
  return [...messages, ...tasks.filter((task) => !messages.some(({ id }) => id === task.id))];
}

export async function readSubject(trx: DatabaseTransaction, id: string): Promise<Subject> {
  const po = await purchaseOrderOf(trx, id);
  const order = await trx.selectFrom("orders").selectAll().where("id", "=", po.order_id).executeTakeFirstOrThrow();
  const lines = await trx
    .selectFrom("purchase_order_lines")
    .selectAll()
    .where("purchase_order_id", "=", id)
    .orderBy("number")
    .execute();
  const notices = await noticesOf(trx, id);
  return { po, order, lines: lines.map((line) => ({ ...line, lineId: line.line_id, packSize: line.pack_size })), notices };
}

async function noticesOf(trx: DatabaseTransaction, purchaseOrder: string): Promise<readonly Notice[]> {
  const messages = await trx
    .selectFrom("messages")
    .selectAll()
    .where("purchase_order_id", "=", purchaseOrder)
    .where("kind", "in", ["cancellation", "change"])
    .orderBy("version")
    .orderBy("copy")
    .execute();
  const tasks = await trx
    .selectFrom("tasks")
    .selectAll()
    .where("purchase_order_id", "=", purchaseOrder)
    .orderBy("version")
    .execute();
  return [
    ...messages.map((message) => ({ of: { message }, row: message, standing: standingOf(message) })),
    ...tasks.map((task) => ({ of: { task }, row: task, standing: standingOfTask(task) })),
  ]
    .map(({ of, row, standing }): Notice => {
      const wanted = readWanted(row.says);
      return { of, purpose: purposeOf(wanted), version: row.version, wanted, standing };
    })
    .toSorted((a, b) => a.version - b.version);
}

function standingOf({ state, answer }: MessagesTable): Notice["standing"] {
  switch (state) {
    case "ready":
    case "failed":
      return "unsaid";
    case "sending":
      return "sending";
    case "sent":
      return answer === null || answer === "received" ? "waits" : "answered";
    case "unknown":
      return "waits";
    case "withdrawn":
      return "gone";
  }
}

const standingOfTask = ({ settled_how: how }: TasksTable): Notice["standing"] =>
  how === null ? "unsaid" : how === "dropped" ? "gone" : "answered";

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
  of: { readonly po: PurchaseOrderRow; readonly wanted: Wanted },
): Promise<LostSendingsTable | undefined> {
  // The purchase order itself may have been lost with it, and have another id now.
  const { po, wanted } = of;
  return await trx
    .selectFrom("lost_sendings")
    .selectAll()
    .where("order_id", "=", po.order_id)
    .where("supplier", "=", po.supplier)
    .where("says", "=", showWanted(wanted))
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
