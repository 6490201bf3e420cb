// Every row of the table in docs/delivery.md.
import { expect, test } from "vitest";
import { judgeCommitting, judgeDirect, judgeMarked, judgeSending, type Look, type MarkerLook } from "./delivery-table.ts";

const WITHIN = 15 * 60_000;
const look = (over: Partial<Look>): Look => ({
  temporary: "absent",
  final: "absent",
  rename: "one-step",
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

test.each([
  ["a rename has two steps", { rename: "two-steps" }, /two steps/],
  ["it is another server", { sameEndpoint: false }, /not the one it was uploaded to/],
] as const)("committing, temporary there and final absent, but %s: unknown", (_why, over, reason) => {
  expect(judgeCommitting(look({ temporary: "present", ...over }), WITHIN)).toEqual({
    do: "unknown",
    reason: expect.stringMatching(reason),
  });
});

const DOUBT: unknown = { do: "unknown", reason: expect.any(String) };
const every = {
  temporary: ["absent", "present"],
  final: ["absent", "ours", "same-size", "other"],
} as const;
const cells = every.temporary.flatMap((temporary) => every.final.map((final) => ({ temporary, final })));

test.each(cells)(
  "committing, temporary $temporary and final $final: where a rename has two steps, nothing is renamed once more",
  (files) => {
    const oneStep = judgeCommitting(look(files), WITHIN);
    const twoSteps = judgeCommitting(look({ ...files, rename: "two-steps" }), WITHIN);
    const expected: unknown = oneStep.do === "rename" ? DOUBT : oneStep;
    expect(twoSteps).toEqual(expected);
    for (const marker of cells) {
      const marked = judgeMarked(look(files), marker, WITHIN);
      const inTwoSteps = judgeMarked(look({ ...files, rename: "two-steps" }), marker, WITHIN);
      const renames = marked.do === "rename" || marked.do === "place-marker";
      const expectedMarked: unknown = renames ? DOUBT : marked;
      expect(inTwoSteps).toEqual(expectedMarked);
    }
  },
);

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

const marker = (over: Partial<MarkerLook>): MarkerLook => ({ temporary: "absent", final: "absent", ...over });

test.each([
  ["no file, no marker", "absent", "absent", "start-over"],
  ["the marker, whatever of the file", "absent", "ours", "mark-sent"],
  ["file and marker", "ours", "ours", "mark-sent"],
  ["the file without its marker", "ours", "absent", "unknown"],
  ["another file", "other", "absent", "unknown"],
  ["another file with its marker", "other", "ours", "unknown"],
  ["another marker", "absent", "other", "unknown"],
] as const)("sending, with a marker, %s: %s, %s → %s", (_what, final, ofMarker, verdict) => {
  expect(judgeSending(final, ofMarker).do).toBe(verdict);
});

test.each([
  ["nothing was renamed", { temporary: "present" }, { temporary: "present" }, "rename"],
  ["the file was, its marker was not", { final: "ours" }, { temporary: "present" }, "place-marker"],
  ["both were", { final: "ours" }, { final: "ours" }, "mark-sent"],
  ["both were, and the file was taken", {}, { final: "ours" }, "mark-sent"],
  ["the file was taken without its marker", {}, { temporary: "present" }, "mark-sent"],
  ["both were taken", {}, {}, "mark-sent"],
  ["the marker was taken, the file stays", { final: "ours" }, {}, "mark-sent"],
  ["the marker's upload is gone before the rename", { temporary: "present" }, {}, "unknown"],
  ["the marker is copied", { final: "ours" }, { temporary: "present", final: "ours" }, "unknown"],
  ["the marker is there before the file", { temporary: "present" }, { final: "ours" }, "unknown"],
  ["the file is copied", { temporary: "present", final: "ours" }, { temporary: "present" }, "unknown"],
  ["another file", { final: "other" }, { temporary: "present" }, "unknown"],
  ["another marker", { final: "ours" }, { final: "other" }, "unknown"],
] as const)("committing, with a marker: %s", (_what, file, ofMarker, verdict) => {
  expect(judgeMarked(look(file), marker(ofMarker), WITHIN).do).toBe(verdict);
});

test.each([
  [{}, {}, true],
  [{ final: "ours" }, {}, true],
  [{}, { temporary: "present" }, true],
  [{}, { final: "ours" }, false],
] as const)(
  "committing, with a marker, %o and %o: inferred %s, and unknown where nothing would confirm it",
  (file, of, inferred) => {
    expect(judgeMarked(look(file), marker(of), WITHIN)).toMatchObject({ do: "mark-sent", inferred });
    const unconfirmed = judgeMarked(look({ ...file, acknowledgementExpected: false }), marker(of), WITHIN);
    expect(unconfirmed.do).toBe(inferred ? "unknown" : "mark-sent");
  },
);

test.each([
  ["it is there", { final: "ours" }, "mark-sent"],
  ["it is there, as long as ours, and cannot be read", { final: "same-size" }, "mark-sent"],
  ["nothing is there", { final: "absent" }, "unknown"],
  ["nothing is there, and the upload was refused", { final: "absent", refused: true }, "start-over"],
  ["nothing is there, and a second does no harm", { final: "absent", tolerated: true }, "store"],
  ["a part is there", { final: "other" }, "unknown"],
  ["a part is there, although the upload was refused", { final: "other", refused: true }, "unknown"],
  ["a part is there, and a second does no harm", { final: "other", tolerated: true }, "store"],
] as const)("without a rename, from the intent on: %s", (_what, over, verdict) => {
  expect(judgeDirect({ refused: false, tolerated: false, ...over }).do).toBe(verdict);
});
