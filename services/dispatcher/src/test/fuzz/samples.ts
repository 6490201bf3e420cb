// Answers that are in order, for each format: the examples beside it, of purchase order SE1001-1 with lines 1 and 2. A new
// format is fuzzed as soon as it is in the registry and has examples.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const FORMATS = new URL("../../documents/formats/", import.meta.url);

/** The purchase order that every example answers. */
export const ANSWERED = "SE1001-1";

/** By file name; none for a format that has no answers. */
export function acknowledgementExamples(format: string): ReadonlyMap<string, string> {
  const folder = new URL(`${format}/examples/`, FORMATS);
  const names = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.startsWith("acknowledgement"));
  return new Map(names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")]));
}
