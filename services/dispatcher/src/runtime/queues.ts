// The queues and their jobs: `webhooks`, and for each supplier `deliver.<id>` and `inbound.<id>`. A job says what to do and the
// state says whether it still is to be done, so a queue that is lost costs nothing but a sweep.
import { WEBHOOKS_QUEUE } from "@soh/shared/jobs";
import type { Logger } from "@soh/shared/logger";
import { webhookEnvelopeSchema, type WebhookEnvelope } from "@soh/shared/webhook";
import { z } from "zod";
import type { JobQueue, JobQueueOptions, StartedJob } from "./job-queue.ts";

interface Delivery {
  readonly message: string;
  readonly supplier: string;
  readonly generation: number;
}

/** What the jobs do. */
export interface Work {
  intake(
    envelope: WebhookEnvelope,
    job: StartedJob,
  ): Promise<{
    readonly outcome: string;
    readonly orderId: string | null;
    readonly reason: string | null;
    readonly ready: readonly string[];
  }>;
  deliver(job: {
    readonly message: string;
    readonly generation: number;
  }): Promise<{ readonly kind: string; readonly purchaseOrder?: string; readonly durationMs: number }>;
  look(supplier: string): Promise<unknown>;
  /** The one message, if it is due now. */
  due(message: string): Promise<Delivery | undefined>;
  connections(supplier: string): number;
}

export interface Queues {
  readonly webhooks: JobQueue;
  readonly others: readonly JobQueue[];
  readonly all: readonly JobQueue[];
  /** Sees to it that what is due is queued. Throws when Redis does not answer in time. */
  refill(due: readonly Delivery[]): Promise<void>;
  /** Queues messages that became ready. When Redis does not take them, the sweep will. */
  handOver(messages: readonly string[]): Promise<void>;
  /** Queues a look into a supplier's folders. */
  lookInto(supplier: string): Promise<void>;
}

const INTAKE_CONCURRENCY = 4;

const deliverJob = z.union([
  z.object({ version: z.literal(2), message: z.string(), generation: z.number() }),
  // Of an earlier version, which may have left it in Redis: a message has the id of the row that it was.
  z
    .object({ version: z.literal(1), purchaseOrder: z.string(), generation: z.number() })
    .transform(({ purchaseOrder: message, generation }) => ({ message, generation })),
]);

export function createQueues(options: {
  readonly suppliers: readonly { readonly id: string; readonly isLookedAt: boolean }[];
  readonly work: Work;
  readonly newQueue: (options: Omit<JobQueueOptions, "producer" | "worker" | "logger">) => JobQueue;
  /** What a supplier's server does is no fault of ours: the next look tries again. */
  readonly isSuppliersFault: (error: unknown) => error is Error;
  readonly logger: Logger;
}): Queues {
  const { suppliers, work, newQueue, logger } = options;
  const webhooks = newQueue({ name: WEBHOOKS_QUEUE, concurrency: INTAKE_CONCURRENCY, handle: takeIn });
  const deliveries = new Map(
    suppliers.map(({ id }) => {
      // One more than there are connections: it is claimed while the one before is on its way.
      const concurrency = work.connections(id) + 1;
      const handle = (data: unknown): Promise<void> => attempt(id, data);
      return [id, newQueue({ name: `deliver.${id}`, concurrency, globalConcurrency: concurrency, handle })];
    }),
  );
  const looks = new Map(
    suppliers
      .filter(({ isLookedAt }) => isLookedAt)
      .map(({ id }) => [id, newQueue({ name: `inbound.${id}`, concurrency: 1, globalConcurrency: 1, handle: () => look(id) })]),
  );
  const others = [...deliveries.values(), ...looks.values()];

  return { webhooks, others, all: [webhooks, ...others], refill, handOver, lookInto };

  async function takeIn(data: unknown, job: StartedJob): Promise<void> {
    const started = performance.now();
    const envelope = webhookEnvelopeSchema.parse(data);
    const { ready, ...result } = await work.intake(envelope, job);
    logger.info({
      event: "webhook.taken_in",
      shop: envelope.shop,
      topic: envelope.topic,
      webhook_id: envelope.webhookId,
      job: job.id,
      outcome: result.outcome,
      order: result.orderId,
      ...(result.reason === null ? {} : { reason: result.reason }),
      ready: ready.length,
      duration_ms: Math.round(performance.now() - started),
    });
    await handOver(ready);
  }

  async function attempt(supplier: string, data: unknown): Promise<void> {
    const job = deliverJob.parse(data);
    const { durationMs, purchaseOrder, ...outcome } = await work.deliver(job);
    const level = outcome.kind === "sent" ? "info" : outcome.kind === "nothing-to-do" ? "debug" : "warn";
    logger[level]({
      event: "delivery.attempted",
      supplier,
      purchase_order: purchaseOrder ?? job.message,
      ...(purchaseOrder === undefined || purchaseOrder === job.message ? {} : { message: job.message }),
      generation: job.generation,
      ...outcome,
      duration_ms: durationMs,
    });
  }

  async function look(supplier: string): Promise<void> {
    try {
      await work.look(supplier);
    } catch (error) {
      if (!options.isSuppliersFault(error)) {
        throw error;
      }
      logger.warn({ event: "poll.failed", supplier, reason: error.message });
    }
  }

  /** What the sweep has found. Nobody is handed over twice a second for as long as a long queue stands. */
  async function refill(due: readonly Delivery[]): Promise<void> {
    for (const [supplier, own] of Map.groupBy(due, (one) => one.supplier)) {
      // As many jobs as are due: they are those, or ones of before that end at once, and the next sweep finds what was meant.
      if (((await deliveries.get(supplier)?.waiting()) ?? 0) < own.length) {
        await enqueue(own);
      }
    }
  }

  async function enqueue(due: readonly Delivery[]): Promise<void> {
    await Promise.all(
      due.map(async ({ message, supplier, generation }) => {
        await deliveries
          .get(supplier)
          ?.add({ name: "deliver", id: `${message}-g${generation}`, data: { version: 2, message, generation } });
      }),
    );
  }

  async function handOver(messages: readonly string[]): Promise<void> {
    try {
      const due = await Promise.all(messages.map((id) => work.due(id)));
      await enqueue(due.filter((one) => one !== undefined));
    } catch (error) {
      logger.debug({ event: "delivery.not_queued", err: error });
    }
  }

  async function lookInto(supplier: string): Promise<void> {
    await looks.get(supplier)?.add({ name: "acknowledgements", id: "acknowledgements", data: { version: 1 } });
  }
}
