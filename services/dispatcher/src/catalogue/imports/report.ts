// What applying an import would do, with examples.
import type { DatabaseTransaction } from "../../database/schema.ts";
import type { CatalogueImportRowsTable } from "../../database/tables/catalogue.ts";
import type { CatalogueEntry } from "../../domain/catalogue/catalogue.ts";
import { differences, toEntry } from "../rows.ts";
import { isInFile, type ImportHead } from "./gather.ts";

export interface Example extends CatalogueEntry {
  /** Null: removed, so in no row. */
  readonly row: number | null;
  /** What changes: column, before, after. */
  readonly changes: readonly { readonly column: string; readonly before: string | null; readonly after: string | null }[];
}

export interface ImportReport {
  readonly supplier: string;
  readonly rows: number;
  readonly badRows: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly examples: {
    readonly new: readonly Example[];
    readonly changed: readonly Example[];
    readonly removed: readonly Example[];
  };
}

const EXAMPLES = 5;

export async function reportOf(trx: DatabaseTransaction, head: ImportHead): Promise<ImportReport> {
  const counts = await trx
    .selectFrom("catalogue_import_rows")
    .select(["change", (eb) => eb.fn.countAll().as("count")])
    .where("import_id", "=", head.id)
    .groupBy("change")
    .execute();
  const count = (change: CatalogueImportRowsTable["change"]): number =>
    Number(counts.find((one) => one.change === change)?.count ?? 0);
  const present = await trx
    .selectFrom("catalogue_entries")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("supplier", "=", head.supplier)
    .executeTakeFirstOrThrow();
  const removed = head.replace === 1 ? Number(present.count) - count("changed") - count("unchanged") : 0;
  return {
    supplier: head.supplier,
    rows: head.rows,
    badRows: head.bad_rows,
    new: count("new"),
    changed: count("changed"),
    unchanged: count("unchanged"),
    removed,
    examples: {
      new: count("new") === 0 ? [] : await examples(trx, head, "new"),
      changed: count("changed") === 0 ? [] : await examples(trx, head, "changed"),
      removed: removed === 0 ? [] : await removedExamples(trx, head),
    },
  };
}

async function examples(trx: DatabaseTransaction, head: ImportHead, change: "new" | "changed"): Promise<readonly Example[]> {
  const rows = await trx
    .selectFrom("catalogue_import_rows")
    .selectAll()
    .where("import_id", "=", head.id)
    .where("change", "=", change)
    .orderBy("row")
    .limit(EXAMPLES)
    .execute();
  return await Promise.all(
    rows.map(async (row): Promise<Example> => {
      const before =
        change === "new"
          ? undefined
          : await trx
              .selectFrom("catalogue_entries")
              .selectAll()
              .where("supplier", "=", head.supplier)
              .where("sku_key", "=", row.sku_key)
              .where("valid_from", "=", row.valid_from)
              .executeTakeFirst();
      const shown = (value: string | number | null): string | null => (value === null ? null : String(value));
      const changes =
        before === undefined
          ? []
          : differences(before, row).map((column) => ({ column, before: shown(before[column]), after: shown(row[column]) }));
      return { ...toEntry(row), row: row.row, changes };
    }),
  );
}

async function removedExamples(trx: DatabaseTransaction, head: ImportHead): Promise<readonly Example[]> {
  const rows = await trx
    .selectFrom("catalogue_entries")
    .selectAll()
    .where("supplier", "=", head.supplier)
    .where((eb) => eb.not(isInFile(eb, head)))
    .orderBy("sku_key")
    .limit(EXAMPLES)
    .execute();
  return rows.map((row) => ({ ...toEntry(row), row: null, changes: [] }));
}
