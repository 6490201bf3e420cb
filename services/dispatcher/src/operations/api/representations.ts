// Rows as the API shows them, by the contract (../../contract/answers.ts): camelCase, times as ISO 8601 in UTC, flags as booleans. No personal data: that is on the
// console's order page only.
import type { PurchaseOrderView } from "../../database/purchase-order-rows.ts";
import type { TasksTable } from "../../database/tables/attention.ts";
import type { MessagesTable } from "../../database/tables/deliveries.ts";
import { isNotice } from "../../domain/delivery/message.ts";
import type { Selectable } from "kysely";
import type { z } from "zod";
import type { ListedAlert } from "../../alerts/alerts.ts";
import type { DeadLetter, DeadLetterDetail } from "../../attention/attention.ts";
import type * as contract from "../../contract/answers.ts";
import type { EventsTable } from "../../database/tables/process.ts";
import type { ListedOrder, OrderDetail, OrderSummary } from "../queries/orders.ts";
import type { ListedPurchaseOrder, PurchaseOrderDetail } from "../queries/purchase-orders.ts";
import type { SupplierStatus } from "../queries/suppliers.ts";
import type { StateCounts } from "../queries/summary.ts";

type Answer<Name extends keyof typeof contract> = (typeof contract)[Name] extends z.ZodType
  ? z.output<(typeof contract)[Name]>
  : never;

const time = (epochMs: number): string => new Date(epochMs).toISOString();
export const maybeTime = (epochMs: number | null): string | null => (epochMs === null ? null : time(epochMs));

const orderSummary = (order: OrderSummary) => ({
  id: order.id,
  shop: order.shop,
  name: order.name,
  state: order.state,
  test: order.test === 1,
  total: { amount: order.total, currency: order.currency },
  createdAt: time(order.created_at),
  updatedAt: time(order.updated_at),
  cancelledAt: maybeTime(order.cancelled_at),
  deletedAt: maybeTime(order.deleted_at),
  firstSeenAt: time(order.first_seen_at),
});

export const showListedOrder = (order: ListedOrder): Answer<"listedOrder"> => ({
  ...orderSummary(order),
  unmatchedLines: order.unmatchedLines,
  factsMissingLines: order.factsMissingLines,
  purchaseOrders: order.purchaseOrders.map(({ id, number, supplier, state }) => ({ id, number, supplier, state })),
});

export const showOrder = (order: OrderDetail): Answer<"order"> => ({
  ...orderSummary(order),
  financialStatus: order.snapshot?.financialStatus ?? null,
  lines: order.lines.map((line) => ({
    id: line.line_id,
    sku: line.sku,
    title: line.title,
    ordered: line.ordered,
    current: line.current,
    fulfilled: line.fulfilled,
    allocated: line.allocated,
    tooMany: line.too_many,
    decision: line.decision,
    reason: line.reason,
    allocations: line.allocations.map((one) => ({
      purchaseOrder: one.purchase_order_id,
      number: one.number,
      supplier: one.supplier,
      units: one.units,
      rule: one.rule,
    })),
  })),
  purchaseOrders: order.purchaseOrders.map((po) => ({
    ...purchaseOrder(po),
    holds: po.holds.map(({ id, name, reason, since }) => ({ id, name, reason, since: time(since) })),
  })),
  messages: order.messages.map(message),
  tasks: order.tasks.map(task),
  events: order.events.map(event),
});

const purchaseOrder = (po: PurchaseOrderView): Answer<"purchaseOrder"> => ({
  id: po.id,
  number: po.number,
  supplier: po.supplier,
  orderId: po.order_id,
  state: po.state,
  reason: po.reason,
  version: po.version,
  copy: po.copy,
  resend: po.resend,
  failures: po.failures,
  crashes: po.crashes,
  nextAttemptAt: po.state === "ready" ? time(po.next_attempt_at) : null,
  cancelWantedAt: maybeTime(po.cancel_wanted_at),
  cancelReason: po.cancel_reason,
  createdAt: time(po.created_at),
  releasedAt: maybeTime(po.released_at),
  sentAt: maybeTime(po.sent_at),
  inferred: po.inferred === 1,
  pickedUpAt: maybeTime(po.picked_up_at),
  acknowledgement: po.acknowledgement,
  acknowledgedAt: maybeTime(po.acknowledged_at),
  acknowledgementDueAt: maybeTime(po.acknowledgement_due_at),
  acknowledgementOverdue: po.acknowledgement_overdue === 1,
  net: po.net === null ? null : { amount: po.net, currency: po.net_currency },
});

/** What was sent of a purchase order, or is to be. */
const message = (row: MessagesTable): Answer<"message"> => ({
  id: row.id,
  about: row.purchase_order_id,
  number: row.number,
  supplier: row.supplier,
  kind: row.kind,
  units: row.kind === "change" ? row.says : null,
  version: row.version,
  copy: row.copy,
  state: row.state,
  reason: row.reason,
  createdAt: time(row.created_at),
  sentAt: maybeTime(row.sent_at),
  inferred: row.inferred === 1,
  answer: isNotice(row.kind) && row.answer === "rejected" ? "too late" : row.answer,
  answeredAt: maybeTime(row.answered_at),
  answerDueAt: maybeTime(row.answer_due_at),
  answerOverdue: row.answer_overdue === 1 && row.state === "sent",
});

/** What a person is to tell a supplier, or has. */
const task = (row: TasksTable): Answer<"task"> => ({
  id: row.id,
  about: row.purchase_order_id,
  purpose: row.purpose,
  units: row.purpose === "change" ? row.says : null,
  task: row.task,
  openedAt: time(row.opened_at),
  settledAt: maybeTime(row.settled_at),
  settledBy: row.settled_by,
  settledHow: row.settled_how === "rejected" ? "too late" : row.settled_how,
});

export const showListedPurchaseOrder = (po: ListedPurchaseOrder): Answer<"listedPurchaseOrder"> => ({
  ...purchaseOrder(po),
  orderName: po.order_name,
});

export const showPurchaseOrder = (po: PurchaseOrderDetail): Answer<"shownPurchaseOrder"> => ({
  ...purchaseOrder(po),
  orderName: po.order.name,
  test: po.order.test === 1,
  messages: po.messages.map(message),
  tasks: po.tasks.map(task),
  lines: po.lines.map((line) => ({
    number: line.number,
    lineId: line.line_id,
    sku: line.sku,
    title: line.title,
    rule: line.rule,
    units: line.units,
    supplierSku: line.supplier_sku,
    quantity: line.quantity,
    unit: line.unit,
    packSize: line.pack_size,
    unitCost: line.unit_cost === null ? null : { amount: line.unit_cost, currency: line.cost_currency },
    confirmed: line.confirmed,
    backordered: line.backordered,
    shipped: line.shipped,
    cancelled: line.cancelled,
    withdrawn: line.withdrawn,
    promisedOn: line.promised_on,
  })),
  holds: po.holds.map((hold) => ({
    id: hold.id,
    name: hold.name,
    reason: hold.reason,
    since: time(hold.since),
    endedAt: maybeTime(hold.ended_at),
    endedBy: hold.ended_by,
    note: hold.note,
  })),
  attempts: po.attempts.map((attempt) => ({
    id: attempt.id,
    number: attempt.number,
    kind: attempt.kind,
    inFile: attempt.contents?.map((one) => one.number ?? one.id) ?? null,
    version: attempt.version,
    copy: attempt.copy,
    state: attempt.state,
    host: attempt.host,
    port: attempt.port,
    fingerprint: attempt.fingerprint,
    temporaryPath: attempt.temporary_path,
    finalPath: attempt.final_path,
    marker: attempt.marker && { path: attempt.marker.path, placedAt: maybeTime(attempt.marker.placedAt) },
    deliveryNote: attempt.deliveryNote && { path: attempt.deliveryNote.path, placedAt: maybeTime(attempt.deliveryNote.placedAt) },
    size: attempt.size,
    sha256: attempt.hash,
    startedAt: time(attempt.started_at),
    intentAt: maybeTime(attempt.intent_at),
    endedAt: maybeTime(attempt.ended_at),
    failure: attempt.failure,
    message: attempt.message,
  })),
  documents: po.documents.map((document) => ({
    version: document.version,
    format: document.format,
    mediaType: document.media_type,
    size: document.size,
    sha256: document.hash,
    createdAt: time(document.created_at),
    deliveryNote: document.deliveryNote && { size: document.deliveryNote.size, sha256: document.deliveryNote.hash },
  })),
  answers: po.answers.map((file) => ({
    id: file.id,
    path: file.name,
    size: file.size,
    sha256: file.hash,
    state: file.state,
    reason: file.reason,
    receivedAt: time(file.received_at),
  })),
  events: po.events.map(event),
});

export const showAlert = (alert: ListedAlert): Answer<"alert"> => ({
  id: alert.id,
  kind: alert.kind,
  sort: alert.sort,
  severity: alert.severity,
  title: alert.title,
  subject: alert.subject,
  what: alert.what,
  remedy: alert.remedy,
  page: alert.page,
  openedAt: time(alert.openedAt),
  seenAt: maybeTime(alert.seenAt),
  seenBy: alert.seenBy,
  endedAt: maybeTime(alert.endedAt),
});

export const showSupplier = (supplier: SupplierStatus, counts: StateCounts | undefined): Answer<"supplier"> => ({
  id: supplier.id,
  name: supplier.name,
  account: supplier.account,
  mode: supplier.mode,
  host: supplier.host,
  port: supplier.port,
  insecure: supplier.insecure,
  ordersFolder: supplier.ordersFolder,
  acknowledgementsFolder: supplier.acknowledgementsFolder,
  fingerprint: supplier.fingerprint,
  paused: supplier.pausedAt !== null,
  pausedAt: maybeTime(supplier.pausedAt),
  pauseReason: supplier.pauseReason,
  openedAt: maybeTime(supplier.openedAt),
  failuresInARow: supplier.failuresInARow,
  probeAt: maybeTime(supplier.probeAt),
  lastSentAt: maybeTime(supplier.lastSentAt),
  purchaseOrders: counts ?? null,
});

export const showDeadLetter = (letter: DeadLetter): Answer<"deadLetter"> => ({
  kind: letter.kind,
  id: letter.id,
  label: letter.label,
  place: letter.place,
  state: letter.state,
  reason: letter.reason,
  since: time(letter.since),
  size: letter.bytes?.size ?? null,
  sha256: letter.bytes?.hash ?? null,
  bytes: letter.bytes === null ? null : bytesPath(letter, letter.bytes),
  order: letter.order,
  purchaseOrder: letter.purchaseOrder,
  remedies: letter.remedies,
});

export const showDeadLetterDetail = (
  letter: DeadLetterDetail,
  events: readonly Selectable<EventsTable>[],
): Answer<"deadLetterDetail"> => ({
  ...showDeadLetter(letter),
  webhookId: letter.webhookId,
  settled: letter.settled === null ? null : { ...letter.settled, at: time(letter.settled.at) },
  events: events.map(event),
});

const bytesPath = ({ kind, id }: DeadLetter, { version }: NonNullable<DeadLetter["bytes"]>): string =>
  kind === "purchase-order"
    ? `/api/purchase-orders/${encodeURIComponent(id)}/document?version=${version}`
    : `/api/dead-letters/${encodeURIComponent(id)}/bytes`;

const event = (row: Pick<EventsTable, "at" | "subject" | "subject_id" | "name" | "actor" | "detail">): Answer<"event"> => ({
  at: time(row.at),
  subject: row.subject,
  subjectId: row.subject_id,
  name: row.name,
  actor: row.actor,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by database/audit.ts
  detail: JSON.parse(row.detail) as Record<string, unknown>,
});
