// Rules by which purchase orders wait for a person, of all suppliers (dispatch.hold) or of one (suppliers.<id>.hold).
import { compareDecimals, isDecimal } from "../decimal.ts";
import type { Money, Order } from "../order/order.ts";
import { isPoBox } from "../order/po-box.ts";

export type HoldRule =
  | { readonly kind: "value-over"; readonly limit: Money }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "note-present" }
  /** `in`: delivered to one of these countries (ISO 3166-1 alpha-2); `not-in`: to any other, or nobody knows. */
  | { readonly kind: "country"; readonly countries: readonly string[]; readonly held: "in" | "not-in" }
  /** Until the first purchase order was sent to the supplier. */
  | { readonly kind: "first-order" }
  | { readonly kind: "po-box" };

export const ruleHoldNames = ["value", "tag", "note", "country", "first-order", "po-box"] as const;

interface RuleHold {
  readonly name: (typeof ruleHoldNames)[number];
  readonly reason: string;
}

export interface HeldBy {
  readonly order: Order;
  /** The supplier's, as people call it. */
  readonly supplierName: string;
  /** Nothing was ever sent to it. */
  readonly nothingSent: boolean;
}

/** One hold for each rule that applies, and each reason once. */
export function holdsByRule(rules: readonly HoldRule[], about: HeldBy): RuleHold[] {
  const holds = rules.map((rule) => applyRule(rule, about)).filter((hold) => hold !== undefined);
  return holds.filter((hold, index) => holds.findIndex((one) => one.name === hold.name && one.reason === hold.reason) === index);
}

function applyRule(rule: HoldRule, { order, supplierName, nothingSent }: HeldBy): RuleHold | undefined {
  switch (rule.kind) {
    case "value-over":
      return overValue(order.total, rule.limit);
    case "tag":
      return order.tags.some((tag) => tag.toLowerCase() === rule.tag.toLowerCase())
        ? { name: "tag", reason: `the order has the tag "${rule.tag}"` }
        : undefined;
    case "note-present":
      return order.note?.trim() ? { name: "note", reason: "the order has a note" } : undefined;
    case "country": {
      const country = order.deliverTo?.country ?? null;
      const listed = country !== null && rule.countries.includes(country.toUpperCase());
      if (listed !== (rule.held === "in")) {
        return undefined;
      }
      return country === null
        ? { name: "country", reason: `nobody knows the country of delivery; only ${rule.countries.join(", ")} go by themselves` }
        : { name: "country", reason: `it is delivered to ${country}` };
    }
    case "first-order":
      return nothingSent
        ? {
            name: "first-order",
            reason: `nothing was ever sent to ${supplierName}: look at the first purchase order before it goes`,
          }
        : undefined;
    case "po-box":
      return order.deliverTo !== null && isPoBox(order.deliverTo)
        ? { name: "po-box", reason: "the delivery address is a post office box" }
        : undefined;
  }
}

function overValue({ amount, currency }: Money, limit: Money): RuleHold | undefined {
  if (!isDecimal(amount)) {
    return { name: "value", reason: "the order's total cannot be read: a person must compare" };
  }
  if (currency !== limit.currency) {
    return { name: "value", reason: `the total is in ${currency}, the limit in ${limit.currency}: a person must compare` };
  }
  return compareDecimals(amount, limit.amount) > 0
    ? { name: "value", reason: `the total ${amount} ${currency} is over ${limit.amount} ${limit.currency}` }
    : undefined;
}
