// What a template sees: every name always exists, and what a purchase order does not have is nil. docs/formats/template.md
// lists the names; a test compares.
import type { Content } from "../../../domain/purchase-order/content.ts";
import type { Party } from "../../../domain/supplier/party.ts";
import type { Address } from "../../../domain/order/order.ts";
import type { RenderOptions } from "../../format.ts";
import { xmlText } from "../../xml-text.ts";
import { time } from "../../xml-write.ts";

export type Value = string | number | boolean | null | readonly Value[] | Scope;
export interface Scope {
  readonly [name: string]: Value;
}

export function scopeOf(content: Content, { encoding, extras }: RenderOptions): Scope {
  const { buyer, requestedDelivery, shipping, deliveryNote } = content;
  return scope({
    number: content.number,
    version: content.version,
    purpose: content.purpose,
    kind: "dropship",
    test: content.test,
    issued_at: time(content.issuedAt),
    ordered_at: time(content.orderedAt),
    shop_order: text(content.shopOrder),
    customer_order_number: text(content.customerOrderNumber),
    contract: text(content.contract),
    buyer: scope({ ...party(buyer), account: text(buyer.account) }),
    invoice_to: scope(party(content.invoiceTo)),
    seller: scope(party(content.seller)),
    customer: scope({
      name: text(content.customer.name),
      email: text(content.customer.email),
      language: text(content.customer.language),
    }),
    deliver_to: scope({ ...address(content.deliverTo), phone: text(content.deliverTo?.phone) }),
    pickup_point: text(content.pickupPoint),
    requested_delivery: scope({
      earliest: requestedDelivery?.earliest ?? null,
      latest: requestedDelivery?.latest ?? null,
    }),
    partial: content.partial,
    backorder: content.backorder,
    substitution: content.substitution,
    shipping: scope({
      code: text(shipping?.code),
      title: text(shipping?.title),
      carrier: text(shipping?.carrier),
      account: text(shipping?.account),
    }),
    incoterm: content.incoterm,
    delivery_note: scope({
      neutral: deliveryNote?.neutral ?? null,
      prices: deliveryNote?.prices ?? null,
      sender: text(deliveryNote?.sender),
    }),
    currency: content.currency,
    net_total: content.netTotal,
    notes: texts(content.notes),
    extras: scope(Object.fromEntries(Object.entries(extras).map(([name, value]) => [name, text(value)]))),
    encoding: encoding.toUpperCase(),
    lines: Object.freeze(
      content.lines.map((line) =>
        scope({
          number: line.number,
          supplier_sku: text(line.supplierSku),
          shop_sku: text(line.shopSku),
          gtin: line.gtin,
          mpn: text(line.mpn),
          description: text(line.description),
          quantity: line.quantity,
          unit: line.unit,
          pack_size: line.packSize,
          unit_cost: line.unitCost,
          net_amount: line.netAmount,
          notes: texts(line.notes),
          weight_grams: line.weightGrams,
          hazard: text(line.hazard),
        }),
      ),
    ),
  });
}

/** Without a prototype: nothing is inherited that a template could reach. */
const scope = (members: Scope): Scope => Object.freeze({ __proto__: null, ...members });

/** Without what XML cannot carry, in any format: no system wants control characters. Nil where nothing is left. */
function text(value: string | null | undefined): string | null {
  const carried = xmlText(value ?? "");
  return carried.trim() === "" ? null : carried;
}

const texts = (values: readonly string[]): readonly string[] => Object.freeze(values.flatMap((value) => text(value) ?? []));

const party = (one: Party | null): Scope => ({
  name: text(one?.name),
  siret: text(one?.siret),
  vat: text(one?.vat),
  gln: text(one?.gln),
  contact: text(one?.contact),
  phone: text(one?.phone),
  email: text(one?.email),
  address: scope(address(one?.address ?? null)),
});

const address = (one: Address | null): Scope => ({
  company: text(one?.company),
  name: text(one?.name),
  street: text(one?.street),
  street2: text(one?.street2),
  zip: text(one?.zip),
  city: text(one?.city),
  province: text(one?.province),
  country: text(one?.country),
});
