// What happened, in human words: each event becomes one line of the screen. Pure.
import { partnerName } from "../world/partners.ts";
import { plain } from "../world/plain-text.ts";

export type StoryEvent = { readonly at: number } & (
  | {
      readonly kind: "order";
      readonly order: string;
      /** Fit for a terminal. */
      readonly customer: string;
      /** How many lines go to whom; undefined is nobody. */
      readonly split: readonly { readonly supplier: string | undefined; readonly lines: number }[];
    }
  | { readonly kind: "historic"; readonly order: string; readonly customer: string }
  | {
      readonly kind: "held" | "test";
      readonly order: string;
      readonly number: string | null;
      readonly reasons: readonly string[];
    }
  | { readonly kind: "released"; readonly order: string; readonly number: string | null; readonly supplier: string }
  | { readonly kind: "cancelled"; readonly order: string; readonly what: string }
  | { readonly kind: "again"; readonly order: string; readonly topic: string }
  | {
      readonly kind: "sent";
      readonly supplier: string;
      readonly number: string;
      readonly fileName: string;
      readonly bytes: number;
      /** Since its webhook was accepted. */
      readonly afterMs: number | undefined;
    }
  | {
      readonly kind: "answer";
      readonly supplier: string;
      readonly number: string;
      readonly status: string;
      readonly reason: string | undefined;
    }
  | { readonly kind: "trouble"; readonly who: string; readonly what: string }
  | { readonly kind: "alert"; readonly message: string }
);

export type Tone = "in" | "out" | "good" | "wait" | "bad" | "quiet";

export interface Line {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly word: string;
  readonly tone: Tone;
  /** The order or purchase order that it is about. */
  readonly name: string;
  /** A column of its own that may be cut. */
  readonly who?: string;
  readonly text: string;
}

export function storyLine(event: StoryEvent): Line {
  const { at } = event;
  switch (event.kind) {
    case "order": {
      const { order, customer, split } = event;
      const text = split
        .map(({ supplier, lines }) => `${supplier === undefined ? "nobody" : partnerName(supplier)} ${lines}`)
        .join(", ");
      return {
        at,
        word: "order",
        tone: "in",
        name: order,
        who: customer,
        text: text === "" ? "nothing to send" : `→ ${text}`,
      };
    }
    case "historic":
      return {
        at,
        word: "historic",
        tone: "quiet",
        name: event.order,
        who: event.customer,
        text: "old: kept, never sent",
      };
    case "held":
    case "test": {
      const { kind, order, number, reasons } = event;
      return { at, word: kind, tone: "wait", name: number ?? order, text: plain(reasons.join("; ")) };
    }
    case "released":
      return {
        at,
        word: "released",
        tone: "good",
        name: event.number ?? event.order,
        text: `nothing holds it any more: → ${partnerName(event.supplier)}`,
      };
    case "cancelled":
      return { at, word: "cancel", tone: "wait", name: event.order, text: event.what };
    case "again":
      return { at, word: "again", tone: "quiet", name: event.order, text: `${event.topic}, the same webhook: dropped` };
    case "sent": {
      const { supplier, number, fileName, bytes, afterMs } = event;
      const columns = [`→ ${partnerName(supplier)}`.padEnd(10), fileName.padEnd(19), size(bytes).padStart(7)];
      return { at, word: "sent", tone: "out", name: number, text: [...columns, duration(afterMs).padStart(7)].join(" ") };
    }
    case "answer": {
      const { supplier, number, status, reason } = event;
      const tone = status === "accepted" ? "good" : status === "rejected" ? "bad" : "wait";
      const text = `${`← ${partnerName(supplier)}`.padEnd(10)} ${status}${reason === undefined ? "" : `: ${plain(reason)}`}`;
      return { at, word: "answer", tone, name: number, text };
    }
    case "trouble":
      return { at, word: "trouble", tone: "bad", name: event.who, text: plain(event.what) };
    case "alert": {
      const [, about = "", text = event.message] = /^(?:Order|Purchase order) ([^\s:]+):? (.*)$/s.exec(event.message) ?? [];
      return { at, word: "alert", tone: "bad", name: about, text: plain(text) };
    }
  }
}

/** For people: 1.9 kB. */
export function size(bytes: number): string {
  return bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`;
}

/** 210 ms, 3.4 s; nothing when it is not known. */
export function duration(ms: number | undefined): string {
  return ms === undefined ? "" : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** At most so many characters, the last one "…" when something is missing. */
export function clip(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

const MOST_LINES = 4;

/** Between words, so that no line is wider; what is left after a few lines is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(clip(word, width));
    }
  }
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), clip(`${lines[MOST_LINES - 1]} …`, width)];
}
