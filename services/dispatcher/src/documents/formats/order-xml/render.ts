import { XMLBuilder } from "fast-xml-parser";
import type { Content } from "../../../domain/content.ts";
import { BadDocument } from "../../../domain/failure.ts";
import type { RenderedDocument } from "../../format.ts";
import { xmlText } from "../../xml-text.ts";

const builder = new XMLBuilder({
  format: true,
  indentBy: "  ",
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressEmptyNode: false,
  processEntities: true,
});

export function render(content: Content): RenderedDocument {
  if (content.lines.length === 0) {
    throw new BadDocument(`purchase order ${content.number} has no lines`);
  }
  const { buyer, deliverTo, shipping } = content;
  const xml = builder.build({
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    Order: {
      "@version": "1",
      Number: required(content.number, "number"),
      DocumentVersion: content.version,
      Purpose: content.purpose,
      Kind: "dropship",
      Test: content.test,
      IssuedAt: time(content.issuedAt),
      OrderedAt: time(content.orderedAt),
      ShopOrder: required(content.shopOrder, "shop order"),
      ...optional("CustomerOrderNumber", content.customerOrderNumber),
      Buyer: {
        Name: required(buyer.name, "buyer.name"),
        ...optional("Account", buyer.account),
        ...optional("Siret", buyer.siret),
        ...optional("Vat", buyer.vat),
        ...optional("Phone", buyer.phone),
        ...optional("Email", buyer.email),
      },
      Supplier: { Name: required(content.supplierName, "supplier name") },
      Customer: { Name: xmlText(content.customer.name), Email: xmlText(content.customer.email) },
      ...(deliverTo && {
        DeliverTo: {
          ...optional("Company", deliverTo.company),
          ...optional("Name", deliverTo.name),
          ...optional("Street", deliverTo.street),
          ...optional("Street2", deliverTo.street2),
          ...optional("Zip", deliverTo.zip),
          ...optional("City", deliverTo.city),
          ...optional("Province", deliverTo.province),
          ...optional("Country", deliverTo.country),
          ...optional("Phone", deliverTo.phone),
        },
      }),
      ...(shipping && { Shipping: { ...optional("Code", shipping.code), Title: required(shipping.title, "shipping method") } }),
      ...notes("Notes", content.notes),
      Products: {
        Product: content.lines.map((line) => ({
          "@line": line.number,
          SKU: required(line.supplierSku, `SKU of line ${line.number}`),
          ...(line.shopSku === line.supplierSku ? {} : optional("ShopSKU", line.shopSku)),
          Description: xmlText(line.description).trim() || "-",
          Quantity: line.quantity,
          ...noteList(line.notes),
        })),
      },
    },
  });
  return { bytes: Buffer.from(xml, "utf8"), mediaType: "application/xml" };
}

const time = (epochMs: number): string => new Date(epochMs).toISOString();

function required(value: string, what: string): string {
  const text = xmlText(value);
  if (text.trim() === "") {
    throw new BadDocument(`${what} is empty after removing characters that XML cannot carry`);
  }
  return text;
}

function optional(name: string, value: string | null): Record<string, string> {
  const text = xmlText(value ?? "");
  return text.trim() === "" ? {} : { [name]: text };
}

function noteList(values: readonly string[]): { Note?: string[] } {
  const texts = values.map(xmlText).filter((text) => text.trim() !== "");
  return texts.length === 0 ? {} : { Note: texts };
}

function notes(name: string, values: readonly string[]): Record<string, unknown> {
  const list = noteList(values);
  return list.Note === undefined ? {} : { [name]: list };
}
