// What every feature writes: audit events, how a message stands, and the end of a purchase order. Only inside a transaction, so that
// no state changes without a trace and none changes against the tables of domain/delivery/message.ts and
// domain/purchase-order/purchase-order.ts.
import { insertRow, updateRows } from "./statements.ts";
import type { Updateable } from "kysely";
import { isNotice, mayChange, type Cause, type MessageState } from "../domain/delivery/message.ts";
import { mayEnd, stateOf, type Stage } from "../domain/purchase-order/purchase-order.ts";
import type { PurchaseOrderRow } from "./purchase-order-rows.ts";
import type { DatabaseTransaction } from "./schema.ts";
import type { MessagesTable } from "./tables/deliveries.ts";
import type { PurchaseOrdersTable } from "./tables/orders.ts";
import type { EventsTable } from "./tables/process.ts";

export interface AuditEvent {
  readonly at: number;
  readonly subject: EventsTable["subject"];
  readonly subjectId: string;
  /** Past tense with its room: `purchase_order.sent`. */
  readonly name: string;
  /** "system", a supplier's id, or a person. */
  readonly actor: string;
  /** Ids, counts, reasons; no personal data: events outlive redaction. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export async function recordEvent(trx: DatabaseTransaction, event: AuditEvent): Promise<void> {
  await insertRow(trx, "events", {
    at: event.at,
    subject: event.subject,
    subject_id: event.subjectId,
    name: event.name,
    actor: event.actor,
    detail: JSON.stringify(event.detail ?? {}),
  });
}

/** As its caller has seen it. */
export type MessageSeen = Pick<MessagesTable, "id" | "kind" | "purchase_order_id" | "state">;

/** An event of a message stands in its purchase order's history: `purchase_order.sent`, of a notice `purchase_order.change_sent`. */
export async function recordOfMessage(
  trx: DatabaseTransaction,
  { id, kind, purchase_order_id: subjectId }: Omit<MessageSeen, "state">,
  { name, detail, ...event }: Omit<AuditEvent, "subject" | "subjectId" | "name"> & { readonly name: string },
): Promise<void> {
  await recordEvent(trx, {
    ...event,
    subject: "purchase-order",
    subjectId,
    name: `purchase_order.${isNotice(kind) ? `${kind}_` : ""}${name}`,
    detail: { ...(id === subjectId ? {} : { message: id }), ...detail },
  });
}

/** Of a message that goes no more, whatever becomes of its purchase order: no job has anything to do, no answer is waited for. */
export const endOf = (message: Pick<MessagesTable, "generation">, why: string) =>
  ({
    carried_by: null,
    claimed: 0,
    generation: message.generation + 1,
    unwanted: why,
    answer_due_at: null,
    answer_overdue: 0,
  }) satisfies Partial<MessagesTable>;

interface Change {
  readonly cause: Cause;
  readonly actor: string;
  readonly at: number;
  readonly reason: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface MessageChange extends Change {
  readonly message: MessageSeen;
  readonly to: MessageState;
  /** Columns that change with it. */
  readonly set?: Partial<MessagesTable>;
  /** What happens to its purchase order is told by an event of that. */
  readonly untold?: true;
}

/** Throws Error when the table forbids the change, or the row is not as it was seen any more: both are bugs of the caller. */
export async function changeMessage(trx: DatabaseTransaction, change: MessageChange): Promise<void> {
  const { message, to, cause, actor, at, reason } = change;
  const { id, kind, state: from } = message;
  if (!mayChange(from, to, cause)) {
    throw new Error(`message ${id} may not go from ${from} to ${to} by ${cause}`);
  }
  const row = trx
    .updateTable("messages")
    .set({ ...change.set, state: to, reason, state_since: at })
    .where("id", "=", id)
    .where("state", "=", from);
  // One that was taken back for good never goes, whoever calls.
  const goesAgain = from === "withdrawn" && to === "ready";
  const result = await (goesAgain ? row.where("unwanted", "is", null) : row).executeTakeFirst();
  if (result.numUpdatedRows !== 1n) {
    throw new Error(`message ${id} is not ${from} any more, or was taken back for good`);
  }
  if (change.untold === undefined) {
    const detail = {
      from: isNotice(kind) ? from : stateOf("open", from),
      ...(reason === null ? {} : { reason }),
      ...change.detail,
    };
    await recordOfMessage(trx, message, { at, name: to, actor, detail });
  }
}

/** Its message goes no more; sent, it stays so where an answer closes it. Throws Error where it has ended before: a bug of the caller. */
export async function endPurchaseOrder(
  trx: DatabaseTransaction,
  change: Change & {
    readonly po: Pick<PurchaseOrderRow, "id" | "state" | "stage">;
    readonly to: Exclude<Stage, "open">;
    readonly set?: Updateable<PurchaseOrdersTable>;
  },
): Promise<void> {
  const { po, to, cause, actor, at, reason } = change;
  const message = await trx
    .selectFrom("messages")
    .innerJoin("purchase_orders as po", "po.message_id", "messages.id")
    .select(["messages.id", "messages.kind", "messages.purchase_order_id", "messages.state", "messages.generation"])
    .where("po.id", "=", po.id)
    .executeTakeFirst();
  if (message?.state === "withdrawn") {
    await updateRows(trx, "messages", endOf(message, reason ?? to), { id: message.id });
  } else if (message?.state === "sent" && to === "closed") {
    await updateRows(trx, "messages", { answer_due_at: null, answer_overdue: 0 }, { id: message.id });
  } else if (message !== undefined) {
    await changeMessage(trx, {
      message,
      to: "withdrawn",
      cause,
      actor,
      at,
      reason,
      set: endOf(message, reason ?? to),
      untold: true,
    });
  }
  const result = await trx
    .updateTable("purchase_orders")
    .set({ ...change.set, stage: to, reason, since: at })
    .where("id", "=", po.id)
    .where("stage", "=", "open")
    .executeTakeFirst();
  if (!mayEnd(po.stage, to, cause) || result.numUpdatedRows !== 1n) {
    throw new Error(`purchase order ${po.id} may not go from ${po.state} to ${to} by ${cause}`);
  }
  await recordEvent(trx, {
    at,
    subject: "purchase-order",
    subjectId: po.id,
    name: `purchase_order.${to}`,
    actor,
    detail: { from: po.state, ...(reason === null ? {} : { reason }), ...change.detail },
  });
}
