// A start of the process in the model of the delivery protocol (./model.ts): restore.ts.
import type { Mutated } from "./mutation.ts";
import { leaveRename } from "./server.ts";
import {
  endUnknown,
  free,
  isSettled,
  isSettledMessage,
  lastOf,
  leaveFile,
  recordSent,
  type Line,
  type Name,
  type Index,
  type State,
} from "./state.ts";

/** The process starts again, and compares its journal with the database: restore.ts, reconcileWithJournal(). */
export function restart(t: State, mutated: Mutated): void {
  vanish(t, 0);
  vanish(t, 1);
  if (isSettled(t) || mutated("no journal")) {
    return;
  }
  for (const p of t.messages.keys()) {
    if (!isSettledMessage(t.messages[p]!) && t.journal.some((line) => line[0] === "sent" && line[1] === p)) {
      leaveFile(t, p, mutated);
      recordSent(t, p, "evidence");
    }
  }
  const named = !mutated("the journal does not name the attempt");
  const lines = t.journal.filter((line) => line[0] !== "sent");
  const latest = named ? [...new Map(lines.map((line) => [`${line[1]},${line[2]}`, line])).values()] : lines.slice(-1);
  for (const line of latest) {
    if (!isSettledMessage(t.messages[line[1]]!) && isBehind(t, line, { named, mutated })) {
      endUnknown(t, line[1], { cause: "evidence", reason: BY_JOURNAL });
    }
  }
}

/** restore.ts, isBehind() */
function isBehind(
  t: State,
  [kind, p, id]: Exclude<Line, readonly ["sent", Index]>,
  { named, mutated }: { readonly named: boolean; readonly mutated: Mutated },
): boolean {
  const state = (named ? t.attempts.find((attempt) => attempt.id === id) : lastOf(t, p))?.state;
  return kind === "intent"
    ? state === undefined || state === "sending" || state === "abandoned"
    : named && state === "committing" && !mutated("a withdrawn intent is no news to a restored database");
}

export const BY_JOURNAL = "the journal says that the database was restored";

/** A worker is gone for ever. */
export function vanish(t: State, w: Name): void {
  if (t.workers[w].at === "rename" || t.workers[w].at === "renameSecondStep") {
    leaveRename(t.workers[w])(t);
  }
  free(t, w);
}
