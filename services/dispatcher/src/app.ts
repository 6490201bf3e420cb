// The composition root, with features.ts: the only files that name concrete classes. Everything is made here, in the order
// in which it depends on what came before, and stopped in the reverse order.
import type { Logger } from "@soh/shared/logger";
import { checkDurability } from "@soh/shared/redis";
import type { DispatcherEnvironment } from "./config/environment.ts";
import type { HandlerConfig } from "./config/load.ts";
import { openDatabase } from "./database/open.ts";
import { logModes } from "./database/own-files.ts";
import { openJournal } from "./deliveries/deliveries.ts";
import { logFiles } from "./inbound/inbound.ts";
import { NotSent } from "./domain/delivery/failure.ts";
import { composeFeatures } from "./features.ts";
import { createJobQueue } from "./runtime/job-queue.ts";
import { createQueues } from "./runtime/queues.ts";
import { createOperations } from "./operations/server.ts";
import { connectRedis, quitRedis, watchRedis } from "./runtime/redis.ts";
import { repeat } from "./runtime/timer.ts";
import { connectTransport } from "./transports/transports.ts";

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
  const tellOfMode = logModes(logger);
  const database = await openDatabase(environment.databaseUrl, tellOfMode);
  onStop(() => database.close());

  const journal = await openJournal(environment.journalFile, tellOfMode);
  onStop(journal.journal.close);

  const features = composeFeatures({
    config,
    database,
    journal,
    connect: connectTransport,
    alert: ({ kind, message, detail }) => logger.error({ event: "alert", alert: kind, ...detail }, message),
    onAlertEnd: ({ kind, subject }) => logger.info({ event: "alert.ended", alert: kind, subject }),
    onFile: logFiles(logger),
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

  const queues = createQueues({
    suppliers: config.suppliers.map(({ id, acknowledgements, expectations }) => ({
      id,
      isLookedAt: acknowledgements !== null || expectations.length > 0,
    })),
    work: features,
    newQueue: (options) => createJobQueue({ ...options, producer, worker: workers, logger }),
    isSuppliersFault: (error) => error instanceof NotSent,
    logger,
  });

  // The console and the API, before any work starts: a port that is taken stops us here.
  const operations = await createOperations({
    database,
    config,
    password: environment.password,
    apiToken: environment.apiToken,
    logger,
    queues: { webhooks: queues.webhooks.queue, others: queues.others.map((one) => one.queue) },
    readiness: async () => (await checkDurability(producer)).problems,
    actions: features.actions,
    alerts: features.alerts,
    handOver: queues.handOver,
  });
  const address = await operations.listen({ host: environment.host, port: environment.port });
  onStop(operations.close);

  // Timers. The sweep finds what is due, whatever happened to the queue.
  const sweep = repeat({
    everyMs: SWEEP_EVERY_MS,
    task: async () => await queues.refill(await features.sweep(DUE_PER_SWEEP)),
    onError: (error) => logger.warn({ event: "sweep.failed", err: error }),
  });
  onRedisBack = sweep.nudge;
  const alerts = repeat({
    everyMs: SWEEP_EVERY_MS,
    task: features.alerts.sweep,
    onError: (error) => logger.warn({ event: "alerts.not_looked_after", err: error }),
  });
  // A wiped Redis has forgotten the limits too.
  const limits = repeat({
    everyMs: LIMITS_EVERY_MS,
    task: async () => void (await Promise.all(queues.all.map((queue) => queue.applyLimits()))),
    onError: (error) => logger.debug({ event: "limits.not_applied", err: error }),
  });
  const pollTimers = config.suppliers.map((supplier) =>
    repeat({
      everyMs: supplier.acknowledgements?.everyMs ?? PICKUPS_EVERY_MS,
      task: () => queues.lookInto(supplier.id),
      onError: (error) => logger.debug({ event: "poll.not_queued", supplier: supplier.id, err: error }),
    }),
  );
  queues.all.forEach((queue) => queue.start());
  onStop(() => Promise.all(queues.all.map((queue) => queue.stop())));
  onStop(() => Promise.all([sweep, alerts, limits, ...pollTimers].map((timer) => timer.stop())));
  return address;
}
