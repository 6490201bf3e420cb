import { expect, test } from "vitest";
import { renderDeliveryNote } from "./delivery-note.ts";
import { plainContent, plainLine, priced } from "./test/contents.ts";

/** What each page shows, in the order in which it was written: its texts stand in hex, in windows-1252. */
function pagesOf(pdf: Buffer): readonly string[] {
  const streams = [...pdf.toString("latin1").matchAll(/\nstream\n([^]*?)\nendstream/g)].map(([, stream]) => stream ?? "");
  const decoder = new TextDecoder("windows-1252");
  return streams
    .filter((stream) => stream.includes("BT"))
    .map((stream) =>
      [...stream.matchAll(/\[(.*?)\] TJ/g)]
        .map(([, parts]) =>
          [...(parts ?? "").matchAll(/<([0-9a-f]*)>/g)].map(([, hex]) => decoder.decode(Buffer.from(hex ?? "", "hex"))).join(""),
        )
        .join("\n"),
    );
}

test("it says who sends what to whom, with accents and the euro sign", () => {
  const line = plainLine({
    description: "Coutre à 5 € – œillet",
    supplierSku: "AG-77",
    shopSku: "AGR-1",
    quantity: 3,
    unit: "PK",
  });
  const content = plainContent({ lines: [line, plainLine({ number: 2, supplierSku: "" })] });
  const [page, ...more] = pagesOf(renderDeliveryNote(content));
  expect(more).toEqual([]);
  expect(page?.split("\n")).toEqual([
    "Sermat Équipement",
    "Bon de livraison · Delivery note",
    "Commande · Order: #1001",
    "Bon de commande · Purchase order: SE1001-1",
    "Date: 2027-01-10",
    "Livrer à · Ship to",
    "GAEC du Val",
    "Jeanne Martin",
    "12 rue des Prés",
    "35000 Rennes",
    "FR",
    "Référence · Item",
    "Désignation · Description",
    "Quantité · Quantity",
    "AG-77",
    "Coutre à 5 € – œillet",
    "3 PK",
    "AGR-1",
    "Dent de herse",
    "2 pc",
  ]);
});

test("it comes from whom the supplier is told that it comes from", () => {
  const deliveryNote = { neutral: true, prices: true, sender: "La Boutique" };
  const text = pagesOf(renderDeliveryNote(plainContent({ deliveryNote }))).join("\n");
  expect(text).toMatch(/^La Boutique\n/);
  expect(text).not.toContain("Sermat");
});

test("no price is in it, whatever the purchase order says and the supplier is asked for", () => {
  const deliveryNote = { neutral: false, prices: true, sender: null };
  const plain = renderDeliveryNote(plainContent({ deliveryNote }));
  expect(renderDeliveryNote(priced(plainContent({ deliveryNote }))).equals(plain)).toBe(true);
});

test("what the font lacks is written with what it has, and what has no glyph is left out", () => {
  const lines = [plainLine({ description: "Łopata 犁\u0007\nx\u0085", supplierSku: "" })];
  expect(pagesOf(renderDeliveryNote(plainContent({ lines }))).join("\n")).toContain("Lopata Li x\n");
});

test("a customer who has no address is named all the same", () => {
  expect(pagesOf(renderDeliveryNote(plainContent({ deliverTo: null }))).join("\n")).toContain("Ship to\nJeanne Martin\n");
});

test("the same content gives the same bytes, another time of issue others", async () => {
  const first = renderDeliveryNote(plainContent());
  await new Promise((resolve) => setImmediate(resolve));
  expect(renderDeliveryNote(plainContent()).equals(first)).toBe(true);
  expect(renderDeliveryNote(plainContent({ issuedAt: 0 })).equals(first)).toBe(false);
  expect(first.toString("latin1")).toContain("D:20270110120000Z");
});

test("many lines go on further pages, each line once and whole, however long its texts are", () => {
  const lines = Array.from({ length: 200 }, (_, index) =>
    plainLine({ number: index + 1, supplierSku: `N${index + 1}.`, description: index === 50 ? "mot ".repeat(5_000) : "Dent" }),
  );
  const pages = pagesOf(renderDeliveryNote(plainContent({ lines })));
  expect(pages.length).toBeGreaterThan(4);
  const numbers = pages.flatMap((page) => page.split("\n")).filter((text) => /^N\d+\.$/.test(text));
  expect(numbers).toEqual(lines.map((line) => line.supplierSku));
});
