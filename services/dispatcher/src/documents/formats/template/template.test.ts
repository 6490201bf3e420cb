import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { XmlDocument } from "libxml2-wasm";
import { expect, test } from "vitest";
import { cases } from "../../../domain/test/cases.ts";
import type { Content } from "../../../domain/purchase-order/content.ts";
import { BadDocument, DocumentHeld } from "../../../domain/delivery/failure.ts";
import { createLanguage } from "../../language.ts";
import { fullContent, plainContent, plainLine } from "../../test/contents.ts";
import { formatContract } from "../../test/contract.ts";
import { oneLine } from "../../single-lines.ts";
import { xmlText } from "../../xml-text.ts";
import { lacourCsvPlaces, plainXmlPlaces } from "./places.ts";
import { fixedWidth, lacourCsv, plainXml } from "./test/lacour.ts";

formatContract({
  format: "template",
  settings: plainXml,
  places: plainXmlPlaces,
  validate: (bytes) => {
    XmlDocument.fromBuffer(bytes).dispose();
    return true;
  },
  answers: true,
});

const records = (bytes: Uint8Array): readonly Readonly<Record<string, string>>[] =>
  parse(bytes, { delimiter: ";", columns: true });

formatContract({
  format: "template",
  settings: lacourCsv,
  places: lacourCsvPlaces,
  find: (bytes, column) => records(bytes).map((record) => record[column] ?? ""),
  validate: (bytes) => {
    records(bytes); // csv-parse throws where a row has more or fewer fields than the header.
    return true;
  },
  answers: true,
});

test("lacour.csv.liquid: the golden file", () => {
  const { bytes, mediaType } = createLanguage(lacourCsv).write(plainContent());
  expect(mediaType).toBe("text/csv");
  expect(bytes.toString("utf8").split("\n").slice(1)).toEqual([
    "SE1001-1;1;original;10/01/2027;10/01/2027 09:00;0;#1001;;C004512;GAEC du Val;Jeanne Martin;12 rue des Prés;;35000;Rennes;;FR;+33612345678;;Jeanne Martin;jeanne@example.com;;;MES;;Appeler avant;1;AGR-1;AGR-1;;Dent de herse;2;C62;1;;Gravure: GAEC;;",
    "",
  ]);
});

test("fixed-width.txt.liquid: each record is 80 characters wide", () => {
  const { bytes } = createLanguage(fixedWidth).write(plainContent({ notes: [], lines: [plainLine({ notes: ["a\nb"] })] }));
  expect(bytes.toString("utf8")).toBe(
    [
      "CDESE1001-1       20270110C004512   35000    Jeanne Martin                      ",
      "LIGSE1001-1       0001AGR-1               0000002C62a b                         ",
      "FINSE1001-1       0001                                                          ",
      "",
    ].join("\n"),
  );
});

test("fixed-width: a text too long for its column holds the purchase order, with the line of the template; nothing is cut", () => {
  const sku = "A".repeat(21);
  const write = () => createLanguage(fixedWidth).write(plainContent({ lines: [plainLine({ supplierSku: sku })] }));
  expect(write).toThrow(DocumentHeld);
  expect(write).toThrow(`template fixed-width.txt.liquid line 7: "${sku}" has 21 characters, and its column takes 20`);
});

test("fixed-width: a line without the supplier's SKU, which the template requires, cannot be written", () => {
  const write = () => createLanguage(fixedWidth).write(plainContent({ lines: [plainLine({ supplierSku: "" })] }));
  expect(write).toThrow(BadDocument);
  expect(write).toThrow(/line 1, .* has no SKU/);
});

test("what a template requires and is not there holds the purchase order", () => {
  const source = 'X{{ deliver_to.street2 | required: "the second line of the street" }}';
  expect(() => filled(source)).not.toThrow();
  const bare = { deliverTo: { ...fullContent().deliverTo!, street2: null } };
  expect(() => filled(source, { content: bare })).toThrow(DocumentHeld);
  expect(() => filled(source, { content: bare })).toThrow("the second line of the street is missing");
});

test("any text in a field gives a CSV that reads back the same", () => {
  const language = createLanguage(lacourCsv);
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('"', ";", "\n", "\r", " ", "\ufeff", "'", "=", "é", "🚜", "\ud800") }),
  );
  fc.assert(
    fc.property(anyText, anyText, (first, second) => {
      const content = plainContent({
        shopOrder: first,
        customer: { name: second, email: null, language: null },
        lines: [plainLine({ description: first }), plainLine({ number: 2, description: second })],
      });
      const read = records(language.write(content).bytes);
      const carried = (text: string): string => oneLine(xmlText(text.replaceAll(/[\v\f]/g, " ")));
      expect(read.map((one) => [one["REF_BOUTIQUE"], one["CLIENT"], one["DESIGNATION"]])).toEqual([
        [carried(first), carried(second), carried(first)],
        [carried(first), carried(second), carried(second)],
      ]);
    }),
    { numRuns: cases(1_000) },
  );
});

/** What an XML or text template makes of the full content. */
function filled(source: string, over: { readonly content?: Partial<Content>; readonly xml?: boolean } = {}): string {
  const { content = {}, xml = false } = over;
  const template = {
    file: "t.liquid",
    source,
    mediaType: xml ? "application/xml" : "text/plain",
    escape: xml ? "xml" : "none",
  } as const;
  return createLanguage({ ...lacourCsv, template: { ...template, purposes: ["original"], header: null } })
    .write(fullContent(content))
    .bytes.toString("utf8");
}

test.each([
  ["csv", '{{ "a;b" | csv }} {{ "a,b" | csv }} {{ "a,b" | csv: "," }} {{ \'a"b\' | csv }}', '"a;b" a,b "a,b" "a""b"'],

  ["no_formula", '{{ "=1+1" | no_formula | csv }} {{ "-5" | no_formula }} {{ "5-5" | no_formula }}', "'=1+1 '-5 5-5"],
  ["pad", '{{ version | pad: 4, "left", "0" }}|{{ number | pad: 10 }}|', "0003|SE1001-1  |"],
  ["fixed", "{{ currency | fixed: 5 }}|{{ version | fixed: 2 }}|", "EUR  |3 |"],
  ["date", '{{ issued_at | date: "%d/%m/%y %H:%M:%S %%" }}', "10/01/27 12:00:00 %"],
  ["date in a zone", '{{ issued_at | date: "%Y-%m-%d %H:%M", "Pacific/Kiritimati" }}', "2027-01-11 02:00"],
  ["date of a calendar date", '{{ requested_delivery.latest | date: "%d.%m.%Y", "America/New_York" }}', "22.01.2027"],
  ["date of epoch milliseconds", '{{ 0 | date: "%Y%m%d" }}', "19700101"],
  [
    "decimal",
    '{{ net_total | decimal: 2, "," }} {{ "8" | decimal: 2 }} {{ "8.500" | decimal: 1 }} {{ "-3" | decimal: 0 }}',
    "134,40 8.00 8.5 -3",
  ],
])("filter %s", (_what, source, expected) => {
  expect(filled(source)).toBe(expected);
});

test.each([
  ["an unknown variable", "a\nb {{ deliver_to.nmae }}", "template t.liquid line 2: undefined variable: deliver_to.nmae"],
  ["an unknown variable at the top", "{{ lins }}", "line 1: undefined variable: lins"],
  ["a list", "\n\n{{ lines }}", "line 3: a list or an object cannot be printed"],
  ["an object", "{{ buyer }}", "line 1: a list or an object cannot be printed"],
  ["a date that is none", '{{ "tomorrow" | date: "%d" }}', 'line 1: date: "tomorrow" is no date'],
  ["the clock", '{{ "now" | date: "%d" }}', 'line 1: date: "now" is no date'],
  ["an unknown part of a date", '{{ issued_at | date: "%Q" }}', 'line 1: date: "%Q" is none of %d, %m, %Y'],
  ["an unknown zone", '{{ issued_at | date: "%d", "Mars/Base" }}', 'line 1: date: "Mars/Base" is no time zone'],
  ["an amount that is none", '{{ "abc" | decimal: 2 }}', 'line 1: decimal: "abc" is no decimal number'],
  ["an amount that would be rounded", '{{ "1.005" | decimal: 2 }}', "line 1: 1.005 has more than 2 decimal places"],
  ["padding that would cut", '{{ "abcdef" | pad: 3 }}', 'line 1: "abcdef" has 6 characters, and its column takes 3'],
  ["a width that is none", '{{ "abc" | fixed: "x" }}', "line 1: fixed: expected a whole number"],
  ["a delimiter that is none", '{{ "abc" | csv: ";;" }}', "line 1: csv: expected one character"],
  ["dividing by nothing", "{{ version | divided_by: 0 }}", "line 1: a calculation has no result"],
  ["writing nothing", "{% if test == false %}x{% endif %}", "renders nothing for purchase order SE1001-1"],
])("%s is a bad document, with the template's line", (_what, source, message) => {
  expect(() => filled(source)).toThrow(BadDocument);
  expect(() => filled(source)).toThrow(message);
});

test.each([
  ["half a tag", "<a><b></a>", /t\.liquid: line 1 of the document is not well-formed XML: .*mismatch/],
  ["text without an element", "hello", /line 1 of the document is not well-formed/],
  ["markup passed on raw", "<a>{{ number | append: '<' | raw }}</a>", /not well-formed/],
  [
    "another encoding than the file's",
    '<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
    /declares ISO-8859-1 and is written in utf-8/,
  ],
])("XML with %s is a bad document", (_what, source, message) => {
  expect(() => filled(source, { xml: true })).toThrow(message);
});

test("XML: every output is escaped, also what is echoed, cycled and put together", () => {
  const name = `<&>"'`;
  const source = `<a b="{{ shop_order }}">{% echo shop_order %}{% cycle shop_order %}{% assign x = shop_order | append: "<" %}{{ x }}</a>`;
  const escaped = "&lt;&amp;&gt;&quot;&apos;";
  expect(filled(source, { xml: true, content: { shopOrder: name } })).toBe(
    `<a b="${escaped}">${escaped}${escaped}${escaped}&lt;</a>`,
  );
});

test("purposes: only what the settings name is said", () => {
  const { template } = lacourCsv;
  const language = createLanguage({
    ...lacourCsv,
    template: template && { ...template, purposes: ["original", "cancellation"] },
  });
  expect(language.says).toEqual({ replacement: false, change: false, cancellation: true });
  expect(language.write(plainContent({ purpose: "cancellation" })).bytes.toString("utf8")).toContain(";cancellation;");
  expect(() => language.write(plainContent({ purpose: "change" }))).toThrow(/lacour.csv.liquid does not say change/);
});

const withHeader = (header: number | null) => {
  const { template } = lacourCsv;
  return createLanguage({
    ...lacourCsv,
    newline: "crlf",
    encoding: "windows-1252",
    template: template && { ...template, header },
  });
};

test("documents in one file: the header stands once, every line in the order of the documents, in the supplier's encoding", () => {
  const language = withHeader(1);
  const [one, two] = [plainContent({ number: "SE1-1" }), fullContent({ number: "SE2-1" })].map((content) =>
    language.write(content),
  );
  const [header, ...lines] = one!.bytes.toString("latin1").split("\r\n");
  const [, ...others] = two!.bytes.toString("latin1").split("\r\n");
  expect(language.join([one!.bytes, two!.bytes]).toString("latin1").split("\r\n")).toEqual([
    header,
    ...lines.slice(0, -1),
    ...others,
  ]);
  expect(language.join([two!.bytes])).toEqual(two!.bytes);
  expect(two!.bytes.includes(0xe9)).toBe(true); // é: one byte, before and after.
});

test("documents that do not begin with the same header are not put in one file", () => {
  const language = withHeader(2);
  const documents = ["SE1-1", "SE2-1"].map((number) => language.write(fullContent({ number })).bytes);
  expect(() => language.join(documents)).toThrow(/lacour.csv.liquid: a document does not begin with the 2 lines .* header/);
  expect(() => withHeader(null).join(documents)).toThrow(/a file of the format template holds one purchase order/);
});

test("without a mapping, an answer is not read, and the reason names the key", () => {
  const language = createLanguage({ ...lacourCsv, answers: null });
  expect(language.read(Buffer.from("x"))).toEqual({ ok: false, reason: expect.stringContaining("document.answers") });
});
