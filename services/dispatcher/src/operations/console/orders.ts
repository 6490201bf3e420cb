import { listOrders, type ListedOrder } from "../queries/orders.ts";
import { orderStates } from "../../domain/order/order.ts";
import { html, type Html } from "./html.ts";
import { ordersQuery } from "./input.ts";
import type { Page } from "./layout.ts";
import { badge, orderLink, purchaseOrderChips, time, type NameOf } from "./pieces.ts";
import type { ConsoleOptions } from "./options.ts";
import { supplierNames } from "./suppliers.ts";
import { pager, table } from "./table.ts";

const ON_A_PAGE = 50;

export async function ordersPage({ db, config }: ConsoleOptions, query: unknown): Promise<Page> {
  const { state, search, unmatched, facts_missing: factsMissing, after } = ordersQuery.parse(query);
  const { rows, next } = await listOrders(db, { state, search, unmatched, factsMissing, after, limit: ON_A_PAGE });
  const flags = { unmatched: unmatched?.toString(), facts_missing: factsMissing?.toString() };
  return {
    title: "Orders",
    section: "orders",
    body: html`<h1>Orders</h1>
      <form class="filter" method="get" action="/orders" role="search">
        <label>
          <span>Order or purchase order</span>
          <input type="search" name="search" value="${search ?? ""}" placeholder="#1001" maxlength="100" />
        </label>
        <label>
          <span>State</span>
          <select name="state">
            <option value="">all</option>
            ${orderStates.map((one) => html`<option value="${one}" ${one === state ? html`selected` : ""}>${one}</option>`)}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" name="unmatched" value="true" ${unmatched === true ? html`checked` : ""} />
          <span>with unmatched lines</span>
        </label>
        <label class="check">
          <input type="checkbox" name="facts_missing" value="true" ${factsMissing === true ? html`checked` : ""} />
          <span>with lines that wait for facts</span>
        </label>
        <button type="submit">Show</button>
      </form>
      ${orderTable(rows, supplierNames(config))} ${pager({ path: "/orders", query: { search, state, ...flags }, after, next })}`,
  };
}

export const orderTable = (rows: readonly ListedOrder[], nameOf: NameOf): Html =>
  table({
    columns: [
      { title: "Order", cell: (order) => html`${orderLink(order)} ${order.test === 1 ? badge("test") : ""}` },
      { title: "State", cell: (order) => badge(order.state) },
      { title: "Purchase orders", kind: "grow", cell: (order) => purchaseOrderChips(order, nameOf) },
      { title: "Total", kind: "number", cell: (order) => `${order.total} ${order.currency}` },
      { title: "Ordered", cell: (order) => time(order.created_at) },
    ],
    rows,
    empty: "No orders here.",
  });
