// Applying an answer to the purchase order that it is about: to its lines, and to what is awaited of its supplier.
import { updateRows } from "../database/statements.ts";
import { isResent, messageOfPurchaseOrder, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import { endPurchaseOrder, recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { applyAcknowledgement, inPieces, inSuppliersUnit, type Acknowledgement } from "../domain/answers/acknowledgement.ts";
import { lessWithdrawn } from "../domain/answers/notice.ts";
import { linesOf, suppliedLine } from "./lines.ts";
import type { AnswerDueAt, MessageOf, RecordEvidence } from "./needs.ts";
import { recordAcknowledgement } from "./notice-answers.ts";

export interface OrderAnswer {
  readonly po: PurchaseOrderRow;
  readonly answer: Acknowledgement;
  /** Of the file, as the supplier named it. */
  readonly path: string;
}

/** Undefined when applied, else what contradicts. Nothing is written then. */
export async function applyToOrder(
  trx: DatabaseTransaction,
  input: OrderAnswer,
  needs: {
    readonly recordEvidence: RecordEvidence;
    readonly messageOf: MessageOf;
    readonly dueAt: AnswerDueAt;
    readonly now: () => number;
  },
): Promise<string | undefined> {
  const { po, answer, path } = input;
  const at = needs.now();
  // After a restore, the journal may know a later version than was written here.
  const latest = Math.max(po.version, (await messageOfPurchaseOrder(trx, po))?.version ?? 0);
  const refusal = objection(po, answer, latest);
  if (refusal !== undefined) {
    return refusal;
  }
  const rows = await linesOf(trx, po.id);
  const ordered = new Map(rows.map((row) => [row.number, { ...suppliedLine(row), withdrawn: row.withdrawn }]));
  // It answers in the unit that it was asked in.
  const result = applyAcknowledgement([...ordered.values()].map(inSuppliersUnit), answer);
  if (result.kind === "contradiction") {
    return result.reason;
  }
  const message = await needs.messageOf(trx, po);
  if (po.state !== "sent" && po.state !== "closed") {
    await needs.recordEvidence(trx, {
      message,
      at,
      actor: po.supplier,
      reason: `acknowledged (${answer.status}) by ${path}`,
    });
  }
  for (const answered of result.lines) {
    const before = ordered.get(answered.number);
    // What it has taken back since stays so, whatever it answers to the first version.
    const line = before === undefined ? answered : lessWithdrawn(inPieces(answered, before), before.withdrawn);
    await updateRows(
      trx,
      "purchase_order_lines",
      {
        confirmed: line.confirmed,
        backordered: line.backordered,
        cancelled: line.cancelled,
        promised_on: line.promisedOn,
      },
      { purchase_order_id: po.id, number: line.number },
    );
  }
  const late = answer.status === "received" && po.acknowledgement !== null;
  const acknowledgement = late ? po.acknowledgement : answer.status;
  const pickedUp = message.picked_up_at !== null;
  const dueAt = needs.dueAt(po.supplier, { acknowledgement, pickedUp, sentAt: message.sent_at ?? at });
  const of = { ...po, message_id: message.id };
  await recordAcknowledgement(trx, of, { acknowledgement, at: late ? po.acknowledged_at : at, dueAt });
  await recordEvent(trx, {
    at,
    subject: "purchase-order",
    subjectId: po.id,
    name: "purchase_order.acknowledged",
    actor: po.supplier,
    detail: {
      status: answer.status,
      reference: answer.reference,
      file: path,
      ...(answer.reason === null ? {} : { reason: answer.reason }),
    },
  });
  if (result.closed && po.state !== "closed") {
    const reason = `every unit was refused (${answer.status})`;
    const sent = { ...po, state: "sent" } as const;
    await endPurchaseOrder(trx, { po: sent, to: "closed", cause: "evidence", actor: po.supplier, at, reason });
  }
  return undefined;
}

/** An answer that fits, to a purchase order that should not have one yet: right, or a supplier's slip. */
export async function surpriseOf(
  trx: DatabaseTransaction,
  po: PurchaseOrderRow,
  answer: Acknowledgement,
): Promise<string | null> {
  const lost = await placeOf(trx, po);
  // Written anew after the restore, it may have a later version than the supplier was ever sent.
  const message = await messageOfPurchaseOrder(trx, po);
  const again = message !== undefined && isResent(message);
  const latest = lost !== undefined && !again ? lost.version : po.version;
  if (answer.version !== null && answer.version < latest) {
    return `it answers version ${answer.version}, and the latest is ${latest}: compare what the supplier will ship`;
  }
  const unanswered = answer.onlyNamed === true ? await unansweredLines(trx, po.id) : [];
  if (unanswered.length > 0) {
    const lines = `${unanswered.length === 1 ? "line" : "lines"} ${unanswered.join(", ")}`;
    return `it says nothing of ${lines}: ${unanswered.length === 1 ? "it stays" : "they stay"} open until the supplier does; ask`;
  }
  const attempt = await trx
    .selectFrom("attempts")
    .innerJoin("messages", "messages.id", "attempts.message_id")
    .select("attempts.id")
    .where("messages.purchase_order_id", "=", po.id)
    .limit(1)
    .executeTakeFirst();
  return attempt === undefined && lost === undefined && po.state !== "sent"
    ? `it was ${po.state} and had never been sent from here: it counts as sent now; ask the supplier whether the number is right`
    : null;
}

/** What only the journal knows as sent, and whose place it took when an older database was restored: then it was to be answered. */
const placeOf = (trx: DatabaseTransaction, po: PurchaseOrderRow): Promise<{ readonly version: number } | undefined> =>
  trx
    .selectFrom("lost_sendings")
    .select("version")
    .where("order_id", "=", po.order_id) // By its index.
    .where("supplier", "=", po.supplier)
    .where("purchase_order_id", "=", po.id)
    .executeTakeFirst();

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

function objection(po: PurchaseOrderRow, answer: Acknowledgement, latest: number): string | undefined {
  if (po.state === "cancelled") {
    return `purchase order ${answer.purchaseOrder} is cancelled, and the supplier answers it: ask the supplier what it will ship`;
  }
  if (po.state === "closed" && answer.status !== "received" && answer.status !== po.acknowledgement) {
    return `purchase order ${answer.purchaseOrder} is closed (${po.acknowledgement ?? "by hand"}), and this answer says ${answer.status}: ask the supplier`;
  }
  if (answer.version !== null && answer.version > latest) {
    return `it answers version ${answer.version} of purchase order ${answer.purchaseOrder}, whose latest is ${latest}`;
  }
  return undefined;
}
