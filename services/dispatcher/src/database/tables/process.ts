// What every room uses: events, settings, counts of work that may end the process.
import type { Generated } from "kysely";

export interface TablesOfProcess {
  events: EventsTable;
  unended_work: UnendedWorkTable;
  settings: SettingsTable;
}

export interface EventsTable {
  id: Generated<number>;
  at: number;
  subject: "order" | "purchase-order" | "supplier" | "shop" | "file" | "dead-letter" | "alert";
  subject_id: string;
  name: string;
  actor: string;
  detail: string;
}

export interface UnendedWorkTable {
  key: string;
  starts: number;
  last_started_at: number;
}

export interface SettingsTable {
  name: string;
  value: string;
}
