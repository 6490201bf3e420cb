// `document.answers`: where a supplier's answers, in a format of its own, say what.
import { z } from "zod";
import { acknowledgementStatuses } from "../../domain/answers/acknowledgement.ts";
import { answerFields, encodings, type AnswerField, type AnswerMapping } from "../../domain/purchase-order/document.ts";

const meanings: Readonly<Record<AnswerField, string>> = {
  order_number: "The purchase order's number.",
  version: "The version of the purchase order that is answered.",
  status: "What `statuses` knows.",
  reference: "The supplier's own number of the answer.",
  reason: "Why, for people.",
  line: "The purchase order's line number.",
  sku: "The supplier's SKU, where the answer has no line number.",
  confirmed: "Units that will be shipped.",
  backordered: "Units that will be shipped later.",
  cancelled: "Units that will not be shipped.",
  promised_date: "When it will be shipped.",
};

const places = <T extends z.ZodType<string>>(place: T) => {
  const shape = Object.fromEntries(answerFields.map((name) => [name, place.optional().describe(meanings[name])]));
  return z
    .strictObject({ ...shape, order_number: place.describe(meanings.order_number), status: place.describe(meanings.status) })
    .transform((all): AnswerMapping["fields"] => Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined)));
};

const common = {
  statuses: z
    .record(z.string().trim().min(1), z.enum(acknowledgementStatuses))
    .default(Object.fromEntries(acknowledgementStatuses.map((status) => [status, status])))
    .describe("The supplier's word → received, accepted, rejected or changed. Without regard to case."),
  date: z
    .string()
    .refine(
      (pattern) => /^(?=.*dd)(?=.*MM)(?=.*yy)[^A-Za-z]*(?:(?:dd|MM|yyyy|yy)[^A-Za-z]*){3}$/.test(pattern),
      "expected day, month and year, such as dd/MM/yyyy",
    )
    .default("yyyy-MM-dd")
    .describe("How dates are written, with dd, MM and yyyy or yy."),
  unnamed: z
    .enum(["open", "confirmed"])
    .default("open")
    .describe(
      "Lines that a file does not name, where it names others. open: they keep the answer that they had, or stay open, and an alert names them; confirmed: unless they had an answer, they count as accepted.",
    ),
};

const column = z.union([z.string().min(1), z.int().min(1).max(1_000).transform(String)]);
const path = z
  .string()
  .regex(
    /^(@[\w.-]+|[\w.-]+(\/[\w.-]+)*(\/@[\w.-]+)?)$/u,
    "expected names of elements below the root, and perhaps an attribute, such as Header/OrderNumber or Line/@number",
  );

const csv = z
  .strictObject({
    format: z.literal("csv"),
    delimiter: z.string().length(1, "expected one character").default(";"),
    quote: z
      .string()
      .max(1, "expected one character, or nothing")
      .default('"')
      .describe('Empty: there are no quotes, and " is a character.'),
    header: z.boolean().default(true).describe("false: there is none, and columns are numbers from 1."),
    encoding: z.enum(encodings).default("utf-8"),
    columns: places(column),
    ...common,
  })
  .superRefine((one, context) => {
    for (const [name, place] of one.header ? [] : Object.entries(one.columns)) {
      if (!/^[1-9]\d{0,2}$/.test(place)) {
        context.addIssue({
          code: "custom",
          path: ["columns", name],
          message: "expected a column's number, because there is no header",
        });
      }
    }
  })
  .transform(({ delimiter, quote, header, encoding, columns, statuses, date, unnamed }): AnswerMapping => ({
    fields: columns,
    statuses,
    date,
    unnamed,
    form: { kind: "csv", delimiter, quote: quote || null, header, encoding },
  }));

const xml = z
  .strictObject({
    format: z.literal("xml"),
    lines: path.optional().describe("The element that repeats for each line. Without it, there are no lines."),
    paths: places(path).describe("Below the line, and where it has no such element, below the root."),
    ...common,
  })
  .transform(({ lines, paths, statuses, date, unnamed }): AnswerMapping => ({
    fields: paths,
    statuses,
    date,
    unnamed,
    form: { kind: "xml", lines: lines ?? null },
  }));

export const answersSchema = z
  .discriminatedUnion("format", [csv, xml])
  .describe("How the supplier's acknowledgements are read that are not in the format's own. See docs/formats/template.md.");
