import { expect, it } from "vitest";
import { createLoginLimiter } from "./login-limiter.ts";

function limiterWithClock() {
  let now = 0;
  const limiter = createLoginLimiter(() => now);
  const fail = (key: string, times: number) => Array.from({ length: times }, () => limiter.failed(key));
  return { limiter, fail, advance: (ms: number) => (now += ms) };
}

it("lets ten failures pass, then one every six seconds", () => {
  const { limiter, fail, advance } = limiterWithClock();
  fail("a", 9);
  expect(limiter.waitSeconds("a")).toBe(0);
  fail("a", 1);
  expect(limiter.waitSeconds("a")).toBe(6);
  advance(5_000);
  expect(limiter.waitSeconds("a")).toBe(1);
  advance(1_000);
  expect(limiter.waitSeconds("a")).toBe(0);
  fail("a", 1);
  expect(limiter.waitSeconds("a")).toBe(6);
});

it("forgets with time", () => {
  const { limiter, fail, advance } = limiterWithClock();
  fail("a", 10);
  advance(60_000);
  fail("a", 9);
  expect(limiter.waitSeconds("a")).toBe(0);
});

it("keeps at most a thousand addresses, the ones that failed last", () => {
  const { limiter, fail } = limiterWithClock();
  fail("first", 10);
  fail("again", 10);
  for (let n = 0; n < 998; n++) {
    fail(`other ${n}`, 1);
  }
  fail("again", 1);
  fail("one more", 1);
  expect(limiter.waitSeconds("first")).toBe(0);
  expect(limiter.waitSeconds("again")).toBeGreaterThan(0);
});
