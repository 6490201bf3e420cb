// When a ready purchase order has its turn, by its supplier's schedule, as people are shown it.
import type { PurchaseOrderView } from "../database/purchase-order-rows.ts";
import { openSchedule, type HandlerConfig } from "../config/load.ts";
import { turnOf } from "../domain/schedule/schedule.ts";

/** Null: it is not ready, or the schedule does not keep it. */
export type TurnOf = (po: Pick<PurchaseOrderView, "supplier" | "state" | "waits_since">) => number | null;

export function createTurns(config: Pick<HandlerConfig, "suppliers">, now: () => number): TurnOf {
  const schedules = new Map(config.suppliers.map((one) => [one.id, openSchedule(one.schedule)]));
  return ({ supplier, state, waits_since: waitsSince }) => {
    const schedule = schedules.get(supplier);
    if (state !== "ready" || schedule === undefined) {
      return null;
    }
    const at = now();
    const turn = turnOf(schedule, waitsSince, at);
    return turn > at ? turn : null;
  };
}
