// The shop's webhooks, and which of them the dispatcher's database knows. A restored older database knows less: what it has
// forgotten is sent again, as a reconciliation with Shopify would bring it back: the same body under a new id, since ingest
// remembers the old one for 48 hours.
//
//   sent → taken in, as the dispatcher's log says → known by the next backup; restored: known is what the backup knew
import { randomUUID } from "node:crypto";
import type { GeneratedOrder } from "@soh/simulators/orders";
import type { Shop } from "@soh/simulators/shop";
import type { Ledger } from "../world/ledger.ts";

export interface WebhookIds {
  readonly webhookId: string;
  readonly eventId: string;
}

export interface Webhooks {
  /** Resolves when it was accepted, or given up after its retries: then it is in the ledger. New ids unless given. */
  send(order: GeneratedOrder, ids?: WebhookIds): Promise<void>;
  /** The dispatcher says so. A line that a killed one did not write any more costs nothing: it is sent again once too often. */
  takenIn(topic: string, webhookId: string): void;
  /** The database was backed up. */
  backedUp(): void;
  /** The latest backup was restored: sends again what it does not know, and returns how many that are. */
  restored(): number;
  /** Resolves when whatever was sent again is accepted or given up. Rejects as `send` does. */
  sentAgain(): Promise<void>;
}

/** `deliver`: the shop's. */
export function createWebhooks({ deliver, ledger }: Pick<Shop, "deliver"> & { readonly ledger: Ledger }): Webhooks {
  // From its first attempt on: it may be taken in, and forgotten again, before its sender has heard of that.
  const sent = new Map<string, GeneratedOrder>();
  let known = new Set<string>();
  let knownByBackup: ReadonlySet<string> = new Set();
  const again: Promise<void>[] = [];

  const keyOf = (topic: string, webhookId: string): string => `${topic} ${webhookId}`;

  const send = async (order: GeneratedOrder, ids = newIds()): Promise<void> => {
    sent.set(keyOf(order.topic, ids.webhookId), order);
    ledger.record(order, await deliver({ topic: order.topic, body: order.body, ...ids }));
  };

  return {
    send,
    takenIn: (topic, webhookId) => void known.add(keyOf(topic, webhookId)),
    backedUp: () => void (knownByBackup = new Set(known)),
    restored() {
      known = new Set(knownByBackup);
      const forgotten = [...sent].filter(([key]) => !known.has(key));
      for (const [key, order] of forgotten) {
        sent.delete(key);
        const sending = send(order);
        sending.catch(() => {}); // Told by sentAgain.
        again.push(sending);
      }
      return forgotten.length;
    },
    sentAgain: async () => void (await Promise.all(again)),
  };
}

const newIds = (): WebhookIds => ({ webhookId: randomUUID(), eventId: randomUUID() });
