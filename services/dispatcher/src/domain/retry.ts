const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Upper bounds of the waits between attempts, in milliseconds; the last one repeats. */
const waits = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];

/** Full jitter: a wait between nothing and the step's bound, so that many purchase orders do not return at once. */
export function retryDelay(failures: number, random: () => number): number {
  const bound = waits[Math.min(Math.max(failures, 1), waits.length) - 1] ?? 0;
  return Math.round(random() * bound);
}
