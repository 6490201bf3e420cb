// Waiting, once the faults are over, until nothing more can happen.
import { setTimeout as wait } from "node:timers/promises";
import type { DispatcherApi, ToldPurchaseOrder } from "../world/dispatcher.ts";
import { isInDoubtByRestore } from "./in-doubt.ts";
import type { Queues } from "./queues.ts";

const LOOK_EVERY_MS = 300;
/** So long it must stay settled: a sweep and a poll of the answers would show what comes twice. */
const QUIET_MS = 2_500;
const PROGRESS_EVERY_MS = 10_000;

/** Epoch milliseconds since when nothing was left to do; undefined when that took too long. Rejects when the signal ends it. */
export async function settle(options: {
  readonly dispatcher: Pick<DispatcherApi, "purchaseOrders">;
  readonly queues: Pick<Queues, "webhooks">;
  /** Whether the supplier has it: then its answer is on its way. */
  readonly isTaken: (purchaseOrder: ToldPurchaseOrder) => boolean;
  readonly withinMs: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}): Promise<number | undefined> {
  const { dispatcher, queues, isTaken, signal } = options;
  const deadline = Date.now() + options.withinMs;
  let sayAt = Date.now() + PROGRESS_EVERY_MS;
  let since: number | undefined;
  for (;;) {
    const [waiting, purchaseOrders] = await Promise.all([queues.webhooks(), dispatcher.purchaseOrders().catch(() => undefined)]);
    const open = purchaseOrders?.filter((one) => isOpen(one, isTaken(one)));
    const now = Date.now();
    since = open?.length === 0 && waiting === 0 ? (since ?? now) : undefined;
    if (since !== undefined && now - since >= QUIET_MS) {
      return since;
    }
    if (now > deadline) {
      return undefined;
    }
    if (now > sayAt) {
      sayAt = now + PROGRESS_EVERY_MS;
      options.say(`… ${waiting} webhooks not taken in, ${open?.length ?? "?"} purchase orders not answered`);
    }
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Whether something will still happen to it, by itself or by the person that the run plays. */
export function isOpen(purchaseOrder: ToldPurchaseOrder, isTaken: boolean): boolean {
  const { state, acknowledgement } = purchaseOrder;
  switch (state) {
    case "ready":
    case "sending":
      return true;
    case "unknown":
      return isTaken || isInDoubtByRestore(purchaseOrder);
    case "sent":
      return acknowledgement === null || acknowledgement === "received";
    case "held":
    case "closed":
    case "failed":
    case "cancelled":
      return false;
  }
}
