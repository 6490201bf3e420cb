// A rolling restart under load: two ingest behind the project's nginx and one dispatcher, each asked to end by SIGTERM and
// started again, round after round, while the shop sends. No webhook may be answered with an error, no process may fail to
// end in time, and the suppliers must have each purchase order once.
import { setTimeout as wait } from "node:timers/promises";
import { gather } from "../demo/evidence.ts";
import { settle } from "../demo/settle.ts";
import { createOrderGenerator } from "@soh/simulators/orders";
import { accepted, type Attempt, type Shop } from "@soh/simulators/shop";
import { readLogLine } from "../world/dispatcher.ts";
import { openLedger, type Ledger } from "../world/ledger.ts";
import { HOLDS, PARTNERS } from "../world/partners.ts";
import type { Service } from "../world/service.ts";
import { startWorld, type World } from "../world/world.ts";
import { prepareNginx } from "./nginx.ts";

export interface RollingOptions {
  readonly rounds: number;
  readonly seed: string;
  /** The folder with the logs stays. */
  readonly keep: boolean;
}

export interface RollingFigures {
  readonly webhooks: number;
  /** Webhooks that were not answered with a 2xx the first time. */
  readonly errors: number;
  readonly restarts: number;
  readonly purchaseOrders: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicates: number;
  /** Milliseconds. */
  readonly slowestStopMs: number;
  readonly slowestAnswerMs: number;
  readonly seconds: number;
  readonly seed: string;
}

export interface RollingResult {
  readonly figures: RollingFigures;
  /** What must not be, one sentence each. */
  readonly problems: readonly string[];
}

const DAY_MS = 86_400_000;
const AT_ONCE = 6;
/** Each customer's, between two orders: what one dispatcher keeps up with. */
const REST_MS = 400;
/** Between two restarts, so that each meets traffic at all of them. */
const PAUSE_MS = 400;
const PATIENCE_MS = 120_000;

/** Throws NotStarted. */
export async function runRolling(
  options: RollingOptions,
  { say, signal }: { readonly say: (text: string) => void; readonly signal: AbortSignal },
): Promise<RollingResult> {
  const ledger = openLedger();
  const since = Math.floor(Date.now() / DAY_MS - 7) * DAY_MS;
  const world = await startWorld({
    name: "rolling",
    easyPorts: false,
    since,
    keep: () => options.keep,
    signal,
    script: () => ({}),
    onLogLine: (line) => noteTakenIn(ledger, line),
  });
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  void world.broken.then((words) => broken.reject(new Error(words)));
  let result: RollingResult;
  let unclean: readonly string[];
  try {
    result = await Promise.race([act({ options, world, ledger, since, say, signal, broken: broken.reject }), broken.promise]);
  } finally {
    unclean = await world.stop();
  }
  return { ...result, problems: [...result.problems, ...unclean] };
}

async function act(stage: {
  readonly options: RollingOptions;
  readonly world: World;
  readonly ledger: Ledger;
  readonly since: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
  readonly broken: (error: Error) => void;
}): Promise<RollingResult> {
  const { options, world, ledger, say, signal } = stage;
  const first = { service: world.services.ingest, port: Number(new URL(world.webhooks).port) };
  const second = await world.addIngest();
  second.service.start();
  await second.service.ready(signal);
  const nginx = await prepareNginx({
    folder: world.folder,
    ingests: [first.port, second.port],
    onUnexpectedEnd: (words) => stage.broken(new Error(words)),
  });
  nginx.service.start();
  try {
    await nginx.service.ready(signal);
    say(`Two ingest behind nginx, one dispatcher; ${options.rounds} rounds of restarts under load (seed ${options.seed}).`);
    const load = startLoad({ ...stage, shop: world.shopAt(nginx.webhooks) });
    const restarts = await restartAll([first.service, second.service, world.services.dispatcher], { ...stage });
    const answers = await load.end();
    say(`${answers.webhooks} webhooks were sent; waiting until everything is settled …`);
    const patience = { patienceMs: PATIENCE_MS, onProgress: say, signal };
    const { settled, at } = await settle({ ledger, dispatcher: world.dispatcher, ...patience });
    const { figures, differences } = await gather({ ...world, ledger, seconds: (at - (ledger.firstSentAt ?? at)) / 1_000 });
    return {
      figures: {
        webhooks: answers.webhooks,
        errors: answers.errors.length,
        restarts: restarts.count,
        purchaseOrders: figures.purchaseOrders,
        delivered: figures.delivered,
        lost: figures.lost,
        duplicates: figures.duplicates,
        slowestStopMs: restarts.slowestMs,
        slowestAnswerMs: answers.slowestMs,
        seconds: figures.seconds,
        seed: options.seed,
      },
      problems: [
        ...answers.errors,
        ...restarts.problems,
        ...(settled ? [] : [`after ${PATIENCE_MS / 1_000} s not everything was settled`]),
        ...differences,
      ],
    };
  } finally {
    await nginx.service.stop();
  }
}

/** Sends one order after the other, several at once, until it is ended. */
function startLoad(stage: {
  readonly options: RollingOptions;
  readonly world: World;
  readonly ledger: Ledger;
  readonly since: number;
  readonly shop: Shop;
}): { end(): Promise<{ readonly webhooks: number; readonly errors: readonly string[]; readonly slowestMs: number }> } {
  const { options, world, ledger, since, shop } = stage;
  const generator = createOrderGenerator({
    seed: options.seed,
    shop: world.shop.domain,
    suppliers: PARTNERS.map(({ rules }) => rules),
    holds: HOLDS,
    since,
    now: Date.now,
  });
  const errors: string[] = [];
  let [webhooks, slowestMs, ended] = [0, 0, false];

  const note = (attempts: readonly Attempt[]): void => {
    webhooks++;
    slowestMs = Math.max(slowestMs, ...attempts.map((one) => one.answeredAt - one.sentAt));
    const [attempt] = attempts;
    if (!accepted(attempt)) {
      errors.push(
        `a webhook was answered ${attempt?.status} ${attempt?.body} at ${new Date(attempt?.sentAt ?? 0).toISOString()}`,
      );
    }
  };
  const customer = async (): Promise<void> => {
    while (!ended) {
      const order = generator.next();
      const attempts = await shop.deliver({ topic: order.topic, body: order.body });
      note(attempts);
      ledger.record(order, attempts);
      await wait(REST_MS);
    }
  };
  const customers = Array.from({ length: AT_ONCE }, customer);
  return {
    async end() {
      ended = true;
      await Promise.all(customers);
      return { webhooks, errors, slowestMs };
    },
  };
}

async function restartAll(
  services: readonly Service[],
  { options, say, signal }: { options: RollingOptions; say: (text: string) => void; signal: AbortSignal },
): Promise<{ readonly count: number; readonly slowestMs: number; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  let [count, slowestMs] = [0, 0];
  for (let round = 1; round <= options.rounds; round++) {
    for (const service of services) {
      await wait(PAUSE_MS, undefined, { signal });
      const started = performance.now();
      const problem = await service.stop();
      const tookMs = Math.round(performance.now() - started);
      say(`round ${round}: ${service.name} ended ${problem === undefined ? "cleanly" : "badly"} after ${tookMs} ms`);
      problems.push(...(problem === undefined ? [] : [problem]));
      service.start();
      await service.ready(signal);
      slowestMs = Math.max(slowestMs, tookMs);
      count++;
    }
  }
  await wait(PAUSE_MS, undefined, { signal });
  return { count, slowestMs, problems };
}

function noteTakenIn(ledger: Ledger, line: string): void {
  const event = readLogLine(line);
  if (event?.event === "webhook.taken_in") {
    ledger.takenIn(event.topic, event.webhookId);
  }
}
