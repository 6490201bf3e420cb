// What a person can do about what did not go through by itself. Three of them answer "we never got it", and differ in what
// the supplier will see:
//
//   same-again    the same number, the same bytes, a new file name: who has it already may ship twice
//   replace       the same number, the next version, written from the order as it is now, marked as a replacement
//   order-again   a new number: the old one is given up, and an answer to it is set aside
//
// A notice (./notice.ts) is sent like a purchase order, and is neither replaced nor ordered again. Its answer may come by
// telephone: notice-accepted, notice-too-late. Where no document can tell the supplier, a person does, and has these alone.
import type { NoticePurpose } from "../answers/notice.ts";
import type { PurchaseOrderState } from "./purchase-order.ts";

export const remedies = [
  "retry",
  "same-again",
  "replace",
  "order-again",
  "mark-sent",
  "discard",
  "notice-accepted",
  "notice-too-late",
] as const;
export type Remedy = (typeof remedies)[number];

/** Sends what the supplier may have already. */
export const sendsAgain = (remedy: Remedy): boolean =>
  remedy === "same-again" || remedy === "replace" || remedy === "order-again";

export interface Resendable {
  readonly state: PurchaseOrderState;
  /** The supplier's answer; received is none yet. */
  readonly acknowledgement: "received" | "accepted" | "rejected" | "changed" | null;
  /** Of a notice. */
  readonly purpose: NoticePurpose | null;
  /** 1: of a notice that a person tells, because no document can. */
  readonly by_hand: number;
}

/** None for a purchase order that takes its course, and for one that the supplier has answered. */
export function remediesOfPurchaseOrder({ state, acknowledgement, purpose, by_hand: byHand }: Resendable): readonly Remedy[] {
  if (purpose !== null) {
    return byHand === 1 ? remediesByHand(state) : remediesOfNotice(state);
  }
  switch (state) {
    case "ready":
      return ["retry"];
    case "failed":
      return ["retry", "order-again", "mark-sent", "discard"];
    case "unknown":
      return ["same-again", "replace", "order-again", "mark-sent", "discard"];
    case "sent":
      return acknowledgement === null || acknowledgement === "received" ? ["same-again", "replace", "order-again"] : [];
    case "held":
    case "sending":
    case "closed":
    case "cancelled":
      return [];
  }
}

function remediesOfNotice(state: PurchaseOrderState): readonly Remedy[] {
  switch (state) {
    case "ready":
      return ["retry"];
    case "failed":
      return ["retry", "mark-sent", "notice-accepted", "notice-too-late", "discard"];
    case "unknown":
      return ["same-again", "mark-sent", "notice-accepted", "notice-too-late", "discard"];
    case "sent":
      return ["same-again", "notice-accepted", "notice-too-late"];
    case "held":
    case "sending":
    case "closed":
    case "cancelled":
      return [];
  }
}

/** There is nothing to send: what counts is what the supplier says. */
const remediesByHand = (state: PurchaseOrderState): readonly Remedy[] =>
  state === "failed" ? ["notice-accepted", "notice-too-late", "discard"] : [];

/** Shopify asks these of a person, within 30 days; there is nothing to try again. */
export const questions: readonly string[] = ["customers/data_request", "customers/redact", "shop/redact"];

export const remediesOfWebhook = (topic: string): readonly Remedy[] =>
  questions.includes(topic) ? ["discard"] : ["retry", "discard"];

export const remediesOfFile = (): readonly Remedy[] => ["retry", "discard"];

/** Why it cannot be done, as a sentence for the person; undefined when it can. */
export function objectionTo(remedy: Remedy, po: Resendable & { readonly label: string }): string | undefined {
  const { label, state, acknowledgement } = po;
  const possible = remediesOfPurchaseOrder(po);
  if (possible.includes(remedy)) {
    return undefined;
  }
  const answered = state === "sent" && possible.length === 0 ? ` and the supplier has answered (${acknowledgement})` : "";
  const instead = possible.length === 0 ? "" : `. Possible: ${possible.join(", ")}`;
  if (po.purpose !== null && (remedy === "replace" || remedy === "order-again")) {
    return `${label} is no purchase order: ${remedy} is not possible${instead}`;
  }
  if (po.by_hand === 1) {
    return `${label} is told by a person, because no document can: ${remedy} is not possible${instead}`;
  }
  const why =
    state === "unknown" && remedy === "retry"
      ? `${label} is unknown: the supplier may have it. Ask first`
      : `${label} is ${state}`;
  return `${why}${answered}: ${remedy} is not possible${instead}`;
}

/** Why nothing can be sent to a supplier in dry run, and what to do. */
export const inDryRun = (supplier: string): string =>
  `${supplier} is in dry run, so nothing is sent to it: set suppliers.${supplier}.mode to live and restart, then try again`;
