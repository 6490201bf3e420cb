// Composition: what ingest is made of, and in which order it starts and stops.
import { StartupError, type Running } from "@soh/shared/lifecycle";
import type { Logger } from "@soh/shared/logger";
import type { IngestConfig } from "./config.ts";
import { connect } from "./connection.ts";
import { createHttp } from "./http.ts";
import { createInFlight } from "./in-flight.ts";
import { createMetrics } from "./metrics.ts";
import { createWebhookQueue } from "./queue.ts";
import { healthRoutes } from "./routes/health.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

const REQUEST_TIMEOUT_MS = 10_000;
/** What starting waits for Redis; it starts without it then. */
const FIRST_ATTEMPT_MS = 2_000;
/** What stopping waits for requests in flight; their senders are cut off then. Inside runService's deadline of 9 s. */
const STOP_GRACE_MS = 5_000;

export interface Ingest extends Running {
  /** The one really listened on, where the configured one is 0. */
  port(): number;
  /** Listens. Throws StartupError where it cannot. Redis need not be there yet: webhooks get 503 until it is. */
  start(): Promise<void>;
  /** Stops accepting, finishes the requests in flight, then lets go of Redis. */
  stop(): Promise<void>;
}

export interface IngestDeps {
  readonly logger: Logger;
  readonly requestTimeoutMs?: number;
}

export function buildIngest(config: IngestConfig, deps: IngestDeps): Ingest {
  const { logger } = deps;
  let stopping = false;
  const connection = connect(config.redisUrl.reveal(), logger);
  const queue = createWebhookQueue(connection);
  const inFlight = createInFlight(config.maxInFlightBytes);
  const metrics = createMetrics({ bytesInFlight: () => inFlight.bytes(), redisUp: () => connection.trouble() === undefined });
  const secrets = new Map(Object.entries(config.shops).map(([shop, { webhook_secrets }]) => [shop, webhook_secrets]));

  const http = createHttp({
    logger,
    requestTimeoutMs: deps.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    stopping: () => stopping,
  });
  webhookRoutes(http, {
    secretsOf: (shop) => secrets.get(shop),
    maxBodyBytes: config.maxBodyBytes,
    inFlight,
    queue,
    metrics,
    logger,
  });
  healthRoutes(http, { connection, registry: metrics.registry, stopping: () => stopping });

  function port(): number {
    const address = http.server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  async function stop(): Promise<void> {
    stopping = true;
    const cutOff = setTimeout(() => http.server.closeAllConnections(), STOP_GRACE_MS);
    try {
      await http.close();
    } finally {
      clearTimeout(cutOff);
      await queue.close();
      connection.close();
    }
  }

  return {
    port,
    async start() {
      // So that a restart does not answer 503 until the connection is there.
      await connection.firstAttempt(FIRST_ATTEMPT_MS);
      try {
        await http.listen({ host: config.host, port: config.port });
      } catch (error) {
        await stop();
        throw listenError(error, config);
      }
      logger.info({
        event: "service.started",
        host: config.host,
        port: port(),
        shops: [...secrets.keys()],
        max_body_bytes: config.maxBodyBytes,
        max_in_flight_bytes: config.maxInFlightBytes,
      });
    },
    stop,
  };
}

function listenError(error: unknown, { host, port }: IngestConfig): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return new StartupError(`port ${port} on ${host} is in use: stop what listens there, or set INGEST_PORT`, { cause: error });
    case "EACCES":
      return new StartupError(`port ${port} on ${host} is not allowed: set INGEST_PORT above 1023`, { cause: error });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new StartupError(`HOST ${host} is no address of this machine`, { cause: error });
    default:
      return error;
  }
}
