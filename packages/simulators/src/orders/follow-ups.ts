// What happens to an order later, as changes of its plan. Each gives the plan of a later full order payload.
import { lineId } from "./payload-lines.ts";
import type { OrderPlan, PlannedLine } from "./plan.ts";
import { webhookBody } from "./body.ts";

/** Throws RangeError unless it is at least a second later: payloads have no smaller unit of time. */
export function later(plan: OrderPlan, at: number): OrderPlan {
  if (at < plan.updatedAt + 1_000) {
    throw new RangeError(`what follows must be at least a second later than ${new Date(plan.updatedAt).toISOString()}`);
  }
  return { ...structuredClone(plan), updatedAt: at };
}

export function paid(plan: OrderPlan): void {
  plan.financialStatus = "paid";
}

/** Everything that was not sent is taken back, and the money returned or no longer asked for. */
export function cancelled(plan: OrderPlan, reason: string): void {
  plan.cancelledAt = plan.updatedAt;
  plan.cancelReason = reason;
  plan.financialStatus = plan.financialStatus === "pending" ? "voided" : "refunded";
  for (const line of plan.lines) {
    line.current -= line.fulfillable;
    line.fulfillable = 0;
  }
}

/** Gives each line the units that it shall have now; those already sent stay sent. */
export function edited(plan: OrderPlan, unitsOf: (line: Readonly<PlannedLine>, index: number) => number): void {
  for (const [index, line] of plan.lines.entries()) {
    const sent = line.current - line.fulfillable;
    const units = Math.max(sent, unitsOf(line, index));
    line.quantity = Math.max(line.quantity, line.quantity + units - line.current);
    line.current = units;
    line.fulfillable = units - sent;
  }
}

/** Marks the lines as sent by hand in the shop. */
export function fulfilled(plan: OrderPlan, which: (line: Readonly<PlannedLine>, index: number) => boolean): void {
  for (const [index, line] of plan.lines.entries()) {
    if (which(line, index)) {
      line.fulfillable = 0;
    }
  }
}

/** The body of orders/edited, which carries no order: only which lines have how many units more or less. */
export function editNoticeBody(before: OrderPlan, after: OrderPlan): string {
  const changes = after.lines.map(({ current }, n) => ({
    id: lineId(after, n),
    delta: current - (before.lines[n]?.current ?? 0),
  }));
  return webhookBody({
    order_edit: {
      id: after.id + 80_000_000_000_000n,
      app_id: 580111,
      created_at: new Date(after.updatedAt).toISOString(),
      notify_customer: false,
      order_id: after.id,
      reason: "",
      staff_notes: null,
      line_items: {
        additions: changes.filter(({ delta }) => delta > 0),
        removals: changes.filter(({ delta }) => delta < 0).map(({ id, delta }) => ({ id, delta: -delta })),
      },
      discounts: { line_item: { additions: [], removals: [] } },
      shipping_lines: { additions: [], removals: [] },
      committed_at: new Date(after.updatedAt).toISOString(),
    },
  });
}
