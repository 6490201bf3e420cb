// What the model of the delivery protocol (./model.ts) remembers, and how the database changes.
import type { AttemptsTable } from "../../database/tables/deliveries.ts";
import type { Verdict } from "../../domain/delivery/delivery-table.ts";
import { mayChange, type Cause, type MessageState } from "../../domain/delivery/message.ts";
import type { Mutated } from "./mutation.ts";

/** A worker. */
export type Name = 0 | 1;
/** A message: where it stands in `State.messages`. */
export type Index = number;
/** What is in a file: bit p is set if message p is. */
export type Contents = number;

export interface Attempt {
  /** As the row's id: never used twice, not even after a restore. */
  readonly id: number;
  /** Whose attempt it is. The others in its file are carried. */
  readonly lead: Index;
  /** The lead's attempts are counted. */
  readonly number: number;
  /** Its temporary name, in which its first lead and number are. */
  readonly name: number;
  readonly file: Contents;
  state: AttemptsTable["state"];
  /** Whose claim it is; null: of a worker that is gone, or does something else by now. */
  token: Name | null;
}

export interface Message {
  readonly state: MessageState;
  readonly reason: string | null;
  readonly journaled: boolean;
  /** The attempt of another one that it goes with. */
  readonly carriedBy: number | null;
  /** In time: before the intent of the attempt that it is in. */
  readonly unwanted: "in time" | "late" | null;
}

export interface Database {
  messages: readonly Message[];
  attempts: readonly Attempt[];
}

/** A worker's next step; free: it waits for work. */
export type At =
  | "free"
  | "upload"
  | "seeFinal"
  | "writeIntent"
  | "journalIntent"
  | "endNotJournaled"
  | "rename"
  | "renameSecondStep"
  | "lookAfterRefusal"
  | "endRefused"
  | "journalWithdrawn"
  | "removeThenFree"
  | "removeThenConclude"
  | "removeThenEndRefused"
  | "removeThenEndRetry"
  | "removeThenEndCancelled"
  | "endRetry"
  | "endCancelled"
  | "lookTemporary"
  | "lookFinal"
  | "conclude";

export interface Worker {
  readonly at: At;
  /** Its claim: of which attempt, with what temporary name. */
  readonly id: number;
  readonly name: number;
  readonly takenOver: boolean;
  /** Someone in the file had left it when it was taken over. */
  readonly oneHasLeft: boolean;
  /** The temporary file was there when its look began. */
  readonly temporary?: boolean;
  /** It looks for the second time. */
  readonly again?: boolean;
  /** The server refused its rename. */
  readonly refused?: boolean;
  readonly verdict?: Verdict;
}

export type Line = readonly ["intent" | "withdrawn", Index, number] | readonly ["sent", Index];

export interface Left {
  readonly crashes: number;
  readonly lost: number;
  readonly refusals: number;
  readonly restores: number;
  readonly wishes: number;
  readonly persons: number;
}

export interface State extends Database {
  journal: readonly Line[];
  backup: Database | null;
  /** The temporary files at the server, and the names of those whose rename may still be carried out though its client is gone. */
  temporary: readonly { readonly name: number; readonly file: Contents }[];
  late: readonly number[];
  /** The names of those whose rename has made its first step for a client that is gone. Its second may never come. */
  halves: readonly number[];
  /** By the message that a final name is reserved for: the file that has it; 0: none. */
  final: readonly Contents[];
  /** By message: whether a file with it ever had a final name, and how many the supplier took. */
  arrived: Contents;
  taken: readonly number[];
  /** A file was replaced under its final name. */
  replaced: boolean;
  /** A change that changeMessage() refuses: it would throw. */
  bug: string | null;
  workers: readonly [Worker, Worker];
  left: Left;
}

export const FREE: Worker = { at: "free", id: 0, name: 0, takenOver: false, oneHasLeft: false };
const READY: Message = { state: "ready", reason: null, journaled: false, carriedBy: null, unwanted: null };

export const initial = (messages: number, left: Left): State => ({
  messages: Array.from({ length: messages }, () => READY),
  attempts: [],
  journal: [],
  backup: null,
  temporary: [],
  late: [],
  halves: [],
  final: Array.from({ length: messages }, () => 0),
  arrived: 0,
  taken: Array.from({ length: messages }, () => 0),
  replaced: false,
  bug: null,
  workers: [FREE, FREE],
  left,
});

/** A copy to change. What its fields hold is replaced, never changed. */
export const copy = (s: State): State => ({ ...s });

export const isIn = (file: Contents, p: Index): boolean => (file & (1 << p)) !== 0;
export const messagesIn = (s: State, file: Contents): readonly Index[] =>
  s.messages.flatMap((_, p) => (isIn(file, p) ? [p] : []));
export const contents = (messages: readonly Index[]): Contents => messages.reduce((file, p) => file | (1 << p), 0);

export const nameOf = (s: State, p: Index): string => (s.messages.length === 1 ? "it" : `message ${p + 1}`);
/** Where there are several: which. */
export const which = (s: State, messages: readonly Index[]): string =>
  s.messages.length === 1 ? "" : ` (${messages.map((p) => nameOf(s, p)).join(" with ")})`;

const settledStates: readonly MessageState[] = ["sent", "unknown", "withdrawn"];
export const isSettledMessage = ({ state }: Message): boolean => settledStates.includes(state);
export const isSettled = ({ messages }: Database): boolean => messages.every(isSettledMessage);
export const isRunning = ({ state }: Attempt): boolean => state === "sending" || state === "committing";

export const replaced = <T>(list: readonly T[], at: number, one: T): readonly T[] =>
  list.map((old, index) => (index === at ? one : old));

export const setAttempts = (t: State, which: (one: Attempt) => boolean, set: Partial<Attempt>): void =>
  void (t.attempts = t.attempts.map((one) => (which(one) ? { ...one, ...set } : one)));

export const setMessage = (t: State, p: Index, set: Partial<Message>): void =>
  void (t.messages = replaced(t.messages, p, { ...t.messages[p]!, ...set }));

export const setWorker = (t: State, w: Name, worker: Worker): void =>
  void (t.workers = w === 0 ? [worker, t.workers[1]] : [t.workers[0], worker]);

/** Written after all others. Read is the last line of each attempt (restore.ts); of one message, a test also asks what comes last of all. */
export function writeLines(t: State, lines: readonly Line[]): void {
  const journal = [...t.journal, ...lines];
  if (t.messages.length === 1) {
    const [before, last] = journal.slice(-2);
    const isSaid = last !== undefined && before?.[0] === last[0] && before[2] === last[2];
    t.journal = isSaid ? journal.slice(0, -1) : journal;
  } else {
    t.journal = [...new Map(journal.map((line) => [`${line[1]},${line[2]}`, line])).entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, line]) => line);
  }
}

/** claim.ts: the lead's last attempt. */
export function lastOf(s: Database, p: Index): Attempt | undefined {
  let last: Attempt | undefined;
  for (const one of s.attempts) {
    if (one.lead === p && (last === undefined || one.number >= last.number)) {
      last = one;
    }
  }
  return last;
}

/** carried.ts, inFile(): the messages in an attempt's file, its lead first, without those that left it. */
export const inFile = (s: Database, { id, lead }: Attempt): readonly Index[] => [
  lead,
  ...s.messages.flatMap(({ carriedBy }, p) => (carriedBy === id ? [p] : [])),
];

/** carried.ts, runningAttempt() */
export const runningAttempt = (s: Database, p: Index): Attempt | undefined => {
  const { carriedBy } = s.messages[p]!;
  return s.attempts.find((one) => (carriedBy === null ? one.lead === p : one.id === carriedBy) && isRunning(one));
};

/** audit.ts, changeMessage(); out of its file, as every such change is but the claim's. */
export function changeState(
  t: State,
  p: Index,
  to: MessageState,
  input: { readonly cause: Cause; readonly reason?: string; readonly carriedBy?: number },
): void {
  const from = t.messages[p]!.state;
  if (!mayChange(from, to, input.cause)) {
    t.bug = `changeMessage throws: ${from} to ${to} by ${input.cause}`;
  }
  setMessage(t, p, { state: to, reason: input.reason ?? null, carriedBy: input.carriedBy ?? null });
  if (to === "ready" && t.messages[p]!.unwanted === "late") {
    setMessage(t, p, { unwanted: "in time" });
  }
}

/** carried.ts, putBack() */
export function putBack(t: State, messages: readonly Index[]): void {
  for (const p of messages) {
    changeState(t, p, "ready", { cause: "system" });
  }
}

/** carried.ts, leaveFile() */
export function leaveFile(t: State, p: Index, mutated: Mutated): void {
  const attempt = t.messages[p]!.state === "sending" ? runningAttempt(t, p) : undefined;
  const others = attempt === undefined ? [] : inFile(t, attempt).filter((one) => one !== p);
  const [heir] = others;
  if (attempt === undefined || heir === undefined) {
    return;
  }
  setMessage(t, p, { carriedBy: null });
  if (
    attempt.state === "sending" &&
    !(attempt.lead !== p && mutated("a file without its intent goes on when a member leaves it"))
  ) {
    setAttempts(t, (one) => one.id === attempt.id, { state: "abandoned" });
    putBack(t, others);
    return;
  }
  if (attempt.lead === p && mutated("the lead's evidence ends a committing file for all")) {
    putBack(t, others);
  } else if (attempt.lead === p) {
    const number = mutated("a promoted attempt keeps its number") ? attempt.number : (lastOf(t, heir)?.number ?? 0) + 1;
    setAttempts(t, (one) => one.id === attempt.id, { lead: heir, number });
    setMessage(t, heir, { carriedBy: null });
  }
}

/** sent.ts, recordSent() */
export function recordSent(t: State, p: Index, cause: Cause): void {
  changeState(t, p, "sent", { cause });
  setMessage(t, p, { journaled: false });
  setAttempts(t, (one) => one.lead === p && (one.state === "committing" || (one.state === "sending" && cause === "system")), {
    state: "sent",
  });
  setAttempts(t, (one) => one.lead === p && isRunning(one), { state: "abandoned" });
}

/** carried.ts, endUnknown() */
export function endUnknown(t: State, p: Index, input: { readonly cause: Cause; readonly reason: string }): void {
  const attempt = t.messages[p]!.state === "sending" ? runningAttempt(t, p) : undefined;
  const file = attempt === undefined ? [p] : inFile(t, attempt);
  setAttempts(t, (one) => one.id === attempt?.id, { state: "unknown" });
  for (const one of file) {
    changeState(t, one, "unknown", input);
  }
}

export const free = (t: State, w: Name): void => {
  setWorker(t, w, FREE);
  setAttempts(t, (one) => one.token === w, { token: null });
};
