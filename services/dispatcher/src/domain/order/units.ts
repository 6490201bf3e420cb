// How many units of a line are still to be ordered from suppliers.
//
// Shopify tells three numbers per line, and only as snapshots: ordered, current (after edits and refunds) and
// fulfillable (current, less what was fulfilled). What was fulfilled by hand leaves the purchase order; what a supplier
// shipped for us was ordered already. Both show as the same drop of `fulfillable`, so each snapshot's change is put to
// our purchase orders first, as far as they are outstanding, and only the rest counts as fulfilled elsewhere. Without
// that, a unit added to a line after its first units were shipped would look covered, and would never be ordered.

export interface LineAccount {
  /** `current_quantity` and current − fulfillable, of the last snapshot. */
  readonly current: number;
  readonly fulfilled: number;
  /** Units fulfilled by somebody else than the suppliers we ordered from. */
  readonly elsewhere: number;
  /** Units that came back after they were shipped: a return lowers `current`, but nothing is to be taken from a supplier. */
  readonly returned: number;
}

const untouched: LineAccount = { current: 0, fulfilled: 0, elsewhere: 0, returned: 0 };

/** The account after a snapshot. `ordered`: units on purchase orders that cannot be changed any more. */
export function accountLine(
  before: LineAccount | undefined,
  snapshot: { readonly currentQuantity: number; readonly fulfillableQuantity: number },
  ordered: number,
): LineAccount {
  const account = before ?? untouched;
  const current = Math.max(0, snapshot.currentQuantity);
  const fulfilled = Math.max(0, current - Math.max(0, snapshot.fulfillableQuantity));
  const returned = account.returned + clamp(Math.min(account.current - current, account.fulfilled - fulfilled));
  const ours = account.fulfilled + account.returned - account.elsewhere;
  const change = fulfilled + returned - (account.fulfilled + account.returned);
  const elsewhere =
    change >= 0 ? account.elsewhere + clamp(change - clamp(ordered - ours)) : account.elsewhere - clamp(-change - clamp(ours));
  // More was fulfilled than is on purchase orders: the rest was somebody else, also when a purchase order came back unsent.
  return { current, fulfilled, elsewhere: Math.max(clamp(elsewhere), fulfilled + returned - ordered), returned };
}

/** Units that no purchase order covers yet. */
export function unitsToOrder(account: LineAccount, ordered: number): number {
  return clamp(account.current + account.returned - account.elsewhere - ordered);
}

/** Units on purchase orders that the customer does not want any more and that were not shipped yet. */
export function unitsTooMany(account: LineAccount, ordered: number): number {
  const shipped = clamp(account.fulfilled + account.returned - account.elsewhere);
  return Math.min(clamp(ordered + account.elsewhere - account.current - account.returned), clamp(ordered - shipped));
}

const clamp = (units: number): number => Math.max(0, units);
