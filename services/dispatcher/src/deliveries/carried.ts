// Several messages in one file. The attempt belongs to one of them, its lead, and carries the others: they are
// `sending` with it, are never claimed by themselves, and come out of it in the same transaction as the lead. A file is made
// anew with each attempt, of what is ready then; from its intent on it is what it is.
import { messageOf } from "../database/purchase-order-rows.ts";
import { findRows, updateRows } from "../database/statements.ts";
import { changeMessage } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AttemptsTable, MessagesTable } from "../database/tables/deliveries.ts";

/** How a supplier takes several messages in one file. */
export interface Batch {
  readonly most: number;
  /** Documents of the supplier's format as one file. Throws BadDocument for one that cannot stand beside others. */
  readonly join: (documents: readonly Uint8Array[]) => Uint8Array;
}

/** The others in the file of a running attempt. */
export const carriedBy = (trx: DatabaseTransaction, attempt: string): Promise<MessagesTable[]> =>
  findRows(trx, "messages", { carried_by: attempt }, ["created_at", "id"]);

/** All that are in the file of a running attempt, its lead first. */
export const inFile = async (
  trx: DatabaseTransaction,
  attempt: Pick<AttemptsTable, "id" | "message_id">,
): Promise<MessagesTable[]> => [await messageOf(trx, attempt.message_id), ...(await carriedBy(trx, attempt.id))];

/** Not in a file with others any more, or in none at all. */
export const OUT_OF_FILE = { carried_by: null, claimed: 0 } as const;

/** Takes messages out of a file that did not leave: back to where each may be sent, now and without a failure counted. */
export async function putBack(
  trx: DatabaseTransaction,
  messages: readonly MessagesTable[],
  how: { readonly at: number; readonly reason: string; readonly set?: Partial<MessagesTable> },
): Promise<void> {
  const { at, reason } = how;
  for (const msg of messages) {
    await changeMessage(trx, {
      message: msg,
      to: "ready",
      cause: "system",
      actor: "system",
      at,
      reason,
      set: { ...OUT_OF_FILE, next_attempt_at: at, generation: msg.generation + 1, ...how.set },
    });
  }
}

/**
 * Before what is known of one message alone (its answer came, a person knows) ends its sending: the file with the
 * others goes on without it from its intent on, under another lead if it was the lead; before, the file is given up, since
 * it would bring this one to the supplier once more.
 */
export async function leaveFile(trx: DatabaseTransaction, msg: MessagesTable, at: number): Promise<void> {
  const attempt = msg.state === "sending" ? await runningAttempt(trx, msg) : undefined;
  const others = attempt === undefined ? [] : (await inFile(trx, attempt)).filter((one) => one.id !== msg.id);
  if (attempt === undefined || others.length === 0) {
    return;
  }
  await updateRows(trx, "messages", OUT_OF_FILE, { id: msg.id });
  if (attempt.state === "sending") {
    const reason = `${msg.number ?? msg.id}, which was in the same file, came to the supplier some other way`;
    await abandon(trx, attempt, { at, reason });
    await putBack(trx, others, { at, reason });
    return;
  }
  const [heir] = others;
  if (attempt.message_id === msg.id && heir !== undefined) {
    const number = (await lastNumber(trx, heir.id)) + 1;
    const lead = { message_id: heir.id, version: heir.version, copy: heir.copy, number };
    await updateRows(trx, "attempts", lead, { id: attempt.id });
    const claim = { carried_by: null, claimed: msg.claimed, next_attempt_at: msg.next_attempt_at };
    await updateRows(trx, "messages", claim, { id: heir.id });
  }
}

/** Nothing can tell whether the supplier has it, nor the others that are in its file: its attempt ends so. */
export async function endUnknown(
  trx: DatabaseTransaction,
  msg: MessagesTable,
  how: { readonly at: number; readonly cause: "system" | "evidence"; readonly reason: string },
): Promise<void> {
  const { at, cause, reason } = how;
  const attempt = msg.state === "sending" ? await runningAttempt(trx, msg) : undefined;
  if (attempt !== undefined) {
    await updateRows(
      trx,
      "attempts",
      { state: "unknown", ended_at: at, failure: "OutcomeUnknown", message: reason },
      { id: attempt.id },
    );
  }
  for (const one of attempt === undefined ? [msg] : await inFile(trx, attempt)) {
    await changeMessage(trx, {
      message: one,
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
  await updateRows(
    trx,
    "attempts",
    { state: "abandoned", ended_at: how.at, failure: "Abandoned", message: how.reason },
    { id: attempt.id },
  );
}

/** Of a purchase order's attempts; 0: it has none. */
async function lastNumber(trx: DatabaseTransaction, message: string): Promise<number> {
  const row = await trx
    .selectFrom("attempts")
    .select((eb) => eb.fn.max("number").as("number"))
    .where("message_id", "=", message)
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** The attempt that runs for it, its own or that of the file that it is in. */
async function runningAttempt(trx: DatabaseTransaction, msg: MessagesTable): Promise<AttemptsTable | undefined> {
  return await trx
    .selectFrom("attempts")
    .selectAll()
    .where((eb) => (msg.carried_by === null ? eb("message_id", "=", msg.id) : eb("id", "=", msg.carried_by)))
    .where("state", "in", ["sending", "committing"])
    .executeTakeFirst();
}
