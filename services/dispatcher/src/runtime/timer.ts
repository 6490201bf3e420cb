/** A task that runs at once, then again and again with a pause between its runs, never twice at a time. */
export interface Repeating {
  /** Runs it as soon as it can, without waiting for the pause. */
  nudge(): void;
  stop(): Promise<void>;
}

/** Intervals come from the process's monotonic clock: a clock that jumps neither hurries nor stops them. */
export function repeat(options: {
  readonly everyMs: number;
  readonly task: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}): Repeating {
  let stopped = false;
  let nudged = false;
  let wake: (() => void) | undefined;

  const loop = async (): Promise<void> => {
    while (!stopped) {
      nudged = false;
      try {
        await options.task();
      } catch (error) {
        options.onError(error);
      }
      if (!stopped && !nudged) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, options.everyMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
    }
  };
  const running = loop();

  return {
    nudge() {
      nudged = true;
      wake?.();
    },
    async stop() {
      stopped = true;
      wake?.();
      await running;
    },
  };
}
