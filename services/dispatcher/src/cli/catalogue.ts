// Suppliers' catalogues: what each says of a SKU, a file of one, and importing one.
import { createReadStream, createWriteStream } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { InvalidArgumentError, Option, type Command } from "commander";
import {
  catalogueEncodings,
  readRows,
  UnreadableFile,
  writeLine,
  type CatalogueEncoding,
  type RawRow,
} from "../catalogue/catalogue.ts";
import { catalogueColumns, decimalMarks, writeCatalogueRow, type DecimalMark } from "../domain/catalogue/catalogue.ts";
import { damagedCells, type DamagedCell } from "../domain/catalogue/spreadsheet.ts";
import type { z } from "zod";
import { actor } from "./actor.ts";
import type * as answers from "../contract/answers.ts";
import { routes } from "../contract/routes.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { entriesView, importView } from "./views.ts";

interface ImportOptions {
  readonly supplier: string;
  readonly preview?: boolean;
  readonly replace?: boolean;
  readonly skipBad?: boolean;
  readonly delimiter?: string;
  readonly encoding: CatalogueEncoding;
  readonly decimal: DecimalMark;
  readonly note?: string;
}

type BadRow = z.output<typeof answers.importRows>["bad"][number];

/** In one request, as far as their size allows. */
const ROWS_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 200_000;
/** Bad rows that are told one by one on the terminal; with --json all are. */
const MOST_BAD_ROWS = 100;
const ENTRIES_AT_ONCE = 1_000;
/** Longer than the dispatcher gives itself for any step of an import (120 s), so that it is the one who says what is wrong. */
const IMPORT_WITHIN_MS = 130_000;

export function catalogue(input: {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly client: () => Client;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
}): void {
  const { program, terminal, print, describe } = input;
  const group = program.command("catalogue").description("Suppliers' catalogues: SKU → supplier's SKU, unit, pack and cost.");
  const whose = (): Option => new Option("--supplier <id>", "whose catalogue").makeOptionMandatory();
  const delimiterOption = (): Option =>
    new Option("--delimiter <character>", "between cells: , ; or tab").argParser((text) => {
      const delimiter = text === "tab" || text === "\\t" ? "\t" : text;
      if (delimiter.length !== 1) {
        throw new InvalidArgumentError("expected one character, or tab");
      }
      return delimiter;
    });

  describe(
    group.command("import <file>"),
    "Imports a CSV file into a supplier's catalogue: all of it, or nothing while a row is bad.\nOpen orders are planned again with it. With --preview it only says what would change; either needs the dispatcher.",
    "catalogue import agriest.csv --supplier agriest --preview",
  )
    .addOption(whose())
    .option("--preview", "say what would change, and change nothing")
    .option("--replace", "remove what the file does not have")
    .option("--skip-bad", "leave bad rows out instead of refusing the file")
    .addOption(delimiterOption())
    .addOption(new Option("--encoding <name>", "of the file").choices(catalogueEncodings).default("utf-8"))
    .addOption(
      new Option("--decimal <mark>", "of costs; either refuses what may have thousands").choices(decimalMarks).default("either"),
    )
    .option("--note <text>", "why, for the audit trail")
    .action(async (file: string, options: ImportOptions, command: Command) => {
      if (options.replace === true && options.skipBad === true) {
        command.error("error: --replace and --skip-bad: a bad row would remove the entry that it was to change", {
          exitCode: EXIT.usage,
        });
      }
      await importFile(file, options);
    });

  describe(
    group.command("export"),
    "Writes a supplier's catalogue as CSV, to stdout or a file; importing it again changes nothing.",
    "catalogue export --supplier agriest --out agriest.csv",
  )
    .addOption(whose())
    .option("--out <file>", "instead of stdout")
    .addOption(delimiterOption().default(",", "a comma"))
    .action(async ({ supplier, out, delimiter }: { supplier: string; out?: string; delimiter: string }) => {
      await exportTo({ supplier, out, delimiter });
    });

  describe(group.command("lookup <sku>"), "Shows what the suppliers' catalogues say of a shop's SKU.", "catalogue lookup AGR-1")
    .option("--supplier <id>", "only of this supplier")
    .action(async (sku: string, { supplier }: { supplier?: string }) => {
      print(await input.client().ask(routes.lookup, { query: { sku, supplier } }), entriesView);
    });

  async function importFile(file: string, options: ImportOptions): Promise<void> {
    const client = input.client();
    const bad: BadRow[] = [];
    const warnings: DamagedCell[] = [];
    let columns: readonly string[] = [];
    let id: string | undefined;
    let applied = false;
    try {
      for await (const batch of batchesOf(file, options)) {
        if (id === undefined) {
          const { note, supplier, decimal, replace = false, skipBad = false } = options;
          const [header] = batch;
          const body = { supplier, header: header?.cells ?? [], decimal, replace, skip_bad: skipBad, actor: actor(), note };
          ({ id } = await client.ask(routes.openImport, { body, withinMs: IMPORT_WITHIN_MS }));
          columns = body.header;
          continue;
        }
        warnings.push(...damagedCells(columns, batch));
        const added = await client.ask(routes.importRows, { params: { id }, body: { rows: batch }, withinMs: IMPORT_WITHIN_MS });
        bad.push(...added.bad);
      }
      if (id === undefined) {
        throw new CommandFailure(EXIT.refused, `${file} is empty: expected a header line with ${catalogueColumns.join(", ")}`);
      }
      const report = await client.ask(routes.import, { params: { id }, withinMs: IMPORT_WITHIN_MS });
      const refused = report.badRows > 0 && options.skipBad !== true;
      if (options.preview !== true && !refused) {
        await client.ask(routes.applyImport, { params: { id }, withinMs: IMPORT_WITHIN_MS });
        applied = true;
      }
      tellRows(bad);
      tellRows(warnings.map((one) => ({ ...one, reason: `Warning: ${one.reason}` })));
      print({ ...report, applied, bad, warnings }, () => importView({ report, applied }));
      if (refused) {
        const rows = report.badRows === 1 ? "1 row is" : `${report.badRows} rows are`;
        throw new CommandFailure(EXIT.refused, `${rows} bad, so nothing is applied: mend ${file}, or give --skip-bad.`);
      }
    } finally {
      if (id !== undefined && !applied) {
        // What failed is told already; the next import of this supplier gives this one up as well.
        await client.ask(routes.discardImport, { params: { id }, withinMs: IMPORT_WITHIN_MS }).catch(() => undefined);
      }
    }
  }

  function tellRows(bad: readonly (BadRow | DamagedCell)[]): void {
    if (program.opts().json === true) {
      return;
    }
    for (const { row, column, value, reason } of bad.slice(0, MOST_BAD_ROWS)) {
      const what = [column, value === null || value === "" ? null : `"${value}"`].filter((one) => one !== null).join(" ");
      terminal.err(`${printable(`row ${row}: ${what === "" ? "" : `${what}: `}${reason}`)}\n`);
    }
    if (bad.length > MOST_BAD_ROWS) {
      terminal.err(`and ${bad.length - MOST_BAD_ROWS} more: --json tells all.\n`);
    }
  }

  async function exportTo(to: {
    readonly supplier: string;
    readonly out: string | undefined;
    readonly delimiter: string;
  }): Promise<void> {
    const client = input.client();
    const page = (after: string | undefined) =>
      client.ask(routes.catalogue, { query: { supplier: to.supplier, limit: ENTRIES_AT_ONCE, after } });
    let answer = await page(undefined); // Before the file is made: a supplier that is not there leaves none.
    const file = to.out === undefined ? undefined : createWriteStream(to.out);
    const written = file && finished(file);
    let rows = 0;
    try {
      const write = async (text: string): Promise<void> => {
        if (file === undefined) {
          terminal.out(text);
        } else if (!file.write(text)) {
          await Promise.race([once(file, "drain"), written]);
        }
      };
      await write(writeLine(catalogueColumns, to.delimiter));
      for (;;) {
        rows += answer.entries.length;
        await write(answer.entries.map((entry) => writeLine(writeCatalogueRow(entry), to.delimiter)).join(""));
        if (answer.next === null) {
          break;
        }
        answer = await page(answer.next);
      }
      file?.end();
      await written;
    } catch (error) {
      file?.destroy();
      throw to.out !== undefined && isFileError(error)
        ? new CommandFailure(EXIT.refused, `${to.out} cannot be written: ${error.message}`, { cause: error })
        : error;
    }
    if (to.out !== undefined) {
      print({ supplier: to.supplier, file: to.out, rows }, () => `${rows} entries of ${to.supplier} are in ${to.out}.`);
    }
  }
}

/** The header alone, then its rows: what one request may carry. */
async function* batchesOf(
  file: string,
  { encoding, delimiter }: Pick<ImportOptions, "encoding" | "delimiter">,
): AsyncGenerator<readonly RawRow[]> {
  let batch: RawRow[] = [];
  let characters = 0;
  let header = true;
  try {
    for await (const row of readRows(createReadStream(file), { encoding, delimiter })) {
      batch.push(row);
      characters += row.cells.reduce((sum, cell) => sum + cell.length, 0);
      if (header || batch.length >= ROWS_AT_ONCE || characters >= CHARACTERS_AT_ONCE) {
        header = false;
        yield batch;
        batch = [];
        characters = 0;
      }
    }
  } catch (error) {
    if (error instanceof UnreadableFile || isFileError(error)) {
      throw new CommandFailure(EXIT.refused, `${file} cannot be read: ${error.message}`, { cause: error });
    }
    throw error;
  }
  if (batch.length > 0) {
    yield batch;
  }
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error;
