// What the API answers: one schema for each, from which the server's representations are typed, the command line reads, and the
// tests judge. Times are ISO 8601 in UTC; absent is null. An answer may have more than an older reader knows.
import { z } from "zod";

const time = z.string();
const maybe = z.string().nullable();
const counts = z.record(z.string(), z.number());
const money = z.object({ amount: z.string(), currency: z.string().nullable() });

const orderSummary = {
  id: z.string(),
  shop: z.string(),
  name: z.string(),
  state: z.string(),
  test: z.boolean(),
  total: z.object({ amount: z.string(), currency: z.string() }),
  createdAt: time,
  updatedAt: time,
  cancelledAt: maybe,
  deletedAt: maybe,
  firstSeenAt: time,
};

export const event = z.looseObject({
  at: time,
  subject: z.string(),
  subjectId: z.string(),
  name: z.string(),
  actor: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

export const purchaseOrder = z.looseObject({
  id: z.string(),
  number: maybe,
  supplier: z.string(),
  orderId: z.string(),
  state: z.string(),
  reason: maybe,
  version: z.number(),
  copy: z.number(),
  /** same-again, replacement: a person had it sent once more. */
  resend: maybe,
  failures: z.number(),
  /** How often in a row the dispatcher ended while it was being sent. */
  crashes: z.number(),
  nextAttemptAt: maybe,
  cancelWantedAt: maybe,
  cancelReason: maybe,
  createdAt: time,
  releasedAt: maybe,
  sentAt: maybe,
  /** Nothing proves that it was sent: both names were gone. */
  inferred: z.boolean(),
  /** When its file was seen to be gone from the supplier's folder, where that is expected. */
  pickedUpAt: maybe,
  acknowledgement: maybe,
  acknowledgedAt: maybe,
  acknowledgementDueAt: maybe,
  acknowledgementOverdue: z.boolean(),
  /** At cost, from the catalogue. */
  net: money.nullable(),
});

/** What was sent of a purchase order, or is to be: the order itself, a replacement, a cancellation, a change. */
export const message = z.looseObject({
  id: z.string(),
  /** The purchase order's id. */
  about: z.string(),
  number: maybe,
  supplier: z.string(),
  kind: z.string(),
  /** Of a change: units still wanted of each line, as line:units. */
  units: maybe,
  version: z.number(),
  copy: z.number(),
  /** withdrawn: it goes no more, or not yet, or another was sent in its place. */
  state: z.string(),
  reason: maybe,
  createdAt: time,
  sentAt: maybe,
  inferred: z.boolean(),
  /** Of a cancellation or change: accepted, too late, or received; null: not answered. */
  answer: maybe,
  answeredAt: maybe,
  answerDueAt: maybe,
  answerOverdue: z.boolean(),
});

/** What a person tells a supplier, because no document can. */
export const task = z.looseObject({
  id: z.string(),
  about: z.string(),
  purpose: z.string(),
  units: maybe,
  task: z.string(),
  openedAt: time,
  settledAt: maybe,
  settledBy: maybe,
  /** accepted, too late, discarded, dropped; null: it is to be told. */
  settledHow: maybe,
});

const hold = z.looseObject({ id: z.number(), name: z.string(), reason: z.string(), since: time });

export const summary = z.looseObject({
  orders: counts,
  purchaseOrders: counts,
  purchaseOrdersBySupplier: z.record(z.string(), counts),
  unmatchedLines: z.number(),
  factsMissingLines: z.number(),
  overdueAcknowledgements: z.number(),
  notices: z.object({ waiting: z.number(), overdue: z.number(), failed: z.number(), unknown: z.number(), byHand: z.number() }),
  deadLetters: z.object({ purchaseOrders: z.number(), notices: z.number(), webhooks: z.number(), files: z.number() }),
  pausedSuppliers: z.array(z.string()),
  silentSuppliers: z.array(z.string()),
  insecureSuppliers: z.array(z.string()),
  /** Open ones, what needs a person first. */
  alerts: z.array(
    z.looseObject({ kind: z.string(), title: z.string(), severity: z.string(), open: z.number(), unseen: z.number() }),
  ),
});

/** What people must know. */
export const alert = z.looseObject({
  id: z.number(),
  kind: z.string(),
  /** A condition ends by itself; an event is open until it is seen. */
  sort: z.enum(["condition", "event"]),
  /** act: a person must do something; know: nothing need be done. */
  severity: z.enum(["act", "know"]),
  title: z.string(),
  /** What it is about. */
  subject: z.string(),
  what: z.string(),
  remedy: z.string(),
  /** Of the console, where it is put right. */
  page: z.string(),
  openedAt: time,
  seenAt: maybe,
  seenBy: maybe,
  endedAt: maybe,
});

export const alerts = z.looseObject({ alerts: z.array(alert) });

export const listedOrder = z.looseObject({
  ...orderSummary,
  unmatchedLines: z.number(),
  factsMissingLines: z.number(),
  purchaseOrders: z.array(z.looseObject({ id: z.string(), number: maybe, supplier: z.string(), state: z.string() })),
});

export const orders = z.looseObject({ orders: z.array(listedOrder), next: maybe });

export const order = z.looseObject({
  ...orderSummary,
  financialStatus: maybe,
  lines: z.array(
    z.looseObject({
      id: z.string(),
      sku: maybe,
      title: z.string(),
      ordered: z.number(),
      current: z.number(),
      fulfilled: z.number(),
      allocated: z.number(),
      tooMany: z.number(),
      decision: z.string(),
      reason: z.string(),
      allocations: z.array(
        z.looseObject({
          purchaseOrder: z.string(),
          number: maybe,
          supplier: z.string(),
          units: z.number(),
          rule: z.string(),
        }),
      ),
    }),
  ),
  purchaseOrders: z.array(purchaseOrder.extend({ holds: z.array(hold) })),
  messages: z.array(message),
  tasks: z.array(task),
  events: z.array(event),
});

export const listedPurchaseOrder = purchaseOrder.extend({ orderName: z.string() });

/** When a ready one has its turn, by its supplier's schedule. */
const turn = { turnAt: maybe };

export const purchaseOrders = z.looseObject({ purchaseOrders: z.array(listedPurchaseOrder.extend(turn)), next: maybe });

const placed = z.looseObject({ path: z.string(), placedAt: maybe }).nullable();

export const shownPurchaseOrder = listedPurchaseOrder.extend({
  test: z.boolean(),
  messages: z.array(message),
  tasks: z.array(task),
  lines: z.array(
    z.looseObject({
      number: z.number(),
      lineId: z.string(),
      sku: maybe,
      title: z.string(),
      rule: z.string(),
      units: z.number(),
      /** From the catalogue; null: the shop's own SKU, by the piece. */
      supplierSku: maybe,
      /** In the supplier's unit, of which one holds packSize pieces; all other quantities here are pieces. */
      quantity: z.number(),
      unit: z.string(),
      packSize: z.number(),
      /** Of one of the supplier's unit. */
      unitCost: money.nullable(),
      confirmed: z.number(),
      backordered: z.number(),
      shipped: z.number(),
      cancelled: z.number(),
      /** Of the cancelled, what the supplier took back on our wish. */
      withdrawn: z.number(),
      promisedOn: maybe,
    }),
  ),
  /** `id`: for `seen` of a release. */
  holds: z.array(hold.extend({ endedAt: maybe, endedBy: maybe, note: maybe })),
  attempts: z.array(
    z.looseObject({
      id: z.string(),
      /** Of the message that the file is named after. */
      number: z.number(),
      kind: z.string(),
      /** Purchase orders in the file, where the supplier takes several in one: then its bytes are under …/files/<id>. */
      inFile: z.array(z.string()).nullable(),
      version: z.number(),
      copy: z.number(),
      state: z.string(),
      host: z.string(),
      port: z.number(),
      fingerprint: maybe,
      temporaryPath: z.string(),
      finalPath: z.string(),
      /** The file that tells the supplier to read, and since when it is known to be there. */
      marker: placed,
      /** The PDF that had to be there before the purchase order, and since when it is known to be. */
      deliveryNote: placed,
      size: z.number(),
      sha256: z.string(),
      startedAt: time,
      intentAt: maybe,
      endedAt: maybe,
      failure: maybe,
      message: maybe,
    }),
  ),
  documents: z.array(
    z.looseObject({
      version: z.number(),
      format: z.string(),
      mediaType: z.string(),
      size: z.number(),
      sha256: z.string(),
      createdAt: time,
      /** The PDF that goes beside it. */
      deliveryNote: z.looseObject({ size: z.number(), sha256: z.string() }).nullable(),
    }),
  ),
  answers: z.array(
    z.looseObject({
      id: z.string(),
      path: z.string(),
      size: z.number(),
      sha256: z.string(),
      state: z.string(),
      reason: maybe,
      receivedAt: time,
    }),
  ),
  events: z.array(event),
});

export const purchaseOrderDetail = shownPurchaseOrder.extend(turn);

export const supplier = z.looseObject({
  id: z.string(),
  name: z.string(),
  account: maybe,
  mode: z.string(),
  host: z.string(),
  port: z.number(),
  /** Why its connection is not secure, which its configuration accepts. */
  insecure: maybe,
  ordersFolder: z.string(),
  acknowledgementsFolder: maybe,
  fingerprint: maybe,
  paused: z.boolean(),
  pausedAt: maybe,
  pauseReason: maybe,
  /** Since when its server does not answer: one purchase order is let through to try at probeAt, the others wait. */
  openedAt: maybe,
  failuresInARow: z.number(),
  probeAt: maybe,
  lastSentAt: maybe,
  purchaseOrders: counts.nullable(),
});

export const suppliers = z.looseObject({ suppliers: z.array(supplier) });

export const deadLetter = z.looseObject({
  kind: z.string(),
  id: z.string(),
  label: z.string(),
  place: z.string(),
  state: z.string(),
  reason: maybe,
  since: time,
  size: z.number().nullable(),
  sha256: maybe,
  /** Where its bytes are. */
  bytes: maybe,
  order: z.looseObject({ id: z.string(), name: z.string() }).nullable(),
  purchaseOrder: z.looseObject({ id: z.string(), number: maybe }).nullable(),
  remedies: z.array(z.string()).readonly(),
});

export const deadLetters = z.looseObject({ deadLetters: z.array(deadLetter), next: maybe });

export const deadLetterDetail = deadLetter.extend({
  webhookId: maybe,
  settled: z.looseObject({ at: time, by: z.string(), how: z.string() }).nullable(),
  events: z.array(event),
});

/** Of settling many. */
export const settled = z.looseObject({
  done: z.number(),
  refused: z.number(),
  results: z.array(z.looseObject({ id: z.string(), label: z.string(), ok: z.boolean(), message: z.string() })),
  left: z.number(),
  next: maybe,
});

export const done = z.looseObject({ message: z.string() });

const entry = z.looseObject({
  sku: z.string(),
  supplierSku: z.string(),
  unit: z.string(),
  pack: z.number(),
  cost: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  validFrom: maybe,
  gtin: maybe,
  mpn: maybe,
  hazard: maybe,
});

export const entries = z.looseObject({ supplier: z.string(), entries: z.array(entry), next: maybe });

export const lookup = z.looseObject({
  sku: z.string(),
  entries: z.array(entry.extend({ supplier: z.string(), current: z.boolean() })),
});

export const importOpened = z.looseObject({ id: z.string() });

const badRow = z.looseObject({ row: z.number(), column: maybe, value: maybe, reason: z.string() });
export const importRows = z.looseObject({ bad: z.array(badRow) });

const example = entry.extend({
  row: z.number().nullable(),
  changes: z.array(z.object({ column: z.string(), before: maybe, after: maybe })),
});

export const importReport = z.looseObject({
  supplier: z.string(),
  rows: z.number(),
  badRows: z.number(),
  new: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  removed: z.number(),
  examples: z.object({ new: z.array(example), changed: z.array(example), removed: z.array(example) }),
});

/** Of trying a supplier's server. */
export const check = z.looseObject({ ok: z.boolean(), steps: z.array(z.looseObject({ step: z.string(), result: z.string() })) });
