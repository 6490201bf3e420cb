// What a person must see first. Each kind with its newest few, why each waits, and where to act.
import { insecurity } from "../../config/transport-settings.ts";
import type { PurchaseOrderState } from "../../domain/purchase-order/purchase-order.ts";
import { listOrders, type OrderFilter } from "../queries/orders.ts";
import {
  activeHoldsOf,
  countPurchaseOrders,
  listPurchaseOrders,
  type ActiveHold,
  type ListedPurchaseOrder,
  type PurchaseOrderFilter,
} from "../queries/purchase-orders.ts";
import type { Summary } from "../queries/summary.ts";
import { html, type Content, type Html } from "./html.ts";
import { noticeLink } from "./notices.ts";
import { badge, orderLink, panel, purchaseOrderLink, time } from "./pieces.ts";
import type { ConsoleOptions } from "./options.ts";
import { supplierNames } from "./suppliers.ts";
import { address, table } from "./table.ts";

const SHOWN = 8;

/** Failed attempts after which a purchase order is shown: one or two are an ordinary night. */
const STUCK_AFTER = 3;

export interface Attention {
  readonly panels: readonly Html[];
  /** Held purchase orders that need nobody: their hold ends by itself, or is meant to stay. */
  readonly waiting: number;
}

export async function readAttention({ db, config }: Pick<ConsoleOptions, "db" | "config">, summary: Summary): Promise<Attention> {
  const nameOf = supplierNames(config);
  // A hold for payment ends by itself where paid orders go by themselves; a test order's never ends.
  const quiet = config.policy.release.paid ? ["release", "dry-run"] : ["dry-run"];
  const panels: Html[] = [];

  if (summary.pausedSuppliers.length > 0) {
    panels.push(await pausedSuppliers());
  }
  if (summary.silentSuppliers.length > 0) {
    panels.push(await silentSuppliers());
  }
  for (const state of ["unknown", "failed"] as const) {
    if (summary.purchaseOrders[state] > 0) {
      panels.push(await inState(state, summary.purchaseOrders[state]));
    }
  }
  const { failed, unknown, overdue, byHand } = summary.notices;
  if (failed + unknown > 0) {
    panels.push(
      await notices(
        "Cancellations and changes that the supplier may not have",
        failed + unknown,
        "stuck",
        (notice) => notice.reason,
      ),
    );
  }
  if (byHand > 0) {
    panels.push(await notices("Suppliers to tell yourself", byHand, "by-hand", (notice) => notice.reason));
  }
  if (overdue > 0) {
    panels.push(
      await notices("Cancellations and changes without an answer", overdue, "overdue", (notice) => [
        "The supplier has not said by ",
        time(notice.acknowledgement_due_at),
        " whether it accepts it. Ask: until then the goods may come.",
      ]),
    );
  }
  const stuck = await countPurchaseOrders(db, { failedAttempts: STUCK_AFTER });
  if (stuck > 0) {
    panels.push(await notGettingThrough(stuck));
  }
  const heldForPerson = summary.purchaseOrders.held === 0 ? 0 : await countPurchaseOrders(db, { heldOtherThan: quiet });
  if (heldForPerson > 0) {
    panels.push(await held(heldForPerson));
  }
  if (summary.overdueAcknowledgements > 0) {
    panels.push(
      await purchaseOrders("Acknowledgements overdue", summary.overdueAcknowledgements, { overdue: true }, (po) => [
        "The supplier has not answered by ",
        time(po.acknowledgement_due_at),
        ". Ask whether it has the purchase order.",
      ]),
    );
  }
  if (summary.unmatchedLines > 0) {
    panels.push(
      await waitingLines("Lines that go to no supplier", summary.unmatchedLines, {
        decision: "unmatched",
        filter: { unmatched: true },
        all: "/orders?unmatched=true",
      }),
    );
  }
  if (summary.factsMissingLines > 0) {
    panels.push(
      await waitingLines("Lines that wait for what a rule must know", summary.factsMissingLines, {
        decision: "facts-missing",
        filter: { factsMissing: true },
        all: "/orders?facts_missing=true",
      }),
    );
  }
  const { webhooks, files } = summary.deadLetters;
  if (webhooks > 0) {
    const what = "They were signed by Shopify and could not be read, or ask for an answer.";
    panels.push(setAside("Webhooks set aside", webhooks, "/dead-letters?kind=webhook", what));
  }
  if (files > 0) {
    const what = "Suppliers' files of which nothing was applied.";
    panels.push(setAside("Files set aside", files, "/dead-letters?kind=file", what));
  }
  if (summary.insecureSuppliers.length > 0) {
    panels.push(insecureSuppliers());
  }
  return { panels, waiting: summary.purchaseOrders.held - heldForPerson };

  function insecureSuppliers(): Html {
    const rows = config.suppliers.filter(({ id }) => summary.insecureSuppliers.includes(id));
    return panel(
      "Connections that are not secure",
      table({
        columns: [
          { title: "Supplier", cell: ({ id }) => html`<a href="/suppliers#${id}">${nameOf(id)}</a> ${badge("insecure")}` },
          { title: "Why", kind: "grow", cell: ({ transport }) => insecurity(transport) },
        ],
        rows,
        empty: "",
      }),
      { count: rows.length },
    );
  }

  async function pausedSuppliers(): Promise<Html> {
    const rows = await db.selectFrom("suppliers").selectAll().where("paused_at", "is not", null).orderBy("id").execute();
    return panel(
      "Paused suppliers",
      table({
        columns: [
          { title: "Supplier", cell: (row) => html`<a href="/suppliers#${row.id}">${nameOf(row.id)}</a> ${badge("paused")}` },
          { title: "Since", cell: (row) => time(row.paused_at) },
          { title: "Why", kind: "grow", cell: (row) => row.pause_reason },
        ],
        rows,
        empty: "",
      }),
      { count: rows.length },
    );
  }

  async function silentSuppliers(): Promise<Html> {
    const rows = await db.selectFrom("suppliers").selectAll().where("opened_at", "is not", null).orderBy("id").execute();
    return panel(
      "Suppliers whose server does not answer",
      table({
        columns: [
          { title: "Supplier", cell: (row) => html`<a href="/suppliers#${row.id}">${nameOf(row.id)}</a> ${badge("silent")}` },
          { title: "Since", cell: (row) => time(row.opened_at) },
          {
            title: "What is done",
            kind: "grow",
            cell: (row) => html`One purchase order is let through to try at ${time(row.probe_at)}.`,
          },
        ],
        rows,
        empty: "",
      }),
      { count: rows.length },
    );
  }

  async function inState(state: "unknown" | "failed", count: number): Promise<Html> {
    const title = state === "unknown" ? "Unknown whether the supplier has it" : "Failed";
    return await purchaseOrders(title, count, { state }, (po) => po.reason);
  }

  async function notGettingThrough(count: number): Promise<Html> {
    const { rows } = await listPurchaseOrders(db, { failedAttempts: STUCK_AFTER, limit: SHOWN });
    const table = purchaseOrderTable(rows, (po) => [po.reason, " Tried again at ", time(po.next_attempt_at), "."]);
    return panel("Not getting through", html`${table}${more(count, address("/purchase-orders", { state: "ready" }))}`, { count });
  }

  async function held(count: number): Promise<Html> {
    const { rows } = await listPurchaseOrders(db, { heldOtherThan: quiet, limit: SHOWN });
    const holds = await activeHoldsOf(
      db,
      rows.map((po) => po.id),
    );
    return panel(
      "Held",
      html`${purchaseOrderTable(rows, (po) => showHolds(holds.filter((hold) => hold.purchase_order_id === po.id)))}
      ${more(count, address("/purchase-orders", { state: "held" }))}`,
      { count },
    );
  }

  async function purchaseOrders(
    title: string,
    count: number,
    filter: { readonly state?: PurchaseOrderState; readonly overdue?: boolean },
    why: (po: ListedPurchaseOrder) => Content,
  ): Promise<Html> {
    const { rows } = await listPurchaseOrders(db, { ...filter, limit: SHOWN } satisfies PurchaseOrderFilter);
    const all = address("/purchase-orders", { state: filter.state, overdue: filter.overdue === true ? "true" : undefined });
    return panel(title, html`${purchaseOrderTable(rows, why)}${more(count, all)}`, { count });
  }

  async function notices(
    title: string,
    count: number,
    which: "stuck" | "overdue" | "by-hand",
    why: (notice: ListedPurchaseOrder) => Content,
  ): Promise<Html> {
    const { rows } = await listPurchaseOrders(db, { notices: which, limit: SHOWN });
    const all = which === "overdue" ? undefined : address("/dead-letters", { kind: "purchase-order" });
    return panel(title, html`${purchaseOrderTable(rows, why)}${all === undefined ? "" : more(count, all)}`, { count });
  }

  function purchaseOrderTable(rows: readonly ListedPurchaseOrder[], why: (po: ListedPurchaseOrder) => Content): Html {
    return table({
      columns: [
        { title: "Purchase order", cell: (po) => (po.purpose === null ? purchaseOrderLink(po) : noticeLink(po)) },
        { title: "Supplier", cell: (po) => nameOf(po.supplier) },
        { title: "Order", cell: (po) => orderLink({ id: po.order_id, name: po.order_name }) },
        { title: "Why", kind: "grow", cell: why },
      ],
      rows,
      empty: "",
    });
  }

  async function waitingLines(
    title: string,
    count: number,
    which: {
      readonly decision: "unmatched" | "facts-missing";
      readonly filter: Pick<OrderFilter, "unmatched" | "factsMissing">;
      readonly all: string;
    },
  ): Promise<Html> {
    const { rows } = await listOrders(db, { ...which.filter, limit: SHOWN });
    const lines = await db
      .selectFrom("order_lines")
      .select(["order_id", "title", "sku", "reason"])
      .where("decision", "=", which.decision)
      .where(
        "order_id",
        "in",
        rows.map((order) => order.id),
      )
      .orderBy("position")
      .execute();
    const byOrder = rows.flatMap((order) =>
      lines.filter((line) => line.order_id === order.id).map((line) => ({ ...line, order })),
    );
    return panel(
      title,
      html`${table({
        columns: [
          { title: "Order", cell: (line) => orderLink(line.order) },
          { title: "SKU", cell: (line) => html`<code>${line.sku ?? "–"}</code>` },
          { title: "Line", cell: (line) => line.title },
          { title: "Why", kind: "grow", cell: (line) => line.reason },
        ],
        rows: byOrder,
        empty: "",
      })}
      ${more(count, which.all, byOrder.length)}`,
      { count },
    );
  }
}

const showHolds = (holds: readonly ActiveHold[]): Content =>
  holds.map((hold) => html`<div class="hold">${badge("hold", hold.name)} ${hold.reason}</div>`);

const more = (count: number, href: string, shown = SHOWN): Content =>
  count <= shown ? "" : html`<p class="more"><a href="${href}">All ${count.toLocaleString("en")} →</a></p>`;

const setAside = (title: string, count: number, href: string, what: string): Html =>
  panel(title, html`<p class="more">${what} <a href="${href}">See ${count === 1 ? "it" : "them"} →</a></p>`, { count });
