// The composition root, with features.ts: the only files that name concrete classes. Everything is made here, in the order
// in which it depends on what came before, and stopped in the reverse order.
import { WEBHOOKS_QUEUE } from "@soh/shared/jobs";
import type { Logger } from "@soh/shared/logger";
import { checkDurability } from "@soh/shared/redis";
import { webhookEnvelopeSchema } from "@soh/shared/webhook";
import { z } from "zod";
import { logAlerts } from "./alerts/alerts.ts";
import type { DispatcherEnvironment } from "./config/environment.ts";
import type { HandlerConfig } from "./config/load.ts";
import { openDatabase } from "./database/open.ts";
import { openJournal } from "./deliveries/journal.ts";
import type { DueDelivery } from "./deliveries/sweep.ts";
import { NotSent } from "./domain/delivery/failure.ts";
import { composeFeatures } from "./features.ts";
import { createJobQueue, type JobQueue, type JobQueueOptions, type StartedJob } from "./runtime/job-queue.ts";
import { createOperations } from "./operations/server.ts";
import { connectRedis, quitRedis, watchRedis } from "./runtime/redis.ts";
import { repeat } from "./runtime/timer.ts";
import { connectTransport } from "./transports/registry.ts";

export interface Dispatcher {
  /** Where the console listens. */
  readonly address: string;
  stop(): Promise<void>;
}

const SWEEP_EVERY_MS = 1_000;
/** Milliseconds between looks at what a supplier has taken, that sends no answers. */
const PICKUPS_EVERY_MS = 60_000;
const LIMITS_EVERY_MS = 30_000;
/** Of each supplier. */
const DUE_PER_SWEEP = 200;
const INTAKE_CONCURRENCY = 4;

const deliverJob = z.object({ version: z.literal(1), purchaseOrder: z.string(), generation: z.number() });

/** Throws StartupError when the database or the port cannot be had. */
export async function startDispatcher(input: {
  readonly environment: DispatcherEnvironment;
  readonly config: HandlerConfig;
  readonly logger: Logger;
}): Promise<Dispatcher> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) {
      await one();
    }
  };
  try {
    const address = await start({ ...input, onStop: (one) => stops.push(one) });
    return { address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(input: {
  readonly environment: DispatcherEnvironment;
  readonly config: HandlerConfig;
  readonly logger: Logger;
  readonly onStop: (stop: () => Promise<unknown>) => void;
}): Promise<string> {
  const { environment, config, logger, onStop } = input;
  const database = await openDatabase(environment.databaseUrl);
  onStop(() => database.close());

  const journal = await openJournal(environment.journalFile);
  onStop(journal.journal.close);

  const features = composeFeatures({
    config,
    database,
    journal,
    connect: connectTransport,
    alert: logAlerts(logger).raise,
    onFile: (news) => {
      if (news.kind === "applied") {
        const { supplier, path, purchaseOrder, number, status } = news;
        logger.info({
          event: "file.received",
          kind: "acknowledgement",
          supplier,
          path,
          purchase_order: purchaseOrder,
          number,
          status,
        });
      }
    },
    now: Date.now,
    random: Math.random,
  });
  onStop(features.close);
  logger.info({ event: "dispatcher.recovered", ...(await features.recover()) });

  // Redis: the producer answers in time or fails, the workers wait as long as it takes.
  let onRedisBack = (): void => {};
  const watch = watchRedis(logger, () => onRedisBack());
  const producer = connectRedis(environment.redisUrl, "producer", watch.onError);
  producer.on("ready", watch.onReady);
  onStop(() => quitRedis(producer));
  const workers = connectRedis(environment.redisUrl, "worker", watch.onError);
  onStop(() => quitRedis(workers));

  const newQueue = (options: Omit<JobQueueOptions, "producer" | "worker" | "logger">): JobQueue =>
    createJobQueue({ ...options, producer, worker: workers, logger });
  const webhooks = newQueue({ name: WEBHOOKS_QUEUE, concurrency: INTAKE_CONCURRENCY, handle: takeIn });
  const deliveries = new Map(
    config.suppliers.map(({ id }) => [
      id,
      newQueue({
        name: `deliver.${id}`,
        concurrency: features.connections(id),
        globalConcurrency: features.connections(id),
        handle: (data) => attempt(id, data),
      }),
    ]),
  );
  const polls = new Map(
    config.suppliers
      .filter(({ acknowledgements, expectations }) => acknowledgements !== null || expectations.length > 0)
      .map(({ id }) => [id, newQueue({ name: `inbound.${id}`, concurrency: 1, globalConcurrency: 1, handle: () => poll(id) })]),
  );
  const others = [...deliveries.values(), ...polls.values()];
  const queues = [webhooks, ...others];

  // The console and the API, before any work starts: a port that is taken stops us here.
  const operations = await createOperations({
    database,
    config,
    password: environment.password,
    apiToken: environment.apiToken,
    logger,
    queues: { webhooks: webhooks.queue, others: others.map((one) => one.queue) },
    readiness: async () => (await checkDurability(producer)).problems,
    actions: features.actions,
    handOver,
  });
  const address = await operations.listen({ host: environment.host, port: environment.port });
  onStop(operations.close);

  // Timers. The sweep finds what is due, whatever happened to the queue.
  const sweep = repeat({
    everyMs: SWEEP_EVERY_MS,
    task: async () => await enqueue(await features.sweep(DUE_PER_SWEEP)),
    onError: (error) => logger.warn({ event: "sweep.failed", err: error }),
  });
  onRedisBack = sweep.nudge;
  // A wiped Redis has forgotten the limits too.
  const limits = repeat({
    everyMs: LIMITS_EVERY_MS,
    task: async () => void (await Promise.all(queues.map((queue) => queue.applyLimits()))),
    onError: (error) => logger.debug({ event: "limits.not_applied", err: error }),
  });
  const pollTimers = config.suppliers.map((supplier) =>
    repeat({
      everyMs: supplier.acknowledgements?.everyMs ?? PICKUPS_EVERY_MS,
      task: async () =>
        await polls.get(supplier.id)?.add({ name: "acknowledgements", id: "acknowledgements", data: { version: 1 } }),
      onError: (error) => logger.debug({ event: "poll.not_queued", supplier: supplier.id, err: error }),
    }),
  );
  queues.forEach((queue) => queue.start());
  onStop(() => Promise.all(queues.map((queue) => queue.stop())));
  onStop(() => Promise.all([sweep, limits, ...pollTimers].map((timer) => timer.stop())));
  return address;

  /** The job of `webhooks`. */
  async function takeIn(data: unknown, job: StartedJob): Promise<void> {
    const started = performance.now();
    const envelope = webhookEnvelopeSchema.parse(data);
    const { ready, ...result } = await features.intake(envelope, job);
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

  /** The job of `deliver.<supplier>`. */
  async function attempt(supplier: string, data: unknown): Promise<void> {
    const job = deliverJob.parse(data);
    const { durationMs, ...outcome } = await features.deliver(job);
    const level = outcome.kind === "sent" ? "info" : outcome.kind === "nothing-to-do" ? "debug" : "warn";
    logger[level]({
      event: "delivery.attempted",
      supplier,
      purchase_order: job.purchaseOrder,
      generation: job.generation,
      ...outcome,
      duration_ms: durationMs,
    });
  }

  /** The job of `inbound.<supplier>`. */
  async function poll(supplier: string): Promise<void> {
    try {
      await features.pollAcknowledgements(supplier);
    } catch (error) {
      if (!(error instanceof NotSent)) {
        throw error;
      }
      logger.warn({ event: "poll.failed", supplier, reason: error.message }); // The next poll tries again.
    }
  }

  async function enqueue(due: readonly DueDelivery[]): Promise<void> {
    await Promise.all(
      due.map(async ({ purchaseOrder, supplier, generation }) => {
        await deliveries
          .get(supplier)
          ?.add({ name: "deliver", id: `${purchaseOrder}-g${generation}`, data: { version: 1, purchaseOrder, generation } });
      }),
    );
  }

  /** Queues purchase orders that became ready. When Redis does not take them, the sweep will. */
  async function handOver(purchaseOrders: readonly string[]): Promise<void> {
    try {
      const due = await Promise.all(purchaseOrders.map((id) => features.due(id)));
      await enqueue(due.filter((one) => one !== undefined));
    } catch (error) {
      logger.debug({ event: "delivery.not_queued", err: error });
    }
  }
}
