// Spoiling a document that is not XML: JSON, EDI, anything with separators. Nothing is known of it but that it is text.
import type { Random } from "../orders/random.ts";
import { HOSTILE_NUMBERS, hostileText } from "./hostile-values.ts";
import { pickNamed, type Spoil } from "./mutation.ts";

const SEPARATORS = [",", ";", "\t", "|", "'", "+", ":", "\n", "\r", '"', "?", "~", "*"];

const replaceOne = (random: Random, text: string, pattern: RegExp, value: string): string => {
  const places = [...text.matchAll(pattern)];
  if (places.length === 0) {
    return text + value;
  }
  const { index, 0: was } = random.pick(places);
  return text.slice(0, index) + value + text.slice(index + was.length);
};

const small: Readonly<Record<string, Spoil>> = {
  "a number hostile": (random, text) => replaceOne(random, text, /\d+/g, random.pick(HOSTILE_NUMBERS)),
  "a word hostile": (random, text) => replaceOne(random, text, /[\p{L}\d]+/gu, hostileText(random)),
  "a separator too many": (random, text) => replaceOne(random, text, /[^\p{L}\d]/gu, random.pick(SEPARATORS).repeat(2)),
  "a separator for another": (random, text) => text.replaceAll(random.pick(SEPARATORS), random.pick(SEPARATORS)),
  "a line twice": (random, text) => replaceOne(random, text, /[^\n]+\n?/g, `${random.pick(text.split("\n"))}\n`.repeat(2)),
  "a line left out": (random, text) => replaceOne(random, text, /[^\n]+\n?/g, ""),
  "lines in another order": (random, text) => random.shuffled(text.split("\n")).join("\n"),
};

const large: Readonly<Record<string, (text: string, size: number) => string>> = {
  "nested deeply": (_text, size) => "[".repeat(size / 2) + "]".repeat(size / 2),
  "nested deeply by name": (_text, size) => '{"a":'.repeat(size / 5),
  "all of it many times": (text, size) => text.repeat(Math.ceil(size / Math.max(1, text.length))),
  "one huge line": (text, size) => text + "x".repeat(size),
  "one quote, never closed": (text, size) => `"${text}${"x\n".repeat(size / 2)}`,
  "many quotes": (text, size) => text + '"'.repeat(size),
  "many separators": (text, size) => text + ",;|+':".repeat(size / 6),
  "many empty lines": (text, size) => text + "\r\n".repeat(size / 2),
};

export function spoilText(random: Random, text: string): { readonly text: string; readonly how: string } {
  const [how, spoil] = pickNamed(random, small);
  return { text: spoil(random, text), how };
}

/** About `size` bytes. */
export function bloatText(random: Random, text: string, size: number): { readonly text: string; readonly how: string } {
  const [how, bloat] = pickNamed(random, large);
  return { text: bloat(text, size), how };
}
