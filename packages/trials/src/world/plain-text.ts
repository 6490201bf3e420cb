/**
 * What customers typed, fit for a terminal: one line, without what would move the cursor, change the direction of
 * writing, or be wider than it counts.
 */
export function plain(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[^\p{Script=Latin}\p{N}\p{P}\p{Sc}\p{Zs}+<=>|~`^]/gu, (character) => (/\s/.test(character) ? " " : ""))
    .replace(/\s+/g, " ")
    .trim();
}
