// What the model of the delivery protocol (./model.ts) remembers, and which of its states are one and the same.
import type { AttemptsTable } from "../../database/schema.ts";
import type { Verdict } from "../../domain/delivery-table.ts";
import { mayChange, type Cause, type PurchaseOrderState } from "../../domain/purchase-order.ts";

export type Name = 0 | 1;

export interface Attempt {
  /** As the row's id: never used twice, not even after a restore. */
  readonly id: number;
  /** Names its temporary file. */
  readonly number: number;
  state: AttemptsTable["state"];
  /** Whose claim it is; null: of a worker that is gone, or does something else by now. */
  token: Name | null;
}

interface Database {
  po: PurchaseOrderState;
  reason: string | null;
  journaled: boolean;
  attempts: Attempt[];
}

/** A worker's next step; free: it waits for work. */
export type At =
  | "free"
  | "upload"
  | "seeFinal"
  | "writeIntent"
  | "journalIntent"
  | "rename"
  | "lookAfterRefusal"
  | "endRefused"
  | "journalWithdrawn"
  | "removeThenFree"
  | "removeThenConclude"
  | "removeThenEndRefused"
  | "removeThenEndRetry"
  | "endRetry"
  | "lookTemporary"
  | "lookFinal"
  | "conclude";

export interface Worker {
  readonly at: At;
  /** Its claim: of which attempt. */
  readonly id: number;
  readonly number: number;
  readonly takenOver: boolean;
  /** The temporary file was there when its look began. */
  readonly temporary?: boolean;
  /** It looks for the second time. */
  readonly again?: boolean;
  /** The server refused its rename. */
  readonly refused?: boolean;
  readonly verdict?: Verdict;
}

export interface State extends Database {
  journal: (readonly ["intent" | "withdrawn", number] | readonly ["sent"])[];
  backup: Database | null;
  /** Numbers of the temporary files at the server, and of renames whose client is gone and that may still be carried out. */
  temporary: number[];
  late: number[];
  final: boolean;
  arrived: boolean;
  taken: number;
  /** A file was replaced under its final name. */
  replaced: boolean;
  /** A change that changeState() refuses: it would throw. */
  bug: string | null;
  workers: [Worker, Worker];
  left: { readonly crashes: number; readonly lost: number; readonly refusals: number; readonly restores: number };
}

export const FREE: Worker = { at: "free", id: 0, number: 0, takenOver: false };

/** A copy to change. What its fields hold is replaced, never changed. */
export const copy = (s: State): State => ({ ...s, workers: [...s.workers] });

export const isSettled = ({ po }: Database): boolean => po === "sent" || po === "unknown";
export const isRunning = ({ state }: Attempt): boolean => state === "sending" || state === "committing";

export const setAttempts = (t: State, which: (one: Attempt) => boolean, set: Partial<Attempt>): void =>
  void (t.attempts = t.attempts.map((one) => (which(one) ? { ...one, ...set } : one)));

/** audit.ts, changeState() */
export function changeState(t: State, to: PurchaseOrderState, input: { readonly cause: Cause; readonly reason?: string }): void {
  if (!mayChange(t.po, to, input.cause)) {
    t.bug = `changeState throws: ${t.po} to ${to} by ${input.cause}`;
  }
  t.po = to;
  t.reason = input.reason ?? null;
}

/** sent.ts, recordSent() */
export function recordSent(t: State, cause: Cause): void {
  changeState(t, "sent", { cause });
  t.journaled = false;
  setAttempts(t, (one) => one.state === "committing" || (one.state === "sending" && cause === "system"), { state: "sent" });
  setAttempts(t, isRunning, { state: "abandoned" });
}

export const free = (t: State, w: Name): void => {
  t.workers[w] = FREE;
  setAttempts(t, (one) => one.token === w, { token: null });
};

/** RNFR and RNTO, as most servers carry them out: an existing file is replaced without a word. */
export function arrive(t: State, number: number): void {
  t.temporary = t.temporary.filter((one) => one !== number);
  t.replaced ||= t.final;
  t.final = true;
  t.arrived = true;
}

export const withNumber = (numbers: readonly number[], number: number): number[] =>
  [...new Set([...numbers, number])].toSorted((a, b) => a - b);

/** The client gives up, or is gone, while its rename may still be carried out. */
export const leaveRename = (me: Worker) => (t: State) => void (t.late = withNumber(t.late, me.number));

/**
 * One spelling for states that differ in nothing which anybody can still read: in lines of the journal that say the same
 * twice, in tokens of attempts that ended, in files that nobody asks for, and in which of two like workers is which.
 */
export function canonical(
  s: State,
  numbersComeAgain: boolean,
): { readonly state: State; readonly key: string; readonly swapped: boolean } {
  const [before, last] = s.journal.slice(-2);
  if (last !== undefined && before?.[0] === last[0] && before[1] === last[1]) {
    s.journal = s.journal.slice(0, -1);
  }
  if (s.attempts.some(hasVainToken)) {
    setAttempts(s, hasVainToken, { token: null });
  }
  if (!numbersComeAgain && s.temporary.length + s.late.length > 0) {
    const used = [...s.attempts.filter(isRunning), ...s.workers].map((one) => one.number);
    s.temporary = s.temporary.filter((number) => used.includes(number) || s.late.includes(number));
    s.late = s.late.filter((number) => s.temporary.includes(number));
  }
  const [a, b] = s.workers.map(spellWorker);
  const own = a! <= b! ? spellState(s) : undefined;
  if (own !== undefined && a !== b) {
    return { state: s, key: own, swapped: false };
  }
  const attempts = s.attempts.map((one): Attempt => (one.token === null ? one : { ...one, token: one.token === 0 ? 1 : 0 }));
  const other: State = { ...s, attempts, workers: [s.workers[1], s.workers[0]] };
  const key = spellState(other);
  return own !== undefined && own <= key ? { state: s, key: own, swapped: false } : { state: other, key, swapped: true };
}

const hasVainToken = (one: Attempt): boolean => one.token !== null && !isRunning(one);

// Every field, in few characters: most of the time goes into these texts.
const spellState = (s: State): string =>
  [
    spellDatabase(s),
    spellDatabase(s.backup),
    s.journal.map(([kind, id]) => `${kind}${id}`).join(),
    s.temporary.join(),
    s.late.join(),
    `${s.final},${s.arrived},${s.taken},${s.replaced},${s.bug}`,
    spellWorker(s.workers[0]),
    spellWorker(s.workers[1]),
    `${s.left.crashes},${s.left.lost},${s.left.refusals},${s.left.restores}`,
  ].join(";");

const spellDatabase = (database: Database | null): string =>
  database === null
    ? ""
    : `${database.po},${database.reason},${database.journaled},${database.attempts
        .map(({ id, number, state, token }) => `${id},${number},${state},${token}`)
        .join()}`;

const spellWorker = ({ at, id, number, takenOver, temporary, again, refused, verdict }: Worker): string =>
  at === "free"
    ? ""
    : `${at},${id},${number},${takenOver},${temporary},${again},${refused},${verdict === undefined ? "" : Object.values(verdict).join()}`;
