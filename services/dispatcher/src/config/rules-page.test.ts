// The examples of docs/rules.md, as the dispatcher reads and applies them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { classifyLines } from "../domain/rules/classify.ts";
import type { OrderLine } from "../domain/order/order.ts";
import { noFacts } from "../domain/rules/rules.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";
import { loadConfig } from "./load.ts";

const root = new URL("../../../../", import.meta.url);
const page = readFileSync(new URL("docs/rules.md", root), "utf8");

/** The rows of the table with this heading, as cells. */
function rows(heading: RegExp): readonly (readonly string[])[] {
  const lines = page.split("\n");
  const start = lines.findIndex((one) => heading.test(one));
  const rest = lines.slice(start + 2);
  return rest
    .slice(
      0,
      rest.findIndex((one) => !one.startsWith("|")),
    )
    .map((one) =>
      one
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** handler.yaml with the rules of the page's first example. */
function exampleSuppliers(): readonly Supplier[] {
  const [, agriest, fournial] = /agriest:\n {4}(rules:[^]*?)\n {2}fournial:\n {4}(rules:[^]*?)\n```/.exec(page) ?? [];
  let yaml = readFileSync(new URL("config/handler.yaml", root), "utf8");
  for (const rules of [agriest, fournial]) {
    yaml = yaml.replace(/ {4}rules:\n( {6}.*\n)+/, `    ${rules?.replace("rules", "RULES")}\n`);
  }
  const folder = mkdtempSync(join(tmpdir(), "soh-rules-"));
  const file = join(folder, "handler.yaml");
  writeFileSync(file, yaml.replaceAll("RULES", "rules"));
  const config = loadConfig(file, (name) =>
    name === "SHOPIFY_SHOP" ? "sermat.myshopify.com" : /SECRET$|_(HOST|USER|PASS)$/.test(name) ? name.toLowerCase() : undefined,
  );
  rmSync(folder, { recursive: true });
  expect(config.suppliers.map((one) => one.rules.length)).toEqual([2, 3]);
  return config.suppliers;
}

const line = (over: Partial<OrderLine>): OrderLine => ({
  id: "1",
  sku: null,
  vendor: null,
  title: "Part",
  variantTitle: null,
  quantity: 5,
  currentQuantity: 5,
  fulfillableQuantity: 5,
  requiresShipping: true,
  giftCard: false,
  grams: null,
  properties: [],
  ...over,
});
const nowhere = { company: null, name: null, street: null, street2: null, zip: null, city: null, province: null };

test("each line of the example goes where the page says", () => {
  const suppliers = exampleSuppliers();
  const told = rows(/^\| line /);
  expect(told.length).toBeGreaterThan(4);
  for (const [what = "", country = "", to] of told) {
    const [, sku = null, vendor = null] = /^SKU (\S+), vendor (\S+)$/.exec(what) ?? [];
    const found = classifyLines({
      order: { lines: [line({ sku, vendor, giftCard: sku === null })], tags: [], deliverTo: { ...nowhere, country } },
      suppliers,
      sourcing: { fallback: "none", split: "never" },
      facts: noFacts,
      units: new Map([["1", 5]]),
      open: new Map(),
      frozen: new Map(),
    }).get("1");
    expect([what, found?.kind === "supplier" ? found.allocations[0]?.supplier : found?.kind]).toEqual([what, to]);
  }
});

test("stock is fallen back to as the page says", () => {
  const [agriest, fournial] = exampleSuppliers();
  const told = rows(/^\| agriest has /);
  expect(told.length).toBeGreaterThan(4);
  const suppliers = [fournial, agriest].flatMap((one, index) =>
    one === undefined ? [] : [{ ...one, rules: [{ conditions: [{ kind: "catalogue" as const }], priority: 10 * (index + 1) }] }],
  );
  for (const [first = "", second = "", ...expected] of told) {
    const reports = { agriest: first, fournial: second };
    const shares = (["never", "allowed"] as const).map((split) => {
      const found = classifyLines({
        order: { lines: [line({ sku: "X" })], tags: [], deliverTo: null },
        suppliers,
        sourcing: { fallback: "stock", split },
        facts: {
          ...noFacts,
          catalogue: () => true,
          stock: (id) => (id in reports && Reflect.get(reports, id) !== "–" ? Number(Reflect.get(reports, id)) : null),
        },
        units: new Map([["1", 5]]),
        open: new Map(),
        frozen: new Map(),
      }).get("1");
      const allocations = found?.kind === "supplier" ? found.allocations : [];
      return allocations.map((one) => `${one.supplier} ${one.units}`).join(", ");
    });
    expect([first, second, ...shares]).toEqual([first, second, ...expected]);
  }
});
