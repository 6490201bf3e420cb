// What must become of an order. This is no second classifier: each line says for which supplier it was made.
import type { SuppliedBy } from "./goods.ts";
import { hasPhone } from "./people.ts";
import { currentTotal, unitsToSend, type OrderPlan } from "./plan.ts";

export interface GeneratorSupplier extends SuppliedBy {
  /** Its purchase orders wait, incomplete, where no telephone number is known. */
  readonly requiresPhone?: boolean;
  /** The titles of shipping methods that it knows, and what happens to others; it takes any unless given. */
  readonly shipping?: { readonly mapped: readonly string[]; readonly unmapped: "hold" | "pass" };
}

export interface Policy {
  readonly suppliers: readonly GeneratorSupplier[];
  /** Orders created before, in epoch milliseconds, are not sent. */
  readonly since: number;
  readonly holds: {
    /** In the shop's currency: 3000 holds what costs 3000.01. */
    readonly valueOver?: number;
    /** Each holds the orders that have it. */
    readonly tags?: readonly string[];
  };
}

/**
 * release: not paid. value, tag: the shop's own holds. shipping: a method that the supplier does not know.
 * incomplete: no delivery address, no SKU, no telephone number for a supplier that requires one. dry-run: a test order.
 */
export type HoldName = "release" | "value" | "tag" | "shipping" | "incomplete" | "dry-run";

export interface ExpectedPurchaseOrder {
  readonly supplier: string;
  readonly state: "released" | "held" | "dry-run";
  /** Every reason to wait; none when it is released. */
  readonly holds: readonly HoldName[];
}

export interface ExpectedOutcome {
  /** Created before `since`: stored, and nothing else. */
  readonly historic: boolean;
  /** At most one for a supplier, in the order in which the suppliers were given. */
  readonly purchaseOrders: readonly ExpectedPurchaseOrder[];
  /** Lines with something to send that nobody has. */
  readonly unmatchedLines: number;
}

/** The outcome if this is the first that is heard of the order. */
export function expectedOutcome(plan: OrderPlan, policy: Policy): ExpectedOutcome {
  if (plan.createdAt < policy.since) {
    return { historic: true, purchaseOrders: [], unmatchedLines: 0 };
  }
  const toSend = plan.cancelledAt === undefined ? plan.lines.filter((line) => line.ships && unitsToSend(line) > 0) : [];
  const general = generalHolds(plan, policy);
  const purchaseOrders = policy.suppliers.flatMap((supplier): ExpectedPurchaseOrder[] => {
    const lines = toSend.filter((line) => line.supplier === supplier.name);
    if (lines.length === 0) {
      return [];
    }
    const { mapped, unmapped } = supplier.shipping ?? { mapped: [], unmapped: "pass" };
    const unknownMethod = unmapped === "hold" && plan.shippingTitle !== undefined && !mapped.includes(plan.shippingTitle);
    const phoneMissing = supplier.requiresPhone === true && !hasPhone(plan.person);
    const incomplete = phoneMissing || plan.person.shipping === null || lines.some(({ sku }) => !sku);
    const holds: HoldName[] = [...general, ...when(unknownMethod, "shipping"), ...when(incomplete, "incomplete")];
    const state = plan.test ? "dry-run" : holds.length > 0 ? "held" : "released";
    return [{ supplier: supplier.name, state, holds }];
  });
  return { historic: false, purchaseOrders, unmatchedLines: toSend.filter(({ supplier }) => supplier === undefined).length };
}

function generalHolds(plan: OrderPlan, { holds: { valueOver = Infinity, tags = [] } }: Policy): HoldName[] {
  const paid = plan.financialStatus === "paid" || plan.financialStatus === "partially_refunded";
  return [
    ...when(plan.test, "dry-run"),
    ...when(!paid, "release"),
    ...when(currentTotal(plan) > valueOver * 100, "value"),
    ...when(
      tags.some((tag) => plan.tags.includes(tag)),
      "tag",
    ),
  ];
}

function when(condition: boolean, hold: HoldName): HoldName[] {
  return condition ? [hold] : [];
}
