// The small parts that pages are made of.
import type { ListedOrder } from "../queries/orders.ts";
import { html, type Content, type Html } from "./html.ts";

/** Any state or flag, coloured by its name (style.css). */
export const badge = (name: string, label: string = name): Html =>
  html`<span class="badge badge-${name.replaceAll(/[^a-z0-9-]/g, "")}">${label.replaceAll("-", " ")}</span>`;

/** 2026-12-01 14:03:22 UTC. */
export function time(epochMs: number | null): Html {
  if (epochMs === null) {
    return nothing;
  }
  const iso = new Date(epochMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} <span class="zone">UTC</span></time>`;
}

export const nothing: Html = html`<span class="none">–</span>`;

export const orNothing = (content: Content): Content => (content === null || content === "" ? nothing : content);

/** Bytes. */
export function size(bytes: number): string {
  return bytes < 10_000
    ? `${bytes.toLocaleString("en")} B`
    : `${(bytes / 1000).toLocaleString("en", { maximumFractionDigits: 1 })} kB`;
}

/** Long, for comparing: shown from its beginning, whole when it is selected or pointed at. */
export const hash = (sha256: string | null): Html =>
  sha256 === null ? nothing : html`<code class="hash" title="SHA-256 ${sha256}">${sha256}</code>`;

export const orderPath = (id: string): string => `/orders/${encodeURIComponent(id)}`;
export const purchaseOrderPath = (id: string): string => `/purchase-orders/${encodeURIComponent(id)}`;

export const purchaseOrderLink = (po: { readonly id: string; readonly number: string | null }): Html =>
  html`<a class="number" href="${purchaseOrderPath(po.id)}">${po.number ?? po.id}</a>`;

export const orderLink = (order: { readonly id: string; readonly name: string }): Html =>
  html`<a class="number" href="${orderPath(order.id)}">${order.name}</a>`;

/** Terms and values. One whose value is null is left out. */
export function facts(entries: readonly (readonly [term: string, value: Content])[]): Html {
  return html`<dl class="facts">
    ${entries
      .filter(([, value]) => value !== null)
      .map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;
}

export function panel(title: string, body: Content, options: { readonly count?: number; readonly id?: string } = {}): Html {
  const { count, id } = options;
  return html`<section class="panel" ${id === undefined ? "" : html`id="${id}"`}>
    <h2>${title}${count === undefined ? "" : html` <span class="count">${count.toLocaleString("en")}</span>`}</h2>
    ${body}
  </section>`;
}

/** The supplier's name, as people call it. */
export type NameOf = (supplier: string) => string;

/** Where an order's purchase orders stand, each in one chip. */
export const purchaseOrderChips = (order: ListedOrder, nameOf: NameOf): Content =>
  order.purchaseOrders.length === 0 && order.unmatchedLines === 0 && order.factsMissingLines === 0
    ? nothing
    : html`<span class="chips"
        >${order.purchaseOrders.map(
          (po) => html`<a class="chip" href="${purchaseOrderPath(po.id)}">${nameOf(po.supplier)} ${badge(po.state)}</a>`,
        )}${lineChip(order.unmatchedLines, "unmatched", "unmatched")}${lineChip(order.factsMissingLines, "facts-missing", "missing facts")}</span
      >`;

const lineChip = (count: number, name: string, what: string): Content =>
  count === 0 ? "" : badge(name, `${count} ${count === 1 ? "line" : "lines"} ${what}`);
