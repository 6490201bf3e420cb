// The figures, and every difference between what was sent, what lies in the suppliers' folders, and what the dispatcher
// says. Lost and duplicate purchase orders are counted from the folders against what was sent. Pure.
import type { ExpectedPurchaseOrder } from "@soh/simulators/orders";
import type { ToldHold, ToldOrder, ToldPurchaseOrder } from "../world/dispatcher.ts";
import { releasedIn, type SentOrder } from "../world/ledger.ts";
import { extraFiles, keyOf, type FoundFile } from "../world/found-files.ts";
import { partnerName } from "../world/partners.ts";

export interface Figures {
  /** Sent by the shop and accepted. */
  readonly orders: number;
  /** That must reach a supplier: those that the generator calls released. */
  readonly purchaseOrders: number;
  /** Of those, in the supplier's folder. */
  readonly delivered: number;
  /** Of those, acknowledged according to the dispatcher. */
  readonly acknowledged: number;
  /** Purchase orders that wait; those of test orders; orders from before `since`; lines that no supplier has. */
  readonly held: number;
  readonly dryRun: number;
  readonly historic: number;
  readonly unmatched: number;
  readonly lost: number;
  /** Files beyond the first for one purchase order. */
  readonly duplicates: number;
  readonly seconds: number;
  /** From the webhook accepted to the final name at the supplier; null without any. */
  readonly medianLatencyMs: number | null;
  readonly p99LatencyMs: number | null;
}

export interface TallyInput {
  readonly sent: readonly SentOrder[];
  /** In the order in which they were taken. */
  readonly found: readonly FoundFile[];
  readonly told: {
    readonly orders: readonly ToldOrder[];
    readonly purchaseOrders: readonly (ToldPurchaseOrder & { readonly holds: readonly ToldHold[] })[];
  };
  readonly seconds: number;
}

export interface Tally {
  readonly figures: Figures;
  /** In words; all is well when there are none. */
  readonly differences: readonly string[];
}

type Told = TallyInput["told"]["purchaseOrders"][number];

export function tally({ sent, found, told, seconds }: TallyInput): Tally {
  const accepted = sent.filter(({ acceptedAt }) => acceptedAt !== undefined);
  const released = accepted.flatMap((order) => releasedIn(order.expected).map((supplier) => ({ order, supplier })));
  const firstFiles = new Map<string, FoundFile>();
  for (const file of found) {
    const key = keyOf(file.supplier, file.order?.shopOrder);
    firstFiles.set(key, firstFiles.get(key) ?? file);
  }
  const delivered = released.filter(({ order, supplier }) => firstFiles.has(keyOf(supplier, order.name)));
  const toldByKey = Map.groupBy(told.purchaseOrders, (one) => keyOf(one.supplier, one.orderName));
  const acknowledged = delivered.filter(({ order, supplier }) =>
    toldByKey.get(keyOf(supplier, order.name))?.some(isAcknowledged),
  );
  const extras = extraFiles(found);
  const latencies = delivered.flatMap(({ order, supplier }) => {
    const from = order.releasedAt.get(supplier);
    const to = firstFiles.get(keyOf(supplier, order.name))?.takenAt;
    return from === undefined || to === undefined ? [] : [Math.max(0, to - from)];
  });
  const waiting = told.purchaseOrders.filter(({ state }) => state === "held");
  const figures: Figures = {
    orders: accepted.length,
    purchaseOrders: released.length,
    delivered: delivered.length,
    acknowledged: acknowledged.length,
    held: waiting.filter((one) => !isDryRun(one)).length,
    dryRun: waiting.filter(isDryRun).length,
    historic: told.orders.filter(({ state }) => state === "historic").length,
    unmatched: told.orders.reduce((sum, order) => sum + unmatchedOf(order), 0),
    lost: released.length - delivered.length,
    duplicates: extras.length,
    seconds: Math.round(seconds * 10) / 10,
    medianLatencyMs: percentile(latencies, 50),
    p99LatencyMs: percentile(latencies, 99),
  };
  const differences = [
    ...sent.flatMap(({ name, refused }) => refused.map((what) => `${name}: the webhook ${what}`)),
    ...accepted.flatMap((order) => differencesOf(order, { told, toldByKey, firstFiles })),
    ...extras.map(({ supplier, file }) => `${partnerName(supplier)} got ${file} although it had that purchase order already`),
    ...found.flatMap((file) => strangeness(file, accepted)),
    ...told.orders
      .filter(({ name }) => !accepted.some((order) => order.name === name))
      .map(({ name }) => `${name}: the dispatcher has this order, and the shop never sent it`),
  ];
  return { figures, differences };
}

/** Nearest rank; null of nothing. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

function differencesOf(
  order: SentOrder,
  known: {
    readonly told: TallyInput["told"];
    readonly toldByKey: ReadonlyMap<string, readonly Told[]>;
    readonly firstFiles: ReadonlyMap<string, FoundFile>;
  },
): string[] {
  const { name, expected, kind } = order;
  const seen = known.told.orders.find((one) => one.name === name);
  if (seen === undefined) {
    return [`${name} (${kind}): the dispatcher does not have this order`];
  }
  const differences: string[] = [];
  const expect = (what: string, wanted: unknown, got: unknown): void => {
    if (wanted !== got) {
      differences.push(`${name} (${kind}): expected ${what} ${String(wanted)}, the dispatcher says ${String(got)}`);
    }
  };
  expect("historic:", expected.historic, seen.state === "historic");
  expect("lines without a supplier:", expected.unmatchedLines, unmatchedOf(seen));
  for (const wanted of expected.purchaseOrders) {
    const key = keyOf(wanted.supplier, name);
    const [one, ...others] = known.toldByKey.get(key) ?? [];
    const where = `at ${partnerName(wanted.supplier)}:`;
    expect(where, inWords(wanted), one === undefined ? "nothing" : inWordsTold(one));
    expect(`further purchase orders ${where}`, 0, others.length);
    if (wanted.state === "released" && !known.firstFiles.has(key)) {
      differences.push(`${name} (${kind}): lost: it is in no folder of ${partnerName(wanted.supplier)}`);
    }
  }
  for (const [key, [one]] of known.toldByKey) {
    const unwanted = one?.orderName === name && !expected.purchaseOrders.some(({ supplier }) => keyOf(supplier, name) === key);
    if (one !== undefined && unwanted) {
      expect(`at ${partnerName(one.supplier)}:`, "nothing", inWordsTold(one));
    }
  }
  return differences;
}

function strangeness({ supplier, file, order }: FoundFile, accepted: readonly SentOrder[]): string[] {
  if (order === undefined) {
    return [`${partnerName(supplier)} got ${file}, which is no order that it can read`];
  }
  const sent = accepted.find(({ name }) => name === order.shopOrder);
  const wanted = sent !== undefined && releasedIn(sent.expected).includes(supplier);
  return wanted ? [] : [`${partnerName(supplier)} got ${file} for ${order.shopOrder}, which it must not get`];
}

function inWords({ state, holds }: ExpectedPurchaseOrder): string {
  return state === "released" ? "acknowledged" : holdWords(holds);
}

function inWordsTold(one: Told): string {
  if (one.state === "held") {
    return holdWords(one.holds.map(({ name }) => name));
  }
  return isAcknowledged(one) ? "acknowledged" : one.reason === null ? one.state : `${one.state} (${one.reason})`;
}

function holdWords(holds: readonly string[]): string {
  return `held (${[...new Set(holds)].sort().join(", ")})`;
}

const isDryRun = ({ holds }: Told): boolean => holds.some(({ name }) => name === "dry-run");

/** Received is no answer yet: both suppliers are expected to accept. */
const isAcknowledged = ({ state, acknowledgement }: Told): boolean =>
  (state === "sent" || state === "closed") && acknowledgement !== null && acknowledgement !== "received";

const unmatchedOf = (order: ToldOrder): number => (order.state === "open" ? order.unmatchedLines : 0);
