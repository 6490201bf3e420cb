import type { DatabaseTransaction } from "../database/schema.ts";
import { dayAt, entryOn, skuKey, type CatalogueView } from "../domain/catalogue.ts";
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
    const rows =
      keys.length === 0 ? [] : await trx.selectFrom("catalogue_entries").selectAll().where("sku_key", "in", keys).execute();
    const place = (supplier: string, sku: string): string => JSON.stringify([supplier, sku]);
    const entries = Map.groupBy(rows, (row) => place(row.supplier, row.sku_key));
    const days = new Map(
      [...new Set(rows.map((row) => row.supplier))].map((supplier) => [supplier, dayAt(at, options.timezone(supplier))]),
    );
    const entry: CatalogueView["entry"] = (supplier, sku) => {
      const dated = entries.get(place(supplier, skuKey(sku ?? "")));
      return dated && entryOn(dated.map(toEntry), days.get(supplier) ?? "");
    };
    return { entry, has: (supplier, sku) => entry(supplier, sku) !== undefined };
  };
}
