import { sumDecimals, timesDecimal } from "../decimal.ts";
import type { Address, Entry, Order } from "../order/order.ts";
import type { SupplierItem } from "../catalogue/catalogue.ts";
import type { Buyer, Party } from "../supplier/party.ts";
import type { RequirableField, Supplier } from "../supplier/supplier.ts";

export interface ContentLine {
  /** Stable within the purchase order, from 1. */
  readonly number: number;
  readonly supplierSku: string;
  readonly shopSku: string;
  /** GTIN: 8, 12, 13 or 14 digits. */
  readonly gtin: string | null;
  /** The manufacturer's part number. */
  readonly mpn: string | null;
  readonly description: string;
  /** In the supplier's unit. */
  readonly quantity: number;
  /** UN/ECE Recommendation 20: C62 is one piece. */
  readonly unit: string;
  /** Pieces in one of the supplier's unit: what the customer ordered, divided. */
  readonly packSize: number;
  /** Net price of one of the supplier's unit, decimal text in the content's currency: what the supplier charges us. */
  readonly unitCost: string | null;
  /** quantity × unitCost, exact. */
  readonly netAmount: string | null;
  readonly notes: readonly string[];
  /** Of all of it. */
  readonly weightGrams: number | null;
  /** Hazard class, such as ADR 3. */
  readonly hazard: string | null;
}

export interface DeliveryWindow {
  /** Calendar dates, YYYY-MM-DD, at the place of delivery. */
  readonly earliest: string | null;
  readonly latest: string | null;
}

/**
 * Everything that a purchase order says, in no format yet. There is no retail price in it: that is never a supplier's
 * business. Times are epoch milliseconds.
 */
export interface Content {
  readonly number: string;
  readonly version: number;
  readonly purpose: "original" | "replacement" | "change" | "cancellation";
  readonly test: boolean;
  readonly issuedAt: number;
  readonly orderedAt: number;
  readonly shopOrder: string;
  readonly customerOrderNumber: string | null;
  /** Of the buyer with the supplier. */
  readonly contract: string | null;
  readonly buyer: Buyer & { readonly account: string | null };
  /** Null: the buyer. */
  readonly invoiceTo: Party | null;
  readonly seller: Party;
  readonly customer: {
    readonly name: string;
    /** Null where the supplier is not to have it. */
    readonly email: string | null;
    /** BCP 47, such as fr or fr-FR. */
    readonly language: string | null;
  };
  readonly deliverTo: (Address & { readonly phone: string | null }) | null;
  /** The carrier's id of the place where the customer collects it. */
  readonly pickupPoint: string | null;
  readonly requestedDelivery: DeliveryWindow | null;
  /** Whether the supplier may ship in parts, later, or something else instead; null: nothing is said. */
  readonly partial: boolean | null;
  readonly backorder: boolean | null;
  readonly substitution: boolean | null;
  readonly shipping: {
    readonly code: string | null;
    readonly title: string;
    readonly carrier: string | null;
    /** Our account at the carrier. */
    readonly account: string | null;
  } | null;
  /** Incoterms 2020, such as DAP. */
  readonly incoterm: string | null;
  /** What the delivery note shall be like; null: nothing is said. */
  readonly deliveryNote: { readonly neutral: boolean; readonly prices: boolean; readonly sender: string | null } | null;
  /** ISO 4217, of every amount here; null: no price is said. */
  readonly currency: string | null;
  /** Sum of the lines' net amounts, exact; null where a line has none. */
  readonly netTotal: string | null;
  /** The order's note and note attributes: instructions. */
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
  /** By the order line's id. */
  readonly items?: ReadonlyMap<string, SupplierItem>;
  /** ISO 4217, of the items' costs. */
  readonly currency?: string | null;
  /** Where the customer's wishes stand in the order. */
  readonly attributes?: AttributeNames;
  /** What the supplier is asked for where the customer wishes nothing. */
  readonly requestedDelivery?: DeliveryWindow | null;
}): Content {
  const { supplier, buyer } = input;
  const { wishes } = supplier;
  const order = { ...input.order, noteAttributes: attributesFor(input.order, wishes.attributes) };
  const currency = wishes.price === "cost" ? (input.currency ?? null) : null;
  const priced = currency !== null;
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  const contentLines = input.lines.map((planned): ContentLine => {
    const line = lines.get(planned.lineId);
    if (line === undefined) {
      throw new Error(`order ${order.name} has no line ${planned.lineId}`);
    }
    const item = input.items?.get(planned.lineId) ?? {
      supplierSku: line.sku ?? "",
      unit: "C62",
      packSize: 1,
      quantity: planned.units,
      unitCost: null,
      gtin: null,
      mpn: null,
      hazard: null,
    };
    const unitCost = priced ? item.unitCost : null;
    return {
      number: planned.number,
      supplierSku: item.supplierSku,
      shopSku: line.sku ?? "",
      gtin: item.gtin,
      mpn: item.mpn,
      description: line.variantTitle ? `${line.title} - ${line.variantTitle}` : line.title,
      quantity: item.quantity,
      unit: item.unit,
      packSize: item.packSize,
      unitCost,
      netAmount: unitCost === null ? null : timesDecimal(unitCost, item.quantity),
      // Shopify's own convention: a property whose name starts with _ is the theme's, not the customer's.
      notes: line.properties.filter((entry) => !entry.name.startsWith("_") && entry.value !== "").map(showEntry),
      weightGrams: line.grams === null ? null : line.grams * planned.units,
      hazard: item.hazard,
    };
  });
  return {
    number: input.number,
    version: input.version,
    purpose: input.purpose,
    test: order.test,
    issuedAt: input.issuedAt,
    orderedAt: order.processedAt,
    shopOrder: order.name,
    customerOrderNumber: order.customerOrderNumber,
    contract: wishes.contract,
    buyer: { ...buyer, account: supplier.account },
    invoiceTo: wishes.invoiceTo,
    seller: wishes.seller,
    customer: {
      name: order.customer.name,
      email: wishes.customerEmail === "omit" ? null : order.customer.email,
      language: order.customer.language,
    },
    deliverTo: order.deliverTo && { ...order.deliverTo, phone: order.phone },
    pickupPoint: pickupPointOf(order, input.attributes),
    requestedDelivery: wishedDelivery(order, input.attributes) ?? input.requestedDelivery ?? null,
    partial: wishes.partial,
    backorder: wishes.backorder,
    substitution: wishes.substitution,
    shipping:
      order.shippingMethod === null
        ? null
        : {
            code: shippingCode(supplier, order.shippingMethod) ?? null,
            title: order.shippingMethod,
            carrier: wishes.carrier,
            account: wishes.carrierAccount,
          },
    incoterm: wishes.incoterm,
    deliveryNote: wishes.deliveryNote,
    currency,
    netTotal: netTotalOf(contentLines),
    notes: [...(order.note && wishes.note === "send" ? [order.note] : []), ...order.noteAttributes.map(showEntry)],
    lines: contentLines,
  };
}

/** What the supplier is given of the checkout's fields. */
function attributesFor({ noteAttributes }: Order, names: readonly string[] | null): readonly Entry[] {
  const given = names?.map((name) => name.trim().toLowerCase());
  return given === undefined ? noteAttributes : noteAttributes.filter(({ name }) => given.includes(name.trim().toLowerCase()));
}

/** Of some lines only it would be no total. */
function netTotalOf(lines: readonly ContentLine[]): string | null {
  const amounts = lines.flatMap((line) => line.netAmount ?? []);
  return amounts.length === 0 || amounts.length < lines.length ? null : sumDecimals(amounts);
}

/** Names of note attributes, compared without regard to case; the first that the order has counts. */
export interface AttributeNames {
  readonly requestedDate: readonly string[];
  readonly pickupPoint: readonly string[];
  /** A shipping method's code that begins so ends with the pickup point's id. */
  readonly pickupCodePrefixes: readonly string[];
}

const attribute = (order: Order, names: readonly string[]): string | undefined =>
  names
    .map((name) => order.noteAttributes.find((one) => one.name.trim().toLowerCase() === name.toLowerCase())?.value.trim())
    .find((value) => value !== undefined && value !== "");

function pickupPointOf(order: Order, names: AttributeNames | undefined): string | null {
  const code = order.shippingMethodCode ?? "";
  const prefix = names?.pickupCodePrefixes.find((one) => code.startsWith(one) && code.length > one.length);
  return attribute(order, names?.pickupPoint ?? []) ?? (prefix === undefined ? null : code.slice(prefix.length));
}

/** One day or two, as 2027-01-20 or 20/01/2027. What is written otherwise is still told, as a note. */
function wishedDelivery(order: Order, names: AttributeNames | undefined): DeliveryWindow | undefined {
  const text = attribute(order, names?.requestedDate ?? []) ?? "";
  const iso = text.replaceAll(/\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b/g, (_all, day: string, month: string, year: string) =>
    [year, month.padStart(2, "0"), day.padStart(2, "0")].join("-"),
  );
  const days = [...iso.matchAll(/\b\d{4}-\d{2}-\d{2}\b/g)].map(([day]) => day);
  const [earliest, latest = earliest] = days;
  return earliest === undefined || latest === undefined || days.length > 2 || !days.every(isDay) || latest < earliest
    ? undefined
    : { earliest, latest };
}

const isDay = (day: string): boolean => {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
};

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
    case "supplier_sku":
      return "asked line by line"; // ./supply.ts
  }
}
