// Purchase orders and messages as rows: new ones, and a purchase order together with the message that asks for it now.
import { findRow, insertRow, updateRows } from "./statements.ts";
import type { Selectable } from "kysely";
import type { MessageState } from "../domain/delivery/message.ts";
import type { Database, DatabaseTransaction } from "./schema.ts";
import type { MessagesTable } from "./tables/deliveries.ts";
import type { PurchaseOrdersTable } from "./tables/orders.ts";

export type PurchaseOrderRow = Selectable<PurchaseOrdersTable>;

/** Throws Error where there is none. */
export const purchaseOrderOf = async (db: Database, id: string): Promise<PurchaseOrderRow> =>
  found(await findRow(db, "purchase_orders", { id }), id);

/** Throws Error where there is none. */
export const messageOf = async (db: Database, id: string): Promise<MessagesTable> =>
  found(await findRow(db, "messages", { id }), id);

function found<Row>(row: Row | undefined, id: string): Row {
  if (row === undefined) {
    throw new Error(`the database has no row ${id}`);
  }
  return row;
}

/** The message that asks for it now; undefined: there was none yet. */
export const messageOfPurchaseOrder = (
  db: Database,
  po: Pick<PurchaseOrderRow, "message_id">,
): Promise<MessagesTable | undefined> =>
  po.message_id === null ? Promise.resolve(undefined) : findRow(db, "messages", { id: po.message_id });

/** A row for a new purchase order: held, with nothing known of it yet. */
export const newPurchaseOrder = (
  of: Pick<PurchaseOrderRow, "id" | "order_id" | "supplier" | "number">,
  now: number,
): Omit<PurchaseOrderRow, "state" | "message_state"> => ({
  ...of,
  stage: "open",
  message_id: null,
  reason: null,
  since: now,
  version: 0,
  cancel_wanted_at: null,
  cancel_reason: null,
  created_at: now,
  released_at: null,
  acknowledged_at: null,
  acknowledgement: null,
  net: null,
  net_currency: null,
  noticed: null,
  notify: 0,
});

/** A row for a new message about a purchase order: nothing was done about it yet. */
export const newMessage = (
  po: Pick<PurchaseOrderRow, "id" | "order_id" | "supplier" | "number">,
  of: Pick<MessagesTable, "id" | "kind" | "version" | "copy" | "says"> & { readonly state: MessageState },
  now: number,
): MessagesTable => ({
  ...of,
  purchase_order_id: po.id,
  order_id: po.order_id,
  supplier: po.supplier,
  number: po.number,
  reason: null,
  state_since: now,
  generation: 1,
  failures: 0,
  failing_since: null,
  crashes: 0,
  claimed: 0,
  carried_by: null,
  alone: of.kind === "order" && of.copy === 1 ? 0 : 1,
  next_attempt_at: now,
  waits_since: null,
  stale: 0,
  unwanted: null,
  created_at: now,
  sent_at: null,
  inferred: 0,
  journaled: 0,
  picked_up_at: null,
  answer: null,
  answered_at: null,
  answer_due_at: null,
  answer_overdue: 0,
});

/**
 * The message of one that may have none yet: nothing of it goes until its state is changed. What came to the supplier some other
 * way, or cannot be written, has one, too.
 */
export async function messageFor(
  trx: DatabaseTransaction,
  po: PurchaseOrderRow,
  says: string,
  now: number,
): Promise<MessagesTable> {
  const known = await messageOfPurchaseOrder(trx, po);
  if (known !== undefined) {
    return known;
  }
  const of = { id: po.id, kind: "order", version: po.version, copy: 1, says, state: "withdrawn" } as const;
  const message = newMessage(po, of, now);
  await insertRow(trx, "messages", message);
  await updateRows(trx, "purchase_orders", { message_id: message.id }, { id: po.id });
  return message;
}

/** What people are shown of a purchase order's message, under the purchase order's own names. */
const ofMessage = [
  "message.kind",
  "message.copy",
  "message.reason as message_reason",
  "message.state_since as message_since",
  "message.failures",
  "message.failing_since",
  "message.crashes",
  "message.generation",
  "message.next_attempt_at",
  "message.waits_since",
  "message.sent_at",
  "message.inferred",
  "message.picked_up_at",
  "message.answer_due_at as acknowledgement_due_at",
  "message.answer_overdue as acknowledgement_overdue",
] as const;

/** Of many: what `viewOf` shows. */
export const viewedPurchaseOrders = (db: Database) =>
  db
    .selectFrom("purchase_orders")
    .leftJoin("messages as message", "message.id", "purchase_orders.message_id")
    .selectAll("purchase_orders")
    .select(ofMessage);

type Viewed = Awaited<ReturnType<ReturnType<typeof viewedPurchaseOrders>["executeTakeFirstOrThrow"]>>;

/** A purchase order as people see it, with how the message stands that asks for it now. */
export type PurchaseOrderView = PurchaseOrderRow & {
  readonly kind: MessagesTable["kind"];
  /** A person has it sent once more: it does not follow its order any more. */
  readonly resend: "same-again" | "replacement" | null;
} & Pick<
    MessagesTable,
    | "copy"
    | "failures"
    | "failing_since"
    | "crashes"
    | "generation"
    | "next_attempt_at"
    | "waits_since"
    | "sent_at"
    | "inferred"
    | "picked_up_at"
  > & { readonly acknowledgement_due_at: number | null; readonly acknowledgement_overdue: number };

/** Its reason and its time are those of what its state comes from. */
export function viewOf<Row extends Viewed>(row: Row): Omit<Row, keyof Viewed> & PurchaseOrderView {
  const own = row.state === "held" || row.state === "closed" || row.state === "cancelled";
  const { kind, copy } = { kind: row.kind ?? "order", copy: row.copy ?? 1 };
  return {
    ...row,
    kind,
    copy,
    resend: copy > 1 ? "same-again" : kind === "replacement" ? "replacement" : null,
    reason: own ? row.reason : row.message_reason,
    since: own ? row.since : (row.message_since ?? row.since),
    failures: row.failures ?? 0,
    crashes: row.crashes ?? 0,
    generation: row.generation ?? 0,
    next_attempt_at: row.next_attempt_at ?? row.created_at,
    inferred: row.inferred ?? 0,
    acknowledgement_overdue: row.acknowledgement_overdue ?? 0,
  };
}

/** A person has it sent once more, the same bytes or a replacement: it does not follow its order any more. */
export const isResent = ({ kind, copy }: Pick<MessagesTable, "kind" | "copy">): boolean => kind === "replacement" || copy > 1;
