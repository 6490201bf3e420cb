// A process of a world that can be killed and started again, as a restart policy does.
import { setTimeout as wait } from "node:timers/promises";
import { startChild, type Child, type ChildOptions } from "@soh/simulators/child";

export interface Service {
  readonly name: string;
  /** Whether a process of it runs; it need not be ready. */
  isRunning(): boolean;
  /** Of the process that runs. */
  pid(): number | undefined;
  /** Starts a process, unless one runs. */
  start(): void;
  /** Waits until it is ready. Throws NotStarted when it ends instead, takes too long, or the signal ends the waiting. */
  ready(signal: AbortSignal): Promise<void>;
  /** kill -9; resolves when it has ended. False when there was nothing to kill. */
  kill(): Promise<boolean>;
  /** SIGSTOP: it does nothing until `thaw`, and cannot be asked to end. */
  freeze(): void;
  thaw(): void;
  /** SIGTERM, and SIGKILL when it takes too long. Returns what was not clean about its end. */
  stop(): Promise<string | undefined>;
}

export interface ServiceOptions extends ChildOptions {
  /** Resolves once it answers. */
  readonly answers: (signal: AbortSignal) => Promise<void>;
  /** It ended although nobody stopped or killed it; with what it printed last. */
  readonly onUnexpectedEnd: (lastWords: string) => void;
}

/** Something did not start; the message is for people. */
export class NotStarted extends Error {
  override name = "NotStarted";
}

const READY_WITHIN_MS = 60_000;
/** The services give themselves nine seconds. */
const STOP_WITHIN_MS = 9_500;

interface Running {
  readonly child: Child;
  /** Its end is our doing. */
  expected: boolean;
}

export function createService(options: ServiceOptions): Service {
  const { name } = options;
  let current: Running | undefined;

  const start = (): void => {
    if (current !== undefined) {
      return;
    }
    // It looks itself whether we are there: killed in this instant, we could not put it on its leash any more.
    const env = { ...options.env, SOH_LAUNCHER: String(process.pid) };
    const own: Running = { child: startChild({ ...options, env }), expected: false };
    current = own;
    void own.child.ended.then((ending) => over(own, ending));
  };

  const over = (own: Running, ending: string): void => {
    if (current === own) {
      current = undefined;
    }
    if (!own.expected) {
      options.onUnexpectedEnd(lastWords(own.child, ending));
    }
  };

  return {
    name,
    isRunning: () => current !== undefined,
    pid: () => current?.child.pid,
    start,

    async ready(signal) {
      const child = current?.child;
      if (child === undefined) {
        throw new NotStarted(`${name} does not run`);
      }
      await readyOrEnded(child, signal, options.answers);
    },

    async kill() {
      if (current === undefined) {
        return false;
      }
      const { child } = current;
      current.expected = true;
      child.signal("SIGKILL");
      await child.ended;
      return true;
    },

    freeze: () => current?.child.signal("SIGSTOP"),
    thaw: () => current?.child.signal("SIGCONT"),

    async stop() {
      if (current === undefined) {
        return undefined;
      }
      const { child } = current;
      current.expected = true;
      child.signal("SIGCONT");
      return await child.stop(STOP_WITHIN_MS);
    },
  };
}

async function readyOrEnded(child: Child, signal: AbortSignal, answers: ServiceOptions["answers"]): Promise<void> {
  const over = new AbortController();
  const late = AbortSignal.timeout(READY_WITHIN_MS);
  const waiting = AbortSignal.any([signal, late, over.signal]);
  try {
    await Promise.race([
      answers(waiting),
      child.ended.then((ending) => {
        throw new NotStarted(lastWords(child, ending));
      }),
    ]);
  } catch (error) {
    if (error instanceof NotStarted) {
      throw error;
    }
    throw new NotStarted(
      late.aborted
        ? lastWords(child, `was not ready after ${READY_WITHIN_MS / 1_000} s`)
        : `${child.name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    over.abort();
  }
}

/** Until /readyz answers 200. */
export async function answersReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await fetch(`${url}/readyz`, { signal }).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await wait(50, undefined, { signal });
  }
}

function lastWords(child: Child, ending: string): string {
  const lines = child.lastLines().map((line) => `  ${line}`);
  const what = `${child.name} ${ending}`;
  return lines.length === 0 ? what : [`${what}. It printed last:`, ...lines].join("\n");
}
