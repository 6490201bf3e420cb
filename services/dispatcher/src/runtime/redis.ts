// The connections to Redis: making them, saying when it is away, ending them.
import type { Logger } from "@soh/shared/logger";
import { Redis, type RedisOptions } from "ioredis";

/**
 * Connections by what they must do when Redis is away. A `producer` answers within seconds: no offline queue, a
 * command timeout, one retry. A `worker` waits as long as it takes: BullMQ needs maxRetriesPerRequest null.
 */
export function connectRedis(url: string, purpose: "producer" | "worker", onError: (error: Error) => void): Redis {
  const redis = new Redis(url, purpose === "producer" ? PRODUCER : WORKER);
  redis.on("error", onError);
  return redis;
}

const retryStrategy = (times: number): number => Math.min(100 * times, 1_000);

const PRODUCER = {
  enableOfflineQueue: false,
  commandTimeout: 2_000,
  connectTimeout: 2_000,
  maxRetriesPerRequest: 1,
  retryStrategy,
} satisfies RedisOptions;

const WORKER = {
  connectTimeout: 5_000,
  maxRetriesPerRequest: null,
  retryStrategy,
} satisfies RedisOptions;

/** Says once that Redis went away, and once that it came back. */
export function watchRedis(logger: Logger, onBack: () => void): { onError(error: Error): void; onReady(): void } {
  let away = false;
  return {
    onError(error) {
      if (!away) {
        away = true;
        logger.error({ event: "redis.away", reason: error.message });
      }
    },
    onReady() {
      logger.info({ event: away ? "redis.back" : "redis.connected" });
      away = false;
      onBack();
    },
  };
}

/** While Redis is away there is nobody to say goodbye to, and a worker's connection would wait for it. */
export async function quitRedis(redis: Redis): Promise<void> {
  if (redis.status === "ready") {
    await redis.quit().catch(() => redis.disconnect());
  } else {
    redis.disconnect();
  }
}
