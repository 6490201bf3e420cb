// A supplier's `rules`: which lines are its own.
import { z } from "zod";
import type { Condition, Pattern, Rule } from "../../domain/rules/rule.ts";
import { compilePattern, LONGEST_PATTERN } from "../pattern.ts";
import { country, oneOrMore, text } from "./scalars.ts";

const glob = text.max(LONGEST_PATTERN, `expected at most ${LONGEST_PATTERN} characters`);

const regexes = z.union([text, z.array(text).min(1)]).transform((value, context): readonly Pattern[] =>
  (Array.isArray(value) ? value : [value]).flatMap((source, index) => {
    try {
      return [compilePattern(source)];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: "custom", message, path: Array.isArray(value) ? [index] : [] });
      return [];
    }
  }),
);

const skuPattern = z
  .strictObject({
    prefix: oneOrMore(text)
      .transform((prefixes): Condition => ({ kind: "sku-prefix", prefixes }))
      .optional(),
    glob: oneOrMore(glob)
      .transform((globs): Condition => ({ kind: "sku-glob", globs }))
      .optional(),
    regex: regexes.transform((patterns): Condition => ({ kind: "sku-regex", patterns })).optional(),
  })
  .transform((all, context): Condition => {
    const [only, another] = Object.values(all).filter((one) => one !== undefined);
    if (only === undefined || another !== undefined) {
      context.addIssue({ code: "custom", message: "expected one of prefix, glob and regex" });
      return z.NEVER;
    }
    return only;
  });

const sku = z.union([oneOrMore(text).transform((skus): Condition => ({ kind: "sku-exact", skus })), skuPattern]);

const conditions = {
  sku: sku.describe("Exactly these SKUs; or {prefix: …}, {glob: …} or {regex: …}."),
  catalogue: z
    .literal(true)
    .transform((): Condition => ({ kind: "catalogue" }))
    .describe("The supplier's catalogue has an entry for the SKU."),
  property: z
    .strictObject({ name: text, value: text.optional() })
    .transform(({ name, value }): Condition => ({ kind: "property", name, value: value ?? null }))
    .describe("A property of the line, with this value; without one, it is there and not empty."),
  vendor: oneOrMore(text)
    .transform((vendors): Condition => ({ kind: "vendor", vendors }))
    .describe("The product's vendor in Shopify."),
  product_type: oneOrMore(text)
    .transform((types): Condition => ({ kind: "product-type", types }))
    .describe("The product's type in Shopify. Not known yet: lines that only it could decide wait as facts missing."),
  tag: oneOrMore(text)
    .transform((tags): Condition => ({ kind: "tag", tags }))
    .describe("The order has one of these tags."),
  country: oneOrMore(country)
    .transform((countries): Condition => ({ kind: "country", countries }))
    .describe("The country that is shipped to."),
  default: z
    .literal(true)
    .transform((): Condition => ({ kind: "default" }))
    .describe("Takes what no other rule takes. At most one supplier has it, in a rule of its own."),
};

export const rule = z
  .strictObject({
    ...z.strictObject(conditions).partial().shape,
    priority: z
      .union([
        z.number(),
        z
          .string()
          .regex(/^-?\d+$/, "expected a whole number")
          .transform(Number),
      ])
      .pipe(z.int("expected a whole number"))
      .default(0)
      .describe("Between suppliers whose rules match equally specifically the highest wins."),
  })
  .transform(({ priority, ...all }): Rule => ({
    conditions: Object.values(all).filter((one) => one !== undefined),
    priority,
  }))
  .refine(({ conditions: all }) => all.length > 0, `expected at least one of ${Object.keys(conditions).join(", ")}`)
  .refine(({ conditions: all }) => all.length <= 1 || all.every((one) => one.kind !== "default"), {
    path: ["default"],
    message: "expected no other condition beside it: it takes what no other rule takes",
  });
