// Getting messages to their suppliers, each once: orders, replacements, cancellations, changes. It knows messages, and not why they
// exist: the room that wrote one is told what becomes of it (sent.ts). This room claims what is due, follows the protocol (deliver.ts holds the
// steps, docs/delivery.md the argument), keeps the journal, and after a crash looks before it acts. What must happen next is read
// from the state by the sweep.
//
//   ready ──claim──▶ sending ──intent, rename──▶ sent        sending ──not sent──▶ ready, later
//                       └──nothing can tell──▶ unknown       sending ──retries over, or a bad document──▶ failed
import type { Alerts, Condition } from "../alerts/alerts.ts";
import type { ConfiguredSupplier } from "../config/load.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";
import { createDeliveryActions, type DeliveryActions } from "./actions.ts";
import { about, deliveryAlerts, deliveryConditions, found, missingJournal, restored, unwritableJournal } from "./alerts.ts";
import { createAttemptStore } from "./attempts.ts";
import { answersAgain, createBreaker } from "./breaker.ts";
import { createBrokenAttempts } from "./broken-attempts.ts";
import { createDeliver, type Deliver, type DeliverOptions } from "./deliver.ts";
import type { OpenJournal } from "./journal.ts";
import { createJournaling } from "./journaling.ts";
import { answerAlerts, answerConditions } from "./answer-alerts.ts";
import { createPickups, type LookForPickups } from "./pickups.ts";
import type { Sessions, Turns } from "./ports.ts";
import { reconcileWithJournal, type SettleUnsent } from "./restore.ts";
import { createGiveUp, createRecordSent, type MessageOwner, type RecordSent } from "./sent.ts";
import { createDeliverySweep, type DueDelivery } from "./sweep.ts";

/** What this room tells people of. */
export const alertsOfDeliveries = [...deliveryAlerts, ...answerAlerts];

export type { Deliver, DeliverOptions } from "./deliver.ts";
export { openJournal, type OpenJournal } from "./journal.ts";
export type { SettleUnsent } from "./restore.ts";
export type { MessageOwner } from "./sent.ts";
export type { DueDelivery } from "./sweep.ts";

/** What delivering needs to know of suppliers, and may do to them. */
export interface DeliverySuppliers extends Sessions, Turns {
  readonly all: readonly { readonly id: string }[];
  find(id: string): ConfiguredSupplier | undefined;
  /** Throws Error for an unknown supplier. */
  get(id: string): ConfiguredSupplier;
  language(id: string): { join(documents: readonly Uint8Array[]): Buffer };
  pause(id: string, reason: string): Promise<void>;
  noteFingerprint(id: string, fingerprint: string | null): Promise<void>;
  answerDueAt(
    id: string,
    of: { readonly acknowledgement: AcknowledgementStatus | null; readonly pickedUp: boolean; readonly sentAt: number },
  ): number | null;
  expectsPickup(id: string): boolean;
  connections(id: string): number;
}

export interface Deliveries {
  /** One attempt. */
  readonly deliver: Deliver;
  readonly actions: DeliveryActions;
  /** The supplier's answer proves that it has the message: it is sent, whatever we knew. */
  recordEvidence(
    trx: DatabaseTransaction,
    evidence: { readonly message: MessagesTable; readonly at: number; readonly actor: string; readonly reason: string },
  ): Promise<void>;
  /** A person knows that the supplier has it. */
  readonly recordSent: RecordSent;
  /** What is due now, of each supplier at most `limit`; marks deadlines that passed. */
  sweep(limit: number): Promise<readonly DueDelivery[]>;
  /** Before the sweep: attempts that a fault of our own broke, and lines that the journal could not take. */
  catchUp(): Promise<void>;
  /** The one message, if it is due now. */
  due(message: string): Promise<DueDelivery | undefined>;
  readonly lookForPickups: LookForPickups;
  /** The supplier's server answers after it did not: what waits for it is tried now. */
  answersAgain(supplier: string): Promise<unknown>;
  /** Once at start: what an earlier process left, by database and journal. Returns how many are due again. */
  recover(): Promise<number>;
  readonly conditions: readonly Condition[];
}

/** Milliseconds within which "both files are gone" after a lost reply is believed to mean "taken". */
const INFER_WITHIN_MS = 15 * 60_000;

export function createDeliveries(options: {
  readonly database: OpenDatabase;
  readonly suppliers: DeliverySuppliers;
  readonly journal: OpenJournal;
  /** Who wrote the messages. */
  readonly owner: MessageOwner & { readonly settleUnsent: SettleUnsent };
  readonly alerts: Pick<Alerts, "raise" | "tell" | "end">;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly newId: () => string;
  /** Between two steps of a delivery; tests stop the world there. */
  readonly at?: DeliverOptions["at"] | undefined;
}): Deliveries {
  const { database, suppliers, alerts, now, random, newId } = options;

  const { owner } = options;
  const recordSent = createRecordSent(owner);
  const journaling = createJournaling({
    database,
    journal: options.journal.journal,
    now,
    onFailure: (error) => alerts.tell(unwritableJournal({ reason: error.message })),
    onSuccess: () => alerts.end(unwritableJournal, ["journal"]),
  });
  const attempts = createAttemptStore({
    database,
    destination: (id) => {
      const one = suppliers.find(id);
      return one && { supplier: id, host: one.transport.host, port: one.transport.port, ...one.orders };
    },
    batch: (id) => {
      const most = suppliers.find(id)?.batch?.most;
      return most === undefined ? undefined : { most, join: suppliers.language(id).join };
    },
    turns: suppliers,
    recordSent,
    giveUp: createGiveUp(owner),
    tellOfFound: (trx, { message, attempt, how }) =>
      alerts.raise(trx, found({ ...about(message), path: attempt.final_path, how })),
    breaker: createBreaker({ schedule: (id) => suppliers.find(id)?.breaker, random }),
    now,
    newId,
  });
  const brokenAttempts = createBrokenAttempts({ giveBack: attempts.giveBack });
  const deliver = createDeliver({
    journaling,
    attempts,
    sessions: suppliers,
    suppliers: {
      pause: suppliers.pause,
      noteFingerprint: suppliers.noteFingerprint,
      toleratesDuplicates: (id) => suppliers.get(id).orders.duplicates === "tolerated",
      expectsAnswer: owner.isAnswered,
      retry: (id) => suppliers.get(id).retry,
    },
    onBroken: brokenAttempts.add,
    now,
    random,
    inferWithinMs: INFER_WITHIN_MS,
    ...(options.at === undefined ? {} : { at: options.at }),
  });
  const sweep = createDeliverySweep({
    database,
    retry: (id) => suppliers.find(id)?.retry,
    turns: suppliers,
    perMinute: (id) => suppliers.find(id)?.orders.perMinute ?? null,
    connections: (id) => (suppliers.find(id) === undefined ? 1 : suppliers.connections(id)),
    now,
    random,
  });

  return {
    deliver,
    actions: createDeliveryActions({ database, recordSent, sends: suppliers.sends, now }),
    recordSent,
    recordEvidence: (trx, evidence) => recordSent(trx, { ...evidence, cause: "evidence", inferred: false, detail: {} }),

    async catchUp() {
      await brokenAttempts.giveBack();
      await journaling.catchUp();
    },
    async sweep(limit) {
      await sweep.markOverdue();
      return await sweep.due(limit);
    },
    due: sweep.one,
    lookForPickups: createPickups({ database, dueAt: suppliers.answerDueAt, now }),
    answersAgain: (supplier) => answersAgain(database, { supplier, at: now() }),

    async recover() {
      if (options.journal.isNew && (await sweep.hasSent())) {
        await alerts.tell(missingJournal({}));
      }
      const { entries } = options.journal;
      const found = await reconcileWithJournal({ database, entries, recordSent, settleUnsent: owner.settleUnsent, now });
      if (found !== undefined) {
        await alerts.tell(restored({ at: now(), ...found }));
      }
      return await sweep.recover();
    },
    conditions: [
      ...deliveryConditions({ isSupplier: (id) => suppliers.find(id) !== undefined, now }),
      ...answerConditions({ expectsPickup: suppliers.expectsPickup }),
    ],
  };
}
