import type { HandlerConfig } from "../../config/load.ts";
import type { Database } from "../../database/schema.ts";
import type { TurnOf } from "../turns.ts";

/** What each page reads. */
export interface ConsoleOptions {
  readonly db: Database;
  readonly config: HandlerConfig;
  readonly turnOf: TurnOf;
}
