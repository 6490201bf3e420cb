// Reading catalogues: one SKU's entries, or a supplier's, page by page.
import type { Database } from "../database/schema.ts";
import { entryOn, skuKey, type CatalogueEntry } from "../domain/catalogue/catalogue.ts";
import { toEntry } from "./rows.ts";

export interface ListedEntry extends CatalogueEntry {
  readonly supplier: string;
  /** It counts on the day that was asked for. */
  readonly current: boolean;
}

/** Every entry of one shop SKU, of all suppliers or one. `day`: YYYY-MM-DD of each supplier. */
export async function lookUp(
  db: Database,
  of: { readonly sku: string; readonly supplier?: string | undefined; readonly day: (supplier: string) => string },
): Promise<readonly ListedEntry[]> {
  const query = db
    .selectFrom("catalogue_entries")
    .selectAll()
    .where("sku_key", "=", skuKey(of.sku))
    .orderBy("supplier")
    .orderBy("valid_from");
  const rows = await (of.supplier === undefined ? query : query.where("supplier", "=", of.supplier)).execute();
  const bySupplier = Map.groupBy(rows, (row) => row.supplier);
  return [...bySupplier].flatMap(([supplier, own]) => {
    const entries = own.map(toEntry);
    const current = entryOn(entries, of.day(supplier));
    return entries.map((entry) => ({ ...entry, supplier, current: entry === current }));
  });
}

/** Where a page ended. */
export interface EntryPosition {
  readonly skuKey: string;
  readonly validFrom: string;
}

/** A supplier's entries by SKU, then by day. */
export async function listEntries(
  db: Database,
  of: { readonly supplier: string; readonly after?: EntryPosition | undefined; readonly limit: number },
): Promise<{ readonly entries: readonly CatalogueEntry[]; readonly next: EntryPosition | undefined }> {
  const { after, limit } = of;
  let query = db.selectFrom("catalogue_entries").selectAll().where("supplier", "=", of.supplier);
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple("sku_key", "valid_from"), ">", eb.tuple(after.skuKey, after.validFrom)));
  }
  const rows = await query
    .orderBy("sku_key")
    .orderBy("valid_from")
    .limit(limit + 1)
    .execute();
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    entries: rows.slice(0, limit).map(toEntry),
    next: last && { skuKey: last.sku_key, validFrom: last.valid_from },
  };
}
