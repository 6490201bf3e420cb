// Text for a terminal. Whatever the shop's customers and the suppliers' servers wrote may stand in it, so control characters
// (which could move the cursor, hide text or speak to the terminal) are shown as �.

export interface Column<Row> {
  readonly title: string;
  /** Null is shown as nothing there; undefined: the same as in the row above. */
  readonly cell: (row: Row) => string | number | null | undefined;
}

/** Columns as wide as their longest cell, two spaces apart; numbers to the right. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const right = columns.map((_, index) => cells.every((row) => row[index] === undefined || typeof row[index] === "number"));
  const lines = [
    columns.map((column) => column.title.toUpperCase()),
    ...cells.map((row) => row.map((cell) => (cell === undefined ? "" : show(cell)))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ""))));
  return lines
    .map((line) =>
      line
        .map((text, index) => pad(text, widths[index] ?? 0, rows.length > 0 && right[index] === true))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Terms and values, one a line. A value that is null is left out. */
export function facts(entries: readonly (readonly [term: string, value: string | number | null])[]): string {
  const shown = entries.filter(([, value]) => value !== null);
  const width = Math.max(...shown.map(([term]) => widthOf(term)));
  return shown.map(([term, value]) => `${pad(term, width, false)}  ${show(value)}`.trimEnd()).join("\n");
}

/** An empty line between; what is empty is left out. */
export const blocks = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("\n\n");

/** 2026-12-01 14:03:22 UTC. */
export const time = (iso: string | null): string => (iso === null ? "-" : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`);

export const show = (value: string | number | null): string => (value === null || value === "" ? "-" : clean(String(value)));

const clean = (text: string): string => printable(text.replaceAll(/\s+/g, " "));

/** Lines stay, all other control characters go. */
export const printable = (text: string): string => text.replaceAll(/(?!\n)\p{Cc}|\p{Bidi_Control}/gu, "\u{fffd}");

const widthOf = (text: string): number => [...text].length;

const pad = (text: string, width: number, right: boolean): string => {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return right ? `${space}${text}` : `${text}${space}`;
};
