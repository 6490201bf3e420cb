// The house documents from a supplier's side: reads an <Order>, writes an <Acknowledgement>. The format's schema is
// order-xml.xsd, published with the dispatcher; nothing of the dispatcher is imported.
import { XMLParser, XMLValidator } from "fast-xml-parser";

export interface OrderedLine {
  readonly number: number;
  readonly sku: string;
  readonly description: string;
  readonly quantity: number;
}

export interface OrderDocument {
  readonly orderNumber: string;
  readonly documentVersion: number;
  /** original, replacement, change or cancellation. */
  readonly purpose: string;
  readonly test: boolean;
  /** The order's name in the shop, such as #1001. */
  readonly shopOrder: string;
  readonly lines: readonly OrderedLine[];
}

export interface AcknowledgedLine {
  /** Its number in the order. */
  readonly number: number;
  readonly confirmed?: number;
  readonly backordered?: number;
  readonly cancelled?: number;
  /** Such as 2026-12-24. */
  readonly promisedDate?: string;
  readonly note?: string;
}

export interface Decision {
  readonly status: "accepted" | "received" | "rejected" | "changed";
  readonly reason?: string;
  /** Required by the format where the status is changed. */
  readonly lines?: readonly AcknowledgedLine[];
}

/** What a supplier's reader says about bytes that are no order. */
export class UnreadableDocument extends Error {}

/** A document type may define entities that grow without limit or read files: no order has one. */
const DOCUMENT_TYPE = /<!DOCTYPE/i;

/** Characters that XML 1.0 forbids; the parser lets them pass. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  cdataPropName: "#cdata",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  // Its own decoding leaves numeric references as they are.
  processEntities: false,
  tagValueProcessor: (_, value) => decoded(value),
  attributeValueProcessor: (_, value) => decoded(value),
  isArray: (name) => name === "Product",
});

/** Throws UnreadableDocument with the reason when the bytes are no order that can be read. */
export function readOrder(bytes: Uint8Array): OrderDocument {
  const text = decode(bytes);
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    throw new UnreadableDocument(`line ${valid.err.line}: ${valid.err.msg}`);
  }
  const order = element(parse(text), "Order");
  if (order["@version"] !== "1") {
    throw new UnreadableDocument(`Order has version ${String(order["@version"])} instead of 1`);
  }
  const products = element(order, "Products").Product;
  if (!Array.isArray(products)) {
    throw new UnreadableDocument("Products has no Product");
  }
  return {
    orderNumber: textOf(order, "Number"),
    documentVersion: wholeNumber(textOf(order, "DocumentVersion")),
    purpose: textOf(order, "Purpose"),
    test: textOf(order, "Test") === "true",
    shopOrder: textOf(order, "ShopOrder"),
    lines: products.map((product: unknown) => {
      const line = asElement(product, "Product");
      return {
        number: wholeNumber(String(line["@line"])),
        sku: textOf(line, "SKU"),
        description: textOf(line, "Description"),
        quantity: wholeNumber(textOf(line, "Quantity")),
      };
    }),
  };
}

export interface Acknowledgement extends Decision {
  /** The supplier's own number for this answer. */
  readonly number: string;
  readonly orderNumber: string;
  readonly documentVersion: number;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
}

export function writeAcknowledgement(acknowledgement: Acknowledgement): string {
  const { number, orderNumber, documentVersion, issuedAt, status, reason, lines } = acknowledgement;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Acknowledgement version="1">',
    ...elements("  ", {
      Number: number,
      OrderNumber: orderNumber,
      DocumentVersion: documentVersion,
      IssuedAt: new Date(issuedAt).toISOString(),
      Status: status,
      Reason: reason,
    }),
    ...(lines ? ["  <Lines>", ...lines.flatMap(lineElement), "  </Lines>"] : []),
    "</Acknowledgement>",
    "",
  ].join("\n");
}

function lineElement({ number, confirmed, backordered, cancelled, promisedDate, note }: AcknowledgedLine): string[] {
  const content = elements("      ", {
    Confirmed: confirmed,
    Backordered: backordered,
    Cancelled: cancelled,
    PromisedDate: promisedDate,
    Note: note,
  });
  return [`    <Line number="${number}">`, ...content, "    </Line>"];
}

/** One line for each that has a value, in this order, which the schema prescribes. */
function elements(indent: string, values: Readonly<Record<string, string | number | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${indent}<${name}>${escaped(String(value))}</${name}>`],
  );
}

function escaped(text: string): string {
  return text.replace(new RegExp(FORBIDDEN, "gu"), "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** By the encoding that the document declares; UTF-8 unless it does. */
function decode(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  const encoding = /^[^<]*<\?xml[^>]*encoding=["']([\w.-]+)["']/.exec(start)?.[1] ?? "utf-8";
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UnreadableDocument(`the bytes are not ${encoding}`, { cause: error });
  }
  if (DOCUMENT_TYPE.test(text)) {
    throw new UnreadableDocument("a document type is not allowed");
  }
  if (FORBIDDEN.test(text)) {
    throw new UnreadableDocument("it holds a character that XML forbids");
  }
  return text;
}

function parse(text: string): Record<string, unknown> {
  try {
    return asElement(parser.parse(text), "the document");
  } catch (error) {
    throw error instanceof UnreadableDocument ? error : new UnreadableDocument("it cannot be parsed", { cause: error });
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) {
      const known = ENTITIES[name];
      if (known === undefined) {
        throw new UnreadableDocument(`${whole} is not defined`);
      }
      return known;
    }
    const character = String.fromCodePoint(hex === undefined ? Number(decimal) : parseInt(hex, 16));
    if (FORBIDDEN.test(character)) {
      throw new UnreadableDocument(`${whole} is a character that XML forbids`);
    }
    return character;
  });
}

function asElement(value: unknown, name: string): Record<string, unknown> {
  if (!isElement(value)) {
    throw new UnreadableDocument(`${name} is missing, empty or there more than once`);
  }
  return value;
}

function isElement(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function element(parent: Record<string, unknown>, name: string): Record<string, unknown> {
  return asElement(parent[name], name);
}

function textOf(parent: Record<string, unknown>, name: string): string {
  const value = parent[name];
  const text = typeof value === "string" ? value : asElement(value, name)["#cdata"];
  if (typeof text !== "string" || text.trim() === "") {
    throw new UnreadableDocument(`${name} has no text`);
  }
  return text.trim();
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new UnreadableDocument(`${text} is not a whole number above 0`);
  }
  return Number(text);
}
