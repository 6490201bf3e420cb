// Everything that waits for a person's decision, in one list, the newest first: purchase orders and notices about them that are failed or
// unknown, notices that a person tells, webhooks and suppliers' files that could not be read or applied. Lists read no bytes; a download
// reads one row.
import { sql } from "kysely";
import { page, type Paged, type Place } from "../database/paging.ts";
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { Database } from "../database/schema.ts";
import type { OrdersTable } from "../database/tables/orders.ts";
import { labelOf, named } from "../domain/answers/notice.ts";
import { isNotice } from "../domain/delivery/message.ts";
import type { DeadLetterKind, DeadLetterState } from "../domain/purchase-order/dead-letter.ts";
import {
  ofMessage,
  ofPurchaseOrder,
  ofTask,
  remediesFor,
  remediesOfFile,
  remediesOfWebhook,
  sendsAgain,
  type Remedy,
} from "../domain/purchase-order/remedy.ts";

export interface DeadLetter {
  readonly kind: DeadLetterKind;
  readonly id: string;
  /** A purchase order's number, a webhook's topic, a file's path. */
  readonly label: string;
  /** The supplier, or a webhook's shop. */
  readonly place: string;
  readonly state: DeadLetterState;
  readonly reason: string | null;
  readonly since: number;
  /** Null: nothing could be written. `version` is a document's. */
  readonly bytes: { readonly size: number; readonly hash: string; readonly version: number | null } | null;
  readonly order: { readonly id: string; readonly name: string } | null;
  /** Itself, the one that a notice is about, or the one that a file answers. */
  readonly purchaseOrder: { readonly id: string; readonly number: string | null } | null;
  readonly remedies: readonly Remedy[];
}

export interface DeadLetterFilter {
  readonly kind?: DeadLetterKind | undefined;
  /** Webhooks have none. */
  readonly supplier?: string | undefined;
  readonly state?: DeadLetterState | undefined;
  readonly after?: Place | undefined;
}

/** What a person can do about a purchase order: one that is not wanted any more is not sent again. */
export function remediesOf(
  po: Pick<PurchaseOrderRow, "id" | "number" | "state" | "acknowledgement" | "cancel_wanted_at">,
  order: Pick<OrdersTable, "state">,
): readonly Remedy[] {
  const wanted = po.cancel_wanted_at === null && order.state !== "cancelled" && order.state !== "deleted";
  return remediesFor(ofPurchaseOrder(po)).filter((remedy) => wanted || !sendsAgain(remedy));
}

/** Each kind by itself, as far as the page may need it. */
export async function listDeadLetters(
  db: Database,
  filter: DeadLetterFilter & { readonly limit: number },
): Promise<Paged<DeadLetter>> {
  const most = filter.limit + 1;
  const { messages, tasks, webhooks, files } = open(db, filter);
  const found = await Promise.all([
    messages === undefined
      ? []
      : selectMessages(messages.orderBy("message.state_since", "desc").orderBy(shownId, "desc").limit(most)),
    tasks === undefined ? [] : selectTasks(tasks.orderBy("tasks.opened_at", "desc").orderBy("tasks.id", "desc").limit(most)),
    webhooks === undefined ? [] : selectWebhooks(webhooks.orderBy("received_at", "desc").orderBy("id", "desc").limit(most)),
    files === undefined
      ? []
      : selectFiles(files.orderBy("inbound_files.received_at", "desc").orderBy("inbound_files.id", "desc").limit(most)),
  ]);
  const rows = found.flat().toSorted((a, b) => b.since - a.since || (a.id < b.id ? 1 : -1));
  return page(rows, filter.limit, positionOf);
}

export const positionOf = (letter: DeadLetter): Place => ({ at: letter.since, id: letter.id });

export async function countDeadLetters(db: Database, filter: DeadLetterFilter): Promise<number> {
  const { messages, tasks, webhooks, files } = open(db, filter);
  const counts = await Promise.all([
    messages?.select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow(),
    tasks?.select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow(),
    webhooks?.select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow(),
    files?.select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow(),
  ]);
  return counts.reduce((sum, row) => sum + Number(row?.count ?? 0), 0);
}

export interface DeadLetterDetail extends DeadLetter {
  /** What a person decided; null while it waits. */
  readonly settled: { readonly at: number; readonly by: string; readonly how: string } | null;
  /** Shopify's, of a webhook. */
  readonly webhookId: string | null;
}

export interface DeadLetterKey {
  readonly kind: DeadLetterKind;
  readonly id: string;
}

/** Undefined for a purchase order that takes its course and a file that was applied. What a person settled is still shown. */
export async function readDeadLetter(db: Database, { kind, id }: DeadLetterKey): Promise<DeadLetterDetail | undefined> {
  switch (kind) {
    case "purchase-order":
    case "notice": {
      const query = messagesIn(db, ["failed", "unknown"]).where(kind === "notice" ? "message.id" : "po.id", "=", id);
      const letters = await selectMessages(query);
      const letter = letters.find((one) => one.kind === kind);
      if (letter !== undefined || kind === "purchase-order") {
        return letter && { ...letter, settled: null, webhookId: null };
      }
      const task = tasksIn(db).where("tasks.id", "=", id);
      const [[told], row] = await Promise.all([
        selectTasks(task),
        task.select(["tasks.settled_at", "tasks.settled_by", "tasks.settled_how"]).executeTakeFirst(),
      ]);
      return told && row && { ...unlessSettled(told, row), webhookId: null };
    }
    case "webhook": {
      const query = webhooksIn(db).where("id", "=", id);
      const [[letter], row] = await Promise.all([
        selectWebhooks(query),
        query.select(["webhook_id", "settled_at", "settled_by", "settled_how"]).executeTakeFirst(),
      ]);
      return letter && row && { ...unlessSettled(letter, row), webhookId: row.webhook_id };
    }
    case "file": {
      const query = filesWithOrders(db)
        .where("inbound_files.id", "=", id)
        .where((eb) => eb.or([eb("inbound_files.state", "=", "quarantined"), eb("inbound_files.settled_at", "is not", null)]));
      const [[letter], row] = await Promise.all([
        selectFiles(query),
        query.select(["inbound_files.settled_at", "inbound_files.settled_by", "inbound_files.settled_how"]).executeTakeFirst(),
      ]);
      return letter && row && { ...unlessSettled(letter, row), webhookId: null };
    }
  }
}

/** What waits, filtered; undefined where the filter leaves nothing of a kind. */
function open(db: Database, { kind, supplier, state, after }: DeadLetterFilter) {
  const wants = (one: DeadLetterKind) => kind === undefined || kind === one;
  const states = (["failed", "unknown"] as const).filter((one) => state === undefined || state === one);
  const isSetAside = state === undefined || state === "set-aside";
  const isToTell = state === undefined || state === "to-tell";

  const kinds = [
    ...(wants("purchase-order") ? (["order", "replacement"] as const) : []),
    ...(wants("notice") ? (["cancellation", "change"] as const) : []),
  ];
  let messages = kinds.length > 0 && states.length > 0 ? messagesIn(db, states).where("message.kind", "in", kinds) : undefined;
  let tasks = wants("notice") && isToTell ? tasksIn(db).where("tasks.settled_at", "is", null) : undefined;
  let webhooks =
    wants("webhook") && isSetAside && supplier === undefined ? webhooksIn(db).where("settled_at", "is", null) : undefined;
  let files =
    wants("file") && isSetAside
      ? filesWithOrders(db).where("inbound_files.state", "=", "quarantined").where("inbound_files.settled_at", "is", null)
      : undefined;
  if (supplier !== undefined) {
    messages = messages?.where("message.supplier", "=", supplier);
    tasks = tasks?.where("po.supplier", "=", supplier);
    files = files?.where("inbound_files.supplier", "=", supplier);
  }
  if (after !== undefined) {
    const place = [after.at, after.id] as const;
    messages = messages?.where((eb) => eb(eb.tuple(eb.ref("message.state_since"), shownId), "<", eb.tuple(...place)));
    tasks = tasks?.where((eb) => eb(eb.refTuple("tasks.opened_at", "tasks.id"), "<", eb.tuple(...place)));
    webhooks = webhooks?.where((eb) => eb(eb.refTuple("received_at", "id"), "<", eb.tuple(...place)));
    files = files?.where((eb) => eb(eb.refTuple("inbound_files.received_at", "inbound_files.id"), "<", eb.tuple(...place)));
  }
  return { messages, tasks, webhooks, files };
}

/** A purchase order is shown by its own id. */
const shownId = sql<string>`case when message.kind in ('order', 'replacement') then message.purchase_order_id else message.id end`;

const messagesIn = (db: Database, states: readonly ("failed" | "unknown")[]) =>
  db
    .selectFrom("messages as message")
    .innerJoin("purchase_orders as po", "po.id", "message.purchase_order_id")
    .innerJoin("orders", "orders.id", "message.order_id")
    .leftJoin("documents", (join) =>
      join
        .onRef("documents.purchase_order_id", "=", "message.purchase_order_id")
        .onRef("documents.version", "=", "message.version"),
    )
    .where("message.state", "in", states);

async function selectMessages(query: ReturnType<typeof messagesIn>): Promise<DeadLetter[]> {
  const rows = await query
    .select(["message.id", "message.kind", "message.purchase_order_id", "message.order_id", "message.number"])
    .select(["message.supplier", "message.state", "message.reason", "message.answer", "message.version"])
    .select(["message.state_since as since", "po.state as po_state", "po.acknowledgement", "po.cancel_wanted_at"])
    .select(["orders.name as order_name", "orders.state as order_state", "documents.size", "documents.hash"])
    .execute();
  return rows.map((row) => ({
    kind: isNotice(row.kind) ? "notice" : "purchase-order",
    id: named(row).id,
    label: labelOf(named(row)),
    place: row.supplier,
    state: row.state === "failed" ? "failed" : "unknown",
    reason: row.reason,
    since: row.since,
    bytes: row.size === null || row.hash === null ? null : { size: row.size, hash: row.hash, version: row.version },
    order: { id: row.order_id, name: row.order_name },
    purchaseOrder: { id: row.purchase_order_id, number: row.number },
    remedies: isNotice(row.kind)
      ? remediesFor(ofMessage(row))
      : remediesOf({ ...row, id: row.purchase_order_id, state: row.po_state }, { state: row.order_state }),
  }));
}

const tasksIn = (db: Database) =>
  db
    .selectFrom("tasks")
    .innerJoin("purchase_orders as po", "po.id", "tasks.purchase_order_id")
    .innerJoin("orders", "orders.id", "po.order_id");

async function selectTasks(query: ReturnType<typeof tasksIn>): Promise<DeadLetter[]> {
  const rows = await query
    .select(["tasks.id", "tasks.purpose", "tasks.task", "tasks.opened_at", "tasks.settled_at", "tasks.purchase_order_id"])
    .select(["po.number", "po.supplier", "po.order_id", "orders.name as order_name"])
    .execute();
  return rows.map((row) => ({
    kind: "notice",
    id: row.id,
    label: labelOf(row),
    place: row.supplier,
    state: "to-tell",
    reason: row.task,
    since: row.opened_at,
    bytes: null,
    order: { id: row.order_id, name: row.order_name },
    purchaseOrder: { id: row.purchase_order_id, number: row.number },
    remedies: remediesFor(ofTask(row)),
  }));
}

const webhooksIn = (db: Database) => db.selectFrom("dead_letters");

async function selectWebhooks(query: ReturnType<typeof webhooksIn>): Promise<DeadLetter[]> {
  const rows = await query
    .select(["id", "shop", "topic", "reason", "hash", "received_at"])
    .select((eb) => eb.fn<number>("length", ["bytes"]).as("size"))
    .execute();
  return rows.map((row) => ({
    kind: "webhook",
    id: row.id,
    label: row.topic,
    place: row.shop,
    state: "set-aside",
    reason: row.reason,
    since: row.received_at,
    bytes: { size: row.size, hash: row.hash, version: null },
    order: null,
    purchaseOrder: null,
    remedies: remediesOfWebhook(row.topic),
  }));
}

const filesWithOrders = (db: Database) =>
  db
    .selectFrom("inbound_files")
    .leftJoin("purchase_orders", "purchase_orders.id", "inbound_files.purchase_order_id")
    .leftJoin("orders", "orders.id", "purchase_orders.order_id");

async function selectFiles(query: ReturnType<typeof filesWithOrders>): Promise<DeadLetter[]> {
  const rows = await query
    .select([
      "inbound_files.id",
      "inbound_files.supplier",
      "inbound_files.name",
      "inbound_files.reason",
      "inbound_files.size",
      "inbound_files.hash",
      "inbound_files.received_at",
      "inbound_files.purchase_order_id",
      "purchase_orders.number",
      "orders.id as order_id",
      "orders.name as order_name",
    ])
    .execute();
  return rows.map((row) => ({
    kind: "file",
    id: row.id,
    label: row.name,
    place: row.supplier,
    state: "set-aside",
    reason: row.reason,
    since: row.received_at,
    bytes: { size: row.size, hash: row.hash, version: null },
    order: row.order_id === null || row.order_name === null ? null : { id: row.order_id, name: row.order_name },
    purchaseOrder: row.purchase_order_id === null ? null : { id: row.purchase_order_id, number: row.number },
    remedies: remediesOfFile(),
  }));
}

interface Settling {
  readonly settled_at: number | null;
  readonly settled_by: string | null;
  readonly settled_how: string | null;
}

const unlessSettled = (letter: DeadLetter, row: Settling): DeadLetter & Pick<DeadLetterDetail, "settled"> =>
  row.settled_at === null
    ? { ...letter, settled: null }
    : { ...letter, remedies: [], settled: { at: row.settled_at, by: row.settled_by ?? "", how: row.settled_how ?? "" } };
