import type { PurchaseOrdersTable } from "./schema.ts";

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
    acknowledged_at: null,
    acknowledgement: null,
    acknowledgement_due_at: null,
    acknowledgement_overdue: 0,
  } satisfies Partial<PurchaseOrdersTable>;
}
