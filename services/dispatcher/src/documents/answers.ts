// Reading acknowledgements in a supplier's own CSV or XML, as its configuration describes them.
import { parse, CsvError } from "csv-parse/sync";
import iconv from "iconv-lite";
import type { AcknowledgedLine, Acknowledgement, AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";
import { encodingByMark, separatorLine } from "../domain/csv-text.ts";
import { answerFields, type AnswerField, type AnswerMapping } from "../domain/purchase-order/document.ts";
import type { ReadMessage } from "../domain/answers/message.ts";
import { readXml } from "./xml-read.ts";
import { isDay } from "./xml-shape.ts";

const MAX_BYTES = 512 * 1024;
const MAX_ROWS = 10_000;
const MAX_ROW_CHARACTERS = 64 * 1024;

/** What a person finds the row by, and what it says; a field that is empty or not there is absent. */
interface Row {
  readonly name: string;
  readonly values: ReadonlyMap<AnswerField, string>;
}

type Named = Pick<AcknowledgedLine, "number" | "sku">;

/** Says what cannot be acted on, and where it stands. */
class Unreadable extends Error {
  override name = "Unreadable";
}

/** Never throws on what a supplier wrote. */
export function readAnswer(bytes: Uint8Array, mapping: AnswerMapping): ReadMessage {
  try {
    const rows = mapping.form.kind === "csv" ? csvRows(bytes, mapping, mapping.form) : xmlRows(bytes, mapping, mapping.form);
    return { ok: true, message: { kind: "acknowledgement", acknowledgement: acknowledgementOf(rows, mapping) } };
  } catch (error) {
    if (error instanceof Unreadable) {
      return { ok: false, reason: error.message };
    }
    throw error;
  }
}

function csvRows(bytes: Uint8Array, { fields }: AnswerMapping, form: AnswerMapping["form"] & { kind: "csv" }): readonly Row[] {
  if (bytes.byteLength > MAX_BYTES) {
    throw new Unreadable(`larger than ${MAX_BYTES} bytes`);
  }
  const records = parseCsv(decode(bytes, form.encoding), form);
  const head = form.header ? records.shift() : undefined;
  if (records.length === 0) {
    throw new Unreadable(form.header && head === undefined ? "an empty file" : "no row");
  }
  const columns = new Map<AnswerField, number>();
  for (const [field, place] of fieldsOf(fields)) {
    if (head === undefined) {
      columns.set(field, Number(place) - 1);
      continue;
    }
    const same = head.record.flatMap((name, index) => (name.trim().toLowerCase() === place.trim().toLowerCase() ? [index] : []));
    const [index] = same;
    if (index === undefined) {
      throw new Unreadable(`the header has no column "${place}"`);
    }
    if (same.length > 1) {
      throw new Unreadable(`the header has the column "${place}" twice`);
    }
    columns.set(field, index);
  }
  return records.map(({ line, record }) => {
    const values = [...columns].map(([field, index]) => [field, record[index]?.trim() ?? ""] as const);
    return { name: `row ${line}`, values: new Map(values.filter(([, value]) => value !== "")) };
  });
}

function parseCsv(
  given: string,
  form: AnswerMapping["form"] & { kind: "csv" },
): { readonly line: number; readonly record: readonly string[] }[] {
  // A spreadsheet's own line: it does not count it either.
  const named = separatorLine(given);
  try {
    const records: unknown = parse(named?.rest ?? given, {
      delimiter: named?.delimiter ?? form.delimiter,
      quote: form.quote ?? false,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_CHARACTERS,
      to: MAX_ROWS + 2,
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what csv-parse gives with `info`
    const read = records as readonly { readonly info: { readonly lines: number }; readonly record: readonly string[] }[];
    if (read.length > MAX_ROWS + 1) {
      throw new Unreadable(`more than ${MAX_ROWS} rows`);
    }
    return read.map(({ info, record }) => ({ line: info.lines, record }));
  } catch (error) {
    if (error instanceof CsvError) {
      throw new Unreadable(`not readable CSV: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** A byte order mark counts more than what the file is said to be. */
function decode(bytes: Uint8Array, given: string): string {
  const encoding = encodingByMark(bytes) ?? (given === "utf-8" ? given : undefined);
  if (encoding === undefined) {
    return iconv.decode(Buffer.from(bytes), given);
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable(`not text in ${encoding}: is it another encoding? Then name it in document.answers.encoding`);
  }
}

function xmlRows(bytes: Uint8Array, { fields }: AnswerMapping, form: AnswerMapping["form"] & { kind: "xml" }): readonly Row[] {
  const document = readXml(bytes);
  if (!document.ok) {
    throw new Unreadable(document.reason);
  }
  const lines = form.lines === null ? [] : elementsAt(document.value, form.lines.split("/"));
  if (lines.length > MAX_ROWS) {
    throw new Unreadable(`more than ${MAX_ROWS} lines`);
  }
  return (lines.length === 0 ? [document.value] : lines).map((line, index) => ({
    name: lines.length === 0 ? `<${document.root}>` : `${form.lines ?? ""} ${index + 1}`,
    values: new Map(
      fieldsOf(fields).flatMap(([field, place]) => {
        const path = place.split("/");
        const [value = elementsAt(document.value, path)[0]] = elementsAt(line, path);
        const text = textOf(value).trim();
        return text === "" ? [] : [[field, text] as const];
      }),
    ),
  }));
}

/** As `readXml` gives them: one element is itself, several are a list. */
function elementsAt(value: unknown, [name, ...rest]: readonly string[]): readonly unknown[] {
  if (name === undefined) {
    return value === undefined ? [] : [value];
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
    return [];
  }
  const inner: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return (Array.isArray(inner) ? inner : [inner]).flatMap((one) => elementsAt(one, rest));
}

const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "object" && value !== null && "#text" in value && typeof value["#text"] === "string"
      ? value["#text"]
      : "";

const fieldsOf = (fields: AnswerMapping["fields"]): readonly (readonly [AnswerField, string])[] =>
  answerFields.flatMap((field) => {
    const place = fields[field];
    return place === undefined ? [] : [[field, place] as const];
  });

/** Several rows of one purchase order are one answer. */
function acknowledgementOf(rows: readonly Row[], mapping: AnswerMapping): Acknowledgement {
  const complain = (row: Row, field: AnswerField, message: string): never => {
    const place = mapping.fields[field] ?? field;
    const where = mapping.form.kind === "csv" ? `column ${mapping.form.header ? `"${place}"` : place}` : place;
    throw new Unreadable(`${row.name}, ${where}: ${message}`);
  };
  const mandatory = (row: Row, field: AnswerField): string => row.values.get(field) ?? complain(row, field, "is empty");
  const count = (row: Row, field: AnswerField): number | null => {
    const written = row.values.get(field);
    return written === undefined
      ? null
      : (wholeNumber(written) ?? complain(row, field, `expected a whole number, found "${written}"`));
  };
  const statuses = new Map(Object.entries(mapping.statuses).map(([word, status]) => [word.toLowerCase(), status]));
  const statusOf = (row: Row): AcknowledgementStatus => {
    const word = mandatory(row, "status");
    return (
      statuses.get(word.toLowerCase()) ??
      complain(
        row,
        "status",
        `"${word}" is none of ${Object.keys(mapping.statuses).join(", ")}: name it in document.answers.statuses`,
      )
    );
  };
  /** What is said of the whole answer: the same in every row that says it. */
  const single = <T>(field: AnswerField, value: (row: Row) => T | undefined): T | undefined => {
    const [first, ...others] = rows.flatMap((row) => {
      const found = value(row);
      return found === undefined ? [] : [{ row, found }];
    });
    const other = others.find(({ found }) => found !== first?.found);
    return first !== undefined && other !== undefined
      ? complain(
          other.row,
          field,
          `"${String(other.found)}", where ${first.row.name} has "${String(first.found)}": expected one answer per file`,
        )
      : first?.found;
  };

  const read = rows.map((row) => ({ row, status: statusOf(row), line: lineOfRow(row) }));
  const purchaseOrder = single("order_number", (row) => mandatory(row, "order_number")) ?? "";
  const kinds = new Set(read.map(({ status }) => status));
  const [only] = kinds;
  if (kinds.size > 1 && kinds.has("received")) {
    const odd = read.find(({ status }) => status !== read[0]?.status);
    complain(odd?.row ?? rows[0] ?? { name: "", values: new Map() }, "status", "some lines are only received, others answered");
  }
  // A file that rejects lines does not reject those that it does not name.
  const rejectsLines = read.some((one) => one.status === "rejected" && one.line !== null);
  const status: AcknowledgementStatus = only === undefined || kinds.size > 1 || rejectsLines ? "changed" : only;
  const lines = read.flatMap(({ row, status: own, line }) => (line === null ? [] : [lineOf(row, { own, line })]));
  return {
    reference: single("reference", (row) => row.values.get("reference")) ?? null,
    purchaseOrder,
    version: single("version", (row) => count(row, "version") ?? undefined) ?? null,
    status,
    reason: [...new Set(rows.flatMap((row) => row.values.get("reason") ?? []))].join("; ") || null,
    ...(lines.length > 0 && mapping.unnamed === "open" ? { onlyNamed: true } : {}),
    lines,
  };

  /** Null where it answers for the whole purchase order: only a single row can. */
  function lineOfRow(row: Row): Named | null {
    const number = count(row, "line");
    const sku = row.values.get("sku");
    if (number === null && sku === undefined) {
      return rows.length === 1 ? null : complain(row, mapping.fields.line === undefined ? "sku" : "line", "is empty");
    }
    return number === null && sku !== undefined ? { number, sku } : { number };
  }

  function lineOf(row: Row, { own, line }: { readonly own: AcknowledgementStatus; readonly line: Named }): AcknowledgedLine {
    const promised = row.values.get("promised_date");
    const promisedOn =
      promised === undefined
        ? null
        : (calendarDate(promised, mapping.date) ??
          complain(row, "promised_date", `expected a date ${mapping.date}, found "${promised}"`));
    if (own === "rejected") {
      const cancelled = count(row, "cancelled");
      return { ...line, confirmed: 0, backordered: 0, cancelled, ...(cancelled === null ? { refused: true } : {}), promisedOn };
    }
    const [confirmed, backordered, cancelled] = [count(row, "confirmed"), count(row, "backordered"), count(row, "cancelled")];
    // What an accepted line leaves open is confirmed; a changed one would be confirmed whole.
    if (own === "changed" && (confirmed ?? backordered ?? cancelled) === null && promisedOn === null) {
      const word = row.values.get("status") ?? "";
      if (mapping.fields.confirmed === undefined) {
        complain(row, "status", `"${word}" comes without a quantity: name its column in document.answers`);
      }
      complain(row, "confirmed", `is empty, and ${word} does not say how many`);
    }
    return { ...line, confirmed, backordered, cancelled, promisedOn };
  }
}

/** Suppliers write 3 as 3,000 and 3.0, too. */
const wholeNumber = (text: string): number | undefined =>
  /^\d{1,9}([.,]0{1,6})?$/.test(text) ? Number.parseInt(text, 10) : undefined;

/** YYYY-MM-DD of a date in the pattern. */
function calendarDate(text: string, pattern: string): string | undefined {
  const parts: string[] = [];
  const separated = /[^A-Za-z]/.test(pattern);
  const expression = pattern.replaceAll(/dd|MM|yyyy|yy|[^A-Za-z]/g, (part) => {
    if (/^[^A-Za-z]$/.test(part)) {
      return part.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
    }
    parts.push(part);
    return part === "yyyy" ? String.raw`(\d{4})` : separated ? String.raw`(\d{1,2})` : String.raw`(\d{2})`;
  });
  const found = new RegExp(`^${expression}$`).exec(text)?.slice(1);
  const part = (name: string): string | undefined => found?.[parts.indexOf(name)]?.padStart(2, "0");
  const day = `${part("yyyy") ?? `20${part("yy") ?? ""}`}-${part("MM") ?? ""}-${part("dd") ?? ""}`;
  return isDay(day) ? day : undefined;
}
