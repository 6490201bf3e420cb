import type { Order } from "./order.ts";

/** What an order kept by an earlier version may lack: facts that were not read then. */
type Kept = Omit<Order, "shippingMethodCode" | "paymentTerms" | "customer" | "lines"> & {
  readonly shippingMethodCode?: string | null;
  readonly paymentTerms?: boolean;
  readonly customer: Omit<Order["customer"], "language"> & { readonly language?: string | null };
  readonly lines: readonly (Omit<Order["lines"][number], "grams"> & { readonly grams?: number | null })[];
};

/** The order that was kept as JSON, also by an earlier version. Its next webhook brings what is missing. */
export function readSnapshot(text: string): Order {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written from a validated payload
  const kept = JSON.parse(text) as Kept;
  return {
    ...kept,
    shippingMethodCode: kept.shippingMethodCode ?? null,
    paymentTerms: kept.paymentTerms ?? false,
    customer: { ...kept.customer, language: kept.customer.language ?? null },
    lines: kept.lines.map((line) => ({ ...line, grams: line.grams ?? null })),
  };
}
