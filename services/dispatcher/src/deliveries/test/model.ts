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
  changeState,
  copy,
  free,
  FREE,
  isRunning,
  isSettled,
  leaveRename,
  recordSent,
  setAttempts,
  type Name,
  type State,
} from "./state.ts";
import { claim, goOn, work, type Mutation } from "./worker.ts";

export interface Bounds {
  /** Of one worker for ever, or of the process: then the journal is compared with the database. */
  readonly crashes: number;
  /** Replies that never come. That of a rename says nothing: the server may still carry it out. */
  readonly lost: number;
  /** Renames answered by 5xx, carried out or not. */
  readonly refusals: number;
  /** Of a backup that was made at any instant before. */
  readonly restores: number;
  /** `sending` is taken over from a worker that only stalls up to so many attempts; from one that is gone, always. */
  readonly attempts: number;
}

type Mutated = (mutation: Mutation) => boolean;

export function deliveryModel(bounds: Bounds, mutations: readonly Mutation[] = []): Model<State> {
  const mutated: Mutated = (mutation) => mutations.includes(mutation);
  const { crashes, lost, refusals, restores } = bounds;
  return {
    initial: {
      po: "ready",
      reason: null,
      journaled: false,
      attempts: [],
      journal: [],
      backup: null,
      temporary: [],
      late: [],
      final: false,
      arrived: false,
      taken: 0,
      replaced: false,
      bug: null,
      workers: [FREE, FREE],
      left: { crashes, lost, refusals, restores },
    },
    steps: (s) => [
      ...workerSteps(s, 0, { bounds, mutated }),
      ...workerSteps(s, 1, { bounds, mutated }),
      ...worldSteps(s, mutated),
    ],
    wrong: (s) => wrong(s, s.left.restores < restores),
    settled: isSettled,
    // Numbers of attempts, and so temporary names, come again after a restore.
    canonical: (s) => canonical(s, restores > 0 || mutated("attempts share one temporary name")),
  };
}

function wrong(s: State, restored: boolean): Wrong | undefined {
  if (s.taken > 1) {
    return { kind: "double", what: "the supplier took two files" };
  }
  if (s.replaced) {
    return { kind: "double", what: "a file was replaced under its final name" };
  }
  if (s.po === "sent" && !s.arrived) {
    return { kind: "loss", what: "it is sent, and nothing ever had the final name" };
  }
  if (s.bug !== null) {
    return { kind: "bug", what: s.bug };
  }
  const reason = s.po === "unknown" ? s.reason : null;
  const hasReason = reason === null || (reason === BY_JOURNAL ? restored : s.arrived && reason.startsWith("neither"));
  return hasReason ? undefined : { kind: "unknown without reason", what: reason };
}

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
        t.workers[w] = goOn(me, option);
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

/** A sweep finds it due: at once, or when the claim of a worker that is gone, or only stalls, is over. */
function claims(
  s: State,
  w: Name,
  { bounds, mutated }: { readonly bounds: Bounds; readonly mutated: Mutated },
): readonly Step<State>[] {
  const last = s.attempts.at(-1);
  const stalls = s.po === "sending" && last !== undefined && last.token !== null;
  const bounded = stalls && last.state === "sending" && s.attempts.length >= bounds.attempts;
  if ((s.po !== "ready" && s.po !== "sending") || bounded) {
    return [];
  }
  const t = copy(s);
  claim(t, w, mutated);
  const text = s.po === "ready" ? "claims it" : `takes over what is ${last?.state} at ${stalls ? "one that stalls" : "nobody"}`;
  return [{ text, worker: w, fair: !stalls, to: t }];
}

/** The supplier, its server, the journal's catching up, kills and restores. */
function worldSteps(s: State, mutated: Mutated): readonly Step<State>[] {
  const steps: Step<State>[] = [];
  const add = (fair: boolean, act: (t: State) => string): void => {
    const t = copy(s);
    steps.push({ text: act(t), worker: null, fair, to: t });
  };
  if (s.final) {
    add(false, (t) => {
      t.final = false;
      t.taken++;
      return "the supplier takes the file";
    });
  }
  for (const number of s.late) {
    add(false, (t) => {
      t.late = t.late.filter((one) => one !== number);
      if (t.temporary.includes(number)) {
        arrive(t, number);
      }
      return "the server carries out a rename whose client is gone";
    });
  }
  if (s.taken > 0 && s.po !== "sent") {
    add(false, (t) => {
      recordSent(t, "evidence"); // acknowledgements.ts
      return "the supplier's acknowledgement is read";
    });
  }
  if (s.po === "sent" && !s.journaled && !mutated("no journal")) {
    add(true, (t) => {
      t.journal = [...t.journal, ["sent"]]; // journaling.catchUp(), of sent() and of every sweep
      t.journaled = true;
      return "the sending is journaled";
    });
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
      return `the process is killed, the backup is restored: ${backup.po}, by the journal ${t.po}`;
    });
  }
  if (backup === null && s.left.restores > 0) {
    add(false, (t) => {
      const attempts = s.attempts.map((one) => ({ ...one, token: null }));
      t.backup = { po: s.po, reason: s.reason, journaled: s.journaled, attempts };
      return "the database is backed up";
    });
  }
  return steps;
}

/** The process starts again, and compares its journal with the database: restore.ts, reconcileWithJournal(). */
function restart(t: State, mutated: Mutated): void {
  vanish(t, 0);
  vanish(t, 1);
  if (isSettled(t) || mutated("no journal")) {
    return;
  }
  if (t.journal.some(([kind]) => kind === "sent")) {
    recordSent(t, "evidence");
    return;
  }
  const named = !mutated("the journal does not name the attempt");
  const lines = t.journal.filter((line) => line[0] !== "sent");
  const latest = named ? [...new Map(lines.map((line) => [line[1], line])).values()] : lines.slice(-1);
  const behind = latest.some(([kind, id]) => {
    const state = (named ? t.attempts.find((one) => one.id === id) : t.attempts.at(-1))?.state;
    return kind === "intent"
      ? state === undefined || state === "sending" || state === "abandoned"
      : named && state === "committing" && !mutated("a withdrawn intent is no news to a restored database");
  });
  if (behind) {
    setAttempts(t, isRunning, { state: "unknown" });
    changeState(t, "unknown", { cause: "evidence", reason: BY_JOURNAL });
  }
}

const BY_JOURNAL = "the journal says that the database was restored";

function vanish(t: State, w: Name): void {
  if (t.workers[w].at === "rename") {
    leaveRename(t.workers[w])(t);
  }
  free(t, w);
}
