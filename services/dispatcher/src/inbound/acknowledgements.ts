// Applying one acknowledgement file: its bytes are kept, the same bytes are applied once, and what cannot be applied
// whole is set aside whole.
import { createHash } from "node:crypto";
import { changeState, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction, InboundFilesTable, PurchaseOrdersTable } from "../database/schema.ts";
import {
  applyAcknowledgement,
  inPieces,
  inSuppliersUnit,
  type Acknowledgement,
  type AcknowledgementStatus,
  type SuppliedLine,
} from "../domain/acknowledgement.ts";
import type { ReadMessage } from "../domain/message.ts";

export interface InboundFile {
  readonly supplier: string;
  /** With its folder, as the supplier named it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What a supplier's file says, in its own format. Composed from the documents room. */
export type ReadFile = (supplier: string, bytes: Uint8Array) => ReadMessage;

/** When the supplier's next answer is due, epoch milliseconds; null when nothing more is expected. */
export type AnswerDueAt = (
  supplier: string,
  of: { readonly acknowledgement: AcknowledgementStatus | null; readonly sentAt: number },
) => number | null;

/** The supplier's answer proves that it has the purchase order. Composed from the deliveries room. */
export type RecordEvidence = (
  trx: DatabaseTransaction,
  evidence: { readonly po: PurchaseOrdersTable; readonly at: number; readonly actor: string; readonly reason: string },
) => Promise<void>;

export type Received =
  | {
      readonly kind: "applied";
      readonly purchaseOrder: string;
      readonly number: string;
      readonly status: Acknowledgement["status"];
      readonly reason: string | null;
      /** Why a person should know, although it was applied. */
      readonly surprise: string | null;
    }
  | { readonly kind: "duplicate" }
  /** Not readable: perhaps still being written. */
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "quarantined"; readonly reason: string };

export interface AcknowledgementInbox {
  receive(file: InboundFile): Promise<Received>;
  /** Sets a file aside that stayed unreadable. */
  quarantine(file: InboundFile, reason: string): Promise<void>;
}

export function createAcknowledgementInbox(options: {
  readonly database: OpenDatabase;
  readonly read: ReadFile;
  readonly recordEvidence: RecordEvidence;
  readonly dueAt: AnswerDueAt;
  readonly now: () => number;
  readonly newId: () => string;
}): AcknowledgementInbox {
  const { database, now } = options;

  return {
    receive: (file) =>
      database.transaction(async (trx): Promise<Received> => {
        const known = await trx
          .selectFrom("inbound_files")
          .select("id")
          .where("supplier", "=", file.supplier)
          .where("hash", "=", hashOf(file))
          .where("state", "=", "applied")
          .executeTakeFirst();
        if (known !== undefined) {
          return { kind: "duplicate" };
        }
        const read = options.read(file.supplier, file.bytes);
        if (!read.ok) {
          return { kind: "unreadable", reason: shown(read.reason) };
        }
        if (read.message.kind !== "acknowledgement") {
          const reason = `a ${read.message.kind.replace("-", " ")}, where acknowledgements are expected`;
          await keep(trx, file, { state: "quarantined", reason, purchaseOrder: null });
          return { kind: "quarantined", reason };
        }
        const { acknowledgement } = read.message;
        const answer = { ...acknowledgement, reason: shown(acknowledgement.reason), reference: shown(acknowledgement.reference) };
        const po = await find(trx, file.supplier, answer.purchaseOrder);
        const refusal =
          po === undefined
            ? `${file.supplier} has no purchase order with the number "${shown(answer.purchaseOrder)}"`
            : objection(po, answer);
        if (po === undefined || refusal !== undefined) {
          await keep(trx, file, { state: "quarantined", reason: refusal ?? null, purchaseOrder: po?.id ?? null });
          return { kind: "quarantined", reason: refusal ?? "" };
        }
        const contradiction = await apply(trx, { po, answer, file });
        if (contradiction !== undefined) {
          await keep(trx, file, { state: "quarantined", reason: contradiction, purchaseOrder: po.id });
          return { kind: "quarantined", reason: contradiction };
        }
        await keep(trx, file, { state: "applied", reason: null, purchaseOrder: po.id });
        return {
          kind: "applied",
          purchaseOrder: po.id,
          number: answer.purchaseOrder,
          status: answer.status,
          reason: answer.reason,
          surprise: await surpriseOf(trx, po, answer),
        };
      }),

    quarantine: (file, reason) =>
      database.transaction((trx) => keep(trx, file, { state: "quarantined", reason, purchaseOrder: null })),
  };

  /** Undefined when applied, else what contradicts. Nothing is written then. */
  async function apply(
    trx: DatabaseTransaction,
    input: { readonly po: PurchaseOrdersTable; readonly answer: Acknowledgement; readonly file: InboundFile },
  ): Promise<string | undefined> {
    const { po, answer, file } = input;
    const at = now();
    const rows = await trx
      .selectFrom("purchase_order_lines")
      .selectAll()
      .where("purchase_order_id", "=", po.id)
      .orderBy("number")
      .execute();
    const ordered = new Map(
      rows.map((row) => [
        row.number,
        {
          ...row,
          skus: [row.sku, row.supplier_sku].filter((sku) => sku !== null),
          ordered: row.units,
          packSize: row.pack_size,
          promisedOn: row.promised_on,
        } satisfies SuppliedLine,
      ]),
    );
    // It answers in the unit that it was asked in.
    const result = applyAcknowledgement([...ordered.values()].map(inSuppliersUnit), answer);
    if (result.kind === "contradiction") {
      return result.reason;
    }
    if (po.state !== "sent" && po.state !== "closed") {
      await options.recordEvidence(trx, {
        po,
        at,
        actor: po.supplier,
        reason: `acknowledged (${answer.status}) by ${file.path}`,
      });
    }
    for (const answered of result.lines) {
      const before = ordered.get(answered.number);
      const line = before === undefined ? answered : inPieces(answered, before);
      await trx
        .updateTable("purchase_order_lines")
        .set({
          confirmed: line.confirmed,
          backordered: line.backordered,
          cancelled: line.cancelled,
          promised_on: line.promisedOn,
        })
        .where("purchase_order_id", "=", po.id)
        .where("number", "=", line.number)
        .execute();
    }
    const late = answer.status === "received" && po.acknowledgement !== null;
    const acknowledgement = late ? po.acknowledgement : answer.status;
    const dueAt = options.dueAt(po.supplier, { acknowledgement, sentAt: po.sent_at ?? at });
    await trx
      .updateTable("purchase_orders")
      .set({
        acknowledgement,
        acknowledged_at: late ? po.acknowledged_at : at,
        acknowledgement_due_at: dueAt,
        ...(dueAt === po.acknowledgement_due_at ? {} : { acknowledgement_overdue: 0 }),
      })
      .where("id", "=", po.id)
      .execute();
    await recordEvent(trx, {
      at,
      subject: "purchase-order",
      subjectId: po.id,
      name: "purchase_order.acknowledged",
      actor: po.supplier,
      detail: {
        status: answer.status,
        reference: answer.reference,
        file: file.path,
        ...(answer.reason === null ? {} : { reason: answer.reason }),
      },
    });
    if (result.closed && po.state !== "closed") {
      await changeState(trx, {
        id: po.id,
        from: "sent",
        to: "closed",
        cause: "evidence",
        actor: po.supplier,
        at,
        reason: `every unit was refused (${answer.status})`,
      });
    }
    return undefined;
  }

  async function keep(
    trx: DatabaseTransaction,
    file: InboundFile,
    result: { readonly state: InboundFilesTable["state"]; readonly reason: string | null; readonly purchaseOrder: string | null },
  ): Promise<void> {
    const at = now();
    const hash = hashOf(file);
    const known = await trx
      .selectFrom("inbound_files")
      .select(["id", "state", "received_at", "settled_at"])
      .where("supplier", "=", file.supplier)
      .where("hash", "=", hash)
      .executeTakeFirst();
    const id = known?.id ?? options.newId();
    const stillWaits = known?.state === "quarantined" && known.settled_at === null && result.state === "quarantined";
    const received = stillWaits ? known.received_at : at;
    await trx
      .insertInto("inbound_files")
      .values({
        id,
        supplier: file.supplier,
        kind: "acknowledgement",
        name: file.path,
        hash,
        size: file.bytes.byteLength,
        bytes: file.bytes,
        state: result.state,
        reason: result.reason,
        purchase_order_id: result.purchaseOrder,
        received_at: received,
        settled_at: null,
        settled_by: null,
        settled_how: null,
      })
      .onConflict((conflict) =>
        conflict.columns(["supplier", "hash"]).doUpdateSet({
          name: file.path,
          state: result.state,
          reason: result.reason,
          purchase_order_id: result.purchaseOrder,
          received_at: received,
          settled_at: null,
          settled_by: null,
          settled_how: null,
        }),
      )
      .execute();
    await recordEvent(trx, {
      at,
      subject: "file",
      subjectId: id,
      name: `file.${result.state}`,
      actor: file.supplier,
      detail: { path: file.path, reason: result.reason },
    });
  }
}

/** Characters of a supplier's text that go into events, alerts and the console; all of it stays in the file's bytes. */
const LONGEST_TEXT = 300;

function shown<T extends string | null>(text: T): T | string {
  return text === null || text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT).toWellFormed()}…`;
}

const hashOf = (file: InboundFile): string => createHash("sha256").update(file.bytes).digest("hex");

/** By its number, as written; suppliers' systems often change the case. */
async function find(trx: DatabaseTransaction, supplier: string, number: string): Promise<PurchaseOrdersTable | undefined> {
  const exact = await trx
    .selectFrom("purchase_orders")
    .selectAll()
    .where("supplier", "=", supplier)
    .where("number", "=", number)
    .executeTakeFirst();
  if (exact !== undefined) {
    return exact;
  }
  const folded = await trx
    .selectFrom("purchase_orders")
    .selectAll()
    .where("supplier", "=", supplier)
    .where((eb) => eb(eb.fn<string>("lower", ["number"]), "=", number.toLowerCase()))
    .limit(2)
    .execute();
  return folded.length === 1 ? folded[0] : undefined;
}

/** An answer that fits, to a purchase order that should not have one yet: right, or a supplier's slip. */
async function surpriseOf(trx: DatabaseTransaction, po: PurchaseOrdersTable, answer: Acknowledgement): Promise<string | null> {
  if (answer.version !== null && answer.version < po.version) {
    return `it answers version ${answer.version}, and the latest is ${po.version}: compare what the supplier will ship`;
  }
  const unanswered = answer.onlyNamed === true ? await unansweredLines(trx, po.id) : [];
  if (unanswered.length > 0) {
    const lines = `${unanswered.length === 1 ? "line" : "lines"} ${unanswered.join(", ")}`;
    return `it says nothing of ${lines}: ${unanswered.length === 1 ? "it stays" : "they stay"} open until the supplier does; ask`;
  }
  const attempt = await trx
    .selectFrom("attempts")
    .select("id")
    .where("purchase_order_id", "=", po.id)
    .limit(1)
    .executeTakeFirst();
  return attempt === undefined && po.state !== "sent"
    ? `it was ${po.state} and had never been sent from here: it counts as sent now; ask the supplier whether the number is right`
    : null;
}

async function unansweredLines(trx: DatabaseTransaction, purchaseOrder: string): Promise<readonly number[]> {
  const rows = await trx
    .selectFrom("purchase_order_lines")
    .select("number")
    .where("purchase_order_id", "=", purchaseOrder)
    .where((eb) => eb.and([eb("confirmed", "=", 0), eb("backordered", "=", 0), eb("cancelled", "=", 0)]))
    .orderBy("number")
    .execute();
  return rows.map(({ number }) => number);
}

function objection(po: PurchaseOrdersTable, answer: Acknowledgement): string | undefined {
  if (po.state === "cancelled") {
    return `purchase order ${answer.purchaseOrder} is cancelled, and the supplier answers it: ask the supplier what it will ship`;
  }
  if (po.state === "closed" && answer.status !== "received" && answer.status !== po.acknowledgement) {
    return `purchase order ${answer.purchaseOrder} is closed (${po.acknowledgement ?? "by hand"}), and this answer says ${answer.status}: ask the supplier`;
  }
  if (answer.version !== null && answer.version > po.version) {
    return `it answers version ${answer.version} of purchase order ${answer.purchaseOrder}, whose latest is ${po.version}`;
  }
  return undefined;
}
