// Whether what decides about open orders has changed since the last start: rules, holds, formats, the code itself.
import { createHash } from "node:crypto";
import type { HandlerConfig } from "../config/load.ts";
import type { OpenDatabase } from "../database/open.ts";

/** Raise it when a change of the code makes open orders come out differently: then all are planned again at the next start. */
const PLANNING_REVISION = 2;

const PLANNED_WITH = "planned-with";

/** Plans all open orders again where it has changed. Returns the purchase orders that became ready. */
export function createPlanningChange(options: {
  readonly config: HandlerConfig;
  readonly database: OpenDatabase;
  readonly planAgain: () => Promise<{ readonly ready: readonly string[]; readonly failed: number }>;
}): () => Promise<readonly string[]> {
  const { config, database } = options;
  return async () => {
    const value = decisive(config);
    const before = await database.db.selectFrom("settings").select("value").where("name", "=", PLANNED_WITH).executeTakeFirst();
    if (before?.value === value) {
      return [];
    }
    const { ready, failed } = await options.planAgain();
    if (failed > 0) {
      return ready; // The next start tries them again.
    }
    await database.db
      .insertInto("settings")
      .values({ name: PLANNED_WITH, value })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
      .execute();
    return ready;
  };
}

/** A hash of everything that planning depends on. Transports, retries, cancellations and secrets are no part of it. */
function decisive(config: HandlerConfig): string {
  const suppliers = config.suppliers.map((supplier) => ({
    ...supplier,
    transport: undefined,
    retry: undefined,
    breaker: undefined,
    cancel: undefined,
  }));
  return createHash("sha256")
    .update(JSON.stringify([PLANNING_REVISION, config.buyer, config.policy, suppliers]))
    .digest("hex");
}
