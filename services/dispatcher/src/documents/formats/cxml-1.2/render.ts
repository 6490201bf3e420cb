import type { Content } from "../../../domain/purchase-order/content.ts";
import type { Party } from "../../../domain/supplier/party.ts";
import type { Address } from "../../../domain/order/order.ts";
import type { RenderOptions } from "../../format.ts";
import { withPrices, type PricedLine } from "../../prices.ts";
import { xmlText } from "../../xml-text.ts";
import { optional, required, texts, time, writeXml, type XmlNode } from "../../xml-write.ts";
import { payloadId } from "./payload-id.ts";
import { telephone } from "./telephone.ts";

const VERSION = "1.2.063";
const DOCTYPE = `<!DOCTYPE cXML SYSTEM "http://xml.cXML.org/schemas/cXML/${VERSION}/cXML.dtd">`;

/** A replacement and a change are both the whole order anew: cXML has one word for them. */
const TYPES = { original: "new", replacement: "update", change: "update", cancellation: "delete" } as const;

/** Where nobody says which language a text is in: ISO 639 "undetermined". cXML demands one. */
const UNKNOWN_LANGUAGE = "und";

export function render(unpriced: Content, { encoding, extras }: RenderOptions): string {
  const content = withPrices(unpriced, "cXML");
  const { buyer, deliveryNote, shipping } = content;
  const language = content.customer.language ?? UNKNOWN_LANGUAGE;
  const from = credentials(buyer, buyer.account);
  const header: XmlNode = {
    "@orderID": required(content.number, "number"),
    "@orderDate": time(content.orderedAt),
    "@type": TYPES[content.purpose],
    "@orderVersion": content.version,
    "@agreementID": optional(content.contract),
    "@shipComplete": content.partial === false ? "yes" : undefined,
    "@requestedDeliveryDate": day(content.requestedDelivery?.latest ?? content.requestedDelivery?.earliest),
    Total: { Money: money(content.netTotal, content.currency) },
    ShipTo: shipTo(content, language),
    BillTo: { Address: company(content.invoiceTo ?? buyer, language), IdReference: identifiers(content.invoiceTo ?? buyer) },
    BusinessPartner: {
      "@type": "organization",
      "@role": "soldTo",
      Address: company(buyer, language),
      IdReference: identifiers(buyer),
    },
    Contact: contacts(content, language),
    TermsOfDelivery: content.incoterm === null ? undefined : terms(content.incoterm),
    DeliveryPeriod: period(content),
    IdReference: { "@identifier": required(content.shopOrder, "shop order"), "@domain": "shopOrder" },
    Extrinsic: extrinsics({
      orderKind: "dropship",
      customerOrderNumber: content.customerOrderNumber,
      partialDeliveryAllowed: content.partial,
      backorderAllowed: content.backorder,
      substitutionAllowed: content.substitution,
      shippingMethodCode: shipping?.code,
      shippingMethod: shipping?.title,
      deliveryNoteNeutral: deliveryNote?.neutral,
      deliveryNotePrices: deliveryNote?.prices,
      deliveryNoteSender: deliveryNote?.sender,
      ...extras,
    }),
  };
  return writeXml(
    {
      cXML: {
        "@version": VERSION,
        "@payloadID": xmlText(payloadId(content)),
        "@timestamp": time(content.issuedAt),
        "@xml:lang": content.customer.language ?? undefined,
        Header: {
          From: { Credential: from },
          To: { Credential: credentials(content.seller, null) },
          // One-way files: the transport's login authenticates the sender, so there is no SharedSecret.
          Sender: { Credential: from, UserAgent: "Shopify Order Handler" },
        },
        Request: {
          "@deploymentMode": content.test ? "test" : "production",
          OrderRequest: {
            OrderRequestHeader: header,
            ItemOut: content.lines.map((line) => itemOut(line, content.currency, language)),
          },
        },
      },
    },
    { encoding, doctype: DOCTYPE },
  );
}

function itemOut(line: PricedLine, currency: string, language: string): XmlNode {
  const notes = texts(line.notes);
  return {
    "@quantity": line.quantity,
    "@lineNumber": line.number,
    ItemID: {
      SupplierPartID: required(line.supplierSku, `SKU of line ${line.number}`),
      BuyerPartID: optional(line.shopSku),
    },
    ItemDetail: {
      UnitPrice: { Money: money(line.unitCost, currency) },
      Description: { "@xml:lang": language, "#text": xmlText(line.description).trim() || "-" },
      UnitOfMeasure: line.unit,
      // Mandatory, and the shop's products are in no classification that a supplier would share.
      Classification: { "@domain": "custom", "#text": "0" },
      ManufacturerPartID: optional(line.mpn),
      ItemDetailIndustry: line.gtin === null ? undefined : { ItemDetailRetail: { EANID: line.gtin } },
      Extrinsic: extrinsics({
        packSize: line.packSize === 1 ? null : line.packSize,
        weightGrams: line.weightGrams,
        hazard: line.hazard,
      }),
    },
    Comments: notes.length === 0 ? undefined : { "@xml:lang": language, "#text": notes.join("\n") },
  };
}

/** Each names the same company; the reader takes the one that it knows. */
const credentials = (one: Party, account: string | null): XmlNode[] => [
  ...Object.entries({ AccountID: account, GLN: one.gln, SIRET: one.siret, VatID: one.vat }).flatMap(([domain, identity]) => {
    const text = optional(identity);
    return text === undefined ? [] : [{ "@domain": domain, Identity: text }];
  }),
  { "@domain": "Name", Identity: required(one.name, "a company's name") },
];

const identifiers = (one: Party): XmlNode[] =>
  Object.entries({ gln: one.gln, siret: one.siret, vatID: one.vat }).flatMap(([domain, identifier]) =>
    identifier === null ? [] : [{ "@identifier": xmlText(identifier), "@domain": domain }],
  );

const company = (one: Party, language: string): XmlNode => ({
  Name: named(one.name, language),
  PostalAddress: one.address && postalAddress(one.address, [one.address.company, one.address.name]),
  Email: optional(one.email),
  Phone: one.phone === null ? undefined : telephone(one.phone),
});

function contacts({ buyer, customer }: Content, language: string): XmlNode[] {
  const purchaser: XmlNode = {
    "@role": "purchasingAgent",
    Name: named(buyer.contact, language),
    Email: optional(buyer.email),
    Phone: buyer.phone === null ? undefined : telephone(buyer.phone),
  };
  const endUser: XmlNode = { "@role": "endUser", Name: named(customer.name, language), Email: optional(customer.email) };
  return [
    ...(optional(buyer.contact) === undefined ? [] : [purchaser]),
    ...(optional(customer.name) === undefined && optional(customer.email) === undefined ? [] : [endUser]),
  ];
}

function shipTo(content: Content, language: string): XmlNode | undefined {
  const { deliverTo, shipping, pickupPoint } = content;
  const instructions = texts(content.notes);
  const transport: XmlNode = {
    ShippingContractNumber: optional(shipping?.account ?? null),
    ShippingInstructions:
      instructions.length === 0 ? undefined : { Description: { "@xml:lang": language, "#text": instructions.join("\n") } },
  };
  const carrier = optional(shipping?.carrier ?? null);
  const hasTransport = Object.values(transport).some((value) => value !== undefined);
  if (deliverTo === null && pickupPoint === null && carrier === undefined && !hasTransport) {
    return undefined;
  }
  const companyName = optional(deliverTo?.company ?? null);
  return {
    Address: {
      Name: named(companyName ?? deliverTo?.name ?? content.customer.name, language),
      PostalAddress: deliverTo && postalAddress(deliverTo, [deliverTo.name]),
      Phone: deliverTo === null || deliverTo.phone === null ? undefined : telephone(deliverTo.phone),
    },
    CarrierIdentifier: carrier === undefined ? undefined : { "@domain": "companyName", "#text": carrier },
    TransportInformation: hasTransport ? transport : undefined,
    IdReference: optional(pickupPoint) && { "@identifier": xmlText(pickupPoint ?? ""), "@domain": "pickupPoint" },
  };
}

/** Street, City and Country are mandatory, and may be empty. A country is written by its code: its names are in many languages. */
function postalAddress(one: Address, people: readonly (string | null)[]): XmlNode {
  const streets = texts([one.street ?? "", one.street2 ?? ""]);
  return {
    DeliverTo: texts(people.map((person) => person ?? "")),
    Street: streets.length === 0 ? "" : streets,
    City: xmlText(one.city ?? ""),
    State: optional(one.province),
    PostalCode: optional(one.zip),
    Country: { "@isoCountryCode": one.country ?? "", "#text": one.country ?? "" },
  };
}

/** The Incoterm itself stands in TransportTerms; the two mandatory parts say that it is told there. */
const terms = (incoterm: string): XmlNode => ({
  TermsOfDeliveryCode: { "@value": "DeliveryCondition" },
  ShippingPaymentMethod: { "@value": "Other", "#text": incoterm },
  TransportTerms: { "@value": incoterm },
});

function period({ requestedDelivery }: Content): XmlNode | undefined {
  const { earliest, latest } = requestedDelivery ?? { earliest: null, latest: null };
  return earliest === null || latest === null ? undefined : { Period: { "@startDate": day(earliest), "@endDate": day(latest) } };
}

/** cXML wants a time with its zone for a day: noon in UTC is on that day from America to Australia. */
const day = (date: string | null | undefined): string | undefined => (date ? `${date}T12:00:00+00:00` : undefined);

const money = (amount: string, currency: string): XmlNode => ({ "@currency": currency, "#text": amount });

const named = (name: string | null, language: string): XmlNode => ({ "@xml:lang": language, "#text": xmlText(name ?? "") });

/** A name may stand only once: the supplier's own field takes the place of ours. */
const extrinsics = (values: Readonly<Record<string, string | number | boolean | null | undefined>>): XmlNode[] =>
  Object.entries(values).flatMap(([name, value]) => {
    const text = value === null || value === undefined ? undefined : optional(String(value));
    return text === undefined ? [] : [{ "@name": xmlText(name), "#text": text }];
  });
