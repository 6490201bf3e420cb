import { expect, test } from "vitest";
import { retryDelay } from "./retry.ts";

test("waits grow from seconds to hours, each anywhere below its bound", () => {
  const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => retryDelay(failures, () => 1) / 1_000);
  expect(bounds).toEqual([5, 30, 120, 600, 3_600, 10_800, 21_600, 21_600, 21_600]);
  expect(retryDelay(3, () => 0)).toBe(0);
});
