// The message that asks a supplier for a purchase order: written when the purchase order goes, and following it while it waits.
import { findRows, insertRow, updateRows } from "../database/statements.ts";
import { changeMessage, endOf, recordOfMessage } from "../database/audit.ts";
import {
  messageFor,
  messageOf,
  messageOfPurchaseOrder,
  newMessage,
  purchaseOrderOf,
  type PurchaseOrderRow,
} from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { Cause } from "../domain/delivery/message.ts";
import { showSaid } from "../domain/delivery/says.ts";

interface Change {
  readonly po: PurchaseOrderRow;
  readonly cause: Cause;
  readonly actor: string;
  readonly at: number;
}

/** What its lines say now. */
export async function saysOf(trx: DatabaseTransaction, purchaseOrder: string): Promise<string> {
  const lines = await findRows(trx, "purchase_order_lines", { purchase_order_id: purchaseOrder });
  return showSaid(lines.map(({ line_id: lineId, units, withdrawn }) => ({ lineId, units: units - withdrawn })));
}

/** Its message; one that nothing is sent of yet, where it has none: what came to the supplier some other way has one, too. */
export async function messageOfAny(trx: DatabaseTransaction, po: PurchaseOrderRow, at: number): Promise<MessagesTable> {
  return (await messageOfPurchaseOrder(trx, po)) ?? (await messageFor(trx, po, await saysOf(trx, po.id), at));
}

/** It goes, at its supplier's next sending time. */
export async function send(trx: DatabaseTransaction, { po: { id }, cause, actor, at }: Change): Promise<void> {
  const po = await purchaseOrderOf(trx, id);
  const message = await messageOfPurchaseOrder(trx, po);
  if (message === undefined) {
    const of = { id, kind: "order", version: po.version, copy: 1, says: await saysOf(trx, id), state: "ready" } as const;
    const made = { ...newMessage(po, of, at), waits_since: at };
    await insertRow(trx, "messages", made);
    await updateRows(trx, "purchase_orders", { message_id: id }, { id });
    await recordOfMessage(trx, made, { at, name: "ready", actor, detail: { from: "held" } });
    return;
  }
  const says = { version: po.version, number: po.number, says: await saysOf(trx, id) };
  const set = { ...says, next_attempt_at: at, waits_since: at, generation: message.generation + 1, stale: 0 };
  await changeMessage(trx, { message, to: "ready", cause, actor, at, reason: null, set });
}

/** One that was never sent says what its purchase order says now. */
export async function follow(trx: DatabaseTransaction, po: Pick<PurchaseOrderRow, "id">): Promise<void> {
  const { message_id: id, version, number } = await purchaseOrderOf(trx, po.id);
  if (id !== null) {
    const says = await saysOf(trx, po.id);
    await updateRows(trx, "messages", { version, number, says }, { id, sent_at: null });
  }
}

/** One that waits does not go, for now. What the purchase order is from now on, the caller's event tells. */
export async function keepBack(
  trx: DatabaseTransaction,
  { po, cause, actor, at, reason }: Change & { readonly reason: string },
): Promise<void> {
  const message = await messageOfPurchaseOrder(trx, po);
  if (message !== undefined) {
    const set = { generation: message.generation + 1, stale: 0 };
    await changeMessage(trx, { message, to: "withdrawn", cause, actor, at, reason: null, set, untold: true });
  }
  await updateRows(trx, "purchase_orders", { reason, since: at }, { id: po.id });
}

/** Its document cannot be written: it waits for a person. */
export async function fail(
  trx: DatabaseTransaction,
  { po, at, reason }: { readonly po: PurchaseOrderRow; readonly at: number; readonly reason: string },
): Promise<void> {
  const message = await messageOfAny(trx, po, at);
  const set = { version: 0, generation: message.generation + 1, stale: 0 };
  await changeMessage(trx, { message, to: "failed", cause: "system", actor: "system", at, reason, set });
}

/** A person has it sent once more, by another message in the place of the one that may have come. */
export async function sendInPlace(
  trx: DatabaseTransaction,
  of: {
    readonly id: string;
    readonly before: MessagesTable;
    readonly kind: MessagesTable["kind"];
    readonly version: number;
    readonly copy: number;
    readonly says: string;
    readonly actor: string;
    readonly note: string;
    readonly at: number;
  },
): Promise<void> {
  const { id, before, kind, version, copy, says, actor, note, at } = of;
  const reason = `${copy > 1 ? "the same was" : `version ${version} was`} sent in its place by ${actor}`;
  await changeMessage(trx, {
    message: before,
    to: "withdrawn",
    cause: "person",
    actor,
    at,
    reason,
    set: endOf(before, reason),
    untold: true,
  });
  const po = { id: before.purchase_order_id, order_id: before.order_id, supplier: before.supplier, number: before.number };
  const made = newMessage(po, { id, kind, version, copy, says, state: "ready" }, at);
  await insertRow(trx, "messages", made);
  const detail = { from: before.state, note, version, ...(copy > 1 ? { copy } : {}) };
  await recordOfMessage(trx, made, { at, name: "ready", actor, detail });
}

/**
 * The last of its messages, which a person asked for, does not go: what the supplier has of it, or may have, stands, and is told that
 * it is not wanted any more. False: nothing went before.
 */
export async function standOnEarlier(
  trx: DatabaseTransaction,
  po: Pick<PurchaseOrderRow, "id" | "message_id">,
  { at, reason }: { readonly at: number; readonly reason: string },
): Promise<boolean> {
  // One that came for certain before one that may have come.
  const earlier = await trx
    .selectFrom("messages")
    .selectAll()
    .where("purchase_order_id", "=", po.id)
    .where("id", "!=", po.message_id)
    .where("kind", "in", ["order", "replacement"])
    .orderBy((eb) => eb("sent_at", "is", null))
    .orderBy("version", "desc")
    .orderBy("copy", "desc")
    .executeTakeFirst();
  if (earlier === undefined || po.message_id === null) {
    return false;
  }
  const last = await messageOf(trx, po.message_id);
  if (last.state === "withdrawn") {
    await updateRows(trx, "messages", endOf(last, reason), { id: last.id });
  } else {
    const change = { to: "withdrawn", cause: "system", actor: "system", at, reason, untold: true } as const;
    await changeMessage(trx, { message: last, ...change, set: endOf(last, reason) });
  }
  const to = earlier.sent_at === null ? "unknown" : "sent";
  const why = `${last.copy > 1 ? "the same again" : `version ${last.version}`} was not sent: ${reason}`;
  const change = { to, cause: "evidence", actor: "system", at, reason: why } as const;
  await changeMessage(trx, { message: earlier, ...change, set: { unwanted: null }, untold: true });
  const { version, answer: acknowledgement, answered_at: acknowledged_at } = earlier;
  await updateRows(
    trx,
    "purchase_orders",
    { message_id: earlier.id, version, acknowledgement, acknowledged_at, notify: 1 },
    { id: po.id },
  );
  await recordOfMessage(trx, last, { at, name: "not_sent_again", actor: "system", detail: { reason, stands: to, version } });
  return true;
}
