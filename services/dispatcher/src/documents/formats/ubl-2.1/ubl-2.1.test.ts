import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cases } from "../../../domain/test/cases.ts";
import type { Content } from "../../../domain/purchase-order/content.ts";
import type { Message } from "../../../domain/answers/message.ts";
import { BadDocument } from "../../../domain/delivery/failure.ts";
import { createLanguage } from "../../language.ts";
import { fullContent, generatedContents, plainContent, plainLine } from "../../test/contents.ts";
import { plainSettings } from "../../test/settings.ts";
import { findInXml, formatContract } from "../../test/contract.ts";
import { messageIn } from "../../test/messages.ts";
import { publishedFolder, publishedSamples, publishedSchema } from "../../test/published.ts";
import { namespaces, places } from "./places.ts";

const language = createLanguage({ ...plainSettings, format: "ubl-2.1" });
const validate = publishedSchema("ubl-2.1", (root) => `xsd/maindoc/UBL-${root}-2.1.xsd`);

formatContract({
  format: "ubl-2.1",
  places,
  namespaces,
  validate,
  answers: true,
});

const write = (content: Content): string => language.write(content).bytes.toString("utf8");

const shown = (content: Content, path: string): readonly string[] => findInXml(language.write(content).bytes, path, namespaces);

test("a purchase order is the golden file", () => {
  validate(language.write(plainContent()).bytes);
  expect(write(plainContent())).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
      <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
      <cbc:ID>SE1001-1</cbc:ID>
      <cbc:CopyIndicator>false</cbc:CopyIndicator>
      <cbc:IssueDate>2027-01-10</cbc:IssueDate>
      <cbc:IssueTime>12:00:00Z</cbc:IssueTime>
      <cbc:OrderTypeCode>dropship</cbc:OrderTypeCode>
      <cbc:CustomerReference>#1001</cbc:CustomerReference>
      <cbc:LineCountNumeric>1</cbc:LineCountNumeric>
      <cac:AdditionalDocumentReference>
        <cbc:ID>SE1001-1</cbc:ID>
        <cbc:DocumentTypeCode>order</cbc:DocumentTypeCode>
        <cbc:VersionID>1</cbc:VersionID>
        <cbc:DocumentStatusCode>NoStatus</cbc:DocumentStatusCode>
      </cac:AdditionalDocumentReference>
      <cac:AdditionalDocumentReference>
        <cbc:ID>#1001</cbc:ID>
        <cbc:IssueDate>2027-01-10</cbc:IssueDate>
        <cbc:IssueTime>08:00:00Z</cbc:IssueTime>
        <cbc:DocumentTypeCode>customer-order</cbc:DocumentTypeCode>
      </cac:AdditionalDocumentReference>
      <cac:BuyerCustomerParty>
        <cbc:SupplierAssignedAccountID>C004512</cbc:SupplierAssignedAccountID>
        <cac:Party>
          <cac:PartyName>
            <cbc:Name>Sermat Équipement</cbc:Name>
          </cac:PartyName>
          <cac:PartyTaxScheme>
            <cbc:CompanyID>FR12345678901</cbc:CompanyID>
            <cac:TaxScheme>
              <cbc:ID>VAT</cbc:ID>
            </cac:TaxScheme>
          </cac:PartyTaxScheme>
          <cac:PartyLegalEntity>
            <cbc:RegistrationName>Sermat Équipement</cbc:RegistrationName>
            <cbc:CompanyID schemeID="0009">12345678901234</cbc:CompanyID>
          </cac:PartyLegalEntity>
          <cac:Contact>
            <cbc:Telephone>+33300000000</cbc:Telephone>
          </cac:Contact>
        </cac:Party>
      </cac:BuyerCustomerParty>
      <cac:SellerSupplierParty>
        <cac:Party>
          <cac:PartyName>
            <cbc:Name>Agriest</cbc:Name>
          </cac:PartyName>
        </cac:Party>
      </cac:SellerSupplierParty>
      <cac:OriginatorCustomerParty>
        <cac:Party>
          <cac:PartyName>
            <cbc:Name>Jeanne Martin</cbc:Name>
          </cac:PartyName>
          <cac:Contact>
            <cbc:ElectronicMail>jeanne@example.com</cbc:ElectronicMail>
          </cac:Contact>
        </cac:Party>
      </cac:OriginatorCustomerParty>
      <cac:Delivery>
        <cac:DeliveryAddress>
          <cbc:StreetName>12 rue des Prés</cbc:StreetName>
          <cbc:CityName>Rennes</cbc:CityName>
          <cbc:PostalZone>35000</cbc:PostalZone>
          <cac:Country>
            <cbc:IdentificationCode>FR</cbc:IdentificationCode>
          </cac:Country>
        </cac:DeliveryAddress>
        <cac:DeliveryParty>
          <cac:PartyName>
            <cbc:Name>GAEC du Val</cbc:Name>
          </cac:PartyName>
          <cac:Contact>
            <cbc:Name>Jeanne Martin</cbc:Name>
            <cbc:Telephone>+33612345678</cbc:Telephone>
          </cac:Contact>
        </cac:DeliveryParty>
        <cac:Shipment>
          <cbc:ID>SE1001-1</cbc:ID>
          <cbc:ShippingPriorityLevelCode>MES</cbc:ShippingPriorityLevelCode>
          <cbc:Information>Standard</cbc:Information>
          <cbc:DeliveryInstructions>Appeler avant</cbc:DeliveryInstructions>
        </cac:Shipment>
      </cac:Delivery>
      <cac:OrderLine>
        <cbc:Note>Gravure: GAEC</cbc:Note>
        <cac:LineItem>
          <cbc:ID>1</cbc:ID>
          <cbc:Quantity unitCode="C62">2</cbc:Quantity>
          <cac:Item>
            <cbc:PackSizeNumeric>1</cbc:PackSizeNumeric>
            <cbc:Name>Dent de herse</cbc:Name>
            <cac:BuyersItemIdentification>
              <cbc:ID>AGR-1</cbc:ID>
            </cac:BuyersItemIdentification>
            <cac:SellersItemIdentification>
              <cbc:ID>AGR-1</cbc:ID>
            </cac:SellersItemIdentification>
          </cac:Item>
        </cac:LineItem>
      </cac:OrderLine>
    </Order>
    "
  `);
});

test("a cancellation is the golden file", () => {
  const content = plainContent({ purpose: "cancellation", version: 2 });
  validate(language.write(content).bytes);
  expect(write(content)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <OrderCancellation xmlns="urn:oasis:names:specification:ubl:schema:xsd:OrderCancellation-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
      <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
      <cbc:ID>SE1001-1</cbc:ID>
      <cbc:CopyIndicator>false</cbc:CopyIndicator>
      <cbc:IssueDate>2027-01-10</cbc:IssueDate>
      <cbc:IssueTime>12:00:00Z</cbc:IssueTime>
      <cbc:CancellationNote>Purchase order SE1001-1 is cancelled.</cbc:CancellationNote>
      <cac:OrderReference>
        <cbc:ID>SE1001-1</cbc:ID>
        <cbc:CustomerReference>#1001</cbc:CustomerReference>
        <cbc:OrderTypeCode>dropship</cbc:OrderTypeCode>
      </cac:OrderReference>
      <cac:AdditionalDocumentReference>
        <cbc:ID>SE1001-1</cbc:ID>
        <cbc:DocumentTypeCode>order</cbc:DocumentTypeCode>
        <cbc:VersionID>2</cbc:VersionID>
        <cbc:DocumentStatusCode>Cancelled</cbc:DocumentStatusCode>
      </cac:AdditionalDocumentReference>
      <cac:AdditionalDocumentReference>
        <cbc:ID>#1001</cbc:ID>
        <cbc:IssueDate>2027-01-10</cbc:IssueDate>
        <cbc:IssueTime>08:00:00Z</cbc:IssueTime>
        <cbc:DocumentTypeCode>customer-order</cbc:DocumentTypeCode>
      </cac:AdditionalDocumentReference>
      <cac:BuyerCustomerParty>
        <cbc:SupplierAssignedAccountID>C004512</cbc:SupplierAssignedAccountID>
        <cac:Party>
          <cac:PartyName>
            <cbc:Name>Sermat Équipement</cbc:Name>
          </cac:PartyName>
          <cac:PartyTaxScheme>
            <cbc:CompanyID>FR12345678901</cbc:CompanyID>
            <cac:TaxScheme>
              <cbc:ID>VAT</cbc:ID>
            </cac:TaxScheme>
          </cac:PartyTaxScheme>
          <cac:PartyLegalEntity>
            <cbc:RegistrationName>Sermat Équipement</cbc:RegistrationName>
            <cbc:CompanyID schemeID="0009">12345678901234</cbc:CompanyID>
          </cac:PartyLegalEntity>
          <cac:Contact>
            <cbc:Telephone>+33300000000</cbc:Telephone>
          </cac:Contact>
        </cac:Party>
      </cac:BuyerCustomerParty>
      <cac:SellerSupplierParty>
        <cac:Party>
          <cac:PartyName>
            <cbc:Name>Agriest</cbc:Name>
          </cac:PartyName>
        </cac:Party>
      </cac:SellerSupplierParty>
      <cac:OriginatorCustomerParty>
        <cac:Party>
          <cac:PartyName>
            <cbc:Name>Jeanne Martin</cbc:Name>
          </cac:PartyName>
          <cac:Contact>
            <cbc:ElectronicMail>jeanne@example.com</cbc:ElectronicMail>
          </cac:Contact>
        </cac:Party>
      </cac:OriginatorCustomerParty>
    </OrderCancellation>
    "
  `);
});

test("with costs there is a price of each line, its amount and the sum, in the currency", () => {
  const amounts = "//*[@currencyID='EUR']";
  expect(shown(fullContent(), amounts)).toEqual(["134.40", "134.40", "33.60", "8.40", "100.80", "8.40"]);
  expect(shown(plainContent(), "//@currencyID | //cac:Price | //cac:AnticipatedMonetaryTotal")).toEqual([]);
});

test.skipIf(publishedFolder === undefined)(
  `${cases(1_000)} generated orders with costs are valid`,
  () => {
    for (const content of generatedContents({ seed: 7, count: cases(1_000), price: true })) {
      expect(validate(language.write(content).bytes)).toBe(true);
    }
  },
  60_000,
);

test.skipIf(publishedFolder === undefined)("the published definition refuses elements out of order", () => {
  const out = write(plainContent()).replace(/(<cbc:StreetName>.*\n)(\s*<cbc:CityName>.*\n)/, "$2$1");
  expect(() => validate(Buffer.from(out))).toThrow(/StreetName/);
});

describe("of an order that was sent before", () => {
  test.each([
    ["original", "NoStatus"],
    ["replacement", "Revised"],
    ["change", "Revised"],
    ["cancellation", "Cancelled"],
  ] as const)("%s: the order's status is %s, in its version", (purpose, status) => {
    const order = "//cac:AdditionalDocumentReference[cbc:DocumentTypeCode='order']";
    const own = `${order}/cbc:ID | ${order}/cbc:VersionID | ${order}/cbc:DocumentStatusCode`;
    expect(shown(fullContent({ purpose, version: 4 }), own)).toEqual(["SE1001-1", "4", status]);
  });

  test("a replacement is an order of the same number, and no copy", () => {
    const content = fullContent({ purpose: "replacement", version: 4 });
    expect(shown(content, "/*/cbc:ID | /*/cbc:CopyIndicator")).toEqual(["SE1001-1", "false"]);
  });

  test("a change names the order, has the version as its sequence, and says everything anew", () => {
    const content = fullContent({ purpose: "change", version: 4 });
    expect(shown(content, "/*/cbc:SequenceNumberID | /*/cac:OrderReference/cbc:ID")).toEqual(["4", "SE1001-1"]);
    expect(shown(content, "/*/cbc:ID")).toEqual([]);
    expect(shown(content, "//cac:LineItem/cbc:ID")).toEqual(["7", "8"]);
    expect(shown(content, "//cac:DeliveryAddress/cbc:CityName")).toEqual(["Rennes"]);
  });

  test("a cancellation names the order and says so", () => {
    const content = fullContent({ purpose: "cancellation", version: 4 });
    expect(shown(content, "/*/cac:OrderReference/cbc:ID | /*/cbc:CancellationNote")).toEqual([
      "Purchase order SE1001-1 is cancelled.",
      "SE1001-1",
    ]);
  });
});

test.each(["original", "replacement", "change", "cancellation"] as const)("no element is empty: %s", (purpose) => {
  const bare = {
    deliverTo: {
      company: "",
      name: "",
      street: "\u0001",
      street2: null,
      zip: "",
      city: "",
      province: "",
      country: "",
      phone: "",
    },
    customer: { name: "", email: "", language: "" },
    requestedDelivery: { earliest: null, latest: null },
    notes: [""],
    shipping: null,
    lines: [plainLine({ description: "", shopSku: "", notes: [" "] })],
  };
  expect(shown(plainContent({ ...bare, purpose }), "//*[not(*) and normalize-space(.)='']")).toEqual([]);
});

test("a private person is the party and its contact", () => {
  const content = plainContent();
  const alone = plainContent({ deliverTo: content.deliverTo && { ...content.deliverTo, company: null } });
  expect(shown(alone, "//cac:DeliveryParty//cbc:Name")).toEqual(["Jeanne Martin", "Jeanne Martin"]);
  expect(shown(content, "//cac:DeliveryParty//cbc:Name")).toEqual(["GAEC du Val", "Jeanne Martin"]);
});

test("a SKU of illegal characters only is a bad document, for a person", () => {
  expect(() => language.write(plainContent({ lines: [plainLine({ supplierSku: "\u0001" })] }))).toThrow(BadDocument);
});

const EXAMPLES = new URL("examples/", import.meta.url);
const example = (name: string): Message => messageIn(language, readFileSync(new URL(name, EXAMPLES)));

test.each(readdirSync(EXAMPLES))("the example %s is read, and is valid", (name) => {
  expect(name.startsWith(example(name).kind)).toBe(true);
  expect(validate(readFileSync(new URL(name, EXAMPLES)))).toBe(publishedFolder !== undefined);
});

test("a yes or no is read with its reason and the version that it answers", () => {
  expect(example("acknowledgement-rejected.xml")).toEqual({
    kind: "acknowledgement",
    acknowledgement: {
      reference: "OR-2027-0452",
      purchaseOrder: "SE1001-1",
      version: 1,
      status: "rejected",
      reason: "Épuisé, sans remplacement",
      lines: [],
    },
  });
});

test("an answer by lines is read by our line numbers, with quantities and days", () => {
  expect(example("acknowledgement-accepted.xml")).toMatchObject({
    acknowledgement: {
      version: null,
      status: "accepted",
      reason: "line 2: Livraison en deux fois",
      lines: [
        { number: 1, confirmed: 5, backordered: null, cancelled: null, promisedOn: "2027-01-14" },
        { number: 2, confirmed: 1, backordered: 1, cancelled: null, promisedOn: "2027-01-21" },
      ],
    },
  });
  expect(example("acknowledgement-changed.xml")).toMatchObject({
    acknowledgement: {
      status: "changed",
      lines: [
        { number: 1, confirmed: 3, backordered: 2 },
        { number: 2, confirmed: 0, refused: true },
      ],
    },
  });
});

test("a despatch advice is read whole", () => {
  expect(example("despatch-advice.xml")).toEqual({
    kind: "despatch-advice",
    despatchAdvice: {
      reference: "BL-2027-0077",
      purchaseOrder: "SE1001-1",
      shippedAt: Date.parse("2027-01-14T15:00:00Z"),
      expectedOn: "2027-01-18",
      carrier: "Geodis",
      tracking: [
        { number: "GEO123456789", url: null },
        { number: "GEO123456790", url: null },
      ],
      lines: [
        { number: 1, supplierSku: "AGR-1", quantity: 5, backordered: null },
        { number: 2, supplierSku: "AGR-2", quantity: 1, backordered: 1 },
      ],
    },
  });
});

test("a stock report is read whole: what comes later is not there now", () => {
  expect(example("stock-report.xml")).toEqual({
    kind: "stock-report",
    stockReport: {
      reference: "STOCK-2027-0110",
      asOf: Date.parse("2027-01-10T05:00:00Z"),
      items: [
        { supplierSku: "AGR-1", gtin: "3760012345678", quantity: 25, availableFrom: null },
        { supplierSku: "AGR-2", gtin: null, quantity: 3, availableFrom: "2027-01-25" },
        { supplierSku: "AGR-3", gtin: null, quantity: 0, availableFrom: null },
      ],
    },
  });
});

test("whichever element of an example is missing, empty, double or nonsense: it is read or refused, never thrown", () => {
  for (const name of readdirSync(EXAMPLES)) {
    const text = readFileSync(new URL(name, EXAMPLES), "utf8");
    const leaves = [...text.matchAll(/<cbc:(\w+)[^>]*>[^<]*<\/cbc:\1>/g)];
    const branches = [...new Set(text.match(/(?<=<)cac:\w+/g))].flatMap((tag) => [
      ...text.matchAll(new RegExp(`<${tag}>(?:(?!<${tag}>)[^])*?</${tag}>`, "g")),
    ]);
    expect(leaves.length + branches.length).toBeGreaterThan(5);
    for (const { 0: element, index } of [...leaves, ...branches]) {
      const tag = /^<([\w:]+)/.exec(element)?.[1] ?? "";
      for (const other of ["", `<${tag}/>`, element + element, `<${tag}>?</${tag}>`, `<${tag}><${tag}/></${tag}>`]) {
        const changed = text.slice(0, index) + other + text.slice(index + element.length);
        const read = language.read(Buffer.from(changed));
        expect(read.ok ? read.message.kind : read.reason).not.toBe("");
      }
    }
  }
});

test("docs/formats/ubl-2.1.md says the place of every field", () => {
  const page = readFileSync(new URL("../../../../../../docs/formats/ubl-2.1.md", import.meta.url), "utf8");
  const rows = page.split("\n").map((row) => row.replaceAll(/\s+/g, " "));
  for (const [field, place] of Object.entries(places)) {
    const where = typeof place === "string" ? place : "at" in place ? place.at : place.none;
    expect(rows).toContain(
      `| ${field} | \`${where
        .replace("/ubl:Order", "")
        .replace(/^\//, "")
        .replaceAll(/c[ab]c:/g, "")}\` |`,
    );
  }
});

const response = (body: string, lines = ""): Buffer =>
  Buffer.from(`<OrderResponse><ID>1</ID>${body}<OrderReference><ID>SE1001-1</ID></OrderReference>${lines}</OrderResponse>`);
const line = (number: number, code: string, more = ""): string =>
  `<OrderLine><LineItem><ID>${number}</ID>${code && `<LineStatusCode>${code}</LineStatusCode>`}${more}<Item/></LineItem></OrderLine>`;
const of = (quantity: number): string => `<Quantity>${quantity}</Quantity>`;
const code = (value: string): string => `<OrderResponseCode>${value}</OrderResponseCode>`;

test.each([
  ["AB", code("AB"), "", "received"],
  ["AP", code("AP"), "", "accepted"],
  ["AP that restates its lines", code("AP"), line(1, "", of(5)), "accepted"],
  ["AP with a refused line", code("AP"), line(1, "7"), "changed"],
  ["AP with a changed line", code("AP"), line(1, "Revised", of(3)), "changed"],
  ["RE", code("RE"), line(1, "5"), "rejected"],
  ["CA", code("CA"), line(1, "3", of(3)), "changed"],
  ["the older code for accepted", code("29"), "", "accepted"],
  ["the older code for refused", code("27"), "", "rejected"],
  ["the older code for changed lines", code("30"), line(1, "3", of(3)), "changed"],
  ["a small letter", code("ap"), "", "accepted"],
  ["nothing at all", "", "", "received"],
  ["lines without any statement", "", line(1, "NoStatus") + line(2, ""), "received"],
  ["only lines, one disputed", "", line(1, "NoStatus") + line(2, "Disputed"), "received"],
  ["only lines, all refused: of lines not named it says nothing", "", line(1, "7") + line(2, "Cancelled"), "changed"],
  ["only lines, all agreed: of lines not named it says nothing", "", line(1, "5") + line(2, "5"), "changed"],
  ["only lines, by quantities", "", line(1, "", of(2)), "changed"],
])("an OrderResponse with %s", (_what, header, lines, status) => {
  expect(language.read(response(header, lines))).toMatchObject({ ok: true, message: { acknowledgement: { status } } });
});

test.each([
  ["refused, whatever its quantity", line(1, "7", of(5)), { confirmed: 0, cancelled: null, refused: true }],
  ["disputed: nothing is confirmed", line(1, "Disputed", of(5)), { confirmed: 0, cancelled: null }],
  ["changed", line(1, "3", of(4)), { confirmed: 4 }],
  ["agreed without a quantity: all of it", line(1, "5"), { confirmed: null }],
  ["backordered", line(1, "", "<MaximumBackorderQuantity>2</MaximumBackorderQuantity>"), { confirmed: null, backordered: 2 }],
])("a line that is %s", (_what, lines, expected) => {
  expect(language.read(response(code("CA"), lines))).toMatchObject({
    ok: true,
    message: { acknowledgement: { lines: [{ number: 1, ...expected }] } },
  });
});

test("what was disputed or remarked is told as the reason", () => {
  const lines = line(1, "NoStatus") + line(2, "Disputed", "<Note>Quel modèle ?</Note>");
  expect(language.read(response("<Note>Voir ligne 2</Note><Note>Merci</Note>", lines))).toMatchObject({
    ok: true,
    message: { acknowledgement: { reason: "Voir ligne 2; Merci; line 2: disputed; line 2: Quel modèle ?" } },
  });
});

test("a day promised for the whole holds for each line without its own", () => {
  const whole = "<Delivery><PromisedDeliveryPeriod><StartDate>2027-01-20</StartDate></PromisedDeliveryPeriod></Delivery>";
  const own = "<Delivery><PromisedDeliveryPeriod><EndDate>2027-01-22+01:00</EndDate></PromisedDeliveryPeriod></Delivery>";
  expect(language.read(response(code("AP") + whole, line(1, "5") + line(2, "5", own)))).toMatchObject({
    message: { acknowledgement: { lines: [{ promisedOn: "2027-01-20" }, { promisedOn: "2027-01-22" }] } },
  });
});

test("a version that is no number of ours is not told", () => {
  const reference =
    "<OrderReference><ID>SE1001-1</ID><DocumentReference><ID>x</ID><VersionID>rev. B</VersionID></DocumentReference></OrderReference>";
  expect(language.read(Buffer.from(`<OrderResponse>${code("AP")}${reference}</OrderResponse>`))).toMatchObject({
    ok: true,
    message: { acknowledgement: { version: null } },
  });
});

const despatch = (body: string, lines: string): Buffer =>
  Buffer.from(`<DespatchAdvice><ID>BL1</ID>${body}${lines}</DespatchAdvice>`);
const despatchLine = (id: string, more = ""): string =>
  `<DespatchLine><ID>1</ID><DeliveredQuantity>2.000</DeliveredQuantity><OrderLineReference><LineID>${id}</LineID>${more}</OrderLineReference><Item><SellersItemIdentification><ID>AGR-1</ID></SellersItemIdentification></Item></DespatchLine>`;
const inLine = (number: string): string => `<OrderReference><ID>${number}</ID></OrderReference>`;

test("a despatch advice may name the order at its lines, and the article instead of our line", () => {
  expect(language.read(despatch("", despatchLine("A", inLine("SE1001-1"))))).toMatchObject({
    ok: true,
    message: {
      despatchAdvice: {
        purchaseOrder: "SE1001-1",
        shippedAt: null,
        lines: [{ number: null, supplierSku: "AGR-1", quantity: 2, backordered: null }],
      },
    },
  });
});

test("a day of despatch without a time is its start", () => {
  const day =
    "<Shipment><Delivery><Despatch><ActualDespatchDate>2027-01-14</ActualDespatchDate></Despatch></Delivery></Shipment>";
  expect(language.read(despatch(inLine("SE1001-1") + day, despatchLine("1")))).toMatchObject({
    message: { despatchAdvice: { shippedAt: Date.parse("2027-01-14T00:00:00Z") } },
  });
});

const stock = (body: string, lines: string): Buffer =>
  Buffer.from(`<StockAvailabilityReport>${body}${lines}</StockAvailabilityReport>`);
const stockLine = (quantity: string): string =>
  `<StockAvailabilityReportLine><ID>1</ID><Quantity>${quantity}</Quantity><Item/></StockAvailabilityReportLine>`;

test("a stock report without a time of day does not say as of when", () => {
  expect(language.read(stock("<IssueDate>2027-01-10</IssueDate>", stockLine("1")))).toMatchObject({
    message: { stockReport: { asOf: null } },
  });
});

test.each([
  ["an unknown code", response(code("ZZ")), /OrderResponseCode: expected AB, AP, RE or CA, found ZZ/],
  ["an unknown code of a line", response(code("CA"), line(1, "Perhaps")), /LineStatusCode: Perhaps of line 1/],
  ["a line without our number", response(code("CA"), line(1, "5").replace(">1<", ">A<")), /OrderLine: .* found A/],
  ["half a piece", response(code("CA"), line(1, "3", "<Quantity>2.5</Quantity>")), /Quantity: expected a whole number/],
  ["two orders", response(code("AP") + inLine("SE1002-1")), /OrderReference\/ID: names 2 purchase orders/],
  ["no order", Buffer.from(`<OrderResponse>${code("AP")}</OrderResponse>`), /expected the number of our purchase order/],
  [
    "neither yes nor no",
    Buffer.from(`<OrderResponseSimple><AcceptedIndicator>maybe</AcceptedIndicator>${inLine("1")}</OrderResponseSimple>`),
    /AcceptedIndicator: expected true or false/,
  ],
  ["nothing sent", despatch(inLine("1"), ""), /DespatchLine: expected at least one line/],
  ["two orders sent", despatch(inLine("1"), despatchLine("1", inLine("2"))), /names 2 purchase orders/],
  [
    "an advice taken back",
    despatch(`<DocumentStatusCode>Cancelled</DocumentStatusCode>${inLine("1")}`, despatchLine("1")),
    /takes an earlier despatch advice back/,
  ],
  [
    "neither line nor article",
    despatch(inLine("1"), despatchLine("A").replace(/<Item>.*<\/Item>/, "<Item/>")),
    /neither our line's number nor an article: A/,
  ],
  ["a negative stock", stock("", stockLine("-1")), /Quantity: expected a whole number/],
  ["no stock at all", stock("<ID>1</ID>", ""), /expected at least one line/],
  [
    "a time that is none",
    stock("<IssueDate>2027-02-30</IssueDate><IssueTime>25:00</IssueTime>", stockLine("1")),
    /IssueDate: expected a date and a time, found 2027-02-30 and 25:00/,
  ],
])("%s is not readable, with the reason", (_what, bytes, reason) => {
  expect(language.read(bytes)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
});

/** What each published sample of a kind that is read here says. */
const saidBySamples: Readonly<Record<string, object>> = {
  "UBL-OrderResponse-2.1-Example.xml": {
    kind: "acknowledgement",
    acknowledgement: {
      purchaseOrder: "34",
      status: "received",
      reason: "Information text for the whole order response; line 2: disputed",
    },
  },
  "UBL-OrderResponseSimple-2.1-Example.xml": {
    kind: "acknowledgement",
    acknowledgement: { purchaseOrder: "34", status: "accepted" },
  },
  "UBL-DespatchAdvice-2.0-Example.xml": {
    kind: "despatch-advice",
    despatchAdvice: {
      purchaseOrder: "AEG012345",
      lines: [{ number: 1, supplierSku: "17589683", quantity: 90, backordered: 10 }],
    },
  },
  "UBL-StockAvailabilityReport-2.1-Example.xml": {
    kind: "stock-report",
    stockReport: {
      items: [
        { supplierSku: "ZZ738", quantity: 0, availableFrom: "2010-04-20" },
        { supplierSku: "K0058", quantity: 80, availableFrom: null },
        { supplierSku: "PK009", quantity: 0, availableFrom: null },
      ],
    },
  },
};

test.skipIf(publishedFolder === undefined)("the published samples of what is read here are read", () => {
  const samples = publishedSamples("ubl-2.1/samples", /OrderResponse|DespatchAdvice|StockAvailability/);
  const read = Object.fromEntries(samples.map(([name, bytes]) => [name, language.read(bytes)]));
  const expected = Object.entries(saidBySamples).map(([name, message]) => [name, { ok: true, message }] as const);
  expect(read).toMatchObject(Object.fromEntries(expected));
  expect(Object.keys(read).toSorted()).toEqual(Object.keys(saidBySamples).toSorted());
});
