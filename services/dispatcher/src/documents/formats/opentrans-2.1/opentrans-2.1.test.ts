import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cases } from "../../../domain/test/cases.ts";
import { BadDocument, DocumentHeld } from "../../../domain/delivery/failure.ts";
import type { Acknowledgement } from "../../../domain/answers/acknowledgement.ts";
import type { Content } from "../../../domain/purchase-order/content.ts";
import type { DespatchAdvice } from "../../../domain/answers/despatch.ts";
import { createLanguage } from "../../language.ts";
import { fullContent, generatedContents, plainContent, plainLine } from "../../test/contents.ts";
import { plainSettings } from "../../test/settings.ts";
import { findInXml, formatContract } from "../../test/contract.ts";
import { acknowledgementIn, despatchAdviceIn } from "../../test/messages.ts";
import { publishedFolder, publishedSamples, publishedSchema } from "../../test/published.ts";
import { places } from "./places.ts";

const settings = { ...plainSettings, format: "opentrans-2.1" } as const;
const language = createLanguage(settings);
const validate = publishedSchema("opentrans-2.1", "xsd/opentrans_2_1.xsd");

const namespaces = { ot: "http://www.opentrans.org/XMLSchema/2.1", bme: "http://www.bmecat.org/bmecat/2005" };

formatContract({
  format: "opentrans-2.1",
  places,
  namespaces,
  validate,
  answers: true,
});

function shown(content: Content, xpath: string): readonly string[] {
  const { bytes } = language.write(content);
  validate(bytes);
  return findInXml(bytes, xpath, namespaces);
}

test("a purchase order is the golden file, and validates", () => {
  const { bytes, mediaType } = language.write(plainContent());
  validate(bytes);
  expect(mediaType).toBe("application/xml");
  expect(bytes.toString("utf8")).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <ORDER version="2.1" type="standard" xmlns="http://www.opentrans.org/XMLSchema/2.1" xmlns:bme="http://www.bmecat.org/bmecat/2005">
      <ORDER_HEADER>
        <CONTROL_INFO>
          <GENERATION_DATE>2027-01-10T12:00:00.000Z</GENERATION_DATE>
        </CONTROL_INFO>
        <ORDER_INFO>
          <ORDER_ID>SE1001-1</ORDER_ID>
          <ORDER_DATE>2027-01-10T12:00:00.000Z</ORDER_DATE>
          <PARTIES>
            <PARTY>
              <bme:PARTY_ID type="supplier_specific">C004512</bme:PARTY_ID>
              <bme:PARTY_ID type="siret">12345678901234</bme:PARTY_ID>
              <PARTY_ROLE>buyer</PARTY_ROLE>
              <ADDRESS>
                <bme:NAME>Sermat Équipement</bme:NAME>
                <bme:VAT_ID>FR12345678901</bme:VAT_ID>
                <bme:PHONE>+33300000000</bme:PHONE>
              </ADDRESS>
            </PARTY>
            <PARTY>
              <bme:PARTY_ID type="buyer_specific">Agriest</bme:PARTY_ID>
              <PARTY_ROLE>supplier</PARTY_ROLE>
              <ADDRESS>
                <bme:NAME>Agriest</bme:NAME>
              </ADDRESS>
            </PARTY>
            <PARTY>
              <bme:PARTY_ID type="buyer_specific">SE1001-1-delivery</bme:PARTY_ID>
              <PARTY_ROLE>delivery</PARTY_ROLE>
              <ADDRESS>
                <bme:NAME>GAEC du Val</bme:NAME>
                <bme:NAME2>Jeanne Martin</bme:NAME2>
                <CONTACT_DETAILS>
                  <bme:CONTACT_NAME>Jeanne Martin</bme:CONTACT_NAME>
                  <bme:PHONE>+33612345678</bme:PHONE>
                </CONTACT_DETAILS>
                <bme:STREET>12 rue des Prés</bme:STREET>
                <bme:ZIP>35000</bme:ZIP>
                <bme:CITY>Rennes</bme:CITY>
                <bme:COUNTRY_CODED>FR</bme:COUNTRY_CODED>
              </ADDRESS>
            </PARTY>
            <PARTY>
              <bme:PARTY_ID type="buyer_specific">SE1001-1-customer</bme:PARTY_ID>
              <PARTY_ROLE>customer</PARTY_ROLE>
              <ADDRESS>
                <bme:NAME>Jeanne Martin</bme:NAME>
                <bme:EMAIL>jeanne@example.com</bme:EMAIL>
              </ADDRESS>
            </PARTY>
          </PARTIES>
          <CUSTOMER_ORDER_REFERENCE>
            <ORDER_ID>#1001</ORDER_ID>
            <ORDER_DATE>2027-01-10T08:00:00.000Z</ORDER_DATE>
          </CUSTOMER_ORDER_REFERENCE>
          <ORDER_PARTIES_REFERENCE>
            <bme:BUYER_IDREF type="supplier_specific">C004512</bme:BUYER_IDREF>
            <bme:SUPPLIER_IDREF type="buyer_specific">Agriest</bme:SUPPLIER_IDREF>
            <SHIPMENT_PARTIES_REFERENCE>
              <DELIVERY_IDREF type="buyer_specific">SE1001-1-delivery</DELIVERY_IDREF>
            </SHIPMENT_PARTIES_REFERENCE>
          </ORDER_PARTIES_REFERENCE>
          <REMARKS type="transport">Appeler avant</REMARKS>
          <HEADER_UDX>
            <UDX.DROPSHIPMENT>true</UDX.DROPSHIPMENT>
            <UDX.PURPOSE>original</UDX.PURPOSE>
            <UDX.VERSION>1</UDX.VERSION>
            <UDX.SHIPPING_CODE>MES</UDX.SHIPPING_CODE>
            <UDX.SHIPPING_TITLE>Standard</UDX.SHIPPING_TITLE>
          </HEADER_UDX>
        </ORDER_INFO>
      </ORDER_HEADER>
      <ORDER_ITEM_LIST>
        <ORDER_ITEM>
          <LINE_ITEM_ID>1</LINE_ITEM_ID>
          <PRODUCT_ID>
            <bme:SUPPLIER_PID type="supplier_specific">AGR-1</bme:SUPPLIER_PID>
            <bme:BUYER_PID type="buyer_specific">AGR-1</bme:BUYER_PID>
            <bme:DESCRIPTION_SHORT>Dent de herse</bme:DESCRIPTION_SHORT>
          </PRODUCT_ID>
          <QUANTITY>2</QUANTITY>
          <bme:ORDER_UNIT>C62</bme:ORDER_UNIT>
          <REMARKS type="general">Gravure: GAEC</REMARKS>
        </ORDER_ITEM>
      </ORDER_ITEM_LIST>
      <ORDER_SUMMARY>
        <TOTAL_ITEM_NUM>1</TOTAL_ITEM_NUM>
      </ORDER_SUMMARY>
    </ORDER>
    "
  `);
});

test("a cancellation is the golden file, and validates: each item in the negative", () => {
  const { bytes } = language.write(
    plainContent({
      purpose: "cancellation",
      version: 2,
      currency: "EUR",
      netTotal: "16.80",
      incoterm: "DAP",
      lines: [plainLine({ unitCost: "8.40", netAmount: "16.80", notes: [] })],
    }),
  );
  validate(bytes);
  expect(bytes.toString("utf8")).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <ORDERCHANGE version="2.1" xmlns="http://www.opentrans.org/XMLSchema/2.1" xmlns:bme="http://www.bmecat.org/bmecat/2005">
      <ORDERCHANGE_HEADER>
        <CONTROL_INFO>
          <GENERATION_DATE>2027-01-10T12:00:00.000Z</GENERATION_DATE>
        </CONTROL_INFO>
        <ORDERCHANGE_INFO>
          <ORDER_ID>SE1001-1</ORDER_ID>
          <ORDERCHANGE_DATE>2027-01-10T12:00:00.000Z</ORDERCHANGE_DATE>
          <ORDERCHANGE_SEQUENCE_ID>1</ORDERCHANGE_SEQUENCE_ID>
          <PARTIES>
            <PARTY>
              <bme:PARTY_ID type="supplier_specific">C004512</bme:PARTY_ID>
              <bme:PARTY_ID type="siret">12345678901234</bme:PARTY_ID>
              <PARTY_ROLE>buyer</PARTY_ROLE>
              <ADDRESS>
                <bme:NAME>Sermat Équipement</bme:NAME>
                <bme:VAT_ID>FR12345678901</bme:VAT_ID>
                <bme:PHONE>+33300000000</bme:PHONE>
              </ADDRESS>
            </PARTY>
            <PARTY>
              <bme:PARTY_ID type="buyer_specific">Agriest</bme:PARTY_ID>
              <PARTY_ROLE>supplier</PARTY_ROLE>
              <ADDRESS>
                <bme:NAME>Agriest</bme:NAME>
              </ADDRESS>
            </PARTY>
            <PARTY>
              <bme:PARTY_ID type="buyer_specific">SE1001-1-delivery</bme:PARTY_ID>
              <PARTY_ROLE>delivery</PARTY_ROLE>
              <ADDRESS>
                <bme:NAME>GAEC du Val</bme:NAME>
                <bme:NAME2>Jeanne Martin</bme:NAME2>
                <CONTACT_DETAILS>
                  <bme:CONTACT_NAME>Jeanne Martin</bme:CONTACT_NAME>
                  <bme:PHONE>+33612345678</bme:PHONE>
                </CONTACT_DETAILS>
                <bme:STREET>12 rue des Prés</bme:STREET>
                <bme:ZIP>35000</bme:ZIP>
                <bme:CITY>Rennes</bme:CITY>
                <bme:COUNTRY_CODED>FR</bme:COUNTRY_CODED>
              </ADDRESS>
            </PARTY>
            <PARTY>
              <bme:PARTY_ID type="buyer_specific">SE1001-1-customer</bme:PARTY_ID>
              <PARTY_ROLE>customer</PARTY_ROLE>
              <ADDRESS>
                <bme:NAME>Jeanne Martin</bme:NAME>
                <bme:EMAIL>jeanne@example.com</bme:EMAIL>
              </ADDRESS>
            </PARTY>
          </PARTIES>
          <ORDER_PARTIES_REFERENCE>
            <bme:BUYER_IDREF type="supplier_specific">C004512</bme:BUYER_IDREF>
            <bme:SUPPLIER_IDREF type="buyer_specific">Agriest</bme:SUPPLIER_IDREF>
            <SHIPMENT_PARTIES_REFERENCE>
              <DELIVERY_IDREF type="buyer_specific">SE1001-1-delivery</DELIVERY_IDREF>
            </SHIPMENT_PARTIES_REFERENCE>
          </ORDER_PARTIES_REFERENCE>
          <bme:CURRENCY>EUR</bme:CURRENCY>
          <REMARKS type="transport">Appeler avant</REMARKS>
          <HEADER_UDX>
            <UDX.DROPSHIPMENT>true</UDX.DROPSHIPMENT>
            <UDX.PURPOSE>cancellation</UDX.PURPOSE>
            <UDX.VERSION>2</UDX.VERSION>
            <UDX.SHIPPING_CODE>MES</UDX.SHIPPING_CODE>
            <UDX.SHIPPING_TITLE>Standard</UDX.SHIPPING_TITLE>
          </HEADER_UDX>
        </ORDERCHANGE_INFO>
      </ORDERCHANGE_HEADER>
      <ORDERCHANGE_ITEM_LIST>
        <ORDER_ITEM>
          <LINE_ITEM_ID>1</LINE_ITEM_ID>
          <PRODUCT_ID>
            <bme:SUPPLIER_PID type="supplier_specific">AGR-1</bme:SUPPLIER_PID>
            <bme:BUYER_PID type="buyer_specific">AGR-1</bme:BUYER_PID>
            <bme:DESCRIPTION_SHORT>Dent de herse</bme:DESCRIPTION_SHORT>
          </PRODUCT_ID>
          <QUANTITY>-2</QUANTITY>
          <bme:ORDER_UNIT>C62</bme:ORDER_UNIT>
          <PRODUCT_PRICE_FIX>
            <bme:PRICE_AMOUNT>8.40</bme:PRICE_AMOUNT>
          </PRODUCT_PRICE_FIX>
          <PRICE_LINE_AMOUNT>-16.80</PRICE_LINE_AMOUNT>
          <CUSTOMER_ORDER_REFERENCE>
            <ORDER_ID>#1001</ORDER_ID>
            <ORDER_DATE>2027-01-10T08:00:00.000Z</ORDER_DATE>
          </CUSTOMER_ORDER_REFERENCE>
          <bme:TRANSPORT>
            <bme:INCOTERM>DAP</bme:INCOTERM>
          </bme:TRANSPORT>
        </ORDER_ITEM>
      </ORDERCHANGE_ITEM_LIST>
      <ORDERCHANGE_SUMMARY>
        <TOTAL_ITEM_NUM>1</TOTAL_ITEM_NUM>
        <TOTAL_AMOUNT>-16.80</TOTAL_AMOUNT>
      </ORDERCHANGE_SUMMARY>
    </ORDERCHANGE>
    "
  `);
});

describe("purposes", () => {
  test.each(["original", "replacement", "change", "cancellation"] as const)(
    `${cases(500)} generated orders with prices, as %s, are valid`,
    (purpose) => {
      for (const content of generatedContents({ seed: 20_261_123, count: cases(500), price: true, purpose })) {
        const { bytes } = language.write(content);
        expect(() => validate(bytes)).not.toThrow();
      }
    },
  );

  test("a replacement is an ORDER with the same number, and says so", () => {
    const content = plainContent({ purpose: "replacement", version: 2 });
    expect(shown(content, "/ot:ORDER//ot:ORDER_INFO/ot:ORDER_ID")).toEqual(["SE1001-1"]);
    expect(shown(content, "//ot:UDX.PURPOSE | //ot:UDX.VERSION")).toEqual(["replacement", "2"]);
  });

  test("a change has the new quantities and amounts, a line that is no longer wanted has zero", () => {
    const lines = [
      plainLine({ quantity: 3, unitCost: "2.00", netAmount: "6.00" }),
      plainLine({ number: 2, quantity: 0, unitCost: "2.00", netAmount: "0.00" }),
    ];
    const content = plainContent({ purpose: "change", version: 4, currency: "EUR", netTotal: "6.00", lines });
    expect(shown(content, "/ot:ORDERCHANGE//ot:ORDERCHANGE_SEQUENCE_ID")).toEqual(["3"]);
    expect(shown(content, "//ot:QUANTITY | //ot:PRICE_LINE_AMOUNT | //ot:TOTAL_AMOUNT")).toEqual([
      "3",
      "6.00",
      "0",
      "0.00",
      "6.00",
    ]);
  });

  test("of a line without units there is nothing to reverse: zero stays zero", () => {
    const lines = [plainLine({ quantity: 0, unitCost: "2.00", netAmount: "0.00" })];
    const content = plainContent({ purpose: "cancellation", version: 2, currency: "EUR", netTotal: "0.00", lines });
    expect(shown(content, "//ot:QUANTITY | //ot:PRICE_LINE_AMOUNT | //ot:TOTAL_AMOUNT")).toEqual(["0", "0.00", "0.00"]);
  });

  test("in a change, the customer's order and the incoterm stand on the items, as its header has no place for them", () => {
    const content = fullContent({ purpose: "change" });
    expect(shown(content, "//ot:ORDER_ITEM/ot:CUSTOMER_ORDER_REFERENCE/ot:ORDER_ID")).toEqual(["#1001", "#1001"]);
    expect(shown(content, "//ot:ORDER_ITEM/bme:TRANSPORT/bme:INCOTERM")).toEqual(["DAP", "DAP"]);
  });
});

describe("an order", () => {
  test("whose shipping code is express is an express order", () => {
    const shipping = { code: "EXPRESS", title: "Livraison express", carrier: null, account: null };
    expect(shown(plainContent({ shipping }), "/ot:ORDER/@type")).toEqual(["express"]);
    expect(shown(plainContent(), "/ot:ORDER/@type")).toEqual(["standard"]);
  });

  test("that is a test asks not to be processed automatically", () => {
    expect(shown(plainContent({ test: true }), "//ot:STOP_AUTOMATIC_PROCESSING")).toEqual(["test order"]);
    expect(shown(plainContent(), "//ot:STOP_AUTOMATIC_PROCESSING | //ot:UDX.TEST")).toEqual([]);
  });

  test("with a delivery window that is open to one side says that in extensions", () => {
    const content = plainContent({ requestedDelivery: { earliest: null, latest: "2027-01-22" } });
    expect(shown(content, "//ot:DELIVERY_DATE")).toEqual([]);
    expect(shown(content, "//ot:UDX.DELIVERY_EARLIEST | //ot:UDX.DELIVERY_LATEST")).toEqual(["2027-01-22"]);
  });

  test("to a person has the name first; without any name the phone stands in the address", () => {
    const to = { ...fullContent().deliverTo, street: null, street2: null, zip: null, city: null, province: null, country: "FR" };
    const person = plainContent({ deliverTo: { ...to, company: null, name: "Jeanne Martin", phone: "+33612345678" } });
    const delivery = "//ot:PARTY[ot:PARTY_ROLE='delivery']/ot:ADDRESS";
    expect(shown(person, `${delivery}/bme:NAME | ${delivery}/bme:NAME2`)).toEqual(["Jeanne Martin"]);
    const customer = { name: "", email: null, language: null };
    const nobody = plainContent({ customer, deliverTo: { ...to, company: null, name: null, phone: "+33612345678" } });
    expect(shown(nobody, `${delivery}/bme:PHONE`)).toEqual(["+33612345678"]);
    expect(shown(nobody, "//ot:PARTY[ot:PARTY_ROLE='customer']")).toEqual([]);
  });

  test("to a country that openTRANS has no code for names it", () => {
    const deliverTo = { ...plainContent().deliverTo, ...nowhere, country: "RS" };
    expect(shown(plainContent({ deliverTo }), "//bme:COUNTRY | //bme:COUNTRY_CODED")).toEqual(["RS"]);
  });

  test("to a pickup point alone refers to it as the place of delivery", () => {
    const content = plainContent({ deliverTo: null, pickupPoint: "RELAY-4711" });
    expect(shown(content, "//ot:DELIVERY_IDREF | //ot:FINAL_DELIVERY_IDREF")).toEqual(["RELAY-4711", "RELAY-4711"]);
  });

  test("of a buyer without any id refers to it by its name", () => {
    const buyer = { ...plainContent().buyer, account: null, siret: null };
    expect(shown(plainContent({ buyer }), "//bme:BUYER_IDREF")).toEqual(["Sermat Équipement"]);
  });

  test.each([
    ["3760012345678", "ean"],
    ["37600123", "ean"],
    ["376001234567", "upc"],
    ["13760012345678", "gtin"],
  ])("with the GTIN %s calls it %s", (gtin, type) => {
    expect(shown(plainContent({ lines: [plainLine({ gtin })] }), `//bme:INTERNATIONAL_PID[@type='${type}']`)).toEqual([gtin]);
  });
});

const nowhere = {
  company: null,
  name: "Jeanne",
  street: null,
  street2: null,
  zip: null,
  city: null,
  province: null,
  phone: null,
};

describe("what cannot be said is held, naming it", () => {
  test.each<[string, Partial<Content>, RegExp]>([
    [
      "a SKU too long",
      { lines: [plainLine({ supplierSku: "A".repeat(33) })] },
      /the supplier's SKU of line 1 has 33 characters, and openTRANS 2.1 takes 32/,
    ],
    ["a shop's SKU too long", { lines: [plainLine({ shopSku: "A".repeat(51) })] }, /the shop's SKU of line 1 has 51 .* takes 50/],
    ["a number too long", { number: "9".repeat(251) }, /number has 251 characters.* takes 250/],
    ["an order's name too long", { shopOrder: "9".repeat(251) }, /shop order has 251/],
    ["a hazard too long", { lines: [plainLine({ hazard: "ADR 3 ".repeat(4) })] }, /the hazard of line 1 has 23 .* takes 20/],
    [
      "a customer's name too long",
      { customer: { name: "N".repeat(51), email: null, language: null } },
      /customer.name has 51 .* takes 50/,
    ],
    ["a pickup point too long", { pickupPoint: "P".repeat(251) }, /pickup point has 251/],
    ["a buyer's name too long", { buyer: { ...plainContent().buyer, name: "B".repeat(51) } }, /buyer.name has 51/],
    ["a province too long", { deliverTo: { ...nowhere, country: "FR", province: "P".repeat(51) } }, /deliver_to.province has 51/],
    ["a unit that it lacks", { lines: [plainLine({ unit: "H87" })] }, /openTRANS 2.1 has no unit H87 \(line 1\)/],
    ["a currency that it lacks", { currency: "PLN" }, /openTRANS 2.1 has no currency PLN/],
  ])("%s", (_what, over, message) => {
    expect(() => language.write(plainContent(over))).toThrow(DocumentHeld);
    expect(() => language.write(plainContent(over))).toThrow(message);
  });

  test("characters are counted as XML Schema counts them", () => {
    const supplierSku = "🚜".repeat(32);
    expect(shown(plainContent({ lines: [plainLine({ supplierSku })] }), "//bme:SUPPLIER_PID")).toEqual([supplierSku]);
  });

  test("an extension whose name no element can have", () => {
    const odd = createLanguage({ ...settings, extras: { "my field": "1" } });
    expect(() => odd.write(plainContent())).toThrow(/document.extras: "my field" cannot name an element/);
  });

  test("a SKU of illegal characters only is a bad document", () => {
    expect(() => language.write(plainContent({ lines: [plainLine({ supplierSku: "\u0001" })] }))).toThrow(BadDocument);
  });
});

test("an extension may be written with its prefix, and counts before our own", () => {
  const own = createLanguage({ ...settings, extras: { "UDX.DROPSHIPMENT": "false", "UDX.Fournial.Depot": "7" } });
  const { bytes } = own.write(plainContent());
  validate(bytes);
  const text = bytes.toString("utf8");
  expect(text.match(/<UDX.DROPSHIPMENT>\w+/g)).toEqual(["<UDX.DROPSHIPMENT>false"]);
  expect(text).toContain("<UDX.Fournial.Depot>7</UDX.Fournial.Depot>");
});

const example = (name: string): Buffer => readFileSync(new URL(`examples/${name}.xml`, import.meta.url));

const acknowledgement = (bytes: Uint8Array): Acknowledgement => acknowledgementIn(language, bytes);
const despatchAdvice = (bytes: Uint8Array): DespatchAdvice => despatchAdviceIn(language, bytes);

describe("answers", () => {
  const names = ["accepted", "changed", "received", "rejected"].map((status) => `acknowledgement-${status}`);

  test.skipIf(publishedFolder === undefined).each([...names, "dispatch-notification"])("the example %s is valid", (name) => {
    expect(validate(example(name))).toBe(true);
  });

  test("accepted, with a line of which a part has no day yet", () => {
    expect(acknowledgement(example("acknowledgement-accepted"))).toEqual({
      reference: "AB-2027-000451",
      purchaseOrder: "SE1001-1",
      version: null,
      status: "accepted",
      reason: "line 2: Livraison en deux fois",
      lines: [
        { number: 1, confirmed: 5, backordered: null, cancelled: null, promisedOn: "2027-01-14" },
        { number: 2, confirmed: 1, backordered: 1, cancelled: null, promisedOn: "2027-01-21" },
      ],
    });
  });

  test("without a status, the quantities are what is confirmed: changed", () => {
    expect(acknowledgement(example("acknowledgement-changed"))).toMatchObject({
      status: "changed",
      reason: "line 2: Rupture chez le fabricant",
      lines: [
        { number: 1, confirmed: 5, backordered: null, cancelled: null, promisedOn: "2027-01-15" },
        { number: 2, confirmed: 0, backordered: null, cancelled: 2, promisedOn: null },
      ],
    });
  });

  test("every quantity zero: rejected, with the header's remark as the reason", () => {
    expect(acknowledgement(example("acknowledgement-rejected"))).toMatchObject({
      status: "rejected",
      reason: "Épuisé, sans remplacement",
      lines: [],
    });
  });

  test("received says nothing about the lines", () => {
    expect(acknowledgement(example("acknowledgement-received"))).toMatchObject({ status: "received", lines: [] });
  });

  const changed = (from: string | RegExp, to: string): Buffer =>
    Buffer.from(example("acknowledgement-changed").toString("utf8").replaceAll(from, to));

  test("the answer to a cancellation repeats the negative quantities: they are cancelled", () => {
    const bytes = changed(/<QUANTITY>5.0</g, "<QUANTITY>-5.0<")
      .toString("utf8")
      .replace("<QUANTITY>0<", "<QUANTITY>-2<");
    const reversed = bytes
      .replace(/<ITEM_UDX>.*?<\/ITEM_UDX>/s, "")
      .replace("</SUPPLIER_ORDER_ID>", "</SUPPLIER_ORDER_ID><ORDERCHANGE_SEQUENCE_ID>1</ORDERCHANGE_SEQUENCE_ID>");
    validate(Buffer.from(reversed));
    expect(acknowledgement(Buffer.from(reversed))).toMatchObject({
      version: 2,
      status: "changed",
      lines: [
        { number: 1, confirmed: null, cancelled: 5 },
        { number: 2, confirmed: null, cancelled: 2 },
      ],
    });
  });

  test("a date without a day, which the schema allows, promises nothing", () => {
    const bytes = changed(/<DELIVERY_(START|END)_DATE>2027-01-1\d</g, "<DELIVERY_$1_DATE>2027-01<");
    validate(bytes);
    expect(acknowledgement(bytes).lines[0]).toMatchObject({ confirmed: 5, promisedOn: null });
  });

  test.each([
    [
      "partial deliveries that are not the quantity",
      "accepted",
      "<QUANTITY>2<",
      "<QUANTITY>3<",
      /line 2 are 2 together, and its QUANTITY is 3/,
    ],
    ["half a piece", "changed", "<QUANTITY>5.0<", "<QUANTITY>4.5<", /ORDERRESPONSE_ITEM\/0\/QUANTITY: expected a whole number/],
    ["a line that is no number", "changed", "<LINE_ITEM_ID>1<", "<LINE_ITEM_ID>A<", /LINE_ITEM_ID/],
    ["an unknown status", "accepted", ">accepted<", ">maybe<", /UDX.STATUS/],
    ["a date that there is not", "changed", "2027-01-15", "2027-02-30", /DELIVERY_END_DATE/],
  ])("%s is not readable, with the place", (_what, name, from, to, reason) => {
    const text = example(`acknowledgement-${name}`).toString("utf8").replaceAll(from, to);
    expect(language.read(Buffer.from(text))).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  test("an answer without status and items is not readable", () => {
    const text = example("acknowledgement-changed")
      .toString("utf8")
      .replace(/<ORDERRESPONSE_ITEM>.*<\/ORDERRESPONSE_ITEM>/s, "");
    expect(language.read(Buffer.from(text))).toMatchObject({ ok: false, reason: expect.stringMatching(/at least one/) });
  });
});

describe("dispatch notifications", () => {
  const replaced = (from: string | RegExp, to: string): Buffer =>
    Buffer.from(example("dispatch-notification").toString("utf8").replaceAll(from, to));

  test("the example is read whole", () => {
    expect(despatchAdvice(example("dispatch-notification"))).toEqual({
      reference: "LS-2027-000812",
      purchaseOrder: "SE1001-1",
      shippedAt: Date.parse("2027-01-14T15:30:00Z"),
      expectedOn: "2027-01-16",
      carrier: "Geodis",
      tracking: [{ number: "GD0045127788", url: "https://tracking.example/GD0045127788" }],
      lines: [
        { number: 1, supplierSku: "AGR-1", quantity: 5, backordered: null },
        { number: 2, supplierSku: "AGR-2", quantity: 1, backordered: null },
      ],
    });
  });

  test("without a shipment's number, its packages are what is tracked", () => {
    const box =
      "<LOGISTIC_DETAILS_INFO><PACKAGE_INFO><PACKAGE><PACKAGE_ID type='sscc'>340123</PACKAGE_ID></PACKAGE></PACKAGE_INFO></LOGISTIC_DETAILS_INFO>";
    const bytes = replaced(/<SHIPMENT_ID>.*<\/TRACKING_TRACING_URL>/gs, box);
    validate(bytes);
    expect(despatchAdvice(bytes).tracking).toEqual([{ number: "340123", url: null }]);
  });

  test("a link without a number is kept", () => {
    const url = "https://tracking.example/GD0045127788";
    expect(despatchAdvice(replaced(/<SHIPMENT_ID>.*<\/SHIPMENT_ID>/g, "")).tracking).toEqual([{ number: url, url }]);
  });

  test.each([
    ["a day", "2027-01-14", "2027-01-14T00:00:00Z"],
    ["a day with a zone", "2027-01-14+01:00", "2027-01-14T00:00:00Z"],
    ["a time without a zone", "2027-01-14T16:30:00", "2027-01-14T16:30:00Z"],
  ])("%s is taken as UTC", (_what, written, expected) => {
    expect(despatchAdvice(replaced("2027-01-14T16:30:00+01:00", written)).shippedAt).toBe(Date.parse(expected));
  });

  test("a month tells no time of shipping", () => {
    expect(despatchAdvice(replaced("2027-01-14T16:30:00+01:00", "2027-01")).shippedAt).toBeNull();
  });

  test("one of several purchase orders is not readable, and names them", () => {
    const text = example("dispatch-notification").toString("utf8").replace("<ORDER_ID>SE1001-1<", "<ORDER_ID>SE1002-1<");
    expect(language.read(Buffer.from(text))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/SE1002-1, SE1001-1; expected one notification for each order/),
    });
  });

  test.each([
    ["an impossible time", "2027-01-14T16:30:00+01:00", "2027-13-14T16:30:00Z", /DISPATCHNOTIFICATION_DATE: expected a time/],
    ["a negative quantity", "<QUANTITY>1<", "<QUANTITY>-1<", /QUANTITY/],
  ])("%s is not readable", (_what, from, to, reason) => {
    expect(language.read(replaced(from, to))).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });
});

describe("published samples", () => {
  const samples = publishedSamples("opentrans-2.1/samples", /ORDERRESPONSE/);

  test.skipIf(publishedFolder === undefined)("are there", () => {
    expect(samples.length).toBeGreaterThan(0);
  });

  test.each(samples)("%s is read", (_name, bytes) => {
    expect(acknowledgement(bytes)).toEqual({
      reference: null,
      purchaseOrder: "GWAHJV-160131-1470",
      version: null,
      status: "changed",
      reason: null,
      lines: [1, 2, 3].map((number) => ({
        number,
        confirmed: number,
        backordered: null,
        cancelled: null,
        promisedOn: "2018-06-27",
      })),
    });
  });
});
