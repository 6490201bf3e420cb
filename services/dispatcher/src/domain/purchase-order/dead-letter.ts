// What waits for a person's decision: a purchase order that is failed or unknown, a webhook or a supplier's file that could
// not be read or applied.

export const deadLetterKinds = ["purchase-order", "webhook", "file"] as const;
export type DeadLetterKind = (typeof deadLetterKinds)[number];

/** `set-aside`: nothing of it was applied, because it could not be read, or fits nothing here; its reason says which. */
export const deadLetterStates = ["failed", "unknown", "set-aside"] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];
