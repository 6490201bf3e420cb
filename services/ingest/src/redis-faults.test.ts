// What happens to webhooks while Redis is killed, frozen, full or not there yet.
import { connect, createServer, type Socket } from "node:net";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openQueue, startIngest, type TestIngest } from "../test/ingest.ts";
import { prepareRedis, type RedisServer } from "@soh/simulators/redis-server";
import { headersFor, ORDER } from "../test/webhook.ts";

let redis: RedisServer;
beforeEach(async () => {
  redis = await prepareRedis();
});
afterEach(() => redis.remove());

const eventually = { timeout: 15_000, interval: 20 };
const webhook = (id: string, body = ORDER) => headersFor(body, { "x-shopify-webhook-id": id });

/** Sends it until it is stored, as Shopify would. */
async function insist(ingest: TestIngest, headers: Record<string, string>, body = ORDER): Promise<void> {
  await vi.waitUntil(async () => (await ingest.post(body, headers)).status === 200, eventually);
}

/** Stands where Redis was and hangs up on each visitor, until so many have come. */
async function attempts(port: number, count: number): Promise<void> {
  let visitors = 0;
  const door = createServer((visitor) => {
    visitors += 1;
    visitor.destroy();
  });
  await new Promise<void>((resolve) => door.listen(port, "127.0.0.1", resolve));
  await vi.waitUntil(() => visitors >= count, eventually);
  await new Promise((resolve) => door.close(resolve));
}

function eventsOf(ingest: TestIngest, prefix: string): unknown[] {
  return ingest.lines.map(({ event }) => event).filter((event) => String(event).startsWith(prefix));
}

describe("while Redis is away", () => {
  it("webhooks get 503 at once, and what needs no Redis gets its own answer", async () => {
    await redis.start();
    const ingest = await startIngest(redis.url);
    await redis.kill();
    const refused = await ingest.post(ORDER, webhook("w-1"));
    expect(refused).toMatchObject({ status: 503, body: { error: expect.any(String) } });
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(ingest.lines.findLast(({ event }) => event === "webhook.unavailable")).toMatchObject({
      reason: "redis_refused",
      status: 503,
    });
    const unsigned = headersFor(ORDER, { "x-shopify-hmac-sha256": undefined });
    expect(await ingest.post(ORDER, unsigned)).toMatchObject({ status: 401 });
    expect(await ingest.post(ORDER, headersFor(ORDER, { "x-shopify-topic": undefined }))).toMatchObject({ status: 400 });
    const ignored = headersFor(ORDER, { "x-shopify-topic": "carts/create" });
    expect(await ingest.post(ORDER, ignored)).toMatchObject({ status: 200, body: { status: "ignored" } });
    expect(await ingest.get("/healthz")).toMatchObject({ status: 200 });
    const notReady = await ingest.get("/readyz");
    expect(notReady.status).toBe(503);
    expect(JSON.stringify(notReady.body)).toContain("Redis is away");
    expect(await ingest.metric("soh_ingest_redis_up")).toBe(0);
  });

  it("ingest starts, and takes webhooks in as soon as Redis comes", async () => {
    const ingest = await startIngest(redis.url);
    const headers = webhook("w-1");
    expect(await ingest.post(ORDER, headers)).toMatchObject({ status: 503 });
    expect(ingest.lines.at(-1)).toMatchObject({ event: "webhook.unavailable", reason: "redis_refused" });
    await redis.start();
    await insist(ingest, headers);
    const { jobs } = await openQueue(redis.url);
    expect(await jobs()).toHaveLength(1);
    expect(await ingest.get("/readyz")).toMatchObject({ status: 200 });
  });

  it("its going and coming are logged once each, however many webhooks come", async () => {
    await redis.start();
    const ingest = await startIngest(redis.url);
    for (let round = 0; round < 2; round++) {
      await redis.kill();
      await vi.waitFor(() => expect(eventsOf(ingest, "redis.").at(-1)).toBe("redis.away"), eventually);
      await attempts(redis.port, 3);
      await Promise.all(Array.from({ length: 20 }, (_, n) => ingest.post(ORDER, webhook(`${round}-${n}`))));
      await redis.start();
      await vi.waitFor(() => expect(eventsOf(ingest, "redis.").at(-1)).toBe("redis.back"), eventually);
    }
    expect(eventsOf(ingest, "redis.")).toEqual(["redis.away", "redis.back", "redis.away", "redis.back"]);
  });
});

it("killed under load and started again: every 200 is on the queue, each webhook once, without a restart of ingest", async () => {
  await redis.start();
  const ingest = await startIngest(redis.url);
  const ids = Array.from({ length: 400 }, (_, n) => `w-${n}`);
  const waiting = [...ids];
  const accepted: string[] = [];
  const sender = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      await insist(ingest, webhook(id));
      accepted.push(id);
    }
  };
  const senders = Promise.all(Array.from({ length: 16 }, sender));
  for (const count of [100, 200]) {
    await vi.waitUntil(() => accepted.length >= count, eventually);
    await redis.kill();
    const id = `while-away-${count}`;
    expect(await ingest.post(ORDER, webhook(id))).toMatchObject({ status: 503 });
    ids.push(id);
    waiting.push(id);
    await redis.start();
  }
  await senders;
  const { jobs } = await openQueue(redis.url);
  const stored = (await jobs()).map(({ data }) => data.webhookId);
  expect(new Set(stored)).toEqual(new Set(ids));
  expect(stored).toHaveLength(ids.length);
  expect(ingest.log()).not.toContain("jeanne");
});

describe("while Redis hangs", () => {
  /** The contract says 3 s; the rest is for a machine that is busy with other tests. */
  const BOUND_MS = 3_500;
  const MAX_IN_FLIGHT = 1_000_000;
  const body = Buffer.alloc(90_000, "x");

  it("webhooks get 503 within 3 s, memory is bounded until it answers, and a retry is stored once", async () => {
    await redis.start();
    const ingest = await startIngest(redis.url, { maxBodyBytes: 100_000, maxInFlightBytes: MAX_IN_FLIGHT });
    const { jobs } = await openQueue(redis.url);
    const ids = Array.from({ length: 40 }, (_, n) => `w-${n}`);
    redis.freeze();
    const answers = await Promise.all(ids.map((id) => ingest.post(body, webhook(id, body))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    const lines = ingest.lines.filter(({ event }) => event === "webhook.unavailable");
    expect(lines.map(({ reason }) => reason)).toEqual(expect.arrayContaining(["redis_timeout", "too_many_bytes_in_flight"]));
    expect(Math.max(...lines.map(({ duration_ms: ms }) => Number(ms)))).toBeLessThan(BOUND_MS);

    // All are answered, and what was sent still counts: it is in memory until Redis or the connection lets go of it.
    const held = await ingest.metric("soh_ingest_in_flight_bytes");
    expect(held).toBeGreaterThan(MAX_IN_FLIGHT / 2);
    expect(held).toBeLessThanOrEqual(MAX_IN_FLIGHT);
    expect(await ingest.get("/readyz")).toMatchObject({ status: 503 });

    redis.thaw();
    await Promise.all(ids.map((id) => insist(ingest, webhook(id, body), body)));
    const stored = (await jobs()).map(({ data }) => data.webhookId);
    expect(new Set(stored)).toEqual(new Set(ids));
    expect(stored).toHaveLength(ids.length);
    await vi.waitFor(async () => expect(await ingest.metric("soh_ingest_in_flight_bytes")).toBe(0), eventually);
  });

  it("a webhook that got 503 is stored all the same when it wakes; Shopify's retry is a duplicate", async () => {
    await redis.start();
    const ingest = await startIngest(redis.url);
    const { jobs } = await openQueue(redis.url);
    const headers = webhook("w-1");
    redis.freeze();
    expect(await ingest.post(ORDER, headers)).toMatchObject({ status: 503 });
    redis.thaw();
    await vi.waitFor(async () => expect(await jobs()).toHaveLength(1), eventually);
    await insist(ingest, headers);
    expect(ingest.lines.at(-1)).toMatchObject({ event: "webhook.duplicate" });
    expect(await jobs()).toHaveLength(1);
  });

  it("ingest can stop", async () => {
    await redis.start();
    const ingest = await startIngest(redis.url);
    redis.freeze();
    const answer = ingest.post(ORDER, webhook("w-1"));
    await vi.waitFor(async () => expect(await ingest.metric("soh_ingest_in_flight_bytes")).toBeGreaterThan(0), eventually);
    await ingest.ingest.stop();
    expect(await answer).toMatchObject({ status: 503 });
  });
});

it("a connection that goes silent without being closed, as when a host dies, is replaced", async () => {
  await redis.start();
  const silent = new Set<Socket>();
  const open = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(redis.port, "127.0.0.1");
    open.add(near);
    near.on("data", (data) => silent.has(near) || far.write(data));
    far.on("data", (data) => silent.has(near) || near.write(data));
    near.on("error", () => {}).on("close", () => far.destroy());
    far.on("error", () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  const address = proxy.address();
  const ingest = await startIngest(`redis://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  expect(await ingest.post(ORDER, webhook("w-1"))).toMatchObject({ status: 200 });
  for (const socket of open) {
    silent.add(socket);
  }
  await insist(ingest, webhook("w-2"));
  expect(eventsOf(ingest, "redis.")).toEqual(["redis.away", "redis.back"]);
});

it("a Redis that is full refuses, and the body is not logged with its error", async () => {
  await redis.start();
  const ingest = await startIngest(redis.url);
  const admin = new Redis(redis.url);
  await admin.config("SET", "maxmemory", "1");
  expect(await ingest.post(ORDER, webhook("w-1"))).toMatchObject({ status: 503 });
  expect(ingest.lines.at(-1)).toMatchObject({ reason: "redis_refused", detail: expect.stringContaining("OOM") });
  expect(ingest.log()).not.toContain("jeanne");
  await admin.config("SET", "maxmemory", "0");
  admin.disconnect();
  expect(await ingest.post(ORDER, webhook("w-1"))).toMatchObject({ status: 200, body: { status: "queued" } });
});
