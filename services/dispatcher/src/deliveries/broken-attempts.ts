// Attempts that a fault of our own ended in the middle: the database's disk was full, something threw that nobody expected.
// Their claims would run for minutes more, and the supplier's probe with them; this process knows that nobody works on them,
// and gives them back as soon as the database takes it. What another process left is due at its start (sweep.ts, recover).
import type { AttemptsTable } from "../database/tables/deliveries.ts";

export interface BrokenAttempts {
  add(attempt: AttemptsTable): void;
  /** Part of each sweep. Throws while the database does not work. */
  giveBack(): Promise<void>;
}

/** Milliseconds until the next attempt: what is broken for good must not be tried every second. */
const AGAIN_AFTER_MS = 5_000;

export function createBrokenAttempts(options: {
  readonly giveBack: (attempt: AttemptsTable, after: { readonly delayMs: number }) => Promise<unknown>;
}): BrokenAttempts {
  const broken = new Set<AttemptsTable>();
  return {
    add: (attempt) => void broken.add(attempt),
    async giveBack() {
      for (const attempt of broken) {
        await options.giveBack(attempt, { delayMs: AGAIN_AFTER_MS });
        broken.delete(attempt);
      }
    },
  };
}
