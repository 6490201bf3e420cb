import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import plugin from "./directions.mjs";

const root = resolve(import.meta.dirname, "../..");

/** What the rule says of one import, as the linter calls it. */
function verdict(file: string, specifier: string): string | undefined {
  let said: string | undefined;
  const rule = plugin.rules.directions.create({
    filename: resolve(root, file),
    report: ({ message }: { readonly message: string }) => void (said = message),
  });
  rule.ImportDeclaration?.({ source: { value: specifier } });
  return said;
}

const dispatcher = "services/dispatcher/src";

test.each([
  ["a feature's inside", "attention/attention.ts", "../orders/actions.ts", "attention must not import orders"],
  ["a feature's inside, from where its door may be opened", "cli/tools.ts", "../suppliers/book.ts", "behind the front door"],
  ["a feature's inside, from the composition", "features.ts", "./orders/planner.ts", "behind the front door orders/orders.ts"],
  ["a feature's inside, from a process's start", "app.ts", "./deliveries/journal.ts", "behind the front door"],
  ["another feature, even by its door", "orders/actions.ts", "../deliveries/deliveries.ts", "orders must not import deliveries"],
  ["a feature, from the domain", "domain/plan/plan.ts", "../../orders/orders.ts", "domain must not import orders"],
  ["the composition, from a feature", "stock/ledger.ts", "../features.ts", "stock must not import features.ts"],
  ["anything, from beside the rooms", "somewhere.ts", "./domain/decimal.ts", "somewhere.ts lies in no room"],
  ["anything, from a room that is none", "pricing/pricing.ts", "../domain/decimal.ts", "pricing is not a room"],
  ["the other service", "app.ts", "../../ingest/src/app.ts", "must not import services/ingest"],
])("refused: %s", (_what, file, specifier, message) => {
  expect(verdict(`${dispatcher}/${file}`, specifier)).toContain(message);
});

test.each([
  ["a front door, from the composition", "features.ts", "./orders/orders.ts"],
  ["a front door, from a room that may open it", "cli/tools.ts", "../suppliers/suppliers.ts"],
  ["a room's own files", "orders/actions.ts", "./planner.ts"],
  ["the domain, from a feature", "orders/actions.ts", "../domain/plan/plan.ts"],
  ["a table's types, from a feature", "stock/ledger.ts", "../database/tables/stock.ts"],
  ["a feature's inside, from a test", "orders/intake.test.ts", "../deliveries/journal.ts"],
])("allowed: %s", (_what, file, specifier) => {
  expect(verdict(`${dispatcher}/${file}`, specifier)).toBeUndefined();
});

test("the linter runs the rule, and a finding fails the check", () => {
  const settings = JSON.parse(readFileSync(resolve(root, ".oxlintrc.json"), "utf8"));
  expect(settings).toMatchObject({
    jsPlugins: ["./scripts/lint/directions.mjs"],
    rules: { "soh/directions": "error" },
  });
});
