import type { Order } from "../../domain/order/order.ts";
import { readOrder, type OrderDetail } from "../queries/orders.ts";
import { command } from "./commands.ts";
import { html, type Content, type Html } from "./html.ts";
import type { Page } from "./layout.ts";
import { saidPanels } from "./messages.ts";
import { badge, facts, orNothing, panel, purchaseOrderLink, time, type NameOf } from "./pieces.ts";
import { acknowledgementBadge } from "./purchase-orders.ts";
import type { ConsoleOptions } from "./options.ts";
import { supplierNames } from "./suppliers.ts";
import { table } from "./table.ts";
import { timeline } from "./timeline.ts";

export async function orderPage({ db, config }: ConsoleOptions, id: string): Promise<Page | undefined> {
  const order = await readOrder(db, id);
  if (order === undefined) {
    return undefined;
  }
  const nameOf = supplierNames(config);
  return {
    title: `Order ${order.name}`,
    section: "orders",
    body: html`<p class="crumbs"><a href="/orders">Orders</a></p>
      <h1>${order.name} ${badge(order.state)} ${order.test === 1 ? badge("test") : ""}</h1>
      ${
        order.state === "historic"
          ? html`<div class="callout">
              <p>
                <strong>Created before <code>dispatch.since</code>, so nothing of it is sent.</strong>
              </p>
              <p>To take it up as if it were new: ${command(["adopt", order.id], "why")}</p>
            </div>`
          : ""
      }
      ${panel("Order", orderFacts(order))} ${order.snapshot === null ? "" : panel("Customer", customerFacts(order.snapshot))}
      ${panel("Lines", lineTable(order, nameOf), { count: order.lines.length })}
      ${panel("Purchase orders", purchaseOrderTable(order, nameOf), { count: order.purchaseOrders.length })} ${saidPanels(order)}
      ${panel("Events", timeline(order.events, order.purchaseOrders))}`,
  };
}

function orderFacts(order: OrderDetail): Html {
  const { snapshot } = order;
  return facts([
    ["Shop", order.shop],
    ["Id", html`<code>${order.id}</code>`],
    ["Total", `${order.total} ${order.currency}`],
    ["Payment", snapshot === null ? null : orNothing(snapshot.financialStatus?.replaceAll("_", " ") ?? null)],
    ["Ordered", time(order.created_at)],
    ["Changed in Shopify", order.updated_at === 0 ? null : time(order.updated_at)],
    ["Received here", time(order.first_seen_at)],
    ["Cancelled", order.cancelled_at === null ? null : time(order.cancelled_at)],
    ["Deleted", order.deleted_at === null ? null : time(order.deleted_at)],
    ["Shipping method", snapshot?.shippingMethod ?? null],
    ["Customer's order number", snapshot?.customerOrderNumber ?? null],
    ["Tags", snapshot === null || snapshot.tags.length === 0 ? null : snapshot.tags.join(", ")],
    ["Note", snapshot?.note ?? null],
    ...(snapshot?.noteAttributes ?? []).map(({ name, value }) => [name, value] as const),
  ]);
}

function customerFacts({ customer, deliverTo, phone }: Order): Html {
  const place = deliverTo === null ? "" : [deliverTo.zip, deliverTo.city].filter(Boolean).join(" ");
  const lines =
    deliverTo === null
      ? []
      : [deliverTo.company, deliverTo.name, deliverTo.street, deliverTo.street2, place, deliverTo.province, deliverTo.country];
  return facts([
    ["Name", orNothing(customer.name)],
    ["E-mail", orNothing(customer.email)],
    ["Phone", orNothing(phone)],
    ["Deliver to", html`<address>${lines.filter(Boolean).map((line) => html`<span>${line ?? ""}</span>`)}</address>`],
  ]);
}

const lineTable = (order: OrderDetail, nameOf: NameOf): Html =>
  table({
    columns: [
      { title: "SKU", cell: (line) => html`<code>${line.sku ?? "–"}</code>` },
      { title: "Line", cell: (line) => line.title },
      { title: "Ordered", kind: "number", cell: (line) => line.ordered },
      { title: "Now", kind: "number", cell: (line) => line.current },
      { title: "Fulfilled", kind: "number", cell: (line) => line.fulfilled },
      { title: "Given", kind: "number", cell: (line) => line.allocated },
      { title: "Decision", cell: (line) => html`${badge(line.decision)} ${tooMany(line.too_many)}` },
      {
        title: "Why and to whom",
        kind: "grow",
        cell: (line) =>
          html`${line.reason}
          ${line.allocations.map(
            (one) =>
              html`<div class="allocation">
                ${one.units} to ${nameOf(one.supplier)} on ${purchaseOrderLink({ id: one.purchase_order_id, number: one.number })}
                ${one.rule === line.reason ? "" : html`<span class="rule">by ${one.rule}</span>`}
              </div>`,
          )}`,
      },
    ],
    rows: order.lines,
    empty: "No lines are known.",
  });

const tooMany = (units: number): Content => (units === 0 ? "" : badge("too-many", `${units} too many sent`));

const purchaseOrderTable = (order: OrderDetail, nameOf: NameOf): Html =>
  table({
    columns: [
      { title: "Number", cell: purchaseOrderLink },
      { title: "Supplier", cell: (po) => nameOf(po.supplier) },
      { title: "State", cell: (po) => html`${badge(po.state)} ${acknowledgementBadge(po)}` },
      {
        title: "Reason",
        kind: "grow",
        cell: (po) =>
          po.holds.length === 0
            ? orNothing(po.reason)
            : po.holds.map((hold) => html`<div class="hold">${badge("hold", hold.name)} ${hold.reason}</div>`),
      },
      { title: "Sent", cell: (po) => time(po.sent_at) },
    ],
    rows: order.purchaseOrders,
    empty: "No purchase orders.",
  });
