// docs/formats/template.md lists what a template can use: all of it, and nothing else.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createLanguage } from "../../language.ts";
import { fullContent, plainContent } from "../../test/contents.ts";
import { filters } from "./filters.ts";
import { scopeOf, type Scope, type Value } from "./scope.ts";
import { lacourCsv } from "./test/lacour.ts";

const documentation = readFileSync(new URL("../../../../../../docs/formats/template.md", import.meta.url), "utf8");
const full = scopeOf(fullContent(), { encoding: "utf-8", extras: {} });
const bare = scopeOf(plainContent({ deliverTo: null, shipping: null }), { encoding: "utf-8", extras: {} });

/** First cells of the table that follows a mark. */
function documented(mark: string): readonly string[] {
  const [, after = ""] = documentation.split(`<!-- ${mark} -->`);
  const rows =
    after
      .trimStart()
      .split(/\n(?!\|)/)[0]
      ?.split("\n") ?? [];
  return rows.slice(2).map((row) => row.split("|")[1]?.trim().split("`")[1] ?? "");
}

const members = (value: Value | undefined): Scope => {
  expect(typeof value === "object" && value !== null && !Array.isArray(value)).toBe(true);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked
  return value as Scope;
};
const namesOf = (value: Value | undefined): readonly string[] => Object.keys(members(value));
const firstLine = (scope: Scope): Value | undefined => Object.values(scope["lines"] ?? {})[0];

test("every variable is in the documentation, and every documented one exists", () => {
  expect(documented("variables: scope")).toEqual(Object.keys(full));
  expect(documented("variables: line")).toEqual(namesOf(firstLine(full)).map((name) => `line.${name}`));
  const parties = documented("variables: party");
  expect(namesOf(full["buyer"])).toEqual([...parties, "account"]);
  expect(namesOf(full["invoice_to"])).toEqual(parties);
  expect(namesOf(full["seller"])).toEqual(parties);
  const address = documented("variables: address");
  expect(namesOf(members(full["buyer"])["address"])).toEqual(address);
  expect(namesOf(full["deliver_to"])).toEqual([...address, "phone"]);
  for (const group of ["customer", "requested_delivery", "shipping", "delivery_note"]) {
    for (const name of namesOf(full[group])) {
      expect(documentation).toContain(`\`${group}.${name}\``);
    }
  }
});

/** Names of names, without the values. */
const shape = (value: Value | undefined): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
        .filter(([, inner]) => typeof inner === "object" && inner !== null && !Array.isArray(inner))
        .map(([name, inner]) => [name, Object.keys(inner ?? {}), shape(inner)])
    : [];

test("every name exists whatever the purchase order has", () => {
  expect(Object.keys(bare)).toEqual(Object.keys(full));
  expect(shape(bare)).toEqual(shape(full));
});

test("every filter is in the documentation, and every documented one exists", () => {
  expect(documented("filters").map((name) => name.split(":")[0])).toEqual(Object.keys(filters));
});

test("the documentation's own example gives what it says", () => {
  const [, source = ""] = /```liquid\n(.*?)```/s.exec(documentation) ?? [];
  const [, expected = ""] = /```csv\n(.*?)```/s.exec(documentation) ?? [];
  const { template } = lacourCsv;
  const { deliverTo } = plainContent();
  const content = plainContent({ deliverTo: deliverTo && { ...deliverTo, street: "12; rue des Prés" } });
  const { bytes } = createLanguage({ ...lacourCsv, template: template && { ...template, source } }).write(content);
  expect(bytes.toString("utf8")).toBe(expected);
});
