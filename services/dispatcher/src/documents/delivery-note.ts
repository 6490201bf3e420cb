// The delivery note that the supplier lays into the parcel: what is in it and for whom, never what it costs. A PDF with the
// fonts that every reader has, whose texts are in windows-1252 (WinAnsiEncoding, ISO 32000-1, annex D).
import { createRequire } from "node:module";
import type PdfKit from "pdfkit";
import type { Content } from "../domain/purchase-order/content.ts";
import { inEncoding, mapTexts } from "./characters.ts";
import { oneLine } from "./single-lines.ts";

/** Points, 1/72 inch; a page is A4. */
const MARGIN = 50;
const WIDTH = 595.28 - 2 * MARGIN;
const BOTTOM = 841.89 - MARGIN;
const GAP = 8;

const columns = [
  { title: "Référence · Item", width: 130, align: "left" },
  { title: "Désignation · Description", width: WIDTH - 220, align: "left" },
  { title: "Quantité · Quantity", width: 90, align: "right" },
] as const;

/** Loaded where a supplier gets delivery notes: it takes 35 MB. */
const loadPdf = (): typeof PdfKit => createRequire(import.meta.url)("pdfkit");

/** The same content gives the same bytes: the time in them is that of issue. */
export function renderDeliveryNote(content: Content): Buffer {
  const { buyer, customer, deliverTo, deliveryNote, lines, number, shopOrder, issuedAt } = inEncoding(
    mapTexts(content, (text) => oneLine(text.replaceAll(/\p{Cc}/gu, " "))),
    {
      encoding: "windows-1252",
      characters: "transliterate",
    },
  );
  const pdf = new (loadPdf())({
    size: "A4",
    margin: MARGIN,
    compress: false,
    info: { Title: `Delivery note ${number}`, CreationDate: new Date(issuedAt) },
  });

  pdf
    .font("Helvetica-Bold")
    .fontSize(14)
    .text(deliveryNote?.sender ?? buyer.name);
  pdf.moveDown().fontSize(12).text("Bon de livraison · Delivery note");
  pdf.moveDown(0.5).font("Helvetica").fontSize(10);
  pdf.text(`Commande · Order: ${shopOrder}`);
  pdf.text(`Bon de commande · Purchase order: ${number}`);
  pdf.text(`Date: ${new Date(issuedAt).toISOString().slice(0, 10)}`);
  pdf.moveDown().font("Helvetica-Bold").text("Livrer à · Ship to");
  pdf.font("Helvetica");
  const town = [deliverTo?.zip, deliverTo?.city].filter(Boolean).join(" ");
  const place = deliverTo && [deliverTo.street, deliverTo.street2, town, deliverTo.province, deliverTo.country];
  for (const text of [deliverTo?.company, deliverTo?.name ?? customer.name, ...(place ?? [])]) {
    if (text) {
      pdf.text(text);
    }
  }
  pdf.moveDown();

  let y = row(
    pdf.y,
    columns.map((column) => column.title),
    "Helvetica-Bold",
  );
  for (const line of lines) {
    y = row(y, [line.supplierSku || line.shopSku, line.description, `${line.quantity} ${unitText(line.unit)}`], "Helvetica");
  }
  pdf.end();
  // A stream that was written to its end within this call: all of it is there.
  const bytes: unknown = pdf.read();
  if (!Buffer.isBuffer(bytes)) {
    throw new Error(`the delivery note of ${number} came out empty`);
  }
  return bytes;

  /** At `y`, or on a new page. Returns where the next begins. */
  function row(y: number, texts: readonly string[], font: string): number {
    pdf.font(font).fontSize(9);
    const cells = columns.map((column, index) => ({ ...column, text: texts[index] ?? "" }));
    const height = Math.min(
      Math.max(...cells.map(({ text, width }) => pdf.heightOfString(text, { width: width - GAP }))),
      BOTTOM - MARGIN,
    );
    const top = y + height > BOTTOM ? nextPage() : y;
    let x = MARGIN;
    for (const { text, width, align } of cells) {
      pdf.text(text, x, top, { width: width - GAP, height, align });
      x += width;
    }
    return top + height + GAP / 2;
  }

  function nextPage(): number {
    pdf.addPage();
    return MARGIN;
  }
}

/** UN/ECE Recommendation 20 calls a piece C62, which says nothing to who opens the parcel. */
const unitText = (unit: string): string => (unit === "C62" ? "pc" : unit);
