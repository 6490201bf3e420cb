import { holdNames } from "../../domain/plan/hold.ts";
import { purchaseOrderStates } from "../../domain/purchase-order/purchase-order.ts";
import { listPurchaseOrders, type ListedPurchaseOrder } from "../queries/purchase-orders.ts";
import { html, type Content } from "./html.ts";
import { purchaseOrdersQuery } from "./input.ts";
import type { Page } from "./layout.ts";
import { badge, orderLink, orNothing, purchaseOrderLink, time } from "./pieces.ts";
import type { ConsoleOptions } from "./options.ts";
import { supplierNames } from "./suppliers.ts";
import { pager, table } from "./table.ts";

const ON_A_PAGE = 50;

export async function purchaseOrdersPage({ db, config }: ConsoleOptions, query: unknown): Promise<Page> {
  const { state, hold, supplier, overdue, after } = purchaseOrdersQuery.parse(query);
  const { rows, next } = await listPurchaseOrders(db, { state, hold, supplier, overdue, after, limit: ON_A_PAGE });
  const nameOf = supplierNames(config);
  return {
    title: "Purchase orders",
    section: "purchase-orders",
    body: html`<h1>Purchase orders</h1>
      <form class="filter" method="get" action="/purchase-orders" role="search">
        <label>
          <span>State</span>
          <select name="state">
            <option value="">all</option>
            ${purchaseOrderStates.map((one) => html`<option value="${one}" ${one === state ? html`selected` : ""}>${one}</option>`)}
          </select>
        </label>
        <label>
          <span>Held by</span>
          <select name="hold">
            <option value="">anything or nothing</option>
            ${holdNames.map((one) => html`<option value="${one}" ${one === hold ? html`selected` : ""}>${one}</option>`)}
          </select>
        </label>
        <label>
          <span>Supplier</span>
          <select name="supplier">
            <option value="">all</option>
            ${config.suppliers.map(
              (one) => html`<option value="${one.id}" ${one.id === supplier ? html`selected` : ""}>${one.name}</option>`,
            )}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" name="overdue" value="true" ${overdue === true ? html`checked` : ""} />
          <span>acknowledgement overdue</span>
        </label>
        <button type="submit">Show</button>
      </form>
      ${table({
        columns: [
          { title: "Purchase order", cell: purchaseOrderLink },
          { title: "Supplier", cell: (po) => nameOf(po.supplier) },
          { title: "Order", cell: (po) => orderLink({ id: po.order_id, name: po.order_name }) },
          { title: "State", cell: (po) => html`${badge(po.state)} ${acknowledgementBadge(po)}` },
          { title: "Reason", kind: "grow", cell: (po) => orNothing(po.reason ?? po.cancel_reason) },
          { title: "Created", cell: (po) => time(po.created_at) },
          { title: "Sent", cell: (po) => time(po.sent_at) },
        ],
        rows,
        empty: "No purchase orders here.",
      })}
      ${pager({
        path: "/purchase-orders",
        query: { state, hold, supplier, overdue: overdue === true ? "true" : undefined },
        after,
        next,
      })}`,
  };
}

export function acknowledgementBadge(
  po: Pick<ListedPurchaseOrder, "acknowledgement" | "acknowledgement_overdue" | "cancel_wanted_at" | "inferred">,
): Content {
  return [
    po.acknowledgement === null ? "" : badge(`answer-${po.acknowledgement}`, po.acknowledgement),
    po.acknowledgement_overdue === 1 ? badge("overdue", "answer overdue") : "",
    po.inferred === 1 ? badge("inferred") : "",
    po.cancel_wanted_at === null ? "" : badge("cancel-wanted"),
  ];
}
