// What a spreadsheet adds to a table that it writes as CSV, whoever's table it is.

/** By its byte order mark (Unicode 23.8): Excel writes "Unicode text" in UTF-16. Undefined where it has none. */
export function encodingByMark(first: Uint8Array): "utf-16le" | "utf-16be" | "utf-8" | undefined {
  const [a, b, c] = first;
  if (a === 0xef && b === 0xbb && c === 0xbf) {
    return "utf-8";
  }
  return a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : undefined;
}

/** `sep=;` in the first line, which Excel reads and writes: the delimiter, and the text after that line. */
export function separatorLine(text: string): { readonly delimiter: string; readonly rest: string } | undefined {
  const [line, delimiter] = /^"?sep=([^\r\n])"?\r?\n/i.exec(text) ?? [];
  return line === undefined || delimiter === undefined ? undefined : { delimiter, rest: text.slice(line.length) };
}
