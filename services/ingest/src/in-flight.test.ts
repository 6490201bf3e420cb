import { expect, it } from "vitest";
import { createInFlight } from "./in-flight.ts";

const KB = 1024;

it("counts what is taken, refuses what would pass the bound, and gives it back once", () => {
  const inFlight = createInFlight(100 * KB);
  const hold = inFlight.open();
  expect(hold?.take(80 * KB)).toBe(true);
  expect(hold?.take(80 * KB)).toBe(false);
  expect(inFlight.bytes()).toBe(88 * KB);
  hold?.release();
  hold?.release();
  expect(inFlight.bytes()).toBe(0);
});

it("bounds the number of webhooks too, however small they are", () => {
  const inFlight = createInFlight(100 * KB);
  const opened = Array.from({ length: 1000 }, () => inFlight.open()).filter((hold) => hold !== undefined);
  expect(opened).toHaveLength(12);
});
