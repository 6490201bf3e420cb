// Encodings with 256 characters: which a text has that they lack, and the nearest that they have.
import anyAscii from "any-ascii";
import iconv from "iconv-lite";
import type { Encoding } from "../domain/purchase-order/document.ts";
import { DocumentHeld } from "../domain/delivery/failure.ts";

/** The text in the encoding; every character must be one that it has. */
export const encode = (text: string, encoding: Encoding): Buffer =>
  encoding === "utf-8" ? Buffer.from(text, "utf8") : iconv.encode(text, encoding);

export const decode = (bytes: Uint8Array, encoding: Encoding): string =>
  encoding === "utf-8" ? Buffer.from(bytes).toString("utf8") : iconv.decode(bytes, encoding);

const known = new Map<Encoding, Map<string, boolean>>();

function has(encoding: Encoding, character: string): boolean {
  const answers = known.get(encoding) ?? new Map<string, boolean>();
  known.set(encoding, answers);
  let answer = answers.get(character);
  if (answer === undefined) {
    answer = iconv.decode(iconv.encode(character, encoding), encoding) === character;
    if (answers.size < 10_000) {
      answers.set(character, answer);
    }
  }
  return answer;
}

/**
 * Every text of a value, with only characters that the encoding has; `onReplaced` hears of each that it has not. Throws
 * DocumentHeld where replacing is not wished.
 */
export function inEncoding<T>(
  value: T,
  options: {
    readonly encoding: Encoding;
    readonly characters: "transliterate" | "hold";
    readonly onReplaced?: (character: string, by: string) => void;
  },
): T {
  const { encoding, characters } = options;
  if (encoding === "utf-8") {
    return value;
  }
  const text = (one: string): string =>
    Array.from(one.normalize("NFC"), (character) => {
      if (has(encoding, character)) {
        return character;
      }
      if (characters === "hold") {
        throw new DocumentHeld(
          `"${character}" in "${one.slice(0, 60)}" cannot be written in ${encoding}, which the supplier reads`,
        );
      }
      const by = anyAscii(character) || "?";
      options.onReplaced?.(character, by);
      return by;
    }).join("");
  return mapTexts(value, text);
}

/** The same value with each of its texts, at any depth, put through `change`. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  const every = (one: unknown): unknown => {
    if (typeof one === "string") {
      return change(one);
    }
    if (Array.isArray(one)) {
      return one.map(every);
    }
    return typeof one === "object" && one !== null
      ? Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, every(inner)]))
      : one;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same shape with other texts
  return every(value) as T;
}
