// The delivery protocol as a model small enough to visit every state of: one purchase order, two workers, the supplier,
// and a bounded number of faults. Each step is one transaction, one command at the server or one line of the journal, in
// the order of the code, whose functions are named beside it; any step of anybody may come between two of them. What a
// look means, and how a purchase order may change, are not modelled: they are domain/delivery-table.ts and
// domain/purchase-order.ts themselves.
//
// Time is a choice: a claim may be due again at any instant, and a look may come soon or too late to infer. A worker that
// stalls is one whose next step comes late. Left out: several documents, versions and copies; cancellations, holds and
// persons; retries and looks that end after too many, pauses and the breaker, which only make less happen; generations
// (a sweep may hand it out at any instant here, so a stale job can do no more than a fresh one);
// servers that change bytes, copy before they delete, or clean up temporary files; another server under the same name; a
// backup that does not know the purchase order (restore.test.ts has that).
import type { Model, Step, Wrong } from "./explore.ts";
import {
  arrive,
  canonical,
  copy,
  endUnknown,
  free,
  initial,
  isIn,
  isSettled,
  isSettledPo,
  lastOf,
  leaveFile,
  leaveRename,
  recordSent,
  runningAttempt,
  setPo,
  setWorker,
  take,
  type Contents,
  type Line,
  type Name,
  type Po,
  type State,
} from "./state.ts";
import { claim, goOn, work, type Mutation } from "./worker.ts";

export interface Bounds {
  readonly purchaseOrders: 1 | 2;
  readonly workers: 1 | 2;
  /** Of one worker for ever, or of the process: then the journal is compared with the database. */
  readonly crashes: number;
  /** Replies that never come. That of a rename says nothing: the server may still carry it out. */
  readonly lost: number;
  /** Renames answered by 5xx, carried out or not. */
  readonly refusals: number;
  /** Of a backup that was made at any instant before. */
  readonly restores: number;
  /** To cancel one while it is being sent. */
  readonly wishes: number;
  /** Persons who know that the supplier has one, and mark it sent. */
  readonly persons: number;
  /** `sending` is taken over from a worker that only stalls up to so many attempts; from one that is gone, always. */
  readonly attempts: number;
}

type Mutated = (mutation: Mutation) => boolean;

export function deliveryModel(bounds: Bounds, mutations: readonly Mutation[] = []): Model<State> {
  const mutated: Mutated = (mutation) => mutations.includes(mutation);
  const { purchaseOrders, crashes, lost, refusals, restores, wishes, persons } = bounds;
  return {
    initial: initial(purchaseOrders, { crashes, lost, refusals, restores, wishes, persons }),
    steps: (s) => [
      ...workerSteps(s, 0, { bounds, mutated }),
      ...workerSteps(s, 1, { bounds, mutated }),
      ...worldSteps(s, mutated),
    ],
    wrong: (s) => wrong(s, bounds),
    settled: isSettled,
    // Numbers of attempts, and so temporary names, come again after a restore.
    canonical: (s) => canonical(s, restores > 0 || mutated("attempts share one temporary name")),
  };
}

const one = (s: State, p: Po): string => (s.pos.length === 1 ? "it" : `PO ${p + 1}`);
const posIn = (s: State, file: Contents): readonly Po[] => s.pos.flatMap((_, p) => (isIn(file, p) ? [p] : []));
/** Where there are several: which. */
const of = (s: State, pos: readonly Po[]): string => (s.pos.length === 1 ? "" : ` (${pos.map((p) => one(s, p)).join(" with ")})`);

function wrong(s: State, { restores, persons }: Bounds): Wrong | undefined {
  if (s.taken.some((count) => count > 1)) {
    return { kind: "double", what: s.pos.length === 1 ? "the supplier took two files" : "the supplier took one twice" };
  }
  if (s.replaced) {
    return { kind: "double", what: "a file was replaced under its final name" };
  }
  if (s.pos.some(({ state }, p) => state === "sent" && !isIn(s.arrived, p))) {
    return { kind: "loss", what: "it is sent, and nothing ever had the final name" };
  }
  if (s.pos.some(({ state }, p) => state === "cancelled" && isIn(s.arrived, p))) {
    return { kind: "cancelled", what: "it is cancelled, and came to the supplier" };
  }
  if (s.bug !== null) {
    return { kind: "bug", what: s.bug };
  }
  for (const { state, file } of s.attempts) {
    const apart = state === "sent" || state === "unknown" ? posIn(s, file).find((p) => !isAsItsFile(s, p, state)) : undefined;
    if (apart !== undefined) {
      return { kind: "apart", what: `a file is ${state}, and ${one(s, apart)}, which is in it, is ${s.pos[apart]!.state}` };
    }
  }
  const restored = s.left.restores < restores;
  const by = s.left.persons < persons;
  const unreasoned = s.pos.find(
    ({ state, reason }, p) =>
      state === "unknown" &&
      !(reason === BY_JOURNAL
        ? restored
        : reason?.startsWith("neither") === true
          ? isIn(s.arrived, p)
          : reason?.startsWith("both") !== true && (restored || by)),
  );
  return unreasoned && { kind: "unknown without reason", what: unreasoned.reason ?? "" };
}

/** What became of a file became of everything in it; and what is unknown of all, an answer may tell of one. */
const isAsItsFile = (s: State, p: Po, state: "sent" | "unknown"): boolean =>
  s.pos[p]!.state === "sent" || s.pos[p]!.state === state;

function workerSteps(
  s: State,
  w: Name,
  { bounds, mutated }: { readonly bounds: Bounds; readonly mutated: Mutated },
): readonly Step<State>[] {
  const me = s.workers[w];
  if (me.at === "free") {
    return claims(s, w, { bounds, mutated });
  }
  const steps = work[me.at]({ s, w, me, mutated })
    .filter(({ fault }) => fault === undefined || s.left[fault] > 0)
    .map((option): Step<State> => {
      const { text, fault } = option;
      const t = copy(s);
      option.effect?.(t);
      if (option.next === "free") {
        free(t, w);
      } else {
        setWorker(t, w, goOn(me, option));
      }
      if (fault !== undefined) {
        t.left = { ...t.left, [fault]: t.left[fault] - 1 };
      }
      return { text, worker: w, fair: fault === undefined, to: t };
    });
  if (s.left.crashes === 0 || isSettled(s)) {
    return steps; // Once it is settled nobody takes over: one that is gone is one that stalls.
  }
  const t = copy(s);
  vanish(t, w);
  t.left = { ...t.left, crashes: t.left.crashes - 1 };
  return [...steps, { text: "is gone for ever", worker: w, fair: false, to: t }];
}

/** A sweep finds one due: at once, or when the claim of a worker that is gone, or only stalls, is over. */
function claims(
  s: State,
  w: Name,
  { bounds, mutated }: { readonly bounds: Bounds; readonly mutated: Mutated },
): readonly Step<State>[] {
  if (bounds.workers === 1 && s.workers.some(({ at }) => at !== "free")) {
    return [];
  }
  return s.pos.flatMap(({ state, carriedBy, cancelWanted }, p): readonly Step<State>[] => {
    const last = lastOf(s, p);
    const stalls = state === "sending" && last !== undefined && last.token !== null;
    const bounded = stalls && last.state === "sending" && s.attempts.length >= bounds.attempts;
    const carried = carriedBy !== null && !mutated("a member may be claimed by itself");
    if ((state !== "ready" && state !== "sending") || bounded || carried || isLikeTheFirst(s, p, bounds)) {
      return [];
    }
    const looks = state === "sending" && last?.state === "committing";
    const text =
      state === "ready" ? "claims it" : `takes over what is ${last?.state} at ${stalls ? "one that stalls" : "nobody"}`;
    if (cancelWanted && !looks) {
      const t = copy(s);
      claim(t, w, { lead: p, joining: () => [], mutated });
      return [{ text: `cancels it instead of a claim${of(s, [p])}`, worker: w, fair: !stalls, to: t }];
    }
    // Whether the others have their turn by now, and room in the file, is as it may be.
    const companies: readonly ((t: State) => readonly Po[])[] = looks
      ? [() => []]
      : [() => [], (t) => t.pos.flatMap((po, other) => (other !== p && po.state === "ready" && !po.cancelWanted ? [other] : []))];
    return companies.flatMap((joining): readonly Step<State>[] => {
      const t = copy(s);
      let joined: readonly Po[] = [];
      claim(t, w, { lead: p, joining: (now) => (joined = joining(now)), mutated });
      return joining !== companies[0] && joined.length === 0
        ? []
        : [{ text: `${text}${of(s, [p, ...joined])}`, worker: w, fair: !stalls, to: t }];
    });
  });
}

/** At the very beginning nothing tells one purchase order from the other. */
const isLikeTheFirst = (s: State, p: Po, bounds: Bounds): boolean =>
  p > 0 &&
  s.attempts.length + s.journal.length === 0 &&
  s.left.restores === bounds.restores &&
  s.pos.every(({ state }) => state === "ready");

/** The supplier, its server, the journal's catching up, kills and restores. */
function worldSteps(s: State, mutated: Mutated): readonly Step<State>[] {
  const steps: Step<State>[] = [];
  const add = (fair: boolean, act: (t: State) => string): void => {
    const t = copy(s);
    steps.push({ text: act(t), worker: null, fair, to: t });
  };
  for (const [lead, file] of s.final.entries()) {
    if (file !== 0) {
      add(false, (t) => {
        t.final = t.final.map((old, index) => (index === lead ? 0 : old));
        take(t, file);
        return `the supplier takes the file${of(s, posIn(s, file))}`;
      });
    }
  }
  for (const name of s.late) {
    add(false, (t) => {
      t.late = t.late.filter((other) => other !== name);
      arrive(t, name);
      return "the server carries out a rename whose client is gone";
    });
  }
  for (const [p, po] of s.pos.entries()) {
    if (s.taken[p]! > 0 && po.state !== "sent") {
      add(false, (t) => {
        leaveFile(t, p, mutated);
        recordSent(t, p, "evidence"); // acknowledgements.ts
        return `the supplier's acknowledgement is read${of(s, [p])}`;
      });
    }
    if (po.state === "sent" && !po.journaled && !mutated("no journal")) {
      add(true, (t) => {
        t.journal = [...t.journal, ["sent", p]]; // journaling.catchUp(), of sent() and of every sweep
        setPo(t, p, { journaled: true });
        return `the sending is journaled${of(s, [p])}`;
      });
    }
    if (s.left.wishes > 0 && po.state === "sending" && !po.cancelWanted) {
      add(false, (t) => {
        setPo(t, p, { cancelWanted: true });
        t.left = { ...t.left, wishes: t.left.wishes - 1 };
        return `${one(s, p)} is not wanted any more`;
      });
    }
    if (s.left.persons > 0 && maySettle(s, p)) {
      add(false, (t) => {
        t.arrived |= 1 << p;
        take(t, 1 << p);
        leaveFile(t, p, mutated);
        recordSent(t, p, "person"); // actions.ts
        t.left = { ...t.left, persons: t.left.persons - 1 };
        return `a person has brought ${one(s, p)} to the supplier, and marks it sent`;
      });
    }
  }
  if (s.left.crashes > 0 && !isSettled(s)) {
    add(false, (t) => {
      t.left = { ...t.left, crashes: t.left.crashes - 1 };
      restart(t, mutated);
      return "the process is killed and started";
    });
  }
  const { backup } = s;
  if (backup !== null && s.left.restores > 0) {
    add(false, (t) => {
      Object.assign(t, backup, { backup: null });
      t.left = { ...t.left, restores: t.left.restores - 1 };
      restart(t, mutated);
      const states = (pos: State["pos"]): string => pos.map(({ state }) => state).join(" and ");
      return `the process is killed, the backup is restored: ${states(backup.pos)}, by the journal ${states(t.pos)}`;
    });
  }
  if (backup === null && s.left.restores > 0) {
    add(false, (t) => {
      t.backup = { pos: s.pos, attempts: s.attempts.map((attempt) => ({ ...attempt, token: null })) };
      return "the database is backed up";
    });
  }
  return steps;
}

/** A person who knows better; not while a worker or the server may be about to rename it, or has: nobody can tell then. */
function maySettle(s: State, p: Po): boolean {
  const { state } = s.pos[p]!;
  const attempt = runningAttempt(s, p);
  const onItsWay =
    attempt?.state === "committing" &&
    (isIn(s.arrived, p) || s.late.includes(attempt.name) || s.workers.some(({ id }) => id === attempt.id));
  return (state === "ready" || state === "sending") && !onItsWay;
}

/** The process starts again, and compares its journal with the database: restore.ts, reconcileWithJournal(). */
function restart(t: State, mutated: Mutated): void {
  vanish(t, 0);
  vanish(t, 1);
  if (isSettled(t) || mutated("no journal")) {
    return;
  }
  for (const p of t.pos.keys()) {
    if (!isSettledPo(t.pos[p]!) && t.journal.some((line) => line[0] === "sent" && line[1] === p)) {
      leaveFile(t, p, mutated);
      recordSent(t, p, "evidence");
    }
  }
  const named = !mutated("the journal does not name the attempt");
  const lines = t.journal.filter((line) => line[0] !== "sent");
  const latest = named ? [...new Map(lines.map((line) => [`${line[1]},${line[2]}`, line])).values()] : lines.slice(-1);
  for (const line of latest) {
    if (!isSettledPo(t.pos[line[1]]!) && isBehind(t, line, { named, mutated })) {
      endUnknown(t, line[1], { cause: "evidence", reason: BY_JOURNAL });
    }
  }
}

/** restore.ts, isBehind() */
function isBehind(
  t: State,
  [kind, p, id]: Exclude<Line, readonly ["sent", Po]>,
  { named, mutated }: { readonly named: boolean; readonly mutated: Mutated },
): boolean {
  const state = (named ? t.attempts.find((attempt) => attempt.id === id) : lastOf(t, p))?.state;
  return kind === "intent"
    ? state === undefined || state === "sending" || state === "abandoned"
    : named && state === "committing" && !mutated("a withdrawn intent is no news to a restored database");
}

const BY_JOURNAL = "the journal says that the database was restored";

function vanish(t: State, w: Name): void {
  if (t.workers[w].at === "rename") {
    leaveRename(t.workers[w])(t);
  }
  free(t, w);
}
