import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { ConfigError } from "@soh/shared/config";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configurationPage } from "./documentation.ts";
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
    transport: { host: "ftp.agriest.example", port: 21, connections: 1, timeoutMs: 30_000, trust: { by: "authority", ca: null } },
    orders: { folder: "/IN", temporary: { prefix: "", suffix: ".tmp" } },
    expectations: expect.arrayContaining([expect.objectContaining({ expect: "accepted" })]),
  });
});

test("a supplier's catalogue, price and minimum", () => {
  const [agriest] = loadConfig(new URL("reference.yaml", root).pathname, lookup).suppliers;
  expect(agriest?.wishes.price).toBe("cost");
  expect(agriest?.catalogue).toEqual({
    required: true,
    pack: "round_up",
    timezone: "Europe/Paris",
    missingCost: "hold",
    minimum: { net: { amount: "50", currency: "EUR" }, below: "combine" },
  });
  const plain = loadConfig(new URL("handler.yaml", root).pathname, lookup).suppliers[0];
  expect(plain?.wishes.price).toBe("none");
  expect(plain?.catalogue).toMatchObject({ required: false, pack: "hold", timezone: "UTC", minimum: null });
});

test("the configuration can be logged whole: no secret is in it", () => {
  const config = loadConfig(new URL("handler.yaml", root).pathname, lookup);
  expect(JSON.stringify(config) + inspect(config, { depth: null })).not.toMatch(/agriest-password|fournial-password|one,two/);
  const transport = config.suppliers[0]?.transport;
  expect(transport?.kind === "ftps" && transport.password.reveal()).toBe("agriest-password");
});

test("the committed JSON Schema is the generated one; `npm run generate` writes it", () => {
  expect(JSON.parse(readFileSync(new URL("handler.schema.json", root), "utf8"))).toEqual(JSON.parse(jsonSchema()));
});

test("docs/configuration.md is the generated one, with every key that reference.yaml shows", () => {
  const reference = readFileSync(new URL("reference.yaml", root), "utf8");
  const page = readFileSync(new URL("../docs/configuration.md", root), "utf8");
  expect(page).toBe(configurationPage(reference));
  for (const line of reference.split("\n").filter((one) => one.trim() !== "" && !one.startsWith("# "))) {
    expect(page).toContain(line);
  }
  expect(page).toContain("| `suppliers.<name>.document.format` |");
  expect(page).toContain("| `suppliers.<name>.rules[].vendor` |");
});

test.each([
  ["a wrong type", "unmatched: dispatch-rest", "unmatched: 7", /^\d+:\d+: dispatch\.unmatched: .*dispatch-rest/],
  [
    "an unknown key",
    "account: C004512",
    "acount: C004512",
    /^\d+:\d+: suppliers\.agriest\.acount: unknown key; did you mean account\?$/,
  ],
  ["an unknown key like no other", "account: C004512", "zzz: C004512", /^\d+:\d+: suppliers\.agriest\.zzz: unknown key$/],
  [
    "an unknown key far down",
    "after: archive",
    "aftr: archive",
    /folders\.acknowledgements\.aftr: unknown key; did you mean after\?$/,
  ],
  ["two letters swapped", "hold:\n", "hodl:\n", /dispatch\.hodl: unknown key; did you mean hold\?/],
  [
    "an unknown format",
    "format: order-xml",
    "format: order-xlm",
    /^\d+:\d+: suppliers\.agriest\.document\.format: expected one of "order-xml"\|.*; did you mean order-xml\?$/,
  ],
  ["a misspelt format key", "format: order-xml", "formt: order-xml", /document\.formt: unknown key; did you mean format\?/],
  [
    "a misspelt rule",
    "- vendor: [Agriest, Kramp]",
    "- vendr: [Agriest, Kramp]",
    /^\d+:\d+: suppliers\.agriest\.rules\[0\]\.vendr: unknown key; did you mean vendor\?$/,
  ],
  [
    "two holds in one",
    "- tag: attention",
    "- { tag: attention, note: present }",
    /^\d+:\d+: dispatch\.hold\[1\]\.(tag|note): this key cannot stand beside the others here$/,
  ],
  [
    "an unknown section",
    "buyer:",
    "beyer:",
    /beyer: unknown section\. Known: shops, calendars, buyer, dispatch, suppliers; did you mean buyer\?/,
  ],
  ["a date without its offset", /since: .*/, "since: 2026-12-01", /dispatch\.since: expected a time with its offset/],
  [
    "a pattern without {n}",
    'pattern: "SE{order}-{n}"',
    'pattern: "SE{order}"',
    /suppliers\.agriest\.number\.pattern: expected \{n\}/,
  ],
  ["a relative folder", "path: /IN", "path: IN", /suppliers\.agriest\.folders\.orders\.path: expected an absolute folder/],
  [
    "the same answer twice",
    "acknowledgement: { expect: accepted, within: 4h }",
    "acknowledgement: [{ expect: accepted, within: 4h }, { expect: accepted, within: 8h }]",
    /suppliers\.agriest\.acknowledgement: expected each of pickup, received and accepted once/,
  ],
  ["a deadline that is missing", "within: 4h }", "}", /suppliers\.agriest\.acknowledgement\.within: expected a deadline/],
  [
    "an unknown rule",
    '- sku: { glob: "AGR-*" }',
    '- sku: { blob: "AGR-*" }',
    /^\d+:\d+: suppliers\.agriest\.rules\[1\]\.sku\.blob: unknown key; did you mean glob\?$/,
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
    /^41:18: suppliers\.agriest\.transport\.tls\.ca: the file .*none\.pem cannot be read/,
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
    "a deadline for a cancellation that is not sent",
    "acknowledgement: { expect: accepted, within: 4h }",
    "cancel: { document: false, answer_within: 4h }",
    /^\d+:\d+: suppliers\.agriest\.cancel\.answer_within: expected no deadline, because no document is sent/,
  ],
  [
    "a cancellation that is neither sent nor not",
    "acknowledgement: { expect: accepted, within: 4h }",
    "cancel: { answer_within: 4h }",
    /^\d+:\d+: suppliers\.agriest\.cancel\.document: /,
  ],
  [
    "working time for a cancellation's answer without a calendar",
    "acknowledgement: { expect: accepted, within: 4h }",
    "cancel: { document: true, answer_within: 4 working hours }",
    /^\d+:\d+: suppliers\.agriest\.cancel\.answer_within: working time needs schedule\.calendar/,
  ],
  [
    "answers in the folder of our own orders",
    'path: /OUT, match: "AR_*.xml"',
    'path: /IN, match: "*"',
    /suppliers\.agriest\.folders\.acknowledgements\.match: it may match the purchase orders/,
  ],
  [
    "a claim of files that are kept",
    "after: archive, every",
    "after: keep, claim: rename, every",
    /suppliers\.agriest\.folders\.acknowledgements\.claim: a file that is kept is not renamed/,
  ],
  [
    "duplicates where no doubt can be",
    "temporary: { suffix: .tmp }",
    "duplicates: tolerated",
    /suppliers\.agriest\.folders\.orders\.duplicates: only commit: direct leaves a doubt/,
  ],
  [
    "a marker that has the purchase order's name",
    "temporary: { suffix: .tmp }",
    'marker: "cde_{number}_{version}.XML"',
    /suppliers\.agriest\.folders\.orders\.marker: expected another name/,
  ],
  [
    "a delivery note that has the purchase order's name",
    "temporary: { suffix: .tmp }",
    'companions: [{ delivery_note: "cde_{number}_{version}.XML" }]',
    /^\d+:\d+: suppliers\.agriest\.folders\.orders\.companions\[0\]\.delivery_note: expected another name/,
  ],
  [
    "a delivery note that has the marker's name",
    "temporary: { suffix: .tmp }",
    'marker: "{number}.ok", companions: [{ delivery_note: "{number}.ok" }]',
    /suppliers\.agriest\.folders\.orders\.companions\[0\]\.delivery_note: expected another name/,
  ],
  [
    "a delivery note without the purchase order's number",
    "temporary: { suffix: .tmp }",
    "companions: [{ delivery_note: note.pdf }]",
    /suppliers\.agriest\.folders\.orders\.companions\[0\]\.delivery_note: expected \{number\}/,
  ],
  [
    "two delivery notes",
    "temporary: { suffix: .tmp }",
    'companions: [{ delivery_note: "{number}.pdf" }, { delivery_note: "{number}-2.pdf" }]',
    /suppliers\.agriest\.folders\.orders\.companions: expected one delivery_note/,
  ],
  [
    "a delivery note beside a purchase order that is not renamed",
    "temporary: { suffix: .tmp }",
    'commit: direct, companions: [{ delivery_note: "{number}.pdf" }]',
    /suppliers\.agriest\.folders\.orders\.companions: files beside the purchase order need commit: rename/,
  ],
  [
    "a delivery note beside a file with several purchase orders",
    "    folders:\n      orders: { path: /IN,",
    '    schedule: { batch: 5 }\n    folders:\n      orders: { companions: [{ delivery_note: "{number}.pdf" }], path: /IN,',
    /suppliers\.agriest\.folders\.orders\.companions: a file with several purchase orders \(schedule\.batch\) has none beside it/,
  ],
  [
    "answers that the delivery notes may be taken for",
    /temporary: \{ suffix: \.tmp \} \}\n {6}acknowledgements: \{ path: \/OUT, match: "AR_\*\.xml"/,
    'companions: [{ delivery_note: "{number}.pdf" }] }\n      acknowledgements: { path: /IN, match: "*.pdf"',
    /suppliers\.agriest\.folders\.acknowledgements\.match: it may match the purchase orders/,
  ],
  [
    "a temporary folder that is the folder of orders",
    "temporary: { suffix: .tmp }",
    "temporary: { folder: /in }",
    /suppliers\.agriest\.folders\.orders\.temporary\.folder: it is the folder that this supplier reads its purchase orders from/,
  ],
  [
    "answers in the temporary folder of our orders",
    /temporary: \{ suffix: \.tmp \} \}\n {6}acknowledgements: \{ path: \/OUT, match: "AR_\*\.xml"/,
    'temporary: { folder: /UP } }\n      acknowledgements: { path: /UP, match: "*"',
    /suppliers\.agriest\.folders\.acknowledgements\.match: it may match the purchase orders/,
  ],
  [
    "a format with prices and no price policy",
    "format: order-xml",
    "format: cxml-1.2",
    /^\d+:\d+: suppliers\.agriest\.document\.price: the format cxml-1\.2 needs a price in each line, so expected cost/,
  ],
  [
    "a time zone that does not exist",
    "require: [deliver_to.phone]",
    "catalogue: { timezone: Europe/Vitre }",
    /suppliers\.agriest\.catalogue\.timezone: expected a time zone, such as Europe\/Paris/,
  ],
  [
    "a minimum without its currency",
    "require: [deliver_to.phone]",
    'minimum: { net: "50" }',
    /suppliers\.agriest\.minimum\.net: expected an amount and a currency/,
  ],
  [
    "a calendar that does not exist",
    "acknowledgement: { expect: accepted, within: 4h }",
    "acknowledgement: { expect: none }\n    schedule: { calendar: fr }",
    /^\d+:\d+: suppliers\.agriest\.schedule\.calendar: there is no calendar "fr"; there are none: write the section calendars/,
  ],
  [
    "working time without a calendar",
    "within: 4h",
    "within: 4 working hours",
    /suppliers\.agriest\.acknowledgement: working time needs schedule\.calendar/,
  ],
  [
    "a date to ask for without a calendar",
    "format: order-xml\n      shipping",
    "format: order-xml\n      requested_date: +3 working days\n      shipping",
    /suppliers\.agriest\.document\.requested_date: working days need schedule\.calendar/,
  ],
  [
    "send times without a calendar",
    "acknowledgement: { expect: accepted, within: 4h }",
    'acknowledgement: { expect: none }\n    schedule: { send: ["11:00"] }',
    /suppliers\.agriest\.schedule\.calendar: expected the name of a calendar/,
  ],
  [
    "several purchase orders in a file of a format that holds one",
    "format: order-xml\n      shipping",
    "format: ubl-2.1\n    schedule: { batch: 50 }\n    document2:\n      shipping",
    /suppliers\.agriest\.schedule\.batch: a file of the format ubl-2\.1 holds one purchase order; expected no batch, or one of order-xml, template/,
  ],
  [
    "several purchase orders in a file without a header",
    "format: order-xml\n      shipping",
    "format: template\n      template: { file: a.csv.liquid }\n    schedule: { batch: 50 }\n    document2:\n      shipping",
    /suppliers\.agriest\.document\.template: several purchase orders in one file \(schedule\.batch\) need `header`/,
  ],
  [
    "a file for one purchase order that is called several",
    "acknowledgement: { expect: accepted, within: 4h }",
    "acknowledgement: { expect: none }\n    schedule: { batch: 1 }",
    /suppliers\.agriest\.schedule\.batch: expected a whole number from 2 to 500/,
  ],
  [
    "a country in words",
    "- tag: attention",
    "- country: [France]",
    /dispatch\.hold\[1\].*expected a country in two capital letters/,
  ],
  ["a mode that is none", "    name: Agriest", "    name: Agriest\n    mode: dry", /suppliers\.agriest\.mode: .*live.*dry-run/],
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

test("a supplier that is told by documents and has no folder for its answers is a warning: a person records them", () => {
  const file = join(folder, "handler.yaml");
  const text = readFileSync(new URL("handler.yaml", root), "utf8")
    .replace("acknowledgement: { expect: accepted, within: 4h }", "cancel: { document: true }")
    .replace(/\n {6}acknowledgements: \{ path: \/OUT.*/, "");
  writeFileSync(file, text);
  const { suppliers, warnings } = loadConfig(file, lookup);
  expect(suppliers.map((one) => one.cancel)).toEqual([{ answerWithin: null }, null]);
  expect(warnings).toEqual([
    {
      line: text.split("\n").findIndex((one) => one.includes("cancel:")) + 1,
      column: expect.any(Number) as unknown,
      path: "suppliers.agriest.cancel",
      message: expect.stringContaining("soh notice-accepted, notice-too-late") as unknown,
    },
  ]);
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

test("two suppliers with the same server and temporary folder are an error at the second: a name could be both's", () => {
  const shared = readFileSync(new URL("handler.yaml", root), "utf8")
    .replace("${FTP_FOURNIAL_HOST}", "${FTP_AGRIEST_HOST}")
    .replace("temporary: { suffix: .tmp }", "temporary: { folder: /upload }")
    .replace('temporary: { prefix: ".part-" }', "temporary: { folder: /upload }");
  expect(problem(/[\s\S]*/, shared)).toMatch(
    /suppliers\.fournial\.folders\.orders\.temporary\.folder: the supplier agriest has the same server and temporary folder/,
  );
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
    header: null,
  });
});

test.each([
  ["name: 35", "{{ deliver_to.name }}", "name", "deliver_to.name and not deliver_to.company"],
  ["street: 35", "{{ deliver_to.street }}, {{ deliver_to.zip }}", "street", "deliver_to.street and not deliver_to.street2"],
  [
    "description: 40",
    "{% for line in lines %}{{ line.description | upcase }}{% endfor %}",
    "description",
    "line.description and not",
  ],
  ["note: 40", "{{ notes | first }}", "note", "the first of notes and not the others of notes"],
  ["note: 40", "{% for line in lines %}{{ line.notes[0] }}{% endfor %}", "note", "the first of line.notes and not the others"],
])("max: %s with the template %s is a warning: what is moved on would not be printed", (max, template, bound, message) => {
  const own = { "own.txt.liquid": `{{ number }} ${template}` };
  const document = `format: template\n      max: { ${max} }\n      template: { file: own.txt.liquid }`;
  expect(documentProblem(document, own)).toBe("no problem");
  const file = join(folder, "handler.yaml");
  const lineOf =
    readFileSync(file, "utf8")
      .split("\n")
      .findIndex((one) => one.includes("max: { ")) + 1;
  expect(loadConfig(file, lookup, documentProblems).warnings).toEqual([
    {
      line: lineOf,
      column: expect.any(Number) as unknown,
      path: `suppliers.agriest.document.max.${bound}`,
      message: expect.stringContaining(`template own.txt.liquid prints ${message}`) as unknown,
    },
  ]);
});

test.each([
  ["name: 35", "{{ deliver_to.name }} {{ deliver_to.company }}"],
  ["name: 35, overflow: hold", "{{ deliver_to.name }}"],
  ["zip: 5", "{{ deliver_to.name }}"],
  ["note: 40", "{{ deliver_to.name }}"],
  ["note: 40", '{{ notes | join: " " }}{% for line in lines %}{{ line.notes | join: " " }}{% endfor %}'],
  // It does not write the marks: nothing is known of it.
  ["name: 35", "{{ deliver_to.name | fixed: 2 }}"],
])("max: %s with the template %s is no warning", (max, template) => {
  const document = `format: template\n      max: { ${max} }\n      template: { file: own.txt.liquid }`;
  expect(documentProblem(document, { "own.txt.liquid": `{{ number }} ${template}` })).toBe("no problem");
  expect(loadConfig(join(folder, "handler.yaml"), lookup, documentProblems).warnings).toEqual([]);
});

test("the templates that the reference names are ready to use", () => {
  const config = loadConfig(new URL("reference.yaml", root).pathname, lookup, documentProblems);
  expect(config.warnings.filter(({ path }) => path.includes(".document."))).toEqual([]);
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

const inCalendar = (keys: string): string => problem("buyer:", `calendars:\n  fr: { timezone: Europe/Paris${keys} }\nbuyer:`);

test.each([
  ["no working day", ", days: []", /calendars\.fr\.days/],
  ["days that are none", ", days: lun-ven", /calendars\.fr\.days: expected days such as mon-fri/],
  ["days backwards", ", days: fri-mon", /calendars\.fr\.days: expected days such as mon-fri/],
  ["hours backwards", ", hours: 18:00-08:00", /calendars\.fr\.hours: expected hours of one day/],
  ["hours that overlap", ", hours: [08:00-12:00, 11:00-18:00]", /calendars\.fr\.hours: expected hours that do not overlap/],
  ["holidays of nowhere", ", holidays: XX", /calendars\.fr\.holidays: expected a country, such as FR/],
  ["a closure backwards", ", closed: [2027-01-03/2026-12-24]", /calendars\.fr\.closed\[0\]: expected a day or two/],
  ["a day that does not exist", ", closed: [2027-02-29]", /calendars\.fr\.closed\[0\]: expected a day or two/],
  [
    "closures that leave no year to work in",
    ", closed: [2027-01-01/2027-06-30, 2027-07-01/2028-06-30]",
    /calendars\.fr\.closed: expected closures of at most a year/,
  ],
] as const)("a calendar with %s is an error", (_what, keys, expected) => {
  expect(inCalendar(keys)).toMatch(expected);
});

test("a time zone that does not exist is an error", () => {
  expect(problem("buyer:", "calendars: { fr: { timezone: Europe/Vitre } }\nbuyer:")).toMatch(
    /calendars\.fr\.timezone: expected a time zone, such as Europe\/Paris/,
  );
});

test("calendars and schedules of the reference", () => {
  const [agriest] = loadConfig(new URL("reference.yaml", root).pathname, lookup).suppliers;
  expect(agriest).toMatchObject({
    mode: "live",
    requestedWorkingDays: 3,
    holds: [{ kind: "tag", tag: "hazardous" }],
    expectations: [{ expect: "received" }, { expect: "accepted", within: { kind: "working-time", ms: 4 * 3_600_000 } }],
    batch: { most: 50 },
    schedule: {
      calendar: { timezone: "Europe/Paris", holidays: "FR", days: [1, 2, 3, 4, 5], hours: [{ from: 480, to: 1_080 }] },
      send: { kind: "times", times: [660, 960] },
      cutOff: 840,
    },
  });
});
