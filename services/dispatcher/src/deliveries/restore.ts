// Comparing the journal with the database at start. The journal is written after the database, so a database that is
// behind it was restored from a backup: then the journal wins. What it says was sent is sent; what it says may have been
// sent is unknown; and a purchase order that the database does not know at all is kept as a lost sending, so that the one
// which is made again for its order (from a webhook, or from Shopify), or which waited there when the backup was made, is
// unknown and not sent a second time.
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import type { JournalEntry } from "./journal.ts";
import { endUnknown } from "./carried.ts";
import { settleUnsent, type TakeLostPlace } from "./restore-unsent.ts";
import type { RecordSent } from "./sent.ts";

export type { TakeLostPlace } from "./restore-unsent.ts";

export interface RestoreReport {
  /** Purchase orders that the journal settled as sent. */
  readonly sent: number;
  /** Purchase orders that are unknown now. */
  readonly unknown: number;
  /** Purchase orders that the database does not know. */
  readonly lost: number;
}

/** Undefined when journal and database agree. Safe to repeat. */
export async function reconcileWithJournal(input: {
  readonly database: OpenDatabase;
  readonly entries: readonly JournalEntry[];
  readonly recordSent: RecordSent;
  readonly takeLostPlace: TakeLostPlace;
  readonly now: () => number;
}): Promise<RestoreReport | undefined> {
  const { database, entries, recordSent, takeLostPlace, now } = input;
  const settled = await settledIds(database);
  const latest = latestOfEach(entries).filter((entry) => !settled.has(entry.purchaseOrder));
  const report = { sent: 0, unknown: 0, lost: 0 };
  for (const entry of latest) {
    const outcome = await database.transaction((trx) => settle(trx, { entry, recordSent, at: now() }));
    if (outcome !== undefined) {
      report[outcome]++;
    }
  }
  // Only now is it certain which of them the journal itself knows.
  report.unknown += await settleUnsent({ database, takeLostPlace, now });
  return report.sent + report.unknown + report.lost === 0 ? undefined : report;
}

/** Purchase orders that no line can change any more: nearly all of them, so they are read at once. */
async function settledIds(database: OpenDatabase): Promise<ReadonlySet<string>> {
  const rows = await database.db.selectFrom("purchase_orders").select("id").where("state", "in", settledStates).execute();
  const lost = await database.db
    .selectFrom("lost_sendings")
    .select("id")
    // One that is here, with other bytes than were sent, can be sent once more.
    .where((eb) => eb.or([eb("purchase_order_id", "is", null), eb("purchase_order_id", "!=", eb.ref("id"))]))
    .execute();
  return new Set([...rows, ...lost].map((row) => row.id));
}

const settledStates = ["sent", "closed", "unknown"] as const;

/** What the journal says last of each sending and each attempt; what is sent comes first, since it settles the rest. */
function latestOfEach(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const latest = new Map<string, JournalEntry>();
  for (const entry of entries) {
    // By the attempt: a late line of a worker that was taken over must not hide another attempt's intent.
    latest.set(`${entry.purchaseOrder} ${entry.version} ${entry.copy} ${entry.attempt ?? entry.kind}`, entry);
  }
  const lines = [...latest.values()];
  return [...lines.filter((entry) => entry.kind === "sent"), ...lines.filter((entry) => entry.kind !== "sent")];
}

async function settle(
  trx: DatabaseTransaction,
  input: {
    readonly entry: JournalEntry;
    readonly recordSent: RecordSent;
    readonly at: number;
  },
): Promise<keyof RestoreReport | undefined> {
  const { entry, recordSent, at } = input;
  const po = await trx.selectFrom("purchase_orders").selectAll().where("id", "=", entry.purchaseOrder).executeTakeFirst();
  if (po === undefined) {
    return (await keepLost(trx, { entry, at })) ? "lost" : undefined;
  }
  if (!(await isBehind(trx, po, entry))) {
    return undefined;
  }
  if (po.state !== "cancelled" && !(await isDocument(trx, entry))) {
    // What was sent says something else than what the backup has: what its order orders beside it waits for a person.
    await keepLost(trx, { entry, at, of: po.id });
  }
  if (entry.kind === "sent" && po.state !== "cancelled") {
    const reason = `the journal says it was sent at ${new Date(entry.at).toISOString()}: the database was restored from a backup`;
    await recordSent(trx, { po, at, cause: "evidence", actor: "system", inferred: false, reason, detail: { journal: entry } });
    return "sent";
  }
  const what = entry.kind === "intent" ? "it may have been sent" : "an attempt that runs here was refused and ended";
  const reason = `the journal says ${what} at ${new Date(entry.at).toISOString()}: the database was restored from a backup`;
  if (po.state === "cancelled") {
    await recordEvent(trx, {
      at,
      subject: "purchase-order",
      subjectId: po.id,
      name: "purchase_order.sent_though_cancelled",
      actor: "system",
      detail: { reason },
    });
    return undefined;
  }
  await endUnknown(trx, po, { at, cause: "evidence", reason });
  return "unknown";
}

/** The database was behind the journal's line when it was written, so it is not the database that it was written after. */
async function isBehind(trx: DatabaseTransaction, po: PurchaseOrdersTable, entry: JournalEntry): Promise<boolean> {
  if (settledStates.some((state) => state === po.state)) {
    return false;
  }
  // A person who sends it again (another copy) makes an older line history.
  if (entry.version < po.version || entry.copy < po.copy) {
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

/** The database has the very bytes that the line tells of. */
const isDocument = async (trx: DatabaseTransaction, entry: JournalEntry): Promise<boolean> =>
  (
    await trx
      .selectFrom("documents")
      .select("hash")
      .where("purchase_order_id", "=", entry.purchaseOrder)
      .where("version", "=", entry.version)
      .executeTakeFirst()
  )?.hash === entry.hash;

/** `of`: the purchase order that it is, as the backup knows it; null: it knows none. */
async function keepLost(
  trx: DatabaseTransaction,
  input: { readonly entry: JournalEntry; readonly at: number; readonly of?: string },
): Promise<boolean> {
  const { entry, at, of = null } = input;
  if (entry.kind === "withdrawn") {
    return false;
  }
  const known = await trx.selectFrom("lost_sendings").select("id").where("id", "=", entry.purchaseOrder).executeTakeFirst();
  if (known !== undefined) {
    return false;
  }
  await trx
    .insertInto("lost_sendings")
    .values({
      id: entry.purchaseOrder,
      order_id: entry.order,
      supplier: entry.supplier,
      number: entry.number,
      kind: entry.kind,
      version: entry.version,
      copy: entry.copy,
      path: entry.path,
      at: entry.at,
      purchase_order_id: of,
      notice_of: entry.notice?.of ?? null,
      noticed: entry.notice?.says ?? null,
    })
    .execute();
  await recordEvent(trx, {
    at,
    ...(of === null ? { subject: "order", subjectId: entry.order } : { subject: "purchase-order", subjectId: of }),
    name: of === null ? "purchase_order.lost" : "purchase_order.sent_with_other_bytes",
    actor: "system",
    detail: { ...entry },
  });
  return true;
}
