import { findRows } from "../database/statements.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { catalogueView, dayAt, skuKey, type CatalogueView } from "../domain/catalogue/catalogue.ts";
import { toEntry } from "./rows.ts";

/** Loads what the catalogues say of an order's SKUs at its time, so that planning can ask without waiting. */
export type LoadCatalogue = (
  trx: DatabaseTransaction,
  of: { readonly skus: readonly (string | null)[]; readonly at: number },
) => Promise<CatalogueView>;

export function createCatalogueLoader(options: {
  /** Where a supplier's entries begin to count: an IANA time zone. */
  readonly timezone: (supplier: string) => string;
}): LoadCatalogue {
  return async (trx, { skus, at }) => {
    const keys = [...new Set(skus.flatMap((sku) => (sku?.trim() ? [skuKey(sku)] : [])))];
    const rows = [];
    for (const key of keys) {
      rows.push(...(await findRows(trx, "catalogue_entries", { sku_key: key })));
    }
    const days = new Map(
      [...new Set(rows.map((row) => row.supplier))].map((supplier) => [supplier, dayAt(at, options.timezone(supplier))]),
    );
    const entries = rows.map((row) => ({ supplier: row.supplier, ...toEntry(row) }));
    return catalogueView(entries, (supplier) => days.get(supplier) ?? "");
  };
}
