// File names as a hostile server would list them. Most match the pattern, or the file would never be looked at.
import type { Random } from "../orders/random.ts";

const PARTS: readonly string[] = [
  "../x",
  "../../../../etc/passwd",
  "/etc/passwd",
  "..",
  ".",
  "./x",
  "a/b",
  "a//b",
  "..\\x",
  "C:\\x",
  "a\\..\\..\\x",
  "a\u0000b",
  "a\nDELE b",
  "a\r\nDELE /IN/b\r\n",
  "a\u001Bb",
  "\u007F",
  "\u0085",
  "-rf",
  "--",
  "-",
  " ",
  "x ",
  " x",
  "~",
  "~root",
  "$HOME",
  "`id`",
  "%2e%2e%2f",
  "%00",
  "..%2f",
  "．．／x",
  "‥∕x",
  "\u202Elmx.",
  "e\u0301",
  "\u00E9",
  "\uD800",
  "\uFEFF",
  "👩‍🌾",
  "CON",
  "x.xml.exe",
  "archive",
  "archive/../../x",
  "*",
  "?",
  "a".repeat(255),
  "a".repeat(300),
  "é".repeat(200),
  "a".repeat(5_000),
  "../".repeat(100),
];

/** What a path on a supplier's server can be led outside by. */
export function hostileName(random: Random, match: string): string {
  const number = String(random.between(0, 999_999_999));
  if (random.chance(0.7)) {
    return match.replaceAll("*", number);
  }
  const part = random.pick(PARTS);
  const dice = random.fraction();
  if (dice < 0.6) {
    return match.replaceAll("*", random.chance(0.5) ? part : `${part}${number}`);
  }
  return dice < 0.8 ? `${part}/${match.replaceAll("*", number)}` : dice < 0.9 ? `${match.replaceAll("*", number)}${part}` : part;
}
