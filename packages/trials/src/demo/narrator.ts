// Follows the world and tells its story, one event after the other, in the order in which they happened. What became of an
// order is asked of the dispatcher; what a supplier got is seen in its folder.
import type { GeneratedOrder } from "@soh/simulators/orders";
import type { Supplier, TakenFile } from "@soh/simulators/supplier";
import { readLogLine, type DispatcherApi, type LogEvent, type ToldOrderDetail } from "../world/dispatcher.ts";
import type { Ledger } from "../world/ledger.ts";
import { partnerName } from "../world/partners.ts";
import type { StoryEvent } from "./story.ts";
import { percentile } from "./tally.ts";

export interface NarratorOptions {
  readonly ledger: Ledger;
  readonly onEvent: (event: StoryEvent) => void;
}

export interface Totals {
  readonly sent: number;
  readonly acknowledged: number;
  readonly held: number;
  readonly alerts: number;
  readonly medianLatencyMs: number | null;
}

export interface Narrator {
  /** From now on orders are asked of the dispatcher and suppliers are watched. */
  follow(world: {
    readonly dispatcher: DispatcherApi;
    readonly suppliers: readonly { readonly id: string; readonly supplier: Supplier }[];
  }): void;
  logLine(line: string): void;
  /** The shop got an answer. */
  answered(sent: GeneratedOrder, answer: string): void;
  /** What a supplier is about to answer. */
  decided(supplier: string, number: string, reason: string | undefined): void;
  totals(): Totals;
  /** What the dispatcher logged as errors, and how often. */
  errors(): ReadonlyMap<string, number>;
  /** Tells nothing more. */
  close(): void;
}

/** What was told of an order before. */
interface Told {
  readonly state: ToldOrderDetail["state"];
  readonly held: ReadonlySet<string>;
}

/** Latencies that the median is taken of: the latest. */
const LATENCIES_KEPT = 500;
/** The dispatcher raises an alert just before it logs what it is about. */
const ALERTS_WAIT_MS = 200;
/** Alerts that say what the line of the answer says. */
const TOLD_AS_ANSWERS = ["acknowledgement.rejected", "acknowledgement.changed"];

export function createNarrator({ ledger, onEvent }: NarratorOptions): Narrator {
  const told = new Map<string, Told>();
  /** Orders that were told, by name, and what waits until they are. */
  const known = new Set<string>();
  const early = new Map<string, StoryEvent[]>();
  const reasons = new Map<string, string>();
  const held = new Set<string>();
  const acknowledged = new Set<string>();
  const errors = new Map<string, number>();
  const raised: StoryEvent[] = [];
  const latencies: number[] = [];
  let sent = 0;
  let alerts = 0;
  let dispatcher: DispatcherApi | undefined;
  let closed = false;
  let last: Promise<void> = Promise.resolve();

  type Telling = () => readonly StoryEvent[] | Promise<readonly StoryEvent[]>;
  /** Each waits for the one before: what is asked of the dispatcher takes a moment. */
  const tell = (events: Telling): void => void (last = tellAfter(last, events));
  const tellAfter = async (before: Promise<void>, events: Telling): Promise<void> => {
    await before;
    const found = closed ? [] : await events();
    found.forEach((event) => !closed && onEvent(event));
  };

  return {
    follow(world) {
      dispatcher = world.dispatcher;
      for (const { id, supplier } of world.suppliers) {
        supplier.onTaken((file) => taken(id, file));
      }
    },
    logLine(line) {
      const event = readLogLine(line);
      if (event !== undefined) {
        logged(event);
      }
    },
    answered(order, answer) {
      const { name } = order.payload;
      if (answer === "duplicate") {
        const event: StoryEvent = { at: Date.now(), kind: "again", order: name, topic: order.topic };
        tell(() => (known.has(name) ? [event] : later(name, event)));
      }
    },
    decided(supplier, number, reason) {
      if (reason !== undefined) {
        reasons.set(`${supplier} ${number}`, reason);
      }
    },
    totals: () => ({
      sent,
      acknowledged: acknowledged.size,
      held: held.size,
      alerts,
      medianLatencyMs: percentile(latencies, 50),
    }),
    errors: () => errors,
    close: () => void (closed = true),
  };

  function taken(supplier: string, file: TakenFile): void {
    sent++;
    const { fileName, bytes, takenAt: at, order } = file;
    const number = order?.orderNumber ?? "?";
    // The answer to the webhook may still be on its way: by the time that this is told it has come.
    tell(() => {
      const releasedAt = ledger.find(order?.shopOrder ?? "")?.releasedAt.get(supplier);
      const afterMs = releasedAt === undefined ? undefined : Math.max(0, at - releasedAt);
      if (afterMs !== undefined) {
        latencies.push(afterMs);
        latencies.splice(0, latencies.length - LATENCIES_KEPT);
      }
      return [{ at, kind: "sent", supplier, number, fileName, bytes, afterMs }];
    });
  }

  function logged(event: LogEvent): void {
    const { at } = event;
    switch (event.event) {
      case "webhook.taken_in":
        ledger.takenIn(event.topic, event.webhookId);
        tell(() => tidings(event.order, at));
        tellAlerts();
        break;
      case "file.received": {
        const { supplier, number, status, purchaseOrder } = event;
        if (status !== "received") {
          acknowledged.add(purchaseOrder);
        }
        tell(() => [{ at, kind: "answer", supplier, number, status, reason: reasons.get(`${supplier} ${number}`) }]);
        break;
      }
      case "delivery.attempted":
        if (event.outcome === "sent") {
          held.delete(event.purchaseOrder); // A person may have released it.
        } else if (event.outcome !== "nothing-to-do") {
          tell(() => [{ at, kind: "trouble", who: partnerName(event.supplier), what: `${event.outcome}: ${event.reason}` }]);
        }
        break;
      case "error": {
        const { what } = event;
        const times = (errors.get(what) ?? 0) + 1;
        errors.set(what, times);
        if (times === 1) {
          tell(() => [{ at, kind: "trouble", who: "", what }]);
        }
        break;
      }
      case "alert":
        alerts++;
        if (!TOLD_AS_ANSWERS.includes(event.alert)) {
          raised.push({ at, kind: "alert", message: event.message });
          setTimeout(tellAlerts, ALERTS_WAIT_MS);
        }
        break;
    }
  }

  function tellAlerts(): void {
    const now = raised.splice(0);
    tell(() => now);
  }

  async function tidings(id: string | null, at: number): Promise<readonly StoryEvent[]> {
    if (id === null || dispatcher === undefined) {
      return [];
    }
    const order = await dispatcher.order(id).catch(() => undefined); // It may be stopping.
    if (order === undefined) {
      return [];
    }
    const before = told.get(id);
    const waiting = order.purchaseOrders.filter(({ state }) => state === "held").map((one) => one.id);
    told.set(id, { state: order.state, held: new Set(waiting) });
    order.purchaseOrders.forEach((one) => held.delete(one.id));
    waiting.forEach((one) => held.add(one));
    known.add(order.name);
    const waited = early.get(order.name) ?? [];
    early.delete(order.name);
    return [...changes({ order, before, customer: ledger.find(order.name)?.customer ?? "", at }), ...waited];
  }

  function later(name: string, event: StoryEvent): readonly StoryEvent[] {
    early.set(name, [...(early.get(name) ?? []), event]);
    return [];
  }
}

/** What there is to tell of an order, given what was told before. */
export function changes(input: {
  readonly order: ToldOrderDetail;
  readonly before: Told | undefined;
  readonly customer: string;
  readonly at: number;
}): readonly StoryEvent[] {
  const { order, before, customer, at } = input;
  const { name } = order;
  if (order.state === "historic") {
    return before === undefined ? [{ at, kind: "historic", order: name, customer }] : [];
  }
  const events: StoryEvent[] = [];
  if (before === undefined) {
    events.push({ at, kind: "order", order: name, customer, split: splitOf(order) });
  }
  for (const { id, state, number, supplier, holds } of order.purchaseOrders) {
    const was = before?.held.has(id) ?? false;
    if (state === "held" && !was) {
      const kind = holds.some((hold) => hold.name === "dry-run") ? "test" : "held";
      events.push({ at, kind, order: name, number, reasons: holds.map(({ reason }) => reason) });
    } else if (was && state !== "held" && state !== "cancelled") {
      events.push({ at, kind: "released", order: name, number, supplier });
    }
  }
  if (order.state === "cancelled" && before?.state !== "cancelled") {
    const late = order.purchaseOrders.filter(({ state }) => state !== "cancelled").map((one) => partnerName(one.supplier));
    const what = late.length > 0 ? `cancelled too late for ${late.join(" and ")}` : "cancelled before anything was sent";
    events.push({ at, kind: "cancelled", order: name, what });
  }
  return events;
}

function splitOf({ lines }: ToldOrderDetail): Extract<StoryEvent, { kind: "order" }>["split"] {
  const suppliers = lines.flatMap(({ decision, allocations }) =>
    decision === "unmatched" ? [undefined] : [...new Set(allocations.map((one) => one.supplier))],
  );
  return [...Map.groupBy(suppliers, (supplier) => supplier)]
    .map(([supplier, group]) => ({ supplier, lines: group.length }))
    .sort((a, b) => (a.supplier === undefined ? 1 : b.supplier === undefined ? -1 : a.supplier.localeCompare(b.supplier)));
}
