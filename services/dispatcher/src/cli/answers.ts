// What the API answers, as far as commands read it. With --json an answer is printed whole.
import { z } from "zod";

const time = z.string();
const maybe = z.string().nullable();
const counts = z.record(z.string(), z.number());

const money = z.object({ amount: z.string(), currency: z.string() });

const orderSummary = {
  id: z.string(),
  name: z.string(),
  shop: z.string(),
  state: z.string(),
  test: z.boolean(),
  total: money,
  createdAt: time,
};

const entry = z.looseObject({
  sku: z.string(),
  supplierSku: z.string(),
  unit: z.string(),
  pack: z.number(),
  cost: money.nullable(),
  validFrom: maybe,
  gtin: maybe,
  mpn: maybe,
  hazard: maybe,
});

const event = z.looseObject({ at: time, name: z.string(), actor: z.string(), detail: z.record(z.string(), z.unknown()) });

const purchaseOrder = z.looseObject({
  id: z.string(),
  number: maybe,
  supplier: z.string(),
  orderId: z.string(),
  state: z.string(),
  reason: maybe,
  version: z.number(),
  createdAt: time,
  sentAt: maybe,
  acknowledgement: maybe,
  acknowledgementOverdue: z.boolean(),
  net: money.nullable(),
});

const notice = z.looseObject({
  id: z.string(),
  number: maybe,
  purpose: maybe,
  units: maybe,
  version: z.number(),
  byHand: z.boolean(),
  state: z.string(),
  reason: maybe,
  sentAt: maybe,
  answer: maybe,
  answerDueAt: maybe,
  answerOverdue: z.boolean(),
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
  deadLetters: z.object({ purchaseOrders: z.number(), webhooks: z.number(), files: z.number() }),
  pausedSuppliers: z.array(z.string()),
  silentSuppliers: z.array(z.string()),
  insecureSuppliers: z.array(z.string()),
});

export const orders = z.looseObject({
  orders: z.array(
    z.looseObject({
      ...orderSummary,
      unmatchedLines: z.number(),
      factsMissingLines: z.number(),
      purchaseOrders: z.array(z.looseObject({ id: z.string(), number: maybe, supplier: z.string(), state: z.string() })),
    }),
  ),
  next: maybe,
});

export const order = z.looseObject({
  ...orderSummary,
  financialStatus: maybe,
  lines: z.array(
    z.looseObject({
      sku: maybe,
      title: z.string(),
      ordered: z.number(),
      current: z.number(),
      allocated: z.number(),
      decision: z.string(),
      reason: z.string(),
    }),
  ),
  purchaseOrders: z.array(purchaseOrder.extend({ holds: z.array(hold) })),
  notices: z.array(notice),
  events: z.array(event),
});

export const purchaseOrders = z.looseObject({
  purchaseOrders: z.array(purchaseOrder.extend({ orderName: z.string() })),
  next: maybe,
});

export const purchaseOrderDetail = purchaseOrder.extend({
  orderName: z.string(),
  purpose: maybe,
  notices: z.array(notice),
  lines: z.array(
    z.looseObject({
      number: z.number(),
      sku: maybe,
      title: z.string(),
      units: z.number(),
      supplierSku: maybe,
      quantity: z.number(),
      unit: z.string(),
      packSize: z.number(),
      unitCost: money.nullable(),
      confirmed: z.number(),
      backordered: z.number(),
      shipped: z.number(),
      cancelled: z.number(),
    }),
  ),
  holds: z.array(hold.extend({ endedAt: maybe, endedBy: maybe })),
  turnAt: maybe,
  attempts: z.array(
    z.looseObject({
      number: z.number(),
      state: z.string(),
      finalPath: z.string(),
      size: z.number(),
      sha256: z.string(),
      startedAt: time,
      failure: maybe,
      message: maybe,
      inFile: z.array(z.string()).nullable(),
    }),
  ),
  events: z.array(event),
});

const deadLetter = z.looseObject({
  kind: z.string(),
  id: z.string(),
  label: z.string(),
  place: z.string(),
  state: z.string(),
  reason: maybe,
  since: time,
  size: z.number().nullable(),
  sha256: maybe,
  order: z.looseObject({ id: z.string(), name: z.string() }).nullable(),
  purchaseOrder: z.looseObject({ id: z.string(), number: maybe }).nullable(),
  remedies: z.array(z.string()),
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

export const entries = z.looseObject({ entries: z.array(entry), next: maybe });

export const lookup = z.looseObject({ entries: z.array(entry.extend({ supplier: z.string(), current: z.boolean() })) });

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
