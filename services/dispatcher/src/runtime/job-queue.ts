// BullMQ as this service uses it. The database is the truth; a queue hands work to processes and shows it in Bull Board.
// Facts that this rests on: an add whose job id still exists is silently ignored; a worker that loses its lock goes on
// running; wiping Redis erases everything here, and the sweep fills it again.
import { Queue, Worker, type Job } from "bullmq";
import type { Logger } from "@soh/shared/logger";
import type { Redis } from "ioredis";

export interface JobQueue {
  readonly queue: Queue;
  /** Adds a job unless one with this id is there. Throws when Redis does not answer in time. */
  add(job: { readonly name: string; readonly id: string; readonly data: object }): Promise<void>;
  /** How many jobs wait to be started. Throws when Redis does not answer in time. */
  waiting(): Promise<number>;
  start(): void;
  /** Writes the global limit to Redis, which may have been wiped. Throws when Redis does not answer in time. */
  applyLimits(): Promise<void>;
  /** Finishes running jobs, or abandons them after a grace. */
  stop(): Promise<void>;
}

/** Milliseconds. A killed worker's job is picked up by another within about lockDuration + stalledInterval. */
const LOCK_MS = 15_000;
const STALLED_INTERVAL_MS = 5_000;

/** Milliseconds that a stop waits for running jobs; the process as a whole has 9 s. */
const STOP_GRACE_MS = 4_000;

/** The sweep must not hang on one add; a late one is harmless, its id is the same. */
const ADD_TIMEOUT_MS = 5_000;

export interface JobQueueOptions {
  readonly name: string;
  readonly producer: Redis;
  readonly worker: Redis;
  readonly logger: Logger;
  readonly concurrency: number;
  /** Across all processes. */
  readonly globalConcurrency?: number;
  readonly handle: (data: unknown, job: StartedJob) => Promise<void>;
}

export interface StartedJob {
  readonly id: string | undefined;
  /** A start of it before this one never ended: its process did, or it stalled. */
  readonly startedBefore: boolean;
}

export function createJobQueue(options: JobQueueOptions): JobQueue {
  const { name, logger } = options;
  const queue = new Queue(name, {
    connection: options.producer,
    // BullMQ would otherwise wait for Redis once, at creation: while it is down every add hangs, and if Redis fails again
    // in that moment, every add is refused for ever. Like this, the connection alone decides.
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
  queue.on("error", (error) => logger.debug({ event: "queue.error", queue: name, err: error }));
  const worker = new Worker(name, (job) => options.handle(job.data, { id: job.id, startedBefore: isStartedBefore(job) }), {
    connection: options.worker,
    autorun: false,
    concurrency: options.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_INTERVAL_MS,
    maxStalledCount: 1_000_000,
  });
  worker.on("error", (error) => logger.debug({ event: "worker.error", queue: name, err: error }));
  worker.on("failed", (job, error) =>
    logger.error({ event: "job.failed", queue: name, job: job?.id, attempts: job?.attemptsMade, err: error }),
  );
  let running: Promise<void> | undefined;

  return {
    queue,
    async add(job) {
      await withTimeout(queue.add(job.name, job.data, { jobId: job.id }), ADD_TIMEOUT_MS);
    },
    waiting: () => withTimeout(queue.getJobCountByTypes("waiting"), ADD_TIMEOUT_MS),
    async applyLimits() {
      if (options.globalConcurrency !== undefined) {
        await withTimeout(queue.setGlobalConcurrency(options.globalConcurrency), ADD_TIMEOUT_MS);
      }
    },
    start() {
      running = worker.run();
      running.catch((error: unknown) => logger.error({ event: "worker.stopped", queue: name, err: error }));
    },
    async stop() {
      // While Redis is away BullMQ waits for it; and what runs longer than this is abandoned, as by a kill: safe to repeat.
      const closed = Promise.all([worker.close(), running, queue.close()]);
      closed.catch((error: unknown) => logger.debug({ event: "queue.close_failed", queue: name, err: error }));
      const grace = Promise.withResolvers<void>();
      const timer = setTimeout(() => grace.resolve(), STOP_GRACE_MS);
      await Promise.race([closed, grace.promise]);
      clearTimeout(timer);
    },
  };
}

/** BullMQ counts each start, and each end that was not a success; this start is the one that has not ended. */
const isStartedBefore = (job: Job): boolean => job.attemptsStarted - job.attemptsMade > 1;

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Redis did not answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
