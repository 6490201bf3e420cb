import type { PurchaseOrdersTable } from "./tables/orders.ts";

/** The columns of a purchase order that a person has sent once more: as if it had never been sent or answered. */
export function onceMore(po: PurchaseOrdersTable, at: number) {
  return {
    next_attempt_at: at,
    waits_since: null,
    generation: po.generation + 1,
    failures: 0,
    failing_since: null,
    sent_at: null,
    inferred: 0,
    picked_up_at: null,
    acknowledged_at: null,
    acknowledgement: null,
    acknowledgement_due_at: null,
    acknowledgement_overdue: 0,
  } satisfies Partial<PurchaseOrdersTable>;
}

/** A row for a new purchase order: held, with nothing known of it yet. */
export const newPurchaseOrder = (
  of: Pick<PurchaseOrdersTable, "id" | "order_id" | "supplier" | "number">,
  now: number,
): PurchaseOrdersTable => ({
  ...of,
  state: "held",
  reason: null,
  state_since: now,
  generation: 0,
  version: 0,
  copy: 1,
  failures: 0,
  failing_since: null,
  crashes: 0,
  claimed: 0,
  resend: null,
  next_attempt_at: now,
  waits_since: null,
  carried_by: null,
  alone: 0,
  cancel_wanted_at: null,
  cancel_reason: null,
  created_at: now,
  released_at: null,
  sent_at: null,
  inferred: 0,
  journaled: 0,
  plan_again: 0,
  picked_up_at: null,
  acknowledged_at: null,
  acknowledgement: null,
  acknowledgement_due_at: null,
  acknowledgement_overdue: 0,
  net: null,
  net_currency: null,
  notice_of: null,
  purpose: null,
  by_hand: 0,
  noticed: null,
  notify: 0,
});
