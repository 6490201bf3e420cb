import type { Content } from "../../../domain/purchase-order/content.ts";
import type { Party } from "../../../domain/supplier/party.ts";
import type { Address } from "../../../domain/order/order.ts";
import { BadDocument } from "../../../domain/delivery/failure.ts";
import type { RenderOptions } from "../../format.ts";
import { xmlText } from "../../xml-text.ts";
import { optional, required, texts, time, writeXml, type XmlNode } from "../../xml-write.ts";

export function render(content: Content, { encoding, extras }: RenderOptions): string {
  const { buyer, deliverTo, requestedDelivery, shipping, deliveryNote } = content;
  const order: XmlNode = {
    "@version": "1",
    Number: required(content.number, "number"),
    DocumentVersion: content.version,
    Purpose: content.purpose,
    Kind: "dropship",
    Test: content.test,
    IssuedAt: time(content.issuedAt),
    OrderedAt: time(content.orderedAt),
    ShopOrder: required(content.shopOrder, "shop order"),
    CustomerOrderNumber: optional(content.customerOrderNumber),
    Contract: optional(content.contract),
    Buyer: { Name: required(buyer.name, "buyer.name"), Account: optional(buyer.account), ...party(buyer) },
    InvoiceTo: content.invoiceTo && { Name: required(content.invoiceTo.name, "invoice_to.name"), ...party(content.invoiceTo) },
    Supplier: { Name: required(content.seller.name, "supplier name"), ...party(content.seller) },
    Customer: customer(content.customer),
    DeliverTo: deliverTo && { ...address(deliverTo), Phone: optional(deliverTo.phone) },
    PickupPoint: optional(content.pickupPoint),
    RequestedDelivery: requestedDelivery && {
      Earliest: requestedDelivery.earliest,
      Latest: requestedDelivery.latest,
    },
    PartialAllowed: content.partial,
    BackorderAllowed: content.backorder,
    SubstitutionAllowed: content.substitution,
    Shipping: shipping && {
      Code: optional(shipping.code),
      Title: required(shipping.title, "shipping method"),
      Carrier: optional(shipping.carrier),
      CarrierAccount: optional(shipping.account),
    },
    Incoterm: content.incoterm,
    DeliveryNote: deliveryNote && {
      Neutral: deliveryNote.neutral,
      Prices: deliveryNote.prices,
      Sender: optional(deliveryNote.sender),
    },
    Currency: content.currency,
    NetTotal: content.netTotal,
    Notes: notes(content.notes),
    Extras: Object.keys(extras).length === 0 ? undefined : { Extra: Object.entries(extras).map(extra) },
    Products: {
      Product: content.lines.map((line) => ({
        "@line": line.number,
        SKU: required(line.supplierSku, `SKU of line ${line.number}`),
        ShopSKU: line.shopSku === line.supplierSku ? undefined : optional(line.shopSku),
        GTIN: line.gtin,
        ManufacturerSKU: optional(line.mpn),
        Description: xmlText(line.description).trim() || "-",
        Quantity: line.quantity,
        Unit: line.unit === "C62" ? undefined : line.unit,
        PackSize: line.packSize === 1 ? undefined : line.packSize,
        UnitCost: line.unitCost,
        NetAmount: line.netAmount,
        WeightGrams: line.weightGrams,
        Hazard: optional(line.hazard),
        Note: texts(line.notes),
      })),
    },
  };
  return writeXml({ Order: order }, { encoding });
}

/** `Orders` around each `Order`. */
export function join(texts: readonly string[], { encoding }: Pick<RenderOptions, "encoding">): string {
  const orders = texts.map((text) => {
    const [, order] = /^<\?xml [^>]*\?>\n(<Order [\s\S]*<\/Order>)\n$/.exec(text) ?? [];
    if (order === undefined) {
      throw new BadDocument("a document of another format cannot stand in a file of order-xml");
    }
    return order;
  });
  const declaration = `<?xml version="1.0" encoding="${encoding.toUpperCase()}"?>`;
  return `${declaration}\n<Orders version="1">\n${orders.join("\n")}\n</Orders>\n`;
}

/** An order of a till may have nobody. */
const customer = ({ name, email, language }: Content["customer"]): XmlNode | undefined =>
  optional(name) === undefined && optional(email) === undefined
    ? undefined
    : { Name: xmlText(name), Email: xmlText(email ?? ""), Language: optional(language) };

const party = (one: Party): XmlNode => ({
  Siret: one.siret,
  Vat: optional(one.vat),
  Gln: one.gln,
  Contact: optional(one.contact),
  Phone: one.phone,
  Email: optional(one.email),
  Address: one.address && address(one.address),
});

const address = (one: Address): XmlNode => ({
  Company: optional(one.company),
  Name: optional(one.name),
  Street: optional(one.street),
  Street2: optional(one.street2),
  Zip: optional(one.zip),
  City: optional(one.city),
  Province: optional(one.province),
  Country: optional(one.country),
});

function notes(values: readonly string[]): XmlNode | undefined {
  const list = texts(values);
  return list.length === 0 ? undefined : { Note: list };
}

const extra = ([name, value]: readonly [string, string]): XmlNode => ({ "@name": xmlText(name), "#text": xmlText(value) });
