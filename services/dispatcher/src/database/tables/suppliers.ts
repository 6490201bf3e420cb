// What is known of a supplier beyond the configuration.

export interface TablesOfSuppliers {
  suppliers: SuppliersTable;
}

export interface SuppliersTable {
  id: string;
  paused_at: number | null;
  pause_reason: string | null;
  /** scrypt of its transport, secrets included, when it was paused: a changed one ends the pause at the next start. */
  paused_access: string | null;
  /** SHA-256 fingerprint of the certificate or the host key seen last. */
  fingerprint: string | null;
  /** Attempts that did not get through, each of another purchase order than the one before. */
  failures_in_a_row: number;
  /** The purchase order of the last of them. */
  last_failed: string | null;
  /** Since when the breaker is open. */
  opened_at: number | null;
  /** When one purchase order is let through to try; null while the breaker is closed. */
  probe_at: number | null;
}
