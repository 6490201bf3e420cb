import type { ConfiguredSupplier } from "../../config/load.ts";
import { insecurity } from "../../config/transport-settings.ts";
import type { Database } from "../../database/schema.ts";

export interface SupplierStatus {
  readonly id: string;
  readonly name: string;
  readonly account: string | null;
  readonly mode: ConfiguredSupplier["mode"];
  /** Of its documents. */
  readonly format: string;
  readonly host: string;
  readonly port: number;
  /** Why its connection is not secure, which its configuration accepts; null: it is. */
  readonly insecure: string | null;
  readonly ordersFolder: string;
  /** Null: it sends none. */
  readonly acknowledgementsFolder: string | null;
  /** SHA-256 of the certificate seen last. */
  readonly fingerprint: string | null;
  readonly pausedAt: number | null;
  readonly pauseReason: string | null;
  /** Since when the breaker is open; null: closed. */
  readonly openedAt: number | null;
  /** Of different purchase orders. */
  readonly failuresInARow: number;
  /** When one purchase order is let through to try. */
  readonly probeAt: number | null;
  readonly lastSentAt: number | null;
  readonly catalogueEntries: number;
}

/** The configured suppliers, in the order of the configuration, with what is known of each. */
export async function listSuppliers(db: Database, configured: readonly ConfiguredSupplier[]): Promise<readonly SupplierStatus[]> {
  const [rows, sent, catalogues] = await Promise.all([
    db.selectFrom("suppliers").selectAll().execute(),
    db
      .selectFrom("messages")
      .select(["supplier", (eb) => eb.fn.max("sent_at").as("last_sent_at")])
      .groupBy("supplier")
      .execute(),
    db
      .selectFrom("catalogue_entries")
      .select(["supplier", (eb) => eb.fn.countAll().as("entries")])
      .groupBy("supplier")
      .execute(),
  ]);
  return configured.map((supplier) => {
    const row = rows.find((one) => one.id === supplier.id);
    const last = sent.find((one) => one.supplier === supplier.id)?.last_sent_at ?? null;
    return {
      id: supplier.id,
      name: supplier.name,
      account: supplier.account,
      mode: supplier.mode,
      format: supplier.document.format,
      host: supplier.transport.host,
      port: supplier.transport.port,
      insecure: insecurity(supplier.transport),
      ordersFolder: supplier.orders.folder,
      acknowledgementsFolder: supplier.acknowledgements?.folder ?? null,
      fingerprint: row?.fingerprint ?? null,
      pausedAt: row?.paused_at ?? null,
      pauseReason: row?.pause_reason ?? null,
      openedAt: row?.opened_at ?? null,
      failuresInARow: row?.failures_in_a_row ?? 0,
      probeAt: row?.probe_at ?? null,
      lastSentAt: last,
      catalogueEntries: Number(catalogues.find((one) => one.supplier === supplier.id)?.entries ?? 0),
    };
  });
}
