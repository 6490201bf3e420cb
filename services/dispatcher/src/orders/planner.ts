// Plans one order and applies the plan, in the caller's transaction: lines, purchase orders, holds, documents, audit.
// Running it again changes nothing. It is run after every change of an order, when a purchase order that was being sent
// came back, and at start for the orders that a changed configuration may concern.
import { findRow, findRows, insertRow, updateRows } from "../database/statements.ts";
import { isResent, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import { endPurchaseOrder, recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { OrdersTable } from "../database/tables/orders.ts";
import type { CatalogueView } from "../domain/catalogue/catalogue.ts";
import type { Order, OrderLine } from "../domain/order/order.ts";
import { planOrder, type DispatchPolicy, type LinePlan, type Plan } from "../domain/plan/plan.ts";
import { isOpen } from "../domain/purchase-order/purchase-order.ts";
import { readSnapshot } from "../domain/order/snapshot.ts";
import { noFacts, type Facts } from "../domain/rules/rules.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";
import { nothingSentTo } from "./first-orders.ts";
import { standOnEarlier } from "./messages.ts";
import { releaseCombined } from "./minimum.ts";
import type { PurchaseOrderWriter } from "./purchase-orders.ts";

export interface PlannerOptions {
  readonly writer: PurchaseOrderWriter;
  readonly policy: DispatchPolicy;
  readonly suppliers: readonly Supplier[];
  readonly catalogue: LoadCatalogue;
  /** What rules may ask for beyond the order; without it there is no catalogue and no stock. */
  readonly facts?: LoadFacts;
}

/** What the suppliers' catalogues say of these SKUs at the order's time. Composed from the catalogue room. */
export type LoadCatalogue = (
  trx: DatabaseTransaction,
  of: { readonly skus: readonly (string | null)[]; readonly at: number },
) => Promise<CatalogueView>;

/** Reads in the planner's transaction, once for each plan, what the lines of this order may need. */
export type LoadFacts = (trx: DatabaseTransaction, order: Order) => Promise<Facts>;

/** Returns the purchase orders that became ready: the sweep would find them, handing them over now only saves its wait. */
export type PlanNow = (
  trx: DatabaseTransaction,
  orderId: string,
  now: number,
  how?: {
    /** The configuration may have changed: lines go where the rules say now, not where they are. */
    readonly afresh?: boolean;
  },
) => Promise<readonly string[]>;

export function createPlanner(options: PlannerOptions): PlanNow {
  const { writer } = options;
  const asksForFirst = options.suppliers
    .filter((one) => [...options.policy.holds, ...one.holds].some((rule) => rule.kind === "first-order"))
    .map((one) => one.id);

  return async (trx, orderId, now, how = {}) => {
    const row = await findRow(trx, "orders", { id: orderId });
    if (row === undefined) {
      throw new Error(`there is no order ${orderId}`);
    }
    if (row.snapshot === null) {
      return [];
    }
    const order = orderOf(row);
    const purchaseOrders = await findRows(trx, "purchase_orders", { order_id: orderId }, ["created_at", "id"]);
    const isNew = purchaseOrders.length === 0;
    const again = isNew ? new Set<string>() : await resent(trx, orderId);
    const poLines = isNew ? [] : await findRows(trx, "purchase_order_lines", { order_id: orderId }, ["number"]);
    const lines = await findRows(trx, "order_lines", { order_id: orderId });
    const before = new Map(lines.map((line) => [line.line_id, line]));
    const sources = new Map(order.lines.map((line) => [line.id, line]));
    const linesOf = Map.groupBy(poLines, (line) => line.purchase_order_id);

    const nothingSent = await nothingSentTo(trx, asksForFirst);
    const view = await options.catalogue(trx, { skus: order.lines.map((line) => line.sku), at: order.processedAt });
    const plan = planOrder({
      nothingSent,
      order,
      deleted: row.deleted_at !== null,
      adopted: row.state !== "new" && row.state !== "historic",
      policy: options.policy,
      suppliers: options.suppliers,
      catalogue: view,
      facts: { ...((await options.facts?.(trx, order)) ?? noFacts), catalogue: view.has },
      afresh: how.afresh ?? false,
      accounts: before,
      purchaseOrders: purchaseOrders.map((po) => ({
        id: po.id,
        supplier: po.supplier,
        state: po.state,
        again: again.has(po.id),
        lines: (linesOf.get(po.id) ?? []).map((line) => ({
          lineId: line.line_id,
          units: line.units - line.withdrawn,
        })),
      })),
    });

    await saveOrderState({ trx, row, order, plan, now });
    for (const [position, line] of plan.lines.entries()) {
      await saveLine({ trx, order, line, source: sources.get(line.lineId), position, known: before.has(line.lineId) });
      if (line.tooMany !== (before.get(line.lineId)?.too_many ?? 0)) {
        await mark(trx, concernedBy(line, { purchaseOrders, poLines }));
      }
    }

    // One that is being sent at this moment may come back unsent, and must not go then without having been planned again.
    if (purchaseOrders.length > 0) {
      await trx
        .updateTable("messages")
        .set((eb) => ({ stale: eb.case().when("state", "=", "sending").then(1).else(0).end() }))
        .where(
          "purchase_order_id",
          "in",
          purchaseOrders.map((po) => po.id),
        )
        .where((eb) => eb.or([eb("state", "=", "sending"), eb("stale", "=", 1)]))
        .execute();
    }

    const ready: string[] = [];
    const byId = new Map(purchaseOrders.map((po) => [po.id, po]));
    await writer.freeLines(trx, { open: purchaseOrders.filter((po) => isOpen(po.state) && !again.has(po.id)), plan });
    for (const { id, reason } of plan.cancel) {
      const po = byId.get(id);
      if (po !== undefined) {
        await endPurchaseOrder(trx, { po, to: "cancelled", cause: "system", actor: "system", at: now, reason });
      }
    }
    for (const wanted of plan.purchaseOrders) {
      const po = wanted.id === null ? undefined : byId.get(wanted.id);
      const written = await writer.write(trx, { order, wanted, po, now });
      ready.push(...(written.becameReady ? [written.id] : []));
    }
    const concerned = new Set(plan.purchaseOrders.map((one) => one.supplier));
    for (const supplier of options.suppliers.filter((one) => concerned.has(one.id))) {
      ready.push(...(await releaseCombined(trx, { supplier, now })));
    }
    for (const { id, reason } of plan.wishToCancel) {
      const po = byId.get(id);
      if (po !== undefined && po.cancel_wanted_at === null) {
        await wishToCancel({ trx, po, reason, now });
      }
    }
    return ready;
  };
}

/** Those that a person has sent once more: they do not follow their order any more. */
async function resent(trx: DatabaseTransaction, orderId: string): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom("purchase_orders as po")
    .innerJoin("messages as message", "message.id", "po.message_id")
    .select(["po.id", "message.kind", "message.copy"])
    .where("po.order_id", "=", orderId)
    .execute();
  return new Set(rows.filter(isResent).map((row) => row.id));
}

/** The domain's order of a row, with its tombstones. Throws Error for one that was deleted before it was ever seen. */
export function orderOf(row: Pick<OrdersTable, "id" | "snapshot" | "cancelled_at">): Order {
  if (row.snapshot === null) {
    throw new Error(`order ${row.id} has no snapshot`);
  }
  return { ...readSnapshot(row.snapshot), cancelledAt: row.cancelled_at };
}

async function saveOrderState(input: {
  readonly trx: DatabaseTransaction;
  readonly row: OrdersTable;
  readonly order: Order;
  readonly plan: Plan;
  readonly now: number;
}): Promise<void> {
  const { trx, row, order, plan, now } = input;
  if (row.plan_again === 1) {
    await updateRows(trx, "orders", { plan_again: 0 }, { id: row.id });
  }
  const state =
    row.deleted_at !== null ? "deleted" : plan.historic ? "historic" : order.cancelledAt !== null ? "cancelled" : "open";
  await updateRows(trx, "orders", { state }, { id: row.id });
  if (state !== row.state) {
    await recordEvent(trx, {
      at: now,
      subject: "order",
      subjectId: row.id,
      name: `order.${state}`,
      actor: "system",
      detail: { from: row.state },
    });
  }
}

async function saveLine(input: {
  readonly trx: DatabaseTransaction;
  readonly order: Order;
  readonly line: LinePlan;
  readonly source: OrderLine | undefined;
  readonly position: number;
  readonly known: boolean;
}): Promise<void> {
  const { trx, order, line, source, position, known } = input;
  const units = Math.max(source?.quantity ?? 0, source?.currentQuantity ?? 0);
  const set = {
    position,
    sku: source?.sku ?? null,
    title: source?.title ?? "",
    ...line.account,
    decision: line.decision,
    reason: line.reason,
    cause: line.cause ?? null,
    too_many: line.tooMany,
  };
  if (!known) {
    await insertRow(trx, "order_lines", { ...set, order_id: order.id, line_id: line.lineId, ordered: units });
    return;
  }
  await trx
    .updateTable("order_lines")
    .set((eb) => ({ ...set, ordered: eb.case().when("ordered", "<", units).then(units).else(eb.ref("ordered")).end() }))
    .where("order_id", "=", order.id)
    .where("line_id", "=", line.lineId)
    .execute();
}

interface PoLine {
  readonly purchase_order_id: string;
  readonly line_id: string;
}

/** The frozen purchase orders that the line is on. */
const concernedBy = (
  line: LinePlan,
  of: { readonly purchaseOrders: readonly PurchaseOrderRow[]; readonly poLines: readonly PoLine[] },
): readonly PurchaseOrderRow[] =>
  of.purchaseOrders.filter(
    (po) =>
      !isOpen(po.state) &&
      po.state !== "cancelled" &&
      of.poLines.some((one) => one.line_id === line.lineId && one.purchase_order_id === po.id),
  );

/** To be looked at by the sweep of ./notices.ts: whether their suppliers must be told, and what. */
async function mark(trx: DatabaseTransaction, purchaseOrders: readonly PurchaseOrderRow[]): Promise<void> {
  const ids = purchaseOrders.map((po) => po.id);
  if (ids.length === 0) {
    return;
  }
  await trx.updateTable("purchase_orders").set({ notify: 1 }).where("id", "in", ids).execute();
}

/** The content is frozen: the attempt that is still before its rename stops by this wish; later it is the supplier's affair. */
async function wishToCancel(input: {
  readonly trx: DatabaseTransaction;
  readonly po: PurchaseOrderRow;
  readonly reason: string;
  readonly now: number;
}): Promise<void> {
  const { trx, po, reason, now } = input;
  // Once it is certain that its supplier has it, the sweep of ./notices.ts has the supplier told.
  const set = { cancel_wanted_at: now, cancel_reason: reason, notify: 1 };
  if (po.state === "failed" && !(await standOnEarlier(trx, po, { at: now, reason }))) {
    await endPurchaseOrder(trx, { po, to: "cancelled", cause: "system", actor: "system", at: now, reason, set });
    return;
  }
  await updateRows(trx, "purchase_orders", set, { id: po.id });
  if (po.message_id !== null) {
    await trx
      .updateTable("messages")
      .set({ unwanted: reason })
      .where("id", "=", po.message_id)
      .where("state", "in", ["ready", "sending"])
      .execute();
  }
  await recordEvent(trx, {
    at: now,
    subject: "purchase-order",
    subjectId: po.id,
    name: "purchase_order.cancel_wanted",
    actor: "shopify",
    detail: { reason, state: po.state },
  });
}
