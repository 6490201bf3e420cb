// The delivery protocol as a model small enough to visit every state of: one message, or several that may go in one
// file; two workers, the supplier, and a bounded number of faults. Each step is one transaction, one command at the server or one line of the journal, in
// the order of the code, whose functions are named beside it; any step of anybody may come between two of them. What a
// look means, and how a message may change, are not modelled: they are domain/delivery/delivery-table.ts and
// domain/delivery/message.ts themselves.
//
// Time is a choice: a claim may be due again at any instant, and a look may come soon or too late to infer. A worker that
// stalls is one whose next step comes late. Of others that are ready, a claim takes all along or none, whatever the reason. Left out:
// several documents, versions and copies; holds; of cancellations all but a wish while it is being sent, of persons all but
// one who knows that the supplier has it; those that failed, or go by themselves from then on; retries and looks that end after too many, pauses and the breaker, which only make less happen; generations
// (a sweep may hand it out at any instant here, so a stale job can do no more than a fresh one);
// servers that change bytes, take back the first step of a rename, or clean up temporary files; another server under the same name; a
// backup that does not know the message (restore.test.ts has that). Markers, delivery notes and uploads under the final name are in ways/.
//
// What it assumes of servers and suppliers, by the numbers of docs/delivery.md; rows are those of `npm run test:servers`, in
// docs/interoperability.md. That a server ends as assumed is tried there; what stands in the instant between is seen by no row.
//   1 a rename of one step shows who looks the old name or the new one; of two steps, first both, then the new one. Untried;
//     "temporary folder on another disk" tells which server copies
//   2 nobody but us touches a file with a temporary name of ours, and a server cleans none up within 15 minutes of the intent. Untried
//   3 nobody else puts a file under a final name of ours. Untried; "killed before the intent, another file under the final name" and
//     "killed after the intent, another file of the same size under the final name" try what we do if it is broken
//   4 a definite refusal is true where the temporary file is still there; of two steps, it is the first that was refused. The first half
//     is tried by "rename of a file that is not there" and "temporary folder on another disk", the second is untried
//   5 a supplier that takes a file takes it away, once, whole, and never puts it back. Untried
//   6 it reads an order behind a marker once for each marker, or does not wait for the marker (ways/). Untried
//   7 an upload that is confirmed is whole; one that is refused before a byte has brought none (ways/). Tried by "a file of 1 MB arrives
//     and comes back byte for byte" and by the rows of "direct" and of "direct, duplicates tolerated"
//   8 an answer or a shipment comes only of what the supplier has taken, at any step after that. Untried: one that comes although
//     nothing was taken is out of scope, and would be a loss (ways/ shows it)
//   9 what was committed or synced is there after a crash, in that order, and one process has the database. No server's; `npm run chaos`
import { claim } from "./claim.ts";
import type { Model, Step } from "./explore.ts";
import type { Mutated, Mutation } from "./mutation.ts";
import { vanish } from "./restart.ts";
import { canonical } from "./spelling.ts";
import { copy, free, initial, isSettled, lastOf, setWorker, which, type Name, type Index, type State } from "./state.ts";
import { goOn, work } from "./worker.ts";
import { worldSteps } from "./world.ts";
import { wrong } from "./wrong.ts";
import type { Bounds } from "./bounds.ts";

export function deliveryModel(bounds: Bounds, mutations: readonly Mutation[] = []): Model<State> {
  const mutated: Mutated = (mutation) => mutations.includes(mutation);
  const { messages, crashes, lost, refusals, restores, wishes, persons } = bounds;
  return {
    initial: initial(messages, { crashes, lost, refusals, restores, wishes, persons }),
    steps: (s) => [
      ...workerSteps(s, 0, { bounds, mutated }),
      ...workerSteps(s, 1, { bounds, mutated }),
      ...worldSteps(s, { rename: bounds.rename, mutated }),
    ],
    wrong: (s) => wrong(s, bounds),
    settled: isSettled,
    // Numbers of attempts, and so temporary names, come again after a restore.
    canonical: (s) => canonical(s, restores > 0 || mutated("attempts share one temporary name")),
  };
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
  const steps = work[me.at]({ s, w, me, rename: bounds.rename, mutated })
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
  return s.messages.flatMap(({ state, carriedBy, unwanted }, p): readonly Step<State>[] => {
    const last = lastOf(s, p);
    const stalls = state === "sending" && last !== undefined && last.token !== null;
    const bounded = stalls && last.state === "sending" && s.attempts.length >= bounds.attempts;
    const carried = carriedBy !== null && !mutated("a member may be claimed by itself");
    if ((state !== "ready" && state !== "sending") || bounded || carried || isLikeTheFirst(s, p, bounds)) {
      return [];
    }
    const looks = state === "sending" && last?.state === "committing";
    const text =
      state === "ready"
        ? "claims it"
        : carriedBy === null
          ? `takes over what is ${last?.state} at ${stalls ? "one that stalls" : "nobody"}`
          : "claims it, which goes with another";
    if (unwanted !== null && !looks) {
      const t = copy(s);
      claim(t, w, { lead: p, joining: () => [], mutated });
      return [{ text: `cancels it instead of a claim${which(s, [p])}`, worker: w, fair: !stalls, to: t }];
    }
    // Whether the others have their turn by now, and room in the file, is as it may be.
    const companies: readonly ((t: State) => readonly Index[])[] = looks
      ? [() => []]
      : [
          () => [],
          (t) =>
            t.messages.flatMap((message, other) =>
              other !== p && message.state === "ready" && message.unwanted === null ? [other] : [],
            ),
        ];
    return companies.flatMap((joining): readonly Step<State>[] => {
      const t = copy(s);
      let joined: readonly Index[] = [];
      claim(t, w, { lead: p, joining: (now) => (joined = joining(now)), mutated });
      return joining !== companies[0] && joined.length === 0
        ? []
        : [{ text: `${text}${which(s, [p, ...joined])}`, worker: w, fair: !stalls, to: t }];
    });
  });
}

/** At the very beginning nothing tells one message from the other. */
const isLikeTheFirst = (s: State, p: Index, bounds: Bounds): boolean =>
  p > 0 &&
  s.attempts.length + s.journal.length === 0 &&
  s.left.restores === bounds.restores &&
  s.messages.every(({ state }) => state === "ready");
