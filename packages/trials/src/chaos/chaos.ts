// The course of a run: start the world, send orders while everything fails, let the faults end, wait until nothing more
// happens, and judge by the suppliers' disks.
//
//   plan → world → sending ∥ kills ∥ incidents ∥ strikes of the servers → faults end → settled → verdict
import { setTimeout as wait } from "node:timers/promises";
import { createOrderGenerator, DEFAULT_MIX } from "@soh/simulators/orders";
import { filesOf, leftovers } from "../world/found-files.ts";
import type { Ledger } from "../world/ledger.ts";
import { HOLDS, PARTNERS } from "../world/partners.ts";
import { NotStarted } from "../world/service.ts";
import { serveCustomers } from "./customers.ts";
import { runIncidents } from "./incidents.ts";
import { judge, type Verdict } from "./judge.ts";
import { runKills } from "./kills.ts";
import type { ChaosOptions } from "./options.ts";
import { playPerson } from "./person.ts";
import { INCIDENT_KINDS, LEAST_KILLS_TO_RESTORE, makePlan, RESTORED, type Plan } from "./plan.ts";
import { figuresOf, introduction, inWords, report, type Figures } from "./report.ts";
import { settle } from "./settle.ts";
import { serverFault, setUp, type Setup } from "./setup.ts";
import type { Stage } from "./stage.ts";

export interface ChaosResult {
  /** Of the process. */
  readonly status: number;
  /** Once everything was counted. */
  readonly figures: Figures | undefined;
}

/** Milliseconds from the end of the faults. */
const SETTLED_WITHIN_MS = 120_000;
/** Milliseconds that strikes which met nothing while orders were sent may still wait for one. */
const LAST_STRIKES_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;
/** Of about a hundred orders; most are paid later, and only what is newest says so. */
const UNPAID = 10;

type Outcome =
  | { readonly kind: "judged"; readonly figures: Figures; readonly problems: readonly string[] }
  | { readonly kind: "broken"; readonly what: string }
  | { readonly kind: "interrupted" };

/** The signal is Ctrl-C: it ends the run at any moment, and everything is stopped. */
export async function runChaos(
  options: ChaosOptions,
  { say, signal }: { readonly say: (text: string) => void; readonly signal: AbortSignal },
): Promise<ChaosResult> {
  const plan = makePlan({ ...options, suppliers: PARTNERS.map(({ id }) => id) });
  say(introduction(options, plan));
  let setup: Setup;
  try {
    setup = await setUp({ options, plan, say, signal });
  } catch (error) {
    if (signal.aborted || error instanceof NotStarted) {
      say(signal.aborted ? "Stopped while starting." : String(error));
      return { status: 1, figures: undefined };
    }
    throw error;
  }

  const { world } = setup.stage;
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal]);
  let outcome: Outcome = { kind: "interrupted" };
  let keep = true; // What throws is a bug of ours: its traces stay.
  let unclean: readonly string[];
  try {
    outcome = await Promise.race([
      play({ options, plan, setup, say, signal: ending }),
      world.broken.then((what): Outcome => ({ kind: "broken", what })),
      aborted(signal),
    ]);
    const failed = outcome.kind === "broken" || (outcome.kind === "judged" && outcome.problems.length > 0);
    keep = options.keep || failed;
  } finally {
    over.abort();
    setup.endFaults();
    unclean = await setup.stop({ keep });
    say(keep ? `Kept: ${world.folder}` : "Nothing is left running, and the folder is gone.");
  }
  return conclude(outcome, unclean, say);
}

function conclude(outcome: Outcome, unclean: readonly string[], say: (text: string) => void): ChaosResult {
  switch (outcome.kind) {
    case "broken":
    case "interrupted":
      say([outcome.kind === "broken" ? outcome.what : "Stopped.", ...unclean].join("\n"));
      return { status: 1, figures: undefined };
    case "judged": {
      const problems = [...outcome.problems, ...unclean];
      say(report(outcome.figures, problems));
      return { status: problems.length === 0 ? 0 : 1, figures: outcome.figures };
    }
  }
}

interface Act {
  readonly options: ChaosOptions;
  readonly plan: Plan;
  readonly setup: Setup;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

async function play({ options, plan, setup, say, signal }: Act): Promise<Outcome> {
  const stage: Stage = { ...setup.stage, signal };
  const { world, tape, ledger } = stage;
  const personGoes = new AbortController();
  const person = playPerson({
    dispatcher: world.dispatcher,
    suppliers: world.suppliers,
    database: stage.database,
    tape,
    signal: AbortSignal.any([signal, personGoes.signal]),
  });
  const startedAt = Date.now();
  setup.begin();
  const harm = Promise.all([runKills(stage, plan.kills), runIncidents(stage, plan.incidents)]);
  // The last orders come after that: what the suppliers' servers have not done yet, they do to those.
  await Promise.all([harm, sendOrders({ options, plan, stage, beforeTheLast: harm })]);
  await stage.webhooks.sentAgain();
  await lastStrikes(stage);
  setup.endFaults();
  noteWhatDidNotRun(stage, plan);

  tape.note("all faults are over; waiting until everything is settled");
  const { redis, ingest, dispatcher } = world.services;
  for (const service of [redis, ingest, dispatcher]) {
    service.start();
    await service.ready(signal);
  }
  const taken = new Set<string>();
  const settledAt = await settle({
    dispatcher: world.dispatcher,
    queues: stage.queues,
    isTaken({ number }) {
      for (const { supplier } of world.suppliers) {
        supplier.taken.forEach(({ order }) => order && taken.add(order.orderNumber));
      }
      return number !== null && taken.has(number);
    },
    withinMs: SETTLED_WITHIN_MS,
    say: tape.note,
    signal,
  });
  personGoes.abort();
  await person;
  const seconds = ((settledAt ?? Date.now()) - startedAt) / 1_000;
  const { verdict, details } = await weigh(stage, ledger);
  const late = settledAt === undefined ? [`after ${SETTLED_WITHIN_MS / 1_000} s not everything was settled`] : [];
  say("");
  return { kind: "judged", figures: figuresOf({ options, verdict, tape, seconds }), problems: [...late, ...details] };
}

async function sendOrders(input: {
  readonly options: ChaosOptions;
  readonly plan: Plan;
  readonly stage: Stage;
  readonly beforeTheLast: Promise<unknown>;
}): Promise<void> {
  const { options, plan, stage, beforeTheLast } = input;
  const { world, webhooks, tape, signal } = stage;
  const generator = createOrderGenerator({
    seed: options.seed,
    shop: world.shop.domain,
    suppliers: PARTNERS.map(({ rules }) => rules),
    holds: HOLDS,
    since: world.since,
    now: Date.now,
    mix: { ...DEFAULT_MIX, unpaid: UNPAID },
  });
  const { orders, seed } = options;
  const { durationMs } = plan;
  await serveCustomers({ generator, webhooks, tape, seed, orders, durationMs, beforeTheLast, signal });
}

/** Deliveries that are still to be made are what the last strikes can meet; each kind shall have had its chance. */
async function lastStrikes({ faults, tape, signal }: Stage): Promise<void> {
  for (const deadline = Date.now() + LAST_STRIKES_WITHIN_MS; Date.now() < deadline;) {
    const happened = tape.counts();
    const left = [...faults.values()].flatMap((one) => one.left());
    if (left.every(({ kind }) => serverFault(kind) in happened)) {
      return;
    }
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}

function noteWhatDidNotRun({ faults, tape }: Stage, plan: Plan): void {
  for (const { kind } of [...faults.values()].flatMap((one) => one.left())) {
    tape.notRun(serverFault(kind), "no command came that it could meet");
  }
  for (const kind of INCIDENT_KINDS.filter((one) => !plan.incidents.some((incident) => incident.kind === one))) {
    tape.notRun(kind, "the run was too short");
  }
  if (!plan.kills.some(({ database }) => database === "restored")) {
    tape.notRun(RESTORED, `there were fewer than ${LEAST_KILLS_TO_RESTORE} kills`);
  }
}

/** Reads the disks and asks the dispatcher; of each problem, what is known of its purchase order. */
async function weigh(
  { world }: Stage,
  ledger: Ledger,
): Promise<{ readonly verdict: Verdict; readonly details: readonly string[] }> {
  const [orders, purchaseOrders] = await Promise.all([world.dispatcher.orders(), world.dispatcher.purchaseOrders()]);
  const verdict = judge({
    sent: ledger.orders,
    found: world.suppliers.flatMap(filesOf),
    leftBehind: world.suppliers.flatMap((one) => leftovers(one).waiting),
    told: { orders: orders.map(({ name }) => name), purchaseOrders },
  });
  const details: string[] = [];
  for (const { what, purchaseOrder } of verdict.problems) {
    const attempts = purchaseOrder === undefined ? [] : await world.dispatcher.attempts(purchaseOrder).catch(() => []);
    details.push([what, ...attempts.map(inWords)].join("\n      "));
  }
  return { verdict, details };
}

function aborted(signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ kind: "interrupted" });
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) {
      end();
    }
  });
}
