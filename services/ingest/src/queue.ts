// Putting webhooks on the queue, so that "confirmed" means: Redis has it, on its disk and on its replicas.
//
// A refusal does not mean "not stored": what was sent may be carried out later, when Redis wakes up. Deduplication makes
// Shopify's retry harmless then: it is answered as a duplicate.
import { createHash, randomUUID } from "node:crypto";
import { WEBHOOK_JOB, WEBHOOKS_QUEUE } from "@soh/shared/jobs";
import type { WebhookEnvelope } from "@soh/shared/webhook";
import { Queue, type JobsOptions } from "bullmq";
import type { Connection } from "./connection.ts";
import { createReplicaWait } from "./replicas.ts";

/** The contract says 3 s in all, on a busy machine too; Shopify gives up after 5 s. */
const CONFIRM_WITHIN_MS = 2_500;
/** Shopify retries over 4 hours and may be a day late. */
const DEDUPLICATE_FOR_MS = 48 * 60 * 60 * 1000;

const JOB_OPTIONS = {
  // Without limit: the dispatcher sets bad content aside by itself, so only broken infrastructure fails a job. BullMQ's
  // exponential backoff has no ceiling (attempt 30 would wait for years), so the pause is fixed: 5 to 10 s.
  attempts: 1_000_000_000,
  backoff: { type: "fixed", delay: 10_000, jitter: 0.5 },
  // Each attempt adds a stack trace to the job, in Redis; a day of retries must not fill it.
  stackTraceLimit: 3,
  removeOnComplete: true,
  // A failed job stays until a person decides, or a duplicate would name a job that no longer exists.
  removeOnFail: false,
} satisfies JobsOptions;

type Confirmation =
  | { readonly result: "queued" | "duplicate" }
  | {
      readonly result: "unavailable";
      readonly reason: "redis_refused" | "redis_timeout" | "replicas_behind";
      readonly detail: string;
    };

interface Adding {
  /** Within 3 s. Never rejects. */
  readonly confirmation: Promise<Confirmation>;
  /** When the connection no longer holds the webhook's bytes; perhaps long after the confirmation. Never rejects. */
  readonly settled: Promise<void>;
}

export interface WebhookQueue {
  add(webhook: WebhookEnvelope): Adding;
  close(): Promise<void>;
}

export function createWebhookQueue(connection: Connection): WebhookQueue {
  const queue = new Queue<WebhookEnvelope, void, typeof WEBHOOK_JOB>(WEBHOOKS_QUEUE, {
    connection: connection.redis,
    // BullMQ would otherwise wait for Redis once, at creation: while it is down every add hangs, and if Redis fails again in
    // that moment, every add is refused for ever. Like this, the connection alone decides.
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  queue.on("error", () => {}); // The connection's own, reported there.
  const replicas = createReplicaWait(connection);

  async function store(webhook: WebhookEnvelope): Promise<"queued" | "duplicate"> {
    const jobId = randomUUID();
    const deduplication = { id: deduplicationId(webhook), ttl: DEDUPLICATE_FOR_MS };
    const job = await queue.add(WEBHOOK_JOB, webhook, { ...JOB_OPTIONS, jobId, deduplication });
    // BullMQ answers with the id of the job that was there before.
    return job.id === jobId ? "queued" : "duplicate";
  }

  async function confirm(stored: Promise<"queued" | "duplicate">): Promise<Confirmation> {
    try {
      const result = await stored;
      // For a duplicate too: its first delivery may have been refused because of a replica. It wrote as well (a counter),
      // after the job, so the replicas that have this write have the job.
      const behind = await replicas.confirm();
      return behind === undefined ? { result } : { result: "unavailable", reason: "replicas_behind", detail: behind };
    } catch (error) {
      // The message only: ioredis hangs the command, and so the body, on its errors.
      const detail = error instanceof Error ? error.message.slice(0, 200) : "unknown";
      return { result: "unavailable", reason: "redis_refused", detail };
    }
  }

  return {
    add(webhook) {
      const stored = store(webhook);
      return {
        confirmation: withDeadline(confirm(stored)),
        settled: stored.then(
          () => undefined,
          () => undefined,
        ),
      };
    },
    close: () => queue.close(),
  };
}

async function withDeadline(confirmation: Promise<Confirmation>): Promise<Confirmation> {
  const { promise: late, resolve } = Promise.withResolvers<Confirmation>();
  const detail = `no answer within ${CONFIRM_WITHIN_MS} ms`;
  const timer = setTimeout(resolve, CONFIRM_WITHIN_MS, { result: "unavailable", reason: "redis_timeout", detail });
  try {
    return await Promise.race([confirmation, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A hash, because the three come from headers: any length and any character, and ":" separates Redis keys. */
function deduplicationId({ shop, topic, webhookId }: WebhookEnvelope): string {
  return createHash("sha256")
    .update(JSON.stringify([shop, topic, webhookId]))
    .digest("hex");
}
