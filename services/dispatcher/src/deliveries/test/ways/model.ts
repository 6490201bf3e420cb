// The ways in which a message comes to a supplier, as a model small enough to visit every state of: with a marker that tells the supplier
// to read, with a delivery note that is there before it, uploaded under its final name where the server refuses renames, and both
// of that and a marker. One message, two workers, the supplier, a bounded number of faults; an answer, or a shipment, may come at any
// step once the supplier has it. A temporary folder is two names, as a suffix is; what may differ is that the server renames from one
// folder to the other by a copy and a delete (what we take one for over FTP, unless the supplier is configured `rename: one-step`), or refuses it. Left
// out: a copy of which only a part is there, which a look sees as another file. What it assumes stands at the head of ../model.ts.
import type { Model, Step, Wrong } from "../explore.ts";
import { put, putAll, takeKey } from "../key.ts";
import type { Option } from "./here.ts";
import type { Mutated, Mutation } from "./mutation.ts";
import { carryOut, leave, takes } from "./server.ts";
import {
  endUnknown,
  FREE,
  free,
  initial,
  isRunning,
  recordSent,
  setAttempts,
  setWorker,
  settledStates,
  type At,
  type Attempt,
  type Bounds,
  type Database,
  type Name,
  type State,
} from "./state.ts";
import { work } from "./worker.ts";

export function waysModel(bounds: Bounds, mutations: readonly Mutation[] = []): Model<State> {
  const mutated: Mutated = (mutation) => mutations.includes(mutation);
  return {
    initial: initial(bounds),
    steps: (s) => [
      ...workerSteps(s, 0, bounds, mutated),
      ...workerSteps(s, 1, bounds, mutated),
      ...worldSteps(s, bounds, mutated),
    ],
    wrong: (s) => wrong(s, bounds),
    settled: isSettled,
    canonical,
  };
}

const isSettled = ({ message }: Pick<Database, "message">): boolean => settledStates.includes(message);

function workerSteps(s: State, w: Name, bounds: Bounds, mutated: Mutated): readonly Step<State>[] {
  const me = s.workers[w];
  if (me.at === "free") {
    return claims(s, w, bounds);
  }
  const steps = work[me.at]({ s, w, me, bounds, mutated })
    .filter(({ fault }) => fault === undefined || s.left[fault] > 0)
    .map((option): Step<State> => ({ text: option.text, worker: w, fair: option.fault === undefined, to: after(s, w, option) }));
  if (s.left.crashes === 0 || isSettled(s)) {
    return steps;
  }
  const to = { ...vanish(s, w), left: { ...s.left, crashes: s.left.crashes - 1 } };
  return [...steps, { text: "is gone for ever", worker: w, fair: false, to }];
}

function after(s: State, w: Name, option: Option): State {
  const { fault, effect = (same) => same, next, remember } = option;
  const left = fault === undefined ? s.left : { ...s.left, [fault]: s.left[fault] - 1 };
  const t = { ...effect(s), left };
  return next === "free" ? free(t, w) : setWorker(t, w, { ...t.workers[w], ...remember, at: next });
}

/** claim.ts */
function claims(s: State, w: Name, bounds: Bounds): readonly Step<State>[] {
  const last = s.attempts.at(-1);
  const stalls = s.message === "sending" && last !== undefined && last.token !== null;
  const bounded = stalls && last.state === "sending" && s.attempts.length >= bounds.attempts;
  const alone = bounds.workers === 1 && s.workers.some(({ at }) => at !== "free");
  if ((s.message !== "ready" && s.message !== "sending") || bounded || alone) {
    return [];
  }
  const number = s.attempts.length;
  if (s.message === "sending" && last?.state === "committing") {
    const at = bounds.commit === "direct" ? "lookDirect" : "lookTemporary";
    const t = setAttempts(s, (one) => one === last, { token: w });
    const to = setWorker(t, w, { ...FREE, at, id: last.id, number, takenOver: true });
    return [{ text: `takes over what is committing${stalls ? " at one that stalls" : ""}`, worker: w, fair: !stalls, to }];
  }
  const id = s.ids + 1;
  const taken = setAttempts(s, (one) => one === last && one.state === "sending", { state: "abandoned" });
  const attempts: readonly Attempt[] = [...taken.attempts, { id, state: "sending", token: w }];
  const at = bounds.commit === "direct" ? "seeOrder" : "upload";
  const to = setWorker({ ...taken, attempts, ids: id, message: "sending" }, w, { ...FREE, at, id, number: number + 1 });
  return [{ text: s.message === "ready" ? "claims it" : "takes over what is sending", worker: w, fair: !stalls, to }];
}

/** A worker is gone for ever; what it asks for in that instant may still be carried out. */
function vanish(s: State, w: Name): State {
  const { at, number } = s.workers[w];
  const asked = ASKS[at];
  return free(asked === undefined ? s : leave(s, `${asked}${number}`), w);
}

const ASKS: Partial<Record<At, string>> = {
  rename: "rename order",
  renameSecondStep: "finish order",
  renameMarker: "rename marker",
  renameMarkerSecondStep: "finish marker",
  renameNote: "rename note",
  renameNoteSecondStep: "finish note",
  store: "store order",
};

function worldSteps(s: State, bounds: Bounds, mutated: Mutated): readonly Step<State>[] {
  const steps: Step<State>[] = takes(s, bounds).map(([text, to]) => ({ text, worker: null, fair: false, to }));
  const add = (text: string, to: State, fair = false): void => void steps.push({ text, worker: null, fair, to });
  for (const what of s.late) {
    add("the server carries out what a client that is gone has asked for", carryOut(s, what, bounds));
  }
  if ((s.taken > 0 || mutated("an answer may come of what was not taken")) && s.message !== "sent") {
    const t = recordSent(s, "evidence");
    const to = mutated("an answer leaves the attempt to its worker") ? { ...t, attempts: s.attempts } : t;
    add("the supplier's answer, or its shipment, is read", to);
  }
  if (s.message === "sent" && !s.journaled) {
    add(
      "the sending is journaled",
      { ...s, journaled: true, journal: [...s.journal.filter((one) => one !== "sent"), "sent"] },
      true,
    );
  }
  if (s.left.crashes > 0 && !isSettled(s)) {
    add("the process is killed and started", restart({ ...s, left: { ...s.left, crashes: s.left.crashes - 1 } }));
  }
  if (s.backup !== null && s.left.restores > 0) {
    const to = { ...s, ...s.backup, backup: null, left: { ...s.left, restores: s.left.restores - 1 } };
    add(`the process is killed, the backup is restored: ${s.backup.message}`, restart(to));
  }
  if (s.backup === null && s.left.restores > 0) {
    const { message, reason, journaled, attempts } = s;
    const backup = { message, reason, journaled, attempts: attempts.map((one) => ({ ...one, token: null })) };
    add("the database is backed up", { ...s, backup });
  }
  return steps;
}

/** restore.ts, reconcileWithJournal() */
function restart(killed: State): State {
  let s = vanish(vanish(killed, 0), 1);
  if (!isSettled(s) && s.journal.includes("sent")) {
    s = recordSent(s, "evidence");
  }
  for (const line of s.journal) {
    const [kind, id] = line.split(" ");
    const state = s.attempts.find((one) => one.id === Number(id))?.state;
    const isBehind =
      kind === "intent"
        ? state === undefined || state === "sending" || state === "abandoned"
        : kind === "withdrawn" && state === "committing";
    if (!isSettled(s) && isBehind) {
      s = endUnknown(s, "evidence", BY_JOURNAL);
    }
  }
  return s;
}

const BY_JOURNAL = "the journal says that the database was restored";

function wrong(s: State, bounds: Bounds): Wrong | undefined {
  if (s.wrong !== null) {
    const kind = s.wrong.startsWith("double") ? "double" : s.wrong.startsWith("changeMessage") ? "bug" : "loss";
    // Where a second one does no harm, it may come over the first.
    return kind === "double" && bounds.tolerated ? undefined : { kind, what: s.wrong };
  }
  if (s.taken > 1 && !bounds.tolerated) {
    return { kind: "double", what: "the supplier read it twice" };
  }
  if (s.message === "sent" && !s.came) {
    return { kind: "loss", what: "it is sent, and never had its final name" };
  }
  if (s.message === "sent" && !s.told) {
    return { kind: "loss", what: "it is sent, and the supplier was never told to read it" };
  }
  const { message, reason } = s;
  return message === "unknown" && !isReason(s, bounds) ? { kind: "unknown without reason", what: reason ?? "" } : undefined;
}

/** Unknown is what nothing can tell: too late a look, a restore, and from the intent on any doubt about a direct upload. */
function isReason({ reason, came, left }: State, { commit, rename, impatient, restores }: Bounds): boolean {
  if (reason === null) {
    return false;
  }
  return (
    (reason === BY_JOURNAL && left.restores < restores) ||
    (/^(?:of its marker, )?neither/.test(reason) && came) ||
    (rename === "two-steps" && IN_TWO_STEPS.test(reason)) ||
    (commit === "direct" && reason.startsWith("it was being uploaded under its final name")) ||
    // Behind a marker that is not there, or beside a file that an earlier attempt of a restored database left.
    (left.restores < restores && reason.includes("already at the supplier")) ||
    // One that was taken without its marker, while a rename of that was still to come.
    (impatient && /^(?:its temporary file was there, and then its marker's was not|its marker has its final name)/.test(reason))
  );
}

/**
 * It was not renamed, or the supplier has taken it between the two steps; or one who ended left the second to nobody; or whoever
 * stalled renamed between two of the looks.
 */
const IN_TWO_STEPS = new RegExp(
  [
    "^(?:of its marker, )?only the temporary file exists, which proves nothing, since this server",
    "^both the temporary and the final file exist",
    "^its marker has its final name, and a temporary file exists, too",
    "^its temporary file was there, and then its marker's was not",
  ].join("|"),
);

/** Ids that nobody can read any more are one, and of two like workers it does not matter which is which. */
function canonical(s: State): ReturnType<Model<State>["canonical"]> {
  const [a, b] = [spellWorker(s.workers[0]), spellWorker(s.workers[1])];
  const token = s.attempts.find((one) => one.token !== null && isRunning(one))?.token;
  const swapped = token === undefined ? a > b : token === 1;
  if (!swapped) {
    return { state: s, key: spell(s, a, b), swapped };
  }
  const attempts = s.attempts.map((one) => (one.token === null ? one : ({ ...one, token: one.token === 0 ? 1 : 0 } as const)));
  const other: State = { ...s, attempts, workers: [s.workers[1], s.workers[0]] };
  return { state: other, key: spell(other, b, a), swapped };
}

const spellWorker = (one: State["workers"][0]): string => (one.at === "free" ? '""' : JSON.stringify(Object.values(one)));

function spell(s: State, a: string, b: string): string {
  const used = [
    ...s.workers.map(({ number }) => number),
    s.attempts.length,
    ...s.late.map((what) => Number(/\d+$/.exec(what)?.[0])),
  ];
  const read = s.left.restores > 0 || s.backup !== null;
  // Files of attempts that are over are read by nobody, unless their numbers come again after a restore.
  const temporary = read ? s.temporary : s.temporary.filter((name) => used.includes(Number(/\d+$/.exec(name)?.[0])));
  putDatabase(s);
  put(s.backup === null);
  if (s.backup !== null) {
    putDatabase(s.backup);
  }
  putAll(read ? s.journal : [s.journal.includes("sent")]);
  putAll(temporary);
  putAll(s.late);
  putAll([s.order, s.marker, s.note, read ? s.ids : 0, s.came, s.told, s.noted, s.taken, s.wrong, a, b]);
  putAll(Object.values(s.left));
  return takeKey();
}

function putDatabase({ message, reason, journaled, attempts }: Database): void {
  putAll([message, reason, journaled, attempts.length]);
  for (const { id, state, token } of attempts) {
    putAll([id, state, isRunning({ id, state, token }) ? token : null]);
  }
}
