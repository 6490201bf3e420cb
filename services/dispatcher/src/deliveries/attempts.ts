// The attempts of purchase orders, and the claim. Every function is one transaction; each change of an attempt is a
// compare-and-set on its token, so that a worker that was taken over finds out and stops.
//
//   sending ──▶ committing ──▶ sent           committing: the intent to rename is durable
//      │  │        │ └───────▶ unknown        only by a look (domain/delivery-table.ts)
//      │  └────────┴─▶ not-sent               ended before its rename, or the server refused that for certain
//      └───────▶ abandoned                    another worker took over
import { recordEvent, changeState } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { AttemptsTable, DatabaseTransaction, PurchaseOrdersTable } from "../database/schema.ts";
import type { Breaker, Health } from "./breaker.ts";
import { claim, type ClaimResult, type Destination } from "./claim.ts";
import type { Turns } from "./ports.ts";
import type { RecordSent } from "./sent.ts";

export type Ending =
  | {
      readonly kind: "retry";
      /** The server refused the rename for certain, in the session that wrote the intent; else it is before its intent. */
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
      readonly health: Health;
    }
  | { readonly kind: "cancelled" };

export interface AttemptStore {
  /** Takes the purchase order for one attempt, or says why there is nothing to do. */
  claim(input: { readonly purchaseOrder: string; readonly generation: number }): Promise<ClaimResult>;
  /** Step 3: the durable intent. False: the claim was lost, or a person or Shopify wants it cancelled. */
  writeIntent(attempt: AttemptsTable, fingerprint: string | null): Promise<"written" | "lost" | "cancel-wanted">;
  /** Step 5. False: the claim was lost. */
  markSent(attempt: AttemptsTable, how: { readonly inferred: boolean; readonly note: string | null }): Promise<boolean>;
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
  readonly turns: Turns;
  readonly recordSent: RecordSent;
  readonly breaker: Breaker;
  readonly now: () => number;
  readonly newId: () => string;
}): AttemptStore {
  const { database, now } = options;

  const note = (trx: DatabaseTransaction, po: PurchaseOrdersTable, health: Health): Promise<void> =>
    options.breaker.note(trx, { supplier: po.supplier, purchaseOrder: po.id, health, at: now() });

  /** The attempt, if it is still ours and in `state`. */
  const held = async (
    trx: DatabaseTransaction,
    attempt: AttemptsTable,
    state: AttemptsTable["state"],
  ): Promise<PurchaseOrdersTable | undefined> => {
    const row = await trx
      .selectFrom("attempts")
      .select(["state"])
      .where("id", "=", attempt.id)
      .where("token", "=", attempt.token)
      .executeTakeFirst();
    const po = await trx.selectFrom("purchase_orders").selectAll().where("id", "=", attempt.purchase_order_id).executeTakeFirst();
    return row?.state === state && po?.state === "sending" ? po : undefined;
  };

  return {
    claim: (job) => database.transaction((trx) => claim(trx, job, options)),

    writeIntent: (attempt, fingerprint) =>
      database.transaction(async (trx) => {
        const po = await held(trx, attempt, "sending");
        if (po === undefined) {
          return "lost";
        }
        if (po.cancel_wanted_at !== null) {
          return "cancel-wanted";
        }
        await trx
          .updateTable("attempts")
          .set({ state: "committing", intent_at: now(), fingerprint })
          .where("id", "=", attempt.id)
          .execute();
        return "written";
      }),

    markSent: (attempt, how) =>
      database.transaction(async (trx) => {
        const po = (await held(trx, attempt, "committing")) ?? (await held(trx, attempt, "sending"));
        if (po === undefined) {
          return false;
        }
        const at = now();
        await options.recordSent(trx, {
          po,
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
          },
        });
        await note(trx, po, "answers");
        return true;
      }),

    end: (attempt, ending) =>
      database.transaction(async (trx) => {
        const po = await held(trx, attempt, ending.kind === "cancelled" ? "sending" : (ending.from ?? "sending"));
        if (po === undefined) {
          return false;
        }
        const at = now();
        const common = { id: po.id, from: "sending", cause: "system", actor: "system", at } as const;
        await note(trx, po, ending.kind === "cancelled" ? "answers" : ending.health);
        switch (ending.kind) {
          case "retry": {
            const failures = po.failures + (ending.countsAsFailure ? 1 : 0);
            await endAttempt(trx, attempt, { at, failure: ending.failure, message: ending.message });
            const set = {
              failures,
              failing_since: failures === 0 ? null : (po.failing_since ?? at),
              crashes: 0,
              next_attempt_at: at + ending.delayMs,
              generation: po.generation + 1,
            };
            await changeState(trx, {
              ...common,
              to: "ready",
              reason: ending.message,
              set,
              detail: { attempt: attempt.number, failure: ending.failure },
            });
            return true;
          }
          case "failed":
            await endAttempt(trx, attempt, { at, failure: ending.failure, message: ending.message });
            await changeState(trx, {
              ...common,
              to: "failed",
              reason: ending.message,
              set: { crashes: 0 },
              detail: { attempt: attempt.number, failure: ending.failure },
            });
            return true;
          case "cancelled":
            await endAttempt(trx, attempt, { at, failure: "Cancelled", message: po.cancel_reason ?? "cancelled" });
            await changeState(trx, { ...common, to: "cancelled", reason: po.cancel_reason, detail: { attempt: attempt.number } });
            return true;
        }
      }),

    markUnknown: (attempt, { reason, health }) =>
      database.transaction(async (trx) => {
        const po = (await held(trx, attempt, "committing")) ?? (await held(trx, attempt, "sending"));
        if (po === undefined) {
          return false;
        }
        const at = now();
        await trx
          .updateTable("attempts")
          .set({ state: "unknown", ended_at: at, failure: "OutcomeUnknown", message: reason })
          .where("id", "=", attempt.id)
          .execute();
        await changeState(trx, {
          id: po.id,
          from: "sending",
          to: "unknown",
          cause: "system",
          actor: "system",
          at,
          reason,
          set: { crashes: 0 },
          detail: { attempt: attempt.number, path: attempt.final_path },
        });
        await note(trx, po, health);
        return true;
      }),

    lookLater: (attempt, { message, delayMs, countsAsFailure, health }) =>
      database.transaction(async (trx) => {
        const po = await held(trx, attempt, "committing");
        if (po === undefined) {
          return false;
        }
        const at = now();
        await trx.updateTable("attempts").set({ message }).where("id", "=", attempt.id).execute();
        await trx
          .updateTable("purchase_orders")
          .set({
            next_attempt_at: at + delayMs,
            ...(countsAsFailure ? { failures: po.failures + 1, failing_since: po.failing_since ?? at } : {}),
            crashes: 0,
            claimed: 0,
            reason: message,
          })
          .where("id", "=", po.id)
          .execute();
        await note(trx, po, health);
        await recordEvent(trx, {
          at,
          subject: "purchase-order",
          subjectId: po.id,
          name: "delivery.outcome_unknown_yet",
          actor: "system",
          detail: { attempt: attempt.number, message },
        });
        return true;
      }),

    giveBack: (attempt, { delayMs }) =>
      database.transaction(async (trx) => {
        const po = (await held(trx, attempt, "committing")) ?? (await held(trx, attempt, "sending"));
        if (po === undefined) {
          return false;
        }
        const set = { next_attempt_at: now() + delayMs, claimed: 0 };
        await trx.updateTable("purchase_orders").set(set).where("id", "=", po.id).execute();
        await note(trx, po, "nothing");
        return true;
      }),

    async sameWrongSizes(attempt, size) {
      const rows = await database.db
        .selectFrom("attempts")
        .select("id")
        .where("purchase_order_id", "=", attempt.purchase_order_id)
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

async function endAttempt(
  trx: DatabaseTransaction,
  attempt: AttemptsTable,
  input: { readonly at: number; readonly failure: string; readonly message: string },
): Promise<void> {
  const { at, failure, message } = input;
  await trx
    .updateTable("attempts")
    .set({ state: "not-sent", ended_at: at, failure, message })
    .where("id", "=", attempt.id)
    .execute();
}
