// The customers: they order, pay at once or later, and now and then change their minds. The shop tells each of these
// things in a webhook, sometimes twice, sometimes in the wrong order.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { GeneratedOrder, OrderGenerator } from "@soh/simulators/orders";
import { createRandom, type Random } from "@soh/simulators/orders/random";
import type { Shop } from "@soh/simulators/shop";
import type { Ledger } from "../world/ledger.ts";

export interface CustomersOptions {
  readonly generator: OrderGenerator;
  readonly shop: Shop;
  readonly ledger: Ledger;
  readonly seed: string;
  /** Undefined: for ever. */
  readonly orders: number | undefined;
  /** in turn: a few at a time, each as soon as the one before is through. trickle: a few, then one after the other. */
  readonly pace: "in turn" | "trickle";
  /** After each answer, with what the answer said. */
  readonly onAnswer: (sent: GeneratedOrder, answer: string) => void;
  readonly signal: AbortSignal;
}

const AT_ONCE = 4;
const TRICKLE_EVERY_MS = 1_500;
/** Payloads tell time in seconds. */
const SECOND_MS = 1_000;

const ODDS = { twice: 0.15, wrongOrder: 0.1, paysLater: 0.5, cancels: 0.06 };

/** Resolves when all orders are sent and answered, or the signal ended it. */
export async function serveCustomers(options: CustomersOptions): Promise<void> {
  const { generator, shop, ledger, orders = Infinity, pace, signal } = options;
  const pause = (ms: number): Promise<void> => wait(ms, undefined, { signal });
  let made = 0;

  try {
    if (pace === "in turn") {
      await Promise.all(Array.from({ length: AT_ONCE }, queue));
    } else {
      await trickle();
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  }

  async function queue(): Promise<void> {
    while (made < orders) {
      made++;
      await serve(generator.next());
    }
  }

  async function trickle(): Promise<void> {
    const random = createRandom(`${options.seed} trickle`);
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {});
    const under = new Set<Promise<void>>();
    while (made < orders) {
      const serving: Promise<void> = serve(generator.next())
        .catch(failed.reject)
        .finally(() => under.delete(serving));
      under.add(serving);
      const restMs = made++ < AT_ONCE ? 100 : TRICKLE_EVERY_MS * (0.5 + random.fraction());
      await Promise.race([wait(restMs, undefined, { signal }), failed.promise]);
    }
    await Promise.race([Promise.all(under), failed.promise]);
  }

  async function serve(created: GeneratedOrder): Promise<void> {
    const random = createRandom(`${options.seed} ${created.payload.name}`);
    const lively = pace === "trickle";
    if (created.plan.financialStatus === "pending") {
      await tell(created, random);
      if (random.chance(ODDS.paysLater)) {
        await pause(lively ? random.between(4_000, 12_000) : random.between(200, 800));
        await tell(generator.paid(created, after(created)), random);
      }
      return;
    }
    const isPaid = created.plan.financialStatus === "paid";
    const next = isPaid ? generator.paid(created, after(created)) : generator.updated(created, after(created));
    const [first, second] = random.chance(ODDS.wrongOrder) ? [next, created] : [created, next];
    await tell(first, random);
    await pause(random.between(0, 300));
    await tell(second, random);
    if (lively && random.chance(ODDS.cancels)) {
      await pause(random.between(500, 6_000));
      await tell(generator.cancelled(next, after(next)), random);
    }
  }

  async function tell(order: GeneratedOrder, random: Random): Promise<void> {
    signal.throwIfAborted();
    const webhook = { topic: order.topic, body: order.body, webhookId: randomUUID(), eventId: randomUUID() };
    const times = random.chance(ODDS.twice) ? 2 : 1;
    for (let n = 0; n < times; n++) {
      const attempts = await shop.deliver(webhook);
      if (signal.aborted) {
        return; // A stop cuts deliveries short: that says nothing about them.
      }
      options.onAnswer(order, ledger.record(order, attempts));
    }
  }
}

/** Now, or the first second after what was said last. */
const after = ({ plan }: GeneratedOrder): number => Math.max(Date.now(), plan.updatedAt + SECOND_MS);
