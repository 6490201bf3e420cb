// Uploads under the final name in the model of the ways (./model.ts): direct.ts in its order.
import { judgeDirect, type Verdict } from "../../../domain/delivery/delivery-table.ts";
import { decide } from "./looks.ts";
import { lost, seen, seenMarker, type Option, type Steps } from "./here.ts";
import { leave, store } from "./server.ts";
import type { At, State } from "./state.ts";

export const direct = {
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
} satisfies Partial<Record<At, Steps>>;
