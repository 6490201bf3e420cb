// An ingest of the test's own, in this process, on a port of its own.
import { Secret } from "@soh/shared/config";
import { WEBHOOKS_QUEUE } from "@soh/shared/jobs";
import { createLogger } from "@soh/shared/logger";
import type { WebhookEnvelope } from "@soh/shared/webhook";
import { Queue, type Job } from "bullmq";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { buildIngest, type Ingest, type IngestDeps } from "../src/app.ts";
import type { IngestConfig } from "../src/config.ts";
import { SECRET, SHOP } from "./webhook.ts";

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export interface TestIngest {
  readonly url: string;
  readonly port: number;
  readonly ingest: Ingest;
  /** What it logged, parsed. */
  readonly lines: Record<string, unknown>[];
  /** What it logged, as text. */
  readonly log: () => string;
  readonly post: (body: Buffer<ArrayBuffer>, headers: Record<string, string>) => Promise<Answer>;
  readonly get: (path: string) => Promise<Answer>;
  readonly metric: (name: string) => Promise<number>;
}

export async function startIngest(
  redisUrl: string,
  overrides: Partial<IngestConfig> & Omit<IngestDeps, "logger"> = {},
): Promise<TestIngest> {
  const { requestTimeoutMs, ...config } = overrides;
  const texts: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const write = (text: string): void => {
    texts.push(text);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every log line is an object
    lines.push(JSON.parse(text) as Record<string, unknown>);
  };
  const ingest = buildIngest(
    {
      host: "127.0.0.1",
      port: 0,
      logLevel: "info",
      maxBodyBytes: 5 * 1024 * 1024,
      maxInFlightBytes: 64 * 1024 * 1024,
      redisUrl: new Secret(redisUrl),
      shops: { [SHOP]: { webhook_secrets: [new Secret(SECRET)] } },
      ...config,
    },
    {
      logger: createLogger({ service: "ingest", level: "info", destination: { write } }),
      ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    },
  );
  await ingest.start();
  onTestFinished(() => ingest.stop());
  const port = ingest.port();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    ingest,
    lines,
    log: () => texts.join(""),
    post: async (body, headers) => read(await fetch(`${url}/webhooks/shopify`, { method: "POST", body, headers })),
    get: async (path) => read(await fetch(`${url}${path}`)),
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]);
    },
  };
}

async function read(response: Response): Promise<Answer> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every answer is an object; a test that fails here should
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

/** What is on the webhooks queue, as the dispatcher would find it. */
export async function openQueue(redisUrl: string): Promise<{
  readonly jobs: () => Promise<Job<WebhookEnvelope>[]>;
  readonly redis: Redis;
}> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  const queue = new Queue<WebhookEnvelope>(WEBHOOKS_QUEUE, { connection: redis });
  queue.on("error", () => {});
  await queue.waitUntilReady();
  onTestFinished(async () => {
    await queue.close();
    redis.disconnect();
  });
  return { jobs: () => queue.getJobs(["waiting", "delayed", "active", "failed", "completed"]), redis };
}
