import * as fc from "fast-check";
import { expect, test } from "vitest";
import { breakerDelay, isExhausted, retryDelay, type RetrySchedule } from "./retry.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
const schedule: RetrySchedule = {
  waitsMs: [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR],
  everyMs: 6 * HOUR,
  forMs: 3 * DAY,
};

test("waits grow from seconds to hours, each anywhere below its bound", () => {
  const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => retryDelay(schedule, failures, () => 1) / SECOND);
  expect(bounds).toEqual([5, 5, 30, 120, 600, 3_600, 10_800, 21_600, 21_600, 21_600]);
  expect(retryDelay(schedule, 3, () => 0)).toBe(0);
});

test("it is over after as many failures as it has steps, and not before its time has passed", () => {
  const lasts = 5 * SECOND + 30 * SECOND + 2 * MINUTE + 10 * MINUTE + 4 * HOUR + 3 * DAY;
  expect(isExhausted(schedule, { failures: 18, sinceMs: lasts })).toBe(true);
  expect(isExhausted(schedule, { failures: 17, sinceMs: lasts })).toBe(false);
  expect(isExhausted(schedule, { failures: 18, sinceMs: lasts - 1 })).toBe(false);
  expect(isExhausted(schedule, { failures: 1, sinceMs: 10 * 365 * DAY })).toBe(false); // A clock that jumped.
});

test("a purchase order that always fails is tried over three days and no more than a year", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (draws) => {
      let sinceMs = 0;
      let failures = 1;
      for (; !isExhausted(schedule, { failures, sinceMs }); failures++) {
        const drawn = draws[failures % draws.length] ?? 0;
        sinceMs += Math.max(
          SECOND,
          retryDelay(schedule, failures, () => drawn),
        );
      }
      expect(sinceMs).toBeGreaterThanOrEqual(3 * DAY);
      expect(sinceMs).toBeLessThan(365 * DAY);
    }),
  );
});

test("the breaker opens after failures in a row, and its probes come further and further apart, up to a bound", () => {
  const breaker = { after: 5, probeMs: 30 * SECOND, longestMs: 10 * MINUTE };
  const longest = [4, 5, 6, 7, 8, 9, 10, 11, 1_000].map((failures) => breakerDelay(breaker, failures, () => 1));
  expect(longest).toEqual([undefined, ...[30, 60, 120, 240, 480, 600, 600, 600].map((seconds) => seconds * SECOND)]);
  expect(breakerDelay(breaker, 5, () => 0)).toBe(15 * SECOND);
});
