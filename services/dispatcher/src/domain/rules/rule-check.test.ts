import { describe, expect, it } from "vitest";
import { ruleErrors, ruleWarnings } from "./rule-check.ts";
import type { Condition, Rule } from "./rule.ts";
import { rule } from "../test/rule.ts";

const vendor = (...vendors: readonly string[]): Condition => ({ kind: "vendor", vendors });
const sku = (...skus: readonly string[]): Condition => ({ kind: "sku-exact", skus });
const glob = (...globs: readonly string[]): Condition => ({ kind: "sku-glob", globs });
const prefix = (...prefixes: readonly string[]): Condition => ({ kind: "sku-prefix", prefixes });
const regex = (source: string): Condition => ({ kind: "sku-regex", patterns: [{ source, found: () => false }] });
const country = (...countries: readonly string[]): Condition => ({ kind: "country", countries });
const tag = (...tags: readonly string[]): Condition => ({ kind: "tag", tags });
const property = (name: string, value: string | null = null): Condition => ({ kind: "property", name, value });
const catalogue: Condition = { kind: "catalogue" };
const rest: Condition = { kind: "default" };
const prior = (priority: number, ...conditions: readonly Condition[]): Rule => ({ conditions, priority });

type Rules = readonly Rule[];
const suppliers = (a: Rules, b: Rules) => [
  { id: "a", rules: a },
  { id: "b", rules: b },
];
const errors = (a: Rules, b: Rules) => ruleErrors(suppliers(a, b));
const warnings = (a: Rules, b: Rules, fallback: "none" | "stock" = "none") => ruleWarnings(suppliers(a, b), { fallback });

describe("a tie that a line surely meets is an error at the later rule, naming the other", () => {
  it.each([
    ["two default suppliers", [rest], [rest], "default"],
    ["one SKU in two lists", [sku("X", "Y")], [sku("Z", " y ")], "sku y"],
    ["one vendor", [vendor("Kramp")], [vendor("KRAMP")], "vendor KRAMP"],
    ["one vendor and one country", [vendor("K"), country("FR", "BE")], [vendor("K"), country("BE")], "vendor K and country BE"],
    ["the same prefix", [prefix("AG")], [prefix("ag")], "sku prefix ag"],
    ["the same regular expression", [regex("^F")], [regex("^F")], "sku regex ^F"],
    ["a property that is there, and one with a value", [property("P")], [property("p", "x")], "property p"],
  ] as const)("%s", (_what, a, b, what) => {
    expect(errors([rule(vendor("else")), rule(...a)], [rule(...b)])).toEqual([
      { supplier: "b", rule: 0, message: expect.stringContaining(`a.rules[1] has the same ${what} with the same priority`) },
    ]);
    expect(errors([prior(1, ...a)], [rule(...b)])).toEqual([]);
    expect(errors([rule(...a), rule(...b)], [])).toEqual([]);
  });

  it.each([
    ["different vendors", [vendor("A")], [vendor("B")]],
    ["one vendor for two countries", [vendor("A"), country("FR")], [vendor("A"), country("BE")]],
    ["one that says more", [vendor("A")], [vendor("A"), country("BE")]],
    ["an SKU and a pattern for it", [sku("AG1")], [prefix("AG")]],
    ["two values of one property", [property("P", "x")], [property("P", "y")]],
  ] as const)("%s do not tie", (_what, a, b) => {
    expect(errors([rule(...a)], [rule(...b)])).toEqual([]);
    expect(warnings([rule(...a)], [rule(...b)])).toEqual([]);
  });
});

describe("a tie that a line may meet is a warning", () => {
  it.each([
    ["a prefix within a prefix", [prefix("AG")], [prefix("AGR-")], "an SKU of both sku prefix ag and sku prefix agr-"],
    ["a glob and a prefix", [prefix("AGR")], [glob("*-FR")], "an SKU of both sku prefix agr and sku glob *-fr"],
    ["two globs", [glob("A*1")], [glob("*B?")], "an SKU of both sku glob a*1 and sku glob *b?"],
    ["two catalogues", [catalogue], [catalogue], "an SKU in both catalogues"],
    ["two tags", [tag("x")], [tag("y")], "tags of both"],
    ["two properties", [property("P")], [property("Q")], "the properties Q and P"],
  ] as const)("%s", (_what, a, b, what) => {
    expect(warnings([rule(...a)], [rule(...b)])).toEqual([
      { supplier: "b", rule: 0, message: expect.stringMatching(/overlaps with a\.rules\[0\]/) },
    ]);
    expect(warnings([rule(...a)], [rule(...b)])[0]?.message).toContain(what);
    expect(errors([rule(...a)], [rule(...b)])).toEqual([]);
    expect(warnings([prior(1, ...a)], [rule(...b)], "stock")).toEqual([]);
  });

  it("patterns without a text in common do not overlap", () => {
    expect(warnings([rule(prefix("AGR"))], [rule(glob("?X*"))])).toEqual([]);
    expect(warnings([rule(glob("*-FR"))], [rule(glob("*-BE"))])).toEqual([]);
  });
});

describe("a rule that never decides anything is a warning", () => {
  it.each([
    ["all of its vendors stand in an earlier one", [rule(vendor("A", "B")), rule(vendor("b"))], 1],
    ["its prefix is within another", [rule(prefix("AG")), rule(prefix("AGR"))], 1],
    ["its glob is within a prefix", [rule(prefix("AG")), rule(glob("AG*-FR"))], 1],
    ["a later one has a higher priority", [rule(vendor("A")), prior(1, vendor("A"))], 0],
    ["a property with a value, after any value", [rule(property("P")), rule(property("P", "x"))], 1],
  ] as const)("%s", (_what, rules, shadowed) => {
    expect(warnings(rules, [])).toEqual([
      { supplier: "a", rule: shadowed, message: expect.stringContaining(`a.rules[${1 - shadowed}] wins`) },
    ]);
  });

  it("the wider one after the narrower, or one that says more, decides", () => {
    expect(warnings([rule(vendor("A")), rule(vendor("A", "B"))], [])).toEqual([]);
    expect(warnings([rule(vendor("A")), rule(vendor("A"), country("BE"))], [])).toEqual([]);
  });

  it("another supplier's of a lower priority decides only when stock is fallen back to", () => {
    const [a, b] = [[prior(1, sku("X"))], [rule(sku("X"))]];
    expect(warnings(a, b)).toEqual([{ supplier: "b", rule: 0, message: expect.stringContaining("a.rules[0] wins") }]);
    expect(warnings(a, b, "stock")).toEqual([]);
    expect(warnings([prior(1, catalogue)], [rule(catalogue)])).toEqual([]); // Its catalogue is another.
  });
});

it("a rule that asks for the product type says that its lines wait", () => {
  expect(warnings([rule({ kind: "product-type", types: ["T"] })], [])).toEqual([
    { supplier: "a", rule: 0, message: expect.stringContaining("facts missing") },
  ]);
});
