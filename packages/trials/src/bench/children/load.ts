// The load generator, a process of its own: sends signed orders over kept connections, as many at once as it is told, and prints
// how long it took. argv: JSON of Load.
import { createHmac, randomUUID } from "node:crypto";
import { keepConnection } from "@soh/simulators/fuzz/http-client";
import { orderBodies, SHOP } from "../orders.ts";

export interface Load {
  readonly port: number;
  readonly secret: string;
  readonly firstNumber: number;
  readonly count: number;
  readonly concurrency: number;
}

/** All in milliseconds. */
export interface LoadResult {
  /** Since the epoch. */
  readonly startedAt: number;
  readonly totalMs: number;
  /** Of each, in the order of the answers. */
  readonly latenciesMs: readonly number[];
}

const ANSWER_WITHIN_MS = 10_000;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rig wrote it
const load = JSON.parse(process.argv[2] ?? "") as Load;
/** The last first. */
const requests = orderBodies(load).map(request).toReversed();
const latenciesMs: number[] = [];
const [start, startedAt] = [performance.now(), Date.now()];
await Promise.all(Array.from({ length: load.concurrency }, send));
const totalMs = performance.now() - start;
process.stdout.write(`${JSON.stringify({ startedAt, totalMs, latenciesMs } satisfies LoadResult)}\n`);

async function send(): Promise<void> {
  const connection = keepConnection(load.port);
  for (let bytes = requests.pop(); bytes !== undefined; bytes = requests.pop()) {
    const exchanged = await connection.exchange(bytes, { head: false, timeoutMs: ANSWER_WITHIN_MS });
    if (!("answer" in exchanged) || exchanged.answer.status !== 200) {
      throw new Error(`a webhook was not accepted: ${JSON.stringify(exchanged)}`);
    }
    latenciesMs.push(exchanged.ms);
  }
  connection.close();
}

function request(body: Buffer): Buffer {
  const head = [
    "POST /webhooks/shopify HTTP/1.1",
    "host: 127.0.0.1",
    "content-type: application/json",
    `content-length: ${body.byteLength}`,
    "x-shopify-topic: orders/create",
    `x-shopify-hmac-sha256: ${createHmac("sha256", load.secret).update(body).digest("base64")}`,
    `x-shopify-shop-domain: ${SHOP}`,
    "x-shopify-api-version: 2026-10",
    `x-shopify-webhook-id: ${randomUUID()}`,
    `x-shopify-event-id: ${randomUUID()}`,
    `x-shopify-triggered-at: ${new Date().toISOString()}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}
