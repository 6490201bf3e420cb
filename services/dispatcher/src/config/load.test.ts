import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { ConfigError } from "@soh/shared/config";
import { afterEach, beforeEach, expect, test } from "vitest";
import { jsonSchema } from "./json-schema.ts";
import { documentProblems } from "../documents/check.ts";
import { loadConfig } from "./load.ts";

const root = new URL("../../../../config/", import.meta.url);
const environment: Readonly<Record<string, string>> = {
  SHOPIFY_SHOP: "Sermat.myshopify.com",
  SHOPIFY_WEBHOOK_SECRET: "one,two",
  FTP_AGRIEST_HOST: "ftp.agriest.example",
  FTP_AGRIEST_USER: "sermat",
  FTP_AGRIEST_PASS: "agriest-password",
  FTP_FOURNIAL_HOST: "ftp.fournial.example",
  FTP_FOURNIAL_USER: "sermat",
  FTP_FOURNIAL_PASS: "fournial-password",
};
const lookup = (name: string): string | undefined => environment[name];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "soh-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** handler.yaml with one change, loaded; returns the error's text after the file's name. */
function problem(from: string | RegExp, to: string): string {
  const text = readFileSync(new URL("handler.yaml", root), "utf8");
  const file = join(folder, "handler.yaml");
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
  try {
    loadConfig(file, lookup);
  } catch (error) {
    return error instanceof ConfigError ? error.message.replaceAll(`${file}:`, "") : `not a ConfigError: ${String(error)}`;
  }
  return "no problem";
}

test.each(["handler.yaml", "reference.yaml"])("the shipped %s loads", (name) => {
  const config = loadConfig(new URL(name, root).pathname, lookup);
  expect(config.shops).toEqual(["sermat.myshopify.com"]);
  expect(config.suppliers[0]).toMatchObject({
    id: "agriest",
    shipping: { codes: { Standard: "MES", "Livraison avec hayon": "HAY" }, unmapped: "hold" },
    transport: { host: "ftp.agriest.example", port: 21, connections: 1, timeoutMs: 30_000, ca: null },
    orders: { folder: "/IN", temporary: { prefix: "", suffix: ".tmp" } },
    acknowledgement: { expect: "accepted", withinMs: 4 * 3_600_000 },
  });
});

test("the configuration can be logged whole: no secret is in it", () => {
  const config = loadConfig(new URL("handler.yaml", root).pathname, lookup);
  expect(JSON.stringify(config) + inspect(config, { depth: null })).not.toMatch(/agriest-password|fournial-password|one,two/);
  expect(config.suppliers[0]?.transport.password.reveal()).toBe("agriest-password");
});

test("the committed JSON Schema is the generated one; `npm run generate` writes it", () => {
  expect(JSON.parse(readFileSync(new URL("handler.schema.json", root), "utf8"))).toEqual(JSON.parse(jsonSchema()));
});

test.each([
  ["a wrong type", "unmatched: dispatch-rest", "unmatched: 7", /^\d+:\d+: dispatch\.unmatched: .*dispatch-rest/],
  ["an unknown key", "account: C004512", "acount: C004512", /^\d+:\d+: suppliers\.agriest\.acount: unknown key/],
  ["an unknown section", "buyer:", "beyer:", /beyer: unknown section\. Known: shops, buyer, dispatch, suppliers/],
  ["a date without its offset", /since: .*/, "since: 2026-12-01", /dispatch\.since: expected a time with its offset/],
  [
    "a pattern without {n}",
    'pattern: "SE{order}-{n}"',
    'pattern: "SE{order}"',
    /suppliers\.agriest\.number\.pattern: expected \{n\}/,
  ],
  ["a relative folder", "path: /IN", "path: IN", /suppliers\.agriest\.folders\.orders\.path: expected an absolute folder/],
  ["a deadline that is missing", "within: 4h }", "}", /suppliers\.agriest\.acknowledgement\.within: expected a deadline/],
  [
    "an unknown rule",
    '- sku: { glob: "AGR-*" }',
    '- sku: { blob: "AGR-*" }',
    /suppliers\.agriest\.rules\[1\]\.sku\.blob: unknown key/,
  ],
  [
    "two patterns in one",
    '- sku: { glob: "AGR-*" }',
    '- sku: { glob: "AGR-*", prefix: A }',
    /suppliers\.agriest\.rules\[1\]\.sku: expected one of prefix, glob and regex/,
  ],
  [
    "a regular expression that is none, with the pattern",
    '- sku: { glob: "AGR-*" }',
    '- sku: { regex: ["^A", "(AGR"] }',
    /^\d+:\d+: suppliers\.agriest\.rules\[1\]\.sku\.regex\[1\]: the regular expression \(AGR cannot be used: missing closing \)/,
  ],
  [
    "a regular expression that asks for too much",
    '- sku: { glob: "AGR-*" }',
    "- sku: { regex: '(?=A)' }",
    /suppliers\.agriest\.rules\[1\]\.sku\.regex: the regular expression \(\?=A\) cannot be used/,
  ],
  [
    "a rule that asks for nothing",
    '- sku: { glob: "AGR-*" }',
    "- priority: 3",
    /suppliers\.agriest\.rules\[1\]: expected at least one of sku/,
  ],
  [
    "a default rule with a condition",
    '- sku: { glob: "AGR-*" }',
    "- { default: true, country: [BE] }",
    /suppliers\.agriest\.rules\[1\]\.default: expected no other condition/,
  ],
  [
    "a country in small letters",
    '- sku: { glob: "AGR-*" }',
    "- country: [FR, be]",
    /suppliers\.agriest\.rules\[1\]\.country\[1\]: expected a country in two capital letters/,
  ],
  [
    "a vendor of two suppliers",
    "- vendor: Fournial",
    "- vendor: [Fournial, kramp]",
    /^\d+:\d+: suppliers\.fournial\.rules\[0\]: agriest\.rules\[0\] has the same vendor kramp with the same priority/,
  ],
  [
    "splits that stock is not asked for",
    "unmatched: dispatch-rest",
    "split: allowed",
    /dispatch\.split: expected `fallback: stock` beside it/,
  ],
  ["an unknown field to require", "deliver_to.phone", "deliver_to.fax", /suppliers\.agriest\.require\[0\]/],
  [
    "a port out of range",
    "FTP_AGRIEST_PORT:-21",
    "FTP_AGRIEST_PORT:-70000",
    /suppliers\.agriest\.transport\.port: expected a whole number from 1 to 65535/,
  ],
  [
    "an account that YAML reads as a number",
    'account: "70118"',
    "account: 70118",
    /suppliers\.fournial\.account: expected string, received number/,
  ],
  [
    "a CA file that is missing",
    "${FTP_AGRIEST_CA:-}",
    "none.pem",
    /suppliers\.agriest\.transport\.tls\.ca: the file .*none\.pem cannot be read/,
  ],
  [
    "a variable that is not set",
    "${FTP_AGRIEST_HOST}",
    "${FTP_NOWHERE}",
    /^\d+:\d+: suppliers\.agriest\.transport\.host: the environment variable FTP_NOWHERE is not set/,
  ],
  [
    "a duration of nothing",
    "within: 4h",
    "within: 0s",
    /suppliers\.agriest\.acknowledgement\.within: expected a duration from 1s to 20d/,
  ],
  [
    "a deadline for no answer",
    "expect: accepted, within: 4h",
    "expect: none, within: 4h",
    /suppliers\.agriest\.acknowledgement\.within: expected no deadline/,
  ],
  [
    "answers in the folder of our own orders",
    'path: /OUT, match: "AR_*.xml"',
    'path: /IN, match: "*"',
    /suppliers\.agriest\.folders\.acknowledgements\.match: it may match the purchase orders/,
  ],
  ["broken YAML", "dispatch:", "dispatch: [", /^\d+:\d+: /],
] as const)("%s is an error with line, column and path", (_what, from, to, expected) => {
  expect(problem(from, to)).toMatch(expected);
});

test("two default suppliers are an error at the second; one is none", () => {
  const first = readFileSync(new URL("handler.yaml", root), "utf8").replace('- sku: { glob: "AGR-*" }', "- default: true");
  expect(problem(/[\s\S]*/, first)).toBe("no problem");
  expect(problem(/[\s\S]*/, first.replace("- sku: { prefix: FOU }", "- default: true"))).toMatch(
    /suppliers\.fournial\.rules\[1\]: agriest\.rules\[1\] has the same default with the same priority/,
  );
});

test("what a rule says becomes conditions, and a priority may come from the environment", () => {
  const file = join(folder, "handler.yaml");
  const text = readFileSync(new URL("handler.yaml", root), "utf8").replace(
    '- sku: { glob: "AGR-*" }',
    '- { vendor: Rabe, country: [BE], property: { name: Source }, priority: "${PRIORITY:-7}" }',
  );
  writeFileSync(file, text);
  expect(loadConfig(file, lookup).suppliers[0]?.rules[1]).toEqual({
    priority: 7,
    conditions: expect.arrayContaining([
      { kind: "vendor", vendors: ["Rabe"] },
      { kind: "country", countries: ["BE"] },
      { kind: "property", name: "Source", value: null },
    ]),
  });
});

test("what works, and may not do what was meant, is a warning with line, column and path", () => {
  const file = join(folder, "handler.yaml");
  const text = readFileSync(new URL("handler.yaml", root), "utf8")
    .replace("- sku: { prefix: FOU }", '- sku: { prefix: "AGR-9" }')
    .replace("- vendor: [Agriest, Kramp]", "- vendor: [Agriest, Kramp]\n      - vendor: agriest");
  writeFileSync(file, text);
  const lineOf = (what: string): number => text.split("\n").findIndex((one) => one.includes(what)) + 1;
  expect(loadConfig(file, lookup).warnings).toEqual([
    {
      line: lineOf("- vendor: agriest"),
      column: 9,
      path: "suppliers.agriest.rules[1]",
      message: "it never decides anything: whatever it matches, agriest.rules[0] wins",
    },
    {
      line: lineOf("AGR-9"),
      column: 9,
      path: "suppliers.fournial.rules[1]",
      message: expect.stringContaining("an SKU of both sku glob agr-* and sku prefix agr-9") as unknown,
    },
  ]);
  expect(loadConfig(new URL("handler.yaml", root).pathname, lookup).warnings).toEqual([]);
});

test("two suppliers with the same server and folder are an error at the second", () => {
  expect(
    problem(
      /[\s\S]*/,
      readFileSync(new URL("handler.yaml", root), "utf8")
        .replace("${FTP_FOURNIAL_HOST}", "${FTP_AGRIEST_HOST}")
        .replace("path: /orders", "path: /in"),
    ),
  ).toMatch(/suppliers\.fournial\.folders\.orders\.path: the supplier agriest has the same server and folder/);
});

test("answers may lie in the folder of our orders where their names cannot be taken for them", () => {
  expect(problem('path: /OUT, match: "AR_*.xml"', 'path: /IN, match: "AR_*.xml"')).toBe("no problem");
});

test("two suppliers that read one folder with patterns that may match one file are an error", () => {
  const shared = readFileSync(new URL("handler.yaml", root), "utf8")
    .replace("${FTP_FOURNIAL_HOST}", "${FTP_AGRIEST_HOST}")
    .replace("path: /out", "path: /OUT");
  expect(problem(/[\s\S]*/, shared)).toMatch(
    /suppliers\.fournial\.folders\.acknowledgements\.match: the supplier agriest reads the same folder/,
  );
});

test("all problems are told at once, in the order of the file", () => {
  const lines = problem(
    /[\s\S]*/,
    readFileSync(new URL("handler.yaml", root), "utf8")
      .replace("siret:", "sirt:")
      .replace("path: /IN", "path: IN")
      .replace('password: "${FTP_AGRIEST', 'passwort: "${FTP_AGRIEST'),
  ).split("\n");
  expect(lines.join("\n")).toMatch(
    /buyer\.sirt: unknown key[^]*transport\.password: [^]*transport\.passwort: unknown key[^]*orders\.path: /,
  );
  expect(lines.map((line) => Number(line.split(":")[0]))).toEqual(
    lines.map((line) => Number(line.split(":")[0])).toSorted((a, b) => a - b),
  );
});

/** The example with another `document` for agriest; the error's text, or "no problem". */
function documentProblem(document: string, files: Readonly<Record<string, string>> = {}): string {
  Object.entries(files).forEach(([name, content]) => writeFileSync(join(folder, name), content));
  const text = readFileSync(new URL("handler.yaml", root), "utf8");
  const file = join(folder, "handler.yaml");
  const changed = text.replace(/format: order-xml/, document);
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
  try {
    loadConfig(file, lookup, documentProblems);
  } catch (error) {
    return error instanceof ConfigError ? error.message.replaceAll(`${folder}/`, "") : `not a ConfigError: ${String(error)}`;
  }
  return "no problem";
}

const SETTINGS = "format: template\n      template: { file: own.xml.liquid }";
const ANSWERS = "format: order-xml\n      answers: { format: csv, columns: { order_number: A, status: B }";

test("a template is read at the start, with its defaults by its name", () => {
  expect(documentProblem(SETTINGS, { "own.xml.liquid": "<a>{{ number }}</a>" })).toBe("no problem");
  const config = loadConfig(join(folder, "handler.yaml"), lookup, documentProblems);
  expect(config.suppliers[0]?.document.template).toEqual({
    file: "own.xml.liquid",
    source: "<a>{{ number }}</a>",
    mediaType: "application/xml",
    escape: "xml",
    purposes: ["original"],
  });
});

test("the templates that the reference names are ready to use", () => {
  const config = loadConfig(new URL("reference.yaml", root).pathname, lookup, documentProblems);
  expect(config.suppliers.find((one) => one.id === "lacour")?.document).toMatchObject({
    template: { file: "lacour.csv.liquid", mediaType: "text/csv", escape: "none" },
    answers: { form: { kind: "xml", lines: "Lignes/Ligne" }, fields: { line: "@numero" } },
  });
});

test.each([
  [
    "a template that is missing",
    "format: template",
    {},
    /handler\.yaml:\d+:\d+: suppliers\.agriest\.document\.template: expected the template/,
  ],
  [
    "a template of another format",
    "format: order-xml\n      template: { file: own.xml.liquid }",
    {},
    /suppliers\.agriest\.document\.template: the format order-xml has no template/,
  ],
  [
    "a template file that is missing",
    SETTINGS,
    {},
    /handler\.yaml:\d+:\d+: suppliers\.agriest\.document\.template\.file: the file own\.xml\.liquid cannot be read: ENOENT/,
  ],
  [
    "a template that does not parse",
    SETTINGS,
    { "own.xml.liquid": "<a>\n{{ number | nope }}</a>" },
    /handler\.yaml:\d+:\d+: suppliers\.agriest\.document\.template\.file: template own\.xml\.liquid line 2: undefined filter: nope/,
  ],
  [
    "a template that reads files",
    SETTINGS,
    { "own.xml.liquid": "{% include 'x' %}" },
    /template\.file: template own\.xml\.liquid line 1: tag "include" not found/,
  ],
  [
    "purposes without original",
    "format: template\n      template: { file: own.xml.liquid, purposes: [change] }",
    {},
    /document\.template\.purposes: expected original among them/,
  ],
  [
    "a schema that is missing",
    "format: order-xml\n      schema: own.xsd",
    {},
    /handler\.yaml:\d+:\d+: suppliers\.agriest\.document\.schema: the file own\.xsd cannot be read/,
  ],
  [
    "a schema that is none",
    "format: order-xml\n      schema: own.xsd",
    { "own.xsd": "<a/>" },
    /handler\.yaml:\d+:\d+: suppliers\.agriest\.document\.schema: the schema own\.xsd cannot be used/,
  ],
  [
    "a schema for documents that are no XML",
    "format: template\n      template: { file: own.csv.liquid }\n      schema: own.xsd",
    { "own.csv.liquid": "a", "own.xsd": "<a/>" },
    /document\.schema: a schema is for XML, and the documents are text\/csv/,
  ],
  [
    "answers without their number",
    "format: order-xml\n      answers: { format: csv, columns: { status: B } }",
    {},
    /document\.answers\.columns\.order_number: /,
  ],
  ["answers with an unknown meaning", `${ANSWERS}, statuses: { OK: yes } }`, {}, /document\.answers\.statuses\.OK: .*accepted/],
  ["answers with half a date", `${ANSWERS}, date: dd/MM }`, {}, /document\.answers\.date: expected day, month and year/],
  [
    "answers without a header, by name",
    `${ANSWERS}, header: false }`,
    {},
    /answers\.columns\.order_number: expected a column's number/,
  ],
  [
    "answers by paths that are none",
    "format: order-xml\n      answers: { format: xml, paths: { order_number: //A, status: B } }",
    {},
    /document\.answers\.paths\.order_number: expected names of elements below the root/,
  ],
])("%s is an error with line, column and path", (_what, document, files, message) => {
  expect(documentProblem(document, files)).toMatch(message);
});
