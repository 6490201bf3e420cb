import type { HandlerConfig } from "../../config/load.ts";
import type { Database } from "../../database/schema.ts";
import type { AlertList } from "../alerts.ts";
import type { TurnOf } from "../turns.ts";

/** What each page reads. */
export interface ConsoleOptions {
  readonly db: Database;
  readonly config: HandlerConfig;
  readonly turnOf: TurnOf;
  readonly alerts: AlertList;
}
