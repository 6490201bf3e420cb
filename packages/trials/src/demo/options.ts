// What the command line may say.
import { parseArgs } from "node:util";

export interface DemoOptions {
  /** How many orders the shop sends; undefined: one after the other until Ctrl-C. */
  readonly orders: number | undefined;
  /** Ends by itself when everything is settled, with a status that says whether all is well. */
  readonly exit: boolean;
  /** The last line of stdout is the figures as JSON; everything for people goes to stderr. */
  readonly json: boolean;
  /** The same seed gives the same orders, but for their times. */
  readonly seed: string;
  /** The folder stays. */
  readonly keep: boolean;
}

export type ReadOptions =
  | { readonly kind: "run"; readonly options: DemoOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

export const HELP = `Shopify Order Handler: the demo

  npm run demo                                      until Ctrl-C
  npm run demo -- --orders 25 --exit --json         25 orders, then an exit status

Starts a private Redis, both services and two simulated suppliers on this machine, and a shop that sends orders.
Nothing is installed and nothing is left behind.

  --orders N   send N orders, then no more (default: one after the other; with --exit: 25)
  --exit       end when everything is settled: status 0 only if every released purchase order is acknowledged,
               none is lost and none was sent twice
  --json       with --exit: the last line of output is one JSON object with the figures
  --seed S     the same seed gives the same orders (default: chosen at random and printed)
  --keep       keep the folder with the database, the suppliers' folders and the logs
  --help       this text
`;

const ORDERS_WITH_EXIT = 25;
const MOST_ORDERS = 100_000;

const KNOWN = {
  orders: { type: "string" },
  exit: { type: "boolean" },
  json: { type: "boolean" },
  seed: { type: "string" },
  keep: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export function readOptions(args: readonly string[], newSeed: () => string): ReadOptions {
  const { values, tokens } = parseArgs({ args: [...args], options: KNOWN, strict: false, allowPositionals: true, tokens: true });
  if (values.help === true) {
    return { kind: "help" };
  }
  for (const token of tokens) {
    const problem =
      token.kind === "positional" ? `"${token.value}" is not understood` : token.kind === "option" ? objection(token) : "";
    if (problem !== "") {
      return wrong(problem);
    }
  }
  const { exit = false, json = false, keep = false } = values;
  if (json === true && exit !== true) {
    return wrong("--json needs --exit: without it there are no final figures");
  }
  const orders = values.orders === undefined ? undefined : Number(values.orders);
  if (orders !== undefined && !(/^\d+$/.test(String(values.orders)) && orders >= 1 && orders <= MOST_ORDERS)) {
    return wrong(`--orders: expected a whole number from 1 to ${MOST_ORDERS}, not "${String(values.orders)}"`);
  }
  return {
    kind: "run",
    options: {
      orders: orders ?? (exit === true ? ORDERS_WITH_EXIT : undefined),
      exit: exit === true,
      json: json === true,
      keep: keep === true,
      seed: values.seed === undefined ? newSeed() : String(values.seed),
    },
  };
}

function objection(token: { readonly name: string; readonly rawName: string; readonly value: string | undefined }): string {
  if (!(token.name in KNOWN)) {
    return `unknown option ${token.rawName}`;
  }
  const takesValue = token.name === "orders" || token.name === "seed";
  if (takesValue && (token.value === undefined || token.value === "" || token.value.startsWith("--"))) {
    return `${token.rawName} needs a value`;
  }
  return !takesValue && token.value !== undefined ? `${token.rawName} takes no value` : "";
}

const wrong = (message: string): ReadOptions => ({
  kind: "wrong",
  message: `demo: ${message}. See npm run demo -- --help`,
});
