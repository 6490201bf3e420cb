// Regular expressions of the configuration. They run on what a shop's staff typed, so the engine is re2js: its time is
// linear in the text, where JavaScript's own can take longer than the sun will shine. It has no lookaround and no back
// references, because those cannot be had in linear time.
import { RE2JS } from "re2js";
import type { Pattern } from "../domain/rules/rule.ts";

/** Characters of a regular expression or a glob. */
export const LONGEST_PATTERN = 200;

/** Instructions: each step through the text may try them all. `[a-z]{1000}` alone has 1,000. */
const LARGEST_PROGRAM = 2_000;

/** Throws Error, which says what is wrong with it. */
export function compilePattern(source: string): Pattern {
  if (source.length > LONGEST_PATTERN) {
    throw new Error(`the regular expression is longer than ${LONGEST_PATTERN} characters: ${source.slice(0, 40)}…`);
  }
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error);
    throw new Error(`the regular expression ${source} cannot be used: ${reason}`, { cause: error });
  }
  if (compiled.programSize() > LARGEST_PROGRAM) {
    throw new Error(`the regular expression ${source} repeats too much: expected smaller numbers in its braces`);
  }
  return { source, found: (text) => compiled.test(text) };
}
