import type { Content } from "../../../domain/purchase-order/content.ts";
import type { Party } from "../../../domain/supplier/party.ts";
import { DocumentHeld } from "../../../domain/delivery/failure.ts";
import type { Address } from "../../../domain/order/order.ts";
import type { RenderOptions } from "../../format.ts";
import { withPrices, type PricedLine } from "../../prices.ts";
import { xmlText } from "../../xml-text.ts";
import { optional, required, texts, time, writeXml, type XmlNode } from "../../xml-write.ts";
import { DOCUMENT, FUNCTION, isCountry, isIncoterm, SUBJECT } from "./codes.ts";

const NAMESPACES = {
  "@xmlns:rsm": "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100",
  "@xmlns:udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128",
  "@xmlns:qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:128",
  "@xmlns:ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128",
};

/** ISO 6523 schemes of the identifiers. */
const SCHEME = { siret: "0009", gln: "0088", gtin: "0160" } as const;

export function render(unpriced: Content, { encoding, extras }: RenderOptions): string {
  const content = withPrices(unpriced, "Order-X");
  const { purpose, shipping, deliveryNote, customer } = content;
  const number = required(content.number, "number");
  return writeXml(
    {
      "rsm:SCRDMCCBDACIOMessageStructure": {
        ...NAMESPACES,
        "rsm:ExchangedDocumentContext": {
          "ram:TestIndicator": indicator(content.test),
          "ram:GuidelineSpecifiedDocumentContextParameter": { "ram:ID": "urn:order-x.eu:1p0:basic" },
        },
        "rsm:ExchangedDocument": {
          "ram:ID": number,
          "ram:TypeCode": purpose === "original" ? DOCUMENT.order : DOCUMENT.change,
          "ram:IssueDateTime": { "udt:DateTimeString": { "@format": "203", "#text": minute(content.issuedAt) } },
          "ram:PurposeCode":
            purpose === "original" ? FUNCTION.original : purpose === "cancellation" ? FUNCTION.cancel : FUNCTION.replace,
          "ram:IncludedNote": [
            ...texts(content.notes).map((text) => note(text, SUBJECT.instructions)),
            ...fields(SUBJECT.general, {
              version: content.version,
              purpose,
              kind: "dropship",
              "ordered at": time(content.orderedAt),
              "customer order number": content.customerOrderNumber,
              "invoice to": content.invoiceTo && inWords(content.invoiceTo),
            }),
            ...fields(SUBJECT.delivery, {
              customer: customer.name,
              "customer e-mail": customer.email,
              "customer language": customer.language,
              "backorder allowed": content.backorder,
              "substitution allowed": content.substitution,
              "delivery note neutral": deliveryNote?.neutral,
              "delivery note prices": deliveryNote?.prices,
              "delivery note sender": deliveryNote?.sender,
            }),
            ...fields(SUBJECT.transport, {
              "shipping method code": shipping?.code,
              "shipping method": shipping?.title,
              carrier: shipping?.carrier,
              "carrier account": shipping?.account,
              incoterm: content.incoterm === null || isIncoterm(content.incoterm) ? null : content.incoterm,
            }),
            ...fields(SUBJECT.general, extras),
          ],
        },
        "rsm:SupplyChainTradeTransaction": {
          "ram:IncludedSupplyChainTradeLineItem": content.lines.map((line) => tradeLine(line, content.partial)),
          "ram:ApplicableHeaderTradeAgreement": {
            "ram:BuyerReference": required(content.shopOrder, "shop order"),
            "ram:SellerTradeParty": tradeParty(content.seller, "seller", null),
            "ram:BuyerTradeParty": tradeParty(content.buyer, "buyer", content.buyer.account),
            "ram:ApplicableTradeDeliveryTerms":
              content.incoterm !== null && isIncoterm(content.incoterm)
                ? { "ram:DeliveryTypeCode": content.incoterm }
                : undefined,
            // Of a change or cancellation: the order that it is about.
            "ram:BuyerOrderReferencedDocument": { "ram:IssuerAssignedID": number },
            "ram:ContractReferencedDocument": optional(content.contract) && {
              "ram:IssuerAssignedID": optional(content.contract),
            },
          },
          "ram:ApplicableHeaderTradeDelivery": {
            "ram:ShipToTradeParty": shipTo(content),
            "ram:RequestedDeliverySupplyChainEvent": requestedDelivery(content),
          },
          "ram:ApplicableHeaderTradeSettlement": {
            "ram:OrderCurrencyCode": content.currency,
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation": {
              "ram:LineTotalAmount": content.netTotal,
              "ram:TaxBasisTotalAmount": content.netTotal,
            },
          },
        },
      },
    },
    { encoding },
  );
}

const tradeLine = (line: PricedLine, partial: boolean | null): XmlNode => ({
  "ram:AssociatedDocumentLineDocument": {
    "ram:LineID": line.number,
    "ram:IncludedNote": [
      ...texts(line.notes).map((text) => note(text, SUBJECT.general)),
      ...fields(SUBJECT.product, {
        "manufacturer SKU": line.mpn,
        "pack size": line.packSize === 1 ? null : line.packSize,
        "weight in grams": line.weightGrams,
      }),
      ...fields(SUBJECT.hazard, { hazard: line.hazard }),
    ],
  },
  "ram:SpecifiedTradeProduct": {
    "ram:GlobalID": line.gtin === null ? undefined : { "@schemeID": SCHEME.gtin, "#text": line.gtin },
    "ram:SellerAssignedID": required(line.supplierSku, `SKU of line ${line.number}`),
    "ram:BuyerAssignedID": optional(line.shopSku),
    "ram:Name": xmlText(line.description).trim() || "-",
  },
  "ram:SpecifiedLineTradeAgreement": {
    "ram:NetPriceProductTradePrice": {
      "ram:ChargeAmount": line.unitCost,
      "ram:BasisQuantity": { "@unitCode": line.unit, "#text": 1 },
    },
  },
  "ram:SpecifiedLineTradeDelivery": {
    "ram:PartialDeliveryAllowedIndicator": partial === null ? undefined : indicator(partial),
    "ram:RequestedQuantity": { "@unitCode": line.unit, "#text": line.quantity },
  },
  "ram:SpecifiedLineTradeSettlement": {
    "ram:SpecifiedTradeSettlementLineMonetarySummation": { "ram:LineTotalAmount": line.netAmount },
  },
});

const tradeParty = (one: Party, role: string, account: string | null): XmlNode => ({
  "ram:ID": optional(account),
  "ram:GlobalID": one.gln === null ? undefined : { "@schemeID": SCHEME.gln, "#text": one.gln },
  "ram:Name": required(one.name, `${role}.name`),
  "ram:SpecifiedLegalOrganization":
    one.siret === null ? undefined : { "ram:ID": { "@schemeID": SCHEME.siret, "#text": one.siret } },
  "ram:DefinedTradeContact": contact(one.contact, one.phone, one.email),
  "ram:PostalTradeAddress": one.address && tradeAddress(one.address, `${role}.address`),
  "ram:SpecifiedTaxRegistration": one.vat === null ? undefined : { "ram:ID": { "@schemeID": "VA", "#text": xmlText(one.vat) } },
});

function shipTo({ deliverTo, pickupPoint }: Content): XmlNode | undefined {
  if (deliverTo === null && pickupPoint === null) {
    return undefined;
  }
  return {
    "ram:ID": optional(pickupPoint),
    "ram:Name": optional(deliverTo?.company ?? null) ?? optional(deliverTo?.name ?? null),
    "ram:DefinedTradeContact": deliverTo ? contact(deliverTo.name, deliverTo.phone, null) : undefined,
    "ram:PostalTradeAddress": deliverTo && tradeAddress(deliverTo, "deliver_to"),
  };
}

function contact(name: string | null, phone: string | null, email: string | null): XmlNode | undefined {
  const [personName, number, address] = [optional(name), optional(phone), optional(email)];
  return personName === undefined && number === undefined && address === undefined
    ? undefined
    : {
        "ram:PersonName": personName,
        "ram:TelephoneUniversalCommunication": number === undefined ? undefined : { "ram:CompleteNumber": number },
        "ram:EmailURIUniversalCommunication": address === undefined ? undefined : { "ram:URIID": address },
      };
}

/** Throws DocumentHeld without a country: Order-X has no address without one. */
function tradeAddress(one: Address, field: string): XmlNode {
  if (one.country === null || !isCountry(one.country)) {
    throw new DocumentHeld(
      `${field}.country is ${one.country ?? "empty"}, and Order-X needs a country of ISO 3166 in each address: complete it`,
    );
  }
  return {
    "ram:PostcodeCode": optional(one.zip),
    "ram:LineOne": optional(one.street),
    "ram:LineTwo": optional(one.street2),
    "ram:CityName": optional(one.city),
    "ram:CountryID": one.country,
    "ram:CountrySubDivisionName": optional(one.province),
  };
}

function requestedDelivery({ requestedDelivery: wished }: Content): XmlNode | undefined {
  if (wished === null || (wished.earliest === null && wished.latest === null)) {
    return undefined;
  }
  const { earliest, latest } = wished;
  return earliest === latest
    ? { "ram:OccurrenceDateTime": day(earliest) }
    : { "ram:OccurrenceSpecifiedPeriod": { "ram:StartDateTime": day(earliest), "ram:EndDateTime": day(latest) } };
}

/** Basic has no element for whom to invoice. */
const inWords = ({ name, siret, vat, gln, address }: Party): string =>
  [name, siret && `SIRET ${siret}`, vat && `VAT ${vat}`, gln && `GLN ${gln}`]
    .concat(
      address ? [address.street, address.street2, [address.zip, address.city].filter(Boolean).join(" "), address.country] : [],
    )
    .filter(Boolean)
    .join(", ");

const note = (text: string, subject: string): XmlNode => ({ "ram:Content": text, "ram:SubjectCode": subject });

/** What Basic has no element for, each as a note `name: value`. */
const fields = (subject: string, values: Readonly<Record<string, string | number | boolean | null | undefined>>): XmlNode[] =>
  Object.entries(values).flatMap(([name, value]) => {
    const text = value === null || value === undefined ? undefined : optional(String(value));
    return text === undefined ? [] : [note(`${xmlText(name)}: ${text}`, subject)];
  });

const indicator = (value: boolean): XmlNode => ({ "udt:Indicator": value });

/** UNCL 2379 102: CCYYMMDD. */
const day = (date: string | null): XmlNode | undefined =>
  date === null ? undefined : { "udt:DateTimeString": { "@format": "102", "#text": date.replaceAll("-", "") } };

/** UNCL 2379 203: CCYYMMDDHHMM, in UTC. */
const minute = (epochMs: number): string => time(epochMs).slice(0, 16).replaceAll(/[-T:]/g, "");
