import { listDeadLetters, listQuarantine } from "../queries/set-aside.ts";
import { html } from "./html.ts";
import { pageQuery } from "./input.ts";
import type { Page } from "./layout.ts";
import { nothing, purchaseOrderLink, size, time } from "./pieces.ts";
import type { ConsoleOptions } from "./routes.ts";
import { supplierNames } from "./suppliers.ts";
import { pager, table } from "./table.ts";

const ON_A_PAGE = 50;

export async function deadLettersPage({ db }: ConsoleOptions, query: unknown): Promise<Page> {
  const { after } = pageQuery.parse(query);
  const { rows, next } = await listDeadLetters(db, { after, limit: ON_A_PAGE });
  return {
    title: "Dead letters",
    section: "dead-letters",
    body: html`<h1>Dead letters</h1>
      <p class="lead">
        Webhooks that were signed by Shopify and could not be read, or that a person must answer. Their bytes are kept.
      </p>
      ${table({
        columns: [
          { title: "Received", cell: (letter) => time(letter.received_at) },
          { title: "Shop", cell: (letter) => letter.shop },
          { title: "Topic", cell: (letter) => html`<code>${letter.topic}</code>` },
          { title: "Why", kind: "grow", cell: (letter) => letter.reason },
          {
            title: "Webhook id",
            cell: (letter) => html`<code class="hash" title="${letter.webhook_id}">${letter.webhook_id}</code>`,
          },
          {
            title: "Bytes",
            kind: "number",
            cell: (letter) =>
              html`<a href="/dead-letters/${encodeURIComponent(letter.id)}" download>Download</a> ${size(letter.size)}`,
          },
        ],
        rows,
        empty: "No dead letters.",
      })}
      ${pager({ path: "/dead-letters", query: {}, after, next })}`,
  };
}

export async function quarantinePage({ db, config }: ConsoleOptions, query: unknown): Promise<Page> {
  const { after } = pageQuery.parse(query);
  const { rows, next } = await listQuarantine(db, { after, limit: ON_A_PAGE });
  const nameOf = supplierNames(config);
  return {
    title: "Quarantine",
    section: "quarantine",
    body: html`<h1>Quarantine</h1>
      <p class="lead">Suppliers' files that could not be applied whole, so nothing of them was. Their bytes are kept.</p>
      ${table({
        columns: [
          { title: "Received", cell: (file) => time(file.received_at) },
          { title: "Supplier", cell: (file) => nameOf(file.supplier) },
          { title: "File", cell: (file) => html`<code>${file.name}</code>` },
          { title: "Why", kind: "grow", cell: (file) => file.reason },
          {
            title: "Purchase order",
            cell: (file) =>
              file.purchase_order_id === null
                ? nothing
                : purchaseOrderLink({ id: file.purchase_order_id, number: file.purchase_order_number }),
          },
          {
            title: "Bytes",
            kind: "number",
            cell: (file) =>
              html`<a href="/inbound-files/${encodeURIComponent(file.id)}" download>Download</a> ${size(file.size)}`,
          },
        ],
        rows,
        empty: "No quarantined files.",
      })}
      ${pager({ path: "/quarantine", query: {}, after, next })}`,
  };
}
