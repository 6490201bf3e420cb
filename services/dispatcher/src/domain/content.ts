import type { Address, Entry, Order } from "./order.ts";
import type { RequirableField, Supplier } from "./supplier.ts";

export interface Buyer {
  readonly name: string;
  readonly siret: string | null;
  readonly vat: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly email: string | null;
}

export interface ContentLine {
  /** Stable within the purchase order, from 1. */
  readonly number: number;
  readonly supplierSku: string;
  readonly shopSku: string;
  readonly description: string;
  readonly quantity: number;
  readonly notes: readonly string[];
}

/**
 * Everything that a purchase order says, in no format yet. There is no price in it: the shop's retail price is never a
 * supplier's business. Times are epoch milliseconds.
 */
export interface Content {
  readonly number: string;
  readonly version: number;
  readonly purpose: "original" | "replacement" | "cancellation";
  readonly test: boolean;
  readonly issuedAt: number;
  readonly orderedAt: number;
  readonly shopOrder: string;
  readonly customerOrderNumber: string | null;
  readonly buyer: Buyer & { readonly account: string | null };
  readonly supplierName: string;
  readonly customer: { readonly name: string; readonly email: string };
  readonly deliverTo: (Address & { readonly phone: string | null }) | null;
  readonly shipping: { readonly code: string | null; readonly title: string } | null;
  readonly notes: readonly string[];
  readonly lines: readonly ContentLine[];
}

export interface PlannedLine {
  readonly number: number;
  /** The order line's id. */
  readonly lineId: string;
  readonly units: number;
}

/** Composes the content of one purchase order. Throws Error when a planned line is not part of the order: a bug. */
export function composeContent(input: {
  readonly order: Order;
  readonly supplier: Supplier;
  readonly buyer: Buyer;
  readonly number: string;
  readonly version: number;
  readonly purpose: Content["purpose"];
  readonly issuedAt: number;
  readonly lines: readonly PlannedLine[];
}): Content {
  const { order, supplier, buyer } = input;
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  return {
    number: input.number,
    version: input.version,
    purpose: input.purpose,
    test: order.test,
    issuedAt: input.issuedAt,
    orderedAt: order.processedAt,
    shopOrder: order.name,
    customerOrderNumber: order.customerOrderNumber,
    buyer: { ...buyer, account: supplier.account },
    supplierName: supplier.name,
    customer: order.customer,
    deliverTo: order.deliverTo && { ...order.deliverTo, phone: order.phone },
    shipping:
      order.shippingMethod === null
        ? null
        : { code: shippingCode(supplier, order.shippingMethod) ?? null, title: order.shippingMethod },
    notes: [...(order.note ? [order.note] : []), ...order.noteAttributes.map(showEntry)],
    lines: input.lines.map((planned) => {
      const line = lines.get(planned.lineId);
      if (line === undefined) {
        throw new Error(`order ${order.name} has no line ${planned.lineId}`);
      }
      return {
        number: planned.number,
        supplierSku: line.sku ?? "",
        shopSku: line.sku ?? "",
        description: line.variantTitle ? `${line.title} - ${line.variantTitle}` : line.title,
        quantity: planned.units,
        // Shopify's own convention: a property whose name starts with _ is the theme's, not the customer's.
        notes: line.properties.filter((entry) => !entry.name.startsWith("_") && entry.value !== "").map(showEntry),
      };
    }),
  };
}

const showEntry = (entry: Entry): string => `${entry.name}: ${entry.value}`;

/** The supplier's code for the customer's method; undefined where the supplier maps none or this one is missing. */
export function shippingCode(supplier: Supplier, method: string): string | undefined {
  return Object.entries(supplier.shipping.codes).find(([title]) => title.toLowerCase() === method.trim().toLowerCase())?.[1];
}

/** The required fields that this order does not fill, in the order in which the supplier lists them. */
export function missingFields(order: Order, supplier: Supplier): RequirableField[] {
  return supplier.require.filter((field) => !fieldValue(order, field)?.trim());
}

function fieldValue(order: Order, field: RequirableField): string | null | undefined {
  switch (field) {
    case "deliver_to.company":
      return order.deliverTo?.company;
    case "deliver_to.name":
      return order.deliverTo?.name;
    case "deliver_to.street":
      return order.deliverTo?.street;
    case "deliver_to.zip":
      return order.deliverTo?.zip;
    case "deliver_to.city":
      return order.deliverTo?.city;
    case "deliver_to.province":
      return order.deliverTo?.province;
    case "deliver_to.country":
      return order.deliverTo?.country;
    case "deliver_to.phone":
      return order.phone;
    case "customer.name":
      return order.customer.name;
    case "customer.email":
      return order.customer.email;
    case "shipping.method":
      return order.shippingMethod;
  }
}
