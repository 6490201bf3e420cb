// A supplier's `document`: the format of its purchase orders, and what goes into them.
import { z } from "zod";
import {
  boundedTexts,
  encodings,
  formatNames,
  purposes,
  type BoundedText,
  type Limits,
} from "../../domain/purchase-order/document.ts";
import { answersSchema } from "./answers.ts";
import { party, partyShape } from "./party.ts";
import { text, wholeNumber } from "./scalars.ts";
import { workingDaysAhead } from "./schedule.ts";

const limit = wholeNumber(5, 10_000).optional();
const limits = z
  .strictObject({
    ...boundedTexts.reduce(
      (shape, name) => ({ ...shape, [name]: limit }),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- filled by the reduction
      {} as Record<BoundedText, typeof limit>,
    ),
    overflow: z.enum(["flow", "hold"]).default("flow"),
  })
  .transform(({ overflow, ...all }) => {
    const limits: Limits = Object.fromEntries(Object.entries(all).filter(([, most]) => most !== undefined));
    return { limits, overflow };
  });

const MOST_HEADER = 20;

const template = z
  .strictObject({
    file: text.describe("The Liquid template; relative to this file."),
    media_type: z
      .string()
      .regex(/^[a-z]+\/[a-z0-9.+-]+$/, "expected a media type, such as text/csv")
      .optional()
      .describe("Of the documents. Default: by the file's name, before .liquid."),
    escape: z
      .enum(["xml", "none"])
      .optional()
      .describe("xml: every output is escaped, the default of XML. none: the default of everything else."),
    purposes: z
      .array(z.enum(purposes))
      .refine((all) => all.includes("original"), "expected original among them")
      .default(["original"])
      .describe("What the template can say: the supplier must understand its changes and cancellations, too."),
    header: wholeNumber(0, MOST_HEADER)
      .optional()
      .describe(
        "Lines at the top of each document that a file with several purchase orders (schedule.batch) has only once. Not for XML.",
      ),
  })
  .describe("For the format template: see docs/formats/template.md.");

const documentShape = z.strictObject({
  format: z.enum(formatNames).describe("The language of the purchase order."),
  template: template.optional(),
  schema: text
    .optional()
    .describe(
      "XML Schema (XSD) that each document must satisfy before it is sent; relative to this file, like what it includes.",
    ),
  answers: answersSchema.optional(),
  encoding: z.enum(encodings).default("utf-8").describe("The encoding of the files."),
  newline: z.enum(["lf", "crlf"]).default("lf"),
  characters: z
    .enum(["transliterate", "hold"])
    .default("transliterate")
    .describe("Characters that the encoding lacks: written with the nearest that it has, or the purchase order is held."),
  max: limits
    .prefault({})
    .describe(
      "Most characters that the supplier's system takes. What is longer goes on in the next free field (overflow: flow), and where there is none, or with overflow: hold, the purchase order is held. Nothing is cut.",
    ),
  extras: z
    .record(text, z.string())
    .default({})
    .describe("Fields of the supplier's own, in the place that the format has for such."),
  contract: text.optional().describe("Number of the contract with the supplier."),
  invoice_to: party.optional().describe("Whom the supplier invoices, when it is not the buyer."),
  seller: z.strictObject(partyShape).prefault({}).describe("The supplier, as its own system knows it."),
  price: z
    .union([
      z.enum(["none", "cost"]).transform((policy) => ({ policy, missing: "hold" as const })),
      z.strictObject({
        policy: z.enum(["none", "cost"]),
        missing: z.enum(["hold", "omit"]).default("hold").describe("A line whose cost the catalogue does not tell."),
      }),
    ])
    .default({ policy: "none", missing: "hold" })
    .describe("none, or cost: what the supplier charges us, from its catalogue. Never the shop's price."),
  customer_email: z
    .enum(["send", "omit"])
    .default("send")
    .describe("Whether the supplier gets the end customer's e-mail address."),
  note: z.enum(["send", "omit"]).default("send").describe("Whether the supplier gets the order's note."),
  attributes: z
    .union([z.literal("all"), z.array(text)], { error: "expected all, or a list of names of note attributes" })
    .default("all")
    .describe(
      "The note attributes (fields of the checkout) that the supplier is given, by name, whatever their case: as notes, and those that dispatch.attributes names for what they mean.",
    ),
  partial: z.boolean().optional().describe("Whether the supplier may ship in parts. Without it, nothing is said."),
  backorder: z.boolean().optional().describe("Whether the supplier may ship later what it lacks."),
  substitution: z.boolean().optional().describe("Whether the supplier may ship something else instead."),
  carrier: text.optional().describe("The carrier to ship with."),
  carrier_account: text.optional().describe("Our account at that carrier."),
  requested_date: workingDaysAhead()
    .optional()
    .describe("When delivery is asked for where the customer wishes no date, such as +3 working days."),
  incoterm: z
    .string()
    .regex(/^[A-Z]{3}$/, "expected an Incoterm in three capital letters, such as DAP")
    .optional(),
  delivery_note: z
    .strictObject({
      neutral: z.boolean().default(false).describe("Without the supplier's own name."),
      prices: z.boolean().default(false),
      sender: text.optional().describe("Who the customer shall see as the sender."),
    })
    .optional()
    .describe("What the delivery note in the parcel shall be like. Without it, nothing is said."),
  shipping: z
    .looseObject({ unmapped: z.enum(["hold", "omit"]).default("hold") })
    .catchall(text)
    .transform(({ unmapped, ...codes }) => ({ codes, unmapped }))
    .default({ codes: {}, unmapped: "omit" })
    .describe(
      "The customer's shipping method → the supplier's code. `unmapped` says what to do with any other: hold (default) or omit.",
    ),
});

export const documentSection = documentShape.superRefine((document, context) => {
  const complain = (path: readonly string[], message: string): void =>
    context.addIssue({ code: "custom", path: [...path], message });
  if (document.format === "template" && document.template === undefined) {
    complain(["template"], "expected the template, because the format is template");
  }
  if (document.format !== "template" && document.template !== undefined) {
    complain(["template"], `the format ${document.format} has no template: expected format: template`);
  }
});
