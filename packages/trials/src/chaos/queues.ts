// How much waits in BullMQ's queues, read from Redis itself: what is public about them is their keys.
import { Redis } from "ioredis";

export interface Queues {
  /** Webhooks that were accepted and are not taken in. */
  webhooks(): Promise<number>;
  /** Deliveries handed over and not done. */
  deliveries(): Promise<number>;
  /** Loses everything, as a Redis does whose disk was replaced. */
  wipe(): Promise<void>;
  close(): void;
}

const LISTS = ["wait", "active", "paused"];
const SETS = ["delayed", "prioritized", "waiting-children", "failed"];

export function openQueues(url: string, suppliers: readonly string[]): Queues {
  // A killed Redis comes back: every question waits for that.
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 100 });
  redis.on("error", () => {});
  const sizeOf = async (queue: string): Promise<number> => {
    const sizes = await Promise.all([
      ...LISTS.map((list) => redis.llen(`bull:${queue}:${list}`)),
      ...SETS.map((set) => redis.zcard(`bull:${queue}:${set}`)),
    ]);
    return sizes.reduce((sum, size) => sum + size, 0);
  };

  return {
    webhooks: () => sizeOf("webhooks"),
    deliveries: async () =>
      (await Promise.all(suppliers.map((id) => sizeOf(`deliver.${id}`)))).reduce((sum, size) => sum + size, 0),
    wipe: async () => void (await redis.flushall()),
    close: () => redis.disconnect(),
  };
}
