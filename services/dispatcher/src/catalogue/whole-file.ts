import { readCatalogueRow, readHeader, type CatalogueEntry } from "../domain/catalogue/catalogue.ts";
import { readRows, UnreadableFile, type CatalogueEncoding } from "./csv.ts";

/** Every entry of a small catalogue file. Throws UnreadableFile, also for the first row that is bad, naming it. */
export async function readWholeFile(
  pieces: AsyncIterable<Uint8Array>,
  options: { readonly encoding: CatalogueEncoding },
): Promise<readonly CatalogueEntry[]> {
  const entries: CatalogueEntry[] = [];
  let header: ReturnType<typeof readHeader> | undefined;
  for await (const { row, cells } of readRows(pieces, options)) {
    if (header === undefined) {
      header = readHeader(cells);
      if (!header.ok) {
        throw new UnreadableFile(`row ${row}: ${header.reason}`);
      }
      continue;
    }
    const read = header.ok ? readCatalogueRow(header.columns, cells) : undefined;
    if (read?.ok === true) {
      entries.push(read.entry);
    } else {
      const [problem] = read?.problems ?? [];
      throw new UnreadableFile(`row ${row}: ${problem?.column ?? ""} ${problem?.reason ?? ""}`);
    }
  }
  return entries;
}
