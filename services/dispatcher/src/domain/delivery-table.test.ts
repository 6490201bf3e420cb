// Every row of the table in docs/delivery.md.
import { expect, test } from "vitest";
import { judgeCommitting, judgeSending, type Look } from "./delivery-table.ts";

const WITHIN = 15 * 60_000;
const look = (over: Partial<Look>): Look => ({
  temporary: "absent",
  final: "absent",
  sameEndpoint: true,
  sinceIntentMs: 1_000,
  acknowledgementExpected: true,
  ...over,
});

test("sending, final absent: a new attempt from the start", () => {
  expect(judgeSending("absent")).toEqual({ do: "start-over" });
});

test("sending, final ours: an older database was restored: sent, with an alert", () => {
  expect(judgeSending("ours")).toMatchObject({ do: "mark-sent", inferred: false, alert: expect.stringContaining("restored") });
});

test.each(["other", "same-size"] as const)("sending, final %s: unknown", (final) => {
  expect(judgeSending(final)).toMatchObject({ do: "unknown" });
});

test("committing, temporary there and final absent: the rename did not happen", () => {
  expect(judgeCommitting(look({ temporary: "present" }), WITHIN)).toEqual({ do: "rename" });
});

test.each(["ours", "same-size"] as const)("committing, temporary gone and final %s: it did happen", (final) => {
  expect(judgeCommitting(look({ final }), WITHIN)).toEqual({ do: "mark-sent", inferred: false, alert: null });
});

test("committing, both there: unknown", () => {
  expect(judgeCommitting(look({ temporary: "present", final: "ours" }), WITHIN)).toMatchObject({ do: "unknown" });
});

test.each(["absent", "present"] as const)("committing, final another file, temporary %s: unknown", (temporary) => {
  expect(judgeCommitting(look({ temporary, final: "other" }), WITHIN)).toMatchObject({ do: "unknown" });
});

test("committing, both gone: inferred as sent", () => {
  expect(judgeCommitting(look({}), WITHIN)).toEqual({ do: "mark-sent", inferred: true, alert: null });
});

test.each([
  ["another server", { sameEndpoint: false }],
  ["no acknowledgement to confirm it", { acknowledgementExpected: false }],
  ["too late", { sinceIntentMs: WITHIN + 1 }],
  ["a clock that went back", { sinceIntentMs: -1 }],
] as const)("committing, both gone, but %s: unknown", (_why, over) => {
  expect(judgeCommitting(look(over), WITHIN)).toMatchObject({ do: "unknown" });
});
