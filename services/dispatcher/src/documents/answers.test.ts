// Acknowledgements in a supplier's own CSV or XML, read as its configuration describes them.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../domain/test/cases.ts";
import { applyAcknowledgement, type Acknowledgement } from "../domain/answers/acknowledgement.ts";
import type { AnswerMapping } from "../domain/purchase-order/document.ts";
import { readAnswer } from "./answers.ts";
import { lacourAnswers } from "./formats/template/test/lacour.ts";

const HEADER = "COMMANDE;VERSION;LIGNE;REFERENCE;STATUT;QTE_CDE;QTE_CONF;QTE_RELIQUAT;QTE_ANNULEE;DATE_PREVUE;MOTIF;NUM_AR";
const csv = (...rows: readonly string[]): Buffer => Buffer.from([HEADER, ...rows, ""].join("\r\n"));

function read(bytes: Uint8Array, mapping: AnswerMapping = lacourAnswers): Acknowledgement {
  const answer = readAnswer(bytes, mapping);
  if (!answer.ok || answer.message.kind !== "acknowledgement") {
    throw new Error(answer.ok ? answer.message.kind : answer.reason);
  }
  return answer.message.acknowledgement;
}
const reason = (bytes: Uint8Array, mapping: AnswerMapping = lacourAnswers): string => {
  const answer = readAnswer(bytes, mapping);
  return answer.ok ? "it was read" : answer.reason;
};

test("several rows of one purchase order are one answer", () => {
  const bytes = csv("SE1001-1;1;1;AGR-1;OK;2;2;0;0;20/01/2027;;AR-77", "SE1001-1;1;2;;ok;3;1,000;2;;5/2/2027;retard;AR-77");
  expect(read(bytes)).toEqual({
    reference: "AR-77",
    purchaseOrder: "SE1001-1",
    version: 1,
    status: "accepted",
    onlyNamed: true,
    reason: "retard",
    lines: [
      { number: 1, confirmed: 2, backordered: 0, cancelled: 0, promisedOn: "2027-01-20" },
      { number: 2, confirmed: 1, backordered: 2, cancelled: null, promisedOn: "2027-02-05" },
    ],
  });
});

test("lines accepted and lines rejected are a change, in which the rejected ones are cancelled whole", () => {
  const answer = read(csv("SE1001-1;;1;;OK;2;2;;;;;", "SE1001-1;;2;;KO;3;;;;;plus fabriqué;"));
  expect(answer.status).toBe("changed");
  const lines = [line(1, 2), line(2, 3)];
  expect(applyAcknowledgement(lines, answer)).toMatchObject({
    kind: "applied",
    lines: [
      { number: 1, confirmed: 2, cancelled: 0 },
      { number: 2, confirmed: 0, cancelled: 3 },
    ],
  });
});

test("a file that rejects some lines, with or without their units, does not reject those of which it says nothing", () => {
  expect(read(csv("SE1001-1;;2;;KO;;;;3;;;"))).toMatchObject({ status: "changed", lines: [{ number: 2, cancelled: 3 }] });
  const answer = read(csv("SE1001-1;;2;;KO;;;;;;;"));
  expect(answer.status).toBe("changed");
  expect(applyAcknowledgement([line(1, 2), line(2, 3)], answer)).toMatchObject({
    closed: false,
    lines: [
      { number: 1, confirmed: 0, cancelled: 0 },
      { number: 2, confirmed: 0, cancelled: 3 },
    ],
  });
});

test.each([
  ["accepts", "SE1001-1;;2;;OK;;;;;;;", { confirmed: 3, cancelled: 0 }],
  ["changes", "SE1001-1;;2;;OK;;1;2;;;;", { confirmed: 1, backordered: 2 }],
  ["rejects", "SE1001-1;;2;;KO;;;;;;;", { confirmed: 0, cancelled: 3 }],
])("a file that %s one line leaves the others open, unless the supplier names only what it changes", (_what, row, second) => {
  const lines = [line(1, 2), line(2, 3)];
  const bytes = csv(row);
  expect(applyAcknowledgement(lines, read(bytes))).toMatchObject({ kind: "applied", lines: [line(1, 2), second] });
  const answered = [{ ...line(1, 2), confirmed: 1, backordered: 1 }, line(2, 3)];
  expect(applyAcknowledgement(answered, read(bytes))).toMatchObject({ lines: [answered[0], second] });
  const brief: AnswerMapping = { ...lacourAnswers, unnamed: "confirmed" };
  expect(applyAcknowledgement(lines, read(bytes, brief))).toMatchObject({ lines: [{ confirmed: 2 }, second] });
});

test("a file that names no line answers for all of them", () => {
  expect(applyAcknowledgement([line(1, 2), line(2, 3)], read(csv("SE1001-1;;;;OK;;;;;;;")))).toMatchObject({
    lines: [{ confirmed: 2 }, { confirmed: 3 }],
  });
});

test("a line that is changed says to what: without a quantity or a date it would be confirmed whole", () => {
  const mapping: AnswerMapping = { ...lacourAnswers, statuses: { OK: "accepted", PARTIEL: "changed" } };
  expect(reason(csv("SE1001-1;;1;;OK;;;;;;;", "SE1001-1;;2;;PARTIEL;3;;;;;;"), mapping)).toBe(
    'row 3, column "QTE_CONF": is empty, and PARTIEL does not say how many',
  );
  const { confirmed: _, ...fields } = mapping.fields;
  expect(reason(csv("SE1001-1;;2;;PARTIEL;3;2;;;;;"), { ...mapping, fields })).toBe(
    'row 2, column "STATUT": "PARTIEL" comes without a quantity: name its column in document.answers',
  );
  expect(read(csv("SE1001-1;;2;;PARTIEL;;;;;20/01/2027;;"), mapping).lines).toMatchObject([{ promisedOn: "2027-01-20" }]);
  expect(read(csv("SE1001-1;;2;;PARTIEL;3;2;;;;;"), mapping).lines).toMatchObject([{ confirmed: 2 }]);
});

test("rejected without line or units is the whole purchase order", () => {
  expect(read(csv("SE1001-1;;;;KO;;;;;;compte bloqué;"))).toMatchObject({
    status: "rejected",
    lines: [],
    reason: "compte bloqué",
  });
});

test("a line without a number is found by its SKU", () => {
  const answer = read(csv("SE1001-1;;;agr-2;OK;;1;2;;;;"));
  expect(answer.lines).toEqual([{ number: null, sku: "agr-2", confirmed: 1, backordered: 2, cancelled: null, promisedOn: null }]);
  const lines = [line(1, 2, ["AGR-1"]), line(2, 3, ["X-9", "AGR-2"])];
  expect(applyAcknowledgement(lines, answer)).toMatchObject({
    kind: "applied",
    lines: [
      { number: 1, confirmed: 0 },
      { number: 2, confirmed: 1, backordered: 2 },
    ],
  });
  expect(applyAcknowledgement([line(1, 2, ["AGR-1"])], answer)).toEqual({
    kind: "contradiction",
    reason: "the SKU agr-2 is not on purchase order SE1001-1",
  });
  expect(applyAcknowledgement([line(1, 2, ["AGR-2"]), line(2, 2, ["AGR-2"])], answer)).toEqual({
    kind: "contradiction",
    reason: "the SKU agr-2 is on lines 1 and 2 of purchase order SE1001-1",
  });
});

const line = (number: number, ordered: number, skus: readonly string[] = []) => ({
  number,
  skus,
  ordered,
  confirmed: 0,
  backordered: 0,
  shipped: 0,
  cancelled: 0,
  promisedOn: null,
});

test("the order of the columns, further columns and the case of their names do not matter; 007 stays 007", () => {
  const narrow = { ...lacourAnswers, fields: { order_number: "commande", status: "Statut" } };
  expect(read(Buffer.from("x;STATUT;y;COMMANDE\n1;OK;2;007\n"), narrow)).toMatchObject({
    purchaseOrder: "007",
    status: "accepted",
  });
});

test("without a header, columns are numbers", () => {
  const mapping: AnswerMapping = {
    ...lacourAnswers,
    form: { kind: "csv", delimiter: ",", quote: null, header: false, encoding: "utf-8" },
    fields: { order_number: "2", status: "1", reason: "3" },
  };
  expect(read(Buffer.from('OK,SE1001-1,"so"\n'), mapping)).toMatchObject({ purchaseOrder: "SE1001-1", reason: '"so"' });
  expect(reason(Buffer.from("OK,,\n"), mapping)).toBe("row 1, column 2: is empty");
});

test.each(["windows-1252", "iso-8859-1"] as const)("%s is read as such", (encoding) => {
  const mapping: AnswerMapping = { ...lacourAnswers, form: { kind: "csv", delimiter: ";", quote: '"', header: true, encoding } };
  const bytes = Buffer.from(`${HEADER}\nSE1001-1;;;;KO;;;;;;épuisé;\n`, "latin1");
  expect(read(bytes, mapping).reason).toBe("épuisé");
});

test("a byte order mark is no part of the header", () => {
  expect(read(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), csv("SE1001-1;;;;OK;;;;;;;")])).purchaseOrder).toBe("SE1001-1");
});

test("what Excel writes is read whatever the configuration says of it: UTF-16 with a byte order mark, a first line that names the delimiter", () => {
  const rows = "SE1001-1,,,,OK,,,,,,épuisé,";
  const text = `sep=,\r\n${HEADER.replaceAll(";", ",")}\r\n${rows}\r\n`;
  const little = Buffer.from(`\u{feff}${text}`, "utf16le");
  for (const bytes of [Buffer.from(text), little, Buffer.from(little).swap16(), Buffer.from(`\u{feff}${text}`)]) {
    expect(read(bytes)).toMatchObject({ purchaseOrder: "SE1001-1", status: "accepted", reason: "épuisé" });
  }
  const latin: AnswerMapping = {
    ...lacourAnswers,
    form: { kind: "csv", delimiter: ";", quote: '"', header: true, encoding: "windows-1252" },
  };
  expect(read(little, latin).reason).toBe("épuisé");
  // Rows are counted as the spreadsheet shows them.
  expect(reason(Buffer.from(text.replace(",OK,", ",BOF,")))).toContain("row 2");
});

test.each([
  ["nothing", Buffer.from(""), "an empty file"],
  ["a header only", csv(), "no row"],
  ["another file", Buffer.from("a;b\n1;2\n"), 'the header has no column "COMMANDE"'],
  ["a column twice", Buffer.from("COMMANDE;COMMANDE;STATUT\n1;2;OK\n"), 'the header has the column "COMMANDE" twice'],
  [
    "an unknown status",
    csv("SE1;;1;;OK;;;;;;;", "SE1;;2;;BOF;;;;;;;"),
    'row 3, column "STATUT": "BOF" is none of OK, KO, RECU: name it in document.answers.statuses',
  ],
  ["no number", csv(";;;;OK;;;;;;;"), 'row 2, column "COMMANDE": is empty'],
  ["no status", csv("SE1;;;;;;;;;;;"), 'row 2, column "STATUT": is empty'],
  ["a quantity that is none", csv("SE1;;1;;OK;;2.5;;;;;"), 'row 2, column "QTE_CONF": expected a whole number, found "2.5"'],
  [
    "a date that is none",
    csv("SE1;;1;;OK;;;;;31/02/2027;;"),
    'row 2, column "DATE_PREVUE": expected a date dd/MM/yyyy, found "31/02/2027"',
  ],
  [
    "two purchase orders",
    csv("SE1;;1;;OK;;;;;;;", "SE2;;1;;OK;;;;;;;"),
    'row 3, column "COMMANDE": "SE2", where row 2 has "SE1": expected one answer per file',
  ],
  ["two rows, one of no line", csv("SE1;;1;;OK;;;;;;;", "SE1;;;;OK;;;;;;;"), 'row 3, column "LIGNE": is empty'],
  [
    "lines only received, others answered",
    csv("SE1;;1;;RECU;;;;;;;", "SE1;;2;;OK;;;;;;;"),
    'row 3, column "STATUT": some lines are only received, others answered',
  ],
  ["a quote that does not end", csv('SE1;;1;;OK;;;;;;"x;'), /^not readable CSV: .*[Qq]uote/],
  ["a row without end", csv(`SE1;;1;;OK;;;;;;${"x".repeat(100_000)};`), /^not readable CSV: Max Record Size/],
  ["too many rows", csv(...Array.from({ length: 10_001 }, (_, n) => `SE1;;${n};;OK;;;;;;;`)), "more than 10000 rows"],
  ["too many bytes", Buffer.alloc(600 * 1024, "a"), "larger than 524288 bytes"],
  ["another encoding", Buffer.from(`${HEADER}\nSE1;;;;OK;;;;;;\u00e9;`, "latin1"), /^not text in utf-8/],
])("%s is not read, with row and column", (_what, bytes, message) => {
  const expected = typeof message === "string" ? new RegExp(`^${RegExp.escape(message)}$`) : message;
  expect(reason(bytes)).toMatch(expected);
});

const xmlMapping: AnswerMapping = {
  form: { kind: "xml", lines: "Lignes/Ligne" },
  fields: {
    order_number: "Entete/Commande",
    status: "Statut",
    reference: "@numero",
    line: "@no",
    confirmed: "Qte",
    promised_date: "Date",
  },
  statuses: { OK: "accepted", KO: "rejected" },
  date: "yyyyMMdd",
  unnamed: "open",
};

test("XML: by paths below the line, and else below the root", () => {
  const xml = `<AR numero="77"><Entete><Commande>SE1001-1</Commande></Entete><Statut>OK</Statut>
    <Lignes><Ligne no="1"><Qte unit="C62">2</Qte></Ligne><Ligne no="2"><Qte>3.0</Qte><Date>20270120</Date></Ligne></Lignes></AR>`;
  expect(read(Buffer.from(xml), xmlMapping)).toEqual({
    reference: "77",
    purchaseOrder: "SE1001-1",
    version: null,
    status: "accepted",
    onlyNamed: true,
    reason: null,
    lines: [
      { number: 1, confirmed: 2, backordered: null, cancelled: null, promisedOn: null },
      { number: 2, confirmed: 3, backordered: null, cancelled: null, promisedOn: "2027-01-20" },
    ],
  });
});

test.each([
  ["without lines", "<AR><Entete><Commande>1</Commande></Entete><Statut>?</Statut></AR>", '<AR>, Statut: "?" is none of OK, KO'],
  [
    "with lines",
    '<AR><Entete><Commande>1</Commande></Entete><Statut>OK</Statut><Lignes><Ligne no="1"/><Ligne no="x"/></Lignes></AR>',
    'Lignes/Ligne 2, @no: expected a whole number, found "x"',
  ],
  ["that is another document", "<Invoice/>", "<Invoice>, Statut: is empty"],
  ["that is none", "<AR", "not well-formed XML"],
  ["with a document type", "<!DOCTYPE x><AR/>", "a document type declaration is not accepted"],
])("XML %s: what cannot be read is named by its path", (_what, xml, message) => {
  expect(reason(Buffer.from(xml), xmlMapping)).toContain(message);
});

test("any bytes at all are read or refused with a reason", () => {
  const pieces = fc.constantFrom(HEADER, "\r\n", ";", '"', "SE1001-1", "OK", "KO", "1", "20/01/2027", "\u0000", "é", "<AR>");
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(pieces, { maxLength: 60 }).map((all) => Buffer.from(all.join(""))),
  );
  fc.assert(
    fc.property(bytes, fc.constantFrom(lacourAnswers, xmlMapping), (one, mapping) => {
      const answer = readAnswer(one, mapping);
      expect(answer.ok || answer.reason.length > 0).toBe(true);
    }),
    { numRuns: cases(1_000) },
  );
});
