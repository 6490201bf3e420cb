// What a person can do about what did not go through by itself. Three of them answer "we never got it", and differ in what
// the supplier will see:
//
//   same-again    the same number, the same bytes, a new file name: who has it already may ship twice
//   replace       the same number, the next version, written from the order as it is now, marked as a replacement
//   order-again   a new number: the old one is given up, and an answer to it is set aside
//
// A notice is sent like a purchase order, and is neither replaced nor ordered again. Its answer may come by telephone:
// notice-accepted, notice-too-late. Where no document can tell the supplier, a person does: such a task has these alone.
import { isNotice, type MessageKind, type MessageState } from "../delivery/message.ts";
import { labelOf, named } from "../answers/notice.ts";
import { stateOf, type PurchaseOrderState } from "./purchase-order.ts";

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

/** The supplier's answer; received is none yet. */
type Answer = "received" | "accepted" | "rejected" | "changed" | null;

/** What a person may do something about. */
export type Remediable =
  | { readonly kind: "purchase-order"; readonly label: string; readonly state: PurchaseOrderState; readonly answer: Answer }
  | { readonly kind: "notice"; readonly label: string; readonly state: MessageState; readonly answer: Answer }
  /** What a person tells a supplier. */
  | { readonly kind: "task"; readonly label: string; readonly state: "open" | "settled"; readonly answer: Answer };

export const ofPurchaseOrder = (po: {
  readonly id: string;
  readonly number: string | null;
  readonly state: PurchaseOrderState;
  readonly acknowledgement: Answer;
}): Remediable => ({ kind: "purchase-order", label: labelOf(po), state: po.state, answer: po.acknowledgement });

export function ofMessage(message: {
  readonly id: string;
  readonly kind: MessageKind;
  readonly purchase_order_id: string;
  readonly number: string | null;
  readonly state: MessageState;
  readonly answer: Answer;
}): Remediable {
  const { kind, state, answer } = message;
  const label = labelOf(named(message));
  return isNotice(kind)
    ? { kind: "notice", label, state, answer }
    : { kind: "purchase-order", label, state: stateOf("open", state), answer };
}

export const ofTask = (task: {
  readonly id: string;
  readonly number: string | null;
  readonly purpose: "cancellation" | "change";
  readonly settled_at: number | null;
}): Remediable => ({ kind: "task", label: labelOf(task), state: task.settled_at === null ? "open" : "settled", answer: null });

/** None for what takes its course, and for what the supplier has answered. */
export function remediesFor(subject: Remediable): readonly Remedy[] {
  switch (subject.kind) {
    case "purchase-order":
      return remediesOfPurchaseOrder(subject);
    case "notice":
      return remediesOfNotice(subject);
    case "task":
      return subject.state === "open" ? ["notice-accepted", "notice-too-late", "discard"] : [];
  }
}

function remediesOfPurchaseOrder({ state, answer }: Remediable & { readonly kind: "purchase-order" }): readonly Remedy[] {
  switch (state) {
    case "ready":
      return ["retry"];
    case "failed":
      return ["retry", "order-again", "mark-sent", "discard"];
    case "unknown":
      return ["same-again", "replace", "order-again", "mark-sent", "discard"];
    case "sent":
      return answer === null || answer === "received" ? ["same-again", "replace", "order-again"] : [];
    case "held":
    case "sending":
    case "closed":
    case "cancelled":
      return [];
  }
}

function remediesOfNotice({ state, answer }: Remediable & { readonly kind: "notice" }): readonly Remedy[] {
  switch (state) {
    case "ready":
      return ["retry"];
    case "failed":
      return ["retry", "mark-sent", "notice-accepted", "notice-too-late", "discard"];
    case "unknown":
      return ["same-again", "mark-sent", "notice-accepted", "notice-too-late", "discard"];
    case "sent":
      return answer === null || answer === "received" ? ["same-again", "notice-accepted", "notice-too-late"] : [];
    case "sending":
    case "withdrawn":
      return [];
  }
}

/** Shopify asks these of a person, within 30 days; there is nothing to try again. */
export const questions: readonly string[] = ["customers/data_request", "customers/redact", "shop/redact"];

export const remediesOfWebhook = (topic: string): readonly Remedy[] =>
  questions.includes(topic) ? ["discard"] : ["retry", "discard"];

export const remediesOfFile = (): readonly Remedy[] => ["retry", "discard"];

/** Why it cannot be done, as a sentence for the person; undefined when it can. */
export function objectionTo(remedy: Remedy, subject: Remediable): string | undefined {
  const { label, state, answer } = subject;
  const possible = remediesFor(subject);
  if (possible.includes(remedy)) {
    return undefined;
  }
  const instead = possible.length === 0 ? "" : `. Possible: ${possible.join(", ")}`;
  if (subject.kind !== "purchase-order" && (remedy === "replace" || remedy === "order-again")) {
    return `${label} is no purchase order: ${remedy} is not possible${instead}`;
  }
  if (subject.kind === "task") {
    return state === "settled"
      ? `${label} is settled: ${remedy} is not possible`
      : `${label} is told by a person, because no document can: ${remedy} is not possible${instead}`;
  }
  const answered = state === "sent" && possible.length === 0 ? ` and the supplier has answered (${answer})` : "";
  const why =
    state === "unknown" && remedy === "retry"
      ? `${label} is unknown: the supplier may have it. Ask first`
      : `${label} is ${state}`;
  return `${why}${answered}: ${remedy} is not possible${instead}`;
}

/** Why nothing can be sent to a supplier in dry run, and what to do. */
export const inDryRun = (supplier: string): string =>
  `${supplier} is in dry run, so nothing is sent to it: set suppliers.${supplier}.mode to live and restart, then try again`;
