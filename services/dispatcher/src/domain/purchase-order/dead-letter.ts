// What waits for a person's decision: a purchase order or a notice about one that is failed or unknown, a notice that a person tells,
// a webhook or a supplier's file that could not be read or applied.

export const deadLetterKinds = ["purchase-order", "notice", "webhook", "file"] as const;
export type DeadLetterKind = (typeof deadLetterKinds)[number];

/**
 * `to-tell`: a person tells the supplier, because no document can. `set-aside`: nothing of it was applied, because it could not be
 * read, or fits nothing here; its reason says which.
 */
export const deadLetterStates = ["failed", "unknown", "to-tell", "set-aside"] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];
