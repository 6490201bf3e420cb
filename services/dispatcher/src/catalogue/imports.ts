// Importing a catalogue. Its rows arrive in batches, are validated and compared with what is there, and wait in a table of
// their own; only then are they applied, all or none:
//
//   open ──▶ add … add ──▶ report (a preview) ──▶ apply, or discard
//
// One import per supplier is open at a time, and nothing but an import writes a catalogue: what a row was compared with
// when it was added is still there when it is applied.
import { type Expression, type ExpressionBuilder, type SqlBool } from "kysely";
import { setImmediate } from "node:timers/promises";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { CatalogueImportRowsTable, DatabaseTransaction, Tables } from "../database/schema.ts";
import {
  readCatalogueRow,
  readHeader,
  type CatalogueColumn,
  type CatalogueEntry,
  type CellProblem,
  type DecimalMark,
} from "../domain/catalogue.ts";
import type { Person } from "../domain/person.ts";
import { differences, toEntry, toRow, valueColumns } from "./rows.ts";

export interface ImportSettings {
  readonly supplier: string;
  /** The file's header line. */
  readonly header: readonly string[];
  readonly decimal: DecimalMark;
  /** Entries that the file does not have are removed. */
  readonly replace: boolean;
  /** Bad rows are left out; else nothing is applied while there is one. */
  readonly skipBad: boolean;
}

export interface FileRow {
  /** Its number in the file, the header's is 1. */
  readonly row: number;
  readonly cells: readonly string[];
}

export interface BadRow extends CellProblem {
  readonly row: number;
}

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

type Refused = { readonly ok: false; readonly reason: string };

export interface CatalogueImports {
  /** Begins an import; one of the same supplier that was not applied is given up. */
  open(settings: ImportSettings, person: Person): Promise<{ readonly ok: true; readonly id: string } | Refused>;
  /** Every problem of these rows; undefined when there is no such import (any more). */
  add(id: string, rows: readonly FileRow[]): Promise<readonly BadRow[] | undefined>;
  /** What applying it would do. */
  report(id: string): Promise<ImportReport | undefined>;
  /** One transaction, with its audit event; open orders are planned again by the next sweeps. */
  apply(id: string): Promise<{ readonly ok: true; readonly report: ImportReport } | Refused | undefined>;
  discard(id: string): Promise<boolean>;
}

/** In one statement: a few milliseconds each, and others have their turn between them. */
const ROWS_AT_ONCE = 2_000;
const EXAMPLES = 5;

export function createCatalogueImports(options: {
  readonly database: OpenDatabase;
  readonly now: () => number;
  readonly newId: () => string;
}): CatalogueImports {
  const { database, now } = options;
  const { db } = database;

  return {
    async open({ supplier, header, decimal, replace, skipBad }, person) {
      const read = readHeader(header);
      if (!read.ok) {
        return read;
      }
      if (replace && skipBad) {
        return { ok: false, reason: "replace and skip_bad: a bad row would remove the entry that it was to change" };
      }
      const id = options.newId();
      await database.transaction(async (trx) => {
        await trx.deleteFrom("catalogue_imports").where("supplier", "=", supplier).execute();
        await trx
          .insertInto("catalogue_imports")
          .values({
            id,
            supplier,
            columns: JSON.stringify(read.columns),
            decimal,
            replace: replace ? 1 : 0,
            skip_bad: skipBad ? 1 : 0,
            actor: person.actor,
            note: person.note,
            started_at: now(),
            rows: 0,
            bad_rows: 0,
          })
          .execute();
      });
      await sweepRows();
      return { ok: true, id };
    },

    add: (id, rows) =>
      database.transaction(async (trx) => {
        const head = await headOf(trx, id);
        if (head === undefined) {
          return undefined;
        }
        const bad: BadRow[] = [];
        const good = new Map<string, CatalogueImportRowsTable>();
        const badRows = new Set<number>();
        const complain = (row: number, problem: CellProblem): void => {
          badRows.add(row);
          bad.push({ row, ...problem });
        };
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `open`
        const columns = JSON.parse(head.columns) as CatalogueColumn[];
        const twice = ({ sku, validFrom }: CatalogueEntry, earlier: number): CellProblem => ({
          column: "sku",
          value: sku,
          reason: `row ${earlier} has this SKU ${validFrom === null ? "" : `from ${validFrom} `}already`,
        });
        for (const { row, cells } of rows) {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `open`
          const read = readCatalogueRow(columns, cells, head.decimal as DecimalMark);
          if (!read.ok) {
            read.problems.forEach((problem) => complain(row, problem));
            continue;
          }
          const values = toRow(read.entry);
          const key = keyOf(values);
          const earlier = good.get(key);
          if (earlier === undefined) {
            good.set(key, { import_id: id, row, change: "new", ...values });
          } else {
            complain(row, twice(read.entry, earlier.row));
          }
        }
        const keys = [...new Set([...good.values()].map((row) => row.sku_key))];
        if (keys.length > 0) {
          const gathered = await trx
            .selectFrom("catalogue_import_rows")
            .selectAll()
            .where("import_id", "=", id)
            .where("sku_key", "in", keys)
            .execute();
          for (const earlier of gathered) {
            const row = good.get(keyOf(earlier));
            if (row !== undefined) {
              complain(row.row, twice(toEntry(row), earlier.row));
              good.delete(keyOf(earlier));
            }
          }
          const present = await trx
            .selectFrom("catalogue_entries")
            .selectAll()
            .where("supplier", "=", head.supplier)
            .where("sku_key", "in", keys)
            .execute();
          for (const before of present) {
            const row = good.get(keyOf(before));
            if (row !== undefined) {
              row.change = differences(before, row).length === 0 ? "unchanged" : "changed";
            }
          }
        }
        if (good.size > 0) {
          await trx
            .insertInto("catalogue_import_rows")
            .values([...good.values()])
            .execute();
        }
        await trx
          .updateTable("catalogue_imports")
          .set((eb) => ({ rows: eb("rows", "+", rows.length), bad_rows: eb("bad_rows", "+", badRows.size) }))
          .where("id", "=", id)
          .execute();
        return bad.toSorted((a, b) => a.row - b.row);
      }),

    report: (id) =>
      database.transaction(async (trx) => {
        const head = await headOf(trx, id);
        return head && (await reportOf(trx, head));
      }),

    async apply(id) {
      const result = await database.transaction(async (trx) => {
        const head = await headOf(trx, id);
        if (head === undefined) {
          return undefined;
        }
        const { supplier } = head;
        const report = await reportOf(trx, head);
        if (report.badRows > 0 && head.skip_bad === 0) {
          const rows = report.badRows === 1 ? "1 row is" : `${report.badRows} rows are`;
          return { ok: false as const, reason: `${rows} bad, so nothing is applied: mend the file, or skip bad rows` };
        }
        if (report.rows === 0) {
          return { ok: false as const, reason: "the file has no rows: nothing is applied" };
        }
        const at = now();
        if (head.replace === 1) {
          await removeMissing(trx, head);
        }
        await writeRows(trx, head);
        const orders = await planAgain(trx);
        await recordEvent(trx, {
          at,
          subject: "supplier",
          subjectId: supplier,
          name: "catalogue.imported",
          actor: head.actor,
          detail: {
            note: head.note,
            rows: report.rows,
            bad_rows: report.badRows,
            new: report.new,
            changed: report.changed,
            unchanged: report.unchanged,
            removed: report.removed,
            replace: head.replace === 1,
            orders_to_plan_again: orders,
          },
        });
        await trx.deleteFrom("catalogue_imports").where("id", "=", id).execute();
        return { ok: true as const, report };
      });
      await sweepRows();
      return result;
    },

    async discard(id) {
      const { numDeletedRows } = await db.deleteFrom("catalogue_imports").where("id", "=", id).executeTakeFirstOrThrow();
      await sweepRows();
      return numDeletedRows > 0n;
    },
  };

  /** Removes the rows of imports that are over, a few at a time. */
  async function sweepRows(): Promise<void> {
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
}

const keyOf = (row: { readonly sku_key: string; readonly valid_from: string }): string =>
  JSON.stringify([row.sku_key, row.valid_from]);

const headOf = (trx: DatabaseTransaction, id: string) =>
  trx.selectFrom("catalogue_imports").selectAll().where("id", "=", id).executeTakeFirst();

type Head = NonNullable<Awaited<ReturnType<typeof headOf>>>;

async function reportOf(trx: DatabaseTransaction, head: Head): Promise<ImportReport> {
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

async function examples(trx: DatabaseTransaction, head: Head, change: "new" | "changed"): Promise<readonly Example[]> {
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

async function removedExamples(trx: DatabaseTransaction, head: Head): Promise<readonly Example[]> {
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

const isInFile = (eb: ExpressionBuilder<Tables, "catalogue_entries">, head: Head): Expression<SqlBool> =>
  eb.exists(
    eb
      .selectFrom("catalogue_import_rows")
      .select("row")
      .where("import_id", "=", head.id)
      .whereRef("catalogue_import_rows.sku_key", "=", "catalogue_entries.sku_key")
      .whereRef("catalogue_import_rows.valid_from", "=", "catalogue_entries.valid_from"),
  );

/** Slice by slice of SKUs, in the order of the key: `last` is the end of one. */
async function removeMissing(trx: DatabaseTransaction, head: Head): Promise<void> {
  let from = "";
  for (;;) {
    const start = from;
    const slice = await trx
      .selectFrom("catalogue_entries")
      .select("sku_key")
      .where("supplier", "=", head.supplier)
      .where("sku_key", ">", start)
      .orderBy("sku_key")
      .limit(ROWS_AT_ONCE)
      .execute();
    const last = slice.at(-1)?.sku_key;
    if (last === undefined) {
      return;
    }
    await trx
      .deleteFrom("catalogue_entries")
      .where("supplier", "=", head.supplier)
      .where("sku_key", ">", start)
      .where("sku_key", "<=", last)
      .where((eb) => eb.not(isInFile(eb, head)))
      .execute();
    from = last;
    await setImmediate();
  }
}

async function writeRows(trx: DatabaseTransaction, head: Head): Promise<void> {
  let from = "";
  for (;;) {
    const start = from;
    const slice = await trx
      .selectFrom("catalogue_import_rows")
      .select("sku_key")
      .where("import_id", "=", head.id)
      .where("sku_key", ">", start)
      .orderBy("sku_key")
      .limit(ROWS_AT_ONCE)
      .execute();
    const last = slice.at(-1)?.sku_key;
    if (last === undefined) {
      return;
    }
    await trx
      .insertInto("catalogue_entries")
      .columns(["supplier", ...valueColumns])
      .expression((eb) =>
        eb
          .selectFrom("catalogue_import_rows")
          .select((own) => own.val(head.supplier).as("supplier"))
          .select(valueColumns)
          .where("import_id", "=", head.id)
          .where("change", "!=", "unchanged")
          .where("sku_key", ">", start)
          .where("sku_key", "<=", last),
      )
      .onConflict((conflict) =>
        conflict.columns(["supplier", "sku_key", "valid_from"]).doUpdateSet((eb) => ({
          sku: eb.ref("excluded.sku"),
          supplier_sku: eb.ref("excluded.supplier_sku"),
          unit: eb.ref("excluded.unit"),
          pack: eb.ref("excluded.pack"),
          cost: eb.ref("excluded.cost"),
          currency: eb.ref("excluded.currency"),
          gtin: eb.ref("excluded.gtin"),
          mpn: eb.ref("excluded.mpn"),
          hazard: eb.ref("excluded.hazard"),
        })),
      )
      .execute();
    from = last;
    await setImmediate();
  }
}

/** Every open order that can still change: a rule may ask any catalogue. Returns how many. */
async function planAgain(trx: DatabaseTransaction): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable("orders")
    .set({ plan_again: 1 })
    .where("state", "=", "open")
    .where((eb) =>
      eb.or([
        eb("id", "in", eb.selectFrom("order_lines").select("order_id").where("decision", "=", "unmatched")),
        eb("id", "in", eb.selectFrom("purchase_orders").select("order_id").where("state", "in", ["held", "ready"])),
      ]),
    )
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
