// What becomes of a message, told to the room that wrote it in the same transaction: only that room knows why it exists.
import { statement, updateRows } from "../database/statements.ts";
import { changeMessage } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AttemptsTable, MessagesTable } from "../database/tables/deliveries.ts";
import type { Cause } from "../domain/delivery/message.ts";
import { leaveFile, OUT_OF_FILE } from "./carried.ts";

/** The room that wrote a message. */
export interface MessageOwner {
  /** Whether its supplier answers it: then a wrong guess would be noticed. */
  isAnswered(message: MessagesTable): boolean;
  /** Until when the supplier is to answer what is sent then, epoch milliseconds; null: no answer is expected. */
  answerDueAt(message: MessagesTable, sentAt: number): number | null;
  /** It is at the supplier, however we know. */
  sent(
    trx: DatabaseTransaction,
    sent: { readonly message: MessagesTable; readonly at: number; readonly actor: string },
  ): Promise<void>;
  /** It was not wanted any more before it was renamed, and does not go: what it was for ends. */
  givenUp(trx: DatabaseTransaction, given: GivenUp): Promise<void>;
}

interface GivenUp {
  readonly message: MessagesTable;
  readonly at: number;
  readonly reason: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Sent {
  readonly message: MessagesTable;
  readonly at: number;
  readonly cause: Cause;
  readonly actor: string;
  /** Nothing proves it: both files were gone. */
  readonly inferred: boolean;
  readonly reason: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Everything that follows from a message being at the supplier, however we know it (our own rename, a look, the supplier's answer, a
 * person): state, the answer's deadline, what it was written for; running attempts end. Known of one in a file with others (every
 * cause but the system's), it says nothing of those.
 */
export type RecordSent = (trx: DatabaseTransaction, sent: Sent) => Promise<void>;

export type GiveUp = (trx: DatabaseTransaction, given: GivenUp) => Promise<void>;

const endRunning = statement((db, state: AttemptsTable["state"], at: number, reason: string | null, message: string) =>
  db
    .updateTable("attempts")
    .set({ state, ended_at: at, message: reason })
    .where("message_id", "=", message)
    .where("state", "in", ["sending", "committing"]),
);

export const createRecordSent =
  (owner: MessageOwner): RecordSent =>
  async (trx, { message, at, cause, actor, inferred, reason, detail }) => {
    if (cause !== "system") {
      await leaveFile(trx, message, at);
    }
    const set = {
      ...OUT_OF_FILE,
      sent_at: at,
      inferred: inferred ? 1 : 0,
      journaled: 0,
      failures: 0,
      failing_since: null,
      crashes: 0,
      unwanted: null,
      answer_due_at: owner.answerDueAt(message, at),
    };
    await changeMessage(trx, {
      message,
      to: "sent",
      cause,
      actor,
      at,
      reason,
      set,
      detail: { version: message.version, ...(inferred ? { inferred } : {}), ...detail },
    });
    if (cause !== "system") {
      // One that wrote no intent has renamed nothing: unless it found the file itself, it came to the supplier some other way.
      await updateRows(
        trx,
        "attempts",
        { state: "sent", ended_at: at, message: reason },
        { message_id: message.id, state: "committing" },
      );
    }
    await endRunning.run(trx, cause === "system" ? "sent" : "abandoned", at, reason, message.id);
    await owner.sent(trx, { message, at, actor });
  };

export const createGiveUp =
  (owner: MessageOwner): GiveUp =>
  async (trx, given) => {
    const { message, at, reason } = given;
    const set = { ...OUT_OF_FILE, generation: message.generation + 1 };
    await changeMessage(trx, { message, to: "withdrawn", cause: "system", actor: "system", at, reason, set, untold: true });
    await owner.givenUp(trx, given);
  };
