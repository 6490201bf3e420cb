// What goes wrong and when: everything is drawn from the seed before anything starts. Pure.
//
//   deck of kinds, shuffled → one after the other or spread over the time of sending → the conductor keeps the times
import { createDeck, createRandom, type Random } from "@soh/simulators/orders/random";
import { makeStrike, STRIKE_KINDS, type Moment, type Strike, type StrikeKind } from "./strikes.ts";

export const TARGETS = ["dispatcher", "ingest", "redis"] as const;
export type Target = (typeof TARGETS)[number];

export interface Kill {
  /** Milliseconds since the sending began. */
  readonly atMs: number;
  readonly target: Target;
  /** Only when a supplier's server is at this moment with it; undefined: at once. */
  readonly moment: Moment | undefined;
  /** Milliseconds until it is started again. */
  readonly restMs: number;
  /** What is done to the database while the dispatcher is dead: `restored`, from the backup made at an earlier kill. */
  readonly database: "backed up" | "restored" | undefined;
}

export const INCIDENT_KINDS = [
  "Redis is wiped",
  "Redis is wiped with deliveries queued",
  "dispatcher frozen beyond its job locks",
  "supplier's server is down",
  "half-open connection",
  "database's disk is full",
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

export interface Incident {
  readonly atMs: number;
  readonly kind: IncidentKind;
  readonly supplier: string;
  readonly lastsMs: number;
  /** Of a half-open connection: whether what was held back arrives in the end. */
  readonly late: boolean;
}

export interface PlannedStrike extends Strike {
  readonly atMs: number;
  readonly kind: StrikeKind;
  readonly supplier: string;
}

export interface Plan {
  /** Milliseconds during which orders are sent and things go wrong. */
  readonly durationMs: number;
  readonly kills: readonly Kill[];
  /** One after the other. */
  readonly incidents: readonly Incident[];
  readonly strikes: readonly PlannedStrike[];
}

/** From so many orders on every kind happens. */
const FULL_RUN_ORDERS = 100;
const SHARES: Readonly<Record<Target, number>> = { dispatcher: 0.45, ingest: 0.35, redis: 0.2 };
const STRIKES_PER_ORDER = 0.3;

/** Milliseconds, least and most. The lock of a job lasts 15 s. */
const LASTS: Readonly<Record<IncidentKind, readonly [number, number]>> = {
  "Redis is wiped": [0, 0],
  "Redis is wiped with deliveries queued": [1_000, 2_000],
  "dispatcher frozen beyond its job locks": [16_200, 17_500],
  "supplier's server is down": [1_500, 4_000],
  "half-open connection": [3_500, 5_500],
  "database's disk is full": [2_000, 3_500],
};
/** What an incident may take besides. */
const OVERHEAD_MS = 700;
/** Every second round has the frozen dispatcher: half of the time would be stillness otherwise. */
const ROUNDS_PER_FREEZE = 2;

/** Where a kill hurts most: the dispatcher, from the bytes of an upload to the reply to its rename. */
const MOMENTS: readonly Moment[] = [
  { phase: "data", command: "STOR" },
  { phase: "after", command: "STOR" },
  { phase: "before", command: "SIZE" },
  { phase: "before", command: "RNFR" },
  { phase: "after", command: "RNFR" },
  { phase: "before", command: "RNTO" },
  // The supplier has it, and nobody has told us: the deck has this card three times.
  { phase: "after", command: "RNTO" },
  { phase: "after", command: "RNTO" },
  { phase: "after", command: "RNTO" },
  { phase: "data", command: "RETR" },
];
/** Of the dispatcher's kills, how many wait for such a moment. */
const MOMENT_SHARE = 0.6;
/** One in so many kills restores an older database, and one at least of as many as leave it some of the dispatcher's. */
const KILLS_PER_RESTORE = 12;
export const LEAST_KILLS_TO_RESTORE = 6;
/** As it is counted. */
export const RESTORED = "older database restored";
/** The age of a backup, in kills of the dispatcher: some seconds each. */
const MOST_KILLS_SINCE_BACKUP = 3;

export function makePlan(options: {
  readonly seed: string;
  readonly orders: number;
  readonly kills: number;
  readonly suppliers: readonly string[];
}): Plan {
  const { seed, orders, suppliers } = options;
  const isFull = orders >= FULL_RUN_ORDERS;
  const least = Math.max(12_000, options.kills * 1_900, orders * 150);
  const incidents = layOut({ random: createRandom(`${seed} incidents`), isFull, least, suppliers });
  const last = incidents.at(-1);
  const durationMs = Math.max(least, last === undefined ? 0 : last.atMs + last.lastsMs + OVERHEAD_MS);
  return {
    durationMs,
    incidents,
    kills: withRestores(createRandom(`${seed} restores`), planKills(createRandom(`${seed} kills`), options.kills, durationMs)),
    strikes: planStrikes({ random: createRandom(`${seed} strikes`), isFull, orders, durationMs, suppliers }),
  };
}

function layOut(input: {
  readonly random: Random;
  readonly isFull: boolean;
  readonly least: number;
  readonly suppliers: readonly string[];
}): readonly Incident[] {
  const { random, isFull, least, suppliers } = input;
  const incidents: Incident[] = [];
  let atMs = random.between(800, 2_000);
  for (let round = 0; ; round++) {
    const kinds = INCIDENT_KINDS.filter(
      (kind) => kind !== "dispatcher frozen beyond its job locks" || (isFull && round % ROUNDS_PER_FREEZE === 0),
    );
    for (const kind of random.shuffled(kinds)) {
      const lastsMs = random.between(...LASTS[kind]);
      if (atMs + lastsMs > least && !(isFull && round === 0)) {
        return incidents;
      }
      incidents.push({ atMs, kind, lastsMs, supplier: random.pick(suppliers), late: random.chance(0.5) });
      atMs += lastsMs + OVERHEAD_MS + random.between(200, 1_500);
    }
  }
}

function planKills(random: Random, kills: number, durationMs: number): readonly Kill[] {
  const redis = Math.round(kills * SHARES.redis);
  const ingest = Math.floor(kills * SHARES.ingest);
  const counts: Readonly<Record<Target, number>> = { redis, ingest, dispatcher: kills - redis - ingest };
  const targets = random.shuffled(TARGETS.flatMap((target) => Array<Target>(counts[target]).fill(target)));
  const nextMoment = createDeck(random, MOMENTS);
  return targets.map((target, n) => ({
    target,
    // One somewhere in each of as many equal parts.
    atMs: Math.round(((n + random.fraction()) / kills) * durationMs * 0.95),
    moment: target === "dispatcher" && random.chance(MOMENT_SHARE) ? nextMoment() : undefined,
    restMs: random.between(100, 1_200),
    database: undefined,
  }));
}

/** Each restore has a part of the dispatcher's kills to itself: its backup is made in it, too, after the restore before. */
function withRestores(random: Random, kills: readonly Kill[]): readonly Kill[] {
  const restores = kills.length < LEAST_KILLS_TO_RESTORE ? 0 : Math.max(1, Math.round(kills.length / KILLS_PER_RESTORE));
  const dispatchers = kills.filter(({ target }) => target === "dispatcher");
  const database = new Map<Kill, Kill["database"]>();
  for (let n = 0; n < restores; n++) {
    const [first, next] = [n, n + 1].map((part) => Math.floor((part * dispatchers.length) / restores));
    const own = dispatchers.slice(first, next);
    const restored = random.between(1, own.length - 1);
    const backedUp = restored - random.between(1, Math.min(MOST_KILLS_SINCE_BACKUP, restored));
    own.forEach((kill, at) => {
      database.set(kill, at === restored ? "restored" : at === backedUp ? "backed up" : undefined);
    });
  }
  return kills.map((kill) => ({ ...kill, database: database.get(kill) }));
}

function planStrikes(input: {
  readonly random: Random;
  readonly isFull: boolean;
  readonly orders: number;
  readonly durationMs: number;
  readonly suppliers: readonly string[];
}): readonly PlannedStrike[] {
  const { random, isFull, orders, durationMs, suppliers } = input;
  const count = Math.max(isFull ? STRIKE_KINDS.length : 1, Math.round(orders * STRIKES_PER_ORDER));
  const nextKind = createDeck(random, STRIKE_KINDS);
  return Array.from({ length: count }, (_, n) => {
    const kind = nextKind();
    const atMs = Math.round(((n + random.fraction()) / count) * durationMs * 0.85);
    return { atMs, kind, supplier: random.pick(suppliers), ...makeStrike(kind, random) };
  });
}
