/**
 * Text that XML 1.0 can carry: control characters and lone surrogates are illegal in it even as references
 * (https://www.w3.org/TR/xml/#charsets) and are left out. Line ends become \n, as every XML reader makes them anyway.
 */
export function xmlText(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll("\u{FFFD}", "")
      .replace(/\r\n?/g, "\n")
      // oxlint-disable-next-line no-control-regex -- these are the characters to remove
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "")
  );
}
