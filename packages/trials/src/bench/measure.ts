// One round of everything, each figure beside its reference.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { createShop } from "@soh/simulators/shop";
import { answersReady } from "../world/service.ts";
import { quietPort } from "../world/ports.ts";
import type { Load, LoadResult } from "./children/load.ts";
import type { RawAdds } from "./children/raw-adds.ts";
import type { RawUploads } from "./children/raw-uploads.ts";
import { perSecond, quantile } from "./figures.ts";
import type { Sizes } from "./options.ts";
import { orderBodies, SHOP } from "./orders.ts";
import { until, usage, watchMemory, type Rig } from "./rig.ts";

/** Null: could not be measured here. */
export interface Figures {
  readonly ingest: {
    readonly acceptedPerSecond: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly ratioToBareFastify: number;
    readonly ratioToRawQueueAdd: number;
  };
  readonly delivery: {
    /** Of purchase orders that wait: from the first file to the last. */
    readonly filesPerSecond: number;
    readonly ratioToRawLoop: number | null;
    readonly ratioToConnectPerFile: number | null;
  };
  /** From the webhook to the file under its final name, one at a time. */
  readonly endToEnd: { readonly p50Ms: number; readonly p99Ms: number };
  /** Many at once, from the first webhook to the last file: taking in and sending share the processors. */
  readonly throughput: { readonly ordersPerSecond: number; readonly dispatcherCpuMsPerOrder: number };
  readonly memory: { readonly ingestMb: number; readonly dispatcherMb: number };
}

const CONCURRENCY = 32;
/** Orders, and so many times ten webhooks: a service that runs for weeks has compiled what it runs. */
const WARM_UP = 300;
/** Between two webhooks of which each is alone. */
const IDLE_MS = 20;
/** Between two looks for one file. */
const LOOK_AGAIN_MS = 2;
/** Where there are many: to look more often would take a quarter of a processor from what is measured. */
const COUNT_AGAIN_MS = 50;

/** Before the first round. */
export async function warmUp(rig: Rig): Promise<void> {
  await send(rig, WARM_UP * 10, CONCURRENCY);
  await rig.wipeQueues();
}

export async function measure(
  rig: Rig,
  sizes: Sizes,
  options: { say: (text: string) => void; signal: AbortSignal },
): Promise<Figures> {
  const { say, signal } = options;
  await rig.stopDispatcher(); // That of the round before would take in what ingest is sent.
  const bare = await measureBareFastify(rig, sizes.webhooks, signal);
  say(`bare Fastify ${whole(bare)} a second`);
  const memory = watchMemory(rig.ingest);
  const accepted = await send(rig, sizes.webhooks, CONCURRENCY);
  const ingestMb = memory.most();
  memory.stop();
  const acceptedPerSecond = perSecond(sizes.webhooks, accepted.totalMs);
  await rig.wipeQueues();
  const adds: RawAdds = { redisUrl: rig.redisUrl, count: sizes.webhooks, concurrency: CONCURRENCY };
  const raw = perSecond(sizes.webhooks, (await rig.child<{ totalMs: number }>("raw-adds", adds)).totalMs);
  await rig.wipeQueues();
  say(`ingest ${whole(acceptedPerSecond)}, Queue.add by itself ${whole(raw)} a second`);

  const { filesPerSecond, most: first } = await measureDelivery(rig, sizes.files, signal);
  const reference = await measureUploads(rig, sizes);
  say(
    reference === undefined
      ? `deliveries ${whole(filesPerSecond)} a second, into a directory`
      : `deliveries ${whole(filesPerSecond)} a second, basic-ftp by itself ${whole(reference.kept)}, with a connection for each ${whole(reference.each)}`,
  );
  const endToEnd = await measureSingles(rig, sizes.singles, signal);
  say(`end to end ${whole(endToEnd.p50Ms)} ms`);
  const { most: second, ...throughput } = await measureThroughput(rig, sizes.orders, signal);
  say(`throughput ${whole(throughput.ordersPerSecond)} orders a second`);

  return {
    ingest: {
      acceptedPerSecond,
      p50Ms: quantile(accepted.latenciesMs, 0.5),
      p99Ms: quantile(accepted.latenciesMs, 0.99),
      ratioToBareFastify: acceptedPerSecond / bare,
      ratioToRawQueueAdd: acceptedPerSecond / raw,
    },
    delivery: {
      filesPerSecond,
      ratioToRawLoop: reference === undefined ? null : filesPerSecond / reference.kept,
      ratioToConnectPerFile: reference === undefined ? null : filesPerSecond / reference.each,
    },
    endToEnd,
    throughput,
    memory: { ingestMb, dispatcherMb: Math.max(first, second) },
  };
}

/** Rejects when one is not answered with 200. */
export async function send(rig: Rig, count: number, concurrency: number, port = rig.ingestPort): Promise<LoadResult> {
  const load: Load = { port, secret: rig.secret, firstNumber: rig.nextNumber(count), count, concurrency };
  return await rig.child<LoadResult>("load", load);
}

async function measureBareFastify(rig: Rig, count: number, signal: AbortSignal): Promise<number> {
  const port = await quietPort();
  const file = join(import.meta.dirname, "children/bare-fastify.ts");
  const bare = spawn(process.execPath, [...NODE_FLAGS, file, String(port)], { stdio: "inherit" });
  try {
    await answersReady(`http://127.0.0.1:${port}`, signal);
    return perSecond(count, (await send(rig, count, CONCURRENCY, port)).totalMs);
  } finally {
    bare.kill("SIGKILL");
  }
}

/**
 * Purchase orders wait for a time of day; then a dispatcher starts whose configuration has none. The first of them are sent while Node
 * still compiles what sends them, and are not counted.
 */
async function measureDelivery(rig: Rig, measured: number, signal: AbortSignal) {
  const count = measured + WARM_UP;
  rig.removeTaken();
  await rig.startDispatcher("holding");
  await send(rig, count, CONCURRENCY);
  await until(async () => (await readyCount(rig)) >= count, COUNT_AGAIN_MS, signal);
  const dispatcher = await rig.startDispatcher("sending");
  const memory = watchMemory(dispatcher);
  await until(() => rig.taken().length >= WARM_UP, COUNT_AGAIN_MS, signal);
  const before = rig.taken().length;
  const start = performance.now();
  await until(() => rig.taken().length >= count, COUNT_AGAIN_MS, signal);
  const filesPerSecond = perSecond(count - before, performance.now() - start);
  memory.stop();
  return { filesPerSecond, most: memory.most() };
}

async function measureUploads(rig: Rig, sizes: Sizes) {
  const { server } = rig;
  const [example] = rig.taken();
  if (server === undefined || example === undefined) {
    return undefined;
  }
  const { host, port, user, password, caFile } = server;
  const upload = async (count: number, connect: RawUploads["connect"]): Promise<number> => {
    const options: RawUploads = { host, port, user, password, caFile, folder: "/IN", file: rig.fileOf(example), count, connect };
    return perSecond(count, (await rig.child<{ totalMs: number }>("raw-uploads", options)).totalMs);
  };
  return { kept: await upload(sizes.files, "once"), each: await upload(sizes.connections, "per-file") };
}

async function measureSingles(rig: Rig, count: number, signal: AbortSignal): Promise<Figures["endToEnd"]> {
  const shop = createShop({ url: `http://127.0.0.1:${rig.ingestPort}/webhooks/shopify`, domain: SHOP, secret: rig.secret });
  const times: number[] = [];
  for (const body of orderBodies({ firstNumber: rig.nextNumber(count), count })) {
    rig.removeTaken();
    const start = performance.now();
    const { status } = await shop.send({ topic: "orders/create", body });
    if (status !== 200) {
      throw new Error(`a webhook was answered ${status}`);
    }
    await until(() => rig.taken().length > 0, LOOK_AGAIN_MS, signal);
    times.push(performance.now() - start);
    await wait(IDLE_MS, undefined, { signal });
  }
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

export async function measureThroughput(rig: Rig, count: number, signal: AbortSignal) {
  rig.removeTaken();
  const dispatcher = rig.dispatcher();
  const memory = watchMemory(dispatcher);
  const cpu = usage(dispatcher).cpuMs;
  const { startedAt } = await send(rig, count, CONCURRENCY);
  await until(() => rig.taken().length >= count, COUNT_AGAIN_MS, signal);
  const ordersPerSecond = perSecond(count, Date.now() - startedAt);
  memory.stop();
  return { ordersPerSecond, dispatcherCpuMsPerOrder: (usage(dispatcher).cpuMs - cpu) / count, most: memory.most() };
}

async function readyCount(rig: Rig): Promise<number> {
  const response = await fetch(`${rig.console.url}/api/summary`, { headers: { authorization: `Bearer ${rig.console.token}` } });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API
  const { purchaseOrders } = (await response.json()) as { readonly purchaseOrders: Readonly<Record<string, number>> };
  return purchaseOrders.ready ?? 0;
}

const whole = (value: number): string => value.toFixed(0);
