// What a supplier's answer to a notice does, however it came: by a file, or by a person who was told. Accepted: the units are
// not ordered any more. Too late: the purchase order stands, and the goods come.
import { changeState, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import { isDone, labelOf, piecesFor, readWanted, takeBack, titleOf, type LinePromise } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import type { Cause } from "../domain/purchase-order/purchase-order.ts";
import { objectionTo } from "../domain/purchase-order/remedy.ts";

/** Pieces of one line that the supplier keeps. */
interface Withdrawn {
  readonly line: number;
  readonly sku: string | null;
  readonly pieces: number;
}

/** The ledger's side of an accepted notice. Composed from the inventory room. */
export type RecordWithdrawn = (
  trx: DatabaseTransaction,
  of: { readonly notice: string; readonly supplier: string; readonly at: number; readonly lines: readonly Withdrawn[] },
) => Promise<void>;

export interface NoticeAnswer {
  readonly po: PurchaseOrdersTable;
  readonly notice: PurchaseOrdersTable;
  readonly answer: "accepted" | "rejected";
  /** What it says of lines by themselves, where it accepts a change. */
  readonly promised?: readonly LinePromise[];
  readonly cause: Cause;
  readonly actor: string;
  readonly at: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Settles a notice that waits for its answer. */
export type AnswerNotice = (trx: DatabaseTransaction, answer: NoticeAnswer) => Promise<void>;

export function createAnswerNotice(options: { readonly ledger: RecordWithdrawn }): AnswerNotice {
  return async (trx, { po, notice, answer, promised = [], cause, actor, at, detail }) => {
    const accepted = answer === "accepted";
    await changeState(trx, {
      id: notice.id,
      from: notice.state,
      to: "closed",
      cause,
      actor,
      at,
      reason: accepted ? "accepted" : "too late",
      set: { acknowledgement: answer, acknowledged_at: at, acknowledgement_due_at: null, acknowledgement_overdue: 0 },
      detail,
    });
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
    const taken = takeBack(lines, readWanted(notice.noticed ?? ""), promised);
    const after = lines.map((line) => ({ ...line, ...taken.find((one) => one.number === line.number) }));
    const withdrawn: Withdrawn[] = [];
    for (const [index, line] of lines.entries()) {
      const { confirmed, backordered, cancelled, withdrawn: off, promisedOn } = after[index] ?? line;
      await trx
        .updateTable("purchase_order_lines")
        .set({ confirmed, backordered, cancelled, withdrawn: off, promised_on: promisedOn })
        .where("purchase_order_id", "=", po.id)
        .where("number", "=", line.number)
        .execute();
      const pieces = piecesFor(line.units - line.withdrawn, line.pack_size) - piecesFor(line.units - off, line.pack_size);
      withdrawn.push({ line: line.number, sku: line.sku, pieces });
    }
    await options.ledger(trx, {
      notice: notice.id,
      supplier: po.supplier,
      at,
      lines: withdrawn.filter(({ pieces }) => pieces > 0),
    });
    if (notice.purpose === "change" && (po.acknowledgement === null || po.acknowledgement === "received")) {
      // It said the whole order: who accepts that has accepted the order.
      await trx
        .updateTable("purchase_orders")
        .set({ acknowledgement: "accepted", acknowledged_at: at, acknowledgement_due_at: null, acknowledgement_overdue: 0 })
        .where("id", "=", po.id)
        .execute();
    }
    // What is too much, and what can be ordered again, is planned anew.
    await trx.updateTable("orders").set({ plan_again: 1 }).where("id", "=", po.order_id).execute();
    if (isDone(after) && po.state === "sent") {
      const reason = `the supplier accepted its ${notice.purpose}`;
      await changeState(trx, { id: po.id, from: "sent", to: "closed", cause, actor, at, reason });
    }
  }
}

export interface NoticeActions {
  /** A person knows the supplier's answer to a notice: given itself, or its purchase order. */
  settle(purchaseOrder: PurchaseOrdersTable, answer: "accepted" | "rejected", person: Person): Promise<ActionResult>;
}

export function createNoticeActions(options: {
  readonly database: OpenDatabase;
  readonly answer: AnswerNotice;
  readonly now: () => number;
}): NoticeActions {
  return {
    settle: ({ id }, answer, person) =>
      options.database.transaction(async (trx) => {
        const given = await trx.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
        const notice = given.notice_of === null ? await latestNotice(trx, given.id) : given;
        if (notice === undefined) {
          return { ok: false, message: `${labelOf(given)} waits for no answer to a cancellation or change` };
        }
        const remedy = answer === "accepted" ? "notice-accepted" : "notice-too-late";
        const refusal = objectionTo(remedy, { ...notice, label: labelOf(notice) });
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        const po = await trx
          .selectFrom("purchase_orders")
          .selectAll()
          .where("id", "=", notice.notice_of ?? "")
          .executeTakeFirstOrThrow();
        if (po.state !== "sent") {
          return { ok: false, message: `${labelOf(po)} is ${po.state}: settle that first` };
        }
        const { actor, note } = person;
        const at = options.now();
        await options.answer(trx, { po, notice, answer, cause: "person", actor, at, detail: { note } });
        const after = await trx.selectFrom("purchase_orders").select("state").where("id", "=", po.id).executeTakeFirst();
        const outcome =
          answer === "rejected"
            ? `${labelOf(po)} stands, and the goods come`
            : after?.state === "closed"
              ? `${labelOf(po)} is closed`
              : `${labelOf(po)} has fewer units now`;
        return {
          ok: true,
          message: `${titleOf(notice)} is ${answer === "accepted" ? "accepted" : "too late"}: ${outcome}`,
          ready: [],
        };
      }),
  };
}

/** The one that a person means who names the purchase order: the newest that can be answered. */
const latestNotice = (trx: DatabaseTransaction, purchaseOrderId: string): Promise<PurchaseOrdersTable | undefined> =>
  trx
    .selectFrom("purchase_orders")
    .selectAll()
    .where("notice_of", "=", purchaseOrderId)
    .where("state", "in", ["sent", "unknown", "failed"])
    .orderBy("version", "desc")
    .executeTakeFirst();
