// What the model of the ways (./model.ts) remembers: one message, its attempts, the journal, a backup, and the supplier's server.
import type { AttemptsTable } from "../../../database/tables/deliveries.ts";
import type { RenameKind, Seen, Verdict } from "../../../domain/delivery/delivery-table.ts";
import { mayChange, type Cause, type MessageState } from "../../../domain/delivery/message.ts";

/** What of a message gets a name at the supplier. */
export type Part = "order" | "marker" | "note";

export interface Bounds {
  /** How it comes to the supplier: by renames, or uploaded under its final names. */
  readonly commit: "rename" | "direct";
  /** Of all of its files: its marker lies in the same temporary folder. */
  readonly rename: RenameKind;
  /** The supplier reads when a marker is there. */
  readonly marker: boolean;
  /** A delivery note is to be there before the order. */
  readonly note: boolean;
  /** The supplier takes the order without waiting for its marker. */
  readonly impatient: boolean;
  /** It takes the marker, and leaves the order where it is. */
  readonly leavesOrders: boolean;
  /** duplicates: tolerated */
  readonly tolerated: boolean;
  readonly workers: 1 | 2;
  readonly crashes: number;
  /** Replies that never come: what was asked may be carried out all the same, at once, later or never. */
  readonly lost: number;
  readonly refusals: number;
  readonly restores: number;
  /** A message is taken over from a worker that only stalls up to so many attempts. */
  readonly attempts: number;
}

export type Name = 0 | 1;

export interface Attempt {
  /** As the row's id: never used twice, not even after a restore. */
  readonly id: number;
  readonly state: AttemptsTable["state"];
  readonly token: Name | null;
}

export interface Database {
  readonly message: MessageState;
  readonly reason: string | null;
  readonly journaled: boolean;
  /** Their numbers count from 1; a temporary name has the number. */
  readonly attempts: readonly Attempt[];
}

/** Where a worker is in deliver.ts, direct.ts and endings.ts; free: it waits for work. */
export type At =
  | "free"
  | "upload"
  | "seeOrder"
  | "seeMarker"
  | "isHeld"
  | "seeNote"
  | "renameNote"
  | "renameNoteSecondStep"
  | "writeIntent"
  | "journalIntent"
  | "rename"
  | "renameSecondStep"
  | "renameMarker"
  | "renameMarkerSecondStep"
  | "storeOrder"
  | "store"
  | "afterRefusal"
  | "afterRefusedStore"
  | "endRetry"
  | "endRefused"
  | "journalWithdrawn"
  | "lookTemporary"
  | "lookFinal"
  | "lookMarkerTemporary"
  | "lookMarkerFinal"
  | "lookDirect"
  | "conclude";

export interface Worker {
  readonly at: At;
  readonly id: number;
  readonly number: number;
  readonly takenOver: boolean;
  /** How often it has looked before. */
  readonly looks: number;
  readonly temporary: boolean;
  readonly markerTemporary: boolean;
  readonly final: Seen;
  /** The server refused its upload before a byte. */
  readonly refused: boolean;
  readonly verdict: Verdict | null;
}

export const FREE: Worker = {
  at: "free",
  id: 0,
  number: 0,
  takenOver: false,
  looks: 0,
  temporary: false,
  markerTemporary: false,
  final: "absent",
  refused: false,
  verdict: null,
};

export interface State extends Database {
  readonly journal: readonly string[];
  readonly backup: Database | null;
  /** `order1`: the order's temporary file of the attempt with that number. */
  readonly temporary: readonly string[];
  /** Under its final name; part: the beginning of it. */
  readonly order: "absent" | "whole" | "part";
  readonly marker: boolean;
  readonly note: boolean;
  /** What a client that is gone has asked for, and may still be carried out. */
  readonly late: readonly string[];
  readonly ids: number;
  /** Once or more: whole under its final name; told to read it; with its note before it. */
  readonly came: boolean;
  readonly told: boolean;
  readonly noted: boolean;
  /** How often the supplier has read it. */
  readonly taken: number;
  readonly wrong: string | null;
  readonly workers: readonly [Worker, Worker];
  readonly left: Pick<Bounds, "crashes" | "lost" | "refusals" | "restores">;
}

export const initial = ({ crashes, lost, refusals, restores }: Bounds): State => ({
  message: "ready",
  reason: null,
  journaled: false,
  attempts: [],
  journal: [],
  backup: null,
  temporary: [],
  order: "absent",
  marker: false,
  note: false,
  late: [],
  ids: 0,
  came: false,
  told: false,
  noted: false,
  taken: 0,
  wrong: null,
  workers: [FREE, FREE],
  left: { crashes, lost, refusals, restores },
});

export const settledStates: readonly MessageState[] = ["sent", "unknown"];
export const isRunning = ({ state }: Attempt): boolean => state === "sending" || state === "committing";

/** audit.ts, changeMessage() */
export function changeMessage(s: State, to: MessageState, cause: Cause, reason: string | null = null): State {
  return mayChange(s.message, to, cause)
    ? { ...s, message: to, reason }
    : { ...s, wrong: `changeMessage throws: ${s.message} to ${to} by ${cause}` };
}

export const setAttempts = (s: State, which: (one: Attempt) => boolean, set: Partial<Attempt>): State => ({
  ...s,
  attempts: s.attempts.map((one) => (which(one) ? { ...one, ...set } : one)),
});

export const setWorker = (s: State, w: Name, worker: Worker): State => ({
  ...s,
  workers: w === 0 ? [worker, s.workers[1]] : [s.workers[0], worker],
});

export const free = (s: State, w: Name): State => setAttempts(setWorker(s, w, FREE), (one) => one.token === w, { token: null });

/** sent.ts, recordSent() */
export function recordSent(s: State, cause: Cause): State {
  const t = { ...changeMessage(s, "sent", cause), journaled: false };
  const proven = (one: Attempt): boolean => one.state === "committing" || (one.state === "sending" && cause === "system");
  return setAttempts(setAttempts(t, proven, { state: "sent" }), isRunning, { state: "abandoned" });
}

/** carried.ts, endUnknown() */
export const endUnknown = (s: State, cause: Cause, reason: string): State =>
  setAttempts(changeMessage(s, "unknown", cause, reason), isRunning, { state: "unknown" });
