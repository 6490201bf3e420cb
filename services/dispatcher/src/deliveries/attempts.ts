// The attempts of messages, and the claim. Every function is one transaction; each change of an attempt is a
// compare-and-set on its token, so that a worker that was taken over finds out and stops.
//
//   sending ──▶ committing ──▶ sent           committing: the intent to rename is durable
//      │  │        │ └───────▶ unknown        only by a look (domain/delivery/delivery-table.ts)
//      │  └────────┴─▶ not-sent               ended before its rename, or the server refused that for certain,
//      │                                      or the journal could not take its intent
//      └───────▶ abandoned                    another worker took over
//
// What becomes of an attempt becomes of all messages in its file: carried.ts.
import { findRow, updateRows } from "../database/statements.ts";
import { recordEvent, changeMessage } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { AttemptsTable, MessagesTable } from "../database/tables/deliveries.ts";
import type { RenameKind } from "../domain/delivery/delivery-table.ts";
import { keepsBack, type Breaker, type Health } from "./breaker.ts";
import { carriedBy, endUnknown, OUT_OF_FILE, putBack, type Batch } from "./carried.ts";
import { claim, type Claim, type ClaimResult, type Destination } from "./claim.ts";
import type { Turns } from "./ports.ts";
import type { GiveUp, RecordSent } from "./sent.ts";

export type Ending =
  | {
      readonly kind: "retry";
      /** Nothing was renamed for certain (refused, or not tried), in the session that wrote the intent; else it is before its intent. */
      readonly from?: "committing" | undefined;
      readonly failure: string;
      readonly message: string;
      readonly delayMs: number;
      readonly countsAsFailure: boolean;
      readonly health: Health;
    }
  | {
      readonly kind: "failed";
      readonly from?: "committing" | undefined;
      readonly failure: string;
      readonly message: string;
      /** Which of those in its file; the others are tried again after `delayMs`. */
      readonly which: readonly string[];
      readonly delayMs: number;
      readonly health: Health;
    }
  /** Some of several cannot be sent, nobody knows which: each goes in a file of its own. */
  | { readonly kind: "each-alone"; readonly failure: string; readonly message: string; readonly health: Health }
  /** Those that are not wanted any more; the others go anew. */
  | { readonly kind: "unwanted" };

export interface AttemptStore {
  /** Takes the message for one attempt, or says why there is nothing to do. */
  claim(input: { readonly message: string; readonly generation: number }): Promise<ClaimResult>;
  /** Whether the attempt, which has no intent yet, is still its worker's: else another may have done everything since. */
  isHeld(attempt: AttemptsTable): Promise<boolean>;
  /** Whether one that was claimed, and has waited, may still begin: its supplier is not paused, and no breaker keeps it back. */
  hasItsTurn(claim: Pick<Claim, "message" | "probe">): Promise<boolean>;
  /** Step 3: the durable intent. False: the claim was lost, or it is not wanted any more. */
  writeIntent(
    attempt: AttemptsTable,
    intent: { readonly fingerprint: string | null; readonly renameKind: RenameKind },
  ): Promise<"written" | "lost" | "unwanted">;
  /** Step 5. False: the claim was lost. `found`: a person should know in which way. */
  markSent(
    attempt: AttemptsTable,
    how: { readonly inferred: boolean; readonly note: string | null; readonly found?: string | null },
  ): Promise<boolean>;
  /** Ends an attempt that has not renamed. False: lost. */
  end(attempt: AttemptsTable, ending: Ending): Promise<boolean>;
  markUnknown(attempt: AttemptsTable, input: { readonly reason: string; readonly health: Health }): Promise<boolean>;
  /** Leaves a committing attempt as it is, to be looked at again. */
  lookLater(
    attempt: AttemptsTable,
    input: {
      readonly message: string;
      readonly delayMs: number;
      readonly countsAsFailure: boolean;
      readonly health: Health;
    },
  ): Promise<boolean>;
  /** Ends the claim of an attempt that nobody works on any more, and leaves everything else to the next. False: lost. */
  giveBack(attempt: AttemptsTable, input: { readonly delayMs: number }): Promise<boolean>;
  /** How many earlier attempts of this version ended because the server stored this very size. */
  sameWrongSizes(attempt: AttemptsTable, size: number): Promise<number>;
}

export function createAttemptStore(options: {
  readonly database: OpenDatabase;
  readonly destination: (supplier: string) => Destination | undefined;
  readonly batch: (supplier: string) => Batch | undefined;
  readonly turns: Turns;
  readonly recordSent: RecordSent;
  readonly giveUp: GiveUp;
  readonly tellOfFound: (
    trx: DatabaseTransaction,
    found: { readonly message: MessagesTable; readonly attempt: AttemptsTable; readonly how: string },
  ) => Promise<void>;
  readonly breaker: Breaker;
  readonly now: () => number;
  readonly newId: () => string;
}): AttemptStore {
  const { database, now } = options;

  const note = (trx: DatabaseTransaction, msg: MessagesTable, health: Health): Promise<void> =>
    options.breaker.note(trx, { supplier: msg.supplier, message: msg.id, health, at: now() });

  /** The messages in the attempt's file, its lead first, if it is still ours and in `state`. */
  const held = async (
    trx: DatabaseTransaction,
    attempt: AttemptsTable,
    state: AttemptsTable["state"],
  ): Promise<readonly [MessagesTable, ...MessagesTable[]] | undefined> => {
    const row = await findRow(trx, "attempts", { id: attempt.id, token: attempt.token });
    // Of a file with several, another may be the lead since: the row knows.
    const msg = row?.state === state ? await findRow(trx, "messages", { id: row.message_id }) : undefined;
    return msg?.state === "sending" ? [msg, ...(await carriedBy(trx, attempt.id))] : undefined;
  };

  return {
    claim: (job) => database.transaction((trx) => claim(trx, job, options)),

    isHeld: (attempt) => database.transaction(async (trx) => (await held(trx, attempt, "sending")) !== undefined),

    async hasItsTurn({ message, probe }) {
      const supplier = await findRow(database.db, "suppliers", { id: message.supplier });
      return supplier === undefined || (supplier.paused_at === null && (probe || !keepsBack(supplier, now())));
    },

    writeIntent: (attempt, { fingerprint, renameKind }) =>
      database.transaction(async (trx) => {
        const file = await held(trx, attempt, "sending");
        if (file === undefined) {
          return "lost";
        }
        if (file.some((msg) => msg.unwanted !== null)) {
          return "unwanted";
        }
        await updateRows(
          trx,
          "attempts",
          { state: "committing", intent_at: now(), fingerprint, rename_kind: renameKind },
          { id: attempt.id },
        );
        await updateRows(trx, "companions", { placed_at: now() }, { attempt_id: attempt.id, kind: "delivery-note" });
        return "written";
      }),

    markSent: (attempt, how) =>
      database.transaction(async (trx) => {
        const file = (await held(trx, attempt, "committing")) ?? (await held(trx, attempt, "sending"));
        if (file === undefined) {
          return false;
        }
        const at = now();
        if (!how.inferred) {
          await updateRows(trx, "companions", { placed_at: at }, { attempt_id: attempt.id, kind: "marker" });
        }
        for (const msg of file) {
          await options.recordSent(trx, {
            message: msg,
            at,
            cause: "system",
            actor: "system",
            inferred: how.inferred,
            reason: how.note,
            detail: {
              attempt: attempt.number,
              path: attempt.final_path,
              size: attempt.size,
              hash: attempt.hash,
              host: attempt.host,
              ...(file.length === 1 ? {} : { messages_in_file: file.length }),
            },
          });
        }
        if (typeof how.found === "string") {
          await options.tellOfFound(trx, { message: file[0], attempt, how: how.found });
        }
        await note(trx, file[0], "answers");
        return true;
      }),

    end: (attempt, ending) =>
      database.transaction(async (trx) => {
        const from = ending.kind === "retry" || ending.kind === "failed" ? ending.from : undefined;
        const file = await held(trx, attempt, from ?? "sending");
        if (file === undefined) {
          return false;
        }
        const at = now();
        const detail = { attempt: attempt.number };
        await note(trx, file[0], ending.kind === "unwanted" ? "answers" : ending.health);
        switch (ending.kind) {
          case "retry":
            await endAttempt(trx, attempt, { at, ...ending });
            for (const msg of file) {
              await tryAgain(trx, msg, { at, attempt, ...ending });
            }
            return true;
          case "failed":
            await endAttempt(trx, attempt, { at, ...ending });
            for (const msg of file) {
              if (ending.which.includes(msg.id)) {
                await changeMessage(trx, {
                  message: msg,
                  to: "failed",
                  cause: "system",
                  actor: "system",
                  at,
                  reason: ending.message,
                  set: { ...OUT_OF_FILE, crashes: 0 },
                  detail: { ...detail, failure: ending.failure },
                });
              } else {
                await tryAgain(trx, msg, { at, attempt, countsAsFailure: true, ...ending });
              }
            }
            return true;
          case "each-alone":
            await endAttempt(trx, attempt, { at, ...ending });
            await putBack(trx, file, { at, reason: ending.message, set: { alone: 1, crashes: 0 } });
            return true;
          case "unwanted": {
            const unwanted = file.filter((msg) => msg.unwanted !== null);
            const message = unwanted[0]?.unwanted ?? "not wanted any more";
            await endAttempt(trx, attempt, { at, failure: "Unwanted", message });
            for (const msg of unwanted) {
              await options.giveUp(trx, { message: msg, at, reason: msg.unwanted ?? message, detail });
            }
            const wanted = file.filter((msg) => msg.unwanted === null);
            await putBack(trx, wanted, { at, reason: "another one in the same file is not wanted any more" });
            return true;
          }
        }
      }),

    markUnknown: (attempt, { reason, health }) =>
      database.transaction(async (trx) => {
        const file = (await held(trx, attempt, "committing")) ?? (await held(trx, attempt, "sending"));
        if (file === undefined) {
          return false;
        }
        await endUnknown(trx, file[0], { at: now(), cause: "system", reason });
        await note(trx, file[0], health);
        return true;
      }),

    lookLater: (attempt, { message, delayMs, countsAsFailure, health }) =>
      database.transaction(async (trx) => {
        const file = await held(trx, attempt, "committing");
        if (file === undefined) {
          return false;
        }
        const at = now();
        await updateRows(trx, "attempts", { message }, { id: attempt.id });
        for (const msg of file) {
          await updateRows(
            trx,
            "messages",
            {
              next_attempt_at: at + delayMs,
              ...(countsAsFailure ? { failures: msg.failures + 1, failing_since: msg.failing_since ?? at } : {}),
              crashes: 0,
              claimed: 0,
              reason: message,
            },
            { id: msg.id },
          );
          await recordEvent(trx, {
            at,
            subject: "purchase-order",
            subjectId: msg.purchase_order_id,
            name: "delivery.outcome_unknown_yet",
            actor: "system",
            detail: { attempt: attempt.number, message },
          });
        }
        await note(trx, file[0], health);
        return true;
      }),

    giveBack: (attempt, { delayMs }) =>
      database.transaction(async (trx) => {
        const file = (await held(trx, attempt, "committing")) ?? (await held(trx, attempt, "sending"));
        if (file === undefined) {
          return false;
        }
        const set = { next_attempt_at: now() + delayMs, claimed: 0 };
        for (const msg of file) {
          await updateRows(trx, "messages", set, { id: msg.id });
        }
        await note(trx, file[0], "nothing");
        return true;
      }),

    async sameWrongSizes(attempt, size) {
      const rows = await database.db
        .selectFrom("attempts")
        .select("id")
        .where("message_id", "=", attempt.message_id)
        .where("version", "=", attempt.version)
        .where("state", "=", "not-sent")
        .where("failure", "=", wrongSize(size))
        .execute();
      return rows.length;
    },
  };
}

/** How an attempt that ended by a wrong size is remembered: the size tells whether the server does it again in the same way. */
export const wrongSize = (size: number): string => `WrongSize ${size}`;

async function tryAgain(
  trx: DatabaseTransaction,
  msg: MessagesTable,
  how: {
    readonly at: number;
    readonly attempt: AttemptsTable;
    readonly failure: string;
    readonly message: string;
    readonly delayMs: number;
    readonly countsAsFailure: boolean;
  },
): Promise<void> {
  const { at } = how;
  const failures = msg.failures + (how.countsAsFailure ? 1 : 0);
  const set = {
    ...OUT_OF_FILE,
    failures,
    failing_since: failures === 0 ? null : (msg.failing_since ?? at),
    crashes: 0,
    next_attempt_at: at + how.delayMs,
    generation: msg.generation + 1,
  };
  await changeMessage(trx, {
    message: msg,
    to: "ready",
    cause: "system",
    actor: "system",
    at,
    reason: how.message,
    set,
    detail: { attempt: how.attempt.number, failure: how.failure },
  });
}

async function endAttempt(
  trx: DatabaseTransaction,
  attempt: AttemptsTable,
  input: { readonly at: number; readonly failure: string; readonly message: string },
): Promise<void> {
  const { at, failure, message } = input;
  await updateRows(trx, "attempts", { state: "not-sent", ended_at: at, failure, message }, { id: attempt.id });
}
