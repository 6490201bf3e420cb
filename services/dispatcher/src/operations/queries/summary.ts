// Counts: for the overview, the API's summary (a live screen polls it) and the metrics. No blob and no snapshot is read.
import type { ConfiguredSupplier } from "../../config/load.ts";
import { insecurity } from "../../config/transport-settings.ts";
import type { Database } from "../../database/schema.ts";
import type { OrdersTable } from "../../database/tables/orders.ts";
import { purchaseOrderStates, type PurchaseOrderState } from "../../domain/purchase-order/purchase-order.ts";

export type OrderState = OrdersTable["state"];

export type StateCounts = Record<PurchaseOrderState, number>;

export interface Summary {
  readonly orders: Record<OrderState, number>;
  readonly purchaseOrders: StateCounts;
  /** Also suppliers that are no longer configured, while they have purchase orders. */
  readonly purchaseOrdersBySupplier: Readonly<Record<string, StateCounts>>;
  /** Lines of open orders that go to no supplier. */
  readonly unmatchedLines: number;
  /** Lines of open orders that wait for what a rule must know. */
  readonly factsMissingLines: number;
  /** Sent purchase orders whose acknowledgement did not come in time. */
  readonly overdueAcknowledgements: number;
  /** Cancellations and changes of sent purchase orders. */
  readonly notices: {
    /** Sent, and waiting for the supplier's answer; those late among them. */
    readonly waiting: number;
    readonly overdue: number;
    readonly failed: number;
    readonly unknown: number;
    /** No document tells the supplier: a person does, and says what it answers. */
    readonly byHand: number;
  };
  /** What waits for a person's decision. */
  readonly deadLetters: Readonly<Record<"purchaseOrders" | "notices" | "webhooks" | "files", number>>;
  /** Ids. */
  readonly pausedSuppliers: readonly string[];
  /** Suppliers whose server does not answer, by their ids: the breaker is open. */
  readonly silentSuppliers: readonly string[];
  /** Suppliers whose configuration accepts a connection that is not secure. */
  readonly insecureSuppliers: readonly string[];
}

export async function readSummary(db: Database, suppliers: readonly ConfiguredSupplier[]): Promise<Summary> {
  const [orders, purchaseOrders, notices, tasks, waiting, overdue, webhooks, files, stopped] = await Promise.all([
    db
      .selectFrom("orders")
      .select(["state", (eb) => eb.fn.countAll().as("count")])
      .groupBy("state")
      .execute(),
    db
      .selectFrom("purchase_orders")
      .select(["supplier", "state", (eb) => eb.fn.countAll().as("count")])
      .groupBy(["supplier", "state"])
      .execute(),
    db
      .selectFrom("messages")
      .select(["state", "answer_overdue", (eb) => eb.fn.countAll().as("count")])
      .where("kind", "in", ["cancellation", "change"])
      .where("state", "in", ["sent", "failed", "unknown"])
      .where((eb) => eb.or([eb("answer", "is", null), eb("answer", "=", "received")]))
      .groupBy(["state", "answer_overdue"])
      .execute(),
    db
      .selectFrom("tasks")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("settled_at", "is", null)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom("order_lines")
      .innerJoin("orders", "orders.id", "order_lines.order_id")
      .select(["order_lines.decision", (eb) => eb.fn.countAll().as("count")])
      .where("order_lines.decision", "in", ["unmatched", "facts-missing"])
      .where("orders.state", "=", "open")
      .groupBy("order_lines.decision")
      .execute(),
    db
      .selectFrom("messages")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("kind", "in", ["order", "replacement"])
      .where("state", "=", "sent")
      .where("answer_overdue", "=", 1)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom("dead_letters")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("settled_at", "is", null)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom("inbound_files")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("state", "=", "quarantined")
      .where("settled_at", "is", null)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom("suppliers")
      .select(["id", "paused_at", "opened_at"])
      .where((eb) => eb.or([eb("paused_at", "is not", null), eb("opened_at", "is not", null)]))
      .orderBy("id")
      .execute(),
  ]);

  const bySupplier: Record<string, StateCounts> = Object.fromEntries(suppliers.map(({ id }) => [id, noCounts()]));
  const total = noCounts();
  for (const row of purchaseOrders) {
    const counts = (bySupplier[row.supplier] ??= noCounts());
    counts[row.state] += Number(row.count);
    total[row.state] += Number(row.count);
  }
  const byState: Record<OrderState, number> = { new: 0, open: 0, historic: 0, cancelled: 0, deleted: 0 };
  for (const row of orders) {
    byState[row.state] = Number(row.count);
  }
  const countNotices = (which: (row: (typeof notices)[number]) => boolean): number =>
    notices.filter(which).reduce((sum, row) => sum + Number(row.count), 0);
  const failed = countNotices((row) => row.state === "failed");
  const byHand = Number(tasks.count);
  const unknown = countNotices((row) => row.state === "unknown");
  return {
    orders: byState,
    purchaseOrders: total,
    purchaseOrdersBySupplier: bySupplier,
    unmatchedLines: Number(waiting.find((one) => one.decision === "unmatched")?.count ?? 0),
    factsMissingLines: Number(waiting.find((one) => one.decision === "facts-missing")?.count ?? 0),
    overdueAcknowledgements: Number(overdue.count),
    notices: {
      waiting: countNotices((row) => row.state === "sent"),
      overdue: countNotices((row) => row.state === "sent" && row.answer_overdue === 1),
      failed,
      unknown,
      byHand,
    },
    deadLetters: {
      purchaseOrders: total.failed + total.unknown,
      notices: failed + unknown + byHand,
      webhooks: Number(webhooks.count),
      files: Number(files.count),
    },
    pausedSuppliers: stopped.filter((row) => row.paused_at !== null).map((row) => row.id),
    silentSuppliers: stopped.filter((row) => row.opened_at !== null).map((row) => row.id),
    insecureSuppliers: suppliers.filter(({ transport }) => insecurity(transport) !== null).map(({ id }) => id),
  };
}

function noCounts(): StateCounts {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry for each state
  return Object.fromEntries(purchaseOrderStates.map((state) => [state, 0])) as StateCounts;
}
