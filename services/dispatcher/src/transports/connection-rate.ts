/** How often a host may be connected to: some ban an address that does it too often. */
export interface ConnectionRate {
  /** 0: now, and it is counted. Else the milliseconds to wait before asking again. */
  take(): number;
}

const MINUTE_MS = 60_000;

/** `perMinute`: within any 60 seconds. Attempts that fail count too: the host has seen them. */
export function createConnectionRate(perMinute: number): ConnectionRate {
  const recent: number[] = [];
  return {
    take() {
      const now = performance.now();
      while (recent[0] !== undefined && recent[0] <= now - MINUTE_MS) {
        recent.shift();
      }
      const [oldest] = recent;
      if (oldest !== undefined && recent.length >= perMinute) {
        return oldest + MINUTE_MS - now;
      }
      recent.push(now);
      return 0;
    },
  };
}
