// What a spreadsheet does to a table of ours when it writes it as CSV: numbers where texts were meant.
import { readHeader, type CatalogueColumn } from "./catalogue.ts";

export interface DamagedCell {
  readonly row: number;
  readonly column: CatalogueColumn;
  readonly value: string;
  readonly reason: string;
}

const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+?\d{1,3}$/i;
const DAY = /^(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{2}|\d{4})|\d{4}-\d{2}-\d{2})$/;
const MONTHS = "janv|févr|fevr|mars|avr|mai|juin|juil|août|aout|sept|oct|nov|déc|dec|jan|feb|mar|apr|may|jun|jul|aug|sep";
/** As Excel shows 3/03 in French and in English. */
const MONTH = new RegExp(`^(?:\\d{1,2}-(?:${MONTHS})\\.?|(?:${MONTHS})\\.?-\\d{2})$`, "i");
const ADVICE = "format the column as text in the spreadsheet, and write the file again";

/** Cells with a SKU that a spreadsheet has most likely made a number or a date of. `header`: the file's header line. */
export function damagedCells(
  header: readonly string[],
  rows: readonly { readonly row: number; readonly cells: readonly string[] }[],
): readonly DamagedCell[] {
  const read = readHeader(header);
  if (!read.ok) {
    return [];
  }
  const skus = (["sku", "supplier_sku"] as const).map((column) => ({ column, at: read.columns.indexOf(column) }));
  return rows.flatMap(({ row, cells }) =>
    skus.flatMap(({ column, at }) => {
      const value = cells[at]?.trim() ?? "";
      const what = damage(value);
      return what === undefined ? [] : [{ row, column, value, reason: `${what}: ${ADVICE}` }];
    }),
  );
}

function damage(value: string): string | undefined {
  if (SCIENTIFIC.test(value)) {
    return "it looks like a number that lost its last digits";
  }
  if (DAY.test(value) || MONTH.test(value)) {
    return "it looks like a date that was made of it";
  }
  return hasLostZeros(value) ? "it looks like a GTIN that lost the zeros at its beginning" : undefined;
}

/** Eleven digits are no GTIN, but with a zero before them they are one of twelve, if the check digit fits (GS1, 7.9). */
function hasLostZeros(value: string): boolean {
  if (!/^\d{11}$/.test(value)) {
    return false;
  }
  const sum = Array.from(`0${value}`, Number).reduce((all, digit, index) => all + digit * (index % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}
