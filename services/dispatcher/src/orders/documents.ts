// The documents of purchase orders and of the notices about them, as they are kept: a version is written once and never changed.
import { insertRow } from "../database/statements.ts";
import { createHash } from "node:crypto";
import { recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";

export interface RenderedDocument {
  readonly format: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** What of the order's text could not be written as it is, for people. */
  readonly notes: readonly string[];
}

/** The versions of a purchase order and of the notices about it count together: an answer names one of them. */
export async function nextVersion(trx: DatabaseTransaction, purchaseOrderId: string): Promise<number> {
  const lastOf = async (table: "documents" | "messages" | "tasks"): Promise<number> => {
    const { last } = await trx
      .selectFrom(table)
      .select((eb) => eb.fn.max("version").as("last"))
      .where("purchase_order_id", "=", purchaseOrderId)
      .executeTakeFirstOrThrow();
    return last ?? 0;
  };
  // What a person tells has a place among them, though no document.
  const known = [await lastOf("documents"), await lastOf("messages"), await lastOf("tasks")];
  // What a restored database has lost was sent with its version all the same.
  const lost = await trx
    .selectFrom("lost_sendings")
    .select((eb) => eb.fn.max("version").as("last"))
    .where((eb) => eb.or([eb("notice_of", "=", purchaseOrderId), eb("purchase_order_id", "=", purchaseOrderId)]))
    .executeTakeFirstOrThrow();
  return Math.max(...known, lost.last ?? 0) + 1;
}

export async function keepDocument(
  trx: DatabaseTransaction,
  input: {
    /** Of the purchase order. */
    readonly id: string;
    readonly version: number;
    readonly document: RenderedDocument;
    readonly deliveryNote?: Buffer | undefined;
    readonly now: number;
  },
): Promise<void> {
  const { id, version, document, deliveryNote, now } = input;
  await insertRow(trx, "documents", {
    purchase_order_id: id,
    version,
    format: document.format,
    media_type: document.mediaType,
    bytes: document.bytes,
    hash: sha256(document.bytes),
    size: document.bytes.byteLength,
    created_at: now,
  });
  if (deliveryNote !== undefined) {
    await insertRow(trx, "companion_documents", {
      purchase_order_id: id,
      version,
      kind: "delivery-note",
      bytes: deliveryNote,
      hash: sha256(deliveryNote),
      size: deliveryNote.byteLength,
    });
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

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
