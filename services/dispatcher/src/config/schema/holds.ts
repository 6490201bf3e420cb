// `hold`, of dispatch and of a supplier: orders that wait for a person.
import { z } from "zod";
import type { HoldRule } from "../../domain/rules/hold-rules.ts";
import { country, money, oneOrMore } from "./scalars.ts";

const countries = oneOrMore(country);

export const holdRule = z.union([
  z.strictObject({ value_over: money() }).transform((rule): HoldRule => ({ kind: "value-over", limit: rule.value_over })),
  z.strictObject({ tag: z.string().min(1) }).transform((rule): HoldRule => ({ kind: "tag", tag: rule.tag })),
  z.strictObject({ note: z.literal("present") }).transform((): HoldRule => ({ kind: "note-present" })),
  z
    .strictObject({ country: countries })
    .transform((rule): HoldRule => ({ kind: "country", countries: rule.country, held: "in" })),
  z
    .strictObject({ country: z.strictObject({ not_in: countries }) })
    .transform((rule): HoldRule => ({ kind: "country", countries: rule.country.not_in, held: "not-in" })),
  z.strictObject({ first_order: z.literal(true) }).transform((): HoldRule => ({ kind: "first-order" })),
  z.strictObject({ po_box: z.literal(true) }).transform((): HoldRule => ({ kind: "po-box" })),
]);
