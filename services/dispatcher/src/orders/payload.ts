// A webhook's payload → the domain's order. Tolerant: what Shopify adds, leaves out or sets to null does no harm; only
// what nothing can be done without is an error. Shape: https://shopify.dev/docs/api/admin-rest/latest/resources/order
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { z } from "zod";
import type { Address, Entry, Order, OrderLine } from "../domain/order/order.ts";

export type PayloadResult = { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly reason: string };

const text = z.union([z.string(), z.number()]).transform(String).nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const units = z.number().int().min(0);
/** From year 1 to 9999: what XML Schema, SQL and every supplier's system can write. */
const isTime = (ms: number): boolean => ms >= Date.parse("0001-01-01T00:00:00Z") && ms <= Date.parse("9999-12-31T23:59:59.999Z");
const time = z
  .string()
  .transform((value) => Date.parse(value))
  .refine(isTime, "expected a date");
const entries = z
  .union([
    z
      .array(z.looseObject({ name: text, value: text }).nullable())
      .transform((all) => all.flatMap((one) => (one === null ? [] : [{ name: one.name ?? "", value: one.value ?? "" }]))),
    z.record(z.string(), text).transform((all) => Object.entries(all).map(([name, value]) => ({ name, value: value ?? "" }))),
  ])
  .nullish()
  .catch(null)
  .transform((value): Entry[] => value ?? []);

const address = z
  .looseObject({
    company: text,
    name: text,
    first_name: text,
    last_name: text,
    address1: text,
    address2: text,
    zip: text,
    city: text,
    province: text,
    country: text,
    country_code: text,
    phone: text,
  })
  .nullish()
  .catch(null);
type PayloadAddress = z.output<typeof address>;

const line = z.looseObject({
  id: text,
  admin_graphql_api_id: text,
  sku: text,
  vendor: text,
  title: text,
  name: text,
  variant_title: text,
  quantity: units,
  current_quantity: units.nullish(),
  fulfillable_quantity: units.nullish(),
  requires_shipping: flag,
  gift_card: flag,
  grams: z.number().int().min(0).nullish().catch(null),
  properties: entries,
});

const payload = z.looseObject({
  id: text,
  admin_graphql_api_id: text,
  name: text,
  order_number: text,
  test: z.boolean().nullish(),
  financial_status: text,
  payment_terms: z.looseObject({}).nullish().catch(null),
  created_at: time,
  processed_at: time.nullish().catch(null),
  updated_at: time,
  cancelled_at: time.nullish(),
  currency: text,
  current_total_price: text,
  total_price: text,
  tags: text,
  note: text,
  note_attributes: entries,
  po_number: text,
  email: text,
  contact_email: text,
  phone: text,
  customer_locale: text,
  customer: z
    .looseObject({ first_name: text, last_name: text, email: text, phone: text, default_address: address })
    .nullish()
    .catch(null),
  shipping_address: address,
  billing_address: address,
  shipping_lines: z
    .array(z.looseObject({ title: text, code: text, phone: text, is_removed: flag }))
    .nullish()
    .catch(null),
  line_items: z.array(line),
});

/** Reads a whole order, as orders/create, paid, updated and cancelled carry it. Never throws on its content. */
export function readOrder(value: unknown, shop: string): PayloadResult {
  const parsed = payload.safeParse(value);
  if (!parsed.success) {
    const first = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join(".") || "payload"}: ${issue.message}`);
    return { ok: false, reason: `not an order: ${first.join("; ")}` };
  }
  const order = parsed.data;
  const id = globalId(order.admin_graphql_api_id, order.id);
  if (id === undefined) {
    return { ok: false, reason: "not an order: admin_graphql_api_id and id are missing or malformed" };
  }
  const lines = new Map<string, OrderLine>();
  for (const [index, one] of order.line_items.entries()) {
    const lineId = globalId(one.admin_graphql_api_id, one.id);
    if (lineId === undefined) {
      return { ok: false, reason: `not an order: line_items.${index} has no id` };
    }
    const current = one.current_quantity ?? one.quantity;
    if (lines.has(lineId)) {
      return { ok: false, reason: `not an order: line_items.${index} has the id of an earlier line` };
    }
    lines.set(lineId, {
      id: lineId,
      sku: clean(one.sku),
      vendor: clean(one.vendor),
      title: clean(one.title) ?? clean(one.name) ?? "(no title)",
      variantTitle: clean(one.variant_title),
      quantity: one.quantity,
      currentQuantity: current,
      fulfillableQuantity: one.fulfillable_quantity ?? current,
      requiresShipping: one.requires_shipping ?? true,
      giftCard: one.gift_card ?? false,
      grams: one.grams ?? null,
      properties: one.properties,
    });
  }
  const total = clean(order.current_total_price) ?? clean(order.total_price) ?? "0";
  const shippingLine = order.shipping_lines?.find((one) => one.is_removed !== true);
  const shipping = order.shipping_address;
  const customerName =
    clean(join(order.customer?.first_name, order.customer?.last_name)) ?? nameOf(order.billing_address) ?? nameOf(shipping);
  const country = clean(shipping?.country_code) ?? clean(order.billing_address?.country_code);
  return {
    ok: true,
    order: {
      id: orderId(shop, id),
      shop,
      name: clean(order.name) ?? `#${clean(order.order_number) ?? id}`,
      orderNumber: clean(order.order_number) ?? clean(order.name)?.replace(/[^A-Za-z0-9]/g, "") ?? id,
      test: order.test ?? false,
      financialStatus: clean(order.financial_status),
      paymentTerms: order.payment_terms !== null && order.payment_terms !== undefined,
      createdAt: order.created_at,
      processedAt: order.processed_at ?? order.created_at,
      updatedAt: order.updated_at,
      cancelledAt: order.cancelled_at ?? null,
      total: { amount: total, currency: clean(order.currency) ?? "" },
      tags: (order.tags ?? "")
        .split(",")
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
      note: clean(order.note),
      noteAttributes: order.note_attributes,
      customerOrderNumber: clean(order.po_number),
      customer: {
        name: customerName ?? "",
        email: clean(order.email) ?? clean(order.contact_email) ?? clean(order.customer?.email) ?? "",
        language: clean(order.customer_locale),
      },
      deliverTo: readAddress(shipping),
      phone: firstPhone(
        [
          shipping?.phone,
          ...(order.shipping_lines ?? []).map((one) => one.phone),
          order.billing_address?.phone,
          order.phone,
          order.customer?.phone,
          order.customer?.default_address?.phone,
        ],
        country,
      ),
      shippingMethod: clean(shippingLine?.title),
      shippingMethodCode: clean(shippingLine?.code),
      lines: [...lines.values()],
    },
  };
}

/** The order that orders/delete tells of; its payload is only the id. */
export function readDeletedOrderId(value: unknown, shop: string): string | undefined {
  const parsed = z.looseObject({ id: text, admin_graphql_api_id: text }).safeParse(value);
  const id = parsed.success ? globalId(parsed.data.admin_graphql_api_id, parsed.data.id) : undefined;
  return id === undefined ? undefined : orderId(shop, id);
}

/** The order that orders/edited or refunds/create concerns. Neither carries the order itself. */
export function readConcernedOrderId(value: unknown, shop: string): string | undefined {
  const parsed = z
    .looseObject({ order_id: text, order_edit: z.looseObject({ order_id: text }).nullish().catch(null) })
    .safeParse(value);
  const id = parsed.success ? globalId(null, parsed.data.order_edit?.order_id ?? parsed.data.order_id) : undefined;
  return id === undefined ? undefined : orderId(shop, id);
}

export const orderId = (shop: string, digits: string): string => `${shop}:${digits}`;

/** The digits of a global id (gid://shopify/Order/820982911946154508), else of the losslessly read number. */
function globalId(gid: string | null | undefined, plain: string | null | undefined): string | undefined {
  return /\/(\d{1,30})(?:\?|$)/.exec(gid ?? "")?.[1] ?? /^\d{1,30}$/.exec(plain ?? "")?.[0];
}

const clean = (value: string | null | undefined): string | null => value?.trim() || null;

const join = (...parts: readonly (string | null | undefined)[]): string =>
  parts
    .map((part) => part?.trim())
    .filter(Boolean)
    .join(" ");

const nameOf = (one: PayloadAddress): string | null => clean(one?.name) ?? clean(join(one?.first_name, one?.last_name));

function readAddress(one: PayloadAddress): Address | null {
  if (!one) {
    return null;
  }
  const code = clean(one.country_code)?.toUpperCase();
  const read: Address = {
    company: clean(one.company),
    name: nameOf(one),
    street: clean(one.address1),
    street2: clean(one.address2),
    zip: clean(one.zip),
    city: clean(one.city),
    province: clean(one.province),
    country: code !== undefined && /^[A-Z]{2}$/.test(code) ? code : null,
  };
  return read.street === null && read.city === null && read.zip === null ? null : read;
}

/** The first that is a phone number, in E.164. A national number is read by the delivery country's rules. */
function firstPhone(candidates: readonly (string | null | undefined)[], country: string | null): string | null {
  const region = country?.toUpperCase() ?? "";
  for (const candidate of candidates) {
    const raw = clean(candidate);
    if (raw === null) {
      continue;
    }
    const number = parsePhoneNumberFromString(
      raw,
      isSupportedCountry(region) ? { defaultCountry: region, extract: false } : { extract: false },
    );
    if (number?.isPossible()) {
      return number.number;
    }
  }
  return null;
}
