import { showPosition, type Position } from "../../contract/cursor.ts";
import { html, type Content, type Html } from "./html.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Content;
  /**
   * number: aligned right; grow: takes what is left, and wraps; code: a SKU or a file's name, however long, wraps anywhere;
   * line: never wraps.
   */
  readonly kind?: "number" | "grow" | "code" | "line";
}

/** A table that becomes a list of cards on a narrow screen, where each cell shows its column's title. */
export function table<Row>(input: {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What is said when there is no row. */
  readonly empty: string;
}): Html {
  const { columns, rows, empty } = input;
  if (rows.length === 0) {
    return html`<p class="empty">${empty}</p>`;
  }
  const classOf = (column: Column<Row>) => (column.kind === undefined ? "" : html` class="${column.kind}"`);
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" ${classOf(column)}>${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => html`<td data-label="${column.title}" ${classOf(column)}><div>${column.cell(row)}</div></td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Links to the first page and the next one, with the filters kept. */
export function pager(input: {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly after: Position | undefined;
  readonly next: Position | undefined;
}): Content {
  const { path, query, after, next } = input;
  if (after === undefined && next === undefined) {
    return "";
  }
  return html`<nav class="pager" aria-label="Pages">
    ${after === undefined ? "" : html`<a href="${address(path, query)}" rel="first">← Newest</a>`}
    ${next === undefined ? "" : html`<a href="${address(path, { ...query, after: showPosition(next) })}" rel="next">Older →</a>`}
  </nav>`;
}

export function address(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      parameters.set(name, value);
    }
  }
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
