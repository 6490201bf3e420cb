// Starting and stopping a service process. Nothing else of a service touches `process`.
import type { Logger } from "./logger.ts";

export interface Running {
  /** Finishes or safely abandons what is in flight. Called once. */
  stop(): Promise<void>;
}

/** Milliseconds that a stop may take before the process ends regardless; Docker's default grace is 10 s. */
const STOP_DEADLINE_MS = 9_000;

/**
 * Runs a service until SIGTERM or SIGINT. A setting that is missing or wrong ends the process at once with status 1
 * and the bare message on stderr: a person reads it, not a log collector.
 */
export async function runService(start: () => Promise<{ readonly running: Running; readonly logger: Logger }>): Promise<void> {
  let service: { readonly running: Running; readonly logger: Logger };
  // What it waits for to start (Redis, say) may be gone with the launcher. It holds nothing yet that a crash would hurt.
  let onGone = (): void => process.exit(1);
  onLauncherGone(() => onGone());
  try {
    service = await start();
  } catch (error) {
    process.stderr.write(`${startupMessage(error)}\n`);
    process.exit(1);
  }
  const { running, logger } = service;
  let stopping = false;
  const stop = (reason: string, status: number): void => {
    if (stopping) {
      return;
    }
    stopping = true;
    logger.info({ event: "service.stopping", reason });
    const deadline = setTimeout(() => {
      logger.error({ event: "service.stop_timed_out", deadline_ms: STOP_DEADLINE_MS });
      flushAndExit(logger, 1);
    }, STOP_DEADLINE_MS);
    running
      .stop()
      .then(
        () => logger.info({ event: "service.stopped" }),
        (error: unknown) => {
          logger.error({ event: "service.stop_failed", err: error });
          status = 1;
        },
      )
      .finally(() => {
        clearTimeout(deadline);
        flushAndExit(logger, status);
      });
  };
  process.on("SIGTERM", () => stop("SIGTERM", 0));
  process.on("SIGINT", () => stop("SIGINT", 0));
  onGone = () => stop("the launcher is gone", 0);
  // A bug: the state in memory is not to be trusted any more. Whoever started us starts us again.
  process.on("uncaughtException", (error) => {
    logger.fatal({ event: "service.crashed", err: error });
    stop("uncaughtException", 1);
  });
}

/** Milliseconds. */
const LOOK_FOR_LAUNCHER_EVERY_MS = 250;

/**
 * `npm start` hands on the signals that it gets; when it is killed, nobody does. So it says who it is (SOH_LAUNCHER), and who was
 * started by it looks whether it is still there: whoever has lost its parent has another one. Others have no launcher.
 */
export function onLauncherGone(gone: () => void): void {
  const launcher = Number(process.env.SOH_LAUNCHER);
  if (!launcher) {
    return;
  }
  const look = setInterval(() => {
    if (process.ppid !== launcher) {
      clearInterval(look);
      gone();
    }
  }, LOOK_FOR_LAUNCHER_EVERY_MS);
  look.unref();
}

function startupMessage(error: unknown): string {
  if (
    error instanceof Error &&
    (error.name === "ConfigError" || error.name === "EnvironmentError" || error.name === "StartupError")
  ) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The service cannot start for a reason that a person must mend; the message says how. */
export class StartupError extends Error {
  override name = "StartupError";
}

function flushAndExit(logger: Logger, status: number): void {
  logger.flush(() => process.exit(status));
}
