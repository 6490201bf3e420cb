// model.test.ts with two messages (once three) that may go in one file: what becomes of the file becomes of all in
// it, unless the supplier's answer, a person or a restored journal tells of one alone; and none comes twice, whatever the file.
//
// Larger bounds were visited once, and are clean too. Two workers: a crash and a lost reply (1,015,000 states); a lost reply and
// a refusal (772,000); a lost reply and a second attempt beside one that stalls (244,000); a restore (415,000); a restore and
// a refusal (5,683,000). One worker, and a restore with a refusal and a crash (735,000), with a refusal and a lost reply
// (1,111,000), with a lost reply and one that is not wanted any more (317,000); three in one file, with a refusal (1,716,000).
import { expect, test } from "vitest";
import { explore, type Wrong } from "./test/explore.ts";
import type { Bounds } from "./test/bounds.ts";
import { deliveryModel } from "./test/model.ts";
import type { Mutation } from "./test/mutation.ts";

const NONE: Bounds = {
  rename: "one-step",
  messages: 2,
  workers: 2,
  crashes: 0,
  lost: 0,
  refusals: 0,
  restores: 0,
  wishes: 0,
  persons: 0,
  attempts: 1,
};
const STALLS: Bounds = { ...NONE, attempts: 2 };
/** One worker at a time; every fault that there is between two of its steps. */
const ONE_WORKER: Bounds = { ...NONE, workers: 1 };

/** What must have happened on the way, or the exploration proves less than it says. */
const always = [
  "claims it (message 1)",
  "claims it (message 1 with message 2)",
  "takes over what is committing at one that stalls (message 1)",
  "takes over what is committing at one that stalls (message 2)",
  "renames, though taken over",
  "cannot mark it sent: taken over",
  "marks it sent, inferred",
  "the supplier takes the file (message 1 with message 2)",
  "the supplier's acknowledgement is read (message 2)",
];
const remade = [
  "takes over what is sending at nobody (message 1)",
  "takes over what is sending at nobody (message 1 with message 2)",
  "takes over what is committing at nobody (message 1)",
];
const halfJournaled = "journals its intent: only the first line is written";

test.each<[string, Bounds, { atLeast: number; seen: readonly string[] }]>([
  ["a crash", { ...NONE, crashes: 1 }, { atLeast: 90_000, seen: [...always, ...remade, "is gone for ever"] }],
  ["a lost reply", { ...NONE, lost: 1 }, { atLeast: 70_000, seen: [...always, halfJournaled] }],
  [
    "a refusal",
    { ...NONE, refusals: 1 },
    { atLeast: 60_000, seen: [...always, "journals it withdrawn", "renames: refused, yet done"] },
  ],
  [
    "one that is not wanted any more, and a second attempt beside one that stalls",
    { ...STALLS, wishes: 1 },
    {
      atLeast: 70_000,
      seen: [
        ...always,
        "takes over what is sending at one that stalls (message 1 with message 2)",
        "ends its attempt, and cancels what is not wanted",
        "cancels it instead of a claim (message 2)",
      ],
    },
  ],
  [
    "a crash, a lost reply, and a person who knows of one",
    { ...ONE_WORKER, lost: 1, crashes: 1, persons: 1 },
    {
      atLeast: 30_000,
      seen: [
        ...remade,
        "a person has brought message 2 to the supplier, and marks it sent",
        "marks it unknown: not renamed, and one in the file came to the supplier some other way",
      ],
    },
  ],
  [
    "a rename in two steps, a crash and a lost reply",
    { ...ONE_WORKER, rename: "two-steps", crashes: 1, lost: 1 },
    { atLeast: 20_000, seen: [...remade, halfJournaled, "renames, the connection is lost between its steps"] },
  ],
  [
    "three, and a lost reply",
    { ...ONE_WORKER, messages: 3, lost: 1 },
    { atLeast: 20_000, seen: ["claims it (message 1 with message 2 with message 3)", halfJournaled] },
  ],
  ["a lost reply and a restore", { ...ONE_WORKER, lost: 1, restores: 1 }, { atLeast: 70_000, seen: [halfJournaled] }],
  ["a refusal and a restore", { ...ONE_WORKER, refusals: 1, restores: 1 }, { atLeast: 40_000, seen: ["journals it withdrawn"] }],
])(
  "several in one file, %s: nothing is sent twice, lost or stuck, and nothing comes apart",
  (_name, bounds, { atLeast, seen }) => {
    const found = explore(deliveryModel(bounds), { atMost: 400_000 });
    expect(found.counterexample).toBeUndefined();
    expect(found.states).toBeGreaterThan(atLeast);
    expect([...found.seen]).toEqual(expect.arrayContaining([...seen]));
  },
);

test("one that goes in another's file must not be claimed by itself: the shortest way to two", () => {
  const { counterexample } = explore(deliveryModel(NONE, ["a member may be claimed by itself"]), { atMost: 100_000 });
  expect(counterexample).toMatchInlineSnapshot(`
    {
      "kind": "double",
      "trace": [
        "1. worker A: claims it (message 1 with message 2)",
        "2. worker B: claims it, which goes with another (message 2)",
        "3. worker A: uploads and verifies",
        "4. worker A: looks at the final name (absent)",
        "5. worker B: uploads and verifies",
        "6. worker B: looks at the final name (absent)",
        "7. worker A: writes its intent",
        "8. worker A: journals its intent",
        "9. worker A: renames",
        "10. worker B: writes its intent",
        "11. worker B: journals its intent",
        "12. worker B: renames",
        "13. the supplier takes the file (message 1 with message 2)",
        "14. the supplier takes the file (message 2)",
      ],
      "what": "the supplier took one twice",
    }
  `);
});

test.for<[Mutation, Wrong["kind"], number, Bounds]>([
  ["writeIntent is no compare-and-set", "double", 13, STALLS],
  ["members are not released at a takeover", "stuck", 2, STALLS],
  ["markSent marks only the lead", "apart", 7, NONE],
  ["markUnknown marks only the lead", "apart", 11, NONE],
  ["end releases only the lead", "stuck", 2, { ...ONE_WORKER, lost: 1 }],
  ["a wish to cancel a member is not looked at", "cancelled", 5, { ...NONE, wishes: 1 }],
  ["the intent is journaled for the lead only", "double", 16, { ...ONE_WORKER, restores: 1 }],
  ["the lead's evidence ends a committing file for all", "double", 15, NONE],
  ["a file without its intent goes on when a member leaves it", "double", 8, { ...NONE, persons: 1 }],
  ["a file is renamed in a takeover though one has left it", "double", 12, { ...ONE_WORKER, crashes: 1, persons: 1 }],
])("'%s' is found: %s, in %i steps", async ([mutation, kind, steps, bounds], { annotate }) => {
  const { counterexample } = explore(deliveryModel(bounds, [mutation]), { atMost: 200_000, only: kind });
  expect(counterexample?.kind).toBe(kind);
  expect(counterexample?.trace).toHaveLength(steps);
  await annotate(`${counterexample?.what}:\n${counterexample?.trace.join("\n")}`);
});

// Alone, the unique index holds the second intent back, and the message is tried again without end.
test("'a promoted attempt keeps its number' is found once the unique index is gone, too: double, in 21 steps", () => {
  const mutations: readonly Mutation[] = ["a promoted attempt keeps its number", "several attempts may be committing"];
  const { counterexample } = explore(deliveryModel({ ...ONE_WORKER, lost: 1, crashes: 2 }, mutations), {
    atMost: 100_000,
    only: "double",
  });
  expect(counterexample?.trace).toHaveLength(21);
});
