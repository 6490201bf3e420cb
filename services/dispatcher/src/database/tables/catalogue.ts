// What suppliers' catalogues say.

export interface TablesOfCatalogue {
  catalogue_entries: CatalogueEntriesTable;
  catalogue_imports: CatalogueImportsTable;
  catalogue_import_rows: CatalogueImportRowsTable;
}

/** What a catalogue says of one SKU, as the table and the rows of an import keep it. */
interface CatalogueValues {
  sku: string;
  supplier_sku: string;
  unit: string;
  /** Pieces in one unit. */
  pack: number;
  /** Of one unit. */
  cost: string | null;
  currency: string | null;
  gtin: string | null;
  mpn: string | null;
  hazard: string | null;
}

export interface CatalogueEntriesTable extends CatalogueValues {
  supplier: string;
  /** The SKU as it is compared: domain/catalogue/catalogue.ts. */
  sku_key: string;
  /** YYYY-MM-DD; empty: always. */
  valid_from: string;
}

export interface CatalogueImportsTable {
  id: string;
  supplier: string;
  /** JSON. */
  columns: string;
  decimal: string;
  /** 1: entries that the file does not have are removed. */
  replace: number;
  skip_bad: number;
  actor: string;
  note: string;
  started_at: number;
  rows: number;
  bad_rows: number;
}

export interface CatalogueImportRowsTable extends CatalogueValues {
  import_id: string;
  sku_key: string;
  valid_from: string;
  /** Its number in the file. */
  row: number;
  change: "new" | "changed" | "unchanged";
}
