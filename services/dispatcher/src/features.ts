// The features on top of a database and the suppliers' servers, without queues, timers or ports: what the service does,
// for app.ts to call when, and for tests to call by hand.
import { randomBytes, randomUUID } from "node:crypto";
import type { Alert } from "./alerts/alerts.ts";
import { createCatalogueImports } from "./catalogue/imports/imports.ts";
import { createCatalogueLoader } from "./catalogue/view.ts";
import { openSchedule, type ConfiguredSupplier, type HandlerConfig } from "./config/load.ts";
import { accessOf, insecurity, type TransportSettings } from "./config/transport-settings.ts";
import type { OpenDatabase } from "./database/open.ts";
import { createUnendedWork } from "./database/unended.ts";
import { createSettle } from "./dead-letters.ts";
import {
  alertOfInsecurity,
  alertOfPause,
  alertOfRestored,
  alertOfSetAside,
  alertOfStranded,
  alertOfUnwritableJournal,
  createUnreachableAlerts,
  MISSING_JOURNAL,
} from "./delivery-alerts.ts";
import { createDeliveryActions } from "./deliveries/actions.ts";
import { createAttemptStore } from "./deliveries/attempts.ts";
import { createBreaker } from "./deliveries/breaker.ts";
import { createBrokenAttempts } from "./deliveries/broken-attempts.ts";
import { createDeliver, type Deliver, type DeliverOptions } from "./deliveries/deliver.ts";
import type { OpenJournal } from "./deliveries/journal.ts";
import { createJournaling } from "./deliveries/journaling.ts";
import type { Turns } from "./deliveries/ports.ts";
import { reconcileWithJournal } from "./deliveries/restore.ts";
import { createPickups } from "./deliveries/pickups.ts";
import { createRecordSent } from "./deliveries/sent.ts";
import { createSupplierStore } from "./deliveries/suppliers.ts";
import { createDeliverySweep, type DueDelivery } from "./deliveries/sweep.ts";
import { renderDeliveryNote } from "./documents/delivery-note.ts";
import { createLanguage, type Language } from "./documents/language.ts";
import { nextDeadline } from "./domain/answers/expectation.ts";
import { deadline, requestedDay, servedUntil, turnOf, type Schedule } from "./domain/schedule/schedule.ts";
import { createAcknowledgementInbox, type AnswerDueAt } from "./inbound/acknowledgements.ts";
import { createGuardedInbox } from "./inbound/guarded-inbox.ts";
import { createKeptFiles } from "./inbound/kept-files.ts";
import { createSetAsideFiles } from "./inbound/set-aside.ts";
import { createAcknowledgementPoll, type FileNews, type PollReport } from "./inbound/poll.ts";
import { alertOfFile } from "./file-alerts.ts";
import { createAnswerNotice, createNoticeActions } from "./inbound/notice-answers.ts";
import { recordNotReceived, recordOrdered, recordWithdrawn } from "./inventory/ledger.ts";
import type { Actions } from "./operations/actions.ts";
import { createOrderActions } from "./orders/actions.ts";
import { createGuardedIntake, type GuardedIntake } from "./orders/guarded-intake.ts";
import { createIntake } from "./orders/intake.ts";
import { createLetters } from "./orders/letters.ts";
import { alertOfOverdue, tellOfNotice } from "./notice-alerts.ts";
import { createNotices } from "./orders/notices.ts";
import { createPlanner } from "./orders/planner.ts";
import { createPurchaseOrderWriter } from "./orders/purchase-orders.ts";
import { createPlanningChange } from "./planning-change.ts";
import { createLookIntoFolders } from "./supplier-folders.ts";
import { createSupplierChecks } from "./supplier-checks.ts";
import { createSessionPools } from "./transports/session-pools.ts";
import type { SupplierSession } from "./transports/transport.ts";

export interface FeaturesOptions {
  readonly config: HandlerConfig;
  readonly database: OpenDatabase;
  readonly journal: OpenJournal;
  /** Opens a session. Throws NotSent and Refused. */
  readonly connect: (transport: TransportSettings) => Promise<SupplierSession>;
  readonly alert: (alert: Alert) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** What became of a supplier's file. */
  readonly onFile?: (news: FileNews) => void;
  /** Between two steps of a delivery; tests stop the world there. */
  readonly at?: DeliverOptions["at"];
}

export interface Features {
  readonly intake: GuardedIntake;
  readonly deliver: Deliver;
  readonly actions: Actions;
  /** How many deliveries to a supplier can be under way at once. */
  readonly connections: (supplier: string) => number;
  /**
   * Looks whether a supplier that is not paused has taken its files, where that is expected, and reads and applies its
   * acknowledgements; undefined where it has none to read. Throws NotSent.
   */
  pollAcknowledgements(supplier: string): Promise<PollReport | undefined>;
  /** What is due now, read from the state. Plans again what waited for a delivery, and tells of deadlines that passed. */
  sweep(limit: number): Promise<readonly DueDelivery[]>;
  /** The one purchase order, if it is due now. */
  due(purchaseOrder: string): Promise<DueDelivery | undefined>;
  /** Once at start: what an earlier process left, and what a changed configuration changes. */
  recover(): Promise<{
    readonly deliveries: number;
    readonly resumed_suppliers: readonly string[];
    readonly became_ready: number;
  }>;
  /** Finishes what uses a session and closes them all. */
  close(): Promise<void>;
}

/** Milliseconds within which "both files are gone" after a lost reply is believed to mean "taken". */
const INFER_WITHIN_MS = 15 * 60_000;
/** Milliseconds that an unreadable answer may still be being written. */
const UNREADABLE_PATIENCE_MS = 60_000;

/** When people are told that a supplier cannot be reached: after so many failed attempts of one, or so long behind the breaker. */
const TELL_AFTER = { failures: 5, openForMs: 10 * 60_000 };

export function composeFeatures(options: FeaturesOptions): Features {
  const { config, database, alert, now } = options;
  const newId = randomUUID;
  const suppliers = new Map(config.suppliers.map((one) => [one.id, one]));
  const supplierOf = (id: string): ConfiguredSupplier => known(suppliers.get(id), id);

  // Suppliers' connections, kept while there is work.
  const sessions = createSessionPools({ suppliers: config.suppliers, connect: options.connect });

  // When: schedules and deadlines.
  const schedules = new Map(config.suppliers.map((one) => [one.id, openSchedule(one.schedule)]));
  const scheduleOf = (id: string): Schedule => known(schedules.get(id), id);
  const turns: Turns = {
    sends: (id) => suppliers.get(id)?.mode !== "dry-run",
    servedUntil: (id, at) => {
      const schedule = schedules.get(id);
      return schedule === undefined ? at : servedUntil(schedule, at);
    },
  };

  const languages = new Map(config.suppliers.map((one) => [one.id, createLanguage(one.document)]));
  const languageOf = (id: string): Language => known(languages.get(id), id);

  // Orders.
  const writer = createPurchaseOrderWriter({
    buyer: config.buyer,
    attributes: config.policy.attributes,
    suppliers: config.suppliers,
    render: (supplier, content) => {
      const language = languageOf(supplier);
      const written = language.write(content);
      if (supplierOf(supplier).batch !== null) {
        language.join([written.bytes]); // What cannot stand in a file with others is told of here, and holds nobody up later.
      }
      return { format: language.format, ...written };
    },
    deliveryNote: (supplier, content) =>
      supplierOf(supplier).orders.deliveryNote === null ? undefined : renderDeliveryNote(content),
    requestedDelivery: (id, issuedAt) => {
      const days = supplierOf(id).requestedWorkingDays;
      const day = days === null ? null : requestedDay(scheduleOf(id), days, issuedAt);
      return day === null ? null : { earliest: day, latest: day };
    },
    newId: shortId,
  });
  const plan = createPlanner({
    writer,
    policy: config.policy,
    suppliers: config.suppliers,
    catalogue: createCatalogueLoader({ timezone: (id) => suppliers.get(id)?.catalogue.timezone ?? "UTC" }),
  });
  const unended = createUnendedWork({ database, now });
  const { takeIn, setAside } = createIntake({ database, plan, now, newId, alert });
  const intake = createGuardedIntake({ intake: takeIn, setAside, unended });
  const orderActions = createOrderActions({
    database,
    plan,
    writer,
    ledger: recordNotReceived,
    turn: (id, waitsSince) => turnOf(scheduleOf(id), waitsSince, now()),
    sends: turns.sends,
    now,
    alert,
  });

  const notices = createNotices({
    database,
    writer,
    telling: config.suppliers.filter((one) => one.cancel !== null && turns.sends(one.id)).map((one) => one.id),
    notTold: (id, purpose) => {
      const one = suppliers.get(id);
      if (one === undefined) {
        return `the supplier ${id} is not in the configuration`;
      }
      if (one.cancel === null) {
        return `suppliers.${id}.cancel is not set`;
      }
      if (!turns.sends(id)) {
        return `the supplier ${id} is in dry run`;
      }
      return languageOf(id).says[purpose] ? undefined : `its format ${one.document.format} does not say ${purpose}`;
    },
    now,
    newId: shortId,
    alert,
  });

  const answerDueAt: AnswerDueAt = (id, { acknowledgement, pickedUp, sentAt }) =>
    nextDeadline(suppliers.get(id)?.expectations ?? [], {
      acknowledgement,
      pickedUp,
      dueAt: (within) => deadline(scheduleOf(id), within, sentAt),
    });

  const noticeDueAt = (id: string, sentAt: number): number | null => {
    const within = suppliers.get(id)?.cancel?.answerWithin ?? null;
    return within === null ? null : deadline(scheduleOf(id), within, sentAt);
  };

  // Deliveries.
  const supplierStore = createSupplierStore({ database, now });
  const recordSent = createRecordSent({
    acknowledgementDue: ({ supplier, notice_of: about }, sentAt) =>
      about === null ? answerDueAt(supplier, { acknowledgement: null, pickedUp: false, sentAt }) : noticeDueAt(supplier, sentAt),
    ledger: recordOrdered,
  });
  const pause = async (id: string, reason: string): Promise<void> => {
    if (await supplierStore.pause(id, { reason, access: accessOf(supplierOf(id).transport) })) {
      alert(alertOfPause(id, reason));
    }
  };
  const journaling = createJournaling({
    database,
    journal: options.journal.journal,
    now,
    onFailure: (error) => alert(alertOfUnwritableJournal(error)),
  });
  const attempts = createAttemptStore({
    database,
    destination: (id) => {
      const one = suppliers.get(id);
      return one && { supplier: id, host: one.transport.host, port: one.transport.port, ...one.orders };
    },
    batch: (id) => {
      const most = suppliers.get(id)?.batch?.most;
      return most === undefined ? undefined : { most, join: languageOf(id).join };
    },
    turns,
    recordSent,
    breaker: createBreaker({ schedule: (id) => suppliers.get(id)?.breaker, random: options.random }),
    now,
    newId,
  });
  const brokenAttempts = createBrokenAttempts({ giveBack: attempts.giveBack });
  const deliver = createDeliver({
    journaling,
    attempts,
    sessions,
    suppliers: {
      pause,
      seen: supplierStore.seen,
      toleratesDuplicates: (id) => supplierOf(id).orders.duplicates === "tolerated",
      expectsAcknowledgement: ({ supplier, notice_of: about }) =>
        about === null ? isAnswered(supplierOf(supplier)) : noticeDueAt(supplier, now()) !== null,
      retry: (id) => supplierOf(id).retry,
    },
    alert,
    onBroken: brokenAttempts.add,
    now,
    random: options.random,
    inferWithinMs: INFER_WITHIN_MS,
    ...(options.at === undefined ? {} : { at: options.at }),
  });
  const deliverySweep = createDeliverySweep({
    database,
    retry: (id) => suppliers.get(id)?.retry,
    turns,
    perMinute: (id) => suppliers.get(id)?.orders.perMinute ?? null,
    now,
    random: options.random,
  });
  const lookForPickups = createPickups({ database, dueAt: answerDueAt, now });
  const deliveryActions = createDeliveryActions({ database, recordSent, sends: turns.sends, now });

  // Inbound.
  const answerNotice = createAnswerNotice({ ledger: recordWithdrawn });
  const inbox = createAcknowledgementInbox({
    database,
    read: (supplier, bytes) => languageOf(supplier).read(bytes),
    recordEvidence: (trx, evidence) => recordSent(trx, { ...evidence, cause: "evidence", inferred: false, detail: {} }),
    answerNotice,
    dueAt: answerDueAt,
    now,
    newId,
  });
  const poll = createAcknowledgementPoll({
    inbox: createGuardedInbox({ inbox, unended }),
    use: sessions.use,
    tell: (news) => {
      options.onFile?.(news);
      const told = alertOfFile(news);
      if (told !== undefined) {
        alert(told);
      }
    },
    kept: createKeptFiles({ database, now }),
    newId: () => randomBytes(4).toString("hex"),
    now,
    patienceMs: UNREADABLE_PATIENCE_MS,
  });

  const files = createSetAsideFiles({ database, inbox, now });
  const settle = createSettle({
    database,
    isSupplier: (id) => suppliers.has(id),
    orders: orderActions,
    deliveries: deliveryActions,
    letters: createLetters({ database, intake: takeIn, now }),
    notices: createNoticeActions({ database, answer: answerNotice, now }),
    files,
  });

  const lookIntoFolders = createLookIntoFolders<PollReport>({
    // In dry run another system may still be at work with this supplier: its answers are not ours to take.
    isPaused: async (id) => !turns.sends(id) || (await supplierStore.isPaused(id)),
    async look(id) {
      const supplier = supplierOf(id);
      const report = supplier.acknowledgements === null ? undefined : await poll({ supplier: id, ...supplier.acknowledgements });
      if (expectsPickup(supplier)) {
        await lookForPickups(id, (work) => sessions.use(id, work));
      }
      return report;
    },
    pause,
    answersAgain: supplierStore.answersAgain,
    alert,
  });
  const tellOfUnreachable = createUnreachableAlerts(alert);
  const planAgainIfChanged = createPlanningChange({ config, database, planAgain: () => orderActions.planAgain("all-open") });

  return {
    intake,
    async deliver(job) {
      const outcome = await deliver(job);
      if (outcome.kind === "sent") {
        await tellOfNotice(database, job.purchaseOrder, alert);
      }
      return outcome;
    },
    connections: sessions.connections,
    actions: {
      release: orderActions.release,
      hold: orderActions.hold,
      adopt: orderActions.adopt,
      settle,
      applyFile: files.apply,
      resume: supplierStore.resume,
      check: createSupplierChecks({ config, database, use: sessions.use, now }),
      catalogue: createCatalogueImports({ database, now, newId }),
    },

    pollAcknowledgements: lookIntoFolders,

    async sweep(limit) {
      await brokenAttempts.giveBack();
      await journaling.catchUp();
      await orderActions.planAgain("flagged");
      await notices.sweep();
      (await deliverySweep.overdueAcknowledgements())
        .map((overdue) => {
          const supplier = suppliers.get(overdue.supplier);
          return alertOfOverdue(overdue, { expectsPickup: supplier !== undefined && expectsPickup(supplier) });
        })
        .forEach(alert);
      tellOfUnreachable(await deliverySweep.notGettingThrough(TELL_AFTER));
      return await deliverySweep.due(limit);
    },

    due: deliverySweep.one,

    async recover() {
      const resumed = await supplierStore.start(config.suppliers.map((one) => ({ id: one.id, access: accessOf(one.transport) })));
      if (options.journal.isNew && (await deliverySweep.hasSent())) {
        alert(MISSING_JOURNAL);
      }
      const restored = await reconcileWithJournal({ database, entries: options.journal.entries, recordSent, now });
      if (restored !== undefined) {
        alert(alertOfRestored(restored));
      }
      for (const { id, transport } of config.suppliers) {
        const why = insecurity(transport);
        if (why !== null) {
          alert(alertOfInsecurity(id, why));
        }
      }
      const { due: deliveries, setAside } = await deliverySweep.recover();
      setAside.map(alertOfSetAside).forEach(alert);
      const ready = await planAgainIfChanged();
      (await deliverySweep.stranded([...suppliers.keys()])).map(alertOfStranded).forEach(alert);
      return { deliveries, resumed_suppliers: resumed, became_ready: ready.length };
    },

    async close() {
      await sessions.close();
      languages.forEach((language) => language.close());
    },
  };
}

const expectsPickup = ({ expectations }: ConfiguredSupplier): boolean => expectations.some((one) => one.expect === "pickup");

/** An answer tells of a mistake; a file that is gone does not. */
const isAnswered = ({ expectations }: ConfiguredSupplier): boolean => expectations.some((one) => one.expect !== "pickup");

function known<T>(value: T | undefined, supplier: string): T {
  if (value === undefined) {
    throw new Error(`the supplier ${supplier} is not in the configuration`);
  }
  return value;
}

/** 80 random bits, easy to read out: the id of a purchase order. */
const shortId = (): string => `po${BigInt(`0x${randomBytes(10).toString("hex")}`).toString(36)}`;
