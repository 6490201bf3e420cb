// Several purchase orders in one file. The attempt belongs to one of them, its lead, and carries the others: they are
// `sending` with it, are never claimed by themselves, and come out of it in the same transaction as the lead. A file is made
// anew with each attempt, of what is ready then; from its intent on it is what it is.
import { changeState } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AttemptsTable } from "../database/tables/deliveries.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";

/** How a supplier takes several purchase orders in one file. */
export interface Batch {
  readonly most: number;
  /** Documents of the supplier's format as one file. Throws BadDocument for one that cannot stand beside others. */
  readonly join: (documents: readonly Uint8Array[]) => Uint8Array;
}

/** The others in the file of a running attempt. */
export const carriedBy = (trx: DatabaseTransaction, attempt: string): Promise<PurchaseOrdersTable[]> =>
  trx.selectFrom("purchase_orders").selectAll().where("carried_by", "=", attempt).orderBy("released_at").orderBy("id").execute();

/** All that are in the file of a running attempt, its lead first. */
export const inFile = async (
  trx: DatabaseTransaction,
  attempt: Pick<AttemptsTable, "id" | "purchase_order_id">,
): Promise<PurchaseOrdersTable[]> => [
  await trx.selectFrom("purchase_orders").selectAll().where("id", "=", attempt.purchase_order_id).executeTakeFirstOrThrow(),
  ...(await carriedBy(trx, attempt.id)),
];

/** Not in a file with others any more, or in none at all. */
export const OUT_OF_FILE = { carried_by: null, claimed: 0 } as const;

/** Takes purchase orders out of a file that did not leave: back to where each may be sent, now and without a failure counted. */
export async function putBack(
  trx: DatabaseTransaction,
  purchaseOrders: readonly PurchaseOrdersTable[],
  how: { readonly at: number; readonly reason: string; readonly set?: Partial<PurchaseOrdersTable> },
): Promise<void> {
  const { at, reason } = how;
  for (const po of purchaseOrders) {
    await changeState(trx, {
      id: po.id,
      from: "sending",
      to: "ready",
      cause: "system",
      actor: "system",
      at,
      reason,
      set: { ...OUT_OF_FILE, next_attempt_at: at, generation: po.generation + 1, ...how.set },
    });
  }
}

/**
 * Before what is known of one purchase order alone (its answer came, a person knows) ends its sending: the file with the
 * others goes on without it from its intent on, under another lead if it was the lead; before, the file is given up, since
 * it would bring this one to the supplier once more.
 */
export async function leaveFile(trx: DatabaseTransaction, po: PurchaseOrdersTable, at: number): Promise<void> {
  const attempt = po.state === "sending" ? await runningAttempt(trx, po) : undefined;
  const others = attempt === undefined ? [] : (await inFile(trx, attempt)).filter((one) => one.id !== po.id);
  if (attempt === undefined || others.length === 0) {
    return;
  }
  await trx.updateTable("purchase_orders").set(OUT_OF_FILE).where("id", "=", po.id).execute();
  if (attempt.state === "sending") {
    const reason = `${po.number ?? po.id}, which was in the same file, came to the supplier some other way`;
    await abandon(trx, attempt, { at, reason });
    await putBack(trx, others, { at, reason });
    return;
  }
  const [heir] = others;
  if (attempt.purchase_order_id === po.id && heir !== undefined) {
    const number = (await lastNumber(trx, heir.id)) + 1;
    const lead = { purchase_order_id: heir.id, version: heir.version, copy: heir.copy, number };
    await trx.updateTable("attempts").set(lead).where("id", "=", attempt.id).execute();
    const claim = { carried_by: null, claimed: po.claimed, next_attempt_at: po.next_attempt_at };
    await trx.updateTable("purchase_orders").set(claim).where("id", "=", heir.id).execute();
  }
}

/** Nothing can tell whether the supplier has it, nor the others that are in its file: its attempt ends so. */
export async function endUnknown(
  trx: DatabaseTransaction,
  po: PurchaseOrdersTable,
  how: { readonly at: number; readonly cause: "system" | "evidence"; readonly reason: string },
): Promise<void> {
  const { at, cause, reason } = how;
  const attempt = po.state === "sending" ? await runningAttempt(trx, po) : undefined;
  if (attempt !== undefined) {
    await trx
      .updateTable("attempts")
      .set({ state: "unknown", ended_at: at, failure: "OutcomeUnknown", message: reason })
      .where("id", "=", attempt.id)
      .execute();
  }
  for (const one of attempt === undefined ? [po] : await inFile(trx, attempt)) {
    await changeState(trx, {
      id: one.id,
      from: one.state,
      to: "unknown",
      cause,
      actor: "system",
      at,
      reason,
      set: { ...OUT_OF_FILE, crashes: 0 },
      ...(attempt === undefined ? {} : { detail: { attempt: attempt.number, path: attempt.final_path } }),
    });
  }
}

/** Ends an attempt that has written no intent, so that its worker, should it wake up, stops. */
export async function abandon(
  trx: DatabaseTransaction,
  attempt: Pick<AttemptsTable, "id">,
  how: { readonly at: number; readonly reason: string },
): Promise<void> {
  await trx
    .updateTable("attempts")
    .set({ state: "abandoned", ended_at: how.at, failure: "Abandoned", message: how.reason })
    .where("id", "=", attempt.id)
    .execute();
}

/** Of a purchase order's attempts; 0: it has none. */
async function lastNumber(trx: DatabaseTransaction, purchaseOrder: string): Promise<number> {
  const row = await trx
    .selectFrom("attempts")
    .select((eb) => eb.fn.max("number").as("number"))
    .where("purchase_order_id", "=", purchaseOrder)
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** The attempt that runs for it, its own or that of the file that it is in. */
async function runningAttempt(trx: DatabaseTransaction, po: PurchaseOrdersTable): Promise<AttemptsTable | undefined> {
  return await trx
    .selectFrom("attempts")
    .selectAll()
    .where((eb) => (po.carried_by === null ? eb("purchase_order_id", "=", po.id) : eb("id", "=", po.carried_by)))
    .where("state", "in", ["sending", "committing"])
    .executeTakeFirst();
}
