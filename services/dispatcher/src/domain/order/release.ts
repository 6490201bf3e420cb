import type { Order } from "./order.ts";

/** Which orders go by themselves; a person releases any other. */
export interface ReleasePolicy {
  /** financial_status paid or partially_refunded. */
  readonly paid: boolean;
  /** Those with payment terms, which pay by invoice later. */
  readonly terms: boolean;
  /** Those with one of these tags, compared without regard to case. */
  readonly tags: readonly string[];
}

/** A predicate on the order's state, not on a topic: a late or reconciled order is released like any other. */
export const isReleased = (order: Pick<Order, "financialStatus" | "paymentTerms" | "tags">, policy: ReleasePolicy): boolean =>
  (policy.paid && (order.financialStatus === "paid" || order.financialStatus === "partially_refunded")) ||
  (policy.terms && order.paymentTerms) ||
  order.tags.some((tag) => policy.tags.some((one) => one.toLowerCase() === tag.toLowerCase()));
