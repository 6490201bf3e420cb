// A worker's steps in the model of the ways (./model.ts): deliver.ts, direct.ts and endings.ts in their order.
import {
  judgeCommitting,
  judgeDirect,
  judgeMarked,
  judgeSending,
  type Look,
  type Seen,
  type Verdict,
} from "../../../domain/delivery/delivery-table.ts";
import type { Mutated } from "./mutation.ts";
import { leave, remove, rename, store, temporaryOf, upload } from "./server.ts";
import {
  changeMessage,
  endUnknown,
  recordSent,
  setAttempts,
  type At,
  type Attempt,
  type Bounds,
  type Name,
  type State,
  type Worker,
} from "./state.ts";

export interface Option {
  readonly text: string;
  readonly next: At;
  /** It costs one of this bound; else it is fair. */
  readonly fault?: "lost" | "refusals";
  readonly effect?: (s: State) => State;
  readonly remember?: Partial<Worker>;
}

export interface Here {
  readonly s: State;
  readonly w: Name;
  readonly me: Worker;
  readonly bounds: Bounds;
  readonly mutated: Mutated;
}

const WITHIN_MS = 15 * 60_000;
const mine =
  ({ me }: Here) =>
  (one: Attempt): boolean =>
    one.id === me.id;

/** attempts.ts, held(): the compare of every compare-and-set. */
const isHeld = ({ s, w, me }: Here, state: Attempt["state"]): boolean =>
  s.message === "sending" && s.attempts.some((one) => one.id === me.id && one.state === state && one.token === w);

const isThere = ({ s, me }: Here, part: "order" | "marker" | "note"): boolean =>
  s.temporary.includes(temporaryOf(part, me.number));
const seen = ({ s }: Here): Seen => (s.order === "absent" ? "absent" : s.order === "whole" ? "ours" : "other");
const seenMarker = ({ s, bounds }: Here): Seen | undefined => (bounds.marker ? (s.marker ? "ours" : "absent") : undefined);
const gone = (here: Here) => (s: State) => remove(s, here.me.number);
const line = (here: Here, kind: "intent" | "withdrawn") => (s: State) => {
  const lines = [
    ...s.journal.filter((one) => one !== `intent ${here.me.id}` && one !== `withdrawn ${here.me.id}`),
    `${kind} ${here.me.id}`,
  ];
  return { ...s, journal: lines };
};
/** attempts.end(): back to ready, to be tried again. */
const endAttempt = (here: Here) => (s: State) =>
  changeMessage(setAttempts(s, mine(here), { state: "not-sent" }), "ready", "system");

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

/** The verdict on an attempt that was taken over with its intent. */
function decide(here: Here, verdict: Verdict): Pick<Option, "next" | "remember"> {
  const { me, bounds, mutated } = here;
  const temporary = me.temporary || (bounds.marker && me.markerTemporary);
  const renames = bounds.marker && !mutated("it looks twice where there are two renames") ? 2 : 1;
  if (verdict.do === "unknown" && temporary && me.looks < renames && bounds.commit === "rename") {
    return { next: "lookTemporary", remember: { looks: me.looks + 1 } };
  }
  switch (verdict.do) {
    case "rename":
      return me.refused ? { next: "free" } : { next: "journalIntent" };
    case "place-marker":
      return { next: "renameMarker" };
    case "store":
      return { next: "journalIntent" };
    case "mark-sent":
    case "start-over":
    case "unknown":
      return { next: "conclude", remember: { verdict } };
  }
}

function judgeLook(here: Here, sinceIntentMs: number): Verdict {
  const { me, bounds, mutated } = here;
  const look: Look = {
    temporary: me.temporary ? "present" : "absent",
    final: me.final,
    rename: "one-step",
    sameEndpoint: true,
    sinceIntentMs,
    acknowledgementExpected: true,
  };
  if (!bounds.marker || mutated("a takeover does not look at the marker")) {
    return judgeCommitting(look, WITHIN_MS);
  }
  const final = seenMarker(here) ?? "absent";
  const marker = { temporary: me.markerTemporary ? ("present" as const) : ("absent" as const), final };
  if (mutated("a marker is placed again where the order still is") && me.final === "ours") {
    return { do: "place-marker" };
  }
  return judgeMarked(look, marker, WITHIN_MS);
}

/** Whether it comes soon enough to infer is as it may be. */
function judged(here: Here, text: string): readonly Option[] {
  const soon = judgeLook(here, 0);
  const late = judgeLook(here, WITHIN_MS + 1);
  return soon.do === late.do
    ? [{ text, ...decide(here, soon) }]
    : [
        { text, ...decide(here, soon) },
        { text: `${text}, too late to infer`, ...decide(here, late) },
      ];
}

/** A look, whose reply may be lost: then it is looked at again later. */
const lost = (here: Here, option: Option): Option[] =>
  here.s.left.lost > 0
    ? [{ text: `${option.text}: the reply is lost`, next: here.me.takenOver ? "free" : "endRetry", fault: "lost" }]
    : [];

export const work: Readonly<Record<Exclude<At, "free">, (here: Here) => readonly Option[]>> = {
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
  renameNote: ({ me, bounds, mutated }) => {
    const next: At = mutated("the delivery note is renamed after the order") ? "conclude" : "writeIntent";
    return [
      { text: "renames its delivery note", next, effect: (s) => rename(s, "note", me.number, bounds) },
      {
        text: "renames its delivery note, the reply is lost",
        next: "endRetry",
        fault: "lost",
        effect: (s) => leave(s, `rename note${me.number}`),
      },
      { text: "renames its delivery note: refused", next: "endRetry", fault: "refusals" },
    ];
  },
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
  rename: (here) => {
    const { me, bounds, mutated } = here;
    const refused: At = me.takenOver ? "lookTemporary" : "afterRefusal";
    if (!isThere(here, "order")) {
      return [{ text: "renames: refused, no temporary file", next: refused, remember: { refused: true, looks: 0 } }];
    }
    const next: At = mutated("the delivery note is renamed after the order")
      ? "seeNote"
      : bounds.marker && !mutated("the marker is renamed before the order") && !mutated("an order is sent without its marker")
        ? "renameMarker"
        : "conclude";
    const effect = (s: State): State => rename(s, "order", me.number, bounds);
    return [
      { text: "renames", next, effect, remember: { verdict: null } },
      { text: "renames, the reply is lost", next: "free", fault: "lost", effect: (s) => leave(s, `rename order${me.number}`) },
      { text: "renames: refused", next: refused, fault: "refusals", remember: { refused: true, looks: 0 } },
    ];
  },
  renameMarker: (here) => {
    const { me, bounds, mutated } = here;
    if (!isThere(here, "marker")) {
      return [{ text: "renames the marker: refused, no temporary file", next: "free" }];
    }
    const next: At = mutated("the marker is renamed before the order") && isThere(here, "order") ? "rename" : "conclude";
    return [
      { text: "renames the marker", next, effect: (s) => rename(s, "marker", me.number, bounds), remember: { verdict: null } },
      {
        text: "renames the marker, the reply is lost",
        next: "free",
        fault: "lost",
        effect: (s) => leave(s, `rename marker${me.number}`),
      },
      { text: "renames the marker: refused", next: "free", fault: "refusals" },
    ];
  },
  // direct.ts: behind a marker, no one reads it yet.
  storeOrder: (here) => {
    const { me, bounds } = here;
    const next: At = me.takenOver ? "store" : "writeIntent";
    const failed: At = me.takenOver ? "free" : "endRetry";
    return [
      { text: "stores the order behind its marker", next, effect: (s) => store(s, "order", "whole", bounds) },
      { text: "stores a part of the order", next: failed, fault: "lost", effect: (s) => store(s, "order", "part", bounds) },
    ];
  },
  store: (here) => {
    const { me, bounds, mutated } = here;
    const part = bounds.marker ? "marker" : "order";
    const takenOver = me.takenOver && bounds.marker && here.s.order !== "whole";
    if (takenOver) {
      return [{ text: "finds the order not whole behind its marker", next: "storeOrder" }];
    }
    const next: At = mutated("the intent of a direct upload is written after it") && !me.takenOver ? "writeIntent" : "conclude";
    const again: At = mutated("a direct upload whose reply is lost is stored again") ? "store" : "free";
    const whole = (s: State): State => store(s, part, "whole", bounds);
    return [
      { text: "stores", next, effect: whole, remember: { verdict: null } },
      { text: "stores, the reply is lost", next: again, fault: "lost", effect: whole },
      {
        text: "stores, the connection is lost",
        next: again,
        fault: "lost",
        effect: (s) => leave(s, `store ${part}${me.number}`),
      },
      ...(bounds.marker
        ? []
        : [
            {
              text: "stores a part, the connection is lost",
              next: again,
              fault: "lost",
              effect: (s: State) => store(s, part, "part", bounds),
            } as const,
          ]),
      { text: "stores: refused before a byte", next: "afterRefusedStore", fault: "refusals", remember: { refused: true } },
      { text: "stores: refused, nobody knows when", next: "afterRefusedStore", fault: "refusals", remember: { refused: false } },
      {
        text: "stores: refused, though it came",
        next: "afterRefusedStore",
        fault: "refusals",
        effect: whole,
        remember: { refused: false },
      },
    ];
  },
  // send(), after a refusal
  afterRefusal: (here) =>
    isThere(here, "order")
      ? [{ text: "looks at the temporary name (present)", next: "endRefused" }]
      : [{ text: "looks at the temporary name (absent)", next: "free" }],
  // direct.ts, notStored()
  afterRefusedStore: (here) => {
    const { me, bounds, mutated } = here;
    const refused = !me.takenOver && (me.refused || mutated("a refused upload is believed whenever it was refused"));
    const final = bounds.marker ? (seenMarker(here) ?? "absent") : seen(here);
    const verdict = judgeDirect({ final, refused, tolerated: bounds.tolerated });
    const text = `looks at what it stored (${final})`;
    switch (verdict.do) {
      case "start-over":
        return [{ text, next: "endRefused" }];
      case "store":
        return [{ text, next: "free" }];
      case "rename":
      case "place-marker":
      case "mark-sent":
      case "unknown":
        return [{ text, next: "conclude", remember: { verdict } }];
    }
  },
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
  // look.ts, judgeOnce(): four questions
  lookTemporary: (here) => {
    const temporary = isThere(here, "order");
    const option: Option = {
      text: `looks at the order's temporary name (${temporary})`,
      next: "lookFinal",
      remember: { temporary },
    };
    return [option, ...lost(here, option)];
  },
  lookFinal: (here) => {
    const final = seen(here);
    const text = `looks at the order's final name (${final})`;
    if (here.bounds.marker) {
      return [{ text, next: "lookMarkerTemporary", remember: { final } }];
    }
    return judged({ ...here, me: { ...here.me, final } }, text);
  },
  lookMarkerTemporary: (here) => {
    const markerTemporary = isThere(here, "marker");
    return [
      {
        text: `looks at the marker's temporary name (${markerTemporary})`,
        next: "lookMarkerFinal",
        remember: { markerTemporary },
      },
    ];
  },
  lookMarkerFinal: (here) => judged(here, `looks at the marker's final name (${seenMarker(here)})`),
  lookDirect: (here) => {
    const { bounds, mutated } = here;
    const final = bounds.marker ? (seenMarker(here) ?? "absent") : seen(here);
    const inferred: Verdict = { do: "mark-sent", inferred: true, alert: null };
    const verdict =
      final === "absent" && mutated("a direct upload of which nothing is there is taken for sent")
        ? inferred
        : judgeDirect({ final, refused: false, tolerated: bounds.tolerated });
    const option: Option = { text: `looks at what it may have stored (${final})`, ...decide(here, verdict) };
    return [option, ...lost(here, option)];
  },
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
