// What an operator does after an older database was restored, and the dispatcher says of a purchase order that the journal
// leaves it in doubt: asks the supplier, and settles it by the answer. Pure.
import type { ToldOrder, ToldPurchaseOrder } from "../world/dispatcher.ts";

/** How the dispatcher says that the journal is all it knows: services/dispatcher, deliveries/restore.ts and orders/lost-sendings.ts. */
export const BY_THE_JOURNAL = "the database was restored from a backup";

export const isInDoubtByRestore = ({ state, reason }: Pick<ToldPurchaseOrder, "state" | "reason">): boolean =>
  state === "unknown" && reason?.includes(BY_THE_JOURNAL) === true;

/** Of an order that was cancelled meanwhile nothing is sent again: what the supplier does not have is given up. */
export function remedyFor(known: {
  readonly supplierHasIt: boolean;
  readonly order: ToldOrder["state"];
}): "mark-sent" | "same-again" | "discard" {
  if (known.supplierHasIt) {
    return "mark-sent";
  }
  return known.order === "cancelled" ? "discard" : "same-again";
}

/**
 * Milliseconds after which an operator asks. Not before: what hangs at a supplier's server, or in a connection that is half
 * open, outlives the dispatcher that sent it, for up to 6 s and 5.5 s here.
 */
export const ASKS_AFTER_MS = 15_000;
