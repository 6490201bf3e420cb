import { expect, test } from "vitest";
import { nextDeadline, type Expectation } from "./expectation.ts";

const hours = (ms: number): Expectation["within"] => ({ kind: "time", ms: ms * 3_600_000 });
const both: readonly Expectation[] = [
  { expect: "received", within: hours(1) },
  { expect: "accepted", within: hours(24) },
];

test.each([
  ["nothing yet: the first", both, null, 1],
  ["received: the acceptance", both, "received", 24],
  ["accepted: none", both, "accepted", null],
  ["rejected: none", both, "rejected", null],
  ["in whatever order they are listed", both.toReversed(), null, 1],
  ["where nothing is expected: none", [], null, null],
] as const)("after %s", (_what, expectations, acknowledgement, expected) => {
  const dueAt = (within: Expectation["within"]): number => (within.kind === "time" ? within.ms / 3_600_000 : Infinity);
  expect(nextDeadline(expectations, { acknowledgement, dueAt })).toBe(expected);
});
