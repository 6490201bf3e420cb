// The course of a demo: start the world, let customers order, tell what happens, and stop everything again. With --exit
// it waits until everything is settled, counts, and judges.
import { once } from "node:events";
import { createOrderGenerator } from "@soh/simulators/orders";
import { serveCustomers } from "./customers.ts";
import { gather } from "./evidence.ts";
import { openLedger, type Ledger } from "../world/ledger.ts";
import { supplierScript } from "./moods.ts";
import { createNarrator, type Narrator } from "./narrator.ts";
import type { DemoOptions } from "./options.ts";
import { HOLDS, PARTNERS } from "../world/partners.ts";
import type { Screen } from "./screen.ts";
import { settle } from "./settle.ts";
import { storyLine } from "./story.ts";
import type { Tally } from "./tally.ts";
import { count, footer, introduction, result } from "./words.ts";
import { NotStarted } from "../world/service.ts";
import { startWorld, type World } from "../world/world.ts";

export interface DemoResult {
  /** Of the process. */
  readonly status: number;
  /** With --exit, once everything was counted. */
  readonly tally: Tally | undefined;
}

const DAY_MS = 86_400_000;
const SINCE_DAYS_AGO = 7;
const FOOTER_EVERY_MS = 250;
const PATIENCE_MS = 120_000;
const PATIENCE_PER_ORDER_MS = 2_000;

/** The signal is Ctrl-C: it ends the demo at any moment, and everything is stopped. */
export async function runDemo(
  options: DemoOptions,
  { screen, signal }: { screen: Screen; signal: AbortSignal },
): Promise<DemoResult> {
  const ledger = openLedger();
  const narrator = createNarrator({ ledger, onEvent: (event) => screen.line(storyLine(event)) });
  const since = Math.floor(Date.now() / DAY_MS - SINCE_DAYS_AGO) * DAY_MS;
  screen.notice(`Starting a private Redis, two suppliers, ingest and dispatcher (seed ${options.seed}) …`);
  let world: World;
  try {
    world = await startWorld({
      name: "demo",
      easyPorts: true,
      since,
      keep: () => options.keep,
      signal,
      onLogLine: narrator.logLine,
      script: (supplier) =>
        supplierScript({
          mood: options.exit ? "obliging" : "moody",
          seed: `${options.seed} ${supplier}`,
          onDecision: (order, { reason }) => narrator.decided(supplier, order.orderNumber, reason),
        }),
    });
  } catch (error) {
    if (signal.aborted) {
      screen.notice("Stopped while starting.");
      return { status: options.exit ? 1 : 0, tally: undefined };
    }
    if (error instanceof NotStarted) {
      screen.notice(error.message);
      return { status: 1, tally: undefined };
    }
    throw error;
  }

  let outcome: Outcome = { kind: "interrupted" };
  let problems: readonly string[];
  try {
    outcome = await act({ options, world, ledger, narrator, screen, since, signal });
  } finally {
    screen.close();
    narrator.close();
    screen.notice(outcome.kind === "broken" ? outcome.what : "Stopping …");
    problems = await world.stop();
  }
  problems.forEach(screen.notice);
  if (outcome.kind === "counted") {
    screen.notice(result(outcome.tally, narrator.errors()));
  } else {
    screen.notice(`Stopped after ${count(ledger.size, "order")}.`);
  }
  screen.notice(options.keep ? `Kept: ${world.folder}` : "Nothing is left running, and the folder is gone.");
  return conclude(outcome, { clean: problems.length === 0, exit: options.exit });
}

type Outcome =
  | { readonly kind: "counted"; readonly tally: Tally }
  | { readonly kind: "broken"; readonly what: string }
  | { readonly kind: "interrupted" };

function conclude(outcome: Outcome, { clean, exit }: { readonly clean: boolean; readonly exit: boolean }): DemoResult {
  switch (outcome.kind) {
    case "counted":
      return { status: clean && outcome.tally.differences.length === 0 ? 0 : 1, tally: outcome.tally };
    case "broken":
      return { status: 1, tally: undefined };
    case "interrupted":
      return { status: clean && !exit ? 0 : 1, tally: undefined };
  }
}

interface Stage {
  readonly options: DemoOptions;
  readonly world: World;
  readonly ledger: Ledger;
  readonly narrator: Narrator;
  readonly screen: Screen;
  readonly since: number;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Until it is counted, interrupted or broken. */
async function act(stage: Stage): Promise<Outcome> {
  const { options, world, ledger, narrator, screen } = stage;
  const over = new AbortController();
  const signal = AbortSignal.any([stage.signal, over.signal]);
  screen.notice(introduction(world, options));
  narrator.follow(world);
  const startedAt = Date.now();
  const drawing = setInterval(
    () => screen.footer(footer(world, { orders: ledger.size, totals: narrator.totals(), startedAt })),
    FOOTER_EVERY_MS,
  );
  try {
    return await Promise.race([
      play({ ...stage, signal }),
      world.broken.then((what): Outcome => ({ kind: "broken", what })),
      interruption(stage.signal),
    ]);
  } finally {
    clearInterval(drawing);
    over.abort();
  }
}

async function play({ options, world, ledger, narrator, screen, since, signal }: Stage): Promise<Outcome> {
  const { orders, exit, seed } = options;
  const generator = createOrderGenerator({
    seed,
    shop: world.shop.domain,
    suppliers: PARTNERS.map(({ rules }) => rules),
    holds: HOLDS,
    since,
    now: Date.now,
  });
  await serveCustomers({
    generator,
    shop: world.shop,
    ledger,
    seed,
    orders,
    pace: exit ? "in turn" : "trickle",
    onAnswer: narrator.answered,
    signal,
  });
  if (signal.aborted) {
    return { kind: "interrupted" };
  }
  if (!exit) {
    screen.notice(`All ${count(ledger.size, "order")} were sent; Ctrl-C stops.`);
    return await interruption(signal);
  }
  screen.notice(`All ${count(ledger.size, "order")} were sent; waiting until everything is settled …`);
  const patienceMs = PATIENCE_MS + ledger.size * PATIENCE_PER_ORDER_MS;
  const onProgress = screen.notice;
  const { settled, at } = await settle({ ledger, dispatcher: world.dispatcher, patienceMs, onProgress, signal });
  const seconds = (at - (ledger.firstSentAt ?? at)) / 1_000;
  const { figures, differences } = await gather({ ...world, ledger, seconds });
  const late = settled ? [] : [`after ${Math.round(patienceMs / 1_000)} s not everything was settled`];
  return { kind: "counted", tally: { figures, differences: [...late, ...differences] } };
}

async function interruption(signal: AbortSignal): Promise<Outcome> {
  if (!signal.aborted) {
    await once(signal, "abort");
  }
  return { kind: "interrupted" };
}
