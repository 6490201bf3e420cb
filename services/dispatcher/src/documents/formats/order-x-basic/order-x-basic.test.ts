import { XmlDocument } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import type { Content } from "../../../domain/purchase-order/content.ts";
import { DocumentHeld } from "../../../domain/delivery/failure.ts";
import { createLanguage } from "../../language.ts";
import { fullContent, plainContent, plainLine, priced } from "../../test/contents.ts";
import { plainSettings } from "../../test/settings.ts";
import { formatContract, freeTexts } from "../../test/contract.ts";
import { publishedSamples, publishedSchema } from "../../test/published.ts";
import { places } from "./places.ts";

const language = createLanguage({ ...plainSettings, format: "order-x-basic" });
const written = (content: Content): string => language.write(content).bytes.toString("utf8");

const namespaces = {
  rsm: "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100",
  udt: "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128",
  ram: "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128",
};

const validate = publishedSchema("order-x-basic", "xsd/SCRDMCCBDACIOMessageStructure_100pD20B.xsd");

/** Order-X has no address without a country. */
const inFrance = <T extends { readonly country: string | null } | null>(address: T): T =>
  address && { ...address, country: address.country ?? "FR" };

formatContract({
  format: "order-x-basic",
  places,
  namespaces,
  validate,
  complete: (content) => ({
    ...content,
    buyer: { ...content.buyer, address: inFrance(content.buyer.address) },
    seller: { ...content.seller, address: inFrance(content.seller.address) },
    deliverTo: inFrance(content.deliverTo),
  }),
  free: freeTexts.filter((one) => one !== "customer.name"),
  answers: false,
});

test("a purchase order is the golden file", () => {
  expect(written(priced(plainContent()))).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128" xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:128" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128">
      <rsm:ExchangedDocumentContext>
        <ram:TestIndicator>
          <udt:Indicator>false</udt:Indicator>
        </ram:TestIndicator>
        <ram:GuidelineSpecifiedDocumentContextParameter>
          <ram:ID>urn:order-x.eu:1p0:basic</ram:ID>
        </ram:GuidelineSpecifiedDocumentContextParameter>
      </rsm:ExchangedDocumentContext>
      <rsm:ExchangedDocument>
        <ram:ID>SE1001-1</ram:ID>
        <ram:TypeCode>220</ram:TypeCode>
        <ram:IssueDateTime>
          <udt:DateTimeString format="203">202701101200</udt:DateTimeString>
        </ram:IssueDateTime>
        <ram:PurposeCode>9</ram:PurposeCode>
        <ram:IncludedNote>
          <ram:Content>Appeler avant</ram:Content>
          <ram:SubjectCode>DIN</ram:SubjectCode>
        </ram:IncludedNote>
        <ram:IncludedNote>
          <ram:Content>version: 1</ram:Content>
          <ram:SubjectCode>AAI</ram:SubjectCode>
        </ram:IncludedNote>
        <ram:IncludedNote>
          <ram:Content>purpose: original</ram:Content>
          <ram:SubjectCode>AAI</ram:SubjectCode>
        </ram:IncludedNote>
        <ram:IncludedNote>
          <ram:Content>kind: dropship</ram:Content>
          <ram:SubjectCode>AAI</ram:SubjectCode>
        </ram:IncludedNote>
        <ram:IncludedNote>
          <ram:Content>ordered at: 2027-01-10T08:00:00.000Z</ram:Content>
          <ram:SubjectCode>AAI</ram:SubjectCode>
        </ram:IncludedNote>
        <ram:IncludedNote>
          <ram:Content>customer: Jeanne Martin</ram:Content>
          <ram:SubjectCode>DEL</ram:SubjectCode>
        </ram:IncludedNote>
        <ram:IncludedNote>
          <ram:Content>customer e-mail: jeanne@example.com</ram:Content>
          <ram:SubjectCode>DEL</ram:SubjectCode>
        </ram:IncludedNote>
        <ram:IncludedNote>
          <ram:Content>shipping method code: MES</ram:Content>
          <ram:SubjectCode>TRA</ram:SubjectCode>
        </ram:IncludedNote>
        <ram:IncludedNote>
          <ram:Content>shipping method: Standard</ram:Content>
          <ram:SubjectCode>TRA</ram:SubjectCode>
        </ram:IncludedNote>
      </rsm:ExchangedDocument>
      <rsm:SupplyChainTradeTransaction>
        <ram:IncludedSupplyChainTradeLineItem>
          <ram:AssociatedDocumentLineDocument>
            <ram:LineID>1</ram:LineID>
            <ram:IncludedNote>
              <ram:Content>Gravure: GAEC</ram:Content>
              <ram:SubjectCode>AAI</ram:SubjectCode>
            </ram:IncludedNote>
          </ram:AssociatedDocumentLineDocument>
          <ram:SpecifiedTradeProduct>
            <ram:SellerAssignedID>AGR-1</ram:SellerAssignedID>
            <ram:BuyerAssignedID>AGR-1</ram:BuyerAssignedID>
            <ram:Name>Dent de herse</ram:Name>
          </ram:SpecifiedTradeProduct>
          <ram:SpecifiedLineTradeAgreement>
            <ram:NetPriceProductTradePrice>
              <ram:ChargeAmount>8.40</ram:ChargeAmount>
              <ram:BasisQuantity unitCode="C62">1</ram:BasisQuantity>
            </ram:NetPriceProductTradePrice>
          </ram:SpecifiedLineTradeAgreement>
          <ram:SpecifiedLineTradeDelivery>
            <ram:RequestedQuantity unitCode="C62">2</ram:RequestedQuantity>
          </ram:SpecifiedLineTradeDelivery>
          <ram:SpecifiedLineTradeSettlement>
            <ram:SpecifiedTradeSettlementLineMonetarySummation>
              <ram:LineTotalAmount>16.80</ram:LineTotalAmount>
            </ram:SpecifiedTradeSettlementLineMonetarySummation>
          </ram:SpecifiedLineTradeSettlement>
        </ram:IncludedSupplyChainTradeLineItem>
        <ram:ApplicableHeaderTradeAgreement>
          <ram:BuyerReference>#1001</ram:BuyerReference>
          <ram:SellerTradeParty>
            <ram:Name>Agriest</ram:Name>
          </ram:SellerTradeParty>
          <ram:BuyerTradeParty>
            <ram:ID>C004512</ram:ID>
            <ram:Name>Sermat Équipement</ram:Name>
            <ram:SpecifiedLegalOrganization>
              <ram:ID schemeID="0009">12345678901234</ram:ID>
            </ram:SpecifiedLegalOrganization>
            <ram:DefinedTradeContact>
              <ram:TelephoneUniversalCommunication>
                <ram:CompleteNumber>+33300000000</ram:CompleteNumber>
              </ram:TelephoneUniversalCommunication>
            </ram:DefinedTradeContact>
            <ram:SpecifiedTaxRegistration>
              <ram:ID schemeID="VA">FR12345678901</ram:ID>
            </ram:SpecifiedTaxRegistration>
          </ram:BuyerTradeParty>
          <ram:BuyerOrderReferencedDocument>
            <ram:IssuerAssignedID>SE1001-1</ram:IssuerAssignedID>
          </ram:BuyerOrderReferencedDocument>
        </ram:ApplicableHeaderTradeAgreement>
        <ram:ApplicableHeaderTradeDelivery>
          <ram:ShipToTradeParty>
            <ram:Name>GAEC du Val</ram:Name>
            <ram:DefinedTradeContact>
              <ram:PersonName>Jeanne Martin</ram:PersonName>
              <ram:TelephoneUniversalCommunication>
                <ram:CompleteNumber>+33612345678</ram:CompleteNumber>
              </ram:TelephoneUniversalCommunication>
            </ram:DefinedTradeContact>
            <ram:PostalTradeAddress>
              <ram:PostcodeCode>35000</ram:PostcodeCode>
              <ram:LineOne>12 rue des Prés</ram:LineOne>
              <ram:CityName>Rennes</ram:CityName>
              <ram:CountryID>FR</ram:CountryID>
            </ram:PostalTradeAddress>
          </ram:ShipToTradeParty>
        </ram:ApplicableHeaderTradeDelivery>
        <ram:ApplicableHeaderTradeSettlement>
          <ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode>
          <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
            <ram:LineTotalAmount>16.80</ram:LineTotalAmount>
            <ram:TaxBasisTotalAmount>16.80</ram:TaxBasisTotalAmount>
          </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        </ram:ApplicableHeaderTradeSettlement>
      </rsm:SupplyChainTradeTransaction>
    </rsm:SCRDMCCBDACIOMessageStructure>
    "
  `);
});

test.each([
  ["original", "220", "9"],
  ["replacement", "230", "5"],
  ["change", "230", "5"],
  ["cancellation", "230", "1"],
] as const)("%s has type %s and purpose %s, and names the order", (purpose, type, code) => {
  using document = XmlDocument.fromBuffer(language.write(priced(plainContent({ purpose, version: 2 }))).bytes);
  const at = (path: string): string | undefined => document.get(path, namespaces)?.content;
  expect({
    id: at("//rsm:ExchangedDocument/ram:ID"),
    type: at("//ram:TypeCode"),
    purpose: at("//ram:PurposeCode"),
    order: at("//ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
    notes: document.find("//rsm:ExchangedDocument/ram:IncludedNote/ram:Content", namespaces).map((one) => one.content),
  }).toEqual({
    id: "SE1001-1",
    type,
    purpose: code,
    order: "SE1001-1",
    notes: expect.arrayContaining(["version: 2", `purpose: ${purpose}`]),
  });
});

describe("what Order-X cannot carry", () => {
  const full = fullContent();
  const address = { company: null, name: null, street: "1 rue", street2: null, zip: null, city: null, province: null };

  test.each([
    ["an address without a country", { deliverTo: { ...address, phone: null, country: null } }, /^deliver_to.country is empty/],
    ["Kosovo", { deliverTo: { ...address, phone: null, country: "XK" } }, /^deliver_to.country is XK/],
    ["a buyer without one", { buyer: { ...full.buyer, address: { ...address, country: null } } }, /^buyer.address.country/],
    ["a line without a cost", { lines: [plainLine()] }, /^line 1 \(SKU AGR-1\) has no cost, and Order-X needs one/],
    ["no currency", { currency: null }, /SE1001-1 has no currency/],
  ])("%s holds the purchase order, and says why", (_what, over: Partial<Content>, reason) => {
    expect(() => written({ ...full, ...over })).toThrow(DocumentHeld);
    expect(() => written({ ...full, ...over })).toThrow(reason);
  });

  test("an Incoterm of 2020 is said in a note", () => {
    const text = written(fullContent({ incoterm: "DPU" }));
    expect(text).toContain("<ram:Content>incoterm: DPU</ram:Content>");
    expect(text).not.toContain("DeliveryTypeCode");
  });
});

test.each([
  [{ earliest: "2027-01-20", latest: "2027-01-20" }, ["20270120"]],
  [{ earliest: null, latest: "2027-01-22" }, ["20270122"]],
  [{ earliest: null, latest: null }, []],
])("the requested delivery %o", (requestedDelivery, days) => {
  const { bytes } = language.write(fullContent({ requestedDelivery }));
  validate(bytes);
  using document = XmlDocument.fromBuffer(bytes);
  const at = "//ram:RequestedDeliverySupplyChainEvent//udt:DateTimeString";
  expect(document.find(at, namespaces).map((one) => one.content)).toEqual(days);
});

test.each(publishedSamples("order-x-basic", /[.]xml$/))(
  "the published %s is an order, and no answer: that is said",
  (_name, bytes) => {
    expect(validate(bytes.subarray(bytes.indexOf("<")))).toBe(true);
    expect(language.read(bytes)).toEqual({ ok: false, reason: expect.stringMatching(/expect: none/) });
  },
);
