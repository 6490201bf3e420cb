import type { Position } from "../../contract/cursor.ts";
import { sql, type Selectable } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { EventsTable } from "../../database/tables/process.ts";
import type { OrderLinesTable, OrdersTable, PurchaseOrderLinesTable } from "../../database/tables/orders.ts";
import type { Order } from "../../domain/order/order.ts";
import { readSnapshot } from "../../domain/order/snapshot.ts";
import { listEvents } from "./events.ts";
import { containing, page, type Paged } from "../../database/paging.ts";
import {
  viewedPurchaseOrders,
  viewOf,
  type PurchaseOrderRow,
  type PurchaseOrderView,
} from "../../database/purchase-order-rows.ts";
import type { TasksTable } from "../../database/tables/attention.ts";
import type { MessagesTable } from "../../database/tables/deliveries.ts";
import { activeHoldsOf, saidAbout, type ActiveHold } from "./purchase-orders.ts";
import type { OrderState } from "./summary.ts";

const summaryColumns = [
  "id",
  "shop",
  "name",
  "state",
  "test",
  "total",
  "currency",
  "created_at",
  "updated_at",
  "cancelled_at",
  "deleted_at",
  "first_seen_at",
] as const satisfies (keyof OrdersTable)[];

export type OrderSummary = Pick<OrdersTable, (typeof summaryColumns)[number]>;

/** An order in a list, with where its purchase orders stand. */
export interface ListedOrder extends OrderSummary {
  readonly unmatchedLines: number;
  readonly factsMissingLines: number;
  readonly purchaseOrders: readonly Pick<PurchaseOrderRow, "id" | "number" | "supplier" | "state">[];
}

export interface OrderFilter {
  readonly state?: OrderState | undefined;
  /** Part of an order's name or of a purchase order's number. */
  readonly search?: string | undefined;
  /** Open orders with a line that goes to no supplier. */
  readonly unmatched?: boolean | undefined;
  /** Open orders with a line that waits for what a rule must know. With `unmatched`, those with either. */
  readonly factsMissing?: boolean | undefined;
  readonly after?: Position | undefined;
  readonly limit: number;
}

export async function listOrders(db: Database, filter: OrderFilter): Promise<Paged<ListedOrder>> {
  const { state, search, after, limit } = filter;
  let query = db.selectFrom("orders").select(summaryColumns);
  if (state !== undefined) {
    query = query.where("state", "=", state);
  }
  const waiting = [
    ...(filter.unmatched === true ? ["unmatched" as const] : []),
    ...(filter.factsMissing === true ? ["facts-missing" as const] : []),
  ];
  if (waiting.length > 0) {
    query = query
      .where("state", "=", "open")
      .where("id", "in", (eb) => eb.selectFrom("order_lines").select("order_id").where("decision", "in", waiting));
  }
  if (search !== undefined) {
    const pattern = containing(search);
    query = query.where((eb) =>
      eb.or([
        sql<boolean>`lower(${eb.ref("name")}) like ${pattern} escape '\\'`,
        eb(
          "id",
          "in",
          eb
            .selectFrom("purchase_orders")
            .select("order_id")
            .where(sql<boolean>`lower(number) like ${pattern} escape '\\'`),
        ),
      ]),
    );
  }
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple("first_seen_at", "id"), "<", eb.tuple(after.at, after.id)));
  }
  const found = await query
    .orderBy("first_seen_at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const { rows, next } = page(found, limit, (row) => ({ at: row.first_seen_at, id: row.id }));
  return { rows: await withPurchaseOrders(db, rows), next };
}

async function withPurchaseOrders(db: Database, orders: readonly OrderSummary[]): Promise<ListedOrder[]> {
  if (orders.length === 0) {
    return [];
  }
  const ids = orders.map((order) => order.id);
  const [purchaseOrders, waiting] = await Promise.all([
    db
      .selectFrom("purchase_orders")
      .select(["id", "order_id", "number", "supplier", "state"])
      .where("order_id", "in", ids)
      .orderBy("created_at")
      .orderBy("supplier")
      .execute(),
    db
      .selectFrom("order_lines")
      .select(["order_id", "decision", (eb) => eb.fn.countAll().as("count")])
      .where("order_id", "in", ids)
      .where("decision", "in", ["unmatched", "facts-missing"])
      .groupBy(["order_id", "decision"])
      .execute(),
  ]);
  const count = (id: string, decision: OrderLinesTable["decision"]): number =>
    Number(waiting.find((one) => one.order_id === id && one.decision === decision)?.count ?? 0);
  return orders.map((order) => ({
    ...order,
    unmatchedLines: count(order.id, "unmatched"),
    factsMissingLines: count(order.id, "facts-missing"),
    purchaseOrders: purchaseOrders.filter((po) => po.order_id === order.id),
  }));
}

export interface OrderDetail extends OrderSummary {
  /** The newest snapshot; null for an order known only by its deletion. Personal data. */
  readonly snapshot: Order | null;
  readonly lines: readonly (Selectable<OrderLinesTable> & {
    readonly allocations: readonly (Pick<PurchaseOrderLinesTable, "purchase_order_id" | "units" | "rule"> & {
      readonly number: string | null;
      readonly supplier: string;
    })[];
  })[];
  readonly purchaseOrders: readonly (PurchaseOrderView & { readonly holds: readonly ActiveHold[] })[];
  /** What suppliers were sent of its purchase orders, or are to be, the oldest version first. */
  readonly messages: readonly MessagesTable[];
  /** What a person is to tell them, or has. */
  readonly tasks: readonly TasksTable[];
  /** Of the order and its purchase orders, the oldest first. */
  readonly events: readonly Selectable<EventsTable>[];
}

export async function readOrder(db: Database, id: string): Promise<OrderDetail | undefined> {
  const row = await db
    .selectFrom("orders")
    .select([...summaryColumns, "snapshot"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) {
    return undefined;
  }
  const [lines, allocations, purchaseOrders] = await Promise.all([
    db.selectFrom("order_lines").selectAll().where("order_id", "=", id).orderBy("position").execute(),
    db
      .selectFrom("purchase_order_lines")
      .innerJoin("purchase_orders", "purchase_orders.id", "purchase_order_lines.purchase_order_id")
      .select([
        "purchase_order_lines.line_id",
        "purchase_order_lines.purchase_order_id",
        "purchase_order_lines.units",
        "purchase_order_lines.rule",
        "purchase_orders.number",
        "purchase_orders.supplier",
      ])
      .where("purchase_order_lines.order_id", "=", id)
      .orderBy("purchase_orders.created_at")
      .execute(),
    viewedPurchaseOrders(db)
      .where("purchase_orders.order_id", "=", id)
      .orderBy("purchase_orders.created_at")
      .orderBy("purchase_orders.supplier")
      .execute(),
  ]);
  const ids = purchaseOrders.map((po) => po.id);
  const [holds, said] = await Promise.all([activeHoldsOf(db, ids), saidAbout(db, ids)]);
  // From before messages, a notice has events of its own.
  const concerned = new Set([...ids, ...said.messages.map((message) => message.id)]);
  return {
    ...row,
    snapshot: row.snapshot === null ? null : readSnapshot(row.snapshot),
    lines: lines.map((line) => ({ ...line, allocations: allocations.filter((one) => one.line_id === line.line_id) })),
    purchaseOrders: purchaseOrders.map((po) => ({
      ...viewOf(po),
      holds: holds.filter((hold) => hold.purchase_order_id === po.id),
    })),
    ...said,
    events: await listEvents(db, { subject: "order", id }, [...concerned]),
  };
}

/** Orders that a person may mean: by id, by name (#1001) or by number (1001). Names may repeat across shops. */
export async function findOrders(
  db: Database,
  idOrName: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const bare = idOrName.replace(/^#/, "");
  return await db
    .selectFrom("orders")
    .select(["id", "name"])
    .where((eb) => eb.or([eb("id", "=", idOrName), eb("name", "in", [idOrName, `#${bare}`]), eb("order_number", "=", bare)]))
    .orderBy("id")
    .limit(20)
    .execute();
}
