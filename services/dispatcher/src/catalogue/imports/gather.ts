// The rows of an import that is not applied yet: read, compared with what is there, kept in a table of their own.
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from "kysely";
import { setImmediate } from "node:timers/promises";
import type { Database, DatabaseTransaction, Tables } from "../../database/schema.ts";
import type { CatalogueImportRowsTable, CatalogueImportsTable } from "../../database/tables/catalogue.ts";
import {
  readCatalogueRow,
  type CatalogueColumn,
  type CatalogueEntry,
  type CellProblem,
  type DecimalMark,
} from "../../domain/catalogue/catalogue.ts";
import { differences, toEntry, toRow } from "../rows.ts";

export type ImportHead = Selectable<CatalogueImportsTable>;

export interface FileRow {
  /** Its number in the file, the header's is 1. */
  readonly row: number;
  readonly cells: readonly string[];
}

export interface BadRow extends CellProblem {
  readonly row: number;
}

/** In one statement: a few milliseconds each, and others have their turn between them. */
export const ROWS_AT_ONCE = 2_000;

/** The rows that can be applied, by SKU and day, each with what it changes; and every problem of the others. */
interface ReadRows {
  readonly good: Map<string, CatalogueImportRowsTable>;
  readonly bad: BadRow[];
}

/** Keeps the good rows. Returns every problem of the others. */
export async function gatherRows(
  trx: DatabaseTransaction,
  head: ImportHead,
  rows: readonly FileRow[],
): Promise<readonly BadRow[]> {
  const read = readRows(head, rows);
  const keys = [...new Set([...read.good.values()].map((row) => row.sku_key))];
  if (keys.length > 0) {
    await refuseGathered(trx, { head, read, keys });
    await compareWithPresent(trx, { head, read, keys });
  }
  const { good, bad } = read;
  if (good.size > 0) {
    await trx
      .insertInto("catalogue_import_rows")
      .values([...good.values()])
      .execute();
  }
  const badRows = new Set(bad.map(({ row }) => row)).size;
  await trx
    .updateTable("catalogue_imports")
    .set((eb) => ({ rows: eb("rows", "+", rows.length), bad_rows: eb("bad_rows", "+", badRows) }))
    .where("id", "=", head.id)
    .execute();
  return bad.toSorted((a, b) => a.row - b.row);
}

function readRows(head: ImportHead, rows: readonly FileRow[]): ReadRows {
  const good = new Map<string, CatalogueImportRowsTable>();
  const bad: BadRow[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written when the import began
  const columns = JSON.parse(head.columns) as CatalogueColumn[];
  for (const { row, cells } of rows) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written when the import began
    const read = readCatalogueRow(columns, cells, head.decimal as DecimalMark);
    if (!read.ok) {
      bad.push(...read.problems.map((problem) => ({ row, ...problem })));
      continue;
    }
    const values = toRow(read.entry);
    const key = keyOf(values);
    const earlier = good.get(key);
    if (earlier === undefined) {
      good.set(key, { import_id: head.id, row, change: "new", ...values });
    } else {
      bad.push({ row, ...twice(read.entry, earlier.row) });
    }
  }
  return { good, bad };
}

/** A row whose SKU and day an earlier batch had is bad. */
async function refuseGathered(trx: DatabaseTransaction, { head, read, keys }: Compared): Promise<void> {
  const gathered = await trx
    .selectFrom("catalogue_import_rows")
    .selectAll()
    .where("import_id", "=", head.id)
    .where("sku_key", "in", keys)
    .execute();
  for (const earlier of gathered) {
    const row = read.good.get(keyOf(earlier));
    if (row !== undefined) {
      read.bad.push({ row: row.row, ...twice(toEntry(row), earlier.row) });
      read.good.delete(keyOf(earlier));
    }
  }
}

async function compareWithPresent(trx: DatabaseTransaction, { head, read, keys }: Compared): Promise<void> {
  const present = await trx
    .selectFrom("catalogue_entries")
    .selectAll()
    .where("supplier", "=", head.supplier)
    .where("sku_key", "in", keys)
    .execute();
  for (const before of present) {
    const row = read.good.get(keyOf(before));
    if (row !== undefined) {
      row.change = differences(before, row).length === 0 ? "unchanged" : "changed";
    }
  }
}

interface Compared {
  readonly head: ImportHead;
  readonly read: ReadRows;
  /** Of the SKUs of the good rows. */
  readonly keys: readonly string[];
}

const twice = ({ sku, validFrom }: CatalogueEntry, earlier: number): CellProblem => ({
  column: "sku",
  value: sku,
  reason: `row ${earlier} has this SKU ${validFrom === null ? "" : `from ${validFrom} `}already`,
});

const keyOf = (row: { readonly sku_key: string; readonly valid_from: string }): string =>
  JSON.stringify([row.sku_key, row.valid_from]);

/** Whether an entry of the catalogue is in the file. */
export const isInFile = (eb: ExpressionBuilder<Tables, "catalogue_entries">, head: ImportHead): Expression<SqlBool> =>
  eb.exists(
    eb
      .selectFrom("catalogue_import_rows")
      .select("row")
      .where("import_id", "=", head.id)
      .whereRef("catalogue_import_rows.sku_key", "=", "catalogue_entries.sku_key")
      .whereRef("catalogue_import_rows.valid_from", "=", "catalogue_entries.valid_from"),
  );

/** Removes the rows of imports that are over, a few at a time. */
export async function sweepRows(db: Database): Promise<void> {
  for (;;) {
    const over = await db
      .selectFrom("catalogue_import_rows")
      .select(["import_id", "sku_key"])
      .where("import_id", "not in", (eb) => eb.selectFrom("catalogue_imports").select("id"))
      .orderBy("import_id")
      .orderBy("sku_key")
      .limit(ROWS_AT_ONCE)
      .execute();
    const last = over.at(-1);
    if (last === undefined) {
      return;
    }
    await db
      .deleteFrom("catalogue_import_rows")
      .where("import_id", "=", last.import_id)
      .where("sku_key", "<=", last.sku_key)
      .execute();
    await setImmediate();
  }
}
