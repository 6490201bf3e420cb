import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { expect, test } from "vitest";
import type { Content } from "../domain/content.ts";
import { BadDocument } from "../domain/failure.ts";
import { formatOf } from "./registry.ts";
import { readXml } from "./xml-read.ts";

const schema = new URL("./formats/order-xml/order-xml.xsd", import.meta.url);
const format = formatOf("order-xml");

function validate(bytes: Uint8Array): void {
  using xsd = XmlDocument.fromBuffer(readFileSync(schema));
  using validator = XsdValidator.fromDoc(xsd);
  using document = XmlDocument.fromBuffer(bytes);
  validator.validate(document);
}

const content = (over: Partial<Content> = {}): Content => ({
  number: "SE1001-1",
  version: 1,
  purpose: "original",
  test: false,
  issuedAt: Date.parse("2027-01-10T12:00:00Z"),
  orderedAt: Date.parse("2027-01-10T09:00:00+01:00"),
  shopOrder: "#1001",
  customerOrderNumber: null,
  buyer: {
    name: "Sermat Équipement",
    siret: "12345678901234",
    vat: "FR12345678901",
    phone: "+33300000000",
    email: null,
    account: "C004512",
  },
  supplierName: "Agriest",
  customer: { name: "Jeanne Martin", email: "jeanne@example.com" },
  deliverTo: {
    company: "GAEC du Val",
    name: "Jeanne Martin",
    street: "12 rue des Prés",
    street2: null,
    zip: "35000",
    city: "Rennes",
    province: null,
    country: "FR",
    phone: "+33612345678",
  },
  shipping: { code: "MES", title: "Standard" },
  notes: ["Appeler avant"],
  lines: [
    { number: 1, supplierSku: "AGR-1", shopSku: "AGR-1", description: "Dent de herse", quantity: 2, notes: ["Gravure: GAEC"] },
  ],
  ...over,
});

test("a purchase order is the golden file, validates, and is the same bytes every time", () => {
  const { bytes, mediaType } = format.render(content());
  expect(mediaType).toBe("application/xml");
  expect(format.render(content()).bytes.equals(bytes)).toBe(true);
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

test("there is no price in it", () => {
  expect(format.render(content()).bytes.toString("utf8")).not.toMatch(/price|amount|cost|EUR|12\.50/i);
});

/** Char of https://www.w3.org/TR/xml/#charsets */
function isLegalInXml(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    [0x9, 0xa, 0xd].includes(code) || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000
  );
}

const awkward: readonly (readonly [string, string])[] = [
  ["markup", 'Pièces & <Co> "d\'Armor" ]]>'],
  ["emoji", "Ferme 🚜 du Val 👩🏽‍🌾"],
  ["control characters", "a\u0000b\u0001c\u001fd\u007fe"],
  ["lone surrogates", "x\ud800y\udc00z"],
  ["right to left", "مزرعة الوادي"],
  ["300 characters", "é".repeat(300)],
  ["line ends", "one\r\ntwo\rthree\nfour\tfive"],
  ["entities", "&amp; &lt;x&gt; &#0; &bogus;"],
  ["noncharacters", "a\ufffeb\uffffc"],
  ["spaces", "  padded  "],
  ["numbers", "007"],
  ["a line end, something illegal, a line end", "a\r\ud800\nb"],
  ["a replacement character, which is legal", "a\ufffdb"],
];

test.each(awkward)("%s in every text: the document validates and reads back the same", (_what, text) => {
  const everywhere = content({
    customer: { name: text, email: text },
    deliverTo: {
      company: text,
      name: text,
      street: text,
      street2: text,
      zip: text,
      city: text,
      province: text,
      country: "FR",
      phone: null,
    },
    notes: [text],
    lines: [{ number: 1, supplierSku: text, shopSku: `shop ${text}`, description: text, quantity: 1, notes: [text] }],
  });
  const { bytes } = format.render(everywhere);
  validate(bytes);
  // What XML 1.0 cannot carry is left out; everything else survives.
  const expected = [...text.replace(/\r\n?/g, "\n")].filter(isLegalInXml).join("");
  using document = XmlDocument.fromBuffer(bytes);
  for (const path of [
    "/Order/Customer/Name",
    "/Order/DeliverTo/Company",
    "/Order/DeliverTo/Street2",
    "/Order/Notes/Note",
    "/Order/Products/Product/SKU",
    "/Order/Products/Product/Note",
  ]) {
    expect([path, document.get(path)?.content]).toEqual([path, expected]);
  }
});

test("any text at all gives a document that validates and reads back as XML can carry it", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom("<", "&", "]]>", "\u0000", "\ud800", "\r", "\n", "é", "🚜", '"') }),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      const { bytes } = format.render(content({ notes: [`x${text}`], customer: { name: text, email: text } }));
      validate(bytes);
      using document = XmlDocument.fromBuffer(bytes);
      const expected = [...text.replace(/\r\n?/g, "\n")].filter(isLegalInXml).join("");
      expect(document.get("/Order/Customer/Name")?.content).toBe(expected);
      expect(document.get("/Order/Notes/Note")?.content).toBe(`x${expected}`);
    }),
    { numRuns: 1_000 },
  );
});

test("absent fields are left out, and what remains validates", () => {
  const bare = content({
    deliverTo: null,
    shipping: null,
    notes: [],
    buyer: { name: "Sermat", siret: null, vat: null, phone: null, email: null, account: null },
  });
  const { bytes } = format.render(bare);
  validate(bytes);
  expect(bytes.toString("utf8")).not.toMatch(/DeliverTo|Shipping|Notes|Siret/);
});

test.each([
  ["no lines", { lines: [] }],
  [
    "a SKU of illegal characters only",
    { lines: [{ number: 1, supplierSku: "\u0001", shopSku: "", description: "x", quantity: 1, notes: [] }] },
  ],
])("%s is a bad document, for a person", (_what, over) => {
  expect(() => format.render(content(over))).toThrow(BadDocument);
});

const answer = (body: string): Buffer =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Acknowledgement version="1">${body}</Acknowledgement>`);

test("an acknowledgement with lines is read whole, and validates", () => {
  const bytes = answer(
    "<Number>AR-77</Number><OrderNumber>SE1001-1</OrderNumber><DocumentVersion>1</DocumentVersion><Status>changed</Status><Reason>rupture &amp; délai</Reason>" +
      '<Lines><Line number="1"><Confirmed>1</Confirmed><Backordered>1</Backordered><PromisedDate>2027-01-20</PromisedDate></Line></Lines>',
  );
  validate(bytes);
  expect(format.readAcknowledgement(bytes)).toEqual({
    ok: true,
    answer: {
      reference: "AR-77",
      purchaseOrder: "SE1001-1",
      version: 1,
      status: "changed",
      reason: "rupture & délai",
      lines: [{ number: 1, confirmed: 1, backordered: 1, cancelled: null, promisedOn: "2027-01-20" }],
    },
  });
});

test("an order number that looks like a number stays text", () => {
  expect(format.readAcknowledgement(answer("<OrderNumber>007</OrderNumber><Status>accepted</Status>"))).toMatchObject({
    ok: true,
    answer: { purchaseOrder: "007" },
  });
});

test("characters written by number are the characters; a written reference stays text", () => {
  const xml = (number: string) =>
    `<Acknowledgement version="1"><OrderNumber>${number}</OrderNumber><Status>accepted</Status><Reason>&#201;puis&#xE9; &amp;#233;</Reason></Acknowledgement>`;
  expect(format.readAcknowledgement(Buffer.from(xml("SE&#49;001-1")))).toMatchObject({
    ok: true,
    answer: { purchaseOrder: "SE1001-1", reason: "Épuisé &#233;" },
  });
});

test("windows-1252 and UTF-16 are read by what the file declares", () => {
  const text =
    '<?xml version="1.0" encoding="windows-1252"?><Acknowledgement version="1"><OrderNumber>1</OrderNumber><Status>rejected</Status><Reason>épuisé</Reason></Acknowledgement>';
  expect(format.readAcknowledgement(Buffer.from(text, "latin1"))).toMatchObject({ ok: true, answer: { reason: "épuisé" } });
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text.replace("windows-1252", "UTF-16"), "utf16le")]);
  expect(format.readAcknowledgement(utf16)).toMatchObject({ ok: true, answer: { reason: "épuisé" } });
});

test.each([
  ["empty", "", /one root|well-formed/],
  ["cut off", "<Acknowledgement><OrderNumber>1</Ord", /well-formed/],
  ["two roots", "<Acknowledgement/><Acknowledgement/>", /root|well-formed/],
  ["another document", "<Invoice><Number>1</Number></Invoice>", /expected <Acknowledgement>, found <Invoice>/],
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
  const read = format.readAcknowledgement(Buffer.from(text));
  expect(read).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
});

test("bytes that are not text in the declared encoding are not readable", () => {
  expect(readXml(Uint8Array.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toEqual({
    ok: false,
    reason: "not text in utf-8",
  });
});
