// Gathers what the tally judges: the suppliers' folders as they lie on the disk, and what the dispatcher says.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DispatcherApi } from "../world/dispatcher.ts";
import type { Ledger, SentOrder } from "../world/ledger.ts";
import { tally, type Tally } from "./tally.ts";
import { filesOf, leftovers } from "../world/found-files.ts";
import type { SimulatedPartner } from "../world/world.ts";

/** Throws when the dispatcher does not answer or a file cannot be read. */
export async function gather(input: {
  readonly ledger: Ledger;
  readonly suppliers: readonly SimulatedPartner[];
  readonly dispatcher: DispatcherApi;
  /** With the services' logs. */
  readonly folder: string;
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
  const left = suppliers.map(leftovers).flatMap(({ waiting, temporary }) => [...waiting, ...temporary]);
  const said = ["ingest", "dispatcher"].flatMap((service) => personalDataIn(join(input.folder, `${service}.log`), ledger.orders));
  return { figures, differences: [...differences, ...left, ...said] };
}

/** A sentence for each order whose customer's data a log says; the data themselves are not told. */
export function personalDataIn(file: string, orders: readonly Pick<SentOrder, "name" | "unsaid">[]): readonly string[] {
  const log = readFileSync(file, "utf8");
  return orders
    .filter(({ unsaid }) => [...unsaid].some((text) => log.includes(text) || log.includes(JSON.stringify(text).slice(1, -1))))
    .map(({ name }) => `${name}: ${file} says who the customer is`);
}
