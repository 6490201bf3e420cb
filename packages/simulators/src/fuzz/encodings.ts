// The same text in an encoding that the reader does not expect, or that the document does not declare.
import type { Random } from "../orders/random.ts";
import { pickNamed, type Mutated } from "./mutation.ts";

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const swapped = (text: string): Buffer => {
  const bytes = Buffer.from(text, "utf16le");
  return bytes.swap16();
};

/** Each unit of UTF-16 for itself, so that surrogates become three bytes each, which UTF-8 forbids. */
const cesu8 = (text: string): Buffer =>
  Buffer.concat(
    Array.from({ length: text.length }, (_, n) => {
      const unit = text.charCodeAt(n);
      return unit < 0x80
        ? Buffer.from([unit])
        : unit < 0x800
          ? Buffer.from([0xc0 | (unit >> 6), 0x80 | (unit & 0x3f)])
          : Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
    }),
  );

const DECLARED = [
  "UTF-8",
  "UTF-16",
  "utf-16le",
  "ISO-8859-1",
  "windows-1252",
  "utf-7",
  "ebcdic-cp-us",
  "x-none",
  "",
  "UTF-8\u0000",
];

const declare = (random: Random, text: string): string => {
  const declared = `encoding="${random.pick(DECLARED)}"`;
  return /encoding="[^"]*"/.test(text) ? text.replace(/encoding="[^"]*"/, declared) : `<?xml version="1.0" ${declared}?>${text}`;
};

const encodings: Readonly<Record<string, (text: string, random: Random) => Buffer>> = {
  "UTF-16LE with its mark": (text) => Buffer.from(`\uFEFF${text}`, "utf16le"),
  "UTF-16LE without a mark": (text) => Buffer.from(text, "utf16le"),
  "UTF-16BE with its mark": (text) => swapped(`\uFEFF${text}`),
  "UTF-16BE without a mark": (text) => swapped(text),
  "UTF-16 of an odd length": (text) => Buffer.concat([Buffer.from(`\uFEFF${text}`, "utf16le"), Buffer.from([0x3c])]),
  "UTF-16 with a lone surrogate": (text) => Buffer.from(`\uFEFF${text.slice(0, 60)}\uD83D${text.slice(60)}`, "utf16le"),
  "UTF-32": (text) => Buffer.concat([...`\uFEFF${text.slice(0, 4_000)}`].map((one) => utf32(one))),
  "Latin-1": (text) => Buffer.from(`${text}\u00E9`, "latin1"),
  "a mark before UTF-8": (text) => Buffer.concat([UTF8_MARK, Buffer.from(text)]),
  "two marks before UTF-8": (text) => Buffer.concat([UTF8_MARK, UTF8_MARK, Buffer.from(text)]),
  "overlong UTF-8": (text) =>
    Buffer.concat([Buffer.from(text.slice(0, 30)), Buffer.from([0xc0, 0xbc, 0xe0, 0x80, 0xaf]), Buffer.from(text.slice(30))]),
  "surrogates in UTF-8": (text) => cesu8(`${text.slice(0, 200)}\uD83D\uDE9C\uD800${text.slice(200, 4_000)}`),
  "declared as another": (text, random) => Buffer.from(declare(random, text)),
  "declared and encoded as another": (text, random) =>
    Buffer.from(declare(random, text), random.chance(0.5) ? "utf16le" : "latin1"),
};

function utf32(character: string): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(character.codePointAt(0) ?? 0);
  return four;
}

export function reencode(random: Random, text: string): Mutated {
  const [how, encode] = pickNamed(random, encodings);
  return { bytes: encode(text, random), how };
}
