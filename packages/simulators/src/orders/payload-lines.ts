// The lines of an order payload, and what all its parts share: ids, times, taxes.
import type { Money } from "./money.ts";
import type { OrderPlan, PlannedLine } from "./plan.ts";

/** Prices include French VAT. */
const VAT = 0.2;

/** Parts of an order have ids of their own, each sort far from the others. */
export const ID_OFFSETS = {
  line: 10_000_000_000_000n,
  customer: 20_000_000_000_000n,
  shipping: 30_000_000_000_000n,
  fulfillment: 40_000_000_000_000n,
  refund: 50_000_000_000_000n,
  refundLine: 60_000_000_000_000n,
  transaction: 70_000_000_000_000n,
} as const;

export function lineId(plan: OrderPlan, n: number): bigint {
  return plan.id + ID_OFFSETS.line + BigInt(n);
}

export function linePayload(plan: OrderPlan, line: PlannedLine, n: number, money: Money) {
  return {
    id: lineId(plan, n),
    admin_graphql_api_id: `gid://shopify/LineItem/${lineId(plan, n)}`,
    attributed_staffs: [],
    current_quantity: line.current,
    fulfillable_quantity: line.fulfillable,
    fulfillment_service: line.giftCard ? "gift_card" : "manual",
    fulfillment_status: lineStatus(line),
    gift_card: line.giftCard,
    grams: line.grams,
    name: line.variant === null ? line.title : `${line.title} - ${line.variant}`,
    ...money.pair("price", line.price),
    product_exists: line.inCatalogue,
    product_id: line.inCatalogue ? line.productId : null,
    properties: line.properties,
    quantity: line.quantity,
    requires_shipping: line.ships,
    sku: line.sku,
    taxable: !line.giftCard,
    title: line.title,
    ...money.pair("total_discount", 0),
    variant_id: line.inCatalogue ? line.variantId : null,
    variant_inventory_management: line.inCatalogue && line.ships ? "shopify" : null,
    variant_title: line.variant,
    vendor: line.vendor,
    tax_lines: line.giftCard ? [] : taxLines(line.price * line.quantity - line.discount, money),
    duties: [],
    discount_allocations:
      line.discount > 0
        ? [{ amount: money.text(line.discount), amount_set: money.set(line.discount), discount_application_index: 0 }]
        : [],
  };
}

export function lineStatus(line: PlannedLine): "fulfilled" | "partial" | null {
  if (line.current === 0 || line.fulfillable >= line.current) {
    return null;
  }
  return line.fulfillable === 0 ? "fulfilled" : "partial";
}

export function taxLines(amount: number, money: Money) {
  return amount === 0 ? [] : [{ ...money.pair("price", vatIn(amount)), rate: VAT, title: "FR TVA", channel_liable: false }];
}

export function vatIn(amount: number): number {
  return Math.round(amount - amount / (1 + VAT));
}

/** With the shop's offset, to the second, as Shopify writes times. */
export function isoTime(at: number): string {
  return `${new Date(at + 3_600_000).toISOString().slice(0, 19)}+01:00`;
}
