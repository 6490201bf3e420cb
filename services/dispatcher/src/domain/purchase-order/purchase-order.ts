// How a purchase order stands, as people and programs see it: a function of what became of it as business, its *stage*, and of the
// message that asks its supplier for it (../delivery/message.ts). A wish to cancel is a column of its own, so that it never hides
// where the delivery stands.
//
//   held ──▶ ready ──▶ sending ──▶ sent ──▶ closed      closed: every unit shipped, rejected, cancelled or discarded
//     ▲       │ ▲          │ │ └──▶ unknown              settled by an acknowledgement, a shipment or a person
//     └───────┘ └──────────┘ └────▶ failed               only a person moves it on; held and ready fail too, when
//                                                        the document cannot be written
//   held, ready, sending, failed ──▶ cancelled           from the intent to rename on, cancelling is the supplier's affair
//   sent, unknown ──▶ ready, cancelled                   only by a person: sent once more, or given up for a new number
import type { Cause, MessageState } from "../delivery/message.ts";

export const purchaseOrderStates = ["held", "ready", "sending", "sent", "closed", "unknown", "failed", "cancelled"] as const;
export type PurchaseOrderState = (typeof purchaseOrderStates)[number];

/** open: units of it are still to come, as far as anybody knows. */
export const stages = ["open", "closed", "cancelled"] as const;
export type Stage = (typeof stages)[number];

/** `message`: of the message that asks for it now; null: there was none yet. */
export function stateOf(stage: Stage, message: MessageState | null): PurchaseOrderState {
  if (stage !== "open") {
    return stage;
  }
  return message === null || message === "withdrawn" ? "held" : message;
}

/** A purchase order ends once, by an answer or a person; the machine only gives up what no supplier has. */
export function mayEnd(from: Stage, to: Stage, cause: Cause): boolean {
  return from === "open" && (to === "cancelled" ? cause !== "evidence" : to === "closed" && cause !== "system");
}

/** Lines and holds follow the order only in these states; in all others the content is frozen. */
export const isOpen = (state: PurchaseOrderState): boolean => state === "held" || state === "ready";
