// What must happen next is read from the state, never from a table of messages: so an empty Redis is refilled, and
// nothing that was deleted or lost there can strand a message.
import { findRow, findRows, updateRows } from "../database/statements.ts";
import { latestDue } from "./due.ts";
import { keepsBack } from "./breaker.ts";
import { placesLeft } from "./pace.ts";
import type { Turns } from "./ports.ts";
import { latestWait } from "../domain/schedule/schedule.ts";
import { retryDelay, type RetrySchedule } from "../domain/delivery/retry.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { changeMessage, recordEvent } from "../database/audit.ts";

export interface DueDelivery {
  readonly message: string;
  readonly supplier: string;
  readonly generation: number;
}

export interface DeliverySweep {
  /**
   * This process alone owns the database, so every attempt in it that seems to run belongs to a process that is gone:
   * their purchase orders are due, in a new generation (the old job may still stand in Redis). At once after one crash;
   * later, by the supplier's schedule, after several in a row; and after five it has failed, because it may be their cause.
   */
  recover(): Promise<number>;
  /** Whether anything was ever sent. */
  hasSent(): Promise<boolean>;
  /** Messages that an attempt should be made for now: of each supplier the oldest, at most `limit`. */
  due(limit: number): Promise<readonly DueDelivery[]>;
  one(message: string): Promise<DueDelivery | undefined>;
  /** Marks messages whose answer did not come in time. */
  markOverdue(): Promise<void>;
}

/** Crashes in a row while it was being sent, after which a message is set aside. */
const MOST_CRASHES = 5;

export function createDeliverySweep(options: {
  readonly database: OpenDatabase;
  readonly retry: (supplier: string) => RetrySchedule | undefined;
  readonly turns: Turns;
  /** Most attempts at a supplier that begin in a minute; null: no limit. */
  readonly perMinute: (supplier: string) => number | null;
  /** How many attempts at it can have a session at once. */
  readonly connections: (supplier: string) => number;
  readonly now: () => number;
  readonly random: () => number;
}): DeliverySweep {
  const { database, now, turns } = options;
  /** Of one supplier, for which it is the turn of what waits since `served`; what may have been renamed is looked at at any time. */
  const due = (supplier: string) => {
    const at = now();
    const served = turns.servedUntil(supplier, at);
    const waiting = database.db
      .selectFrom("messages")
      .innerJoin("suppliers", "suppliers.id", "messages.supplier")
      .select(["messages.id as message", "messages.supplier", "messages.generation"])
      .where("messages.state", "in", ["ready", "sending"])
      // One to be planned again waits for that, but not the abandoned attempt of one: its claim brings it back first.
      .where((eb) => eb.or([eb("messages.stale", "=", 0), eb("messages.state", "=", "sending")]))
      .where((eb) => eb.or([eb("messages.next_attempt_at", "<=", at), eb("messages.next_attempt_at", ">", latestDue(at))]))
      .where("messages.supplier", "=", supplier)
      // In a file with others, its lead is handed over.
      .where("messages.carried_by", "is", null)
      .where("suppliers.paused_at", "is", null);
    return turns.sends(supplier)
      ? waiting.where((eb) =>
          eb.or([
            eb("messages.state", "=", "sending"),
            eb("messages.waits_since", "is", null),
            eb("messages.waits_since", "<=", served),
            eb("messages.waits_since", ">", latestWait(at)),
          ]),
        )
      : waiting.where("messages.state", "=", "sending");
  };

  return {
    recover: () =>
      database.transaction(async (trx) => {
        const at = now();
        await trx.updateTable("suppliers").set({ probe_at: at }).where("probe_at", "is not", null).execute();
        const running = await findRows(trx, "messages", { state: "sending" });
        const waited = await waitingForSession(trx, options.connections);
        let setAside = 0;
        for (const msg of running) {
          const crashes = msg.crashes + (waited.has(msg.carried_by ?? msg.id) ? 0 : msg.claimed);
          const last = await trx
            .selectFrom("attempts")
            .select(["id", "state"])
            .where("message_id", "=", msg.id)
            .orderBy("number", "desc")
            .executeTakeFirst();
          // One that is carried waits for its lead, and goes by itself afterwards.
          if (msg.carried_by === null && crashes >= MOST_CRASHES && last?.state !== "committing") {
            const reason = `the process ended ${crashes} times in a row while it was being sent: it may be the cause`;
            // It carries nobody: after its first crash it goes by itself (claim.ts).
            await updateRows(
              trx,
              "attempts",
              { state: "not-sent", ended_at: at, failure: "Crashed", message: reason },
              { message_id: msg.id, state: "sending" },
            );
            const change = { message: msg, to: "failed", cause: "system", actor: "system", at, reason } as const;
            await changeMessage(trx, { ...change, set: { crashes: 0, generation: msg.generation + 1 } });
            setAside++;
            continue;
          }
          const schedule = options.retry(msg.supplier);
          const delay = crashes <= 1 || schedule === undefined ? 0 : retryDelay(schedule, crashes - 1, options.random);
          await updateRows(
            trx,
            "messages",
            { next_attempt_at: at + delay, generation: msg.generation + 1, crashes, claimed: 0 },
            { id: msg.id },
          );
        }
        return running.length - setAside;
      }),

    async hasSent() {
      return (
        (await database.db.selectFrom("messages").select("id").where("sent_at", "is not", null).limit(1).executeTakeFirst()) !==
        undefined
      );
    },

    async due(limit) {
      // For each supplier by itself: a long queue at one must not hide what is due at another.
      const suppliers = await database.db
        .selectFrom("suppliers")
        .select(["id", "probe_at"])
        .where("paused_at", "is", null)
        .execute();
      const at = now();
      const lists = await Promise.all(
        suppliers.map(async (supplier) => {
          const perMinute = options.perMinute(supplier.id);
          const own = due(supplier.id).orderBy("messages.next_attempt_at");
          // Behind an open breaker: one to try, when it is time; and always those that may have been renamed.
          const begun = own.where("messages.state", "=", "sending").limit(limit);
          if (keepsBack(supplier, at)) {
            return await begun.execute();
          }
          const most = supplier.probe_at === null ? limit : 1;
          if (perMinute === null) {
            return await own.limit(most).execute();
          }
          const places = await placesLeft(database.db, { supplier: supplier.id, perMinute, at });
          const ready = own.where("messages.state", "=", "ready").limit(Math.min(most, places));
          return [...(await begun.execute()), ...(places === 0 ? [] : await ready.execute())];
        }),
      );
      return lists.flat();
    },

    async one(message) {
      const msg = await findRow(database.db, "messages", { id: message });
      return msg && (await due(msg.supplier).where("messages.id", "=", message).executeTakeFirst());
    },

    markOverdue: () =>
      database.transaction(async (trx) => {
        const at = now();
        const rows = await trx
          .selectFrom("messages")
          .select(["id", "kind", "purchase_order_id", "answer_due_at"])
          .where("state", "=", "sent")
          .where("answer_overdue", "=", 0)
          .where("answer_due_at", "<=", at)
          .execute();
        for (const row of rows) {
          await updateRows(trx, "messages", { answer_overdue: 1 }, { id: row.id });
          await recordEvent(trx, {
            at,
            subject: "purchase-order",
            subjectId: row.purchase_order_id,
            name: "acknowledgement.overdue",
            actor: "system",
            detail: { due_at: row.answer_due_at, ...(row.id === row.purchase_order_id ? {} : { message: row.id }) },
          });
        }
      }),
  };
}

/**
 * Messages, and attempts that carry several, whose attempt was claimed while it waited for a session: it touched nothing, and caused
 * no crash. Sessions are given in the order of the claims.
 */
async function waitingForSession(
  trx: DatabaseTransaction,
  connections: (supplier: string) => number,
): Promise<ReadonlySet<string>> {
  const running = await trx
    .selectFrom("attempts")
    .innerJoin("messages", "messages.id", "attempts.message_id")
    .select(["attempts.id", "attempts.message_id", "attempts.state", "messages.supplier"])
    .where("attempts.state", "in", ["sending", "committing"])
    .orderBy("attempts.started_at")
    .orderBy("attempts.id")
    .execute();
  const behind = [...Map.groupBy(running, (one) => one.supplier)].flatMap(([supplier, own]) =>
    own.slice(connections(supplier)).filter((one) => one.state === "sending"),
  );
  return new Set(behind.flatMap((one) => [one.id, one.message_id]));
}
