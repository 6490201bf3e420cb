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
  expect(nextDeadline(expectations, { acknowledgement, pickedUp: false, dueAt })).toBe(expected);
});

const taken: readonly Expectation[] = [
  { expect: "pickup", within: hours(2) },
  { expect: "accepted", within: hours(24) },
];

test.each([
  ["nothing yet: the pickup", taken, { acknowledgement: null, pickedUp: false }, 2],
  ["it is taken: the acceptance", taken, { acknowledgement: null, pickedUp: true }, 24],
  ["received: it was taken, too", taken, { acknowledgement: "received", pickedUp: false }, 24],
  ["where the pickup alone is expected and has been: none", taken.slice(0, 1), { acknowledgement: null, pickedUp: true }, null],
  ["where the pickup alone is expected: that", taken.slice(0, 1), { acknowledgement: null, pickedUp: false }, 2],
] as const)("of a supplier that takes files away, after %s", (_what, expectations, of, expected) => {
  const dueAt = (within: Expectation["within"]): number => (within.kind === "time" ? within.ms / 3_600_000 : Infinity);
  expect(nextDeadline(expectations, { ...of, dueAt })).toBe(expected);
});
