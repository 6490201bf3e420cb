// Keyset paging, newest first (../../contract/cursor.ts).
import type { Position } from "../../contract/cursor.ts";

export interface Paged<Row> {
  readonly rows: readonly Row[];
  /** Undefined on the last page. */
  readonly next: Position | undefined;
}

/** One more row than `limit` was asked for: it tells whether there is a next page. */
export function page<Row>(rows: readonly Row[], limit: number, position: (row: Row) => Position): Paged<Row> {
  const last = rows[limit - 1];
  return { rows: rows.slice(0, limit), next: rows.length > limit && last !== undefined ? position(last) : undefined };
}

/** For LIKE … ESCAPE '\': the text as it is, anywhere. */
export const containing = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
