// The judge of files against polls that are broken in one way each, and the real one, which must not be.
import type { CaseTarget } from "@soh/simulators/fuzz";
import { expect, onTestFinished, test } from "vitest";
import { createFilesTarget } from "./files.ts";
import type { FuzzedFolder } from "./folder.ts";

interface Found {
  readonly outcomes: string[];
  readonly violations: string[];
  readonly crashes: string[];
}

async function fuzzed(cases: number, poll?: Parameters<typeof createFilesTarget>[2]): Promise<Found> {
  const found: Found = { outcomes: [], violations: [], crashes: [] };
  const target: CaseTarget = await createFilesTarget(
    "judge",
    {
      begin: () => {},
      outcome: (name) => found.outcomes.push(name),
      violation: ({ what }) => found.violations.push(what),
      crash: ({ what }) => found.crashes.push(what),
    },
    poll,
  );
  onTestFinished(() => target.close());
  for (let index = 0; index < cases; index++) {
    await target.run(index);
  }
  await target.settle();
  return found;
}

const takesAll = (folder: FuzzedFolder): Promise<undefined> => {
  folder.names().forEach((name) => folder.take(name));
  return Promise.resolve(undefined);
};

test("the real poll: 400 hostile files, each with an outcome, and nothing is found", async () => {
  const { outcomes, violations, crashes } = await fuzzed(400);
  expect({ violations, crashes }).toEqual({ violations: [], crashes: [] });
  expect(outcomes).toHaveLength(400);
  expect([...new Set(outcomes)]).toEqual(expect.arrayContaining(["applied accepted", "quarantined", "not-touched"]));
}, 60_000);

test("a poll that follows a name out of the folder is found out", async () => {
  const { violations } = await fuzzed(200, async (folder) => {
    for (const name of folder.names()) {
      await folder.session.read(`/OUT/${name}`).catch(() => {});
      folder.take(name);
    }
    return undefined;
  });
  expect(violations.join("\n")).toMatch(/the poll touched ".*\.\.\/.*", outside the folder/);
});

test("a poll that throws what it may not throw is a crash", async () => {
  const { crashes } = await fuzzed(20, async (folder) => {
    await takesAll(folder);
    throw new TypeError("undefined is not a file");
  });
  expect(crashes.join("\n")).toContain("undefined is not a file");
});

test("a file that is gone without a trace is found out", async () => {
  const { violations } = await fuzzed(20, takesAll);
  expect(violations).toContain("its file is gone, and nothing is known of it");
});

test("a file that is never done with is found out", async () => {
  const { violations } = await fuzzed(20, () => Promise.resolve(undefined));
  expect(violations.join("\n")).toContain("still wait after 40 polls");
});
