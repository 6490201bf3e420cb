// The figures, and how they are told.
import type { ToldAttempt } from "../world/dispatcher.ts";
import type { Verdict } from "./judge.ts";
import type { ChaosOptions } from "./options.ts";
import { INCIDENT_KINDS, RESTORED, TARGETS, type Plan } from "./plan.ts";
import type { Tape } from "./tape.ts";

export interface Figures {
  readonly orders: number;
  readonly accepted: number;
  readonly kills: number;
  readonly redisWipes: number;
  /** An older database was put in the place of the dispatcher's. */
  readonly restores: number;
  /** Kind → how often it took effect. */
  readonly faults: Readonly<Record<string, number>>;
  readonly purchaseOrders: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly unexpected: number;
  readonly unknown: number;
  readonly inferred: number;
  /** From the first order until nothing more happened. */
  readonly seconds: number;
  readonly seed: string;
  /** Kind → why it could not take effect. */
  readonly notRun: Readonly<Record<string, string>>;
}

export function figuresOf(input: {
  readonly options: ChaosOptions;
  readonly verdict: Verdict;
  readonly tape: Tape;
  readonly seconds: number;
}): Figures {
  const { options, verdict, tape, seconds } = input;
  const faults = tape.counts();
  const sum = (kinds: readonly string[]): number => kinds.reduce((all, kind) => all + (faults[kind] ?? 0), 0);
  const { orders, accepted, ...others } = verdict.figures;
  return {
    orders,
    accepted,
    kills: sum(TARGETS.map((target) => `kill -9 ${target}`)),
    redisWipes: sum(INCIDENT_KINDS.filter((kind) => kind.startsWith("Redis is wiped"))),
    restores: sum([RESTORED]),
    faults,
    ...others,
    seconds: Math.round(seconds * 10) / 10,
    seed: options.seed,
    notRun: tape.reasons(),
  };
}

export function introduction({ orders, kills, seed }: ChaosOptions, plan: Plan): string {
  return [
    "",
    "  Shopify Order Handler: chaos",
    `  ${orders} orders over ${Math.round(plan.durationMs / 1_000)} s, ${kills} kills, ${plan.strikes.length} faults of the suppliers' servers, ${plan.incidents.length} incidents`,
    `  Seed ${seed} gives the same orders and faults again.`,
    "",
  ].join("\n");
}

export function report(figures: Figures, problems: readonly string[]): string {
  const { faults, notRun } = figures;
  const rows: readonly (readonly [string, number | string])[] = [
    ["orders sent", figures.orders],
    ["accepted (every webhook answered 200)", figures.accepted],
    ["kills, Redis wiped, database restored", `${figures.kills}, ${figures.redisWipes}, ${figures.restores}`],
    ["purchase orders due", figures.purchaseOrders],
    ["delivered", figures.delivered],
    ["lost", figures.lost],
    ["duplicates", figures.duplicates],
    ["unexpected", figures.unexpected],
    ["unknown", figures.unknown],
    ["inferred", figures.inferred],
    ["seconds", figures.seconds],
  ];
  return [
    ...Object.entries(faults).map(([kind, times]) => `  ${String(times).padStart(6)}  ${kind}`),
    ...Object.entries(notRun).map(([kind, reason]) => `  not run  ${kind}: ${reason}`),
    "",
    ...rows.map(([what, value]) => `  ${what.padEnd(40)} ${value}`),
    "",
    ...(problems.length === 0
      ? ["  Nothing was lost, and nothing was sent twice."]
      : [`  What is wrong (${problems.length}):`, ...problems.map((problem) => `  - ${problem}`)]),
    "",
  ].join("\n");
}

/** An attempt, in one line. */
export function inWords({ number, state, startedAt, failure, message }: ToldAttempt): string {
  const why = [failure, message].filter((part) => part !== null).join(": ");
  return `attempt ${number} at ${startedAt}: ${state}${why === "" ? "" : ` (${why})`}`;
}
