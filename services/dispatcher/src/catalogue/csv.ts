// Reading a catalogue file as it comes off the disk: its encoding, its delimiter, its rows. Only one piece of it is in memory.
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import { encodingByMark, separatorLine } from "../domain/csv-text.ts";

export const catalogueEncodings = ["utf-8", "windows-1252"] as const;
export type CatalogueEncoding = (typeof catalogueEncodings)[number];

export const delimiters = [",", ";", "\t"] as const;

export interface RawRow {
  /** Counted as a spreadsheet does: the header is 1. */
  readonly row: number;
  readonly cells: readonly string[];
}

/** The file cannot be read as a table at all. */
export class UnreadableFile extends Error {
  override name = "UnreadableFile";
}

const LONGEST_ROW = 64 * 1024;

/** The rows of a CSV file, the header first; empty lines are left out. Throws UnreadableFile. */
export async function* readRows(
  pieces: AsyncIterable<Uint8Array>,
  options: { readonly encoding: CatalogueEncoding; readonly delimiter?: string | undefined },
): AsyncGenerator<RawRow> {
  const text = decoded(pieces, options.encoding);
  const first = await text.next();
  if (first.done === true) {
    return;
  }
  // Excel does not count that line.
  const named = separatorLine(first.value);
  const begin = named?.rest ?? first.value;
  const parser = parse({
    delimiter: options.delimiter ?? named?.delimiter ?? guessDelimiter(begin),
    relax_column_count: true,
    max_record_size: LONGEST_ROW,
  });
  async function* whole(): AsyncGenerator<string> {
    yield begin;
    yield* text;
  }
  // What goes wrong in it destroys the parser, and is thrown by the loop below.
  pipeline(whole, parser).catch(() => undefined);
  let row = 0;
  try {
    for await (const record of parser) {
      const cells = asCells(record);
      row++;
      if (cells.some((cell) => cell !== "")) {
        yield { row, cells };
      }
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("CSV_")) {
      throw new UnreadableFile(`after row ${row}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function asCells(record: unknown): readonly string[] {
  return Array.isArray(record) ? record.map(String) : [];
}

/** The first piece holds the whole first line. A byte order mark counts more than what the file is said to be. */
async function* decoded(pieces: AsyncIterable<Uint8Array>, given: CatalogueEncoding): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const decode = (bytes?: Uint8Array): string => {
    try {
      decoder ??= new TextDecoder(encodingByMark(bytes ?? new Uint8Array()) ?? given, { fatal: true });
      const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
      if (text.includes("\0")) {
        throw new UnreadableFile("it has characters with the code 0, as UTF-16 without a byte order mark: write it as UTF-8");
      }
      return text;
    } catch (error) {
      if (error instanceof UnreadableFile) {
        throw error;
      }
      throw new UnreadableFile(
        `it is not ${decoder?.encoding ?? given} text: give --encoding (${catalogueEncodings.join(" or ")})`,
        {
          cause: error,
        },
      );
    }
  };
  let waiting = "";
  let begun = false;
  for await (const bytes of pieces) {
    waiting += decode(bytes);
    if (begun || waiting.includes("\n")) {
      begun = true;
      yield waiting;
      waiting = "";
    }
  }
  waiting += decode();
  if (waiting !== "") {
    yield waiting;
  }
}

/** The one that the header line has most, outside quotes. */
function guessDelimiter(text: string): string {
  const header = (text.split(/\r?\n/, 1)[0] ?? "").replaceAll(/"[^"]*"/g, "");
  const count = (one: string): number => header.split(one).length;
  return [...delimiters].toSorted((a, b) => count(b) - count(a))[0] ?? ",";
}

/** One line of a CSV file (RFC 4180, lines end with \r\n). */
export const writeLine = (cells: readonly string[], delimiter: string): string =>
  `${cells.map((cell) => (/["\r\n]/.test(cell) || cell.includes(delimiter) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\r\n`;
