// What a purchase order carries, field by field, as ../domain/content.ts has it. Each format says where it puts each
// (formats/<name>/places.ts), or why it does not: the contract suite and docs/formats are made from that.
import type { Content } from "../domain/purchase-order/content.ts";

const first = (content: Content) => content.lines[0];

/** The text that a document shows of each field; undefined where formats differ in how they say it. */
export const contentFields = {
  number: (one) => one.number,
  version: (one) => String(one.version),
  purpose: () => undefined,
  "issued at": () => undefined,
  "ordered at": () => undefined,
  test: () => undefined,
  "kind (dropship)": () => undefined,
  "shop order": (one) => one.shopOrder,
  "customer's order number": (one) => one.customerOrderNumber,
  contract: (one) => one.contract,
  "buyer.name": (one) => one.buyer.name,
  "buyer.account": (one) => one.buyer.account,
  "buyer.siret": (one) => one.buyer.siret,
  "buyer.vat": (one) => one.buyer.vat,
  "buyer.gln": (one) => one.buyer.gln,
  "buyer.contact": (one) => one.buyer.contact,
  "buyer.phone": (one) => one.buyer.phone,
  "buyer.email": (one) => one.buyer.email,
  "buyer.address": (one) => one.buyer.address?.street,
  "invoice to": (one) => one.invoiceTo?.name,
  "seller.name": (one) => one.seller.name,
  "deliver to.company": (one) => one.deliverTo?.company,
  "deliver to.name": (one) => one.deliverTo?.name,
  "deliver to.street": (one) => one.deliverTo?.street,
  "deliver to.street2": (one) => one.deliverTo?.street2,
  "deliver to.zip": (one) => one.deliverTo?.zip,
  "deliver to.city": (one) => one.deliverTo?.city,
  "deliver to.province": (one) => one.deliverTo?.province,
  "deliver to.country": (one) => one.deliverTo?.country,
  "deliver to.phone": (one) => one.deliverTo?.phone,
  "pickup point": (one) => one.pickupPoint,
  "customer.name": (one) => one.customer.name,
  "customer.email": (one) => one.customer.email,
  "customer.language": (one) => one.customer.language,
  "requested delivery.earliest": (one) => one.requestedDelivery?.earliest,
  "requested delivery.latest": (one) => one.requestedDelivery?.latest,
  "partial allowed": () => undefined,
  "backorder allowed": () => undefined,
  "substitution allowed": () => undefined,
  "shipping.code": (one) => one.shipping?.code,
  "shipping.title": (one) => one.shipping?.title,
  "shipping.carrier": (one) => one.shipping?.carrier,
  "shipping.account": (one) => one.shipping?.account,
  instructions: (one) => one.notes[0],
  incoterm: (one) => one.incoterm,
  "delivery note.neutral": () => undefined,
  "delivery note.prices": () => undefined,
  "delivery note.sender": (one) => one.deliveryNote?.sender,
  currency: (one) => one.currency,
  "net total": (one) => one.netTotal,
  extras: () => undefined,
  "line.number": (one) => String(first(one)?.number),
  "line.supplier SKU": (one) => first(one)?.supplierSku,
  "line.shop SKU": (one) => first(one)?.shopSku,
  "line.GTIN": (one) => first(one)?.gtin,
  "line.manufacturer's SKU": (one) => first(one)?.mpn,
  "line.description": (one) => first(one)?.description,
  "line.quantity": (one) => String(first(one)?.quantity),
  "line.unit": (one) => first(one)?.unit,
  "line.pack size": (one) => String(first(one)?.packSize),
  "line.unit cost": (one) => first(one)?.unitCost,
  "line.net amount": (one) => first(one)?.netAmount,
  "line.note": (one) => first(one)?.notes[0],
  "line.weight": () => undefined,
  "line.hazard": (one) => first(one)?.hazard,
} as const satisfies Record<string, (content: Content) => string | null | undefined>;

export type ContentField = keyof typeof contentFields;

/**
 * Where a format puts a field: an XPath (a column, for text) that shows the field as it is; one that shows something else for
 * `fullContent`; or nowhere, and why.
 */
export type Place = string | { readonly at: string; readonly shows: string } | { readonly none: string };

export type Places = Readonly<Record<ContentField, Place>>;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of a literal
export const contentFieldNames = Object.keys(contentFields) as ContentField[];
