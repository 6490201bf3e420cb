// Order, OrderChange and OrderCancellation. The order of the elements is the schema's, and it is part of what is valid.
import type { Content, ContentLine } from "../../../domain/purchase-order/content.ts";
import type { RenderOptions } from "../../format.ts";
import { date, optional, required, texts, time, writeXml, type XmlNode } from "../../xml-write.ts";
import { filled, parties } from "./parties.ts";
import { delivery } from "./delivery.ts";

const NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:";

export function render(content: Content, { encoding, extras }: RenderOptions): string {
  const said = statements(content, extras);
  switch (content.purpose) {
    case "original":
    case "replacement":
      return document("Order", order(content, said), encoding);
    case "change":
      return document("OrderChange", change(content, said), encoding);
    case "cancellation":
      return document("OrderCancellation", cancellation(content, said), encoding);
  }
}

const document = (name: string, body: XmlNode, encoding: string): string =>
  writeXml(
    {
      [name]: {
        "@xmlns": `${NAMESPACE}${name}-2`,
        "@xmlns:cac": `${NAMESPACE}CommonAggregateComponents-2`,
        "@xmlns:cbc": `${NAMESPACE}CommonBasicComponents-2`,
        "cbc:UBLVersionID": "2.1",
        ...body,
      },
    },
    { encoding },
  );

function order(content: Content, said: readonly XmlNode[]): XmlNode {
  const number = required(content.number, "number");
  const { currency, reference, contract, originator } = header(content);
  const { buyer, seller, customer, invoiceTo } = parties(content);
  return {
    "cbc:ProfileExecutionID": execution(content),
    "cbc:ID": number,
    // A replacement is no copy either: whoever passes over copies would miss it.
    "cbc:CopyIndicator": false,
    "cbc:IssueDate": date(content.issuedAt),
    "cbc:IssueTime": timeOfDay(content.issuedAt),
    "cbc:OrderTypeCode": KIND,
    "cbc:DocumentCurrencyCode": currency,
    "cbc:CustomerReference": reference,
    "cbc:LineCountNumeric": content.lines.length,
    "cac:OriginatorDocumentReference": originator,
    "cac:AdditionalDocumentReference": said,
    "cac:Contract": contract,
    "cac:BuyerCustomerParty": buyer,
    "cac:SellerSupplierParty": seller,
    "cac:OriginatorCustomerParty": customer,
    "cac:AccountingCustomerParty": invoiceTo,
    ...delivery(content),
    "cac:AnticipatedMonetaryTotal": total(content),
    "cac:OrderLine": content.lines.map((line) => orderLine(content, line)),
  };
}

/** It has no ID of its own, which UBL allows: so an answer can name no other number than the order's. */
function change(content: Content, said: readonly XmlNode[]): XmlNode {
  const { currency, reference, contract, originator } = header(content);
  const { buyer, seller, customer, invoiceTo } = parties(content);
  return {
    "cbc:ProfileExecutionID": execution(content),
    "cbc:CopyIndicator": false,
    "cbc:IssueDate": date(content.issuedAt),
    "cbc:IssueTime": timeOfDay(content.issuedAt),
    "cbc:SequenceNumberID": content.version,
    "cbc:DocumentCurrencyCode": currency,
    "cbc:CustomerReference": reference,
    "cbc:LineCountNumeric": content.lines.length,
    "cac:OrderReference": orderReference(content),
    "cac:OriginatorDocumentReference": originator,
    "cac:AdditionalDocumentReference": said,
    "cac:Contract": contract,
    "cac:BuyerCustomerParty": buyer,
    "cac:SellerSupplierParty": seller,
    "cac:OriginatorCustomerParty": customer,
    "cac:AccountingCustomerParty": invoiceTo,
    ...delivery(content),
    "cac:AnticipatedMonetaryTotal": total(content),
    "cac:OrderLine": content.lines.map((line) => orderLine(content, line)),
  };
}

/** Of the whole order: it has no lines. Its mandatory ID is the order's number, as nothing else of ours is to be named. */
function cancellation(content: Content, said: readonly XmlNode[]): XmlNode {
  const { contract, originator } = header(content);
  const { buyer, seller, customer } = parties(content);
  const number = required(content.number, "number");
  return {
    "cbc:ProfileExecutionID": execution(content),
    "cbc:ID": number,
    "cbc:CopyIndicator": false,
    "cbc:IssueDate": date(content.issuedAt),
    "cbc:IssueTime": timeOfDay(content.issuedAt),
    "cbc:CancellationNote": `Purchase order ${number} is cancelled.`,
    "cac:OrderReference": orderReference(content),
    "cac:OriginatorDocumentReference": originator,
    "cac:AdditionalDocumentReference": said,
    "cac:Contract": contract,
    "cac:BuyerCustomerParty": buyer,
    "cac:SellerSupplierParty": seller,
    "cac:OriginatorCustomerParty": customer,
  };
}

const KIND = "dropship";

/** With its Z: a time without one would be anybody's. */
const timeOfDay = (epochMs: number): string => `${time(epochMs).slice(11, 19)}Z`;

const execution = (content: Content): string | undefined => (content.test ? "test" : undefined);

function header(content: Content): Record<"currency" | "reference" | "contract" | "originator", XmlNode[string]> {
  const contract = optional(content.contract);
  const customerOrderNumber = optional(content.customerOrderNumber);
  return {
    currency: content.currency,
    reference: required(content.shopOrder, "shop order"),
    contract: contract === undefined ? undefined : { "cbc:ID": contract },
    originator: customerOrderNumber === undefined ? undefined : { "cbc:ID": customerOrderNumber },
  };
}

const orderReference = (content: Content): XmlNode => ({
  "cbc:ID": required(content.number, "number"),
  "cbc:CustomerReference": required(content.shopOrder, "shop order"),
  "cbc:OrderTypeCode": KIND,
});

/** By UBL's list of document statuses: what the order has become by this document. */
const orderStatus = {
  original: "NoStatus",
  replacement: "Revised",
  change: "Revised",
  cancellation: "Cancelled",
} as const satisfies Record<Content["purpose"], string>;

/** What UBL has no element for. As referenced documents: unlike extensions, every reader keeps them. */
function statements(content: Content, extras: Readonly<Record<string, string>>): XmlNode[] {
  const { deliveryNote } = content;
  const sender = optional(deliveryNote?.sender ?? null);
  return [
    {
      "cbc:ID": required(content.number, "number"),
      "cbc:DocumentTypeCode": "order",
      "cbc:VersionID": content.version,
      "cbc:DocumentStatusCode": orderStatus[content.purpose],
    },
    {
      "cbc:ID": required(content.shopOrder, "shop order"),
      "cbc:IssueDate": date(content.orderedAt),
      "cbc:IssueTime": timeOfDay(content.orderedAt),
      "cbc:DocumentTypeCode": "customer-order",
    },
    ...(deliveryNote === null
      ? []
      : [
          {
            "cbc:ID": "delivery-note",
            "cbc:DocumentTypeCode": "delivery-note",
            "cbc:DocumentDescription": [`neutral: ${deliveryNote.neutral}`, `prices: ${deliveryNote.prices}`],
            "cac:IssuerParty": sender === undefined ? undefined : { "cac:PartyName": { "cbc:Name": sender } },
          },
        ]),
    ...Object.entries(extras).map(([name, value]) => ({
      "cbc:ID": required(name, "the name of an extra"),
      "cbc:DocumentTypeCode": "extra",
      "cbc:DocumentDescription": optional(value),
    })),
  ];
}

const amount = (value: string | null, currency: string | null): XmlNode | undefined =>
  value === null || currency === null ? undefined : { "@currencyID": currency, "#text": value };

/** Net: what the supplier adds (carriage, VAT) is not known here. */
function total({ netTotal, currency }: Content): XmlNode | undefined {
  const net = amount(netTotal, currency);
  return net && { "cbc:LineExtensionAmount": net, "cbc:PayableAmount": net };
}

function orderLine(content: Content, line: ContentLine): XmlNode {
  const unitCost = amount(line.unitCost, content.currency);
  return {
    // The two codes of UBL's list.
    "cbc:SubstitutionStatusCode": content.substitution === null ? undefined : content.substitution ? "Substitution" : "Original",
    "cbc:Note": texts(line.notes),
    "cac:LineItem": {
      "cbc:ID": line.number,
      "cbc:Quantity": { "@unitCode": line.unit, "#text": line.quantity },
      "cbc:LineExtensionAmount": amount(line.netAmount, content.currency),
      "cbc:PartialDeliveryIndicator": content.partial,
      "cbc:BackOrderAllowedIndicator": content.backorder,
      "cac:OrderedShipment":
        line.weightGrams === null
          ? undefined
          : {
              "cac:Shipment": {
                "cbc:ID": line.number,
                "cbc:GrossWeightMeasure": { "@unitCode": "GRM", "#text": line.weightGrams },
              },
            },
      "cac:Price":
        unitCost === undefined
          ? undefined
          : { "cbc:PriceAmount": unitCost, "cbc:BaseQuantity": { "@unitCode": line.unit, "#text": 1 } },
      "cac:Item": item(line),
    },
  };
}

function item(line: ContentLine): XmlNode {
  const hazard = optional(line.hazard);
  const identification = (id: string | undefined): XmlNode | undefined => filled({ "cbc:ID": id });
  return {
    "cbc:PackSizeNumeric": line.packSize,
    "cbc:Name": optional(line.description),
    "cbc:HazardousRiskIndicator": hazard === undefined ? undefined : true,
    "cac:BuyersItemIdentification": identification(optional(line.shopSku)),
    "cac:SellersItemIdentification": identification(required(line.supplierSku, `SKU of line ${line.number}`)),
    "cac:ManufacturersItemIdentification": identification(optional(line.mpn)),
    "cac:StandardItemIdentification": line.gtin === null ? undefined : { "cbc:ID": { "@schemeID": "0160", "#text": line.gtin } },
    "cac:HazardousItem": hazard === undefined ? undefined : { "cbc:HazardClassID": hazard },
  };
}
