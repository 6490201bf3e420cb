// The one connection to Redis, and whether it is there.
//
// state  entered when                                            a command is
// away   at start; the connection closed; it was silent too long refused at once
// up     Redis answered the handshake and has loaded its data    sent
//
// Commands in flight when the connection is lost are sent again on the next one, unless Redis cannot be reached: adding a
// webhook twice is harmless (same job id). There is no command timeout on purpose: a command that ioredis has "timed out"
// stays in its memory until the reply comes, where nobody counts it any more. Instead a silent connection is closed, and
// each webhook has a deadline of its own (queue.ts).
import { once } from "node:events";
import type { Logger } from "@soh/shared/logger";
import { Redis, type RedisOptions } from "ioredis";

/** A connection that owes a reply and says nothing for this long is given up. Longer than WAIT may block it (replicas.ts). */
const SILENCE_MS = 2_200;

const OPTIONS = {
  enableOfflineQueue: false,
  socketTimeout: SILENCE_MS,
  connectTimeout: 2_000,
  maxRetriesPerRequest: 1,
  retryStrategy: (times) => Math.min(100 * times, 1_000),
  // Redis that loads a large file is asked again this often, instead of every 10 s.
  maxLoadingRetryTime: 500,
} satisfies RedisOptions;

export interface Connection {
  readonly redis: Redis;
  /** Why Redis is away; undefined when it is there. */
  trouble(): string | undefined;
  /** Waits for the first connection: until it is there, has failed, or this much time has passed. */
  firstAttempt(withinMs: number): Promise<void>;
  /** Rises with each lost connection: two replies with the same epoch came over the same connection. */
  epoch(): number;
  close(): void;
}

export function connect(url: string, logger: Logger): Connection {
  const redis = new Redis(url, OPTIONS);
  let epoch = 0;
  let lastError: string | undefined;
  let awaySince: number | undefined;
  let closing = false;

  redis.on("error", (error: Error) => {
    lastError = error.message;
  });
  redis.on("close", () => {
    epoch += 1;
    if (awaySince === undefined && !closing) {
      awaySince = performance.now();
      logger.warn({ event: "redis.away", reason: lastError ?? "the connection was closed" });
    }
  });
  redis.on("ready", () => {
    lastError = undefined;
    if (awaySince !== undefined) {
      logger.info({ event: "redis.back", away_ms: Math.round(performance.now() - awaySince) });
      awaySince = undefined;
    }
  });

  return {
    redis,
    trouble: () => (redis.status === "ready" ? undefined : (lastError ?? `the connection is ${redis.status}`)),
    async firstAttempt(withinMs) {
      if (redis.status !== "ready") {
        const signal = AbortSignal.timeout(withinMs);
        await Promise.race([once(redis, "ready", { signal }), once(redis, "close", { signal })]).catch(() => undefined);
      }
    },
    epoch: () => epoch,
    close() {
      closing = true;
      redis.disconnect();
    },
  };
}
