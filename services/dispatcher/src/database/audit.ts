// The two things that every feature writes: audit events, and a purchase order's state. Both only inside a transaction,
// so that no state changes without a trace and none changes against the table of domain/purchase-order/purchase-order.ts.
import { mayChange, type Cause, type PurchaseOrderState } from "../domain/purchase-order/purchase-order.ts";
import type { DatabaseTransaction } from "./schema.ts";
import type { EventsTable } from "./tables/process.ts";
import type { PurchaseOrdersTable } from "./tables/orders.ts";

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
  await trx
    .insertInto("events")
    .values({
      at: event.at,
      subject: event.subject,
      subject_id: event.subjectId,
      name: event.name,
      actor: event.actor,
      detail: JSON.stringify(event.detail ?? {}),
    })
    .execute();
}

export interface StateChange {
  readonly id: string;
  readonly from: PurchaseOrderState;
  readonly to: PurchaseOrderState;
  readonly cause: Cause;
  readonly actor: string;
  readonly at: number;
  readonly reason: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Columns that change with it. */
  readonly set?: Partial<PurchaseOrdersTable>;
}

/** Throws Error when the table forbids the change, or the row is not in `from` any more: both are bugs of the caller. */
export async function changeState(trx: DatabaseTransaction, change: StateChange): Promise<void> {
  if (!mayChange(change.from, change.to, change.cause)) {
    throw new Error(`purchase order ${change.id} may not go from ${change.from} to ${change.to} by ${change.cause}`);
  }
  const result = await trx
    .updateTable("purchase_orders")
    .set({ ...change.set, state: change.to, reason: change.reason, state_since: change.at })
    .where("id", "=", change.id)
    .where("state", "=", change.from)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) {
    throw new Error(`purchase order ${change.id} is not ${change.from} any more`);
  }
  await recordEvent(trx, {
    at: change.at,
    subject: "purchase-order",
    subjectId: change.id,
    name: `purchase_order.${change.to}`,
    actor: change.actor,
    detail: { from: change.from, ...(change.reason === null ? {} : { reason: change.reason }), ...change.detail },
  });
}
