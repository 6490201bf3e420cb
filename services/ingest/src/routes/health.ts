// For the supervisor and the monitoring, on the inside: nginx publishes only /webhooks/.
import { checkDurability } from "@soh/shared/redis";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { Connection } from "../connection.ts";

/** A hung Redis is not ready. */
const ANSWER_WITHIN_MS = 2_000;

export function healthRoutes(
  http: FastifyInstance,
  options: { readonly connection: Connection; readonly registry: Registry; readonly stopping: () => boolean },
): void {
  const { connection, registry, stopping } = options;

  http.get("/healthz", () => ({ status: "ok" }));

  http.get("/readyz", async (_, reply) => {
    const { problems, unknown } = stopping() ? { problems: ["ingest is stopping"], unknown: [] } : await look(connection);
    if (problems.length > 0) {
      return reply.code(503).send({ error: "not ready", reasons: problems, unknown });
    }
    return { status: "ready", unknown };
  });

  http.get("/metrics", async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}

/** Whether a webhook would be kept: Redis is there, and loses nothing that it confirmed. */
async function look(
  connection: Connection,
): Promise<{ readonly problems: readonly string[]; readonly unknown: readonly string[] }> {
  const trouble = connection.trouble();
  if (trouble !== undefined) {
    return { problems: [`Redis is away: ${trouble}`], unknown: [] };
  }
  const { promise: late, resolve } = Promise.withResolvers<{ problems: string[]; unknown: string[] }>();
  const timer = setTimeout(resolve, ANSWER_WITHIN_MS, {
    problems: [`Redis does not answer within ${ANSWER_WITHIN_MS} ms`],
    unknown: [],
  });
  try {
    return await Promise.race([checkDurability(connection.redis), late]);
  } catch (error) {
    return { problems: [`Redis cannot be asked: ${error instanceof Error ? error.message : "unknown"}`], unknown: [] };
  } finally {
    clearTimeout(timer);
  }
}
