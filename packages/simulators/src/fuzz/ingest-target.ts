// The real ingest, as a process of its own on a private Redis, for requests to be thrown at.
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort, redisAnswers, redisCommand } from "../redis-server.ts";
import { startChild } from "../child.ts";
import { NODE_FLAGS } from "../node-flags.ts";
import { sha256 } from "./requests.ts";

export interface QueuedWebhook {
  readonly webhookId: string;
  /** SHA-256 of the body, in hex. */
  readonly bodyHash: string;
}

/** What is fuzzed with requests. */
export interface RequestTarget {
  readonly port: number;
  /** How it ended; undefined while it runs. */
  ended(): string | undefined;
  /** Undefined when it does not say. */
  memoryMb(): Promise<number | undefined>;
  /** Everything on its queue. */
  queued(): AsyncIterable<QueuedWebhook>;
  /** Returns what was not clean. Any number of times. */
  stop(): Promise<string | undefined>;
}

const ROOT = resolve(import.meta.dirname, "../../../..");
const STOP_WITHIN_MS = 9_500;
const STARTS_WITHIN_MS = 30_000;
/** Jobs read at once: their bodies may be large. */
const PAGE = 100;

/** Throws Error when it does not start. */
export async function startIngest({ shop, secret }: { readonly shop: string; readonly secret: string }): Promise<RequestTarget> {
  const folder = mkdtempSync(join(tmpdir(), "soh-fuzz-ingest-"));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.on("exit", removeFolder);
  const [port, redisPort] = [await freePort(), await freePort()];
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  const inherited = ["PATH", "HOME", "LANG", "TZ", "NODE_COMPILE_CACHE"].map((name) => [name, process.env[name]]);
  const server = startChild({
    name: "redis",
    ...redisCommand({ port: redisPort, folder }),
    env: Object.fromEntries(inherited),
    cwd: folder,
    logFile: join(folder, "redis.log"),
  });
  await redisAnswers(redisUrl, AbortSignal.timeout(STARTS_WITHIN_MS));
  const child = startChild({
    name: "ingest",
    command: process.execPath,
    args: [...NODE_FLAGS, join(ROOT, "services/ingest/src/main.ts")],
    env: {
      ...Object.fromEntries(inherited),
      LOG_LEVEL: "error",
      REDIS_URL: redisUrl,
      SOH_CONFIG: join(ROOT, "config/handler.yaml"),
      INGEST_PORT: String(port),
      SHOPIFY_SHOP: shop,
      SHOPIFY_WEBHOOK_SECRET: secret,
    },
    cwd: folder,
    logFile: join(folder, "ingest.log"),
  });
  let ending: string | undefined;
  void child.ended.then((how) => (ending = [how, ...child.lastLines()].join("\n")));
  const url = `http://127.0.0.1:${port}`;
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 3 });
  redis.on("error", () => {});

  let stopping: Promise<string | undefined> | undefined;
  const stop = async (): Promise<string | undefined> => {
    const problem = ending ?? (await child.stop(STOP_WITHIN_MS));
    redis.disconnect();
    await server.stop(STOP_WITHIN_MS);
    removeFolder();
    process.off("exit", removeFolder);
    return problem;
  };
  const target: RequestTarget = {
    port,
    ended: () => ending,
    async memoryMb() {
      const text = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.text(),
        () => "",
      );
      const bytes = /^process_resident_memory_bytes (\d+)/m.exec(text)?.[1];
      return bytes === undefined ? undefined : Number(bytes) / 1e6;
    },
    queued: () => readQueue(redis),
    stop: () => (stopping ??= stop()),
  };
  const late = Date.now() + STARTS_WITHIN_MS;
  while (!(await fetch(`${url}/healthz`).catch(() => undefined))?.ok) {
    if (ending !== undefined || Date.now() > late) {
      const problem = await target.stop();
      throw new Error(`ingest did not start: ${problem ?? "it does not answer"}`);
    }
    await wait(50);
  }
  return target;
}

/** BullMQ's layout: a list of ids that wait, and a hash for each job. Nothing takes jobs here, so all of them wait. */
async function* readQueue(redis: Redis): AsyncIterable<QueuedWebhook> {
  for (let from = 0; ; from += PAGE) {
    const ids = await redis.lrange("bull:webhooks:wait", from, from + PAGE - 1);
    if (ids.length === 0) {
      return;
    }
    for (const id of ids) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the envelope that ingest writes
      const job = JSON.parse((await redis.hget(`bull:webhooks:${id}`, "data")) ?? "{}") as {
        readonly webhookId?: string;
        readonly body?: { readonly encoding: BufferEncoding; readonly data: string };
      };
      const body = Buffer.from(job.body?.data ?? "", job.body?.encoding);
      yield { webhookId: job.webhookId ?? "", bodyHash: sha256(body) };
    }
  }
}
