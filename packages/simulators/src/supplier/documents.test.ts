import { describe, expect, test } from "vitest";
import { readOrder, UnreadableDocument, writeAcknowledgement } from "./documents.ts";
import { orderXml } from "./order-example.ts";

const read = (xml: string) => readOrder(Buffer.from(xml));

describe("reading an order", () => {
  test("numbers stay text, quantities become numbers, entities and CDATA become characters", () => {
    const xml = orderXml({ number: "007", sku: "AGR-1", description: "Vis &amp; &lt;écrou&gt; &#233;&#x1F69C;" });
    expect(read(xml)).toEqual({
      orderNumber: "007",
      documentVersion: 1,
      purpose: "original",
      test: false,
      shopOrder: "#1001",
      lines: [{ number: 1, sku: "AGR-1", description: "Vis & <écrou> é🚜", quantity: 2 }],
    });
    expect(read(xml.replace("<SKU>AGR-1</SKU>", "<SKU><![CDATA[A&B]]></SKU>")).lines[0]?.sku).toBe("A&B");
  });

  test("the declared encoding counts", () => {
    const xml = orderXml({ description: "Clé" }).replace("UTF-8", "windows-1252");
    expect(readOrder(Buffer.from(xml, "latin1")).lines[0]?.description).toBe("Clé");
  });

  test.each([
    ["a document type", orderXml().replace("<Order", '<!DOCTYPE Order [<!ENTITY x "y">]><Order')],
    ["an unknown entity", orderXml({ description: "&eacute;" })],
    ["a control character", orderXml({ description: "a\u0001b" })],
    ["a reference to a control character", orderXml({ description: "a&#1;b" })],
    ["an unclosed element", orderXml().replace("</Products>", "")],
    ["another root", orderXml().replaceAll("Order", "Bestellung")],
    ["another version of the format", orderXml().replace('<Order version="1"', '<Order version="2"')],
    ["no lines", orderXml().replace(/<Product .*<\/Product>/s, "")],
    ["a quantity of none", orderXml({ quantity: "0" })],
    ["nothing at all", ""],
  ])("%s is refused", (_, xml) => {
    expect(() => read(xml)).toThrow(UnreadableDocument);
  });

  test("bytes that are not in the declared encoding are refused", () => {
    expect(() => readOrder(Buffer.from(orderXml({ description: "Clé" }), "latin1"))).toThrow("the bytes are not UTF-8");
  });
});

describe("writing an acknowledgement", () => {
  const base = { number: "A-1", orderNumber: "SE1001-1", documentVersion: 1, issuedAt: Date.UTC(2026, 11, 1) };

  test("the least is a status", () => {
    expect(writeAcknowledgement({ ...base, status: "accepted" })).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<Acknowledgement version="1">
  <Number>A-1</Number>
  <OrderNumber>SE1001-1</OrderNumber>
  <DocumentVersion>1</DocumentVersion>
  <IssuedAt>2026-12-01T00:00:00.000Z</IssuedAt>
  <Status>accepted</Status>
</Acknowledgement>
`,
    );
  });

  test("lines and a reason are in their places, and no text breaks the document", () => {
    const text = writeAcknowledgement({
      ...base,
      status: "changed",
      reason: "rupture < 5 & \u0000 plus",
      lines: [{ number: 2, confirmed: 1, backordered: 3, cancelled: 0, promisedDate: "2026-12-24", note: "a&b" }],
    });
    expect(text).toContain("<Reason>rupture &lt; 5 &amp;  plus</Reason>\n  <Lines>\n");
    expect(text).toContain(`  <Lines>
    <Line number="2">
      <Confirmed>1</Confirmed>
      <Backordered>3</Backordered>
      <Cancelled>0</Cancelled>
      <PromisedDate>2026-12-24</PromisedDate>
      <Note>a&amp;b</Note>
    </Line>
  </Lines>
</Acknowledgement>
`);
  });
});
