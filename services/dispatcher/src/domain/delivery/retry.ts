// When to try again what did not get through, and when to stop: of one purchase order (the schedule) and of a supplier
// whose server is down (the breaker). Pure; the state of both is in database rows.

const HOUR_MS = 3_600_000;

/** No wait is longer: what stands further ahead than this was written by a clock that was wrong. Milliseconds. */
export const LONGEST_WAIT_MS = 24 * HOUR_MS;

/** Milliseconds. */
export interface RetrySchedule {
  /** Upper bounds of the waits after the first failure, the second and so on. */
  readonly waitsMs: readonly number[];
  /** Upper bound of every wait from then on. */
  readonly everyMs: number;
  /** How long from then on. */
  readonly forMs: number;
}

/** Full jitter: a wait between nothing and the step's bound, so that many purchase orders do not return at once. */
export function retryDelay(schedule: RetrySchedule, failures: number, random: () => number): number {
  const bound = schedule.waitsMs[Math.max(failures, 1) - 1] ?? schedule.everyMs;
  return Math.round(random() * bound);
}

/**
 * Whether the schedule is over. Both must hold: as many failures as its steps, and as much time. The time alone may be a
 * clock that jumped; the failures alone may come quickly, because a wait is drawn at random below its bound.
 */
export function isExhausted(schedule: RetrySchedule, tried: { readonly failures: number; readonly sinceMs: number }): boolean {
  const { waitsMs, everyMs, forMs } = schedule;
  const steps = waitsMs.length + Math.ceil(forMs / everyMs);
  const lasts = waitsMs.reduce((sum, one) => sum + one, 0) + forMs;
  return tried.failures >= steps && tried.sinceMs >= lasts;
}

export interface BreakerSchedule {
  /** Failures in a row, of whatever purchase orders, that open it. */
  readonly after: number;
  /** Milliseconds until the first probe; doubles with each that fails. */
  readonly probeMs: number;
  readonly longestMs: number;
}

/**
 * Milliseconds until a purchase order is let through to try, after that many failures in a row; undefined while it is closed.
 * Between half and all of the step: suppliers that share a server do not knock at the same instant.
 */
export function breakerDelay(schedule: BreakerSchedule, failuresInARow: number, random: () => number): number | undefined {
  if (failuresInARow < schedule.after) {
    return undefined;
  }
  const bound = Math.min(schedule.longestMs, schedule.probeMs * 2 ** Math.min(failuresInARow - schedule.after, 30));
  return Math.round(bound / 2 + (random() * bound) / 2);
}
