// A worker of the model of the ways (./model.ts): what it may do next, and what it asks.
import type { Seen } from "../../../domain/delivery/delivery-table.ts";
import type { Mutated } from "./mutation.ts";
import { remove, temporaryOf } from "./server.ts";
import { changeMessage, setAttempts, type At, type Attempt, type Bounds, type Name, type State, type Worker } from "./state.ts";

export interface Option {
  readonly text: string;
  readonly next: At;
  /** It costs one of this bound; else it is fair. */
  readonly fault?: "lost" | "refusals";
  readonly effect?: (s: State) => State;
  readonly remember?: Partial<Worker>;
}

export interface Here {
  readonly s: State;
  readonly w: Name;
  readonly me: Worker;
  readonly bounds: Bounds;
  readonly mutated: Mutated;
}

export const mine =
  ({ me }: Here) =>
  (one: Attempt): boolean =>
    one.id === me.id;

/** attempts.ts, held(): the compare of every compare-and-set. */
export const isHeld = ({ s, w, me, mutated }: Here, state: Attempt["state"]): boolean =>
  (s.message === "sending" || mutated("an answer leaves the attempt to its worker")) &&
  s.attempts.some((one) => one.id === me.id && one.state === state && one.token === w);

export const isThere = ({ s, me }: Here, part: "order" | "marker" | "note"): boolean =>
  s.temporary.includes(temporaryOf(part, me.number));
export const seen = ({ s }: Here): Seen => (s.order === "absent" ? "absent" : s.order === "whole" ? "ours" : "other");
export const seenMarker = ({ s, bounds }: Here): Seen | undefined => (bounds.marker ? (s.marker ? "ours" : "absent") : undefined);
export const gone = (here: Here) => (s: State) => remove(s, here.me.number);
export const line = (here: Here, kind: "intent" | "withdrawn") => (s: State) => {
  const lines = [
    ...s.journal.filter((one) => one !== `intent ${here.me.id}` && one !== `withdrawn ${here.me.id}`),
    `${kind} ${here.me.id}`,
  ];
  return { ...s, journal: lines };
};
/** attempts.end(): back to ready, to be tried again. */
export const endAttempt = (here: Here) => (s: State) =>
  changeMessage(setAttempts(s, mine(here), { state: "not-sent" }), "ready", "system");

export type Steps = (here: Here) => readonly Option[];

/** A look, whose reply may be lost: then it is looked at again later. */
export const lost = (here: Here, option: Option): Option[] =>
  here.s.left.lost > 0
    ? [{ text: `${option.text}: the reply is lost`, next: here.me.takenOver ? "free" : "endRetry", fault: "lost" }]
    : [];
