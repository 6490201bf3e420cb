// What the command line may say.
import { readArguments, wholeNumber, type Reading } from "../command-line.ts";

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
} as const;

export const readOptions = (args: readonly string[], newSeed: () => string): Reading<DemoOptions> =>
  readArguments(args, {
    name: "demo",
    known: KNOWN,
    options({ orders: given, exit = false, json = false, keep = false, seed }) {
      if (json === true && exit !== true) {
        return "--json needs --exit: without it there are no final figures";
      }
      const orders = given === undefined ? undefined : wholeNumber(given, 1, MOST_ORDERS);
      if (given !== undefined && orders === undefined) {
        return `--orders: expected a whole number from 1 to ${MOST_ORDERS}, not "${String(given)}"`;
      }
      return {
        orders: orders ?? (exit === true ? ORDERS_WITH_EXIT : undefined),
        exit: exit === true,
        json: json === true,
        keep: keep === true,
        seed: seed === undefined ? newSeed() : String(seed),
      };
    },
  });
