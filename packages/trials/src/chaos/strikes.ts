// What a supplier's server does wrong at one of its commands, or at every such command for some seconds. Each kind is
// drawn with its parameters by the seed. A reply in the hundreds of 5 is only ever sent instead of what was asked, never
// after it was done: a server that refuses what it has done lies, and nobody can deliver to it.
import type { FaultAction, FaultEvent, FaultPhase } from "@soh/simulators/ftps-server";
import type { Random } from "@soh/simulators/orders/random";

/** One step of a conversation: of which command, and before it, within its bytes, or after it but before its reply. */
export interface Moment {
  readonly phase: FaultPhase;
  readonly command: "STOR" | "SIZE" | "RNFR" | "RNTO" | "RETR";
}

export interface Strike {
  readonly moment: Moment;
  readonly action: FaultAction;
  /** Milliseconds during which every such command meets it; 0: a single one. */
  readonly lastsMs: number;
}

/** Bytes: purchase orders have more, and answers have at least the second. */
const WITHIN_AN_ORDER = 800;
const WITHIN_AN_ANSWER = 200;

type Make = (random: Random) => Omit<Strike, "lastsMs"> & { readonly lastsMs?: number };

const at = (phase: FaultPhase, command: Moment["command"]): Moment => ({ phase, command });
const reply = (code: number, text: string, atByte?: number): FaultAction => ({
  do: "reply",
  code,
  text,
  ...(atByte !== undefined && { atByte }),
});
/** Longer than the dispatcher waits here (configuration.ts): it has given up when the server goes on. */
const tooLong = (random: Random, atByte?: number): FaultAction => ({
  do: "delay",
  ms: random.between(3_500, 6_000),
  ...(atByte !== undefined && { atByte }),
});
const inOrder = (random: Random): number => random.between(0, WITHIN_AN_ORDER);

/** Before any step of an upload; after a rename that was done, only what leaves the outcome open. */
const anyStep = (random: Random, code: number, text: string): Omit<Strike, "lastsMs"> =>
  random.pick([
    { moment: at("before", "STOR"), action: reply(code, text) },
    { moment: at("before", "SIZE"), action: reply(code, text) },
    { moment: at("before", "RNFR"), action: reply(code, text) },
    { moment: at("before", "RNTO"), action: reply(code, text) },
    { moment: at("after", "RNTO"), action: reply(code, text) },
  ]);

const KINDS = {
  "hangs mid-transfer": (random) => ({ moment: at("data", "STOR"), action: tooLong(random, inOrder(random)) }),
  "cuts after n bytes": (random) => ({
    moment: at("data", "STOR"),
    action: random.chance(0.5) ? { do: "close", atByte: inOrder(random) } : { do: "cut-data", atByte: inOrder(random) },
  }),
  "cuts before 226": () => ({ moment: at("after", "STOR"), action: { do: "close" } }),
  "cuts after RNFR": (random) => ({
    moment: random.chance(0.5) ? at("after", "RNFR") : at("before", "RNTO"),
    action: { do: "close" },
  }),
  "cuts before 250": () => ({ moment: at("after", "RNTO"), action: { do: "close" } }),
  "hangs in the rename": (random) => ({
    moment: at(random.chance(0.5) ? "before" : "after", "RNTO"),
    action: tooLong(random),
  }),
  "answers 421": (random) => anyStep(random, 421, "Service not available, closing control connection."),
  "answers 425": () => ({ moment: at("before", "STOR"), action: reply(425, "Can't open data connection.") }),
  "answers 426": (random) => ({
    moment: at("after", random.chance(0.7) ? "STOR" : "RNTO"),
    action: reply(426, "Connection closed; transfer aborted."),
  }),
  "answers 450": (random) => anyStep(random, 450, "File busy."),
  "answers 451": (random) => anyStep(random, 451, "Local error in processing."),
  "answers 452": (random) => ({
    moment: at(random.chance(0.5) ? "before" : "data", "STOR"),
    action: reply(452, "Insufficient storage space.", inOrder(random)),
  }),
  "answers 522": () => ({ moment: at("before", "STOR"), action: reply(522, "SSL connection failed: session reuse required.") }),
  "answers 550": (random) => ({
    moment: at("before", random.pick(["STOR", "RNFR", "RNTO"] as const)),
    action: reply(550, "Permission denied."),
  }),
  "answers 552": (random) => ({
    moment: at(random.chance(0.5) ? "before" : "data", "STOR"),
    action: reply(552, "Quota exceeded.", inOrder(random)),
  }),
  "refuses SIZE": (random) => ({
    moment: at("before", "SIZE"),
    action: reply(random.pick([500, 502, 504]), "SIZE not understood."),
    lastsMs: random.between(2_000, 5_000),
  }),
  "has a full disk": (random) => ({
    moment: at("data", "STOR"),
    action: reply(random.pick([452, 552]), "No space left on device.", inOrder(random)),
    lastsMs: random.between(1_500, 3_500),
  }),
  "cuts an answer": (random) => ({
    moment: at("data", "RETR"),
    action: { do: "close", atByte: random.between(0, WITHIN_AN_ANSWER) },
  }),
} as const satisfies Readonly<Record<string, Make>>;

export type StrikeKind = keyof typeof KINDS;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key is a kind
export const STRIKE_KINDS = Object.keys(KINDS) as readonly StrikeKind[];

export function makeStrike(kind: StrikeKind, random: Random): Strike {
  return { lastsMs: 0, ...KINDS[kind](random) };
}

/** Purchase orders are uploaded into one folder; only answers are downloaded, from the other. */
export function isMoment({ phase, command }: Moment, event: FaultEvent, ordersFolder: string): boolean {
  const inOrders = event.path?.startsWith(`${ordersFolder}/`) === true;
  return event.phase === phase && event.command === command && inOrders === (command !== "RETR");
}
