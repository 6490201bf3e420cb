// Telling suppliers of what changed after sending: a cancellation, or the whole order again with fewer units. What is to be
// told is read from the state (domain/answers/notice.ts) of the purchase orders that the planner marked; where no document can tell
// it, it is a person's task, once. A notice is a message like that of its purchase order, ready at once, and the deliveries room
// sends it.
import { updateRows } from "../database/statements.ts";
import type { Alerts } from "../alerts/alerts.ts";
import { changeMessage, endOf, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { LostSendingsTable } from "../database/tables/orders.ts";
import { BadDocument } from "../domain/delivery/failure.ts";
import type { NoticePurpose } from "../domain/delivery/message.ts";
import { allOf, isDone, purposeOf, reduce, showWanted, type Wanted } from "../domain/answers/notice.ts";
import {
  atSuppliers,
  findLostNotice,
  insertNotice,
  mootNotices,
  MOST_AT_ONCE,
  readSubject,
  tooMany,
  type Line,
  type Notice,
  type Subject,
} from "./notice-rows.ts";
import { notTold } from "./alerts.ts";
import { orderOf } from "./planner.ts";
import type { PurchaseOrderWriter } from "./purchase-orders.ts";
import { keepDocument, nextVersion, type RenderedDocument } from "./documents.ts";

/** What a person is to tell suppliers, kept where everything waits that needs one. */
export interface Tasks {
  open(
    trx: DatabaseTransaction,
    task: {
      readonly purchaseOrder: string;
      readonly purpose: NoticePurpose;
      readonly version: number;
      readonly says: string;
      readonly task: string;
      readonly at: number;
    },
  ): Promise<{ readonly id: string }>;
  /** It need not be told any more. */
  drop(trx: DatabaseTransaction, task: { readonly id: string; readonly reason: string; readonly at: number }): Promise<void>;
}

/** Why a supplier is told nothing of this purpose by a document; undefined when it is. */
export type NotTold = (supplier: string, purpose: NoticePurpose) => string | undefined;

export interface Notices {
  /** Writes what suppliers are to be told now, and takes back what need not be told any more. */
  sweep(): Promise<void>;
}

/** It is at the supplier, or may be, and has no answer. */
const isThere = ({ standing }: Notice): boolean => standing === "waits" || standing === "sending";

export function createNotices(options: {
  readonly database: OpenDatabase;
  readonly writer: Pick<PurchaseOrderWriter, "renderNotice">;
  /** Suppliers that are told by documents, and not in dry run: what waits for another is a person's affair. */
  readonly telling: readonly string[];
  readonly notTold: NotTold;
  readonly tasks: Tasks;
  readonly owner: { readonly answerDueAt: (message: MessagesTable, sentAt: number) => number | null };
  readonly now: () => number;
  readonly newId: () => string;
  readonly alerts: Pick<Alerts, "tell" | "end">;
}): Notices {
  const { database, now } = options;

  return {
    async sweep() {
      for (const po of await mootNotices(database, options.telling)) {
        await guarded(po, (trx) => dropMoot(trx, po.id));
      }
      const marked = await database.db
        .selectFrom("purchase_orders")
        .select(["id", "number"])
        .where("notify", "=", (eb) => eb.lit(1))
        .where("state", "in", ["sent", "closed", "cancelled"])
        .limit(MOST_AT_ONCE)
        .execute();
      for (const po of marked) {
        await guarded(po, (trx) => look(trx, po.id));
      }
    },
  };

  async function guarded(
    po: { readonly id: string; readonly number: string | null },
    work: (trx: DatabaseTransaction) => Promise<void>,
  ): Promise<void> {
    try {
      await database.transaction(work);
      await options.alerts.end(notTold, [po.id]);
    } catch (error) {
      // One must not keep the others back.
      const reason = error instanceof Error ? error.message : String(error);
      await options.alerts.tell(notTold({ purchase_order: po.id, number: po.number, reason }));
    }
  }

  /** Ends those that nobody needs any more, because their purchase order is settled or is sent once more. */
  async function dropMoot(trx: DatabaseTransaction, id: string): Promise<void> {
    const { po, notices } = await readSubject(trx, id);
    const settled = po.state === "closed" || po.state === "cancelled";
    const again = po.state === "ready" || po.state === "sending";
    const reason =
      po.state === "sent"
        ? `${po.supplier} is told nothing by documents any more`
        : `its purchase order is ${again ? "sent once more" : po.state}`;
    const isMoot = ({ of, standing }: Notice): boolean =>
      standing === "unsaid"
        ? po.state !== "sent" || ("message" in of && of.message.state === "ready" && !options.telling.includes(po.supplier))
        : standing === "waits" && (settled || again);
    const moot = notices.filter(isMoot);
    for (const notice of moot) {
      await drop(trx, notice, reason);
    }
    if (moot.length > 0 && !settled) {
      // Once its purchase order is sent, the supplier is told anew, or a person.
      await updateRows(trx, "purchase_orders", { notify: 1, noticed: null }, { id: po.id });
    }
  }

  async function drop(trx: DatabaseTransaction, { of, standing }: Notice, reason: string): Promise<void> {
    const at = now();
    if ("task" in of) {
      await options.tasks.drop(trx, { id: of.task.id, reason, at });
      return;
    }
    const { message } = of;
    const cause = standing === "waits" ? "evidence" : "system";
    const change = { to: "withdrawn", cause, actor: "system", at, reason, set: endOf(message, reason) } as const;
    await changeMessage(trx, { message, ...change });
  }

  async function look(trx: DatabaseTransaction, id: string): Promise<void> {
    const subject = await readSubject(trx, id);
    const { po, lines, notices } = subject;
    const last = notices.findLast((one) => one.standing !== "gone");
    if (po.state !== "sent" || isDone(lines)) {
      await settle(trx, po, po.noticed);
      return;
    }
    if (last?.standing === "sending") {
      return; // What comes of it first.
    }
    const unsaid = notices.filter(({ standing }) => standing === "unsaid");
    const saidLast = notices.findLast((one) => isThere(one) || one.standing === "answered");
    const wanted = await wantedOf(trx, subject, saidLast);
    const key = wanted === null ? null : showWanted(wanted);
    if (key === po.noticed && (key !== null || unsaid.length === 0)) {
      await settle(trx, po, key);
      return;
    }
    for (const notice of unsaid) {
      await drop(trx, notice, "the order changed again before it was sent");
    }
    // As the supplier has it, or may have it.
    const before = saidLast !== undefined && isThere(saidLast) ? saidLast.wanted : allOf(lines);
    await settle(trx, po, key);
    if (wanted === null || inPacks(lines, wanted) === inPacks(lines, before)) {
      return;
    }
    return await tell(trx, subject, wanted);
  }

  /** Null: nothing is to be said. */
  async function wantedOf(
    trx: DatabaseTransaction,
    { po, order, lines }: Subject,
    saidLast: Notice | undefined,
  ): Promise<Wanted | null> {
    if (po.cancel_wanted_at !== null) {
      return "nothing";
    }
    const reduced = reduce(await atSuppliers(trx, order.id), await tooMany(trx, order.id)).get(po.id);
    return reduced ?? (saidLast !== undefined && isThere(saidLast) ? allOf(lines) : null);
  }

  /** Writes the notice; else tells a person what to tell the supplier. */
  async function tell(trx: DatabaseTransaction, subject: Subject, wanted: Wanted): Promise<void> {
    const { po, lines, notices } = subject;
    const purpose = purposeOf(wanted);
    const lost = await findLostNotice(trx, { po, wanted });
    if (lost !== undefined) {
      return await takeLostPlace(trx, subject, { lost, wanted });
    }
    const cancelled = notices.findLast(isThere)?.purpose === "cancellation" && purpose === "change";
    const refusal = cancelled ? "its cancellation was sent, and is not answered" : options.notTold(po.supplier, purpose);
    const problem = refusal ?? (await write(trx, subject, wanted));
    if (problem === undefined) {
      return;
    }
    await leaveToPerson(trx, { po, lines, wanted, problem });
  }

  /** No document can tell it: it needs a person until the supplier's answer is known. */
  async function leaveToPerson(
    trx: DatabaseTransaction,
    of: Pick<Subject, "po" | "lines"> & { readonly wanted: Wanted; readonly problem: string },
  ): Promise<void> {
    const { po, wanted, problem } = of;
    const at = now();
    const about = { purchaseOrder: po.id, purpose: purposeOf(wanted), says: showWanted(wanted), at };
    const task = `${taskOf(of)}. It is not told by a document: ${problem}`;
    const { id } = await options.tasks.open(trx, { ...about, version: await nextVersion(trx, po.id), task });
    await recordEvent(trx, {
      at,
      subject: "purchase-order",
      subjectId: po.id,
      name: "purchase_order.not_told",
      actor: "system",
      detail: { task: id, purpose: about.purpose, wanted: about.says, reason: problem },
    });
  }

  /** Undefined when it is written, else why it cannot be. */
  async function write(trx: DatabaseTransaction, subject: Subject, wanted: Wanted): Promise<string | undefined> {
    const at = now();
    const version = await nextVersion(trx, subject.po.id);
    const document = await compose(trx, subject, { wanted, version });
    if (typeof document === "string") {
      return document;
    }
    await keepDocument(trx, { id: subject.po.id, version, document, now: at });
    // It goes at once, whatever the schedule says: each hour makes it likelier that the goods are packed.
    await insertNotice(trx, { id: options.newId(), po: subject.po, wanted, version, state: "ready", at });
    return undefined;
  }

  /** What it says, or why it cannot be said. */
  async function compose(
    trx: DatabaseTransaction,
    { po, order, lines }: Subject,
    of: { readonly wanted: Wanted; readonly version: number },
  ): Promise<RenderedDocument | string> {
    const { wanted, version } = of;
    const units = wanted === "nothing" ? allOf(lines) : wanted;
    if (po.number === null) {
      return "it has no number";
    }
    const about = { order: orderOf(order), po, number: po.number, version, purpose: purposeOf(wanted), units, now: now() };
    try {
      return await options.writer.renderNotice(trx, about);
    } catch (error) {
      if (error instanceof BadDocument) {
        return error.message;
      }
      throw error;
    }
  }

  /** The journal knows that the supplier was told, or may have been: then it is not told again. */
  async function takeLostPlace(
    trx: DatabaseTransaction,
    subject: Subject,
    of: { readonly lost: LostSendingsTable; readonly wanted: Wanted },
  ): Promise<void> {
    const { lost, wanted } = of;
    const { po } = subject;
    const at = now();
    const id = options.newId();
    const taken = await trx
      .selectFrom("documents")
      .select("version")
      .where("purchase_order_id", "=", po.id)
      .where("version", "=", lost.version)
      .executeTakeFirst();
    const version = taken === undefined ? lost.version : await nextVersion(trx, po.id);
    await updateRows(trx, "lost_sendings", { purchase_order_id: id }, { id: lost.id });
    const message = await insertNotice(trx, { id, po, wanted, version, state: "withdrawn", at });
    // For a person who hears that the supplier never got it.
    const document = await compose(trx, subject, { wanted, version });
    if (typeof document !== "string") {
      await keepDocument(trx, { id: po.id, version, document, now: at });
    }
    // It says the very same: where the journal says that it was sent, it was.
    const isSent = lost.kind === "sent";
    const reason = `${isSent ? "sent" : "perhaps sent"} at ${new Date(lost.at).toISOString()} by the journal, before the database was restored from a backup`;
    const change = { message, cause: "evidence", actor: "system", at, reason, detail: { ...lost } } as const;
    const set = { sent_at: lost.at, answer_due_at: options.owner.answerDueAt(message, lost.at) };
    await changeMessage(trx, isSent ? { ...change, to: "sent", set } : { ...change, to: "unknown" });
  }
}

const settle = async (trx: DatabaseTransaction, { id }: PurchaseOrderRow, noticed: string | null): Promise<void> => {
  await updateRows(trx, "purchase_orders", { notify: 0, noticed }, { id });
};

/** What the supplier is asked for by it: fewer pieces of a pack that is ordered anyway are nothing to tell. */
const inPacks = (lines: readonly Line[], wanted: Wanted): string =>
  lines.map(({ number, packSize }) => (wanted === "nothing" ? 0 : Math.ceil((wanted.get(number) ?? 0) / packSize))).join(" ");

/** What a person is to tell whom. */
function taskOf({ po, lines, wanted }: Pick<Subject, "po" | "lines"> & { readonly wanted: Wanted }): string {
  const number = po.number ?? po.id;
  if (wanted === "nothing") {
    return `Tell ${po.supplier} to cancel purchase order ${number}: ${po.cancel_reason ?? "nothing of it is wanted any more"}`;
  }
  const rest = lines.map((line) => `${wanted.get(line.number) ?? 0} of SKU ${line.sku ?? "?"}`);
  return `Tell ${po.supplier} to ship only ${rest.join(", ")} on purchase order ${number}`;
}
