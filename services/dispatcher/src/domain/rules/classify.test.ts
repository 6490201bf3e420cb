import { expect, test } from "vitest";
import { classifyLines, type Classification, type ClassifyInput } from "./classify.ts";
import type { Order, OrderLine } from "../order/order.ts";
import { noFacts } from "./rules.ts";
import type { Supplier } from "../supplier/supplier.ts";
import type { Condition, Rule } from "./rule.ts";
import { noCatalogue, noWishes } from "../test/no-wishes.ts";
import { rule } from "../test/rule.ts";

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

const prior = (priority: number, ...conditions: readonly Condition[]): Rule => ({ conditions, priority });
const vendor = (...vendors: readonly string[]): Condition => ({ kind: "vendor", vendors });
const sku = (...skus: readonly string[]): Condition => ({ kind: "sku-exact", skus });
const glob = (...globs: readonly string[]): Condition => ({ kind: "sku-glob", globs });
const prefix = (...prefixes: readonly string[]): Condition => ({ kind: "sku-prefix", prefixes });
const country = (...countries: readonly string[]): Condition => ({ kind: "country", countries });
const productType = (...types: readonly string[]): Condition => ({ kind: "product-type", types });

type Context = Partial<Omit<ClassifyInput, "order" | "suppliers">> & {
  readonly order?: Partial<ClassifyInput["order"]>;
};

const belgium: Order["deliverTo"] = {
  company: null,
  name: null,
  street: null,
  street2: null,
  zip: null,
  city: null,
  province: null,
  country: "BE",
};

function classify(lines: readonly OrderLine[], suppliers: readonly Supplier[], context: Context = {}) {
  return classifyLines({
    suppliers,
    sourcing: { fallback: "none", split: "never" },
    facts: noFacts,
    units: new Map(lines.map((one) => [one.id, one.quantity])),
    open: new Map(),
    frozen: new Map(),
    ...context,
    order: { tags: [], deliverTo: belgium, ...context.order, lines },
  });
}

/** Of one line. */
const classifyOne = (over: Partial<OrderLine>, suppliers: readonly Supplier[], context?: Context): Classification | undefined =>
  classify([line(over)], suppliers, context).get("1");

/** Who gets how many of one line, such as "agriest 2, fournial 1"; else why nobody. */
function shares(classification: Classification | undefined): string {
  return classification?.kind === "supplier"
    ? classification.allocations.map((one) => `${one.supplier} ${one.units}`).join(", ")
    : (classification?.kind ?? "no such line");
}

const agriest = supplier("agriest", rule(vendor("Agriest", "Kramp")), rule(glob("AGR-*")));
const fournial = supplier("fournial", rule(prefix("FOU")), rule(sku("AGR-1")));

test("a vendor is matched without regard to case and surrounding spaces, and the rule is recorded", () => {
  expect(classifyOne({ vendor: " kramp " }, [agriest, fournial])).toEqual({
    kind: "supplier",
    allocations: [{ supplier: "agriest", units: 1, rule: "agriest.rules[0] vendor Kramp" }],
  });
});

test("an exact SKU wins over a glob, and a glob over a vendor", () => {
  expect(shares(classifyOne({ sku: "AGR-1", vendor: "Agriest" }, [agriest, fournial]))).toBe("fournial 1");
  expect(shares(classifyOne({ sku: "fou9", vendor: "Agriest" }, [agriest, fournial]))).toBe("fournial 1");
});

test("rules of two suppliers that match equally well are no match: rules never guess", () => {
  const rival = supplier("rival", rule(vendor("agriest")));
  const verdict = classifyOne({ vendor: "Agriest", sku: "X" }, [agriest, rival]);
  expect(verdict?.kind).toBe("unmatched");
  expect(verdict).toHaveProperty("reason", expect.stringMatching(/agriest\.rules\[0\].*rival\.rules\[0\]/));
});

test("a line that nobody has says what it is", () => {
  expect(classifyOne({ sku: "ZZZ", vendor: "Nobody" }, [agriest])).toEqual({
    kind: "unmatched",
    cause: "no-rule",
    reason: 'no rule matches SKU "ZZZ" of vendor "Nobody"',
  });
});

test("gift cards and lines that need no shipping go to no supplier", () => {
  expect(classifyOne({ vendor: "Agriest", giftCard: true }, [agriest])).toEqual({ kind: "nobody", reason: "gift card" });
  expect(classifyOne({ vendor: "Agriest", requiresShipping: false }, [agriest])).toEqual({
    kind: "nobody",
    reason: "needs no shipping",
  });
});

test("every kind of rule matches what it says, and records it", () => {
  const cases: readonly [condition: Condition, hit: Partial<OrderLine>, miss: Partial<OrderLine>, text: string][] = [
    [sku("A-1", "A-2"), { sku: " a-2" }, { sku: "A-3" }, "sku A-2"],
    [prefix("AG"), { sku: "agx" }, { sku: "xag" }, "sku prefix AG"],
    [glob("A?-*"), { sku: "ab-" }, { sku: "a-b" }, "sku glob A?-*"],
    [
      { kind: "sku-regex", patterns: [{ source: "^f", found: (text) => text.startsWith("F") }] },
      { sku: "F1" },
      { sku: "G1" },
      "sku regex ^f",
    ],
    [{ kind: "catalogue" }, { sku: "CAT" }, { sku: "DOG" }, "catalogue"],
    [
      { kind: "property", name: "Gravure", value: null },
      { properties: [{ name: "gravure", value: "Anna" }] },
      { properties: [{ name: "Gravure", value: " " }] },
      "property Gravure",
    ],
    [
      { kind: "property", name: "Source", value: "Usine" },
      { properties: [{ name: "source", value: "usine " }] },
      { properties: [{ name: "source", value: "usine 2" }] },
      "property Source=Usine",
    ],
    [vendor("Kramp"), { vendor: "KRAMP" }, { vendor: null }, "vendor Kramp"],
    [productType("Attelage"), { title: "attelage" }, { title: "other" }, "product_type Attelage"],
  ];
  const facts = { ...noFacts, catalogue: (_: string, one: string) => one === "CAT", productType: (one: OrderLine) => one.title };
  for (const [condition, hit, miss, text] of cases) {
    const suppliers = [supplier("one", rule(condition))];
    expect(classifyOne(hit, suppliers, { facts })).toMatchObject({ allocations: [{ rule: `one.rules[0] ${text}` }] });
    expect(classifyOne(miss, suppliers, { facts })?.kind).toBe("unmatched");
  }
  const byOrder = [supplier("one", rule(country("FR", "BE"))), supplier("two", rule({ kind: "tag", tags: ["Urgent"] }))];
  expect(classifyOne({}, byOrder)).toMatchObject({ allocations: [{ rule: "one.rules[0] country BE" }] });
  expect(classifyOne({}, byOrder, { order: { tags: ["urgent"] } })).toMatchObject({
    allocations: [{ rule: "two.rules[0] tag Urgent" }],
  });
});

test("no pattern is tried on an SKU far longer than Shopify's", () => {
  const tried: string[] = [];
  const found = (text: string): boolean => tried.push(text) > 0;
  const suppliers = [supplier("one", rule({ kind: "sku-regex", patterns: [{ source: ".", found }] }), rule(glob("*")))];
  expect(classifyOne({ sku: "x".repeat(1_001) }, suppliers)?.kind).toBe("unmatched");
  expect(tried).toEqual([]);
  expect(shares(classifyOne({ sku: "x".repeat(1_000) }, suppliers))).toBe("one 1");
});

test("all conditions of a rule must hold, and one more makes it the more specific", () => {
  const belgian = supplier("belgian", rule(vendor("Kramp"), country("BE")));
  expect(shares(classifyOne({ vendor: "Kramp" }, [agriest, belgian]))).toBe("belgian 1");
  expect(
    shares(classifyOne({ vendor: "Kramp" }, [agriest, belgian], { order: { deliverTo: { ...belgium, country: "FR" } } })),
  ).toBe("agriest 1");
  // But what the line is decides before where it goes.
  expect(shares(classifyOne({ vendor: "Kramp", sku: "AGR-9" }, [agriest, belgian]))).toBe("agriest 1");
});

test("the default supplier takes what no other rule takes", () => {
  const all = [supplier("rest", rule({ kind: "default" })), agriest];
  expect(classifyOne({ vendor: "Nobody" }, all)).toMatchObject({
    allocations: [{ supplier: "rest", rule: "rest.rules[0] default" }],
  });
  expect(shares(classifyOne({ vendor: "Kramp" }, all))).toBe("agriest 1");
});

test("a line that only an unknown fact could decide waits; one that is decided either way goes", () => {
  const typed = supplier("typed", rule(productType("Attelage")), rule(vendor("Typed")));
  expect(classifyOne({ vendor: "Nobody", sku: "X" }, [agriest, typed])).toEqual({
    kind: "facts-missing",
    reason: 'SKU "X" of vendor "Nobody" waits: typed.rules[0] asks for the product type, which is not known yet',
  });
  expect(shares(classifyOne({ vendor: "Kramp" }, [agriest, typed]))).toBe("agriest 1"); // A vendor is more specific.
  const belgian = supplier("belgian", rule(vendor("Kramp"), country("BE")));
  const nowhere = { order: { deliverTo: null } };
  expect(classifyOne({ vendor: "Kramp" }, [agriest, belgian], nowhere)?.kind).toBe("facts-missing");
  expect(
    shares(classifyOne({ vendor: "Typed" }, [supplier("typed", rule(vendor("Typed")), rule(vendor("Typed"), productType("A")))])),
  ).toBe("typed 1");
});

test("between equally specific rules the higher priority wins, and a tie below it does not matter", () => {
  const first = supplier("first", prior(2, sku("X")));
  const second = supplier("second", rule(sku("X")));
  const third = supplier("third", rule(sku("X")));
  expect(shares(classifyOne({ sku: "X" }, [second, first, third]))).toBe("first 1");
  expect(shares(classifyOne({ sku: "X" }, [second, third]))).toBe("unmatched");
});

const high = supplier("high", prior(3, sku("X", "Y")));
const middle = supplier("middle", prior(2, sku("X", "Y")));
const low = supplier("low", prior(1, sku("X", "Y")));
const three = [low, high, middle];
const reports = (stock: Readonly<Record<string, number>>) => ({ ...noFacts, stock: (id: string) => stock[id] ?? null });
const byStock = (stock: Readonly<Record<string, number>>, split: "never" | "allowed" = "never"): Context => ({
  sourcing: { fallback: "stock", split },
  facts: reports(stock),
});

test.each([
  ["the first has it", { high: 5, middle: 9 }, "high 5", "high 5"],
  ["the first reports nothing: that counts as available", { middle: 9 }, "high 5", "high 5"],
  ["the next that has it all", { high: 4, middle: 3, low: 6 }, "low 5", "low 5"],
  ["one that reports nothing is not fallen back to", { high: 4, low: 1 }, "high 5", "high 4, low 1"],
  ["nobody has it all", { high: 2, middle: 2, low: 0 }, "high 5", "high 3, middle 2"],
  ["nobody has any", { high: 0, middle: 0, low: 0 }, "high 5", "high 5"],
] as const)("fallback to stock, %s", (_what, stock, never, allowed) => {
  expect(shares(classifyOne({ sku: "X", quantity: 5 }, three, byStock(stock)))).toBe(never);
  expect(shares(classifyOne({ sku: "X", quantity: 5 }, three, byStock(stock, "allowed")))).toBe(allowed);
  expect(shares(classifyOne({ sku: "X", quantity: 5 }, three, { facts: reports(stock) }))).toBe("high 5"); // fallback: none
});

test("a fallback says whom it comes after", () => {
  expect(classifyOne({ sku: "X" }, three, byStock({ high: 0, middle: 1 }))).toMatchObject({
    allocations: [{ rule: "middle.rules[0] sku X, after high.rules[0]" }],
  });
});

test("the lines of an order share a supplier's stock, the older line first", () => {
  const lines = [line({ id: "10", sku: "X", quantity: 3 }), line({ id: "9", sku: "x", quantity: 3 })];
  const found = classify(lines, three, byStock({ high: 4, middle: 4 }));
  expect([shares(found.get("9")), shares(found.get("10"))]).toEqual(["high 3", "middle 3"]);
});

test("a line that must move leaves alone the stock of one that need not", () => {
  const lines = [line({ id: "7", sku: "X", quantity: 5 }), line({ id: "8", sku: "X", quantity: 1 })];
  const open: ClassifyInput["open"] = new Map([
    [
      "7",
      new Map([
        ["high", 1],
        ["middle", 4],
      ]),
    ],
    ["8", new Map([["high", 1]])],
  ]);
  const found = classify(lines, three, { ...byStock({ high: 3, middle: 3 }, "allowed"), open });
  expect([shares(found.get("7")), shares(found.get("8"))]).toEqual(["high 2, middle 3", "high 1"]);
});

test("what is on an open purchase order stays there while that supplier has it, or nobody has", () => {
  const held = (supplierId: string, units: number): Pick<ClassifyInput, "open"> => ({
    open: new Map([["1", new Map([[supplierId, units]])]]),
  });
  const again = (open: Pick<ClassifyInput, "open">, stock: Readonly<Record<string, number>>, quantity = 3) =>
    shares(classifyOne({ sku: "X", quantity }, three, { ...byStock(stock), ...open }));
  expect(again(held("middle", 3), { high: 9, middle: 3 })).toBe("middle 3"); // The first has stock again: no reason to move.
  expect(again(held("middle", 3), { high: 9 })).toBe("middle 3"); // It reports nothing any more.
  expect(again(held("middle", 3), { high: 9, middle: 2 })).toBe("high 3"); // It has not enough any more, and another has.
  expect(again(held("middle", 3), { high: 1, middle: 2 })).toBe("middle 3"); // Nobody has.
  expect(again(held("middle", 3), { high: 9, middle: 4 }, 4)).toBe("middle 4"); // The customer added one.
  expect(again(held("middle", 3), { high: 9, middle: 0 }, 2)).toBe("high 2");
});

test("a line that was split keeps its shares while each supplier has its own", () => {
  const open = new Map([
    [
      "1",
      new Map([
        ["high", 2],
        ["low", 3],
      ]),
    ],
  ]);
  const again = (stock: Readonly<Record<string, number>>, quantity = 5) =>
    shares(classifyOne({ sku: "X", quantity }, three, { ...byStock(stock, "allowed"), open }));
  expect(again({ high: 4, middle: 9, low: 3 })).toBe("high 2, low 3");
  expect(again({ high: 4, middle: 9, low: 3 }, 3)).toBe("high 2, low 1");
  expect(again({ high: 4, middle: 9, low: 2 })).toBe("middle 5");
});

test("units added to a line that was sent follow it, unless lines may be split", () => {
  const frozen = new Map([["1", new Map([["middle", 2]])]]);
  const added = (split: "never" | "allowed") =>
    shares(classifyOne({ sku: "X", quantity: 1 }, three, { ...byStock({ high: 5, middle: 0 }, split), frozen }));
  expect(added("never")).toBe("middle 1");
  expect(added("allowed")).toBe("high 1");
});
