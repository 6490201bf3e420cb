// Writing the open purchase orders of an order as its plan wants them: number, lines, document, holds, state.
import { insertRow, statement, updateRows } from "../database/statements.ts";
import { recordEvent } from "../database/audit.ts";
import { newPurchaseOrder, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { LostSendingsTable } from "../database/tables/orders.ts";
import { composeContent, type AttributeNames, type Content, type DeliveryWindow } from "../domain/purchase-order/content.ts";
import type { Buyer } from "../domain/supplier/party.ts";
import { BadDocument, DocumentHeld } from "../domain/delivery/failure.ts";
import type { NoticePurpose } from "../domain/delivery/message.ts";
import type { Order } from "../domain/order/order.ts";
import type { Plan, PurchaseOrderPlan } from "../domain/plan/plan.ts";
import type { Hold } from "../domain/plan/hold.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";
import { keepDocument, nextVersion, sha256, type RenderedDocument } from "./documents.ts";
import { activeHolds, settleState, writeHolds } from "./holds.ts";
import { freeLines, linesOf, writeLines } from "./lines.ts";
import { findNumber, isNumberFree } from "./numbers.ts";
import { besideLost, findLost, type TakeLostPlace } from "./lost-sendings.ts";
import { fail, follow } from "./messages.ts";

/** What orders need of the documents room. Throws BadDocument when the content cannot be said in the supplier's format. */
export type RenderDocument = (supplier: string, content: Content) => RenderedDocument;

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
  /** What a supplier is asked for where the customer wishes nothing (a wish comes first), in a document of that time. */
  readonly requestedDelivery: (supplier: string, issuedAt: number) => DeliveryWindow | null;
  readonly takeLostPlace: TakeLostPlace;
  readonly newId: () => string;
}

export interface Written {
  readonly id: string;
  readonly becameReady: boolean;
}

interface Target {
  readonly order: Order;
  readonly wanted: PurchaseOrderPlan;
  readonly po: PurchaseOrderRow | undefined;
  readonly now: number;
}

export type Rendered = { readonly ok: true; readonly version: number } | { readonly ok: false; readonly reason: string };

export interface PurchaseOrderWriter {
  freeLines(trx: DatabaseTransaction, input: { readonly open: readonly PurchaseOrderRow[]; readonly plan: Plan }): Promise<void>;
  write(trx: DatabaseTransaction, target: Target): Promise<Written>;
  /**
   * An unsent one that the backup knows takes the place of a lost sending of the same order and supplier: what it says is written
   * anew with that number, for a person who has it sent once more. `order`: undefined where nothing can be written of it.
   */
  takeLostPlace(
    trx: DatabaseTransaction,
    input: {
      readonly order: Order | undefined;
      readonly po: PurchaseOrderRow;
      readonly lost: LostSendingsTable;
      readonly now: number;
    },
  ): Promise<"sent" | "unknown">;
  /** The next version of one that was sent, for its lines as they are and its order as it is now: marked as a replacement. */
  writeReplacement(
    trx: DatabaseTransaction,
    input: { readonly order: Order; readonly po: PurchaseOrderRow; readonly number: string; readonly now: number },
  ): Promise<Rendered>;
  /**
   * What a notice about it says, which the caller keeps: so many pieces of each line, by its number. Throws BadDocument when
   * the supplier's format cannot say it, or the order as it is now cannot be written.
   */
  renderNotice(
    trx: DatabaseTransaction,
    input: {
      readonly order: Order;
      readonly po: PurchaseOrderRow;
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
    freeLines,

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
        await updateRows(trx, "purchase_orders", { number }, { id: po.id });
      }
      await writeLines(trx, po.id, target);
      const net = { net: wanted.net?.amount ?? null, net_currency: wanted.net?.currency ?? null };
      if (po.net !== net.net || po.net_currency !== net.net_currency) {
        await updateRows(trx, "purchase_orders", net, { id: po.id });
      }
      const document =
        number === null
          ? { ok: true as const }
          : await writeDocument(trx, { order, supplier, po, number, atLeast: lost?.version, now });
      await follow(trx, po);
      if (lost !== undefined) {
        await options.takeLostPlace(trx, { po, lost, at: now });
        return { id: po.id, becameReady: false };
      }
      const restored = await besideLost(trx, { order: order.id, supplier: supplier.id, purchaseOrder: po.id });
      const holds: Hold[] = [
        ...wanted.holds,
        ...(restored === undefined ? [] : [restored]),
        ...("problem" in numbered
          ? [{ name: "number" as const, reason: `suppliers.${supplier.id}.number: ${numbered.problem}` }]
          : []),
        ...(!document.ok && document.held ? [{ name: "document" as const, reason: document.reason }] : []),
      ];
      await writeHolds(trx, { id: po.id, supplier: supplier.name, holds, now });
      const active = await activeHolds(trx, po.id);
      const held = active.length > 0;
      if (!document.ok && !held) {
        // Held ones may be rendered again when they are released; this one cannot be sent as it is.
        await fail(trx, { po, reason: document.reason, at: now });
        return { id: po.id, becameReady: false };
      }
      return { id: po.id, becameReady: await settleState(trx, { po, active, now }) };
    },

    async takeLostPlace(trx, { order, po, lost, now }) {
      // Numbers are unique per supplier. The database that was lost knew all of this one's when it gave that number.
      if (lost.number !== po.number && (await isNumberFree(trx, po.supplier, lost.number))) {
        await updateRows(trx, "purchase_orders", { number: lost.number }, { id: po.id });
        const supplier = options.suppliers.find((one) => one.id === po.supplier);
        if (order === undefined || supplier === undefined) {
          // No version is to be sent: its document has the other number.
          await updateRows(trx, "purchase_orders", { version: 0 }, { id: po.id });
        } else {
          await writeDocument(trx, { order, supplier, po, number: lost.number, atLeast: lost.version, now });
        }
      }
      return await options.takeLostPlace(trx, { po, lost, at: now });
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
      readonly po: PurchaseOrderRow;
      readonly number: string;
      /** Its version, or a later one: an answer may name it. */
      readonly atLeast?: number | undefined;
      readonly now: number;
    },
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly held: boolean; readonly reason: string }> {
    const { order, supplier, po, number, atLeast = 1, now } = input;
    const ordered = await linesOf(trx, po.id);
    const current = await lastDocument.first(trx, po.id);
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
      if (isFresh && current.version >= atLeast && isSame(original(current.version, current.created_at))) {
        await updateRows(trx, "purchase_orders", { version: current.version }, { id: po.id });
        return { ok: true };
      }
      const version = Math.max((current?.version ?? 0) + 1, atLeast);
      await keepDocument(trx, { id: po.id, version, ...original(version, now), now });
      await updateRows(trx, "purchase_orders", { version }, { id: po.id });
      return { ok: true };
    } catch (error) {
      if (error instanceof BadDocument) {
        // No version is to be sent: an earlier one would say what the order does not say any more.
        await updateRows(trx, "purchase_orders", { version: 0 }, { id: po.id });
        return { ok: false, held: error instanceof DocumentHeld, reason: error.message };
      }
      throw error;
    }
  }
}

const lastDocument = statement((db, purchaseOrder: string) =>
  db
    .selectFrom("documents")
    .select(["version", "hash", "created_at"])
    .where("purchase_order_id", "=", purchaseOrder)
    .orderBy("version", "desc")
    .limit(1),
);

async function create(
  trx: DatabaseTransaction,
  input: {
    readonly id: string;
    readonly order: Order;
    readonly supplier: Supplier;
    readonly number: string | null;
    readonly now: number;
  },
): Promise<PurchaseOrderRow> {
  const { id, order, supplier, number, now } = input;
  const row = newPurchaseOrder({ id, order_id: order.id, supplier: supplier.id, number }, now);
  await insertRow(trx, "purchase_orders", row);
  await recordEvent(trx, {
    at: now,
    subject: "purchase-order",
    subjectId: id,
    name: "purchase_order.created",
    actor: "system",
    detail: { order: order.id, supplier: supplier.id, number },
  });
  return { ...row, state: "held", message_state: null };
}
