// ORDER for an original and its replacement, ORDERCHANGE for a change and a cancellation. What the standard has no element
// for stands in its user-defined extensions, whose names begin with UDX.
import type { Content, ContentLine } from "../../../domain/purchase-order/content.ts";
import { DocumentHeld } from "../../../domain/delivery/failure.ts";
import type { RenderOptions } from "../../format.ts";
import { xmlText } from "../../xml-text.ts";
import { optional, texts, time, writeXml, type XmlNode } from "../../xml-write.ts";
import { bounded, FORMAT, mandatory, typed } from "./bounds.ts";
import { currencies, units } from "./codes.ts";
import { parties } from "./parties.ts";

const namespaces = {
  "@xmlns": "http://www.opentrans.org/XMLSchema/2.1",
  "@xmlns:bme": "http://www.bmecat.org/bmecat/2005",
};

export function render(content: Content, { encoding, extras }: RenderOptions): string {
  const isChange = content.purpose === "change" || content.purpose === "cancellation";
  const kind = isChange ? "ORDERCHANGE" : "ORDER";
  const number = mandatory("number", content.number, 250);
  const issuedAt = time(content.issuedAt);
  const { list, references } = parties(content);
  const info: XmlNode = {
    ORDER_ID: number,
    // Changes count 1, 2, 3; the first one mostly is version 2.
    ...(isChange ? { ORDERCHANGE_DATE: issuedAt, ORDERCHANGE_SEQUENCE_ID: content.version - 1 } : { ORDER_DATE: issuedAt }),
    DELIVERY_DATE: deliveryDate(content),
    PARTIES: list,
    ...(isChange ? {} : { CUSTOMER_ORDER_REFERENCE: customerOrder(content) }),
    ORDER_PARTIES_REFERENCE: references,
    "bme:CURRENCY": currency(content.currency),
    PARTIAL_SHIPMENT_ALLOWED: content.partial,
    ...(isChange ? {} : { "bme:TRANSPORT": transport(content) }),
    REMARKS: [
      typed("customerorder", bounded("customer's order number", content.customerOrderNumber, 64_000)),
      ...texts(content.notes).map((note) => typed("transport", note)),
    ],
    HEADER_UDX: headerExtensions(content, extras),
  };
  const document: XmlNode = {
    "@version": "2.1",
    ...(isChange ? {} : { "@type": content.shipping?.code?.toLowerCase() === "express" ? "express" : "standard" }),
    ...namespaces,
    [`${kind}_HEADER`]: {
      CONTROL_INFO: { STOP_AUTOMATIC_PROCESSING: content.test ? "test order" : undefined, GENERATION_DATE: issuedAt },
      [`${kind}_INFO`]: info,
    },
    [`${kind}_ITEM_LIST`]: { ORDER_ITEM: content.lines.map((line) => item(content, line, isChange)) },
    [`${kind}_SUMMARY`]: {
      TOTAL_ITEM_NUM: content.lines.length,
      TOTAL_AMOUNT: content.netTotal === null ? undefined : signed(content, content.netTotal),
    },
  };
  return writeXml({ [kind]: document }, { encoding });
}

function item(content: Content, line: ContentLine, isChange: boolean): XmlNode {
  const { number } = line;
  if (!units.has(line.unit)) {
    throw new DocumentHeld(`${FORMAT} has no unit ${line.unit} (line ${number}): give the catalogue another one`);
  }
  return {
    LINE_ITEM_ID: number,
    PRODUCT_ID: {
      "bme:SUPPLIER_PID": typed("supplier_specific", mandatory(`the supplier's SKU of line ${number}`, line.supplierSku, 32)),
      "bme:INTERNATIONAL_PID": line.gtin === null ? undefined : typed(gtinType(line.gtin), line.gtin),
      "bme:BUYER_PID": typed("buyer_specific", bounded(`the shop's SKU of line ${number}`, line.shopSku, 50)),
      "bme:DESCRIPTION_SHORT": bounded(`the description of line ${number}`, line.description, 150),
    },
    QUANTITY: signed(content, String(line.quantity)),
    "bme:ORDER_UNIT": line.unit,
    PRODUCT_PRICE_FIX: line.unitCost === null ? undefined : { "bme:PRICE_AMOUNT": line.unitCost },
    PRICE_LINE_AMOUNT: line.netAmount === null ? undefined : signed(content, line.netAmount),
    // The header of ORDERCHANGE has no place for these two.
    ...(isChange ? { CUSTOMER_ORDER_REFERENCE: customerOrder(content), "bme:TRANSPORT": transport(content) } : {}),
    "bme:SPECIAL_TREATMENT_CLASS": hazard(line),
    REMARKS: texts(line.notes).map((note) => typed("general", note)),
    ITEM_UDX: extensions({
      MANUFACTURER_PID: optional(line.mpn),
      PACK_SIZE: line.packSize === 1 ? undefined : String(line.packSize),
      WEIGHT_GRAMS: line.weightGrams === null ? undefined : String(line.weightGrams),
    }),
  };
}

/** An order is reversed by the negative quantity of each of its items: the schema allows it, and the supplier must have agreed to it. */
const signed = (content: Content, decimal: string): string =>
  content.purpose === "cancellation" && /[1-9]/.test(decimal) ? `-${decimal}` : decimal;

const gtinType = (gtin: string): string => (gtin.length === 14 ? "gtin" : gtin.length === 12 ? "upc" : "ean");

function hazard(line: ContentLine): XmlNode | undefined {
  const text = bounded(`the hazard of line ${line.number}`, line.hazard, 20);
  return text === undefined ? undefined : typed(/^[A-Za-z]+/.exec(text)?.[0] ?? "hazard", text);
}

const customerOrder = (content: Content): XmlNode => ({
  ORDER_ID: mandatory("shop order", content.shopOrder, 250),
  ORDER_DATE: time(content.orderedAt),
});

const transport = (content: Content): XmlNode | undefined =>
  content.incoterm === null ? undefined : { "bme:INCOTERM": content.incoterm };

/** Both days are mandatory in it: a window open to one side stands in extensions. */
function deliveryDate({ requestedDelivery: wish }: Content): XmlNode | undefined {
  return wish === null || wish.earliest === null || wish.latest === null
    ? undefined
    : { "@type": "optional", DELIVERY_START_DATE: wish.earliest, DELIVERY_END_DATE: wish.latest };
}

function currency(code: string | null): string | undefined {
  if (code !== null && !currencies.has(code)) {
    throw new DocumentHeld(`${FORMAT} has no currency ${code}: send this supplier no prices`);
  }
  return code ?? undefined;
}

function headerExtensions(content: Content, extras: RenderOptions["extras"]): XmlNode | undefined {
  const { deliveryNote, shipping, requestedDelivery: wish } = content;
  const isOpen = deliveryDate(content) === undefined;
  return extensions({
    DROPSHIPMENT: "true",
    PURPOSE: content.purpose,
    VERSION: String(content.version),
    TEST: content.test ? "true" : undefined,
    CONTRACT: optional(content.contract),
    CUSTOMER_LANGUAGE: optional(content.customer.language),
    DELIVERY_EARLIEST: isOpen ? wish?.earliest : undefined,
    DELIVERY_LATEST: isOpen ? wish?.latest : undefined,
    BACKORDER_ALLOWED: yesOrNo(content.backorder),
    SUBSTITUTION_ALLOWED: yesOrNo(content.substitution),
    SHIPPING_CODE: optional(shipping?.code ?? null),
    SHIPPING_TITLE: optional(shipping?.title ?? null),
    DELIVERY_NOTE_NEUTRAL: yesOrNo(deliveryNote?.neutral ?? null),
    DELIVERY_NOTE_PRICES: yesOrNo(deliveryNote?.prices ?? null),
    DELIVERY_NOTE_SENDER: optional(deliveryNote?.sender ?? null),
    ...Object.fromEntries(Object.entries(extras).map(([name, value]) => [name.replace(/^UDX\./, ""), xmlText(value)])),
  });
}

const yesOrNo = (value: boolean | null): string | undefined => (value === null ? undefined : String(value));

function extensions(values: Readonly<Record<string, string | null | undefined>>): XmlNode | undefined {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  const wrong = known.find(([name]) => !/^[A-Za-z0-9._-]+$/.test(name));
  if (wrong !== undefined) {
    throw new DocumentHeld(`document.extras: "${wrong[0]}" cannot name an element: use letters A-Z, digits, ".", "_" and "-"`);
  }
  return known.length === 0 ? undefined : Object.fromEntries(known.map(([name, value]) => [`UDX.${name}`, value]));
}
