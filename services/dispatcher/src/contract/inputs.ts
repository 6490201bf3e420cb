// What requests may say. Unknown query parameters are errors: a misspelt filter must not show everything.
import { z } from "zod";
import { decimalMarks } from "../domain/catalogue/catalogue.ts";
import { orderStates } from "../domain/order/order.ts";
import { languages } from "../domain/person.ts";
import { holdNames } from "../domain/plan/hold.ts";
import { deadLetterKinds, deadLetterStates } from "../domain/purchase-order/dead-letter.ts";
import { purchaseOrderStates } from "../domain/purchase-order/purchase-order.ts";
import { remedies, sendsAgain } from "../domain/purchase-order/remedy.ts";
import { readEntryPosition, readPosition } from "./cursor.ts";

const flag = z.enum(["true", "false"]).transform((value) => value === "true");

const after = z
  .string()
  .transform(readPosition)
  .refine((position) => position !== undefined, "expected what `next` of the page before said")
  .optional();

const paging = { limit: z.coerce.number().int().min(1).max(500).default(100), after };

export const orderQuery = z.strictObject({
  state: z.enum(orderStates).optional(),
  search: z.string().min(1).max(100).optional(),
  unmatched: flag.optional(),
  facts_missing: flag.optional(),
  ...paging,
});

export const purchaseOrderQuery = z.strictObject({
  state: z.enum(purchaseOrderStates).optional(),
  supplier: z.string().min(1).max(100).optional(),
  overdue: flag.optional(),
  hold: z.enum(holdNames).optional(),
  ...paging,
});

const deadLetterFilter = {
  kind: z.enum(deadLetterKinds).optional(),
  supplier: z.string().min(1).max(100).optional(),
  state: z.enum(deadLetterStates).optional(),
};

export const deadLetterQuery = z.strictObject({ ...deadLetterFilter, ...paging });
export const supplierQuery = z.strictObject({ supplier: z.string().min(1).max(100).optional() });
export const documentQuery = supplierQuery.extend({ version: z.coerce.number().int().min(1).optional() });
export const alertQuery = z.strictObject({
  language: z.enum(languages).default("en"),
  state: z.enum(["open", "ended"]).default("open"),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const alertParams = z.object({ id: z.coerce.number().int().min(1) });
export const idParams = z.object({ id: z.string().min(1) });
export const remedyParams = idParams.extend({ remedy: z.enum(remedies) });
export const fileParams = idParams.extend({ attempt: z.string().min(1) });

/** Who acts and why. */
const person = {
  note: z.string().trim().max(1_000).default(""),
  actor: z
    .string()
    .trim()
    .min(1)
    .max(100)
    // In the audit trail these are the machine's own.
    .refine((actor) => !["system", "shopify"].includes(actor.toLowerCase()), "expected a person or a program")
    .optional(),
};

export const actionBody = z
  .strictObject(person)
  .nullish()
  .transform((body) => body ?? { note: "" });

export const releaseBody = z.strictObject({
  ...person,
  /** The names of those to lift; all, where there are none. */
  holds: z.array(z.enum(holdNames)).min(1).optional(),
  /** The ids of those that the person saw: what appeared since is not lifted. */
  seen: z.array(z.int()).optional(),
});

export const releaseManyBody = z.strictObject({
  ...person,
  hold: z.enum(holdNames),
  supplier: z.string().min(1).max(100).optional(),
});

export const applyBody = z.strictObject({
  ...person,
  /** What the supplier's answer is to. */
  to: z.enum(["order", "notice"]),
});

/** Settled in one request: many take long, and a proxy's patience ends. */
export const MOST_AT_ONCE = 1_000;

export const settleBody = z
  .strictObject({
    remedy: z.enum(remedies),
    ...person,
    ids: z.array(z.string().min(1).max(300)).min(1).max(MOST_AT_ONCE).optional(),
    /** Whatever the filter finds; `after` goes on where an earlier answer's `next` says. */
    all: z.strictObject({ ...deadLetterFilter, after }).optional(),
  })
  .refine(({ ids, all }) => (ids === undefined) !== (all === undefined), "ids, all: give exactly one of them")
  .refine(
    ({ remedy, all }) => all === undefined || !sendsAgain(remedy),
    "ids: same-again, replace and order-again need them one by one: a filter would be too easy a way to send many twice",
  )
  .refine(
    ({ remedy, all }) => all === undefined || (remedy !== "notice-accepted" && remedy !== "notice-too-late"),
    "ids: notice-accepted and notice-too-late need them one by one: each is what a supplier said of one",
  );

/** Rows of a catalogue in one request. */
export const MOST_ROWS = 1_000;

export const entriesQuery = z.strictObject({
  supplier: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(500),
  after: z
    .string()
    .transform(readEntryPosition)
    .refine((value) => value !== undefined, "expected what `next` of the page before said")
    .optional(),
});

export const lookupQuery = z.strictObject({ sku: z.string().trim().min(1).max(255), supplier: z.string().min(1).optional() });

export const importBody = z.strictObject({
  supplier: z.string().min(1),
  header: z.array(z.string().max(200)).min(1).max(100),
  decimal: z.enum(decimalMarks).default("either"),
  replace: z.boolean().default(false),
  skip_bad: z.boolean().default(false),
  ...person,
});

export const rowsBody = z.strictObject({
  rows: z
    .array(z.strictObject({ row: z.int().min(1), cells: z.array(z.string()) }))
    .min(1)
    .max(MOST_ROWS),
});
