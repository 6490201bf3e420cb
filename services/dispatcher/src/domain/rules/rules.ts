// What one rule says of one line, and which of two rules is the more specific.
import { matchesGlob } from "./glob.ts";
import type { Order, OrderLine } from "../order/order.ts";
import type { Condition, Rule } from "./rule.ts";

/** What the order does not tell, and rules may ask for. */
export interface Facts {
  /** Whether the supplier's catalogue has an entry for the SKU. */
  catalogue(supplier: string, sku: string): boolean;
  /** Units that the supplier can still ship for this order; null: it reports no stock of it. */
  stock(supplier: string, sku: string): number | null;
  /** As Shopify has it, possibly empty; null: not known. */
  productType(line: OrderLine): string | null;
}

/** No catalogue, no stock report, no product type. */
export const noFacts: Facts = { catalogue: () => false, stock: () => null, productType: () => null };

/** Comparisons are without regard to case and surrounding spaces. */
export const fold = (text: string | null): string => (text ?? "").trim().toLowerCase();

/** Characters. Shopify's SKUs have at most 255; no pattern is tried on a longer one than this. */
const LONGEST_SKU = 1_000;

/** From the least specific to the most: a rule that has a later one beats any that has only earlier ones. */
const byWeight = [
  ["default"],
  ["country"],
  ["tag"],
  ["product-type"],
  ["vendor"],
  ["property"],
  ["sku-prefix", "sku-glob", "sku-regex"],
  ["catalogue"],
  ["sku-exact"],
] as const satisfies readonly (readonly Condition["kind"][])[];

/**
 * The higher, the more specific. The most specific condition decides; where that is the same, the next one, and so on:
 * a rule with the same conditions and one more is the more specific.
 */
export function specificity(rule: Rule): number {
  const has = (kind: Condition["kind"]): boolean => rule.conditions.some((one) => one.kind === kind);
  return byWeight.reduce((sum, kinds, weight) => sum + (kinds.some(has) ? 2 ** weight : 0), 0);
}

export type Match =
  /** `text`: what matched, such as "sku glob AGR-*". */
  | { readonly kind: "yes"; readonly text: string }
  | { readonly kind: "no" }
  /** It depends on `fact`, which is not known. */
  | { readonly kind: "unknown"; readonly fact: string };

export interface Subject {
  readonly line: OrderLine;
  readonly order: Pick<Order, "tags" | "deliverTo">;
  readonly facts: Facts;
}

export function matchRule(rule: Rule, supplier: string, subject: Subject): Match {
  const matches = rule.conditions.map((condition) => matchCondition(condition, supplier, subject));
  const unknown = matches.find((match) => match.kind === "unknown");
  if (matches.length === 0 || matches.some((match) => match.kind === "no")) {
    return no;
  }
  return unknown ?? { kind: "yes", text: matches.flatMap((match) => (match.kind === "yes" ? [match.text] : [])).join(", ") };
}

const no = { kind: "no" } as const;

function matchCondition(condition: Condition, supplier: string, { line, order, facts }: Subject): Match {
  const sku = fold(line.sku);
  switch (condition.kind) {
    case "sku-exact":
      return oneOf("sku", condition.skus, sku);
    case "sku-prefix":
      return ofSku(
        "sku prefix",
        sku,
        condition.prefixes.find((one) => sku.startsWith(fold(one))),
      );
    case "sku-glob":
      return ofSku(
        "sku glob",
        sku,
        sku.length <= LONGEST_SKU ? condition.globs.find((one) => matchesGlob(sku, fold(one))) : undefined,
      );
    case "sku-regex":
      return ofSku(
        "sku regex",
        sku,
        sku.length <= LONGEST_SKU ? condition.patterns.find((one) => one.found(line.sku?.trim() ?? ""))?.source : undefined,
      );
    case "catalogue":
      return line.sku !== null && sku !== "" && facts.catalogue(supplier, line.sku) ? { kind: "yes", text: "catalogue" } : no;
    case "property": {
      const { name, value } = condition;
      const found = line.properties.some(
        (one) => fold(one.name) === fold(name) && fold(one.value) !== "" && (value === null || fold(one.value) === fold(value)),
      );
      return found ? { kind: "yes", text: `property ${name}${value === null ? "" : `=${value}`}` } : no;
    }
    case "vendor":
      return oneOf("vendor", condition.vendors, fold(line.vendor));
    case "product-type": {
      const type = facts.productType(line);
      return type === null ? { kind: "unknown", fact: "the product type" } : oneOf("product_type", condition.types, fold(type));
    }
    case "tag": {
      const tags = new Set(order.tags.map(fold));
      return shown(
        "tag",
        condition.tags.find((one) => tags.has(fold(one))),
      );
    }
    case "country": {
      const country = fold(order.deliverTo?.country ?? null);
      return country === "" ? { kind: "unknown", fact: "the shipping country" } : oneOf("country", condition.countries, country);
    }
    case "default":
      return { kind: "yes", text: "default" };
  }
}

const oneOf = (what: string, values: readonly string[], folded: string): Match =>
  folded === ""
    ? no
    : shown(
        what,
        values.find((one) => fold(one) === folded),
      );

const ofSku = (what: string, sku: string, value: string | undefined): Match => (sku === "" ? no : shown(what, value));

const shown = (what: string, value: string | undefined): Match =>
  value === undefined ? no : { kind: "yes", text: `${what} ${value}` };
