// The two open routes. /healthz: the process answers. /readyz: it can do its work; a paused supplier is a person's
// decision or a supplier's fault, no reason to take the dispatcher out of service.
import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import type { Database } from "../database/schema.ts";
import { within } from "./within.ts";

/** Whoever asks must not be kept waiting by a Redis that does not answer. */
const REDIS_WITHIN_MS = 3_000;

export function healthRoutes(
  app: FastifyInstance,
  options: { readonly db: Database; readonly readiness: () => Promise<readonly string[]>; readonly redisWithinMs?: number },
): void {
  const open = { config: { open: true } };
  app.get("/healthz", open, () => ({ status: "ok" }));

  app.get("/readyz", open, async (_request, reply) => {
    const [redis, database] = await Promise.all([
      redisProblems(options.readiness, options.redisWithinMs ?? REDIS_WITHIN_MS),
      databaseState(options.db),
    ]);
    const problems = [...redis, ...database.problems];
    return reply
      .code(problems.length === 0 ? 200 : 503)
      .send({ status: problems.length === 0 ? "ready" : "not ready", problems, pausedSuppliers: database.paused });
  });
}

async function redisProblems(readiness: () => Promise<readonly string[]>, withinMs: number): Promise<readonly string[]> {
  try {
    return await within(readiness(), withinMs);
  } catch (error) {
    return [`Redis does not answer: ${messageOf(error)}`];
  }
}

async function databaseState(
  db: Database,
): Promise<{ readonly problems: readonly string[]; readonly paused: readonly string[] }> {
  try {
    await sql`select 1`.execute(db);
    const rows = await db.selectFrom("suppliers").select("id").where("paused_at", "is not", null).orderBy("id").execute();
    return { problems: [], paused: rows.map((row) => row.id) };
  } catch (error) {
    return { problems: [`the database does not answer: ${messageOf(error)}`], paused: [] };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
