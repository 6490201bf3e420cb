import { expect, onTestFinished, test } from "vitest";
import { createPayloadsTarget } from "./payloads.ts";

test("200 hostile payloads: each has an outcome, and every document is valid", async () => {
  const outcomes: string[] = [];
  const findings: unknown[] = [];
  const target = await createPayloadsTarget("judge", {
    begin: () => {},
    outcome: (name) => outcomes.push(name),
    violation: (finding) => findings.push(finding),
    crash: (finding) => findings.push(finding),
  });
  onTestFinished(() => target.close());
  for (let index = 0; index < 200; index++) {
    await target.run(index);
  }
  expect(findings).toEqual([]);
  expect(outcomes.filter((name) => name !== "documents")).toHaveLength(200);
  expect([...new Set(outcomes)]).toEqual(expect.arrayContaining(["new", "newer", "dead-letter", "documents"]));
}, 60_000);
