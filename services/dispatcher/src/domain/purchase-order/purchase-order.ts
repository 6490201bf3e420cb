// The purchase order's states, one table. `committing` belongs to the attempt (../deliveries), not to the purchase
// order; a wish to cancel is a column of its own, so that it never hides where the delivery stands.
//
//   held ──▶ ready ──▶ sending ──▶ sent ──▶ closed      closed: every unit shipped, rejected, cancelled or discarded
//     ▲       │ ▲          │ │ └──▶ unknown              settled by an acknowledgement, a shipment or a person
//     └───────┘ └──────────┘ └────▶ failed               only a person moves it on; held and ready fail too, when
//                                                        the document cannot be written
//   held, ready, failed ──▶ unknown                      by the journal, when an older database was restored
//   held, ready, sending, failed ──▶ cancelled           from `committing` on, cancelling is the supplier's affair
//   unknown ──▶ closed                                   by a person; a notice, when its purchase order is settled
//   sent, unknown ──▶ ready, cancelled                   only by a person: sent once more, or given up for a new number

export const purchaseOrderStates = ["held", "ready", "sending", "sent", "closed", "unknown", "failed", "cancelled"] as const;
export type PurchaseOrderState = (typeof purchaseOrderStates)[number];

/** Who may cause a change: the machine, the supplier's own files (evidence), or a person with a note. */
export type Cause = "system" | "evidence" | "person";

const transitions: Readonly<Record<PurchaseOrderState, Partial<Record<PurchaseOrderState, readonly Cause[]>>>> = {
  held: {
    ready: ["system", "person"],
    failed: ["system"],
    unknown: ["evidence"],
    cancelled: ["system", "person"],
    sent: ["evidence", "person"],
  },
  ready: {
    held: ["system", "person"],
    sending: ["system"],
    failed: ["system"],
    unknown: ["evidence"],
    cancelled: ["system", "person"],
    sent: ["evidence", "person"],
  },
  sending: {
    ready: ["system"],
    sent: ["system", "evidence", "person"],
    unknown: ["system", "evidence"],
    failed: ["system"],
    cancelled: ["system"],
  },
  sent: { closed: ["evidence", "person"], ready: ["person"], cancelled: ["person"] },
  unknown: { sent: ["evidence", "person"], ready: ["person"], cancelled: ["person"], closed: ["evidence", "person"] },
  failed: {
    unknown: ["evidence"],
    ready: ["person"],
    held: ["person"],
    sent: ["evidence", "person"],
    cancelled: ["system", "person"],
    closed: ["person"],
  },
  closed: {},
  cancelled: {},
};

export function mayChange(from: PurchaseOrderState, to: PurchaseOrderState, cause: Cause): boolean {
  return transitions[from][to]?.includes(cause) ?? false;
}

/** Lines and holds follow the order only in these states; in all others the content is frozen. */
export const isOpen = (state: PurchaseOrderState): boolean => state === "held" || state === "ready";
