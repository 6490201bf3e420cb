import { expect, test } from "vitest";
import { createMemoryWatch } from "./memory.ts";
import { problemsOf, type PartReport } from "./report.ts";

const well: PartReport = {
  name: "files",
  cases: 100,
  outcomes: { quarantined: 100 },
  crashes: [],
  hangs: [],
  violations: [],
  hiccups: 0,
  slowestMs: 40,
  peakMemoryMb: 200,
  memoryGrowthMb: 3,
};
const wanted = { cases: 100, memory: { peakMb: 512, growthMb: 32 } };
const finding = { index: 7, how: "truncated", what: "it went wrong" };

test("nothing is wrong with a report of which everything holds", () => {
  expect(problemsOf(well, wanted)).toEqual([]);
});

test.each([
  ["a crash", { crashes: [finding] }, "files: crash at 7 (truncated): it went wrong"],
  ["a hang", { hangs: [finding] }, "files: hang at 7 (truncated): it went wrong"],
  ["a violation", { violations: [{ ...finding, index: undefined }] }, "files: violation: it went wrong"],
  ["too few cases", { cases: 99 }, "files: only 99 of 100 were tried"],
  ["much memory", { peakMemoryMb: 513 }, "files: 513 MB of memory are more than 512"],
  ["growing memory", { memoryGrowthMb: 33 }, "files: the memory grew by 33 MB, more than 32, after the warm-up"],
  ["many hiccups", { hiccups: 6 }, "files: 6 cases were slow once"],
])("%s is a problem", (_what, change, problem) => {
  expect(problemsOf({ ...well, ...change }, wanted)).toEqual([problem]);
});

test("memory that grows before it is warm is no growth; what grows on afterwards is", () => {
  const grown = (mbAt: (progress: number) => number) => {
    const memory = createMemoryWatch();
    for (let step = 1; step <= 100; step++) {
      memory.add(step / 100, mbAt(step / 100));
    }
    return memory.result();
  };
  expect(grown((progress) => Math.min(100, 1_000 * progress))).toEqual({ peakMemoryMb: 100, memoryGrowthMb: 0 });
  expect(grown((progress) => 100 + 100 * progress).memoryGrowthMb).toBeGreaterThan(30);
});
