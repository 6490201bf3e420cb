// What people must know, and whether they have seen it.
import type { Generated } from "kysely";

export interface TablesOfAlerts {
  alerts: AlertsTable;
}

export interface AlertsTable {
  id: Generated<number>;
  /** As it is declared beside its feature: `supplier.paused`. */
  kind: string;
  /** What it is about; open, there is one of a kind and subject. */
  subject: string;
  /** The values of its sentence, as JSON. */
  detail: string;
  opened_at: number;
  /** When its line was logged; null: not yet, or it is a quiet one. */
  told_at: number | null;
  seen_at: number | null;
  /** A person. */
  seen_by: string | null;
  ended_at: number | null;
}
