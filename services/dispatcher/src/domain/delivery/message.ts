// What is to be delivered to a supplier about a purchase order: a *message*, and how it stands. A purchase order is what a supplier
// is asked to ship (../purchase-order); messages are the documents that say so, or that tell what has changed since.
//
//   withdrawn ◀──▶ ready ◀──▶ sending ──▶ sent      withdrawn: it goes no more, or not yet, or another took its place
//        ▲           │           │ │ └──▶ unknown    settled by an acknowledgement, a shipment or a person
//        └───────────┴───────────┘ └────▶ failed     only a person moves it on
//
//   ready, withdrawn ──▶ failed          no document can say it any more
//   anything but sent ──▶ sent, unknown  by evidence: the supplier's answer, or the journal after an older database was restored
//   sent, unknown, failed ──▶ withdrawn  by a person, or by evidence of what a person did: another is in its place, or it is given up

/** order: what is to be shipped. replacement: the same again, in a later version. The others are *notices*: what has changed since. */
export const messageKinds = ["order", "replacement", "cancellation", "change"] as const;
export type MessageKind = (typeof messageKinds)[number];

export const messageStates = ["ready", "sending", "sent", "unknown", "failed", "withdrawn"] as const;
export type MessageState = (typeof messageStates)[number];

/** Who may cause a change: the machine, the supplier's own files (evidence), or a person with a note. */
export type Cause = "system" | "evidence" | "person";

const transitions: Readonly<Record<MessageState, Partial<Record<MessageState, readonly Cause[]>>>> = {
  withdrawn: {
    ready: ["system", "person"],
    failed: ["system"],
    unknown: ["evidence"],
    sent: ["evidence", "person"],
  },
  ready: {
    withdrawn: ["system", "person"],
    sending: ["system"],
    failed: ["system"],
    unknown: ["evidence"],
    sent: ["evidence", "person"],
  },
  sending: {
    ready: ["system"],
    sent: ["system", "evidence", "person"],
    unknown: ["system", "evidence"],
    failed: ["system"],
    withdrawn: ["system"],
  },
  sent: { withdrawn: ["evidence", "person"] },
  unknown: { sent: ["evidence", "person"], withdrawn: ["evidence", "person"] },
  failed: {
    ready: ["person"],
    unknown: ["evidence"],
    sent: ["evidence", "person"],
    withdrawn: ["system", "person"],
  },
};

export const mayChange = (from: MessageState, to: MessageState, cause: Cause): boolean =>
  transitions[from][to]?.includes(cause) ?? false;

/** What a notice tells. */
export type NoticePurpose = Exclude<MessageKind, "order" | "replacement">;

export const isNotice = (kind: MessageKind): kind is NoticePurpose => kind === "cancellation" || kind === "change";
