import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { Secret } from "@soh/shared/config";
import { WEBHOOKS_QUEUE } from "@soh/shared/jobs";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { beforeEach, describe, expect, inject, it, vi } from "vitest";
import { openQueue, startIngest } from "../../test/ingest.ts";
import { headersFor, ORDER, SECRET, SHOP, sign } from "../../test/webhook.ts";

const eventually = { timeout: 15_000, interval: 20 };

const redisUrl = `${inject("redisUrl")}/${process.env.VITEST_POOL_ID}`;
const MB = 1024 * 1024;

beforeEach(async () => {
  const redis = new Redis(redisUrl);
  await redis.flushdb();
  redis.disconnect();
});

describe("a webhook that is taken in", () => {
  it("is answered `queued` and is on the queue with all its headers", async () => {
    const { post, lines } = await startIngest(redisUrl);
    const { jobs } = await openQueue(redisUrl);
    const before = Date.now();
    const answer = await post(
      ORDER,
      headersFor(ORDER, { "x-shopify-webhook-id": "w-1", "x-shopify-shop-domain": "SERMAT.myshopify.com" }),
    );
    expect(answer).toMatchObject({ status: 200, body: { status: "queued" } });
    const [job, ...others] = await jobs();
    expect(others).toEqual([]);
    expect(job?.name).toBe("webhook");
    expect(job?.data).toEqual({
      version: 1,
      shop: SHOP,
      topic: "orders/create",
      webhookId: "w-1",
      eventId: "98880550-7158-44d4-b7cd-2c97c8a091b5",
      apiVersion: "2026-10",
      triggeredAt: "2026-11-23T05:50:00.123456789Z",
      receivedAt: expect.any(Number),
      body: { encoding: "utf8", data: ORDER.toString() },
    });
    expect(job?.data.receivedAt).toBeGreaterThanOrEqual(before);
    expect(lines.filter(({ event }) => String(event).startsWith("webhook."))).toEqual([
      expect.objectContaining({
        level: "info",
        event: "webhook.accepted",
        shop: "SERMAT.myshopify.com",
        topic: "orders/create",
        webhook_id: "w-1",
        bytes: ORDER.length,
        status: 200,
        duration_ms: expect.any(Number),
      }),
    ]);
  });

  it("needs none of the optional headers", async () => {
    const { post } = await startIngest(redisUrl);
    const { jobs } = await openQueue(redisUrl);
    const names = ["x-shopify-api-version", "x-shopify-triggered-at", "x-shopify-event-id", "content-type"];
    const headers = headersFor(ORDER, Object.fromEntries(names.map((name) => [name, undefined])));
    expect(await post(ORDER, headers)).toMatchObject({ status: 200, body: { status: "queued" } });
    expect((await jobs())[0]?.data).not.toHaveProperty("apiVersion");
  });

  it.each(["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ";;;"])(
    "may have any content type: %s",
    async (contentType) => {
      const { post } = await startIngest(redisUrl);
      expect(await post(ORDER, headersFor(ORDER, { "content-type": contentType }))).toMatchObject({ status: 200 });
    },
  );

  it("may be empty", async () => {
    const { post } = await startIngest(redisUrl);
    const { jobs } = await openQueue(redisUrl);
    const empty = Buffer.alloc(0);
    expect(await post(empty, headersFor(empty))).toMatchObject({ status: 200, body: { status: "queued" } });
    expect((await jobs())[0]?.data.body).toEqual({ encoding: "utf8", data: "" });
  });

  it.each([
    ["ids beyond 2^53 and odd spacing", Buffer.from('{ "id" : 820982911946154508 ,\r\n"price":"1.10" }')],
    ["any Unicode, a byte order mark and NUL", Buffer.from('\uFEFF{"note":"é😀\u2028\u0000"}')],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0xc3, 0x28, 0x7d])],
  ])("keeps its body byte for byte: %s", async (_, body) => {
    const { post } = await startIngest(redisUrl);
    const { jobs } = await openQueue(redisUrl);
    expect(await post(body, headersFor(body))).toMatchObject({ status: 200 });
    const stored = (await jobs())[0]?.data.body;
    expect(Buffer.from(stored?.data ?? "", stored?.encoding).equals(body)).toBe(true);
  });

  it("is retried without limit, kept when it fails and removed when it is done", async () => {
    const { post } = await startIngest(redisUrl);
    const { jobs } = await openQueue(redisUrl);
    await post(ORDER, headersFor(ORDER));
    expect((await jobs())[0]?.opts).toMatchObject({
      attempts: 1_000_000_000,
      backoff: { type: "fixed", delay: 10_000, jitter: 0.5 },
      stackTraceLimit: 3,
      removeOnComplete: true,
      removeOnFail: false,
    });
  });

  it("of 5 MB, and of any secret of the shop, is accepted", async () => {
    const secrets = [new Secret("shpss_old"), new Secret(SECRET)];
    const { post } = await startIngest(redisUrl, { shops: { [SHOP]: { webhook_secrets: secrets } } });
    const large = Buffer.alloc(5 * MB, "x");
    expect(await post(large, headersFor(large))).toMatchObject({ status: 200, body: { status: "queued" } });
    for (const [secret, status] of [
      ["shpss_old", 200],
      ["shpss_older", 401],
    ] as const) {
      const headers = headersFor(ORDER, { "x-shopify-hmac-sha256": sign(ORDER, secret) });
      expect(await post(ORDER, headers)).toMatchObject({ status });
    }
  });
});

describe("the same webhook again", () => {
  it("is a duplicate", async () => {
    const { post, lines } = await startIngest(redisUrl);
    const { jobs, redis } = await openQueue(redisUrl);
    const headers = headersFor(ORDER);
    expect((await post(ORDER, headers)).body).toEqual({ status: "queued" });
    expect(await post(ORDER, headers)).toMatchObject({ status: 200, body: { status: "duplicate" } });
    expect(await jobs()).toHaveLength(1);
    expect(lines.at(-1)).toMatchObject({ event: "webhook.duplicate", status: 200 });
    const [key] = await redis.keys("*:de:*");
    const hours = (await redis.pttl(key ?? "")) / 3_600_000;
    expect(Math.ceil(hours)).toBe(48);
  });

  it("is a duplicate also when its job is done", async () => {
    const { post } = await startIngest(redisUrl);
    const { jobs } = await openQueue(redisUrl);
    const headers = headersFor(ORDER);
    await post(ORDER, headers);
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    const worker = new Worker(WEBHOOKS_QUEUE, () => Promise.resolve(), { connection });
    await new Promise((resolve) => worker.on("completed", resolve));
    await worker.close();
    connection.disconnect();
    expect((await post(ORDER, headers)).body).toEqual({ status: "duplicate" });
    expect(await jobs()).toEqual([]);
  });

  it("ten times at once is one job, one `queued` and nine `duplicate`", async () => {
    const { post } = await startIngest(redisUrl);
    const { jobs } = await openQueue(redisUrl);
    const headers = headersFor(ORDER);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(ORDER, headers)));
    const count = (status: string) => answers.filter(({ body }) => body.status === status).length;
    expect([count("queued"), count("duplicate")]).toEqual([1, 9]);
    expect(await jobs()).toHaveLength(1);
  });

  it("is not the same where shop, topic or webhook id differ", async () => {
    const other = "other.myshopify.com";
    const secrets = { webhook_secrets: [new Secret(SECRET)] };
    const { post } = await startIngest(redisUrl, { shops: { [SHOP]: secrets, [other]: secrets } });
    const id = { "x-shopify-webhook-id": "a:b:c" };
    const webhooks = [
      id,
      { ...id, "x-shopify-shop-domain": other },
      { ...id, "x-shopify-topic": "orders/paid" },
      { "x-shopify-webhook-id": "a:b" },
    ];
    for (const overrides of webhooks) {
      expect((await post(ORDER, headersFor(ORDER, overrides))).body).toEqual({ status: "queued" });
    }
  });
});

describe("a webhook that is refused", () => {
  const cases: [string, Record<string, string | undefined>, number, string][] = [
    ["without a signature", { "x-shopify-hmac-sha256": undefined }, 401, "hmac_missing"],
    ["with another secret's signature", { "x-shopify-hmac-sha256": sign(ORDER, "stolen") }, 401, "hmac_wrong"],
    ["with a short signature", { "x-shopify-hmac-sha256": "c2hvcnQ=" }, 401, "hmac_wrong"],
    ["with a signature that is not base64", { "x-shopify-hmac-sha256": "%".repeat(44) }, 401, "hmac_wrong"],
    ["with a signature of absurd length", { "x-shopify-hmac-sha256": "A".repeat(4000) }, 401, "hmac_missing"],
    ["without a shop", { "x-shopify-shop-domain": undefined }, 401, "shop_missing"],
    ["of an unknown shop", { "x-shopify-shop-domain": "else.myshopify.com" }, 401, "shop_unknown"],
    ["of a shop named like a property of every object", { "x-shopify-shop-domain": "__proto__" }, 401, "shop_unknown"],
    ["without a topic", { "x-shopify-topic": undefined }, 400, "topic_missing"],
    ["without a webhook id", { "x-shopify-webhook-id": undefined }, 400, "webhook_id_missing"],
    ["with a webhook id of absurd length", { "x-shopify-webhook-id": "w".repeat(256) }, 400, "webhook_id_missing"],
    [
      "without topic, wrongly signed: the signature comes first",
      { "x-shopify-topic": undefined, "x-shopify-hmac-sha256": "x" },
      401,
      "hmac_wrong",
    ],
    [
      "without webhook id, of a topic that nobody handles",
      { "x-shopify-webhook-id": undefined, "x-shopify-topic": "carts/create" },
      400,
      "webhook_id_missing",
    ],
  ];
  it.each(cases)("%s", async (_, overrides, status, reason) => {
    const { post, lines, log } = await startIngest(redisUrl);
    const { jobs } = await openQueue(redisUrl);
    const answer = await post(ORDER, headersFor(ORDER, overrides));
    expect(answer).toMatchObject({ status, body: { error: expect.any(String) } });
    expect(Object.keys(answer.body)).toEqual(["error"]);
    expect(lines.at(-1)).toMatchObject({ level: "warn", event: "webhook.refused", status, reason });
    expect(`${log()}${JSON.stringify(answer.body)}`).not.toMatch(/jeanne|shpss_/);
    expect(await jobs()).toEqual([]);
  });

  it("is too large by its Content-Length, before its body is read and its signature looked at", async () => {
    const { port, lines } = await startIngest(redisUrl);
    const headers = { ...headersFor(ORDER, { "x-shopify-hmac-sha256": undefined }), "content-length": String(5 * MB + 1) };
    const request = httpRequest({ port, path: "/webhooks/shopify", method: "POST", headers });
    request.on("error", () => {});
    request.flushHeaders();
    const response = await new Promise<IncomingMessage>((resolve) => request.on("response", resolve));
    expect(response.statusCode).toBe(413);
    request.destroy();
    expect(lines.at(-1)).toMatchObject({ event: "webhook.refused", status: 413, reason: "too_large", bytes: 5 * MB + 1 });
  });

  it("is too large by the bytes that came, whatever was declared", async () => {
    const { url, metric } = await startIngest(redisUrl);
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 6; sent++) {
          controller.enqueue(Buffer.alloc(MB, "x"));
        }
        controller.close();
      },
    });
    const init = { method: "POST", body, headers: headersFor(ORDER), duplex: "half" } as const;
    const response = await fetch(`${url}/webhooks/shopify`, init);
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ error: "the body is too large" });
    expect(await metric("soh_ingest_in_flight_bytes")).toBe(0);
  });

  it("would pass the bound of bytes in flight", async () => {
    const { post, lines } = await startIngest(redisUrl, { maxBodyBytes: 50_000, maxInFlightBytes: 50_000 });
    const body = Buffer.alloc(45_000, "x");
    const answer = await post(body, headersFor(body));
    expect(answer).toMatchObject({ status: 503, body: { error: expect.any(String) } });
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(lines.at(-1)).toMatchObject({ event: "webhook.unavailable", reason: "too_many_bytes_in_flight" });
    expect(await post(ORDER, headersFor(ORDER))).toMatchObject({ status: 200 });
  });
});

it("a topic that nobody handles is ignored: logged, not queued", async () => {
  const { post, lines } = await startIngest(redisUrl);
  const { jobs } = await openQueue(redisUrl);
  const answer = await post(ORDER, headersFor(ORDER, { "x-shopify-topic": "carts/create" }));
  expect(answer).toMatchObject({ status: 200, body: { status: "ignored" } });
  expect(lines.at(-1)).toMatchObject({ event: "webhook.ignored", topic: "carts/create", status: 200 });
  expect(await jobs()).toEqual([]);
});

it.each([
  ["GET", "/webhooks/shopify", 405, "POST"],
  ["PUT", "/webhooks/shopify", 405, "POST"],
  ["POST", "/readyz", 405, "GET, HEAD"],
  ["POST", "/webhooks/other", 404, null],
  ["GET", "/", 404, null],
  ["GET", "/%zz", 400, null],
])("%s %s is answered %i in the same shape", async (method, path, status, allow) => {
  const { url } = await startIngest(redisUrl);
  const response = await fetch(`${url}${path}`, { method, ...(method === "GET" ? {} : { body: "x".repeat(100) }) });
  expect(response.status).toBe(status);
  expect(response.headers.get("allow")).toBe(allow);
  expect(await response.json()).toEqual({ error: expect.any(String) });
});

it("a body that comes in drops is cut off, and what it held is given back", async () => {
  const { port, lines, metric } = await startIngest(redisUrl, { requestTimeoutMs: 500 });
  const socket = connect(port, "127.0.0.1");
  const headers = Object.entries({ ...headersFor(ORDER), "content-length": "1000000", host: "x" });
  socket.write(`POST /webhooks/shopify HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  const drops = setInterval(() => socket.write("x"), 20);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => {}); // A drop on its way when the connection ends is answered by a reset.
  socket.resume();
  await closed;
  clearInterval(drops);
  await vi.waitFor(
    () => expect(lines.at(-1)).toMatchObject({ event: "webhook.refused", reason: "cut_off", status: 400 }),
    eventually,
  );
  expect(await metric("soh_ingest_in_flight_bytes")).toBe(0);
});

it("the metrics count each answer, by topics of ours only", async () => {
  const { post, url } = await startIngest(redisUrl);
  const headers = headersFor(ORDER);
  await post(ORDER, headers);
  await post(ORDER, headers);
  await post(ORDER, headersFor(ORDER, { "x-shopify-topic": "evil/topic" }));
  await post(ORDER, headersFor(ORDER, { "x-shopify-hmac-sha256": "x" }));
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('soh_ingest_webhooks_total{result="queued",status="200",topic="orders/create"} 1');
  expect(text).toContain('soh_ingest_webhooks_total{result="duplicate",status="200",topic="orders/create"} 1');
  expect(text).toContain('soh_ingest_webhooks_total{result="ignored",status="200",topic="other"} 1');
  expect(text).toContain('soh_ingest_webhooks_total{result="refused",status="401",topic="orders/create"} 1');
  expect(text).toContain("soh_ingest_redis_up 1");
  expect(text).not.toContain("evil");
});
