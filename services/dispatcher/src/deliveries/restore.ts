// Comparing the journal with the database at start. The journal is written after the database, so a database that is behind it was
// restored from a backup: then the journal wins. What it says was sent is sent; what it says may have been sent is unknown. A message
// that the database does not know at all is made anew where its purchase order is known; else it is kept as a lost sending, so that
// what is made again for its order (from a webhook, or from Shopify), or waited there when the backup was made, is not sent a second
// time (../orders/restore.ts).
import { findRow, insertRow, updateRows } from "../database/statements.ts";
import { changeMessage, endOf, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import { messageOf, messageOfPurchaseOrder, newMessage, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import { isNotice } from "../domain/delivery/message.ts";
import { abandon, endUnknown, leaveFile, OUT_OF_FILE } from "./carried.ts";
import type { JournalEntry } from "./journal.ts";
import type { RecordSent } from "./sent.ts";

/** Its attempt, should one run for it, has no intent: nothing was renamed. Others in its file go anew without it. */
export type StopSending = (trx: DatabaseTransaction, message: MessagesTable, at: number) => Promise<void>;

/** What waits in the database beside a lost sending of the same order and supplier. Returns how many were settled in which way. */
export type SettleUnsent = (stopSending: StopSending) => Promise<{ readonly sent: number; readonly unknown: number }>;

export interface RestoreReport {
  /** Messages that the journal settled as sent. */
  readonly sent: number;
  /** Messages that are unknown now. */
  readonly unknown: number;
  /** Messages that the database does not know. */
  readonly lost: number;
}

/** Undefined when journal and database agree. Safe to repeat. */
export async function reconcileWithJournal(input: {
  readonly database: OpenDatabase;
  readonly entries: readonly JournalEntry[];
  readonly recordSent: RecordSent;
  readonly settleUnsent: SettleUnsent;
  readonly now: () => number;
}): Promise<RestoreReport | undefined> {
  const { database, entries, recordSent, now } = input;
  const settled = await settledIds(database);
  const latest = latestOfEach(entries).filter((entry) => !settled.has(entry.message));
  const report = { sent: 0, unknown: 0, lost: 0 };
  for (const entry of latest) {
    const outcome = await database.transaction((trx) => settle(trx, { entry, recordSent, at: now() }));
    if (outcome !== undefined) {
      report[outcome]++;
    }
  }
  // Only now is it certain which of them the journal itself knows.
  const unsent = await input.settleUnsent(stopSending);
  report.sent += unsent.sent;
  report.unknown += unsent.unknown;
  return report.sent + report.unknown + report.lost === 0 ? undefined : report;
}

/** Messages that no line can change any more: nearly all of them, so they are read at once. */
async function settledIds(database: OpenDatabase): Promise<ReadonlySet<string>> {
  const rows = await database.db
    .selectFrom("messages")
    .select("id")
    .where((eb) => eb.or([eb("state", "in", ["sent", "unknown"]), eb("sent_at", "is not", null)]))
    .execute();
  const lost = await database.db
    .selectFrom("lost_sendings")
    .select("id")
    // One that is here, with other bytes than were sent, can be sent once more.
    .where((eb) => eb.or([eb("purchase_order_id", "is", null), eb("purchase_order_id", "!=", eb.ref("id"))]))
    .execute();
  return new Set([...rows, ...lost].map((row) => row.id));
}

/** What the journal says last of each sending and each attempt; what is sent comes first, the newest before, since it settles the rest. */
function latestOfEach(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const latest = new Map<string, JournalEntry>();
  for (const entry of entries) {
    // By the attempt: a late line of a worker that was taken over must not hide another attempt's intent.
    latest.set(`${entry.message} ${entry.version} ${entry.copy} ${entry.attempt ?? entry.kind}`, entry);
  }
  const lines = [...latest.values()];
  return [
    ...lines.filter((entry) => entry.kind === "sent").toSorted((a, b) => (isLater(a, b) ? -1 : isLater(b, a) ? 1 : 0)),
    ...lines.filter((entry) => entry.kind !== "sent"),
  ];
}

const isLater = (a: Pick<JournalEntry, "version" | "copy">, b: Pick<JournalEntry, "version" | "copy">): boolean =>
  a.version > b.version || (a.version === b.version && a.copy > b.copy);

async function settle(
  trx: DatabaseTransaction,
  input: { readonly entry: JournalEntry; readonly recordSent: RecordSent; readonly at: number },
): Promise<keyof RestoreReport | undefined> {
  const { entry, recordSent, at } = input;
  const po = await findRow(trx, "purchase_orders", { id: entry.purchaseOrder });
  const known = await findRow(trx, "messages", { id: entry.message });
  if (po === undefined || (known === undefined && entry.notice !== null)) {
    return (await keepLost(trx, { entry, at })) ? "lost" : undefined;
  }
  if (!(await isBehind(trx, { po, known, entry }))) {
    return undefined;
  }
  const happened =
    entry.kind === "sent"
      ? "it was sent"
      : entry.kind === "intent"
        ? "it may have been sent"
        : "an attempt that runs here was refused and ended";
  const reason = `the journal says ${happened} at ${new Date(entry.at).toISOString()}: the database was restored from a backup`;
  if (po.stage === "cancelled") {
    await tellOfCancelled(trx, { po, reason, at });
    return undefined;
  }
  const message = known ?? (await makeAnew(trx, { po, entry, at }));
  if (!isNotice(message.kind) && !(await isSaid(trx, { po, known, entry }))) {
    // What was sent says something else than what the backup has: what its order orders beside it waits for a person.
    await keepLost(trx, { entry, at, of: po.id });
  }
  if (entry.kind === "sent") {
    await recordSent(trx, {
      message,
      at,
      cause: "evidence",
      actor: "system",
      inferred: false,
      reason,
      detail: { journal: entry },
    });
    return "sent";
  }
  await endUnknown(trx, message, { at, cause: "evidence", reason });
  return "unknown";
}

/** The database was behind the journal's line when it was written, so it is not the database that it was written after. */
async function isBehind(
  trx: DatabaseTransaction,
  of: { readonly po: PurchaseOrderRow; readonly known: MessagesTable | undefined; readonly entry: JournalEntry },
): Promise<boolean> {
  const { po, known, entry } = of;
  const message = known ?? po;
  if (known?.state === "sent" || known?.state === "unknown" || (known !== undefined && known.sent_at !== null)) {
    return false;
  }
  // A notice that was taken back for good was not sent since.
  if (entry.notice !== null && known?.state === "withdrawn" && known.unwanted !== null) {
    return false;
  }
  // Another has its place: a person had it sent once more, and older lines are history.
  const another = known === undefined ? await hasLater(trx, po, entry) : po.message_id !== known.id;
  if (po.stage === "closed" || (entry.notice === null && another && po.stage === "open")) {
    return false;
  }
  if (entry.version < message.version || entry.copy < (known?.copy ?? 1)) {
    return false;
  }
  if (entry.kind === "sent") {
    return true;
  }
  // The very attempt: that an earlier one failed says nothing of one which the backup does not know.
  const attempt = await trx
    .selectFrom("attempts")
    .select("state")
    .where("id", "=", entry.attempt ?? "")
    .executeTakeFirst();
  if (entry.kind === "withdrawn") {
    // A look would find its files gone, and infer that the supplier has taken what was never renamed.
    return attempt?.state === "committing";
  }
  // committing: a crash in the middle, which the look settles. not-sent: refused for certain.
  return attempt === undefined || attempt.state === "sending" || attempt.state === "abandoned";
}

/** Messages of a purchase order follow one another: the next has a higher version, or is a further copy of the same. */
async function hasLater(trx: DatabaseTransaction, po: PurchaseOrderRow, entry: JournalEntry): Promise<boolean> {
  const message = await messageOfPurchaseOrder(trx, po);
  return message !== undefined && !isLater(entry, message);
}

/** The backup has the very bytes that the line tells of, or asks for the very units. */
async function isSaid(
  trx: DatabaseTransaction,
  {
    po,
    known,
    entry,
  }: { readonly po: PurchaseOrderRow; readonly known: MessagesTable | undefined; readonly entry: JournalEntry },
): Promise<boolean> {
  const document = await trx
    .selectFrom("documents")
    .select("hash")
    .where("purchase_order_id", "=", po.id)
    .where("version", "=", entry.version)
    .executeTakeFirst();
  return document?.hash === entry.hash || (known !== undefined && known.says === entry.says);
}

/** The backup knows its purchase order, which had another message then, or none. */
async function makeAnew(
  trx: DatabaseTransaction,
  of: { readonly po: PurchaseOrderRow; readonly entry: JournalEntry; readonly at: number },
): Promise<MessagesTable> {
  const { po, entry, at } = of;
  const { message: id, version, copy } = entry;
  const kind = id === po.id || copy > 1 ? "order" : "replacement";
  const made = newMessage(po, { id, kind, version, copy, says: entry.says ?? "", state: "withdrawn" }, at);
  await insertRow(trx, "messages", made);
  const before = await messageOfPurchaseOrder(trx, po);
  if (before !== undefined) {
    await makeRoom(trx, before, at);
  }
  const place = { message_id: id, acknowledgement: null, acknowledged_at: null };
  await updateRows(trx, "purchase_orders", place, { id: po.id });
  return made;
}

/** Another was sent in its place, so nothing more is renamed of it. What came of a rename that was asked for nobody knows. */
async function makeRoom(trx: DatabaseTransaction, { id }: { readonly id: string }, at: number): Promise<void> {
  const reason = "another was sent in its place, which the journal knows";
  await stopSending(trx, await messageOf(trx, id), at);
  const alone = await trx
    .selectFrom("attempts")
    .select("id")
    .where("message_id", "=", id)
    .where("state", "=", "committing")
    .executeTakeFirst();
  if (alone !== undefined) {
    await endUnknown(trx, await messageOf(trx, id), { at, cause: "evidence", reason });
  }
  const message = await messageOf(trx, id);
  if (message.state !== "withdrawn") {
    const cause = message.state === "sent" || message.state === "unknown" ? "evidence" : "system";
    const change = { to: "withdrawn", cause, actor: "system", at, reason, untold: true } as const;
    await changeMessage(trx, { message, ...change, set: endOf(message, reason) });
  }
}

/** Once, however often the process starts. */
async function tellOfCancelled(
  trx: DatabaseTransaction,
  of: { readonly po: PurchaseOrderRow; readonly reason: string; readonly at: number },
): Promise<void> {
  const { po, reason, at } = of;
  const name = "purchase_order.sent_though_cancelled";
  const told = await trx
    .selectFrom("events")
    .select("id")
    .where("subject", "=", "purchase-order")
    .where("subject_id", "=", po.id)
    .where("name", "=", name)
    .executeTakeFirst();
  if (told === undefined) {
    await recordEvent(trx, { at, subject: "purchase-order", subjectId: po.id, name, actor: "system", detail: { reason } });
  }
}

/** `of`: the purchase order that it is, as the backup knows it; null: it knows none. False: it is kept already. */
async function keepLost(
  trx: DatabaseTransaction,
  input: { readonly entry: JournalEntry; readonly at: number; readonly of?: string },
): Promise<boolean> {
  const { entry, at, of = null } = input;
  if (entry.kind === "withdrawn") {
    return false;
  }
  const says = {
    kind: entry.kind,
    version: entry.version,
    copy: entry.copy,
    path: entry.path,
    at: entry.at,
    hash: entry.hash,
  } as const;
  const row = { ...says, says: entry.notice?.says ?? entry.says };
  const id = entry.notice === null ? entry.purchaseOrder : entry.message;
  const known = await trx
    .selectFrom("lost_sendings")
    .select(["id", "version", "copy", "purchase_order_id"])
    .where((eb) =>
      // What took the place of a lost one has its number, and lines of its own.
      eb.or([
        eb("id", "=", id),
        ...(entry.notice === null && entry.number !== ""
          ? [eb.and([eb("supplier", "=", entry.supplier), eb("number", "=", entry.number), eb("notice_of", "is", null)])]
          : []),
      ]),
    )
    .executeTakeFirst();
  if (known !== undefined) {
    if (isLater(entry, known) && known.purchase_order_id === of) {
      await updateRows(trx, "lost_sendings", row, { id: known.id });
    }
    return false;
  }
  const { order: order_id, supplier, number } = entry;
  await insertRow(trx, "lost_sendings", {
    id,
    order_id,
    supplier,
    number,
    ...row,
    purchase_order_id: of,
    notice_of: entry.notice?.of ?? null,
  });
  await recordEvent(trx, {
    at,
    ...(of === null ? { subject: "order", subjectId: entry.order } : { subject: "purchase-order", subjectId: of }),
    name: of === null ? "purchase_order.lost" : "purchase_order.sent_with_other_bytes",
    actor: "system",
    detail: { ...entry },
  });
  return true;
}

const stopSending: StopSending = async (trx, message, at) => {
  if (message.state !== "sending") {
    return;
  }
  await leaveFile(trx, message, at);
  const own = await trx
    .selectFrom("attempts")
    .select("id")
    .where("message_id", "=", message.id)
    .where("state", "=", "sending")
    .execute();
  for (const attempt of own) {
    await abandon(trx, attempt, { at, reason: "the database was restored from a backup" });
  }
  await updateRows(trx, "messages", { ...OUT_OF_FILE, crashes: 0 }, { id: message.id });
};
