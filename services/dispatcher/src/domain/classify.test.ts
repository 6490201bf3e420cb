import { expect, test } from "vitest";
import { classifyLine, matchesGlob } from "./classify.ts";
import type { OrderLine } from "./order.ts";
import type { Rule, Supplier } from "./supplier.ts";
import { noCatalogue, noWishes } from "./test/no-wishes.ts";

const line = (over: Partial<OrderLine>): OrderLine => ({
  id: "1",
  sku: null,
  vendor: null,
  title: "Part",
  variantTitle: null,
  quantity: 1,
  currentQuantity: 1,
  fulfillableQuantity: 1,
  requiresShipping: true,
  giftCard: false,
  grams: null,
  properties: [],
  ...over,
});

const supplier = (id: string, ...rules: readonly Rule[]): Supplier => ({
  id,
  name: id,
  account: null,
  number: { pattern: "{order}-{n}", max: 20, alphabet: "0-9-" },
  rules,
  require: [],
  mode: "live" as const,
  holds: [],
  requestedWorkingDays: null,
  shipping: { codes: {}, unmapped: "omit" },
  wishes: noWishes(id),
  catalogue: noCatalogue,
});

const agriest = supplier("agriest", { kind: "vendor", vendors: ["Agriest", "Kramp"] }, { kind: "sku-glob", globs: ["AGR-*"] });
const fournial = supplier("fournial", { kind: "sku-prefix", prefixes: ["FOU"] }, { kind: "sku-exact", skus: ["AGR-1"] });

test("a vendor is matched without regard to case and surrounding spaces, and the rule is recorded", () => {
  expect(classifyLine(line({ vendor: " kramp " }), [agriest, fournial])).toEqual({
    kind: "supplier",
    supplier: "agriest",
    rule: "agriest.rules[0] vendor Kramp",
  });
});

test("an exact SKU wins over a glob, and a glob over a vendor", () => {
  expect(classifyLine(line({ sku: "AGR-1", vendor: "Agriest" }), [agriest, fournial])).toMatchObject({ supplier: "fournial" });
  expect(classifyLine(line({ sku: "fou9", vendor: "Agriest" }), [agriest, fournial])).toMatchObject({ supplier: "fournial" });
});

test("rules of two suppliers that match equally well are no match: rules never guess", () => {
  const rival = supplier("rival", { kind: "vendor", vendors: ["agriest"] });
  const verdict = classifyLine(line({ vendor: "Agriest", sku: "X" }), [agriest, rival]);
  expect(verdict.kind).toBe("unmatched");
  expect(verdict).toHaveProperty("reason", expect.stringMatching(/agriest\.rules\[0\].*rival\.rules\[0\]/));
});

test("a line that nobody has says what it is", () => {
  expect(classifyLine(line({ sku: "ZZZ", vendor: "Nobody" }), [agriest])).toEqual({
    kind: "unmatched",
    reason: 'no rule matches SKU "ZZZ" of vendor "Nobody"',
  });
});

test("gift cards and lines that need no shipping go to no supplier", () => {
  expect(classifyLine(line({ vendor: "Agriest", giftCard: true }), [agriest])).toEqual({ kind: "nobody", reason: "gift card" });
  expect(classifyLine(line({ vendor: "Agriest", requiresShipping: false }), [agriest])).toEqual({
    kind: "nobody",
    reason: "needs no shipping",
  });
});

test.each([
  ["agr-1", "agr-*", true],
  ["agr", "agr-*", false],
  ["", "*", true],
  ["abc", "a?c", true],
  ["abbc", "a?c", false],
  ["xaybzc", "*a*b*c", true],
  ["xaybz", "*a*b*c", false],
  ["ar_1.xml", "ar_*.xml", true],
  ["ar_1.xml.tmp", "ar_*.xml", false],
])("glob: %s against %s is %s", (text, glob, expected) => {
  expect(matchesGlob(text, glob)).toBe(expected);
});

test("a glob of many stars on a long text ends: it is linear, not exponential", () => {
  expect(matchesGlob("a".repeat(20_000), `${"*a".repeat(30)}*b`)).toBe(false);
});
