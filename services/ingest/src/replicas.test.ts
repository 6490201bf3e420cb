import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openQueue, startIngest } from "../test/ingest.ts";
import { prepareRedis, type RedisServer } from "@soh/simulators/redis-server";
import { headersFor, ORDER } from "../test/webhook.ts";
import { createReplicaWait } from "./replicas.ts";

describe("with real replicas", () => {
  /** The contract says 3 s; the rest is for a machine that is busy with other tests. */
  const BOUND_MS = 3_500;

  let primary: RedisServer;
  let replica: RedisServer;
  beforeEach(async () => {
    primary = await prepareRedis("--repl-diskless-sync-delay", "0");
    await primary.start();
    replica = await prepareRedis("--replicaof", "127.0.0.1", String(primary.port));
    await replica.start();
    const admin = new Redis(primary.url);
    await vi.waitUntil(async () => (await admin.info("replication")).includes("state=online"), { timeout: 15_000 });
    admin.disconnect();
  });
  afterEach(async () => {
    await replica.remove();
    await primary.remove();
  });

  it("a webhook is confirmed when the replica has it", async () => {
    const { post } = await startIngest(primary.url);
    const copy = new Redis(replica.url);
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await post(ORDER, headersFor(ORDER))).body.status),
    );
    expect(new Set(statuses)).toEqual(new Set(["queued"]));
    // At once, without waiting for anything: the confirmation promised it.
    expect(await copy.llen("bull:webhooks:wait")).toBe(20);
    copy.disconnect();
  });

  it("while a replica hangs, webhooks get 503 within 3 s; the retry is confirmed as a duplicate when it has the first", async () => {
    const { post, lines } = await startIngest(primary.url);
    const { jobs } = await openQueue(primary.url);
    const headers = headersFor(ORDER);
    replica.freeze();
    expect(await post(ORDER, headers)).toMatchObject({ status: 503 });
    expect(lines.at(-1)).toMatchObject({ reason: "replicas_behind", detail: "0 of 1 replicas confirmed (WAIT)" });
    expect(Number(lines.at(-1)?.duration_ms)).toBeLessThan(BOUND_MS);
    // A duplicate is no way around it.
    expect(await post(ORDER, headers)).toMatchObject({ status: 503 });
    replica.thaw();
    expect(await post(ORDER, headers)).toMatchObject({ status: 200, body: { status: "duplicate" } });
    expect(await jobs()).toHaveLength(1);
  });

  it("a replica that is gone is not waited for", async () => {
    const { post } = await startIngest(primary.url);
    expect(await post(ORDER, headersFor(ORDER))).toMatchObject({ status: 200 });
    await replica.kill();
    await vi.waitFor(async () => expect(await post(ORDER, headersFor(ORDER))).toMatchObject({ status: 200 }), {
      timeout: 15_000,
    });
  });
});

// No Redis 7.2 to test against is packaged for Debian 12: its reply's shape is from https://redis.io/docs/latest/commands/waitaof/
describe("the wait", () => {
  const info = (version: string, ...states: string[]) =>
    [
      `redis_version:${version}`,
      ...states.map((state, n) => `slave${n}:ip=10.0.0.${n},port=6379,state=${state},offset=1,lag=0`),
    ].join("\r\n");

  function scripted(text: string, reply: (sent: readonly unknown[]) => unknown) {
    const sent: unknown[][] = [];
    const asked = { info: 0 };
    let epoch = 0;
    const replicas = createReplicaWait({
      redis: {
        info: () => {
          asked.info += 1;
          return Promise.resolve(text);
        },
        call: (...command) => {
          sent.push(command);
          return Promise.resolve(reply(command));
        },
      },
      epoch: () => epoch,
    });
    return { replicas, sent, asked, reconnect: () => (epoch += 1) };
  }

  it("is for the disks of the replicas from Redis 7.2 on", async () => {
    const { replicas, sent } = scripted(info("7.2.0", "online", "online"), () => [1, 2]);
    expect(await replicas.confirm()).toBeUndefined();
    expect(sent).toEqual([["WAITAOF", 0, 2, 1_800]]);
  });

  it("is for their memory before, and for those only that are online", async () => {
    const { replicas, sent } = scripted(info("7.0.15", "online", "wait_bgsave"), () => 1);
    expect(await replicas.confirm()).toBeUndefined();
    expect(sent).toEqual([["WAIT", 1, 1_800]]);
  });

  it("is left out where there is no replica, and their number is asked once in a while only", async () => {
    const { replicas, sent, asked } = scripted(info("8.0.1"), () => undefined);
    await Promise.all([replicas.confirm(), replicas.confirm(), replicas.confirm()]);
    await replicas.confirm();
    expect(sent).toEqual([]);
    expect(asked.info).toBe(1);
  });

  it("says how many are behind, and counts them again then", async () => {
    const { replicas, asked } = scripted(info("7.4.1", "online", "online"), () => [1, 1]);
    expect(await replicas.confirm()).toBe("1 of 2 replicas confirmed (WAITAOF)");
    await replicas.confirm();
    expect(asked.info).toBe(2);
  });

  it("is one for all webhooks that Redis answered meanwhile", async () => {
    const { replicas, sent } = scripted(info("7.4.1", "online"), () => [1, 1]);
    await replicas.confirm();
    await Promise.all(Array.from({ length: 50 }, () => replicas.confirm()));
    expect(sent.length).toBeLessThanOrEqual(3);
  });

  it("confirms nothing where the connection was lost: WAIT knows only the writes of its own", async () => {
    const lost = scripted(info("7.0.15", "online"), () => (lost.reconnect(), 1));
    expect(await lost.replicas.confirm()).toBe("the connection was lost before the replicas confirmed");
  });
});
