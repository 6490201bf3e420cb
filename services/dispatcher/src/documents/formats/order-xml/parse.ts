import { z } from "zod";
import { acknowledgementStatuses } from "../../../domain/acknowledgement.ts";
import type { ReadAnswer } from "../../format.ts";
import { readXml } from "../../xml-read.ts";

const text = z.string().min(1);
const optionalText = z
  .string()
  .optional()
  .transform((value) => value || null);
const count = z
  .string()
  .regex(/^\d{1,9}$/, "expected a whole number")
  .transform(Number);
const optionalCount = count.optional().transform((value) => value ?? null);
/** The parser gives one element as itself, several as a list, and one without content as an empty text. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || value === "" ? [] : Array.isArray(value) ? value : [value]), z.array(item));
const element = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (value === undefined || value === "" ? {} : value), z.object(shape));

const acknowledgement = z.object({
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
        PromisedDate: z
          .string()
          .regex(/^\d{4}-\d{2}-\d{2}$/, "expected a date YYYY-MM-DD")
          .optional(),
      }),
    ),
  }),
});

export function readAcknowledgement(bytes: Uint8Array): ReadAnswer {
  const document = readXml(bytes);
  if (!document.ok) {
    return document;
  }
  if (document.root !== "Acknowledgement") {
    return { ok: false, reason: `expected <Acknowledgement>, found <${document.root}>` };
  }
  const parsed = acknowledgement.safeParse(document.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, reason: `Acknowledgement/${issue?.path.join("/") ?? ""}: ${issue?.message ?? "not readable"}` };
  }
  const answer = parsed.data;
  return {
    ok: true,
    answer: {
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
        promisedOn: line.PromisedDate ?? null,
      })),
    },
  };
}
