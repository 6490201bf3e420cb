// White space within a line. A tab or a line end in a name or a SKU comes from a form or a spreadsheet, and breaks a supplier's
// record: so it becomes one space, in every format and template. Notes alone have lines of their own.
import type { Content } from "../domain/purchase-order/content.ts";
import { mapTexts } from "./characters.ts";

/** Tabs, line ends, no-break and other spaces (Unicode's White_Space and U+FEFF): one space; none at the ends. */
export const oneLine = (text: string): string => text.replaceAll(/[\s\u0085]+/g, " ").trim();

/** The content with each of its texts changed: the order's notes and those of its lines by `note`, all others by `line`. */
export const mapLines = (
  content: Content,
  { line, note }: { readonly line: (text: string) => string; readonly note: (text: string) => string },
): Content => ({
  ...mapTexts({ ...content, notes: [], lines: [] }, line),
  notes: content.notes.map(note),
  lines: content.lines.map((one) => ({ ...mapTexts({ ...one, notes: [] }, line), notes: one.notes.map(note) })),
});
