// Each way to go wrong is found out, told with its case, and the others go on.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runWatched } from "./watched-child.ts";

const module = new URL("./test/broken-child.ts", import.meta.url).pathname;

async function watched(seed: string) {
  const evidence = mkdtempSync(join(tmpdir(), "soh-fuzz-test-"));
  onTestFinished(() => rmSync(evidence, { recursive: true, force: true }));
  const report = await runWatched({ name: "cases", module, seed, cases: 10, heapMb: 64, evidence });
  const file = join(evidence, "cases-3.bin");
  return { ...report, evidence: existsSync(file) ? readFileSync(file, "utf8") : undefined };
}

test("a child that does well has no findings", async () => {
  expect(await watched("well")).toMatchObject({
    cases: 10,
    outcomes: { done: 10 },
    crashes: [],
    hangs: [],
    violations: [],
    hiccups: 0,
    evidence: undefined,
  });
});

test("a case that hangs is killed, tried again alone, told of, and its bytes are left", async () => {
  expect(await watched("hang")).toMatchObject({
    cases: 10,
    outcomes: { done: 9 },
    crashes: [],
    hangs: [{ index: 3, how: "broken" }],
    evidence: "case 3",
  });
});

test("a case that throws is a crash", async () => {
  expect(await watched("throw")).toMatchObject({
    outcomes: { done: 9 },
    crashes: [{ index: 3, what: expect.stringContaining("not like this") }],
    evidence: "case 3",
  });
});

test("a case that fills the heap is a crash", async () => {
  const { crashes, hangs } = await watched("exhaust");
  // Whichever comes first: the end of the heap, or of the second.
  expect([...crashes, ...hangs]).toMatchObject([{ index: 3 }]);
});

test("what may never be is told", async () => {
  expect(await watched("violate")).toMatchObject({
    outcomes: { done: 10 },
    violations: [{ index: 3, how: "broken", what: "half of it" }],
    evidence: "case 3",
  });
});
