// Writing the open purchase orders of an order as its plan wants them: number, lines, document, holds, state.
import { createHash } from "node:crypto";
import type { Selectable } from "kysely";
import { changeState, recordEvent } from "../database/audit.ts";
import { newPurchaseOrder } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrderLinesTable, PurchaseOrdersTable } from "../database/tables/orders.ts";
import { currencyOf, type PlannedItem } from "../domain/catalogue/catalogue.ts";
import {
  composeContent,
  type AttributeNames,
  type Content,
  type DeliveryWindow,
  type PlannedLine,
} from "../domain/purchase-order/content.ts";
import type { SupplierItem } from "../domain/catalogue/catalogue.ts";
import type { Buyer } from "../domain/supplier/party.ts";
import { BadDocument, DocumentHeld } from "../domain/delivery/failure.ts";
import { purchaseOrderNumber } from "../domain/purchase-order/numbering.ts";
import type { NoticePurpose } from "../domain/answers/notice.ts";
import type { Order } from "../domain/order/order.ts";
import type { Plan, PurchaseOrderPlan } from "../domain/plan/plan.ts";
import type { Hold } from "../domain/plan/hold.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";
import { activeHolds, settleState, writeHolds } from "./holds.ts";
import type { PlanAlert } from "./plan-alert.ts";
import { findLost, takeLostPlace } from "./lost-sendings.ts";

/** What orders need of the documents room. Throws BadDocument when the content cannot be said in the supplier's format. */
export type RenderDocument = (supplier: string, content: Content) => RenderedDocument;

export interface RenderedDocument {
  readonly format: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** What of the order's text could not be written as it is, for people. */
  readonly notes: readonly string[];
}

/** Of a purchase order, which may have a delivery note beside its document; a notice has none. */
interface WrittenVersion {
  readonly document: RenderedDocument;
  readonly deliveryNote: Buffer | undefined;
}

export interface WriterOptions {
  readonly buyer: Buyer;
  readonly attributes: AttributeNames;
  readonly suppliers: readonly Supplier[];
  readonly render: RenderDocument;
  /** The PDF that goes beside the document; undefined where the supplier gets none. */
  readonly deliveryNote: (supplier: string, content: Content) => Buffer | undefined;
  /** What a supplier is asked for where the customer wishes nothing, in a document of that time. */
  readonly requestedDelivery: (supplier: string, issuedAt: number) => DeliveryWindow | null;
  readonly newId: () => string;
}

type PurchaseOrderLine = Selectable<PurchaseOrderLinesTable>;

export interface Written {
  readonly id: string;
  readonly becameReady: boolean;
  readonly alerts: readonly PlanAlert[];
}

interface Target {
  readonly order: Order;
  readonly wanted: PurchaseOrderPlan;
  readonly po: PurchaseOrdersTable | undefined;
  readonly now: number;
}

/** Numbers tried before giving up: far more purchase orders of one order to one supplier than can be. */
const MOST_NUMBERS = 1_000;

export type Rendered = { readonly ok: true; readonly version: number } | { readonly ok: false; readonly reason: string };

export interface PurchaseOrderWriter {
  freeLines(
    trx: DatabaseTransaction,
    input: { readonly open: readonly PurchaseOrdersTable[]; readonly plan: Plan },
  ): Promise<void>;
  write(trx: DatabaseTransaction, target: Target): Promise<Written>;
  /** The next version of one that was sent, for its lines as they are and its order as it is now: marked as a replacement. */
  writeReplacement(
    trx: DatabaseTransaction,
    input: { readonly order: Order; readonly po: PurchaseOrdersTable; readonly number: string; readonly now: number },
  ): Promise<Rendered>;
  /**
   * What a notice about it says, which the caller keeps: so many pieces of each line, by its number. Throws BadDocument when
   * the supplier's format cannot say it, or the order as it is now cannot be written.
   */
  renderNotice(
    trx: DatabaseTransaction,
    input: {
      readonly order: Order;
      readonly po: PurchaseOrdersTable;
      readonly number: string;
      readonly version: number;
      readonly purpose: NoticePurpose;
      readonly units: ReadonlyMap<number, number>;
      readonly now: number;
    },
  ): Promise<RenderedDocument>;
}

export function createPurchaseOrderWriter(options: WriterOptions): PurchaseOrderWriter {
  const supplierOf = (id: string): Supplier => {
    const supplier = options.suppliers.find((one) => one.id === id);
    if (supplier === undefined) {
      throw new Error(`no supplier ${id} in the configuration`);
    }
    return supplier;
  };

  return {
    /** Takes the lines away that move or shrink, before any is added: the sum of a line's units may never exceed what was ordered. */
    async freeLines(
      trx: DatabaseTransaction,
      input: { readonly open: readonly PurchaseOrdersTable[]; readonly plan: Plan },
    ): Promise<void> {
      for (const po of input.open) {
        const wanted = input.plan.purchaseOrders.find((one) => one.id === po.id);
        const current = await trx
          .selectFrom("purchase_order_lines")
          .select(["number", "line_id", "units"])
          .where("purchase_order_id", "=", po.id)
          .execute();
        const unitsOf = new Map(wanted?.lines.map((one) => [one.lineId, one.units]));
        for (const line of current) {
          const units = unitsOf.get(line.line_id) ?? 0;
          // By its number, which is the key: by line id, the database would look through all lines for each.
          const row = { purchase_order_id: po.id, number: line.number };
          if (units === 0) {
            await trx
              .deleteFrom("purchase_order_lines")
              .where((eb) => eb.and(row))
              .execute();
          } else if (units < line.units) {
            await trx
              .updateTable("purchase_order_lines")
              .set({ units })
              .where((eb) => eb.and(row))
              .execute();
          }
        }
      }
    },

    async write(trx: DatabaseTransaction, target: Target): Promise<Written> {
      const { order, wanted, now } = target;
      const supplier = supplierOf(wanted.supplier);
      const lost = target.po === undefined ? await findLost(trx, supplier, order) : undefined;
      const numbered =
        target.po !== undefined && target.po.number !== null
          ? { number: target.po.number }
          : lost === undefined
            ? await findNumber(trx, supplier, order)
            : { number: lost.number };
      const number = "number" in numbered ? numbered.number : null;
      const po = target.po ?? (await create(trx, { id: options.newId(), order, supplier, number, now }));
      if (target.po !== undefined && number !== target.po.number) {
        await trx.updateTable("purchase_orders").set({ number }).where("id", "=", po.id).execute();
      }
      await writeLines(trx, po.id, target);
      const net = { net: wanted.net?.amount ?? null, net_currency: wanted.net?.currency ?? null };
      if (po.net !== net.net || po.net_currency !== net.net_currency) {
        await trx.updateTable("purchase_orders").set(net).where("id", "=", po.id).execute();
      }
      const document = number === null ? { ok: true as const } : await writeDocument(trx, { order, supplier, po, number, now });
      if (lost !== undefined) {
        return { id: po.id, becameReady: false, alerts: [await takeLostPlace(trx, { po, lost, order, now })] };
      }
      const holds: Hold[] = [
        ...wanted.holds,
        ...("problem" in numbered
          ? [{ name: "number" as const, reason: `suppliers.${supplier.id}.number: ${numbered.problem}` }]
          : []),
        ...(!document.ok && document.held ? [{ name: "document" as const, reason: document.reason }] : []),
      ];
      await writeHolds(trx, { id: po.id, supplier: supplier.name, holds, now });
      const active = await activeHolds(trx, po.id);
      const held = active.length > 0;
      const alerts: PlanAlert[] = [];
      if (!document.ok && !held) {
        // Held ones may be rendered again when they are released; this one cannot be sent as it is.
        await failUnsendable(trx, { po, reason: document.reason, now });
        alerts.push({
          kind: "purchase_order.failed",
          message: `Order ${order.name}: purchase order ${number ?? po.id} to ${supplier.name} cannot be written: ${document.reason}. Mend the order in Shopify, then retry.`,
          detail: { order: order.id, purchase_order: po.id, supplier: supplier.id },
        });
        return { id: po.id, becameReady: false, alerts };
      }
      return { id: po.id, becameReady: await settleState(trx, { po, active, now }), alerts };
    },

    async writeReplacement(trx, { order, po, number, now }) {
      const version = await nextVersion(trx, po.id);
      const input = { order, supplier: supplierOf(po.supplier), number, ...(await linesOf(trx, po.id)) };
      try {
        await keepDocument(trx, {
          id: po.id,
          version,
          ...renderVersion({ ...input, version, purpose: "replacement", issuedAt: now }),
          now,
        });
        return { ok: true, version };
      } catch (error) {
        if (error instanceof BadDocument) {
          return { ok: false, reason: error.message };
        }
        throw error;
      }
    },

    async renderNotice(trx, { order, po, number, version, purpose, units, now }) {
      const said = await linesOf(trx, po.id, (line) => units.get(line.number) ?? 0);
      const content = contentOf({ order, supplier: supplierOf(po.supplier), number, version, purpose, issuedAt: now, ...said });
      return options.render(po.supplier, content);
    },
  };

  function contentOf(
    input: Pick<
      Parameters<typeof composeContent>[0],
      "order" | "supplier" | "number" | "version" | "purpose" | "issuedAt" | "lines" | "items" | "currency"
    >,
  ): Content {
    const { buyer, attributes } = options;
    const requestedDelivery = options.requestedDelivery(input.supplier.id, input.issuedAt);
    return composeContent({ ...input, buyer, attributes, requestedDelivery });
  }

  function renderVersion(input: Parameters<typeof contentOf>[0]): WrittenVersion {
    const { id } = input.supplier;
    const content = contentOf(input);
    return { document: options.render(id, content), deliveryNote: options.deliveryNote(id, content) };
  }

  /** A new version whenever the bytes would differ, the delivery note's too; the time of issue is the version's own, so an equal content keeps its bytes. */
  async function writeDocument(
    trx: DatabaseTransaction,
    input: {
      readonly order: Order;
      readonly supplier: Supplier;
      readonly po: PurchaseOrdersTable;
      readonly number: string;
      readonly now: number;
    },
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly held: boolean; readonly reason: string }> {
    const { order, supplier, po, number, now } = input;
    const ordered = await linesOf(trx, po.id);
    const current = await trx
      .selectFrom("documents")
      .select(["version", "hash", "created_at"])
      .where("purchase_order_id", "=", po.id)
      .orderBy("version", "desc")
      .executeTakeFirst();
    const kept =
      current &&
      (await trx
        .selectFrom("companion_documents")
        .select("hash")
        .where("purchase_order_id", "=", po.id)
        .where("version", "=", current.version)
        .where("kind", "=", "delivery-note")
        .executeTakeFirst());
    const original = (version: number, issuedAt: number) =>
      renderVersion({ order, supplier, number, version, purpose: "original", issuedAt, ...ordered });
    // What waited too long would ask for a day that is near or past.
    const asks = (at: number) => options.requestedDelivery(supplier.id, at)?.latest;
    const isFresh = current !== undefined && asks(current.created_at) === asks(now);
    const isSame = ({ document, deliveryNote }: WrittenVersion): boolean =>
      sha256(document.bytes) === current?.hash && (deliveryNote && sha256(deliveryNote)) === kept?.hash;
    try {
      if (isFresh && isSame(original(current.version, current.created_at))) {
        await trx.updateTable("purchase_orders").set({ version: current.version }).where("id", "=", po.id).execute();
        return { ok: true };
      }
      const version = (current?.version ?? 0) + 1;
      await keepDocument(trx, { id: po.id, version, ...original(version, now), now });
      await trx.updateTable("purchase_orders").set({ version }).where("id", "=", po.id).execute();
      return { ok: true };
    } catch (error) {
      if (error instanceof BadDocument) {
        // No version is to be sent: an earlier one would say what the order does not say any more.
        await trx.updateTable("purchase_orders").set({ version: 0 }).where("id", "=", po.id).execute();
        return { ok: false, held: error instanceof DocumentHeld, reason: error.message };
      }
      throw error;
    }
  }
}

/** The versions of a purchase order and of the notices about it count together: an answer names one of them. */
export async function nextVersion(trx: DatabaseTransaction, purchaseOrderId: string): Promise<number> {
  const { last } = await trx
    .selectFrom("documents")
    .innerJoin("purchase_orders", "purchase_orders.id", "documents.purchase_order_id")
    .select((eb) => eb.fn.max("documents.version").as("last"))
    .where((eb) => eb.or([eb("purchase_orders.id", "=", purchaseOrderId), eb("purchase_orders.notice_of", "=", purchaseOrderId)]))
    .executeTakeFirstOrThrow();
  // What a person tells has a place among them, though no document.
  const told = await trx
    .selectFrom("purchase_orders")
    .select((eb) => eb.fn.max("version").as("last"))
    .where("notice_of", "=", purchaseOrderId)
    .executeTakeFirstOrThrow();
  // What a restored database has lost was sent with its version all the same.
  const lost = await trx
    .selectFrom("lost_sendings")
    .select((eb) => eb.fn.max("version").as("last"))
    .where((eb) => eb.or([eb("notice_of", "=", purchaseOrderId), eb("purchase_order_id", "=", purchaseOrderId)]))
    .executeTakeFirstOrThrow();
  return Math.max(last ?? 0, told.last ?? 0, lost.last ?? 0) + 1;
}

/**
 * What its document says of its lines: as they were planned, whatever the catalogue says since. `unitsOf`: pieces still
 * wanted; unless given, all that the supplier has not taken back.
 */
async function linesOf(
  trx: DatabaseTransaction,
  purchaseOrderId: string,
  unitsOf: (line: PurchaseOrderLine) => number = (line) => line.units - line.withdrawn,
): Promise<{
  readonly lines: readonly PlannedLine[];
  readonly items: ReadonlyMap<string, SupplierItem>;
  readonly currency: string | null;
}> {
  const all = await trx
    .selectFrom("purchase_order_lines")
    .selectAll()
    .where("purchase_order_id", "=", purchaseOrderId)
    .orderBy("number")
    .execute();
  const rows = all
    .map((row) => ({ ...row, units: unitsOf(row), ordered: row.units }))
    .filter(({ units }) => units > 0)
    .map((row) => (row.units === row.ordered ? row : { ...row, quantity: Math.ceil(row.units / row.pack_size) }));
  return {
    lines: rows.map((row) => ({ number: row.number, lineId: row.line_id, units: row.units })),
    items: new Map(
      rows.flatMap((row): [string, SupplierItem][] =>
        row.supplier_sku === null
          ? []
          : [
              [
                row.line_id,
                {
                  supplierSku: row.supplier_sku,
                  unit: row.unit,
                  packSize: row.pack_size,
                  quantity: row.quantity,
                  unitCost: row.unit_cost,
                  gtin: row.gtin,
                  mpn: row.mpn,
                  hazard: row.hazard,
                },
              ],
            ],
      ),
    ),
    currency: currencyOf(rows.map((row) => ({ currency: row.cost_currency }))),
  };
}

const itemColumns = (item: PlannedItem) =>
  ({
    supplier_sku: item.listed ? item.supplierSku : null,
    unit: item.unit,
    pack_size: item.packSize,
    quantity: item.quantity,
    unit_cost: item.unitCost,
    cost_currency: item.currency,
    gtin: item.gtin,
    mpn: item.mpn,
    hazard: item.hazard,
  }) satisfies Partial<PurchaseOrderLinesTable>;

export async function keepDocument(
  trx: DatabaseTransaction,
  input: {
    /** Of the purchase order or notice. */
    readonly id: string;
    readonly version: number;
    readonly document: RenderedDocument;
    readonly deliveryNote?: Buffer | undefined;
    readonly now: number;
  },
): Promise<void> {
  const { id, version, document, deliveryNote, now } = input;
  await trx
    .insertInto("documents")
    .values({
      purchase_order_id: id,
      version,
      format: document.format,
      media_type: document.mediaType,
      bytes: document.bytes,
      hash: sha256(document.bytes),
      size: document.bytes.byteLength,
      created_at: now,
    })
    .execute();
  if (deliveryNote !== undefined) {
    await trx
      .insertInto("companion_documents")
      .values({
        purchase_order_id: id,
        version,
        kind: "delivery-note",
        bytes: deliveryNote,
        hash: sha256(deliveryNote),
        size: deliveryNote.byteLength,
      })
      .execute();
  }
  if (document.notes.length > 0) {
    await recordEvent(trx, {
      at: now,
      subject: "purchase-order",
      subjectId: id,
      name: "purchase_order.text_changed",
      actor: "system",
      detail: { version, notes: document.notes },
    });
  }
}

async function findNumber(
  trx: DatabaseTransaction,
  supplier: Supplier,
  order: Order,
): Promise<{ readonly number: string } | { readonly problem: string }> {
  for (let n = 1; n <= MOST_NUMBERS; n++) {
    const result = purchaseOrderNumber(supplier.number, { order: order.orderNumber, n });
    if ("problem" in result) {
      return result;
    }
    const taken = await trx
      .selectFrom("purchase_orders")
      .select("id")
      .where("supplier", "=", supplier.id)
      .where("number", "=", result.number)
      .where("notice_of", "is", null)
      .executeTakeFirst();
    if (taken === undefined) {
      return result;
    }
  }
  return { problem: `pattern "${supplier.number.pattern}" gives no free number for order ${order.name}` };
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function create(
  trx: DatabaseTransaction,
  input: {
    readonly id: string;
    readonly order: Order;
    readonly supplier: Supplier;
    readonly number: string | null;
    readonly now: number;
  },
): Promise<PurchaseOrdersTable> {
  const { id, order, supplier, number, now } = input;
  const row = newPurchaseOrder({ id, order_id: order.id, supplier: supplier.id, number }, now);
  await trx.insertInto("purchase_orders").values(row).execute();
  await recordEvent(trx, {
    at: now,
    subject: "purchase-order",
    subjectId: id,
    name: "purchase_order.created",
    actor: "system",
    detail: { order: order.id, supplier: supplier.id, number },
  });
  return row;
}

async function writeLines(trx: DatabaseTransaction, id: string, target: Target): Promise<void> {
  const current = await trx.selectFrom("purchase_order_lines").selectAll().where("purchase_order_id", "=", id).execute();
  let highest = current.reduce((most, line) => Math.max(most, line.number), 0);
  const sources = new Map(target.order.lines.map((line) => [line.id, line]));
  const byLine = new Map(current.map((line) => [line.line_id, line]));
  for (const line of target.wanted.lines) {
    const source = sources.get(line.lineId);
    const known = byLine.get(line.lineId);
    const set = {
      units: line.units,
      rule: line.rule,
      sku: source?.sku ?? null,
      title: source?.title ?? "",
      ...itemColumns(line.item),
    };
    if (known === undefined) {
      await trx
        .insertInto("purchase_order_lines")
        .values({
          purchase_order_id: id,
          number: ++highest,
          order_id: target.order.id,
          line_id: line.lineId,
          ...set,
          confirmed: 0,
          backordered: 0,
          shipped: 0,
          cancelled: 0,
          promised_on: null,
        })
        .execute();
      await recordEvent(trx, {
        at: target.now,
        subject: "purchase-order",
        subjectId: id,
        name: "purchase_order.allocated",
        actor: "system",
        detail: { line: line.lineId, units: line.units, rule: line.rule },
      });
    } else if (needsWriting(known, { ...set, sku: known.sku, title: known.title })) {
      await trx
        .updateTable("purchase_order_lines")
        .set(set)
        .where("purchase_order_id", "=", id)
        .where("number", "=", known.number)
        .execute();
    }
  }
}

function needsWriting(known: PurchaseOrderLine, set: Partial<PurchaseOrderLinesTable>): boolean {
  const before: Readonly<Record<string, unknown>> = { ...known };
  return Object.entries(set).some(([column, value]) => before[column] !== value);
}

async function failUnsendable(
  trx: DatabaseTransaction,
  input: { readonly po: PurchaseOrdersTable; readonly reason: string; readonly now: number },
): Promise<void> {
  const { po, reason, now } = input;
  const from = po.state;
  await changeState(trx, { id: po.id, from, to: "failed", cause: "system", actor: "system", at: now, reason });
}
