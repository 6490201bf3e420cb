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
import { afterEach, beforeEach, expect, test } from "vitest";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { orderBody } from "./test/payload.ts";

let folder: string;
let redis: RedisServer;
let agriest: Supplier;
let fournial: Supplier;
let environment: NodeJS.ProcessEnv;
let running: { child: ChildProcess; exited: Promise<number | null>; output: () => string } | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "soh-dispatcher-"));
  const authority = await createCertificateAuthority("Test suppliers");
  writeFileSync(join(folder, "ca.pem"), authority.certificate);
  const access = { authority, user: "sermat", password: "secret" };
  agriest = await startSupplier({ ...AGRIEST, ...access, root: join(folder, "agriest"), script: { takes: "on rename" } });
  fournial = await startSupplier({ ...FOURNIAL, ...access, root: join(folder, "fournial"), script: { takes: "on rename" } });
  redis = await prepareRedis();
  await redis.start();
  environment = {
    PATH: process.env.PATH,
    REDIS_URL: redis.url,
    DATABASE_URL: `sqlite:${join(folder, "handler.db")}`,
    SOH_JOURNAL: join(folder, "dispatch.journal"),
    SOH_CONFIG: new URL("../../../config/handler.yaml", import.meta.url).pathname,
    OPERATIONS_PORT: "0",
    OPERATIONS_PASSWORD: "a-long-password",
    SOH_API_TOKEN: "a-long-api-token",
    SHOPIFY_SHOP: "sermat.myshopify.com",
    SHOPIFY_WEBHOOK_SECRET: "hush",
    ACKNOWLEDGEMENTS_EVERY: "1s",
    FTP_AGRIEST_HOST: agriest.host,
    FTP_AGRIEST_PORT: String(agriest.port),
    FTP_AGRIEST_USER: "sermat",
    FTP_AGRIEST_PASS: "secret",
    FTP_AGRIEST_CA: join(folder, "ca.pem"),
    FTP_FOURNIAL_HOST: fournial.host,
    FTP_FOURNIAL_PORT: String(fournial.port),
    FTP_FOURNIAL_USER: "sermat",
    FTP_FOURNIAL_PASS: "secret",
    FTP_FOURNIAL_CA: join(folder, "ca.pem"),
  };
});

afterEach(async () => {
  running?.child.kill("SIGKILL");
  await running?.exited;
  running = undefined;
  await Promise.all([agriest.stop(), fournial.stop()]);
  await redis.remove();
  rmSync(folder, { recursive: true, force: true });
});

function launch(over: NodeJS.ProcessEnv = {}): NonNullable<typeof running> {
  const main = new URL("./main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [...NODE_FLAGS, main], {
    env: { ...environment, ...over },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  running = { child, exited, output: () => text };
  return running;
}

const PATIENCE = { timeout: 25_000, interval: 50 };
const logged = (event: string): number => (running?.output() ?? "").split(`"event":"${event}"`).length - 1;
const started = async (): Promise<void> => await expect.poll(() => logged("dispatcher.started"), PATIENCE).toBe(1);
const acknowledged = (): number =>
  new Set((running?.output() ?? "").match(/"event":"file\.received"[^\n]*"number":"([^"]+)"/g)).size;

function envelope(body: string): WebhookEnvelope {
  return {
    version: 1,
    shop: "sermat.myshopify.com",
    topic: "orders/paid",
    webhookId: randomUUID(),
    receivedAt: Date.now(),
    body: { encoding: "utf8", data: body },
  };
}

/** Adds webhooks as ingest does. */
async function addWebhooks(numbers: readonly number[]): Promise<void> {
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
}

const orderNumbers = (count: number): number[] => Array.from({ length: count }, (_, index) => 5_000 + index);
const counts = (): readonly unknown[] =>
  [agriest, fournial].map((supplier) => ({
    taken: supplier.taken.length,
    numbers: new Set(supplier.taken.map((file) => file.order?.orderNumber)).size,
  }));
const each = (count: number): readonly unknown[] => [0, 1].map(() => ({ taken: count, numbers: count }));

test("webhooks become purchase orders at two suppliers, acknowledged, each once; SIGTERM ends it cleanly", async () => {
  const { child, exited } = launch();
  await started();
  await addWebhooks(orderNumbers(5));
  await expect.poll(acknowledged, PATIENCE).toBe(10);
  expect(counts()).toEqual(each(5));
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
  expect(logged("service.stopped")).toBe(1);
});

test("Redis killed and started again under load: every purchase order arrives, each once", async () => {
  launch();
  await started();
  const adding = addWebhooks(orderNumbers(40));
  await expect.poll(() => agriest.taken.length, PATIENCE).toBeGreaterThan(3);
  await redis.kill();
  await expect.poll(() => logged("redis.away"), PATIENCE).toBe(1);
  await redis.start();
  await adding;
  await expect.poll(acknowledged, { ...PATIENCE, timeout: 50_000 }).toBe(80);
  expect(counts()).toEqual(each(40));
}, 90_000);

test("Redis wiped empty after the intake: the sweep finds what is due in the database", async () => {
  await Promise.all([agriest.server.setAccepting(false), fournial.server.setAccepting(false)]);
  launch();
  await started();
  await addWebhooks(orderNumbers(5));
  await expect.poll(() => logged("webhook.taken_in"), PATIENCE).toBe(5);
  const connection = new Redis(redis.url);
  await connection.flushall();
  await Promise.all([agriest.server.setAccepting(true), fournial.server.setAccepting(true)]);
  await expect.poll(acknowledged, { ...PATIENCE, timeout: 50_000 }).toBe(10);
  connection.disconnect();
  expect(counts()).toEqual(each(5));
}, 90_000);

test("killed with kill -9 in the middle and started again: every purchase order arrives, each once", async () => {
  const first = launch();
  await started();
  await addWebhooks(orderNumbers(30));
  await expect.poll(() => agriest.taken.length, PATIENCE).toBeGreaterThan(2);
  first.child.kill("SIGKILL");
  await first.exited;
  launch();
  await expect
    .poll(() => [agriest, fournial].map((supplier) => supplier.taken.length), { ...PATIENCE, timeout: 50_000 })
    .toEqual([30, 30]);
  expect(counts()).toEqual(each(30));
}, 90_000);

test("a supplier that is down delays nobody else", async () => {
  await agriest.server.setAccepting(false);
  launch();
  await started();
  await addWebhooks(orderNumbers(10));
  await expect.poll(() => fournial.taken.length, PATIENCE).toBe(10);
  expect(agriest.taken).toHaveLength(0);
});

test("started while Redis is down, it works as soon as Redis is there", async () => {
  await redis.kill();
  launch();
  await started();
  await redis.start();
  await addWebhooks(orderNumbers(2));
  await expect.poll(acknowledged, PATIENCE).toBe(4);
});

test("stopped while Redis is away, it ends by itself, with status 0", async () => {
  const { child, exited } = launch();
  await started();
  await expect.poll(() => logged("redis.connected"), PATIENCE).toBe(1);
  await redis.kill();
  await expect.poll(() => logged("redis.away"), PATIENCE).toBe(1);
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
  expect(logged("service.stop_timed_out")).toBe(0);
});

test("stopped while a supplier's server hangs, it ends by itself, and the next start delivers once", async () => {
  let hanging = 0;
  agriest.server.setFault((event) => {
    const now = event.phase === "before" && event.command === "STOR";
    hanging += now ? 1 : 0;
    return now ? { do: "hang" } : undefined;
  });
  const { child, exited } = launch();
  await started();
  await addWebhooks(orderNumbers(2));
  await expect.poll(() => hanging, PATIENCE).toBeGreaterThan(0);
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
  agriest.server.setFault(undefined);
  agriest.server.releaseHanging();
  launch();
  await expect.poll(() => agriest.taken.length, PATIENCE).toBe(2);
  await expect.poll(acknowledged, PATIENCE).toBeGreaterThan(1);
  expect(counts()).toEqual(each(2));
});

test.each([
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
])("%s: it stops at once with status 1 and says so", async (_what, over, message) => {
  const { exited, output } = launch(over);
  expect(await exited).toBe(1);
  expect(output()).toMatch(message);
  expect(output()).not.toContain("    at "); // A sentence, not a stack trace.
});

test("a port that is taken stops it with a message that names OPERATIONS_PORT", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const { exited, output } = launch({ OPERATIONS_PORT: String(typeof address === "object" && address ? address.port : 0) });
  expect(await exited).toBe(1);
  expect(output()).toMatch(/OPERATIONS_PORT/);
  other.close();
});

test("a second dispatcher on the same database is refused", async () => {
  const first = launch();
  await started();
  const second = launch();
  expect(await second.exited).toBe(1);
  expect(second.output()).toMatch(/in use by another dispatcher/);
  first.child.kill("SIGTERM");
  expect(await first.exited).toBe(0);
});

/** Ends the process in the middle of taking in whatever contains this text, as a fault of the runtime would. */
const POISON = "ends-the-process";
const POISONED = `data:text/javascript,${encodeURIComponent(`
  const parse = JSON.parse;
  JSON.parse = (text, ...reviver) => {
    if (reviver.length > 0 && String(text).includes(${JSON.stringify(POISON)})) process.kill(process.pid, "SIGKILL");
    return parse(text, ...reviver);
  };`)}`;

test(
  "a webhook that ends the process is set aside after three times, and everything else goes through",
  { timeout: 90_000 },
  async () => {
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    const queue = new Queue("webhooks", { connection });
    const options = { attempts: 1_000, removeOnComplete: true };
    await queue.add("webhook", envelope(`{"note":"${POISON}"}`), { ...options, jobId: "poison" });
    await addWebhooks([5_000, 5_001]);
    for (let crashes = 1; crashes <= 3; crashes++) {
      const { exited } = launch({ NODE_OPTIONS: `--import=${POISONED}` });
      await exited; // By its own hand.
      for (const key of await connection.keys("bull:*:lock")) {
        await connection.del(key); // Which it would have lost after a while.
      }
    }
    launch({ NODE_OPTIONS: `--import=${POISONED}` });
    await expect.poll(() => running?.output(), { timeout: 30_000 }).toContain("taking it in ended the process 3 times");
    await addWebhooks([5_002]);
    // Counted at the suppliers: an answer may have been read by one of the processes that ended.
    await expect.poll(counts, { timeout: 40_000 }).toEqual(each(3));
    expect(await queue.getJobCounts("wait", "active", "delayed", "failed")).toEqual({
      wait: 0,
      active: 0,
      delayed: 0,
      failed: 0,
    });
    await queue.close();
    connection.disconnect();
  },
);
