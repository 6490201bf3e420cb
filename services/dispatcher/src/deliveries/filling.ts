// Filling the file of a supplier that takes several messages in one, when one of them is claimed.
import { insertRow } from "../database/statements.ts";
import { createHash } from "node:crypto";
import { changeMessage } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AttemptsTable, MessagesTable } from "../database/tables/deliveries.ts";
import type { DocumentsTable } from "../database/tables/orders.ts";
import { BadDocument } from "../domain/delivery/failure.ts";
import { latestWait } from "../domain/schedule/schedule.ts";
import type { Batch } from "./carried.ts";
import { latestDue } from "./due.ts";
import type { Turns } from "./ports.ts";

interface FilledFile {
  readonly others: readonly MessagesTable[];
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly hash: string;
}

/**
 * The file of a supplier that takes several in one: with everything else that is ready for it and has its turn. One that was written
 * to go alone, that failed in company or was in a process that ended, goes by itself. Undefined: its document was written for
 * another configuration, and goes as it is.
 */
export async function fill(
  trx: DatabaseTransaction,
  input: {
    readonly lead: MessagesTable;
    readonly document: DocumentsTable;
    readonly batch: Batch;
    readonly turns: Turns;
    readonly at: number;
  },
): Promise<FilledFile | undefined> {
  const { lead, document, batch, turns, at } = input;
  const sociable = lead.alone === 0 && lead.crashes === 0;
  const waiting = sociable
    ? await trx
        .selectFrom("messages as msg")
        .innerJoin("documents", (join) =>
          join.onRef("documents.purchase_order_id", "=", "msg.purchase_order_id").onRef("documents.version", "=", "msg.version"),
        )
        .selectAll("msg")
        .select("documents.bytes as document_bytes")
        .where("msg.supplier", "=", lead.supplier)
        .where("msg.state", "=", "ready")
        .where("msg.id", "!=", lead.id)
        .where("msg.number", "is not", null)
        .where("msg.stale", "=", 0)
        .where("msg.unwanted", "is", null)
        .where("msg.alone", "=", 0)
        .where("msg.crashes", "=", 0)
        .where((eb) => eb.or([eb("msg.next_attempt_at", "<=", at), eb("msg.next_attempt_at", ">", latestDue(at))]))
        .where((eb) =>
          eb.or([
            eb("msg.waits_since", "is", null),
            eb("msg.waits_since", "<=", turns.servedUntil(lead.supplier, at)),
            eb("msg.waits_since", ">", latestWait(at)),
          ]),
        )
        .where("documents.format", "=", document.format)
        .orderBy("msg.created_at")
        .orderBy("msg.id")
        .limit(batch.most - 1)
        .execute()
    : [];
  try {
    const found = waiting.map(({ document_bytes: bytes, ...message }) => ({ bytes, message }));
    const bytes = batch.join([document.bytes, ...found.map((one) => one.bytes)]);
    const hash = createHash("sha256").update(bytes).digest("hex");
    return { others: found.map((one) => one.message), bytes, size: bytes.byteLength, hash };
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
    readonly lead: MessagesTable;
    readonly at: number;
  },
): Promise<Pick<FilledFile, "others" | "bytes">> {
  const { attempt, file, lead, at } = input;
  await insertRow(trx, "files", { attempt_id: attempt.id, bytes: file.bytes });
  for (const [index, { id, version, copy }] of [lead, ...file.others].entries()) {
    await insertRow(trx, "file_contents", { attempt_id: attempt.id, position: index + 1, message_id: id, version, copy });
  }
  const set = { carried_by: attempt.id, claimed: 1 };
  for (const msg of file.others) {
    await changeMessage(trx, {
      message: msg,
      to: "sending",
      cause: "system",
      actor: "system",
      at,
      reason: null,
      set,
      detail: { in_file_of: lead.number },
    });
  }
  return { others: file.others.map((msg) => ({ ...msg, ...set, state: "sending" })), bytes: file.bytes };
}
