import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from "vitest";
import { startIngest } from "../../test/ingest.ts";
import { prepareRedis, type RedisServer } from "@soh/simulators/redis-server";

it("is alive and ready where Redis is durable", async () => {
  const { get } = await startIngest(`${inject("redisUrl")}/${process.env.VITEST_POOL_ID}`);
  expect(await get("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
  expect(await get("/readyz")).toMatchObject({ status: 200, body: { status: "ready", unknown: [] } });
});

describe("is not ready, and says why,", () => {
  let redis: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    redis = await prepareRedis();
    await redis.start();
    admin = new Redis(redis.url);
  });
  beforeEach(async () => {
    await admin.config("SET", "appendonly", "yes", "appendfsync", "always", "maxmemory-policy", "noeviction");
  });
  afterAll(async () => {
    admin.disconnect();
    await redis.remove();
  });

  it.each([
    ["appendonly", "no", "appendonly is off: set `appendonly yes`"],
    ["appendfsync", "everysec", "appendfsync is everysec: set `appendfsync always`"],
    ["appendfsync", "no", "appendfsync is no: set `appendfsync always`"],
    ["maxmemory-policy", "allkeys-lru", "maxmemory-policy is allkeys-lru: set `maxmemory-policy noeviction`"],
  ])("where Redis has %s %s", async (setting, value, reason) => {
    await admin.config("SET", setting, value);
    const { get } = await startIngest(redis.url);
    expect(await get("/readyz")).toMatchObject({ status: 503, body: { error: "not ready", reasons: [reason], unknown: [] } });
    expect(await get("/healthz")).toMatchObject({ status: 200 });
  });
});

it("is not ready where its Redis is a replica", async () => {
  const redis = await prepareRedis("--replicaof", "127.0.0.1", "1");
  onTestFinished(() => redis.remove());
  await redis.start();
  const { get } = await startIngest(redis.url);
  const { status, body } = await get("/readyz");
  expect(status).toBe(503);
  expect(body.reasons).toEqual(["this Redis is a read-only replica: REDIS_URL must name the primary"]);
});

it("is ready where a managed Redis will not tell its fsync policy, and says what it does not know", async () => {
  const redis = await prepareRedis("--rename-command", "CONFIG", "");
  onTestFinished(() => redis.remove());
  await redis.start();
  const { get } = await startIngest(redis.url);
  expect(await get("/readyz")).toMatchObject({
    status: 200,
    body: { status: "ready", unknown: ["appendfsync (CONFIG GET is refused)"] },
  });
});
