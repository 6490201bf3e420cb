// The dispatcher as a process, with a Redis that is stopped, killed and wiped, and suppliers that acknowledge.
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebhookEnvelope } from "@soh/shared/webhook";
import { createCertificateAuthority } from "@soh/simulators/certificates";
import { prepareRedis, type RedisServer } from "@soh/simulators/redis-server";
import { AGRIEST, FOURNIAL, startSupplier, type Supplier } from "@soh/simulators/supplier";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { describe, expect, test as base, vi } from "vitest";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { orderBody } from "./test/payload.ts";

/** Beside each other, each in a world of its own: most of the time they wait, for a start, an end, or a Redis. */
const PATIENCE = { timeout: 60_000, interval: 50 };
const TIMEOUT_MS = 180_000;

interface Launched {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly output: () => string;
  /** How often it has logged this. */
  logged(event: string): number;
}

interface World {
  readonly redis: RedisServer;
  readonly agriest: Supplier;
  readonly fournial: Supplier;
  launch(over?: NodeJS.ProcessEnv): Launched;
  /** Launches it, and waits until it says that it has started. */
  start(): Promise<Launched>;
  /** Adds webhooks as ingest does. */
  addWebhooks(numbers: readonly number[]): Promise<void>;
  /** Of each supplier, the files that it took and how many numbers they have. */
  counts(): readonly unknown[];
}

const test = base
  // oxlint-disable-next-line eslint/no-empty-pattern -- Vitest reads there what a fixture needs: nothing
  .extend("folder", ({}, { onCleanup }) => {
    const folder = mkdtempSync(join(tmpdir(), "soh-dispatcher-"));
    onCleanup(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  })
  .extend("launch", ({ folder }, { onCleanup }) => {
    const all: Launched[] = [];
    onCleanup(async () => {
      for (const { child, exited } of all) {
        child.kill("SIGKILL");
        await exited;
      }
    });
    return (over: NodeJS.ProcessEnv): Launched => {
      const launched = launch({ ...environmentIn(folder), ...over });
      all.push(launched);
      return launched;
    };
  })
  .extend("world", async ({ folder, launch }, { onCleanup }): Promise<World> => {
    const authority = await createCertificateAuthority("Test suppliers");
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, authority.certificate);
    const access = { authority, user: "sermat", password: "secret" };
    const supplier = (of: typeof AGRIEST | typeof FOURNIAL) =>
      startSupplier({ ...of, ...access, root: join(folder, of.name), script: { takes: "on rename" } });
    const [agriest, fournial, redis] = await Promise.all([supplier(AGRIEST), supplier(FOURNIAL), prepareRedis()]);
    await redis.start();
    onCleanup(async () => {
      await Promise.all([agriest.stop(), fournial.stop()]);
      await redis.remove();
    });
    const world: World = {
      redis,
      agriest,
      fournial,
      launch: (over = {}) =>
        launch({
          REDIS_URL: redis.url,
          FTP_AGRIEST_HOST: agriest.host,
          FTP_AGRIEST_PORT: String(agriest.port),
          FTP_FOURNIAL_HOST: fournial.host,
          FTP_FOURNIAL_PORT: String(fournial.port),
          FTP_AGRIEST_CA: ca,
          FTP_FOURNIAL_CA: ca,
          ...over,
        }),
      async start() {
        const launched = world.launch();
        // Not expect.poll: this is called from several tests at once, and that knows only one.
        await vi.waitFor(() => expect(launched.logged("dispatcher.started")).toBe(1), PATIENCE);
        return launched;
      },
      async addWebhooks(numbers) {
        const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
        const queue = new Queue("webhooks", { connection });
        for (const number of numbers) {
          const lines = [
            { id: `${number}1`, sku: "AGR-1", quantity: 2 },
            { id: `${number}2`, sku: "FOU1", vendor: "Fournial" },
          ];
          const data = envelope(orderBody({ id: String(number), number, lines }));
          await queue.add("webhook", data, {
            jobId: randomUUID(),
            attempts: 1_000,
            backoff: { type: "fixed", delay: 200 },
            removeOnComplete: true,
          });
        }
        await queue.close();
        connection.disconnect();
      },
      counts: () =>
        [agriest, fournial].map(({ taken }) => ({
          taken: taken.length,
          numbers: new Set(taken.map((file) => file.order?.orderNumber)).size,
        })),
    };
    return world;
  });

/** Nothing listens there: of what ends before it needs them. */
const NOWHERE = { REDIS_URL: "redis://127.0.0.1:1", FTP_AGRIEST_HOST: "agriest.invalid", FTP_FOURNIAL_HOST: "fournial.invalid" };

const environmentIn = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  ...NOWHERE,
  DATABASE_URL: `sqlite:${join(folder, "handler.db")}`,
  SOH_JOURNAL: join(folder, "dispatch.journal"),
  SOH_CONFIG: new URL("../../../config/handler.yaml", import.meta.url).pathname,
  OPERATIONS_PORT: "0",
  OPERATIONS_PASSWORD: "a-long-password",
  SOH_API_TOKEN: "a-long-api-token",
  SHOPIFY_SHOP: "sermat.myshopify.com",
  SHOPIFY_WEBHOOK_SECRET: "hush",
  ACKNOWLEDGEMENTS_EVERY: "1s",
  FTP_AGRIEST_USER: "sermat",
  FTP_AGRIEST_PASS: "secret",
  FTP_FOURNIAL_USER: "sermat",
  FTP_FOURNIAL_PASS: "secret",
});

function launch(env: NodeJS.ProcessEnv): Launched {
  const main = new URL("./main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [...NODE_FLAGS, main], { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  return { child, exited, output: () => text, logged: (event) => text.split(`"event":"${event}"`).length - 1 };
}

/** Purchase orders whose answer it has read. */
const acknowledged = ({ output }: Launched): number =>
  new Set(output().match(/"event":"file\.received"[^\n]*"number":"([^"]+)"/g)).size;

const envelope = (body: string): WebhookEnvelope => ({
  version: 1,
  shop: "sermat.myshopify.com",
  topic: "orders/paid",
  webhookId: randomUUID(),
  receivedAt: Date.now(),
  body: { encoding: "utf8", data: body },
});

const orderNumbers = (count: number): number[] => Array.from({ length: count }, (_, index) => 5_000 + index);
const each = (count: number): readonly unknown[] => [0, 1].map(() => ({ taken: count, numbers: count }));

/** Ends the process in the middle of taking in whatever contains this text and an id, as a fault of the runtime would. */
const POISON = "ends-the-process";
const POISONED = `data:text/javascript,${encodeURIComponent(`
  const parse = JSON.parse;
  JSON.parse = (text, ...reviver) => {
    if (reviver.length > 0 && String(text).includes(${JSON.stringify(POISON)})) process.kill(process.pid, "SIGKILL");
    return parse(text, ...reviver);
  };`)}`;

// The longest first.
describe.concurrent("the process", { timeout: TIMEOUT_MS }, () => {
  test("a webhook that ends the process is set aside after three times, and everything else goes through", async ({
    world,
    expect,
  }) => {
    const connection = new Redis(world.redis.url, { maxRetriesPerRequest: null });
    const queue = new Queue("webhooks", { connection });
    const options = { attempts: 1_000, removeOnComplete: true };
    await queue.add("webhook", envelope(`{"id":${2n ** 63n},"note":"${POISON}"}`), { ...options, jobId: "poison" });
    await world.addWebhooks([5_000, 5_001]);
    for (let crashes = 1; crashes <= 3; crashes++) {
      const { exited } = world.launch({ NODE_OPTIONS: `--import=${POISONED}` });
      await exited; // By its own hand.
      for (const key of await connection.keys("bull:*:lock")) {
        await connection.del(key); // Which it would have lost after a while.
      }
    }
    const { output } = world.launch({ NODE_OPTIONS: `--import=${POISONED}` });
    await expect.poll(output, PATIENCE).toContain("taking it in ended the process 3 times");
    await world.addWebhooks([5_002]);
    // Counted at the suppliers: an answer may have been read by one of the processes that ended.
    await expect.poll(world.counts, PATIENCE).toEqual(each(3));
    expect(await queue.getJobCounts("wait", "active", "delayed", "failed")).toEqual({
      wait: 0,
      active: 0,
      delayed: 0,
      failed: 0,
    });
    await queue.close();
    connection.disconnect();
  });

  test("webhooks become purchase orders at two suppliers, acknowledged, each once; SIGTERM ends it cleanly", async ({
    world,
    expect,
  }) => {
    const launched = await world.start();
    await world.addWebhooks(orderNumbers(5));
    await expect.poll(() => acknowledged(launched), PATIENCE).toBe(10);
    expect(world.counts()).toEqual(each(5));
    launched.child.kill("SIGTERM");
    expect(await launched.exited).toBe(0);
    expect(launched.logged("service.stopped")).toBe(1);
  });

  test("Redis killed and started again under load: every purchase order arrives, each once", async ({ world, expect }) => {
    const launched = await world.start();
    const adding = world.addWebhooks(orderNumbers(40));
    await expect.poll(() => world.agriest.taken.length, PATIENCE).toBeGreaterThan(3);
    await world.redis.kill();
    await expect.poll(() => launched.logged("redis.away"), PATIENCE).toBe(1);
    await world.redis.start();
    await adding;
    await expect.poll(() => acknowledged(launched), PATIENCE).toBe(80);
    expect(world.counts()).toEqual(each(40));
  });

  test("Redis wiped empty after the intake: the sweep finds what is due in the database", async ({ world, expect }) => {
    const servers = [world.agriest.server, world.fournial.server];
    await Promise.all(servers.map((server) => server.setAccepting(false)));
    const launched = await world.start();
    await world.addWebhooks(orderNumbers(5));
    await expect.poll(() => launched.logged("webhook.taken_in"), PATIENCE).toBe(5);
    const connection = new Redis(world.redis.url);
    await connection.flushall();
    await Promise.all(servers.map((server) => server.setAccepting(true)));
    await expect.poll(() => acknowledged(launched), PATIENCE).toBe(10);
    connection.disconnect();
    expect(world.counts()).toEqual(each(5));
  });

  test("killed with kill -9 in the middle and started again: every purchase order arrives, each once", async ({
    world,
    expect,
  }) => {
    const first = await world.start();
    await world.addWebhooks(orderNumbers(30));
    await expect.poll(() => world.agriest.taken.length, PATIENCE).toBeGreaterThan(2);
    first.child.kill("SIGKILL");
    await first.exited;
    world.launch();
    await expect.poll(() => [world.agriest, world.fournial].map((supplier) => supplier.taken.length), PATIENCE).toEqual([30, 30]);
    expect(world.counts()).toEqual(each(30));
  });

  test("a supplier that is down delays nobody else", async ({ world, expect }) => {
    await world.agriest.server.setAccepting(false);
    await world.start();
    await world.addWebhooks(orderNumbers(10));
    await expect.poll(() => world.fournial.taken.length, PATIENCE).toBe(10);
    expect(world.agriest.taken).toHaveLength(0);
  });

  test("started while Redis is down, it works as soon as Redis is there", async ({ world, expect }) => {
    await world.redis.kill();
    const launched = await world.start();
    await world.redis.start();
    await world.addWebhooks(orderNumbers(2));
    await expect.poll(() => acknowledged(launched), PATIENCE).toBe(4);
  });

  test("stopped while Redis is away, it ends by itself, with status 0", async ({ world, expect }) => {
    const { child, exited, logged } = await world.start();
    await expect.poll(() => logged("redis.connected"), PATIENCE).toBe(1);
    await world.redis.kill();
    await expect.poll(() => logged("redis.away"), PATIENCE).toBe(1);
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect(logged("service.stop_timed_out")).toBe(0);
  });

  test("stopped while a supplier's server hangs, it ends by itself, and the next start delivers once", async ({
    world,
    expect,
  }) => {
    const { agriest } = world;
    let hanging = 0;
    agriest.server.setFault((event) => {
      const now = event.phase === "before" && event.command === "STOR";
      hanging += now ? 1 : 0;
      return now ? { do: "hang" } : undefined;
    });
    const { child, exited } = await world.start();
    await world.addWebhooks(orderNumbers(2));
    await expect.poll(() => hanging, PATIENCE).toBeGreaterThan(0);
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    agriest.server.setFault(undefined);
    agriest.server.releaseHanging();
    const second = world.launch();
    await expect.poll(() => agriest.taken.length, PATIENCE).toBe(2);
    await expect.poll(() => acknowledged(second), PATIENCE).toBeGreaterThan(1);
    expect(world.counts()).toEqual(each(2));
  });

  test.for([
    ["OPERATIONS_PASSWORD is missing", { OPERATIONS_PASSWORD: "" }, /OPERATIONS_PASSWORD is not set/],
    ["SOH_API_TOKEN is too short", { SOH_API_TOKEN: "short" }, /SOH_API_TOKEN: expected at least 12 characters/],
    [
      "a supplier's password is missing",
      { FTP_AGRIEST_PASS: "" },
      /handler\.yaml:\d+:\d+: suppliers\.agriest\.transport\.password: the environment variable FTP_AGRIEST_PASS is not set/,
    ],
    ["the configuration is missing", { SOH_CONFIG: "/nowhere.yaml" }, /\/nowhere\.yaml:1:1: cannot be read.*SOH_CONFIG/],
    [
      "the journal cannot be written",
      { SOH_JOURNAL: "/dev/null/dispatch.journal" },
      /SOH_JOURNAL: \/dev\/null\/dispatch\.journal cannot be/,
    ],
    ["the database's address is wrong", { DATABASE_URL: "oracle://x" }, /DATABASE_URL/],
  ] as const)("%s: it stops at once with status 1 and says so", async ([, over, message], { launch, expect }) => {
    const { exited, output } = launch(over);
    expect(await exited).toBe(1);
    expect(output()).toMatch(message);
    expect(output()).not.toContain("    at "); // A sentence, not a stack trace.
  });

  test("a port that is taken stops it with a message that names OPERATIONS_PORT", async ({ launch, expect }) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const { exited, output } = launch({ OPERATIONS_PORT: String(typeof address === "object" && address ? address.port : 0) });
    expect(await exited).toBe(1);
    expect(output()).toMatch(/OPERATIONS_PORT/);
    other.close();
  });

  test("a second dispatcher on the same database is refused", async ({ world, expect }) => {
    const first = await world.start();
    const second = world.launch();
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(/in use by another dispatcher/);
    first.child.kill("SIGTERM");
    expect(await first.exited).toBe(0);
  });
});
