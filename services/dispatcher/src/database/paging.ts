// Keyset paging: a page is found by the last row of the one before, so that it costs the same everywhere in the list and no row is
// shown twice or left out when new ones arrive.

/** In a list by time: epoch milliseconds, and an id among equals. */
export interface Place {
  readonly at: number;
  readonly id: string;
}

export interface Paged<Row> {
  readonly rows: readonly Row[];
  /** Undefined on the last page. */
  readonly next: Place | undefined;
}

/** One more row than `limit` was asked for: it tells whether there is a next page. */
export function page<Row>(rows: readonly Row[], limit: number, placeOf: (row: Row) => Place): Paged<Row> {
  const last = rows[limit - 1];
  return { rows: rows.slice(0, limit), next: rows.length > limit && last !== undefined ? placeOf(last) : undefined };
}

/** For LIKE … ESCAPE '\': the text as it is, anywhere. */
export const containing = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
