// Importing a catalogue. Its rows arrive in batches, are validated and compared with what is there, and wait in a table of
// their own; only then are they applied, all or none:
//
//   open ──▶ add … add ──▶ report (a preview) ──▶ apply, or discard
//
// One import per supplier is open at a time, and nothing but an import writes a catalogue: what a row was compared with
// when it was added is still there when it is applied.
import { recordEvent } from "../../database/audit.ts";
import type { OpenDatabase } from "../../database/open.ts";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { readHeader, type DecimalMark } from "../../domain/catalogue/catalogue.ts";
import type { Person } from "../../domain/person.ts";
import { planAgain, removeMissing, writeRows } from "./apply.ts";
import { gatherRows, sweepRows, type BadRow, type FileRow, type ImportHead } from "./gather.ts";
import { reportOf, type ImportReport } from "./report.ts";

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
      await sweepRows(db);
      return { ok: true, id };
    },

    add: (id, rows) =>
      database.transaction(async (trx) => {
        const head = await headOf(trx, id);
        return head && (await gatherRows(trx, head, rows));
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
      await sweepRows(db);
      return result;
    },

    async discard(id) {
      const { numDeletedRows } = await db.deleteFrom("catalogue_imports").where("id", "=", id).executeTakeFirstOrThrow();
      await sweepRows(db);
      return numDeletedRows > 0n;
    },
  };
}

const headOf = (trx: DatabaseTransaction, id: string): Promise<ImportHead | undefined> =>
  trx.selectFrom("catalogue_imports").selectAll().where("id", "=", id).executeTakeFirst();
