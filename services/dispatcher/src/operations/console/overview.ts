import { purchaseOrderStates } from "../../domain/purchase-order/purchase-order.ts";
import { orderStates } from "../../domain/order/order.ts";
import { listOrders } from "../queries/orders.ts";
import { readSummary, type Summary } from "../queries/summary.ts";
import { showAttention } from "./attention.ts";
import { html, type Content } from "./html.ts";
import type { Page } from "./layout.ts";
import { orderTable } from "./orders.ts";
import { badge, panel } from "./pieces.ts";
import type { ConsoleOptions } from "./options.ts";
import { supplierNames } from "./suppliers.ts";
import { address } from "./table.ts";

const NEWEST = 15;

export async function overviewPage({ db, config, alerts }: ConsoleOptions): Promise<Page> {
  const [summary, newest, open] = await Promise.all([
    readSummary(db, config.suppliers),
    listOrders(db, { limit: NEWEST }),
    alerts.list({ language: "en", state: "open" }),
  ]);
  const attention = showAttention(open);
  // Held purchase orders that need nobody: their hold ends by itself, or is meant to stay.
  const quiet = Math.max(0, summary.purchaseOrders.held - open.filter(({ kind }) => kind === "purchase_order.held").length);
  return {
    title: "Overview",
    section: "overview",
    body: html`<h1>Overview</h1>
      ${counts(summary)}
      ${
        attention.needsPerson
          ? html`<h2 class="group">Needs attention</h2>
              ${attention.panels} ${quiet === 0 ? "" : html`<p class="aside">${waiting(quiet)}</p>`}`
          : html`<p class="calm"><strong>Nothing needs a person.</strong> ${waiting(quiet)}</p>
              ${attention.panels}`
      }
      ${panel(
        "Newest orders",
        html`${orderTable(newest.rows, supplierNames(config))}
        ${newest.next === undefined ? "" : html`<p class="more"><a href="/orders">All orders →</a></p>`}`,
      )}`,
  };
}

const waiting = (count: number): Content =>
  count === 0
    ? ""
    : count === 1
      ? "1 purchase order is held until its order is paid, or is in dry run: a test order, or a supplier to which nothing is sent yet."
      : `${count.toLocaleString("en")} purchase orders are held until their orders are paid, or are in dry run: test orders, or a supplier to which nothing is sent yet.`;

function counts(summary: Summary): Content {
  return html`<section class="counts" aria-label="Counts">
    <h2>Purchase orders</h2>
    <ul class="tiles">
      ${purchaseOrderStates.map((state) => tile(state, summary.purchaseOrders[state], address("/purchase-orders", { state })))}
    </ul>
    <h2>Orders</h2>
    <ul class="tiles">
      ${orderStates
        .filter((state) => state !== "new" || summary.orders.new > 0)
        .map((state) => tile(state, summary.orders[state], address("/orders", { state })))}
    </ul>
  </section>`;
}

const tile = (state: string, count: number, href: string): Content =>
  html`<li class="tile ${count === 0 ? "zero" : ""}">
    <a href="${href}"><span class="figure">${count.toLocaleString("en")}</span> ${badge(state)}</a>
  </li>`;
