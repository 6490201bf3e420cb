// A worker's steps in the model of the ways (./model.ts): deliver.ts and endings.ts in their order.
import { judgeSending, type Verdict } from "../../../domain/delivery/delivery-table.ts";
import { direct } from "./direct.ts";
import { endAttempt, gone, isHeld, line, lost, mine, seen, seenMarker, type Here, type Option, type Steps } from "./here.ts";
import { looks } from "./looks.ts";
import { renames } from "./renames.ts";
import { upload } from "./server.ts";
import { endUnknown, recordSent, setAttempts, type At } from "./state.ts";

const afterIntent = ({ bounds, mutated }: Here): At =>
  bounds.commit === "direct"
    ? "store"
    : bounds.marker && mutated("the marker is renamed before the order")
      ? "renameMarker"
      : "rename";

/** judgeSending()'s verdict, before the intent. */
function before(here: Here, verdict: Verdict): Pick<Option, "next" | "remember" | "effect"> {
  const { bounds, mutated } = here;
  if (verdict.do !== "start-over") {
    return { next: "conclude", remember: { verdict }, effect: gone(here) };
  }
  if (bounds.commit === "direct") {
    return {
      next: bounds.marker ? "storeOrder" : mutated("the intent of a direct upload is written after it") ? "store" : "writeIntent",
    };
  }
  return { next: bounds.note && !mutated("the delivery note is renamed after the order") ? "isHeld" : "writeIntent" };
}

export const work: Readonly<Record<Exclude<At, "free">, Steps>> = {
  ...renames,
  ...direct,
  ...looks,
  // All of them under names of its own, which nobody else asks for: one step.
  upload: ({ me, bounds }) => {
    const parts = ["order", ...(bounds.note ? ["note"] : []), ...(bounds.marker ? ["marker"] : [])] as const;
    const names = parts.map((part) => `${part}${me.number}`);
    return [
      { text: "uploads and verifies", next: "seeOrder", effect: (s) => upload(s, names) },
      {
        text: "uploads the order, the reply is lost",
        next: "endRetry",
        fault: "lost",
        effect: (s) => upload(s, names.slice(0, 1)),
      },
    ];
  },
  seeOrder: (here) => {
    const { me, bounds } = here;
    // direct.ts, judgeBefore(): what stands there without its marker may be of an earlier attempt, and was not read.
    const final = bounds.commit === "direct" && bounds.marker && me.number > 1 && !here.s.marker ? "absent" : seen(here);
    const text = `looks at the order's final name (${final})`;
    const option: Option = bounds.marker
      ? { text, next: "seeMarker", remember: { final } }
      : { text, ...before(here, judgeSending(final)) };
    return [option, ...lost(here, option)];
  },
  seeMarker: (here) => {
    const text = `looks at the marker's final name (${seenMarker(here)})`;
    const option: Option = { text, ...before(here, judgeSending(here.me.final, seenMarker(here))) };
    return [option, ...lost(here, option)];
  },
  // placeNote()
  isHeld: (here) =>
    isHeld(here, "sending")
      ? [{ text: "is still its worker", next: "seeNote" }]
      : [{ text: "was taken over before its delivery note", next: "free", effect: gone(here) }],
  seeNote: ({ s, me, mutated }) =>
    s.note || (me.number > 1 && mutated("a second attempt takes its delivery note for placed"))
      ? [{ text: "finds its delivery note there", next: "writeIntent" }]
      : [{ text: "finds no delivery note", next: "renameNote" }],
  writeIntent: (here) => {
    if (!isHeld(here, "sending")) {
      return [{ text: "cannot write its intent: taken over", next: "free", effect: gone(here) }];
    }
    const next = here.mutated("the intent of a direct upload is written after it") ? "conclude" : "journalIntent";
    return [{ text: "writes its intent", next, effect: (s) => setAttempts(s, mine(here), { state: "committing" }) }];
  },
  journalIntent: (here) => [
    { text: "journals its intent", next: afterIntent(here), effect: line(here, "intent") },
    // NotJournaled: taken back, where it is its own; in a takeover it is looked at again.
    { text: "cannot journal its intent", next: here.me.takenOver ? "free" : "endRefused", fault: "lost" },
  ],
  // attempts.end() from sending; one with an intent stays as it is, to be looked at.
  endRetry: (here) =>
    isHeld(here, "sending")
      ? [{ text: "ends its attempt, not sent", next: "free", effect: endAttempt(here) }]
      : [{ text: "cannot end its attempt", next: "free" }],
  // attempts.end() from committing, then journaling.withdrawn()
  endRefused: (here) =>
    isHeld(here, "committing")
      ? [{ text: "takes back its intent", next: "journalWithdrawn", effect: endAttempt(here) }]
      : [{ text: "cannot take back its intent: taken over", next: "free" }],
  journalWithdrawn: (here) => [
    { text: "journals it withdrawn", next: "free", effect: (s) => gone(here)(line(here, "withdrawn")(s)) },
    ...(here.s.left.restores > 0 ? [{ text: "cannot journal it withdrawn", next: "free" } as const] : []),
  ],
  // conclude() and sent()
  conclude: (here) => {
    const { me } = here;
    const verdict = me.verdict ?? { do: "mark-sent", inferred: false };
    if (verdict.do === "start-over") {
      return [{ text: "gives up", next: "endRetry" }];
    }
    if (!isHeld(here, "committing") && !isHeld(here, "sending")) {
      return [{ text: "cannot end it: taken over", next: "free" }];
    }
    return verdict.do === "unknown"
      ? [{ text: `marks it unknown: ${verdict.reason}`, next: "free", effect: (s) => endUnknown(s, "system", verdict.reason) }]
      : [{ text: "marks it sent", next: "free", effect: (s) => recordSent(s, "system") }];
  },
};
