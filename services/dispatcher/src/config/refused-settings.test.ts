// Settings of handler.yaml that are wrong: each is refused with its place and what was expected.
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { problem, root, useFolder } from "./test/handler-yaml.ts";

useFolder();

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

test("a time zone that does not exist is an error", () => {
  expect(problem("buyer:", "calendars: { fr: { timezone: Europe/Vitre } }\nbuyer:")).toMatch(
    /calendars\.fr\.timezone: expected a time zone, such as Europe\/Paris/,
  );
});
