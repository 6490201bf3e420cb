// What the command line may say.
import { parseArgs } from "node:util";
import { supplierKinds, type SupplierKind } from "@soh/simulators/supplier";

export interface ChaosOptions {
  readonly orders: number;
  /** Of ingest, the dispatcher and Redis together. */
  readonly kills: number;
  /** The last line of stdout is the figures as JSON; everything for people goes to stderr. */
  readonly json: boolean;
  /** The same seed gives the same orders, faults and instants. */
  readonly seed: string;
  /** The folder stays, also when all is well. */
  readonly keep: boolean;
  /** How the suppliers' files are reached. */
  readonly transport: SupplierKind;
}

export type ReadOptions =
  | { readonly kind: "run"; readonly options: ChaosOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

export const HELP = `Shopify Order Handler: chaos

  npm run chaos                                            100 orders, 10 kills: about a minute
  npm run chaos -- --orders 1000 --kills 100 --json        five minutes
  npm run chaos -- --seed 7 --keep                         the faults of a former run again, with its files kept

Starts a private Redis, both services and two simulated suppliers, sends signed webhooks as Shopify does, and meanwhile
kills the processes, wipes Redis, freezes the dispatcher, fills its disk, and lets the suppliers' servers fail in every way
they know. Then the faults end. What the suppliers took is compared with what Shopify was told 200.

  --orders N   send N orders (default 100; from 100 on, every kind of fault happens)
  --kills K    kill -9 so often, ingest, dispatcher and Redis in all (default 10)
  --json       the last line of output is one JSON object with the figures
  --seed S     the same orders, faults and planned instants again (default: chosen at random and printed). A real machine
               keeps no instant exactly: two runs of a seed are alike, not identical
  --transport T  ftps (default), sftp or folder: how both suppliers are reached. By sftp a rename is two steps of the supplier's
               process, and it takes the file between them; a folder has no server that could fail
  --keep       keep the folder with the database, the suppliers' folders and the logs; a failure keeps it anyway
  --help       this text

A supplier that the dispatcher paused (its server refused, 550) waits for a person: the run plays that person, who resumes it.
The database's disk is a tmpfs, which only root may mount: elsewhere that fault is reported as not run.

Exit status: 0 only if no purchase order was lost, none was sent twice, nothing was taken that must not be, and each that is
unknown is so by a row of the table in docs/delivery.md; 1 otherwise; 2 for options that are not understood.
`;

const DEFAULT_ORDERS = 100;
const DEFAULT_KILLS = 10;
const MOST_ORDERS = 20_000;
const MOST_KILLS = 5_000;

const KNOWN = {
  orders: { type: "string" },
  kills: { type: "string" },
  json: { type: "boolean" },
  seed: { type: "string" },
  transport: { type: "string" },
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
  const orders = wholeNumber(values.orders ?? String(DEFAULT_ORDERS), 1, MOST_ORDERS);
  if (orders === undefined) {
    return wrong(`--orders: expected a whole number from 1 to ${MOST_ORDERS}, not "${String(values.orders)}"`);
  }
  const kills = wholeNumber(values.kills ?? String(DEFAULT_KILLS), 0, MOST_KILLS);
  if (kills === undefined) {
    return wrong(`--kills: expected a whole number from 0 to ${MOST_KILLS}, not "${String(values.kills)}"`);
  }
  const transport = supplierKinds.find((one) => one === (values.transport ?? "ftps"));
  if (transport === undefined) {
    return wrong(`--transport: expected ${supplierKinds.join(", ")}, not "${String(values.transport)}"`);
  }
  const { json = false, keep = false } = values;
  const seed = values.seed === undefined ? newSeed() : String(values.seed);
  return { kind: "run", options: { orders, kills, json: json === true, keep: keep === true, seed, transport } };
}

function wholeNumber(text: string | boolean, least: number, most: number): number | undefined {
  const number = /^\d+$/.test(String(text)) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

const TAKES_VALUE: readonly string[] = ["orders", "kills", "seed", "transport"];

function objection(token: { readonly name: string; readonly rawName: string; readonly value: string | undefined }): string {
  if (!(token.name in KNOWN)) {
    return `unknown option ${token.rawName}`;
  }
  const takesValue = TAKES_VALUE.includes(token.name);
  if (takesValue && (token.value === undefined || token.value === "" || token.value.startsWith("--"))) {
    return `${token.rawName} needs a value`;
  }
  return !takesValue && token.value !== undefined ? `${token.rawName} takes no value` : "";
}

const wrong = (message: string): ReadOptions => ({
  kind: "wrong",
  message: `chaos: ${message}. See npm run chaos -- --help`,
});
