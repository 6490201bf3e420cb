import {
  viewedPurchaseOrders,
  viewOf,
  type PurchaseOrderRow,
  type PurchaseOrderView,
} from "../../database/purchase-order-rows.ts";
import type { TasksTable } from "../../database/tables/attention.ts";
import type { MessagesTable } from "../../database/tables/deliveries.ts";
import type { Position } from "../../contract/cursor.ts";
import type { Selectable } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { EventsTable } from "../../database/tables/process.ts";
import type { InboundFilesTable } from "../../database/tables/inbound.ts";
import type { DocumentsTable, HoldsTable, OrdersTable, PurchaseOrderLinesTable } from "../../database/tables/orders.ts";
import type { PurchaseOrderState } from "../../domain/purchase-order/purchase-order.ts";
import { listAttempts, type AttemptDetail } from "./attempts.ts";
import { listEvents } from "./events.ts";
import { page, type Paged } from "../../database/paging.ts";

export type ListedPurchaseOrder = PurchaseOrderView & { readonly order_name: string };
export type ActiveHold = Pick<Selectable<HoldsTable>, "id" | "purchase_order_id" | "name" | "reason" | "since">;

export interface PurchaseOrderFilter {
  readonly state?: PurchaseOrderState | undefined;
  readonly supplier?: string | undefined;
  /** Sent, and not acknowledged in time. */
  readonly overdue?: boolean | undefined;
  /** Held by this hold, among others. */
  readonly hold?: string | undefined;
  readonly after?: Position | undefined;
  readonly limit: number;
}

export async function listPurchaseOrders(db: Database, filter: PurchaseOrderFilter): Promise<Paged<ListedPurchaseOrder>> {
  const found = await filtered(db, filter)
    .innerJoin("orders", "orders.id", "purchase_orders.order_id")
    .select("orders.name as order_name")
    .orderBy("purchase_orders.created_at", "desc")
    .orderBy("purchase_orders.id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return page(
    found.map((row) => ({ ...viewOf(row), order_name: row.order_name })),
    filter.limit,
    (row) => ({ at: row.created_at, id: row.id }),
  );
}

function filtered(db: Database, filter: PurchaseOrderFilter) {
  const { state, supplier, overdue, hold, after } = filter;
  let query = viewedPurchaseOrders(db);
  if (state !== undefined) {
    query = query.where("purchase_orders.state", "=", state);
  }
  if (supplier !== undefined) {
    query = query.where("purchase_orders.supplier", "=", supplier);
  }
  if (overdue === true) {
    query = query.where("purchase_orders.state", "=", "sent").where("message.answer_overdue", "=", 1);
  }
  if (hold !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom("holds")
          .select("holds.id")
          .whereRef("holds.purchase_order_id", "=", "purchase_orders.id")
          .where("holds.ended_at", "is", null)
          .where("holds.name", "=", hold),
      ),
    );
  }
  if (after !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple("purchase_orders.created_at", "purchase_orders.id"), "<", eb.tuple(after.at, after.id)),
    );
  }
  return query;
}

export async function activeHoldsOf(db: Database, purchaseOrders: readonly string[]): Promise<readonly ActiveHold[]> {
  if (purchaseOrders.length === 0) {
    return [];
  }
  return await db
    .selectFrom("holds")
    .select(["id", "purchase_order_id", "name", "reason", "since"])
    .where("purchase_order_id", "in", [...purchaseOrders])
    .where("ended_at", "is", null)
    .orderBy("id")
    .execute();
}

export interface PurchaseOrderDetail extends PurchaseOrderView {
  /** What was sent of it, or is to be: itself, and what changed since, the oldest first. */
  readonly messages: readonly MessagesTable[];
  /** What a person is to tell its supplier, or has. */
  readonly tasks: readonly TasksTable[];
  readonly order: Pick<OrdersTable, "id" | "name" | "shop" | "test" | "state">;
  readonly lines: readonly Selectable<PurchaseOrderLinesTable>[];
  readonly holds: readonly Selectable<HoldsTable>[];
  readonly attempts: readonly AttemptDetail[];
  /** Without their bytes, the newest first. */
  readonly documents: readonly (Omit<DocumentsTable, "bytes"> & {
    /** Of the PDF that goes beside it; null: none does. */
    readonly deliveryNote: { readonly size: number; readonly hash: string } | null;
  })[];
  /** What the supplier answered, without the bytes. */
  readonly answers: readonly Pick<InboundFilesTable, "id" | "name" | "hash" | "size" | "state" | "reason" | "received_at">[];
  readonly events: readonly Selectable<EventsTable>[];
}

/** What was said about purchase orders, in the order in which it was. */
export async function saidAbout(
  db: Database,
  purchaseOrders: readonly string[],
): Promise<{ readonly messages: readonly MessagesTable[]; readonly tasks: readonly TasksTable[] }> {
  if (purchaseOrders.length === 0) {
    return { messages: [], tasks: [] };
  }
  const ids = [...purchaseOrders];
  const [messages, tasks] = await Promise.all([
    db
      .selectFrom("messages")
      .selectAll()
      .where("purchase_order_id", "in", ids)
      .orderBy("version")
      .orderBy("copy")
      .orderBy("created_at")
      .execute(),
    db.selectFrom("tasks").selectAll().where("purchase_order_id", "in", ids).orderBy("version").execute(),
  ]);
  return { messages, tasks };
}

/** As people see it; undefined where there is none. */
export async function viewPurchaseOrder(db: Database, id: string): Promise<PurchaseOrderView | undefined> {
  const row = await viewedPurchaseOrders(db).where("purchase_orders.id", "=", id).executeTakeFirst();
  return row && viewOf(row);
}

export async function readPurchaseOrder(db: Database, id: string): Promise<PurchaseOrderDetail | undefined> {
  const row = await viewPurchaseOrder(db, id);
  if (row === undefined) {
    return undefined;
  }
  const of = { purchase_order_id: id };
  const [said, order, lines, holds, attempts, documents, notes, answers] = await Promise.all([
    saidAbout(db, [id]),
    db
      .selectFrom("orders")
      .select(["id", "name", "shop", "test", "state"])
      .where("id", "=", row.order_id)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom("purchase_order_lines")
      .selectAll()
      .where((eb) => eb.and(of))
      .orderBy("number")
      .execute(),
    db
      .selectFrom("holds")
      .selectAll()
      .where((eb) => eb.and(of))
      .orderBy("id")
      .execute(),
    listAttempts(db, id),
    db
      .selectFrom("documents")
      .select(["purchase_order_id", "version", "format", "media_type", "hash", "size", "created_at"])
      .where((eb) => eb.and(of))
      .orderBy("version", "desc")
      .execute(),
    db
      .selectFrom("companion_documents")
      .select(["version", "size", "hash"])
      .where((eb) => eb.and(of))
      .where("kind", "=", "delivery-note")
      .execute(),
    db
      .selectFrom("inbound_files")
      .select(["id", "name", "hash", "size", "state", "reason", "received_at"])
      .where((eb) => eb.and(of))
      .orderBy("received_at")
      .execute(),
  ]);
  // From before messages, a notice has events of its own.
  const others = said.messages.map((message) => message.id).filter((one) => one !== id);
  const events = await listEvents(db, { subject: "purchase-order", id }, others);
  const withNotes = documents.map((document) => {
    const note = notes.find(({ version }) => version === document.version);
    return { ...document, deliveryNote: note === undefined ? null : { size: note.size, hash: note.hash } };
  });
  return { ...row, ...said, order, lines, holds, attempts, documents: withNotes, answers, events };
}

/** The PDF that goes beside one version. */
export async function readDeliveryNote(
  db: Database,
  of: { readonly purchaseOrder: string; readonly version: number },
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("companion_documents")
    .select("bytes")
    .where("purchase_order_id", "=", of.purchaseOrder)
    .where("version", "=", of.version)
    .where("kind", "=", "delivery-note")
    .executeTakeFirst();
  return row?.bytes;
}

/** The exact bytes of one version; of the newest when none is named. */
export async function readDocument(
  db: Database,
  of: { readonly purchaseOrder: string; readonly version?: number | undefined },
): Promise<DocumentsTable | undefined> {
  const query = db.selectFrom("documents").selectAll().where("purchase_order_id", "=", of.purchaseOrder);
  return await (
    of.version === undefined ? query.orderBy("version", "desc").limit(1) : query.where("version", "=", of.version)
  ).executeTakeFirst();
}

/** Purchase orders that a person may mean: by id, its own or that of something said of it, else by number, which repeats across suppliers. */
export async function findPurchaseOrders(
  db: Database,
  idOrNumber: string,
  supplier?: string,
): Promise<readonly PurchaseOrderRow[]> {
  const byId = await db
    .selectFrom("purchase_orders")
    .selectAll()
    .where((eb) =>
      eb.or([
        eb("id", "=", idOrNumber),
        eb("id", "in", eb.selectFrom("messages").select("purchase_order_id").where("messages.id", "=", idOrNumber)),
        eb("id", "in", eb.selectFrom("tasks").select("purchase_order_id").where("tasks.id", "=", idOrNumber)),
      ]),
    )
    .execute();
  if (byId.length > 0) {
    return byId;
  }
  const byNumber = db.selectFrom("purchase_orders").selectAll().where("number", "=", idOrNumber).orderBy("supplier");
  return await (supplier === undefined ? byNumber : byNumber.where("supplier", "=", supplier)).execute();
}
