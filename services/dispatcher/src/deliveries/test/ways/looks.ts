// What a worker sees of an attempt that was taken over, in the model of the ways (./model.ts): look.ts in its order.
import { judgeCommitting, judgeMarked, type Look, type Verdict } from "../../../domain/delivery/delivery-table.ts";
import { isThere, lost, seen, seenMarker, type Here, type Option, type Steps } from "./here.ts";
import type { At } from "./state.ts";

const WITHIN_MS = 15 * 60_000;

/** The verdict on an attempt that was taken over with its intent. */
export function decide(here: Here, verdict: Verdict): Pick<Option, "next" | "remember"> {
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
    rename: believesNames(here) ? "one-step" : bounds.rename,
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

const believesNames = ({ me, mutated }: Here): boolean =>
  mutated("a temporary file proves that nothing was renamed, however the server renames") ||
  (mutated("a marker's temporary file proves that the supplier was not told, however the server renames") &&
    me.final === "ours" &&
    !me.temporary);

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

export const looks = {
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
} satisfies Partial<Record<At, Steps>>;
