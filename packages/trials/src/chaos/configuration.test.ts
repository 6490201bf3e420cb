import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { shortTimes } from "./configuration.ts";

test("the project's configuration gets short times at both suppliers, and keeps everything else", () => {
  const original = readFileSync(join(import.meta.dirname, "../../../../config/handler.yaml"), "utf8");
  const expected = parseDocument(original);
  const changed = parseDocument(shortTimes(original));
  for (const [id, connections] of [
    ["agriest", 1],
    ["fournial", 2],
  ] as const) {
    expect(changed.getIn(["suppliers", id, "retry", "waits", 4])).toBe("5s");
    expect(changed.getIn(["suppliers", id, "breaker", "probe"])).toBe("1s");
    changed.deleteIn(["suppliers", id, "retry"]);
    changed.deleteIn(["suppliers", id, "breaker"]);
    expected.setIn(["suppliers", id, "transport", "timeout"], "3s");
    expected.setIn(["suppliers", id, "transport", "connections"], connections);
  }
  expect(changed.toJS()).toEqual(expected.toJS());
});
