// Applying one acknowledgement file: its bytes are kept, the same bytes are applied once, and what cannot be applied
// whole is set aside whole.
import { createHash } from "node:crypto";
import type { Selectable } from "kysely";
import { changeState, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { InboundFilesTable } from "../database/tables/inbound.ts";
import type { PurchaseOrderLinesTable, PurchaseOrdersTable } from "../database/tables/orders.ts";
import {
  applyAcknowledgement,
  inPieces,
  inSuppliersUnit,
  type Acknowledgement,
  type AcknowledgementStatus,
  type SuppliedLine,
} from "../domain/answers/acknowledgement.ts";
import type { ReadMessage } from "../domain/answers/message.ts";
import {
  answeredBy,
  judgeAnswer,
  labelOf,
  lessWithdrawn,
  promisesOf,
  readWanted,
  type NoticePurpose,
  type Wanted,
} from "../domain/answers/notice.ts";
import type { AnswerNotice } from "./notice-answers.ts";

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
  of: { readonly acknowledgement: AcknowledgementStatus | null; readonly pickedUp: boolean; readonly sentAt: number },
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
      /** It answers a notice, not the purchase order. */
      readonly notice: NoticePurpose | null;
      /** Why a person should know, although it was applied. */
      readonly surprise: string | null;
    }
  | { readonly kind: "duplicate" }
  /** Not readable: perhaps still being written. */
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "quarantined"; readonly reason: string };

/** What a person says that an answer is to, which does not say it itself. */
export type AnswerTo = "order" | "notice";

export interface AcknowledgementInbox {
  receive(file: InboundFile, to?: AnswerTo): Promise<Received>;
  /** Sets a file aside that stayed unreadable. */
  quarantine(file: InboundFile, reason: string): Promise<void>;
}

export function createAcknowledgementInbox(options: {
  readonly database: OpenDatabase;
  readonly read: ReadFile;
  readonly recordEvidence: RecordEvidence;
  readonly answerNotice: AnswerNotice;
  readonly dueAt: AnswerDueAt;
  readonly now: () => number;
  readonly newId: () => string;
}): AcknowledgementInbox {
  const { database, now } = options;

  return {
    receive: (file, to) =>
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
        const setAside = async (reason: string, purchaseOrder: string | null): Promise<Received> => {
          await keep(trx, file, { state: "quarantined", reason, purchaseOrder });
          return { kind: "quarantined", reason };
        };
        const po = await find(trx, file.supplier, answer.purchaseOrder);
        if (po === undefined) {
          return await setAside(`${file.supplier} has no purchase order with the number "${shown(answer.purchaseOrder)}"`, null);
        }
        const target = await targetOf(trx, po, answer, to);
        if (target.kind === "unclear") {
          const how = "dead-letters apply <id> --to order, or --to notice";
          return await setAside(`${target.reason}. Ask the supplier which, then run npm run soh -- ${how}`, po.id);
        }
        if (target.kind === "notice") {
          const { notice } = target;
          const applied = await applyToNotice(trx, { po, notice: notice.row, wanted: notice.wanted, answer, file });
          if ("refusal" in applied) {
            return await setAside(applied.refusal, po.id);
          }
          const { said } = applied;
          await keep(trx, file, { state: "applied", reason: null, purchaseOrder: notice.row.id });
          return {
            kind: "applied",
            purchaseOrder: notice.row.id,
            number: answer.purchaseOrder,
            status: said,
            reason: answer.reason,
            notice: notice.row.purpose,
            surprise: null,
          };
        }
        const refusal = objection(po, answer) ?? (await apply(trx, { po, answer, file }));
        if (refusal !== undefined) {
          return await setAside(refusal, po.id);
        }
        await keep(trx, file, { state: "applied", reason: null, purchaseOrder: po.id });
        return {
          kind: "applied",
          purchaseOrder: po.id,
          number: answer.purchaseOrder,
          status: answer.status,
          reason: answer.reason,
          notice: null,
          surprise: await surpriseOf(trx, po, answer),
        };
      }),

    quarantine: (file, reason) =>
      database.transaction((trx) => keep(trx, file, { state: "quarantined", reason, purchaseOrder: null })),
  };

  /** What it means to the notice, or what contradicts; nothing is written then. */
  async function applyToNotice(
    trx: DatabaseTransaction,
    input: {
      readonly po: PurchaseOrdersTable;
      readonly notice: PurchaseOrdersTable;
      readonly wanted: Wanted;
      readonly answer: Acknowledgement;
      readonly file: InboundFile;
    },
  ): Promise<{ readonly refusal: string } | { readonly said: "received" | "accepted" | "rejected" }> {
    const { po, notice, wanted, answer, file } = input;
    const at = now();
    const label = labelOf(notice);
    const lines = (await linesOf(trx, po.id)).map(suppliedLine);
    const verdict = judgeAnswer(lines, wanted, answer);
    if (verdict.kind === "unclear") {
      return {
        refusal: `${label}: ${verdict.reason}: ask the supplier, then say its answer (soh notice-accepted or notice-too-late ${po.number ?? po.id})`,
      };
    }
    if (notice.state === "cancelled") {
      return {
        refusal: `it answers ${label} (version ${notice.version}), which was never sent: ask the supplier what it will ship`,
      };
    }
    const said = verdict.kind === "too-late" ? "rejected" : verdict.kind;
    if (notice.state === "closed") {
      return said === "received" || said === notice.acknowledgement
        ? { said }
        : {
            refusal: `${label} is settled (${notice.acknowledgement === "rejected" ? "too late" : (notice.acknowledgement ?? notice.reason ?? "by hand")}), and this answer says ${answer.status}: ask the supplier`,
          };
    }
    if (po.state === "cancelled" || po.state === "closed") {
      return {
        refusal: `purchase order ${answer.purchaseOrder} is ${po.state}, and this answers its ${notice.purpose}: ask the supplier`,
      };
    }
    // Who answers what was said of a purchase order has both.
    const reason = `${label} was answered (${answer.status}) by ${file.path}`;
    for (const row of [po, notice].filter(({ state }) => state !== "sent")) {
      await options.recordEvidence(trx, { po: row, at, actor: po.supplier, reason });
    }
    const detail = {
      status: answer.status,
      reference: answer.reference,
      file: file.path,
      ...(answer.reason === null ? {} : { reason: answer.reason }),
    };
    if (said === "received") {
      const received = { acknowledgement: said, acknowledged_at: at } as const;
      await trx.updateTable("purchase_orders").set(received).where("id", "=", notice.id).execute();
      await recordEvent(trx, {
        at,
        subject: "purchase-order",
        subjectId: notice.id,
        name: "purchase_order.acknowledged",
        actor: po.supplier,
        detail,
      });
      return { said };
    }
    const sent = { ...po, state: "sent" } as const;
    await options.answerNotice(trx, {
      po: sent,
      notice: { ...notice, state: "sent" },
      answer: said,
      promised: notice.purpose === "change" ? promisesOf(lines, wanted, answer) : [],
      cause: "evidence",
      actor: po.supplier,
      at,
      detail,
    });
    return { said };
  }

  /** Undefined when applied, else what contradicts. Nothing is written then. */
  async function apply(
    trx: DatabaseTransaction,
    input: { readonly po: PurchaseOrdersTable; readonly answer: Acknowledgement; readonly file: InboundFile },
  ): Promise<string | undefined> {
    const { po, answer, file } = input;
    const at = now();
    const rows = await linesOf(trx, po.id);
    const ordered = new Map(rows.map((row) => [row.number, { ...suppliedLine(row), withdrawn: row.withdrawn }]));
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
      // What it has taken back since stays so, whatever it answers to the first version.
      const line = before === undefined ? answered : lessWithdrawn(inPieces(answered, before), before.withdrawn);
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
    const pickedUp = po.picked_up_at !== null;
    const dueAt = options.dueAt(po.supplier, { acknowledgement, pickedUp, sentAt: po.sent_at ?? at });
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

async function targetOf(trx: DatabaseTransaction, po: PurchaseOrdersTable, answer: Acknowledgement, to: AnswerTo | undefined) {
  const rows = await trx
    .selectFrom("purchase_orders")
    .selectAll()
    .where("notice_of", "=", po.id)
    .orderBy("version")
    .orderBy("created_at")
    .execute();
  const notices = rows.map((row) => ({
    row,
    version: row.version,
    purpose: row.purpose,
    wanted: readWanted(row.noticed ?? ""),
    waits: row.state === "sent" || row.state === "unknown" || row.state === "sending",
  }));
  // What the answer itself says counts more.
  if (to !== undefined && answer.version === null) {
    const notice = to === "order" ? undefined : notices.findLast((one) => one.waits);
    if (to === "notice" && notice === undefined) {
      return {
        kind: "unclear",
        reason: `purchase order ${answer.purchaseOrder} has no notice that waits for an answer`,
      } as const;
    }
    return notice === undefined ? ({ kind: "order" } as const) : ({ kind: "notice", notice } as const);
  }
  const lines = (await linesOf(trx, po.id)).map(suppliedLine);
  return answeredBy({ acknowledged: po.acknowledgement !== null, lines, notices }, answer);
}

const linesOf = (trx: DatabaseTransaction, id: string) =>
  trx.selectFrom("purchase_order_lines").selectAll().where("purchase_order_id", "=", id).orderBy("number").execute();

const suppliedLine = (row: Selectable<PurchaseOrderLinesTable>): SuppliedLine => ({
  number: row.number,
  skus: [row.sku, row.supplier_sku].filter((sku) => sku !== null),
  ordered: row.units,
  confirmed: row.confirmed,
  backordered: row.backordered,
  shipped: row.shipped,
  cancelled: row.cancelled,
  promisedOn: row.promised_on,
  packSize: row.pack_size,
  quantity: row.quantity,
});

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
    .where("notice_of", "is", null)
    .executeTakeFirst();
  if (exact !== undefined) {
    return exact;
  }
  const folded = await trx
    .selectFrom("purchase_orders")
    .selectAll()
    .where("supplier", "=", supplier)
    .where((eb) => eb(eb.fn<string>("lower", ["number"]), "=", number.toLowerCase()))
    .where("notice_of", "is", null)
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
