// `npm run bench`: how fast the two main paths are, beside what the same machine, Redis and server allow. See HELP.
import { rmSync } from "node:fs";
import { end, follow, stopSignal } from "../command-line.ts";
import { NotStarted } from "../world/service.ts";
import { grow } from "./growth.ts";
import { medians } from "./figures.ts";
import { measure, warmUp, type Figures } from "./measure.ts";
import { HELP, readOptions, type BenchOptions } from "./options.ts";
import { profile } from "./profile.ts";
import { hasRealServers, newFolder, startRig, type RigOptions, type Rig } from "./rig.ts";

const say = (text: string): void => void process.stderr.write(`${text}\n`);

await follow(readOptions(process.argv.slice(2)), HELP, async (options) => {
  const folder = newFolder();
  const keep = options.keep || options.profile;
  const signal = stopSignal();
  let status = 0;
  let figures: object | undefined;
  try {
    figures = await run(options, folder, signal);
  } catch (error) {
    say(error instanceof NotStarted ? error.message : String(error instanceof Error ? error.stack : error));
    status = 1;
  }
  if (keep || status !== 0) {
    say(`Logs: ${folder}`);
  } else {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  await end(status, options.json ? figures : undefined);
});

async function run(options: BenchOptions, folder: string, signal: AbortSignal): Promise<object> {
  const ftps = options.growth === undefined && hasRealServers();
  if (options.growth === undefined && !ftps) {
    say("vsftpd needs Linux and root: skipped. The supplier's side is a directory here, without a reference.");
  }
  if (options.profile) {
    return await profile({ folder, ftps, signal, say, orders: options.sizes.orders });
  }
  return await withRig({ folder, ftps, signal }, async (rig) => {
    if (options.growth !== undefined) {
      const tenths = await grow(rig, options.growth, { say, signal });
      return { growth: tenths };
    }
    const rounds: Figures[] = [];
    await warmUp(rig);
    for (let round = 1; round <= options.rounds; round++) {
      say(`Round ${round} of ${options.rounds}`);
      rounds.push(await measure(rig, options.sizes, { say, signal }));
    }
    const figures = medians(rounds);
    say(tableOf(figures));
    return figures;
  });
}

async function withRig<T>(options: RigOptions, work: (rig: Rig) => Promise<T>): Promise<T> {
  const rig = await startRig(options);
  try {
    return await work(rig);
  } finally {
    await rig.stop();
  }
}

function tableOf({ ingest, delivery, endToEnd, throughput, memory }: Figures): string {
  const ratio = (value: number | null): string => value?.toFixed(2) ?? "not measured";
  return [
    "",
    `ingest      ${ingest.acceptedPerSecond} webhooks a second, p50 ${ingest.p50Ms} ms, p99 ${ingest.p99Ms} ms`,
    `            ${ratio(ingest.ratioToBareFastify)} of bare Fastify, ${ratio(ingest.ratioToRawQueueAdd)} of Queue.add by itself`,
    `deliveries  ${delivery.filesPerSecond} files a second on one connection`,
    `            ${ratio(delivery.ratioToRawLoop)} of basic-ftp by itself, ${ratio(delivery.ratioToConnectPerFile)} times that with a connection for each file`,
    `end to end  p50 ${endToEnd.p50Ms} ms, p99 ${endToEnd.p99Ms} ms from the webhook to the file, one at a time`,
    `throughput  ${throughput.ordersPerSecond} orders a second, ${throughput.dispatcherCpuMsPerOrder} ms of the dispatcher's processor each`,
    `memory      ingest ${memory.ingestMb} MB, dispatcher ${memory.dispatcherMb} MB`,
    "",
  ].join("\n");
}
