// Every interleaving of what the other model (model.test.ts) leaves out: markers, delivery notes, temporary folders, uploads under the
// final name. Two workers, the supplier, crashes, lost replies, refusals and restores, within bounds: no double, no loss, no order without its note, nothing that
// stays in between, unknown only for a reason; and the protocol with one thing changed has a counterexample.
import { expect, test } from "vitest";
import { explore, type Wrong } from "./test/explore.ts";
import { waysModel } from "./test/ways/model.ts";
import type { Mutation } from "./test/ways/mutation.ts";
import type { Bounds, State } from "./test/ways/state.ts";

const NONE: Bounds = {
  commit: "rename",
  rename: "one-step",
  marker: false,
  note: false,
  impatient: false,
  leavesOrders: false,
  tolerated: false,
  workers: 2,
  crashes: 0,
  lost: 0,
  refusals: 0,
  restores: 0,
  attempts: 2,
};
const ONE_WORKER: Bounds = { ...NONE, workers: 1, crashes: 1, lost: 1, refusals: 1 };
const MARKER: Bounds = { ...NONE, marker: true };
const NOTE: Bounds = { ...NONE, note: true };
const DIRECT: Bounds = { ...NONE, commit: "direct" };
/** A temporary folder, whose files the server may move by a copy and a delete. */
const FOLDER: Bounds = { ...NONE, rename: "two-steps" };
const FOLDER_ONE_WORKER: Bounds = { ...ONE_WORKER, rename: "two-steps" };
const FOLDER_MARKER: Bounds = { ...FOLDER, marker: true };

const answered = "the supplier's answer, or its shipment, is read";
const late = "the server carries out what a client that is gone has asked for";
const provesNothing =
  "only the temporary file exists, which proves nothing, since this server renames in two steps (transport.rename), between which the supplier may have taken the file";

test.each<[string, Bounds, number, readonly string[]]>([
  ["a marker, and a refusal", { ...MARKER, refusals: 1 }, 20_000, [answered, "takes over what is committing at one that stalls"]],
  ["a marker, a crash, a lost reply and a refusal", { ...ONE_WORKER, marker: true }, 2_000, [answered, late, "is gone for ever"]],
  [
    "a marker, a supplier that takes it and leaves the order",
    { ...ONE_WORKER, marker: true, leavesOrders: true },
    2_000,
    ["the supplier reads it, and takes the marker alone"],
  ],
  [
    "a marker, a supplier that does not wait for it",
    { ...ONE_WORKER, marker: true, impatient: true },
    2_000,
    ["the supplier does not wait for the marker, and takes it", "the supplier takes a marker beside which nothing is"],
  ],
  [
    "a marker, a lost reply and a restore",
    { ...MARKER, workers: 1, lost: 1, restores: 1 },
    2_000,
    ["the process is killed, the backup is restored: ready", "the process is killed, the backup is restored: sending"],
  ],
  ["a delivery note, and a lost reply", { ...NOTE, lost: 1 }, 20_000, [answered, "was taken over before its delivery note"]],
  [
    "a delivery note, a marker, a crash, a lost reply and a refusal",
    { ...ONE_WORKER, note: true, marker: true },
    4_000,
    ["renames its delivery note: refused", "finds its delivery note there"],
  ],
  [
    "a direct upload, a crash, a lost reply and a refusal",
    { ...DIRECT, crashes: 1, lost: 1, refusals: 1 },
    8_000,
    [answered, late],
  ],
  [
    "a direct upload, a lost reply and a restore",
    { ...DIRECT, lost: 1, restores: 1 },
    8_000,
    ["stores a part, the connection is lost"],
  ],
  [
    "a direct upload behind a marker, a crash and a lost reply",
    { ...DIRECT, marker: true, crashes: 1, lost: 1 },
    4_000,
    ["stores a part of the order", answered],
  ],
  [
    "a temporary folder, a marker and a delivery note, a crash, a lost reply and a refusal",
    { ...FOLDER_ONE_WORKER, marker: true, note: true },
    30_000,
    [
      answered,
      late,
      "renames its delivery note, the connection is lost between its steps",
      "renames, the connection is lost between its steps",
      "renames the marker, the connection is lost between its steps",
      "renames: refused",
      `marks it unknown: ${provesNothing}`,
    ],
  ],
  [
    "a temporary folder, a supplier that takes the marker and leaves the order",
    { ...FOLDER_ONE_WORKER, marker: true, leavesOrders: true },
    3_000,
    ["the supplier reads it, and takes the marker alone", `marks it unknown: of its marker, ${provesNothing}`],
  ],
  [
    "a temporary folder, a supplier that does not wait for the marker",
    { ...FOLDER_ONE_WORKER, marker: true, impatient: true },
    10_000,
    ["the supplier does not wait for the marker, and takes it"],
  ],
  [
    "a temporary folder, a marker and a refusal, two workers",
    { ...FOLDER_MARKER, refusals: 1 },
    15_000,
    [answered, "takes over what is committing at one that stalls"],
  ],
  [
    "a temporary folder, a marker, a lost reply and a restore",
    { ...FOLDER_MARKER, workers: 1, lost: 1, restores: 1 },
    3_000,
    [answered, "the process is killed, the backup is restored: sending"],
  ],
  // It may come twice: that is what the supplier was asked. It is not lost, and not left.
  ["a direct upload that may come twice", { ...ONE_WORKER, commit: "direct", tolerated: true }, 400, [answered]],
])("%s", (_, bounds, atLeast, seen) => {
  const found = explore(waysModel(bounds), { atMost: 100_000 });
  expect(found.counterexample).toBeUndefined();
  expect(found.states).toBeGreaterThan(atLeast);
  expect([...found.seen]).toEqual(expect.arrayContaining([...seen]));
});

// Before the intent nothing of it is there, so it is heard there only by one who was taken over meanwhile.
test.each<[string, Bounds, readonly string[]]>([
  [
    "between the two renames of a marker, for which the supplier does not wait",
    { ...MARKER, impatient: true },
    ["upload", "writeIntent", "rename", "renameMarker", "lookTemporary", "lookFinal", "lookMarkerFinal", "conclude", "free"],
  ],
  [
    "between the steps of a rename",
    { ...FOLDER_MARKER, impatient: true },
    ["renameSecondStep", "renameMarker", "renameMarkerSecondStep", "lookFinal", "conclude"],
  ],
  ["between a direct upload and `sent`", { ...DIRECT, lost: 1 }, ["lookDirect", "conclude", "free"]],
  // The journal is read at the start: nobody finds it ready.
  ["after a restore", { ...DIRECT, lost: 1, restores: 1 }, ["free", "the journal says that the database was restored"]],
])("an answer may come %s", (_, bounds, places) => {
  const model = waysModel(bounds);
  const heard = new Set<string | null>();
  const steps = (s: State): ReturnType<typeof model.steps> => {
    const all = model.steps(s);
    if (all.some(({ text }) => text === answered)) {
      [s.reason, ...s.workers.map(({ at }) => at)].forEach((place) => heard.add(place));
    }
    return all;
  };
  explore({ ...model, steps }, { atMost: 100_000 });
  expect([...heard]).toEqual(expect.arrayContaining([...places]));
});

// Who looks at four names while a worker that stalled makes the rest of its renames sees the order's temporary file, and then its
// marker's no more. The supplier has it: a person who was told that it was not renamed would send it twice.
test("of one that was renamed from a temporary folder, no reason says that it was not", () => {
  const seen = [...explore(waysModel(FOLDER_MARKER), { atMost: 100_000 }).seen];
  expect(seen).toContainEqual(
    expect.stringMatching(/^marks it unknown: its temporary file was there, and then its marker's was not/),
  );
  expect(seen).not.toContainEqual(expect.stringContaining("it was not renamed"));
});

test.for<[Mutation, Wrong["kind"], number, Bounds]>([
  ["the marker is renamed before the order", "loss", 7, MARKER],
  ["an order is sent without its marker", "loss", 8, MARKER],
  ["a takeover does not look at the marker", "loss", 13, MARKER],
  ["a marker is placed again where the order still is", "stuck", 9, { ...MARKER, leavesOrders: true }],
  ["it looks twice where there are two renames", "unknown without reason", 18, MARKER],
  ["the delivery note is renamed after the order", "loss", 6, NOTE],
  ["a second attempt takes its delivery note for placed", "loss", 9, NOTE],
  ["the intent of a direct upload is written after it", "double", 8, DIRECT],
  ["a direct upload whose reply is lost is stored again", "double", 8, { ...DIRECT, lost: 1 }],
  ["a direct upload of which nothing is there is taken for sent", "loss", 6, DIRECT],
  ["a refused upload is believed whenever it was refused", "double", 14, { ...DIRECT, refusals: 1 }],
  ["a temporary file proves that nothing was renamed, however the server renames", "double", 14, { ...FOLDER_MARKER, lost: 1 }],
  [
    "a marker's temporary file proves that the supplier was not told, however the server renames",
    "double",
    16,
    { ...FOLDER_MARKER, workers: 1, crashes: 1, leavesOrders: true },
  ],
  ["a refusal may come of the second step", "double", 17, { ...FOLDER, refusals: 1 }],
  ["an answer leaves the attempt to its worker", "bug", 9, NONE],
  ["an answer may come of what was not taken", "loss", 1, NONE],
])("'%s' is found: %s, in %i steps", async ([mutation, kind, steps, bounds], { annotate }) => {
  const { counterexample } = explore(waysModel(bounds, [mutation]), { atMost: 100_000 });
  await annotate(`${counterexample?.what}:\n${counterexample?.trace.join("\n")}`);
  expect([counterexample?.kind, counterexample?.trace.length]).toEqual([kind, steps]);
});
