// Gathers what the tally judges: the suppliers' folders as they lie on the disk, and what the dispatcher says.
import type { DispatcherApi } from "../world/dispatcher.ts";
import type { Ledger } from "../world/ledger.ts";
import { tally, type Tally } from "./tally.ts";
import { filesOf, leftovers } from "../world/found-files.ts";
import type { SimulatedPartner } from "../world/world.ts";

/** Throws when the dispatcher does not answer or a file cannot be read. */
export async function gather(input: {
  readonly ledger: Ledger;
  readonly suppliers: readonly SimulatedPartner[];
  readonly dispatcher: DispatcherApi;
  readonly seconds: number;
}): Promise<Tally> {
  const { ledger, suppliers, dispatcher, seconds } = input;
  const [orders, listed] = await Promise.all([dispatcher.orders(), dispatcher.purchaseOrders()]);
  const waiting = new Set(listed.filter(({ state }) => state === "held").map(({ orderName }) => orderName));
  const details = await Promise.all([...waiting].map((name) => dispatcher.order(name)));
  const holds = new Map(details.flatMap(({ purchaseOrders }) => purchaseOrders).map((one) => [one.id, one.holds]));
  const purchaseOrders = listed.map((one) => ({ ...one, holds: holds.get(one.id) ?? [] }));

  const found = suppliers.flatMap(filesOf);
  const { figures, differences } = tally({ sent: ledger.orders, found, told: { orders, purchaseOrders }, seconds });
  return {
    figures,
    differences: [...differences, ...suppliers.map(leftovers).flatMap(({ waiting, temporary }) => [...waiting, ...temporary])],
  };
}
