// Slows guessing down: each address has a bucket of failed logins that refills with time. An empty one is refused without
// looking at what it presents, or the refusal would tell a right guess from a wrong one. Success gives nothing back:
// behind a proxy, where all share one address, the operator's own requests would else refill the guesser's bucket.

export interface LoginLimiter {
  /** Seconds to wait; 0: go on. */
  waitSeconds(key: string): number;
  failed(key: string): void;
}

const FAILURES = 10;
const REFILL_EVERY_MS = 6_000;
const MOST_KEYS = 1_000;

interface Bucket {
  readonly left: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

export function createLoginLimiter(now: () => number = Date.now): LoginLimiter {
  const buckets = new Map<string, Bucket>();

  const leftOf = (key: string): number => {
    const bucket = buckets.get(key);
    return bucket === undefined ? FAILURES : Math.min(FAILURES, bucket.left + (now() - bucket.at) / REFILL_EVERY_MS);
  };

  return {
    waitSeconds(key) {
      const left = leftOf(key);
      return left >= 1 ? 0 : Math.ceil(((1 - left) * REFILL_EVERY_MS) / 1000);
    },
    failed(key) {
      const left = Math.max(0, leftOf(key) - 1);
      buckets.delete(key); // So that the map stays ordered by age.
      buckets.set(key, { left, at: now() });
      const [oldest] = buckets.keys();
      if (buckets.size > MOST_KEYS && oldest !== undefined) {
        buckets.delete(oldest);
      }
    },
  };
}
