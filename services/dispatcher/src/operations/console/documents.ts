// A document as text, to be read here, and as its exact bytes, to be saved. The browser never renders it.
import type { DocumentsTable } from "../../database/tables/orders.ts";
import type { PurchaseOrderDetail } from "../queries/purchase-orders.ts";
import { html, type Content, type Html } from "./html.ts";
import { hash, panel, purchaseOrderPath, size, time } from "./pieces.ts";
import { table } from "./table.ts";

/** Characters: a page stays readable, the download has everything. */
const MOST_TEXT = 100_000;

export function documentPanel(po: PurchaseOrderDetail, newest: DocumentsTable | undefined): Content {
  if (newest === undefined) {
    return panel("Document", html`<p class="empty">Nothing was written yet.</p>`);
  }
  const { text, encoding } = decode(newest.bytes);
  return panel(
    "Document",
    html`${versions(po)}
      <figure class="document">
        <figcaption>Version ${newest.version}, the newest, in ${encoding}</figcaption>
        <pre tabindex="0"><code>${text.slice(0, MOST_TEXT)}</code></pre>
        ${text.length > MOST_TEXT ? html`<p class="more">Cut here: the download is whole.</p>` : ""}
      </figure>`,
  );
}

/** The encodings that documents are written in (domain/purchase-order/document.ts): what is no UTF-8 has one byte for each character. */
function decode(bytes: Uint8Array): { readonly text: string; readonly encoding: string } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "UTF-8" };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "windows-1252 or ISO 8859-1" };
  }
}

const versions = (po: PurchaseOrderDetail): Html =>
  table({
    columns: [
      { title: "Version", kind: "number", cell: (document) => document.version },
      { title: "Format", cell: (document) => document.format },
      { title: "Written", cell: (document) => time(document.created_at) },
      { title: "SHA-256", cell: (document) => hash(document.hash) },
      { title: "Size", kind: "number", cell: (document) => size(document.size) },
      {
        title: "Exact bytes",
        cell: (document) => html`<a href="${purchaseOrderPath(po.id)}/documents/${document.version}" download>Download</a>`,
      },
      {
        title: "Delivery note",
        cell: (document) =>
          document.deliveryNote === null
            ? "–"
            : html`<a href="${purchaseOrderPath(po.id)}/documents/${document.version}/delivery-note" download>Download</a>`,
      },
    ],
    rows: po.documents,
    empty: "",
  });
