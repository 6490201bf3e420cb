// What must never be seen in the model of the delivery protocol (./model.ts).
import type { Wrong } from "./explore.ts";
import type { Bounds } from "./bounds.ts";
import { BY_JOURNAL } from "./restart.ts";
import { ONE_HAS_LEFT } from "./worker.ts";
import { isIn, nameOf, messagesIn, runningAttempt, type Index, type State } from "./state.ts";

/** Of one that was sent by itself, after a backup in which it is in a file with others: its final name is that file's, too. */
const OTHER_FILE = "another file has the final name at the supplier";

/** It was not renamed, or the supplier has taken it between the two steps; or one who ended left the second to nobody. */
const IN_TWO_STEPS = [
  "only the temporary file exists, which proves nothing, since this server",
  "both the temporary and the final file exist",
];

export function wrong(s: State, { restores, persons, rename }: Bounds): Wrong | undefined {
  if (s.taken.some((count) => count > 1)) {
    return { kind: "double", what: s.messages.length === 1 ? "the supplier took two files" : "the supplier took one twice" };
  }
  if (s.replaced) {
    return { kind: "double", what: "a file was replaced under its final name" };
  }
  if (s.messages.some(({ state }, p) => state === "sent" && !isIn(s.arrived, p))) {
    return { kind: "loss", what: "it is sent, and nothing ever had the final name" };
  }
  if (s.messages.some(({ state }, p) => state === "withdrawn" && isIn(s.arrived, p))) {
    return { kind: "cancelled", what: "it is cancelled, and came to the supplier" };
  }
  if (s.messages.some(({ unwanted }, p) => unwanted === "in time" && runningAttempt(s, p)?.state === "committing")) {
    return { kind: "cancelled", what: "one is not wanted any more, and its file goes" };
  }
  if (s.bug !== null) {
    return { kind: "bug", what: s.bug };
  }
  for (const { state, file } of s.attempts) {
    const apart =
      state === "sent" || state === "unknown" ? messagesIn(s, file).find((p) => !isAsItsFile(s, p, state)) : undefined;
    if (apart !== undefined) {
      return {
        kind: "apart",
        what: `a file is ${state}, and ${nameOf(s, apart)}, which is in it, is ${s.messages[apart]!.state}`,
      };
    }
  }
  const restored = s.left.restores < restores;
  const settledByHand = s.left.persons < persons;
  const isReason = (reason: string | null, p: Index): boolean =>
    reason === BY_JOURNAL || (reason === OTHER_FILE && s.messages.length > 1)
      ? restored
      : reason === ONE_HAS_LEFT.reason
        ? restored || settledByHand
        : IN_TWO_STEPS.some((row) => reason?.startsWith(row) === true)
          ? rename === "two-steps"
          : reason !== null && reason.startsWith("neither") && isIn(s.arrived, p);
  const without = s.messages.find(({ state, reason }, p) => state === "unknown" && !isReason(reason, p));
  return without && { kind: "unknown without reason", what: without.reason ?? "" };
}

/** What became of a file became of everything in it; and what is unknown of all, an answer may tell of one. */
const isAsItsFile = (s: State, p: Index, state: "sent" | "unknown"): boolean =>
  s.messages[p]!.state === "sent" || s.messages[p]!.state === state;
