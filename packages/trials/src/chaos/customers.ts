// The shop's webhooks over the whole time: each order is created, then paid or changed, sometimes cancelled; some webhooks
// come twice, some under another id, some in the wrong order.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { GeneratedOrder, OrderGenerator } from "@soh/simulators/orders";
import { createRandom, type Random } from "@soh/simulators/orders/random";
import type { Tape } from "./tape.ts";
import type { WebhookIds, Webhooks } from "./webhooks.ts";

export interface CustomersOptions {
  readonly generator: OrderGenerator;
  readonly webhooks: Pick<Webhooks, "send">;
  readonly tape: Tape;
  readonly seed: string;
  readonly orders: number;
  /** Milliseconds over which they come. */
  readonly durationMs: number;
  /** The last of them, a twelfth, come when this has resolved. */
  readonly beforeTheLast: Promise<unknown>;
  readonly signal: AbortSignal;
}

export const WEBHOOK_FAULTS = {
  again: "webhook comes again",
  newId: "webhook comes again under a new id",
  wrongOrder: "webhooks in the wrong order",
} as const;

const LAST_PART = 12;
const ODDS = { again: 0.15, newId: 0.08, wrongOrder: 0.15, paidFirst: 0.5, paysLater: 0.6, cancels: 0.03 };
/** Payloads tell time in seconds. */
const SECOND_MS = 1_000;

/** Resolves when every webhook was accepted, or given up after its retries. Rejects when the signal ended it. */
export async function serveCustomers(options: CustomersOptions): Promise<void> {
  const { generator, webhooks, tape, orders, signal } = options;
  const early = orders - Math.floor(orders / LAST_PART);
  const everyMs = options.durationMs / orders;
  const pace = createRandom(`${options.seed} pace`);
  const startedAt = performance.now();
  const pause = (ms: number): Promise<void> => wait(ms, undefined, { signal });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const serving: Promise<void>[] = [];

  for (let n = 0; n < orders; n++) {
    if (n === early) {
      await Promise.race([options.beforeTheLast, failed.promise]);
    }
    const late = n < early ? (n + pace.fraction()) * everyMs - (performance.now() - startedAt) : pace.between(0, 2 * everyMs);
    await Promise.race([pause(Math.max(0, late)), failed.promise]);
    serving.push(serve(generator.next()).catch(failed.reject));
  }
  await Promise.race([Promise.all(serving), failed.promise]);

  async function serve(created: GeneratedOrder): Promise<void> {
    const random = createRandom(`${options.seed} ${created.payload.name}`);
    const isPending = created.plan.financialStatus === "pending";
    if (isPending && !random.chance(ODDS.paysLater)) {
      await tell(created, random);
      return;
    }
    const isPaid = created.plan.financialStatus === "paid";
    const next = isPaid || isPending ? generator.paid(created, after(created)) : generator.updated(created, after(created));
    const inWrongOrder = random.chance(isPending ? ODDS.paidFirst : ODDS.wrongOrder);
    const [first, second] = inWrongOrder ? [next, created] : [created, next];
    await tell(first, random);
    // The older state after the newer: if it won, the order would wait for its payment for ever.
    await pause(isPending ? (inWrongOrder ? 0 : random.between(100, 1_500)) : random.between(0, 400));
    await tell(second, random);
    if (inWrongOrder) {
      tape.count(WEBHOOK_FAULTS.wrongOrder);
    }
    if (random.chance(ODDS.cancels)) {
      await pause(random.between(0, 3_000));
      await tell(generator.cancelled(next, after(next)), random);
    }
  }

  async function tell(order: GeneratedOrder, random: Random): Promise<void> {
    const ids = { webhookId: randomUUID(), eventId: randomUUID() };
    const [again, newId] = [random.chance(ODDS.again), random.chance(ODDS.newId)];
    const together = random.chance(0.5);
    const first = send(order, ids);
    if (!together) {
      await first;
    }
    const others = [...(again ? [send(order, ids)] : []), ...(newId ? [send(order)] : [])];
    await Promise.all([first, ...others]);
    if (again) {
      tape.count(WEBHOOK_FAULTS.again);
    }
    if (newId) {
      tape.count(WEBHOOK_FAULTS.newId);
    }
  }

  async function send(order: GeneratedOrder, ids?: WebhookIds): Promise<void> {
    await webhooks.send(order, ids);
    signal.throwIfAborted(); // A stop cuts deliveries short.
  }
}

/** Now, or the first second after what was said last. */
const after = ({ plan }: GeneratedOrder): number => Math.max(Date.now(), plan.updatedAt + SECOND_MS);
