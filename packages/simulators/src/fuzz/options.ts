// What the command line of `npm run fuzz` may say.
import { parseArgs } from "node:util";

export interface FuzzOptions {
  readonly requests: number;
  readonly files: number;
  readonly payloads: number;
  /** The same seed gives the same cases. */
  readonly seed: string;
  /** The last line of stdout is the figures as JSON. */
  readonly json: boolean;
}

export type ReadFuzzOptions =
  | { readonly kind: "run"; readonly options: FuzzOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

export const FUZZ_HELP = `Shopify Order Handler: fuzzing

  npm run fuzz                                                        about five minutes
  npm run fuzz -- --requests 5000 --files 5000 --payloads 2000 --json

Throws mutated requests at a real ingest, mutated files at the inbound poll and every format, and mutated signed order
payloads at intake. Exit status 0 only if nothing crashed, hung for over a second, grew without bound, took in what
nobody signed, touched a path outside a supplier's folder, or left anything half done.

  --requests N   requests at ingest (default 100000)
  --files N      files at the inbound parsers (default 100000)
  --payloads N   order payloads through intake (default 20000)
  --seed S       the same seed gives the same cases (default: chosen at random and printed)
  --json         the last line of output is one JSON object with the figures
  --help         this text
`;

const DEFAULTS = { requests: 100_000, files: 100_000, payloads: 20_000 } as const;
const MOST = 100_000_000;

export function readFuzzOptions(args: readonly string[], newSeed: () => string): ReadFuzzOptions {
  const string = { type: "string" } as const;
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        requests: string,
        files: string,
        payloads: string,
        seed: string,
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) {
    return { kind: "help" };
  }
  const counts: Record<keyof typeof DEFAULTS, number> = { ...DEFAULTS };
  for (const name of ["requests", "files", "payloads"] as const) {
    const text = values[name];
    if (text !== undefined && !(/^\d+$/.test(text) && Number(text) <= MOST)) {
      return wrong(`--${name}: expected a whole number up to ${MOST}, not "${text}"`);
    }
    counts[name] = text === undefined ? DEFAULTS[name] : Number(text);
  }
  return { kind: "run", options: { ...counts, seed: values.seed ?? newSeed(), json: values.json } };
}

const wrong = (message: string): ReadFuzzOptions => ({ kind: "wrong", message: `fuzz: ${message}. See npm run fuzz -- --help` });
