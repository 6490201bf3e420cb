import type { NumberPattern } from "../supplier/supplier.ts";

export type NumberResult = { readonly number: string } | { readonly problem: string };

/** The number for one `n`. A number that does not fit the supplier's limits is a problem to hold for, never cut. */
export function purchaseOrderNumber(
  supplierPattern: NumberPattern,
  values: { readonly order: string; readonly n: number },
): NumberResult {
  const { pattern, max, alphabet } = supplierPattern;
  const number = pattern.replaceAll("{order}", values.order).replaceAll("{n}", String(values.n));
  if (number.length > max) {
    return { problem: `"${number}" of pattern "${pattern}" is ${number.length} characters long; the supplier takes ${max}` };
  }
  if (!inAlphabet(number, alphabet)) {
    return { problem: `"${number}" of pattern "${pattern}" has characters outside ${alphabet}` };
  }
  return { number };
}

/** Letters, digits, dot, dash and underscore: what every server and file system takes. */
const FILE_NAME_CHARACTER = /[^A-Za-z0-9._-]/g;

/**
 * The file's final name. Injective: a character outside the whitelist becomes its code in hex between two `=`. A pattern without {version} or {copy} gets -v2 or -c2 before its extension from the second on.
 */
export function fileName(
  pattern: string,
  values: { readonly number: string; readonly version: number; readonly copy: number },
): string {
  const { number, version, copy } = values;
  const suffix =
    (version > 1 && !pattern.includes("{version}") ? `-v${version}` : "") +
    (copy > 1 && !pattern.includes("{copy}") ? `-c${copy}` : "");
  const dot = pattern.lastIndexOf(".");
  const withSuffix = dot > 0 ? pattern.slice(0, dot) + suffix + pattern.slice(dot) : pattern + suffix;
  return withSuffix
    .replaceAll("{number}", number)
    .replaceAll("{version}", String(version))
    .replaceAll("{copy}", String(copy))
    .replace(FILE_NAME_CHARACTER, (character) => `=${(character.codePointAt(0) ?? 0).toString(16)}=`);
}

function inAlphabet(text: string, alphabet: string): boolean {
  const allowed = expandAlphabet(alphabet);
  return [...text].every((character) => allowed.has(character));
}

/** "A-Z0-9-": ranges, and single characters; a dash at either end stands for itself. */
function expandAlphabet(alphabet: string): ReadonlySet<string> {
  const allowed = new Set<string>();
  for (let at = 0; at < alphabet.length; at++) {
    const first = alphabet.codePointAt(at) ?? 0;
    const isRange = alphabet[at + 1] === "-" && at + 2 < alphabet.length;
    const last = isRange ? (alphabet.codePointAt(at + 2) ?? first) : first;
    for (let code = first; code <= last; code++) {
      allowed.add(String.fromCodePoint(code));
    }
    at += isRange ? 2 : 0;
  }
  return allowed;
}
