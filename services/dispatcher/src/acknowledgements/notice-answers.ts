// What a supplier's answer to a notice does, however it came: by a file, or by a person who was told. Accepted: the units are
// not ordered any more. Too late: the purchase order stands, and the goods come.
import { findRow, updateRows } from "../database/statements.ts";
import { messageOf, purchaseOrderOf, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import { endPurchaseOrder, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { TasksTable } from "../database/tables/attention.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import { isDone, labelOf, piecesFor, readWanted, takeBack, titleOf, type LinePromise } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { isNotice, type Cause, type NoticePurpose } from "../domain/delivery/message.ts";
import { objectionTo, ofMessage, ofTask } from "../domain/purchase-order/remedy.ts";

/** Pieces of one line that the supplier keeps. */
interface Withdrawn {
  readonly line: number;
  readonly sku: string | null;
  readonly pieces: number;
}

/** The ledger's side of an accepted notice. Composed from the inventory room. */
export type RecordWithdrawn = (
  trx: DatabaseTransaction,
  of: {
    readonly purchaseOrder: string;
    readonly by: string;
    readonly supplier: string;
    readonly at: number;
    readonly lines: readonly Withdrawn[];
  },
) => Promise<void>;

/** A notice that waits: a message, or what a person told. */
export interface AnsweredNotice {
  readonly id: string;
  readonly purpose: NoticePurpose;
  readonly version: number;
  /** What it said. */
  readonly says: string;
}

export interface NoticeAnswer {
  readonly po: PurchaseOrderRow;
  readonly notice: AnsweredNotice;
  readonly answer: "accepted" | "rejected";
  /** What it says of lines by themselves, where it accepts a change. */
  readonly promised?: readonly LinePromise[];
  readonly cause: Cause;
  readonly actor: string;
  readonly at: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What follows for its purchase order. That the notice itself has its answer is written by the caller. */
export type AnswerNotice = (trx: DatabaseTransaction, answer: NoticeAnswer) => Promise<void>;

export function createAnswerNotice(options: { readonly ledger: RecordWithdrawn }): AnswerNotice {
  return async (trx, { po, notice, answer, promised = [], cause, actor, at, detail }) => {
    const accepted = answer === "accepted";
    await recordEvent(trx, {
      at,
      subject: "purchase-order",
      subjectId: po.id,
      name: `purchase_order.${notice.purpose}_${accepted ? "accepted" : "refused"}`,
      actor,
      detail: { notice: notice.id, version: notice.version, ...detail },
    });
    if (accepted) {
      await withdraw(trx, { po, notice, promised, cause, actor, at });
    }
  };

  async function withdraw(trx: DatabaseTransaction, of: Omit<NoticeAnswer, "answer" | "detail">): Promise<void> {
    const { po, notice, promised = [], cause, actor, at } = of;
    const rows = await trx
      .selectFrom("purchase_order_lines")
      .selectAll()
      .where("purchase_order_id", "=", po.id)
      .orderBy("number")
      .execute();
    const lines = rows.map((row) => ({ ...row, lineId: row.line_id, promisedOn: row.promised_on }));
    const taken = takeBack(lines, readWanted(notice.says), promised);
    const after = lines.map((line) => ({ ...line, ...taken.find((one) => one.number === line.number) }));
    const withdrawn: Withdrawn[] = [];
    for (const [index, line] of lines.entries()) {
      const { confirmed, backordered, cancelled, withdrawn: off, promisedOn } = after[index] ?? line;
      await updateRows(
        trx,
        "purchase_order_lines",
        { confirmed, backordered, cancelled, withdrawn: off, promised_on: promisedOn },
        { purchase_order_id: po.id, number: line.number },
      );
      const pieces = piecesFor(line.units - line.withdrawn, line.pack_size) - piecesFor(line.units - off, line.pack_size);
      withdrawn.push({ line: line.number, sku: line.sku, pieces });
    }
    await options.ledger(trx, {
      purchaseOrder: po.id,
      by: notice.id,
      supplier: po.supplier,
      at,
      lines: withdrawn.filter(({ pieces }) => pieces > 0),
    });
    if (notice.purpose === "change" && (po.acknowledgement === null || po.acknowledgement === "received")) {
      // It said the whole order: who accepts that has accepted the order.
      await recordAcknowledgement(trx, po, { acknowledgement: "accepted", at, dueAt: null });
    }
    // What is too much, and what can be ordered again, is planned anew.
    await updateRows(trx, "orders", { plan_again: 1 }, { id: po.order_id });
    if (isDone(after) && po.state === "sent") {
      const reason = `the supplier accepted its ${notice.purpose}`;
      await endPurchaseOrder(trx, { po, to: "closed", cause, actor, at, reason });
    }
  }
}

/** What the supplier answered stands with the purchase order, and with the message that it answers. */
export async function recordAcknowledgement(
  trx: DatabaseTransaction,
  po: Pick<PurchaseOrderRow, "id" | "message_id">,
  of: {
    readonly acknowledgement: PurchaseOrderRow["acknowledgement"];
    readonly at: number | null;
    /** When its next answer is due; null: none is expected. */
    readonly dueAt: number | null;
  },
): Promise<void> {
  const { acknowledgement, at, dueAt } = of;
  await updateRows(trx, "purchase_orders", { acknowledgement, acknowledged_at: at }, { id: po.id });
  if (po.message_id === null) {
    return;
  }
  const message = await messageOf(trx, po.message_id);
  await updateRows(
    trx,
    "messages",
    {
      answer: acknowledgement,
      answered_at: at,
      answer_due_at: dueAt,
      ...(dueAt === message.answer_due_at ? {} : { answer_overdue: 0 }),
    },
    { id: message.id },
  );
}

/** A notice has its answer: nothing more is awaited of it. */
export const recordNoticeAnswer = async (
  trx: DatabaseTransaction,
  message: { readonly id: string },
  { answer, at }: { readonly answer: "accepted" | "rejected"; readonly at: number },
): Promise<void> => {
  const answered = { answer, answered_at: at, answer_due_at: null, answer_overdue: 0 } as const;
  await updateRows(trx, "messages", answered, { id: message.id });
};

/** A person knows that the supplier has it. */
export type RecordSent = (
  trx: DatabaseTransaction,
  sent: {
    readonly message: MessagesTable;
    readonly at: number;
    readonly cause: "person";
    readonly actor: string;
    readonly inferred: false;
    readonly reason: string;
    readonly detail: Readonly<Record<string, unknown>>;
  },
) => Promise<void>;

export interface SettleTask {
  settle(
    trx: DatabaseTransaction,
    task: { readonly id: string; readonly how: "accepted" | "rejected"; readonly by: string; readonly at: number },
  ): Promise<void>;
}

export interface NoticeActions {
  /** A person knows the supplier's answer to a notice, a task, or to the newest of a purchase order. */
  settle(
    subject: { readonly kind: "purchase-order" | "notice"; readonly id: string },
    answer: "accepted" | "rejected",
    person: Person,
  ): Promise<ActionResult>;
}

export function createNoticeActions(options: {
  readonly database: OpenDatabase;
  readonly answer: AnswerNotice;
  readonly recordSent: RecordSent;
  readonly tasks: SettleTask;
  readonly now: () => number;
}): NoticeActions {
  return {
    settle: ({ kind, id }, answer, person) =>
      options.database.transaction(async (trx) => {
        const found = kind === "notice" ? await noticeOf(trx, id) : await latestNotice(trx, id);
        if (found === undefined) {
          const po = await purchaseOrderOf(trx, id);
          return { ok: false, message: `${labelOf(po)} waits for no answer to a cancellation or change` };
        }
        const remedy = answer === "accepted" ? "notice-accepted" : "notice-too-late";
        const refusal = objectionTo(
          remedy,
          "message" in found ? ofMessage(found.message) : ofTask({ ...found.task, number: found.number }),
        );
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        const po = await purchaseOrderOf(trx, found.purchaseOrder);
        if (po.state !== "sent") {
          return { ok: false, message: `${labelOf(po)} is ${po.state}: settle that first` };
        }
        const { actor, note } = person;
        const at = options.now();
        if ("task" in found) {
          await options.tasks.settle(trx, { id: found.task.id, how: answer, by: actor, at });
        } else {
          if (found.message.state !== "sent") {
            const detail = { note };
            const reason = `answered, as ${actor} was told`;
            await options.recordSent(trx, {
              message: found.message,
              at,
              cause: "person",
              actor,
              inferred: false,
              reason,
              detail,
            });
          }
          await recordNoticeAnswer(trx, found.message, { answer, at });
        }
        const notice = "message" in found ? noticeOfMessage(found.message) : found.task;
        await options.answer(trx, { po, notice, answer, cause: "person", actor, at, detail: { note } });
        const after = await purchaseOrderOf(trx, po.id);
        const outcome =
          answer === "rejected"
            ? `${labelOf(po)} stands, and the goods come`
            : after.state === "closed"
              ? `${labelOf(po)} is closed`
              : `${labelOf(po)} has fewer units now`;
        const title = titleOf({ id: po.id, number: po.number, purpose: notice.purpose });
        return { ok: true, message: `${title} is ${answer === "accepted" ? "accepted" : "too late"}: ${outcome}`, ready: [] };
      }),
  };
}

/** Throws Error for a message that is no notice: a bug. */
export function noticeOfMessage({ id, kind, version, says }: MessagesTable): AnsweredNotice {
  if (!isNotice(kind)) {
    throw new Error(`message ${id} is no notice`);
  }
  return { id, purpose: kind, version, says };
}

type FoundNotice = { readonly purchaseOrder: string; readonly number: string | null } & (
  | { readonly message: MessagesTable }
  | { readonly task: TasksTable }
);

async function noticeOf(trx: DatabaseTransaction, id: string): Promise<FoundNotice | undefined> {
  const message = await findRow(trx, "messages", { id });
  if (message !== undefined) {
    return { purchaseOrder: message.purchase_order_id, number: message.number, message };
  }
  const row = await trx
    .selectFrom("tasks")
    .innerJoin("purchase_orders as po", "po.id", "tasks.purchase_order_id")
    .selectAll("tasks")
    .select("po.number")
    .where("tasks.id", "=", id)
    .executeTakeFirst();
  if (row === undefined) {
    return undefined;
  }
  const { number, ...task } = row;
  return { purchaseOrder: task.purchase_order_id, number, task };
}

/** The one that a person means who names the purchase order: the newest that can be answered. */
async function latestNotice(trx: DatabaseTransaction, purchaseOrderId: string): Promise<FoundNotice | undefined> {
  const message = await trx
    .selectFrom("messages")
    .select(["id", "version"])
    .where("purchase_order_id", "=", purchaseOrderId)
    .where("kind", "in", ["cancellation", "change"])
    .where("state", "in", ["sent", "unknown", "failed"])
    .where((eb) => eb.or([eb("answer", "is", null), eb("answer", "=", "received")]))
    .orderBy("version", "desc")
    .executeTakeFirst();
  const task = await trx
    .selectFrom("tasks")
    .select(["id", "version"])
    .where("purchase_order_id", "=", purchaseOrderId)
    .where("settled_at", "is", null)
    .orderBy("version", "desc")
    .executeTakeFirst();
  const newest = task !== undefined && task.version > (message?.version ?? 0) ? task : message;
  return newest && (await noticeOf(trx, newest.id));
}
