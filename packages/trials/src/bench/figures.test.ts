import { expect, test } from "vitest";
import { medians, perSecond, quantile } from "./figures.ts";

test("quantiles are values that were seen", () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.5, 0.9, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 3, 5, 5, 5]);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBe(0);
});

test("the median of each figure is its own, and what could not be measured stays null", () => {
  const round = (a: number, b: number, c: number | null) => ({ one: { a, b }, two: { c } });
  expect(medians([round(1, 30, null), round(3, 10, null), round(2, 20.004, null)])).toEqual({
    one: { a: 2, b: 20 },
    two: { c: null },
  });
});

test("files a second", () => expect(perSecond(300, 2_000)).toBe(150));
