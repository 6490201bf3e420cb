import type { Selectable } from "kysely";
import type { CatalogueEntriesTable } from "../database/tables/catalogue.ts";
import { skuKey, type CatalogueEntry } from "../domain/catalogue/catalogue.ts";

type Values = Omit<CatalogueEntriesTable, "supplier">;

/** The columns that an entry fills, in the table and in the rows of an import. */
export const valueColumns = [
  "sku_key",
  "valid_from",
  "sku",
  "supplier_sku",
  "unit",
  "pack",
  "cost",
  "currency",
  "gtin",
  "mpn",
  "hazard",
] as const satisfies readonly (keyof Values)[];

export const toRow = (entry: CatalogueEntry): Values => ({
  sku_key: skuKey(entry.sku),
  valid_from: entry.validFrom ?? "",
  sku: entry.sku,
  supplier_sku: entry.supplierSku,
  unit: entry.unit,
  pack: entry.pack,
  cost: entry.cost?.amount ?? null,
  currency: entry.cost?.currency ?? null,
  gtin: entry.gtin,
  mpn: entry.mpn,
  hazard: entry.hazard,
});

export const toEntry = (row: Selectable<Omit<Values, "sku_key">>): CatalogueEntry => ({
  sku: row.sku,
  supplierSku: row.supplier_sku,
  unit: row.unit,
  pack: row.pack,
  cost: row.cost === null || row.currency === null ? null : { amount: row.cost, currency: row.currency },
  validFrom: row.valid_from === "" ? null : row.valid_from,
  gtin: row.gtin,
  mpn: row.mpn,
  hazard: row.hazard,
});

/** The columns in which two rows of one SKU and day differ. */
export const differences = (before: Values, after: Values): readonly (typeof valueColumns)[number][] =>
  valueColumns.filter((column) => before[column] !== after[column]);
