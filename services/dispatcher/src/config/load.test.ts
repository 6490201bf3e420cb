import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { ConfigError } from "@soh/shared/config";
import { expect, test } from "vitest";
import { configurationPage } from "./documentation.ts";
import { jsonSchema } from "./json-schema.ts";
import { documentProblems } from "../documents/check.ts";
import { loadConfig } from "./load.ts";
import { folder, lookup, problem, root, useFolder } from "./test/handler-yaml.ts";

useFolder();

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
