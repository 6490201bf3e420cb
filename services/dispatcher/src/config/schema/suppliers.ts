// `suppliers`: the keys of one, and what must hold between them.
import { z } from "zod";
import { joinableFormats, pricedFormats } from "../../domain/purchase-order/document.ts";
import { ruleErrors } from "../../domain/rules/rule-check.ts";
import { requirableFields } from "../../domain/supplier/supplier.ts";
import { acknowledgement } from "./acknowledgement.ts";
import { cancel } from "./cancel.ts";
import { catalogue, minimum } from "./catalogue.ts";
import { documentSection } from "./document.ts";
import { folderClashes, folders } from "./folders.ts";
import { holdRule } from "./holds.ts";
import { breaker, retry } from "./retry.ts";
import { rule } from "./rules.ts";
import { text, wholeNumber } from "./scalars.ts";
import { schedule } from "./schedule.ts";
import { transport } from "./transport.ts";

const number = z
  .strictObject({
    pattern: text
      .refine((one) => one.includes("{n}"), "expected {n}, which makes the number unique")
      .describe("{order}: the shop's order number; {n}: from 1 until unique."),
    max: wholeNumber(1, 100).default(35).describe("Most characters that the supplier takes."),
    alphabet: text.default("A-Za-z0-9-").describe("Characters that the supplier takes."),
  })
  .describe("How purchase orders to this supplier are numbered. A number that does not fit is held.");

const supplierKeys = z.strictObject({
  name: text.describe("As people call it."),
  mode: z
    .enum(["live", "dry-run"])
    .default("live")
    .describe("dry-run: every document is written and none is sent. What was made in dry run then waits for a person's release."),
  account: text.optional().describe("The merchant's customer number at this supplier."),
  number,
  rules: z
    .array(rule)
    .min(1)
    .describe(
      "Which lines are this supplier's. All that a rule says must hold; of several values any will do. The most specific rule wins: sku, catalogue, sku prefix, glob or regex, property, vendor, product_type, tag, country, default.",
    ),
  require: z.array(z.enum(requirableFields)).default([]).describe("Fields without which a purchase order is held."),
  catalogue,
  minimum: minimum.optional(),
  hold: z
    .array(holdRule)
    .default([])
    .describe("Orders that wait for a person before they go to this supplier, besides those of dispatch.hold."),
  schedule,
  document: documentSection,
  transport,
  folders,
  acknowledgement: acknowledgement.default([]),
  cancel: cancel.optional(),
  retry,
  breaker,
});

const supplier = supplierKeys
  .refine((one) => one.acknowledgement.every(({ within }) => within.kind === "time") || one.schedule.calendar !== null, {
    path: ["acknowledgement"],
    message: "working time needs schedule.calendar, which says what it is",
  })
  .refine(({ cancel: own, schedule: { calendar } }) => (own?.answer_within?.kind ?? "time") === "time" || calendar !== null, {
    path: ["cancel", "answer_within"],
    message: "working time needs schedule.calendar, which says what it is",
  })
  .refine((one) => one.document.requested_date === undefined || one.schedule.calendar !== null, {
    path: ["document", "requested_date"],
    message: "working days need schedule.calendar, which says what they are",
  });

export const suppliersSchema = z
  .record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "expected a short lower-case name, such as agriest"), supplier)
  .refine((all) => Object.keys(all).length > 0, "expected at least one supplier")
  .superRefine((all, context) => {
    const unread = context.issues.length > 0; // Then not every rule is what it says to be.
    const complain = (path: readonly PropertyKey[], message: string): void =>
      context.addIssue({ code: "custom", path: [...path], message });
    for (const { path, message } of folderClashes(Object.entries(all).map(([id, one]) => ({ id, ...one })))) {
      complain(path, message);
    }
    for (const found of unread ? [] : ruleErrors(Object.entries(all).map(([id, { rules }]) => ({ id, rules })))) {
      complain([found.supplier, "rules", found.rule], found.message);
    }
    for (const [id, one] of Object.entries(all)) {
      const isAnswered = one.acknowledgement.some(({ expect }) => expect !== "pickup");
      if (isAnswered && one.folders.acknowledgements === undefined) {
        complain([id, "folders"], "an acknowledgement is expected, so expected the folder acknowledgements");
      }
      const { format, price } = one.document;
      if (pricedFormats.includes(format) && price.policy === "none") {
        complain([id, "document", "price"], `the format ${format} needs a price in each line, so expected cost`);
      }
      if (one.schedule.batch !== null && !joinableFormats.includes(format)) {
        complain(
          [id, "schedule", "batch"],
          `a file of the format ${format} holds one purchase order; expected no batch, or one of ${joinableFormats.join(", ")}`,
        );
      }
      if (one.schedule.batch !== null && one.folders.orders.companions.length > 0) {
        complain(
          [id, "folders", "orders", "companions"],
          "a file with several purchase orders (schedule.batch) has none beside it; expected no companions, or no batch",
        );
      }
      if (one.schedule.batch !== null && format === "template" && one.document.template?.header === undefined) {
        complain(
          [id, "document", "template"],
          "several purchase orders in one file (schedule.batch) need `header`: how many lines at the top of each document are its header",
        );
      }
    }
  })
  .describe("The suppliers, by a short name that must not change later.");

/** The suppliers, where every calendar that one names is among these. */
export const suppliersWith = (calendars: Readonly<Record<string, unknown>>) =>
  suppliersSchema.superRefine((all, context) => {
    const known = Object.keys(calendars);
    for (const [id, { schedule: own }] of Object.entries(all)) {
      if (own.calendar !== null && !known.includes(own.calendar)) {
        const expected =
          known.length === 0 ? "there are none: write the section calendars" : `expected one of ${known.join(", ")}`;
        context.addIssue({
          code: "custom",
          path: [id, "schedule", "calendar"],
          message: `there is no calendar "${own.calendar}"; ${expected}`,
        });
      }
    }
  });

export type SupplierSection = z.output<typeof supplier>;
