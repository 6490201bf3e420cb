// The real process: how it starts, refuses to start, and stops.
import { spawn } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { beforeEach, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { openQueue } from "../test/ingest.ts";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { headersFor, ORDER, SECRET, SHOP } from "../test/webhook.ts";

const redisUrl = `${inject("redisUrl")}/${process.env.VITEST_POOL_ID}`;
const eventually = { timeout: 15_000, interval: 20 };

beforeEach(async () => {
  const redis = new Redis(redisUrl);
  await redis.flushdb();
  redis.disconnect();
});

const working = {
  SOH_CONFIG: join(import.meta.dirname, "../../../config/handler.yaml"),
  REDIS_URL: redisUrl,
  INGEST_PORT: "0",
  SHOPIFY_SHOP: SHOP,
  SHOPIFY_WEBHOOK_SECRET: SECRET,
};

function run(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [...NODE_FLAGS, join(import.meta.dirname, "main.ts")], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: Record<string, unknown>[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  createInterface(child.stdout).on("line", (line) => lines.push(JSON.parse(line)));
  const exited = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, stderr })),
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const logged = (event: string) => vi.waitUntil(() => lines.find((line) => line.event === event), eventually);
  return { child, exited, logged, lines };
}

const asText = (length: number) =>
  `POST /webhooks/shopify HTTP/1.1\r\n${Object.entries({ ...headersFor(ORDER), host: "x", "content-length": String(length) })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;

async function open(port: number): Promise<{ socket: Socket; received: () => string; closed: Promise<void> }> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await new Promise<void>((resolve) => socket.on("connect", resolve));
  return { socket, received: () => text, closed };
}

const refuses = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = connect(port, "127.0.0.1");
    probe.on("connect", () => (probe.destroy(), resolve(false)));
    probe.on("error", () => resolve(true));
  });

describe("the process does not start", () => {
  it.each([
    [
      "SHOPIFY_WEBHOOK_SECRET",
      "handler.yaml:7:23: shops.sermat.myshopify.com.webhook_secrets[0]: the environment variable SHOPIFY_WEBHOOK_SECRET is not set",
    ],
    ["SHOPIFY_SHOP", "the environment variable SHOPIFY_SHOP is not set"],
  ])("without %s, and names it", async (name, message) => {
    const { exited } = run({ ...working, [name]: undefined });
    const { code, stderr } = await exited;
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });

  it("on a port in use, and says so in one line", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, stderr } = await run({ ...working, INGEST_PORT: String(port) }).exited;
    expect(code).toBe(1);
    expect(stderr).toBe(`port ${port} on 127.0.0.1 is in use: stop what listens there, or set INGEST_PORT\n`);
  });
});

describe("SIGTERM", () => {
  it("finishes the request in flight, closes kept connections, accepts no more, and ends with 0", async () => {
    const { child, exited, logged } = run(working);
    const port = Number((await logged("service.started")).port);
    const idle = await open(port);
    idle.socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    await vi.waitUntil(() => idle.received().includes("200 OK"), eventually);
    const busy = await open(port);
    busy.socket.write(asText(ORDER.length));
    busy.socket.write(ORDER.subarray(0, 10));
    // The server has read the request's headers when its own count says so.
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: "close" } })).text();
      expect(metrics).not.toMatch(/^soh_ingest_in_flight_bytes 0$/m);
    }, eventually);

    child.kill("SIGTERM");
    await logged("service.stopping");
    await idle.closed;
    await vi.waitFor(async () => expect(await refuses(port)).toBe(true), eventually);
    busy.socket.write(ORDER.subarray(10));
    await busy.closed;
    expect(busy.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(busy.received().toLowerCase()).toContain("connection: close\r\n");
    expect(busy.received()).toContain('{"status":"queued"}');
    expect(await exited).toEqual({ code: 0, stderr: "" });
    const { jobs } = await openQueue(redisUrl);
    expect(await jobs()).toHaveLength(1);
  });

  it("does not wait for ever for a request that never ends", async () => {
    const { child, exited, logged, lines } = run(working);
    const port = Number((await logged("service.started")).port);
    const { socket } = await open(port);
    socket.write(asText(1000));
    child.kill("SIGTERM");
    expect(await exited).toMatchObject({ code: 0 });
    expect(lines.at(-1)).toMatchObject({ event: "service.stopped" });
  });
});
