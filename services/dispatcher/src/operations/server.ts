// The operations server: console, API, Bull Board, metrics and health, on a port of its own that is never public. What a
// person may do is composed elsewhere (actions.ts); everything read here is read-only queries.
import type { Secret } from "@soh/shared/config";
import { createTurns } from "./turns.ts";
import { StartupError } from "@soh/shared/lifecycle";
import type { Logger } from "@soh/shared/logger";
import type { Queue } from "bullmq";
import Fastify, { type FastifyInstance } from "fastify";
import type { HandlerConfig } from "../config/load.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { Actions } from "./actions.ts";
import type { AlertList } from "./alerts.ts";
import { actionRoutes } from "./api/action-routes.ts";
import { alertRoutes } from "./api/alert-routes.ts";
import { catalogueRoutes } from "./api/catalogue-routes.ts";
import { deadLetterRoutes } from "./api/dead-letter-routes.ts";
import { holdRoutes } from "./api/hold-routes.ts";
import { serveByContract } from "./api/serve.ts";
import { readRoutes } from "./api/read-routes.ts";
import { requireCredentials } from "./auth.ts";
import { bullBoard } from "./bull-board.ts";
import { consoleRoutes } from "./console/routes.ts";
import { answerErrors, answerProblem } from "./errors.ts";
import { setSecurityHeaders } from "./headers.ts";
import { healthRoutes } from "./health.ts";
import { createLoginLimiter } from "./login-limiter.ts";
import { metricsRoute } from "./metrics.ts";

export type { Actions } from "./actions.ts";

export interface OperationsOptions {
  readonly database: OpenDatabase;
  readonly config: HandlerConfig;
  readonly password: Secret;
  readonly apiToken: Secret;
  readonly logger: Logger;
  readonly queues: { readonly webhooks: Queue; readonly others: readonly Queue[] };
  /** Reasons why the dispatcher cannot do its work; throws when Redis does not answer. */
  readonly readiness: () => Promise<readonly string[]>;
  readonly actions: Actions;
  readonly alerts: AlertList;
  /** Queues purchase orders that became ready. */
  readonly handOver: (purchaseOrders: readonly string[]) => Promise<void>;
}

export interface Operations {
  /** For tests: requests without a port. */
  readonly http: FastifyInstance;
  /** Returns where it listens. Throws StartupError when the port cannot be had. */
  listen(where: { readonly host: string; readonly port: number }): Promise<string>;
  /** Ends the connections too: a browser keeps its own for a minute. */
  close(): Promise<void>;
}

const SILENT_CONNECTION_MS = 60_000;
const REQUEST_MS = 10_000;
/** Bull Board waits for Redis, which may be away. */
const HANDLER_MS = 15_000;
/** Longer than nginx keeps an idle connection to us (60 s). */
const KEEP_ALIVE_MS = 75_000;
/** Notes and names: nothing large is ever sent to us. */
const MOST_BODY_BYTES = 64 * 1024;
/** An order's id holds a shop's domain. */
const LONGEST_PARAMETER = 512;

export async function createOperations(options: OperationsOptions): Promise<Operations> {
  const { config, logger, alerts } = options;
  const { db } = options.database;
  const suppliers = config.suppliers.map((one) => one.id);
  const turnOf = createTurns(config, Date.now);
  const queues = [options.queues.webhooks, ...options.queues.others];
  const http = Fastify({
    logger: false,
    trustProxy: false,
    connectionTimeout: SILENT_CONNECTION_MS,
    requestTimeout: REQUEST_MS,
    handlerTimeout: HANDLER_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: REQUEST_MS, connectionsCheckingInterval: 1_000 },
    forceCloseConnections: true,
    bodyLimit: MOST_BODY_BYTES,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    // Before any hook, so without credentials: it says nothing else.
    frameworkErrors: (_error, _request, reply) => {
      reply.raw.writeHead(400, { "content-type": "application/json" }).end('{"error":"malformed path"}');
    },
  });
  http.removeContentTypeParser("text/plain"); // A form of any site can send it.

  setSecurityHeaders(http);
  requireCredentials(http, {
    password: options.password,
    apiToken: options.apiToken,
    limiter: createLoginLimiter(),
    refuse: answerProblem,
  });
  answerErrors(http, logger);

  healthRoutes(http, { db, readiness: options.readiness });
  metricsRoute(http, { db, config, alerts, queues });
  await http.register(
    async (api) => {
      serveByContract(api);
      readRoutes(api, { db, config, turnOf, alerts });
      const acting = { db, suppliers, actions: options.actions, handOver: options.handOver };
      actionRoutes(api, acting);
      alertRoutes(api, { ...acting, alerts });
      catalogueRoutes(api, { ...acting, config });
      holdRoutes(api, { ...acting, logger });
      deadLetterRoutes(api, { ...acting, logger });
    },
    { prefix: "/api" },
  );
  consoleRoutes(http, { db, config, turnOf, alerts });
  await bullBoard(http, queues);

  return {
    http,
    async listen(where) {
      try {
        return await http.listen(where);
      } catch (error) {
        throw listenError(error, where);
      }
    },
    close: () => http.close(),
  };
}

function listenError(error: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return new StartupError(`port ${port} on ${host} is in use: stop what listens there, or set OPERATIONS_PORT`, {
        cause: error,
      });
    case "EACCES":
      return new StartupError(`port ${port} on ${host} is not allowed: set OPERATIONS_PORT above 1023`, { cause: error });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new StartupError(`HOST ${host} is no address of this machine`, { cause: error });
    default:
      return error;
  }
}
