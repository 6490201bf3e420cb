// What the command line may say.
import { supplierKinds, type SupplierKind } from "@soh/simulators/supplier";
import { readArguments, wholeNumber, type Reading } from "../command-line.ts";

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

export const HELP = `Shopify Order Handler: chaos

  npm run chaos                                            100 orders, 10 kills: about a minute
  npm run chaos -- --orders 1000 --kills 100 --json        five minutes
  npm run chaos -- --seed 7 --keep                         the faults of a former run again, with its files kept

Starts a private Redis, both services and two simulated suppliers, sends signed webhooks as Shopify does, and meanwhile
kills the processes, wipes Redis, freezes the dispatcher, fills its disk, restores an older database, and lets the suppliers'
servers fail in every way they know. Then the faults end. What the suppliers took is compared with what Shopify was told 200.

  --orders N   send N orders (default 100; from 100 on, every kind of fault happens)
  --kills K    kill -9 so often, ingest, dispatcher and Redis in all (default 10); about one
               kill in twelve, one at least from six on, restores a backup of the dispatcher's database made at an earlier one
  --json       the last line of output is one JSON object with the figures
  --seed S     the same orders, faults and planned instants again (default: chosen at random and printed). A real machine
               keeps no instant exactly: two runs of a seed are alike, not identical
  --transport T  ftps (default), sftp or folder: how both suppliers are reached. By sftp a rename is two steps of the supplier's
               process, and it takes the file between them; a folder has no server that could fail
  --keep       keep the folder with the database, the suppliers' folders and the logs; a failure keeps it anyway
  --help       this text

A supplier that the dispatcher paused (its server refused, 550) waits for a person: the run plays that person, who resumes it.
After a restore the same webhooks come again, as a reconciliation with Shopify would bring them, and that person asks the supplier
about what the journal leaves unknown.
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
} as const;

export const readOptions = (args: readonly string[], newSeed: () => string): Reading<ChaosOptions> =>
  readArguments(args, {
    name: "chaos",
    known: KNOWN,
    options({ orders: ordersGiven, kills: killsGiven, transport: by = "ftps", json = false, keep = false, seed }) {
      const orders = wholeNumber(ordersGiven ?? String(DEFAULT_ORDERS), 1, MOST_ORDERS);
      if (orders === undefined) {
        return `--orders: expected a whole number from 1 to ${MOST_ORDERS}, not "${String(ordersGiven)}"`;
      }
      const kills = wholeNumber(killsGiven ?? String(DEFAULT_KILLS), 0, MOST_KILLS);
      if (kills === undefined) {
        return `--kills: expected a whole number from 0 to ${MOST_KILLS}, not "${String(killsGiven)}"`;
      }
      const transport = supplierKinds.find((one) => one === by);
      if (transport === undefined) {
        return `--transport: expected ${supplierKinds.join(", ")}, not "${String(by)}"`;
      }
      return {
        orders,
        kills,
        json: json === true,
        keep: keep === true,
        seed: seed === undefined ? newSeed() : String(seed),
        transport,
      };
    },
  });
