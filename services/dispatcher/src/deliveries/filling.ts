// Filling the file of a supplier that takes several purchase orders in one, when one of them is claimed.
import { createHash } from "node:crypto";
import { changeState } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AttemptsTable } from "../database/tables/deliveries.ts";
import type { DocumentsTable, PurchaseOrdersTable } from "../database/tables/orders.ts";
import { BadDocument } from "../domain/delivery/failure.ts";
import { latestWait } from "../domain/schedule/schedule.ts";
import type { Batch } from "./carried.ts";
import { latestDue } from "./due.ts";
import type { Turns } from "./ports.ts";

interface FilledFile {
  readonly others: readonly PurchaseOrdersTable[];
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly hash: string;
}

/**
 * The file of a supplier that takes several in one: with everything else that is ready for it and has its turn. A notice, or one that a
 * person had sent once more, that failed in company or was in a process that ended, goes by itself. Undefined: its
 * document was written for another configuration, and goes as it is.
 */
export async function fill(
  trx: DatabaseTransaction,
  input: {
    readonly lead: PurchaseOrdersTable;
    readonly document: DocumentsTable;
    readonly batch: Batch;
    readonly turns: Turns;
    readonly at: number;
  },
): Promise<FilledFile | undefined> {
  const { lead, document, batch, turns, at } = input;
  const sociable = lead.alone === 0 && lead.crashes === 0 && lead.resend === null && lead.notice_of === null;
  const waiting = sociable
    ? await trx
        .selectFrom("purchase_orders as po")
        .innerJoin("documents", (join) =>
          join.onRef("documents.purchase_order_id", "=", "po.id").onRef("documents.version", "=", "po.version"),
        )
        .selectAll("po")
        .select("documents.bytes as document_bytes")
        .where("po.supplier", "=", lead.supplier)
        .where("po.state", "=", "ready")
        .where("po.id", "!=", lead.id)
        .where("po.notice_of", "is", null)
        .where("po.number", "is not", null)
        .where("po.plan_again", "=", 0)
        .where("po.cancel_wanted_at", "is", null)
        .where("po.resend", "is", null)
        .where("po.alone", "=", 0)
        .where("po.crashes", "=", 0)
        .where((eb) => eb.or([eb("po.next_attempt_at", "<=", at), eb("po.next_attempt_at", ">", latestDue(at))]))
        .where((eb) =>
          eb.or([
            eb("po.waits_since", "is", null),
            eb("po.waits_since", "<=", turns.servedUntil(lead.supplier, at)),
            eb("po.waits_since", ">", latestWait(at)),
          ]),
        )
        .where("documents.format", "=", document.format)
        .orderBy("po.released_at")
        .orderBy("po.id")
        .limit(batch.most - 1)
        .execute()
    : [];
  try {
    const found = waiting.map(({ document_bytes: bytes, ...po }) => ({ bytes, po }));
    const bytes = batch.join([document.bytes, ...found.map((one) => one.bytes)]);
    const hash = createHash("sha256").update(bytes).digest("hex");
    return { others: found.map((one) => one.po), bytes, size: bytes.byteLength, hash };
  } catch (error) {
    if (error instanceof BadDocument) {
      return undefined;
    }
    throw error;
  }
}

/** Writes down what is in the file, and takes the others into it. */
export async function carry(
  trx: DatabaseTransaction,
  input: {
    readonly attempt: AttemptsTable;
    readonly file: FilledFile;
    readonly lead: PurchaseOrdersTable;
    readonly at: number;
  },
): Promise<Pick<FilledFile, "others" | "bytes">> {
  const { attempt, file, lead, at } = input;
  await trx.insertInto("files").values({ attempt_id: attempt.id, bytes: file.bytes }).execute();
  for (const [index, { id, version, copy }] of [lead, ...file.others].entries()) {
    await trx
      .insertInto("file_contents")
      .values({ attempt_id: attempt.id, position: index + 1, purchase_order_id: id, version, copy })
      .execute();
  }
  const set = { carried_by: attempt.id, claimed: 1 };
  for (const po of file.others) {
    await changeState(trx, {
      id: po.id,
      from: "ready",
      to: "sending",
      cause: "system",
      actor: "system",
      at,
      reason: null,
      set,
      detail: { in_file_of: lead.number },
    });
  }
  return { others: file.others.map((po) => ({ ...po, ...set, state: "sending" })), bytes: file.bytes };
}
