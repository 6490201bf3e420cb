import type { Step } from "../ports.ts";

/**
 * A worker that sleeps at one step of a delivery until it is woken. Never woken, it has ended as by kill -9: nothing after the
 * step runs, no handler either.
 */
export function sleeper(step: Step): {
  readonly at: (reached: Step) => Promise<void>;
  readonly asleep: Promise<void>;
  readonly wake: () => void;
} {
  const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
  const { promise: asleep, resolve: sleep } = Promise.withResolvers<void>();
  return {
    at(reached) {
      if (reached !== step) {
        return Promise.resolve();
      }
      sleep();
      return woken;
    },
    asleep,
    wake,
  };
}
