// What the command line may say.
import { readArguments, wholeNumber, type Reading } from "../command-line.ts";

export interface BenchOptions {
  /** Rounds of everything; each figure is their median. */
  readonly rounds: number;
  readonly sizes: Sizes;
  /** Instead of the rounds: whether anything becomes slower over so many orders. */
  readonly growth: number | undefined;
  /** Instead of the rounds: what the processor and the database are busy with. */
  readonly profile: boolean;
  /** The last line of stdout is the figures as JSON; everything for people goes to stderr. */
  readonly json: boolean;
  /** The folder with the logs and profiles stays. */
  readonly keep: boolean;
}

/** How much of each a round does. */
export interface Sizes {
  readonly webhooks: number;
  readonly files: number;
  /** With a connection for each. */
  readonly connections: number;
  readonly singles: number;
  readonly orders: number;
}

const WHOLE: Sizes = { webhooks: 6_000, files: 500, connections: 60, singles: 100, orders: 500 };
const QUICK: Sizes = { webhooks: 3_000, files: 200, connections: 25, singles: 30, orders: 200 };
const DEFAULT_ROUNDS = 5;
const DEFAULT_GROWTH = 10_000;

export const HELP = `Shopify Order Handler: bench

  npm run bench                        five rounds, about five minutes
  npm run bench -- --quick --json      one small round, under a minute
  npm run bench -- --growth 10000      whether anything becomes slower as the work grows
  npm run bench -- --profile           what an order costs: functions, statements, commands to Redis

Each figure stands beside its reference, measured in the same round on the same Redis (appendfsync always), the same disk and the
same server: a bare Fastify route, Queue.add in a loop, basic-ftp in a loop on one kept connection to vsftpd, and with a connection
for each file. vsftpd needs Linux and root: without, the suppliers' side is a directory, and the two ratios to it are null.
Read the ratios; what a machine does in a second says little about another. docs/performance.md explains the figures.

  --quick      one small round
  --rounds N   N rounds; each figure is their median (default 5)
  --growth N   N orders instead, a tenth at a time: files a second, memory and the console's pages for each (default 10000)
  --profile    a CPU profile of both services, for the browser's developer tools, and tables of what cost most
  --json       the last line of output is one JSON object with the figures
  --keep       keep the folder with the logs and profiles (--profile keeps it anyway)
  --help       this text

Nothing is judged: exit status 0 when everything could be measured, 1 otherwise, 2 for options that are not understood.
`;

export const readOptions = (args: readonly string[]): Reading<BenchOptions> =>
  readArguments(args, {
    name: "bench",
    known: {
      quick: { type: "boolean" },
      rounds: { type: "string" },
      growth: { type: "string" },
      profile: { type: "boolean" },
      json: { type: "boolean" },
      keep: { type: "boolean" },
    },
    options({ quick = false, rounds: roundsGiven, growth: growthGiven, profile = false, json = false, keep = false }) {
      const rounds = wholeNumber(roundsGiven ?? String(quick === true ? 1 : DEFAULT_ROUNDS), 1, 99);
      if (rounds === undefined) {
        return `--rounds: expected a whole number from 1 to 99, not "${String(roundsGiven)}"`;
      }
      const growth = growthGiven === undefined ? undefined : wholeNumber(growthGiven, 100, 1_000_000);
      if (growthGiven !== undefined && growth === undefined) {
        return `--growth: expected a whole number from 100 to 1000000, such as ${DEFAULT_GROWTH}, not "${String(growthGiven)}"`;
      }
      if (growth !== undefined && profile === true) {
        return "--growth and --profile are runs of their own: give one of them";
      }
      const sizes = quick === true ? QUICK : WHOLE;
      return { rounds, sizes, growth, profile: profile === true, json: json === true, keep: keep === true };
    },
  });
