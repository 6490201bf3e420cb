import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { expect, test } from "vitest";
import { cases } from "../../../domain/test/cases.ts";
import { BadDocument } from "../../../domain/delivery/failure.ts";
import { oneLine } from "../../single-lines.ts";
import { createLanguage } from "../../language.ts";
import { plainContent, plainLine } from "../../test/contents.ts";
import { plainSettings } from "../../test/settings.ts";
import { formatContract } from "../../test/contract.ts";
import { readXml } from "../../xml-read.ts";
import { places } from "./places.ts";

const language = createLanguage(plainSettings);
const render = language.write;
const content = plainContent;

const schema = XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(new URL("./order-xml.xsd", import.meta.url))));

function validate(bytes: Uint8Array): void {
  using document = XmlDocument.fromBuffer(bytes);
  schema.validate(document);
}

formatContract({
  format: "order-xml",
  places,
  validate: (bytes) => {
    validate(bytes);
    return true;
  },
  answers: true,
});

test("a purchase order is the golden file, validates, and is the same bytes every time", () => {
  const { bytes, mediaType } = render(content());
  expect(mediaType).toBe("application/xml");
  expect(render(content()).bytes.equals(bytes)).toBe(true);
  validate(bytes);
  expect(bytes.toString("utf8")).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <Order version="1">
      <Number>SE1001-1</Number>
      <DocumentVersion>1</DocumentVersion>
      <Purpose>original</Purpose>
      <Kind>dropship</Kind>
      <Test>false</Test>
      <IssuedAt>2027-01-10T12:00:00.000Z</IssuedAt>
      <OrderedAt>2027-01-10T08:00:00.000Z</OrderedAt>
      <ShopOrder>#1001</ShopOrder>
      <Buyer>
        <Name>Sermat Équipement</Name>
        <Account>C004512</Account>
        <Siret>12345678901234</Siret>
        <Vat>FR12345678901</Vat>
        <Phone>+33300000000</Phone>
      </Buyer>
      <Supplier>
        <Name>Agriest</Name>
      </Supplier>
      <Customer>
        <Name>Jeanne Martin</Name>
        <Email>jeanne@example.com</Email>
      </Customer>
      <DeliverTo>
        <Company>GAEC du Val</Company>
        <Name>Jeanne Martin</Name>
        <Street>12 rue des Prés</Street>
        <Zip>35000</Zip>
        <City>Rennes</City>
        <Country>FR</Country>
        <Phone>+33612345678</Phone>
      </DeliverTo>
      <Shipping>
        <Code>MES</Code>
        <Title>Standard</Title>
      </Shipping>
      <Notes>
        <Note>Appeler avant</Note>
      </Notes>
      <Products>
        <Product line="1">
          <SKU>AGR-1</SKU>
          <Description>Dent de herse</Description>
          <Quantity>2</Quantity>
          <Note>Gravure: GAEC</Note>
        </Product>
      </Products>
    </Order>
    "
  `);
});

test("what XML cannot carry is left out, and noted", () => {
  expect(render(content({ notes: ["a\u0000b\u0001", "c\r\nd"] })).notes).toEqual([
    "characters that XML cannot carry were left out: 2",
  ]);
  expect(render(content()).notes).toEqual([]);
});

test("there is no price in it", () => {
  expect(render(content()).bytes.toString("utf8")).not.toMatch(/price|amount|cost|EUR|12\.50/i);
});

/** Char of https://www.w3.org/TR/xml/#charsets */
function isLegalInXml(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    [0x9, 0xa, 0xd].includes(code) || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000
  );
}

test("any text at all gives a document that validates and reads back as XML can carry it", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom("<", "&", "]]>", "\u0000", "\ud800", "\r", "\n", "é", "🚜", '"') }),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      const { bytes } = render(content({ notes: [`x${text}`], customer: { name: text, email: text, language: null } }));
      validate(bytes);
      using document = XmlDocument.fromBuffer(bytes);
      const carried = (one: string): string => [...one.replace(/\r\n?/g, "\n")].filter(isLegalInXml).join("");
      const expected = carried(text);
      expect(document.get("/Order/Customer/Name")?.content ?? "").toBe(oneLine(carried(text.replaceAll(/[\v\f]/g, " "))));
      expect(document.get("/Order/Notes/Note")?.content).toBe(`x${expected}`);
    }),
    { numRuns: cases(1_000) },
  );
});

test("absent fields are left out, and what remains validates", () => {
  const bare = content({
    deliverTo: null,
    shipping: null,
    notes: [],
    buyer: { ...content().buyer, siret: null, vat: null, phone: null, account: null },
  });
  const { bytes } = render(bare);
  validate(bytes);
  expect(bytes.toString("utf8")).not.toMatch(/DeliverTo|Shipping|Notes|Siret/);
});

test.each([
  ["no lines", { lines: [] }],
  ["a SKU of illegal characters only", { lines: [plainLine({ supplierSku: "\u0001" })] }],
])("%s is a bad document, for a person", (_what, over) => {
  expect(() => render(content(over))).toThrow(BadDocument);
});

const answer = (body: string): Buffer =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Acknowledgement version="1">${body}</Acknowledgement>`);

test("an acknowledgement with lines is read whole, and validates", () => {
  const bytes = answer(
    "<Number>AR-77</Number><OrderNumber>SE1001-1</OrderNumber><DocumentVersion>1</DocumentVersion><Status>changed</Status><Reason>rupture &amp; délai</Reason>" +
      '<Lines><Line number="1"><Confirmed>1</Confirmed><Backordered>1</Backordered><PromisedDate>2027-01-20</PromisedDate></Line></Lines>',
  );
  validate(bytes);
  expect(language.read(bytes)).toEqual({
    ok: true,
    message: {
      kind: "acknowledgement",
      acknowledgement: {
        reference: "AR-77",
        purchaseOrder: "SE1001-1",
        version: 1,
        status: "changed",
        reason: "rupture & délai",
        lines: [{ number: 1, confirmed: 1, backordered: 1, cancelled: null, promisedOn: "2027-01-20" }],
      },
    },
  });
});

test.each([
  ["2027-01-20T10:00:00Z", "2027-01-20T10:00:00Z"],
  ["2027-01-20T10:00:00+01:00", "2027-01-20T09:00:00Z"],
  ["2027-01-20T10:00:00", "2027-01-20T10:00:00Z"],
])("a shipment of %s was at %s", (written, meant) => {
  const read = language.read(
    Buffer.from(
      `<Shipment version="1"><Number>BL-1</Number><OrderNumber>SE1001-1</OrderNumber><ShippedAt>${written}</ShippedAt><Lines><Line number="1"><Quantity>2</Quantity></Line></Lines></Shipment>`,
    ),
  );
  expect(read).toMatchObject({ ok: true, message: { despatchAdvice: { shippedAt: Date.parse(meant), reference: "BL-1" } } });
});

test("an order number that looks like a number stays text", () => {
  expect(language.read(answer("<OrderNumber>007</OrderNumber><Status>accepted</Status>"))).toMatchObject({
    ok: true,
    message: { kind: "acknowledgement", acknowledgement: { purchaseOrder: "007" } },
  });
});

test("characters written by number are the characters; a written reference stays text", () => {
  const xml = (number: string) =>
    `<Acknowledgement version="1"><OrderNumber>${number}</OrderNumber><Status>accepted</Status><Reason>&#201;puis&#xE9; &amp;#233;</Reason></Acknowledgement>`;
  expect(language.read(Buffer.from(xml("SE&#49;001-1")))).toMatchObject({
    ok: true,
    message: { kind: "acknowledgement", acknowledgement: { purchaseOrder: "SE1001-1", reason: "Épuisé &#233;" } },
  });
});

test("windows-1252 and UTF-16 are read by what the file declares", () => {
  const text =
    '<?xml version="1.0" encoding="windows-1252"?><Acknowledgement version="1"><OrderNumber>1</OrderNumber><Status>rejected</Status><Reason>épuisé</Reason></Acknowledgement>';
  expect(language.read(Buffer.from(text, "latin1"))).toMatchObject({
    ok: true,
    message: { acknowledgement: { reason: "épuisé" } },
  });
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text.replace("windows-1252", "UTF-16"), "utf16le")]);
  expect(language.read(utf16)).toMatchObject({ ok: true, message: { acknowledgement: { reason: "épuisé" } } });
});

test.each([
  ["empty", "", /one root|well-formed/],
  ["cut off", "<Acknowledgement><OrderNumber>1</Ord", /well-formed/],
  ["two roots", "<Acknowledgement/><Acknowledgement/>", /root|well-formed/],
  [
    "another document",
    "<Invoice><Number>1</Number></Invoice>",
    /expected <Acknowledgement> or <Shipment> or <Stock>, found <Invoice>/,
  ],
  [
    "an unknown status",
    "<Acknowledgement><OrderNumber>1</OrderNumber><Status>maybe</Status></Acknowledgement>",
    /Acknowledgement\/Status/,
  ],
  ["a missing number", "<Acknowledgement><Status>accepted</Status></Acknowledgement>", /Acknowledgement\/OrderNumber/],
  [
    "a quantity that is none",
    '<Acknowledgement><OrderNumber>1</OrderNumber><Status>changed</Status><Lines><Line number="1"><Confirmed>-1</Confirmed></Line></Lines></Acknowledgement>',
    /Confirmed/,
  ],
  [
    "a document type",
    '<!DOCTYPE x [<!ENTITY e "boom">]><Acknowledgement><OrderNumber>&e;</OrderNumber><Status>accepted</Status></Acknowledgement>',
    /document type/,
  ],
  ["nesting without end", `${"<a>".repeat(5_000)}${"</a>".repeat(5_000)}`, /./],
])("an answer that is %s is not readable, with the reason", (_what, text, reason) => {
  const read = language.read(Buffer.from(text));
  expect(read).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
});

test("bytes that are not text in the declared encoding are not readable", () => {
  expect(readXml(Uint8Array.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toEqual({
    ok: false,
    reason: "not text in utf-8",
  });
});
