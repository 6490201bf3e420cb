// The reference of ingest: Queue.add in a loop, of the same orders. argv: JSON of RawAdds; prints how long it took.
import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { orderBodies, SHOP } from "../orders.ts";

export interface RawAdds {
  readonly redisUrl: string;
  readonly count: number;
  readonly concurrency: number;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rig wrote it
const { redisUrl, count, concurrency } = JSON.parse(process.argv[2] ?? "") as RawAdds;
const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
const queue = new Queue("raw", { connection });
await queue.waitUntilReady();
const jobs = orderBodies({ firstNumber: 1, count }).map((body) => ({
  version: 1,
  shop: SHOP,
  topic: "orders/create",
  webhookId: randomUUID(),
  body: { encoding: "utf8", data: body.toString() },
}));
const start = performance.now();
await Promise.all(Array.from({ length: concurrency }, add));
process.stdout.write(`${JSON.stringify({ totalMs: performance.now() - start })}\n`);
await queue.close();
connection.disconnect();

async function add(): Promise<void> {
  for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
    await queue.add("webhook", job, { jobId: job.webhookId });
  }
}
