// Waiting until nothing more can happen: every webhook taken in, nothing on its way, everything answered.
import { setTimeout as wait } from "node:timers/promises";
import type { DispatcherApi, ToldPurchaseOrder } from "../world/dispatcher.ts";
import type { Ledger } from "../world/ledger.ts";

export interface Settled {
  /** False: it took too long. */
  readonly settled: boolean;
  /** Epoch milliseconds since when nothing was left to do, or of the end of the patience. */
  readonly at: number;
}

const LOOK_EVERY_MS = 250;
/** So long it must stay settled: a second sweep and a second poll of the answers would show what comes twice. */
const QUIET_MS = 2_500;

/** Rejects when the signal ends it. */
export async function settle(options: {
  readonly ledger: Ledger;
  readonly dispatcher: Pick<DispatcherApi, "purchaseOrders">;
  readonly patienceMs: number;
  /** Now and then, with what is still open. */
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}): Promise<Settled> {
  const { ledger, dispatcher, signal } = options;
  const deadline = Date.now() + options.patienceMs;
  const progress = every(10_000, options.onProgress);
  let since: number | undefined;
  for (;;) {
    const purchaseOrders = await dispatcher.purchaseOrders().catch(() => undefined);
    const open = purchaseOrders?.filter(isOpen).length;
    const waiting = ledger.waiting();
    const now = Date.now();
    since = open === 0 && waiting === 0 ? (since ?? now) : undefined;
    if (since !== undefined && now - since >= QUIET_MS) {
      return { settled: true, at: since };
    }
    if (now > deadline) {
      return { settled: false, at: now };
    }
    progress(`… ${waiting} webhooks not taken in, ${open ?? "?"} purchase orders not answered`);
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Whether something will still happen to it by itself. */
function isOpen({ state, acknowledgement }: ToldPurchaseOrder): boolean {
  const unanswered = acknowledgement === null || acknowledgement === "received";
  return state === "ready" || state === "sending" || state === "unknown" || (state === "sent" && unanswered);
}

function every(ms: number, say: (text: string) => void): (text: string) => void {
  let next = Date.now() + ms;
  return (text) => {
    if (Date.now() >= next) {
      next = Date.now() + ms;
      say(text);
    }
  };
}
