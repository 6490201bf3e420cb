import { z } from "zod";
import type { StockReport } from "../../../domain/answers/stock.ts";
import { count, element, list, optionalDay, optionalText, reader } from "../../xml-shape.ts";
import { identification, moment } from "./shapes.ts";

const reportLine = z.object({
  Quantity: count,
  AvailabilityDate: optionalDay,
  Item: element({ SellersItemIdentification: identification, StandardItemIdentification: identification }),
});

export const stockAvailabilityReport = reader(
  z.object({
    ID: optionalText,
    IssueDate: optionalText,
    IssueTime: optionalText,
    StockAvailabilityReportLine: list(reportLine).refine((lines) => lines.length > 0, "expected at least one line"),
  }),
  (one) => {
    const issuedOn = optionalDay.safeParse(one.IssueDate ?? undefined).data ?? null;
    return {
      kind: "stock-report",
      stockReport: {
        reference: one.ID,
        asOf: moment("IssueDate", one.IssueDate, one.IssueTime),
        items: merged(one.StockAvailabilityReportLine.map((line) => readLine(line, issuedOn))),
      },
    };
  },
);

type Item = StockReport["items"][number];

/** What is there only from a later day on is not there now: none, until then. */
function readLine(
  { Quantity: quantity, AvailabilityDate: date, Item: item }: z.output<typeof reportLine>,
  issuedOn: string | null,
): Item {
  const later = date !== null && issuedOn !== null && date > issuedOn;
  const standard = item.StandardItemIdentification.ID ?? "";
  return {
    supplierSku: item.SellersItemIdentification.ID,
    gtin: /^(\d{8}|\d{12,14})$/.test(standard) ? standard : null,
    quantity: later ? 0 : quantity,
    availableFrom: later ? date : null,
  };
}

/** An article may have a line for what is there and further ones for what will be: that is one item, with the first such day. */
function merged(items: readonly Item[]): Item[] {
  const all = new Map<string, Item>();
  items.forEach((item, index) => {
    const article = item.supplierSku ?? item.gtin;
    const key = article === null ? `line ${index}` : `article ${article}`;
    const before = all.get(key);
    const days = [before?.availableFrom, item.availableFrom].filter((one) => typeof one === "string");
    all.set(
      key,
      before === undefined
        ? item
        : { ...before, quantity: before.quantity + item.quantity, availableFrom: days.toSorted()[0] ?? null },
    );
  });
  return [...all.values()];
}
