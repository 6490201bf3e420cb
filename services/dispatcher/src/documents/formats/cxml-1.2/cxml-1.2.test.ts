import { readFileSync } from "node:fs";
import { XmlDocument } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import { DocumentHeld } from "../../../domain/delivery/failure.ts";
import { acknowledgementExamples } from "../../../test/fuzz/samples.ts";
import { createLanguage } from "../../language.ts";
import { fullContent, plainContent, plainLine, priced } from "../../test/contents.ts";
import { plainSettings } from "../../test/settings.ts";
import { formatContract } from "../../test/contract.ts";
import { publishedFolder, publishedDtd, publishedSamples } from "../../test/published.ts";
import { places } from "./places.ts";

const language = createLanguage({ ...plainSettings, format: "cxml-1.2" });

const validate = publishedDtd("cxml-1.2", "dtd/cXML.dtd");
const validateAnswer = publishedDtd("cxml-1.2", "dtd/Fulfill.dtd");

formatContract({
  format: "cxml-1.2",
  places,
  validate,
  answers: true,
});

test("a purchase order is the golden file", () => {
  expect(language.write(priced(plainContent())).bytes.toString("utf8")).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE cXML SYSTEM "http://xml.cXML.org/schemas/cXML/1.2.063/cXML.dtd">
    <cXML version="1.2.063" payloadID="1799582400000.SE1001-1.v1.original@shopify-order-handler" timestamp="2027-01-10T12:00:00.000Z">
      <Header>
        <From>
          <Credential domain="AccountID">
            <Identity>C004512</Identity>
          </Credential>
          <Credential domain="SIRET">
            <Identity>12345678901234</Identity>
          </Credential>
          <Credential domain="VatID">
            <Identity>FR12345678901</Identity>
          </Credential>
          <Credential domain="Name">
            <Identity>Sermat Équipement</Identity>
          </Credential>
        </From>
        <To>
          <Credential domain="Name">
            <Identity>Agriest</Identity>
          </Credential>
        </To>
        <Sender>
          <Credential domain="AccountID">
            <Identity>C004512</Identity>
          </Credential>
          <Credential domain="SIRET">
            <Identity>12345678901234</Identity>
          </Credential>
          <Credential domain="VatID">
            <Identity>FR12345678901</Identity>
          </Credential>
          <Credential domain="Name">
            <Identity>Sermat Équipement</Identity>
          </Credential>
          <UserAgent>Shopify Order Handler</UserAgent>
        </Sender>
      </Header>
      <Request deploymentMode="production">
        <OrderRequest>
          <OrderRequestHeader orderID="SE1001-1" orderDate="2027-01-10T08:00:00.000Z" type="new" orderVersion="1">
            <Total>
              <Money currency="EUR">16.80</Money>
            </Total>
            <ShipTo>
              <Address>
                <Name xml:lang="und">GAEC du Val</Name>
                <PostalAddress>
                  <DeliverTo>Jeanne Martin</DeliverTo>
                  <Street>12 rue des Prés</Street>
                  <City>Rennes</City>
                  <PostalCode>35000</PostalCode>
                  <Country isoCountryCode="FR">FR</Country>
                </PostalAddress>
                <Phone>
                  <TelephoneNumber>
                    <CountryCode isoCountryCode="FR">33</CountryCode>
                    <AreaOrCityCode>6</AreaOrCityCode>
                    <Number>12345678</Number>
                  </TelephoneNumber>
                </Phone>
              </Address>
              <TransportInformation>
                <ShippingInstructions>
                  <Description xml:lang="und">Appeler avant</Description>
                </ShippingInstructions>
              </TransportInformation>
            </ShipTo>
            <BillTo>
              <Address>
                <Name xml:lang="und">Sermat Équipement</Name>
                <Phone>
                  <TelephoneNumber>
                    <CountryCode isoCountryCode="FR">33</CountryCode>
                    <AreaOrCityCode>3</AreaOrCityCode>
                    <Number>00000000</Number>
                  </TelephoneNumber>
                </Phone>
              </Address>
              <IdReference identifier="12345678901234" domain="siret"></IdReference>
              <IdReference identifier="FR12345678901" domain="vatID"></IdReference>
            </BillTo>
            <BusinessPartner type="organization" role="soldTo">
              <Address>
                <Name xml:lang="und">Sermat Équipement</Name>
                <Phone>
                  <TelephoneNumber>
                    <CountryCode isoCountryCode="FR">33</CountryCode>
                    <AreaOrCityCode>3</AreaOrCityCode>
                    <Number>00000000</Number>
                  </TelephoneNumber>
                </Phone>
              </Address>
              <IdReference identifier="12345678901234" domain="siret"></IdReference>
              <IdReference identifier="FR12345678901" domain="vatID"></IdReference>
            </BusinessPartner>
            <Contact role="endUser">
              <Name xml:lang="und">Jeanne Martin</Name>
              <Email>jeanne@example.com</Email>
            </Contact>
            <IdReference identifier="#1001" domain="shopOrder"></IdReference>
            <Extrinsic name="orderKind">dropship</Extrinsic>
            <Extrinsic name="shippingMethodCode">MES</Extrinsic>
            <Extrinsic name="shippingMethod">Standard</Extrinsic>
          </OrderRequestHeader>
          <ItemOut quantity="2" lineNumber="1">
            <ItemID>
              <SupplierPartID>AGR-1</SupplierPartID>
              <BuyerPartID>AGR-1</BuyerPartID>
            </ItemID>
            <ItemDetail>
              <UnitPrice>
                <Money currency="EUR">8.40</Money>
              </UnitPrice>
              <Description xml:lang="und">Dent de herse</Description>
              <UnitOfMeasure>C62</UnitOfMeasure>
              <Classification domain="custom">0</Classification>
            </ItemDetail>
            <Comments xml:lang="und">Gravure: GAEC</Comments>
          </ItemOut>
        </OrderRequest>
      </Request>
    </cXML>
    "
  `);
});

test.each([
  ["original", "new"],
  ["replacement", "update"],
  ["change", "update"],
  ["cancellation", "delete"],
] as const)("%s is type %s, with its version and a payloadID of its own", (purpose, type) => {
  const text = language.write(priced(plainContent({ purpose, version: 2 }))).bytes.toString("utf8");
  expect(text).toContain(`orderID="SE1001-1" orderDate="2027-01-10T08:00:00.000Z" type="${type}" orderVersion="2"`);
  expect(text).toContain(`payloadID="1799582400000.SE1001-1.v2.${purpose}@shopify-order-handler"`);
});

test("the whole order at once or not at all is shipComplete", () => {
  expect(language.write(priced(plainContent({ partial: false }))).bytes.toString("utf8")).toContain('shipComplete="yes"');
});

test.each([
  ["+33612345678", "FR", "33", "6", "12345678"],
  ["+12133734253", "US", "1", "213", "3734253"],
  ["+15550100", "", "1", "", "5550100"],
  ["unknown", "", "", "", "unknown"],
])("the telephone number %s is in three parts", (phone, country, code, area, number) => {
  const { bytes } = language.write(priced(plainContent({ deliverTo: { ...plainContent().deliverTo, ...nowhere, phone } })));
  using document = XmlDocument.fromBuffer(bytes);
  const at = "//ShipTo/Address/Phone/TelephoneNumber";
  expect([
    document.get(`${at}/CountryCode/@isoCountryCode`)?.content,
    document.get(`${at}/CountryCode`)?.content,
    document.get(`${at}/AreaOrCityCode`)?.content,
    document.get(`${at}/Number`)?.content,
  ]).toEqual([country, code, area, number]);
});

const nowhere = {
  company: null,
  name: "Jeanne Martin",
  street: null,
  street2: null,
  zip: null,
  city: null,
  province: null,
  country: null,
};

test("a line without a cost holds the purchase order, and says what to do", () => {
  const content = priced(plainContent({ lines: [plainLine(), plainLine({ number: 2, supplierSku: "AGR-2" })] }));
  const [first, second] = content.lines;
  expect(() =>
    language.write({
      ...content,
      lines: first && second ? [first, { ...second, unitCost: null, netAmount: null }] : [],
    }),
  ).toThrow(
    new DocumentHeld(
      "line 2 (SKU AGR-2) has no cost, and cXML needs one: add it to the supplier's catalogue, with the price policy cost",
    ),
  );
});

test("a field of the supplier's own takes the place of ours with the same name", () => {
  const own = createLanguage({ ...plainSettings, format: "cxml-1.2", extras: { orderKind: "DIRECT", DEPOT: "3 & 4" } });
  const text = own.write(fullContent()).bytes.toString("utf8");
  expect(text).toContain('<Extrinsic name="orderKind">DIRECT</Extrinsic>');
  expect(text).toContain('<Extrinsic name="DEPOT">3 &amp; 4</Extrinsic>');
  expect(text).not.toContain("dropship");
});

const example = (name: string): Buffer => readFileSync(new URL(`examples/${name}`, import.meta.url));

test.skipIf(publishedFolder === undefined).each([...acknowledgementExamples("cxml-1.2").keys(), "shipment.xml"])(
  "%s is valid by the published definition of answers",
  (name) => {
    expect(validateAnswer(example(name))).toBe(true);
  },
);

test("a confirmation with parts of lines is read whole", () => {
  expect(language.read(example("acknowledgement-changed.xml"))).toEqual({
    ok: true,
    message: {
      kind: "acknowledgement",
      acknowledgement: {
        reference: "AR-2027-000452",
        purchaseOrder: "SE1001-1",
        version: 1,
        status: "changed",
        onlyNamed: true,
        reason: "Livraison en deux fois; line 2: Rupture chez le fabricant",
        lines: [
          { number: 1, confirmed: 3, backordered: 2, cancelled: 0, promisedOn: "2027-01-21" },
          { number: 2, confirmed: 0, backordered: 0, cancelled: 2, promisedOn: null },
        ],
      },
    },
  });
});

test("a ship notice is read whole", () => {
  expect(language.read(example("shipment.xml"))).toEqual({
    ok: true,
    message: {
      kind: "despatch-advice",
      despatchAdvice: {
        reference: "BL-2027-0077",
        purchaseOrder: "SE1001-1",
        shippedAt: Date.parse("2027-01-13T15:30:00Z"),
        expectedOn: "2027-01-14",
        carrier: "Geodis",
        tracking: [
          { number: "GX1", url: "https://track.example/GX1" },
          { number: "GX2", url: null },
        ],
        lines: [
          { number: 1, supplierSku: "AGR-1", quantity: 5, backordered: null },
          { number: 2, supplierSku: null, quantity: 1, backordered: null },
        ],
      },
    },
  });
});

test.each(publishedSamples("cxml-1.2/samples", /^ShipNotice/))(
  "the published %s is read: no items, so all of it",
  (_name, bytes) => {
    expect(language.read(bytes)).toMatchObject({
      ok: true,
      message: {
        despatchAdvice: {
          reference: "S2-123",
          purchaseOrder: "DO1234",
          carrier: "Federal Express",
          tracking: [{ number: "8202 8261 1194" }],
          lines: [],
        },
      },
    });
  },
);

test.each(publishedSamples("cxml-1.2/samples", /^OrderRequest/))(
  "the published %s is an order, and no answer",
  (_name, bytes) => {
    expect(language.read(bytes)).toEqual({
      ok: false,
      reason: "cXML/Request: expected <ConfirmationRequest> or <ShipNoticeRequest>",
    });
  },
);

const confirmation = (header: string, items = "", order = 'orderID="SE1001-1"', payload = "x@y"): string =>
  `<ConfirmationRequest><ConfirmationHeader noticeDate="2027-01-10T13:01:00Z" ${header}/>` +
  `<OrderReference ${order}><DocumentReference payloadID="${payload}"/></OrderReference>${items}</ConfirmationRequest>`;
const item = (line: number, statuses: string): string =>
  `<ConfirmationItem lineNumber="${line}" quantity="2"><UnitOfMeasure>C62</UnitOfMeasure>${statuses}</ConfirmationItem>`;
const status = (type: string, quantity: string): string =>
  `<ConfirmationStatus type="${type}" quantity="${quantity}"><UnitOfMeasure>C62</UnitOfMeasure></ConfirmationStatus>`;
const answer = (request: string, before = ""): Buffer =>
  Buffer.from(
    `<?xml version="1.0"?>\n${before}<cXML payloadID="a@b" timestamp="2027-01-10T13:01:00Z"><Request>${request}</Request></cXML>`,
  );

describe("a confirmation", () => {
  test.each([
    ["accept without lines", confirmation('type="accept"'), { status: "accepted", lines: [] }],
    ["reject", confirmation('type="reject"'), { status: "rejected" }],
    ["requestToPay shows that the supplier has it", confirmation('type="requestToPay"'), { status: "received", lines: [] }],
    [
      "allDetail",
      confirmation('type="allDetail"', item(1, status("allDetail", "2.000"))),
      { status: "changed", lines: [{ number: 1, confirmed: 2, backordered: 0, cancelled: 0 }] },
    ],
    [
      "except",
      confirmation('type="except"', item(1, status("detail", "1") + status("reject", "1"))),
      { status: "changed", lines: [{ number: 1, confirmed: 1, backordered: 0, cancelled: 1 }] },
    ],
    [
      "backordered with its lines",
      confirmation('type="backordered"', item(1, status("backordered", "2"))),
      { status: "changed", lines: [{ number: 1, confirmed: 0, backordered: 2, cancelled: 0 }] },
    ],
    [
      "a line that is unknown again beside one that is accepted",
      confirmation('type="detail"', item(1, status("unknown", "2")) + item(2, status("accept", "2"))),
      {
        status: "changed",
        lines: [
          { number: 1, confirmed: 0, backordered: 0, cancelled: 0 },
          { number: 2, confirmed: 2 },
        ],
      },
    ],
    [
      "only our payloadID",
      confirmation('type="accept"', "", "", "1799582400000.SE.1001-1.v3.change@shopify-order-handler"),
      { purchaseOrder: "SE.1001-1", version: 3 },
    ],
  ])("%s", (_what, request, expected) => {
    expect(language.read(answer(request))).toMatchObject({ ok: true, message: { acknowledgement: expected } });
  });
});

const notice = (header: string, portions: string): string =>
  `<ShipNoticeRequest><ShipNoticeHeader shipmentID="S1" noticeDate="2027-01-13T16:00:00Z" ${header}/>${portions}</ShipNoticeRequest>`;
const portion = (order: string, items = ""): string =>
  `<ShipNoticePortion><OrderReference orderID="${order}"><DocumentReference payloadID="x@y"/></OrderReference>${items}</ShipNoticePortion>`;

test.each([
  ["detail without lines", confirmation('type="detail"'), /type detail without a ConfirmationItem/],
  ["backordered without lines", confirmation('type="backordered"'), /each line with its backordered quantity/],
  ["an unknown type", confirmation('type="maybe"'), /ConfirmationHeader\/@type/],
  ["no order", confirmation('type="accept"', "", ""), /OrderReference\/@orderID: expected the purchase order's number/],
  ["half a piece", confirmation('type="detail"', item(1, status("accept", "0.5"))), /@quantity: expected a whole number/],
  ["a line without a status", confirmation('type="detail"', item(1, "")), /at least one ConfirmationStatus/],
  ["a notice taken back", notice('operation="delete"', portion("SE1001-1")), /takes the shipment S1 back/],
  ["a planned shipment", notice('shipmentType="planned"', portion("SE1001-1")), /found a planned shipment or a return/],
  ["a return", notice('reason="return"', portion("SE1001-1")), /found a planned shipment or a return/],
  ["no purchase order", notice("", ""), /expected the purchase order that was shipped/],
  ["two purchase orders", notice("", portion("SE1") + portion("SE2")), /expected one purchase order, found SE1, SE2/],
  [
    "all and some of one",
    notice("", portion("SE1") + portion("SE1", '<ShipNoticeItem lineNumber="1" quantity="1"/>')),
    /one has items, another of the same purchase order has none/,
  ],
  ["another request", "<ProfileRequest/>", /expected <ConfirmationRequest> or <ShipNoticeRequest>/],
])("an answer with %s is not readable, with the reason", (_what, request, reason) => {
  expect(language.read(answer(request))).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
});

describe("the document type", () => {
  const accepted = confirmation('type="accept"');

  test.each([
    ["none", ""],
    ["the published one", '<!DOCTYPE cXML SYSTEM "http://xml.cXML.org/schemas/cXML/1.2.063/Fulfill.dtd">'],
    ["in single quotes, over lines", "<!DOCTYPE cXML\n  SYSTEM\n  'Fulfill.dtd'\n>\n"],
    ["after a comment and an instruction", '<!-- ours --><?x y?>\n<!DOCTYPE cXML SYSTEM "cXML.dtd">'],
  ])("%s is read, and never fetched", (_what, before) => {
    expect(language.read(answer(accepted, before))).toMatchObject({ ok: true });
  });

  test.each([
    ["an internal subset", '<!DOCTYPE cXML SYSTEM "cXML.dtd" [<!ENTITY e "boom">]>'],
    ["an empty internal subset", '<!DOCTYPE cXML SYSTEM "cXML.dtd" []>'],
    ["only an internal subset", '<!DOCTYPE cXML [<!ENTITY e SYSTEM "file:///etc/passwd">]>'],
    ["a public identifier", '<!DOCTYPE cXML PUBLIC "-//x//y" "cXML.dtd">'],
    ["another root element", '<!DOCTYPE Order SYSTEM "cXML.dtd">'],
    ["no system identifier", "<!DOCTYPE cXML>"],
    ["a parameter entity in its identifier", '<!DOCTYPE cXML SYSTEM "%x;">'],
    ["a second one", '<!DOCTYPE cXML SYSTEM "a"><!DOCTYPE cXML SYSTEM "b">'],
    ["one that hides in a comment that does not end", '<!-- <!DOCTYPE cXML SYSTEM "a">'],
    ["lower case", '<!doctype cXML SYSTEM "a">'],
  ])("with %s is refused", (_what, before) => {
    expect(language.read(answer(accepted, before))).toEqual({
      ok: false,
      reason: 'a document type declaration is not accepted, but for <!DOCTYPE cXML SYSTEM "…">',
    });
  });

  test("one inside the document is refused, also as text", () => {
    const inside = confirmation('type="accept"').replace("<OrderReference", '<!DOCTYPE cXML SYSTEM "a"><OrderReference');
    expect(language.read(answer(inside))).toMatchObject({ ok: false, reason: expect.stringMatching(/not accepted/) });
  });

  test("an entity that only its definition would know is not expanded", () => {
    const text = '<!DOCTYPE cXML SYSTEM "cXML.dtd">';
    const read = language.read(answer(confirmation('type="accept" confirmID="&cxml.version;"'), text));
    expect(read).toMatchObject({ ok: true, message: { acknowledgement: { reference: "&cxml.version;" } } });
  });

  test("a line's number in an error counts from the file's first line", () => {
    const read = language.read(answer("<broken>", '<!DOCTYPE cXML\nSYSTEM "a">\n\n'));
    expect(read).toMatchObject({ ok: false, reason: expect.stringMatching(/line 5/) });
  });

  test("half a megabyte of what may stand before it does not hold up the process", () => {
    const startedAt = performance.now();
    for (const piece of ["<!---->", " ", "<?x?>", "<!--", "<!DOCTYPE cXML SYSTEM "]) {
      language.read(Buffer.from(piece.repeat(Math.floor(500_000 / piece.length))));
    }
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
