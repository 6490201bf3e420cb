import { z } from "zod";
import { acknowledgementStatuses } from "../../../domain/answers/acknowledgement.ts";
import type { ReadMessage } from "../../../domain/answers/message.ts";
import {
  count,
  element,
  list,
  optionalCount,
  optionalDay,
  optionalInstant,
  optionalText,
  readDocument,
  reader,
  text,
} from "../../xml-shape.ts";

const acknowledgement = reader(
  z.object({
    Number: optionalText,
    OrderNumber: text,
    DocumentVersion: optionalCount,
    Status: z.enum(acknowledgementStatuses),
    Reason: optionalText,
    Lines: element({
      Line: list(
        z.object({
          "@number": count,
          Confirmed: optionalCount,
          Backordered: optionalCount,
          Cancelled: optionalCount,
          PromisedDate: optionalDay,
        }),
      ),
    }),
  }),
  (answer) => ({
    kind: "acknowledgement",
    acknowledgement: {
      reference: answer.Number,
      purchaseOrder: answer.OrderNumber,
      version: answer.DocumentVersion,
      status: answer.Status,
      reason: answer.Reason,
      lines: answer.Lines.Line.map((line) => ({
        number: line["@number"],
        confirmed: line.Confirmed,
        backordered: line.Backordered,
        cancelled: line.Cancelled,
        promisedOn: line.PromisedDate,
      })),
    },
  }),
);

const shipment = reader(
  z.object({
    Number: text,
    OrderNumber: text,
    ShippedAt: optionalInstant,
    ExpectedDate: optionalDay,
    Carrier: optionalText,
    Tracking: list(z.object({ Number: text, Url: optionalText })),
    Lines: element({
      Line: list(z.object({ "@number": optionalCount, SKU: optionalText, Quantity: count, Backordered: optionalCount })).refine(
        (lines) => lines.length > 0,
        "expected at least one line",
      ),
    }),
  }),
  (one) => ({
    kind: "despatch-advice",
    despatchAdvice: {
      reference: one.Number,
      purchaseOrder: one.OrderNumber,
      shippedAt: one.ShippedAt,
      expectedOn: one.ExpectedDate,
      carrier: one.Carrier,
      tracking: one.Tracking.map(({ Number: number, Url: url }) => ({ number, url })),
      lines: one.Lines.Line.map((line) => ({
        number: line["@number"],
        supplierSku: line.SKU,
        quantity: line.Quantity,
        backordered: line.Backordered,
      })),
    },
  }),
);

const stock = reader(
  z.object({
    Number: optionalText,
    AsOf: optionalInstant,
    Items: element({
      Item: list(z.object({ SKU: optionalText, GTIN: optionalText, Quantity: count, AvailableFrom: optionalDay })),
    }),
  }),
  (one) => ({
    kind: "stock-report",
    stockReport: {
      reference: one.Number,
      asOf: one.AsOf,
      items: one.Items.Item.map((item) => ({
        supplierSku: item.SKU,
        gtin: item.GTIN,
        quantity: item.Quantity,
        availableFrom: item.AvailableFrom,
      })),
    },
  }),
);

export const read = (bytes: Uint8Array): ReadMessage =>
  readDocument(bytes, { Acknowledgement: acknowledgement, Shipment: shipment, Stock: stock });
