// Suppliers' catalogues: what a supplier calls a SKU, in what unit and pack it sells it, what it charges. Written by imports
// alone (imports/imports.ts has their states); read by planning through a view of the SKUs that it is about, and by whoever
// looks one up. Catalogue files are read without a database too.
import type { OpenDatabase } from "../database/open.ts";
import { createCatalogueImports, type CatalogueImports } from "./imports/imports.ts";
import { createCatalogueLoader, type LoadCatalogue } from "./view.ts";

export * from "./csv.ts";
export { listEntries, lookUp } from "./entries.ts";
export type { CatalogueImports } from "./imports/imports.ts";
export { readWholeFile } from "./whole-file.ts";

export interface Catalogue {
  readonly load: LoadCatalogue;
  readonly imports: CatalogueImports;
}

export function createCatalogue(options: {
  readonly database: OpenDatabase;
  /** Where a supplier's entries begin to count: an IANA time zone. */
  readonly timezone: (supplier: string) => string;
  readonly now: () => number;
  readonly newId: () => string;
}): Catalogue {
  return { load: createCatalogueLoader(options), imports: createCatalogueImports(options) };
}
