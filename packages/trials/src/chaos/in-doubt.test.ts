import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BY_THE_JOURNAL, isInDoubtByRestore, remedyFor } from "./in-doubt.ts";

test.each([
  [true, "open", "mark-sent"],
  [true, "cancelled", "mark-sent"],
  [false, "open", "same-again"],
  [false, "cancelled", "discard"],
] as const)("when the supplier has it: %s, and the order is %s, an operator chooses %s", (supplierHasIt, order, remedy) => {
  expect(remedyFor({ supplierHasIt, order })).toBe(remedy);
});

test("only what is unknown by the journal is in doubt by a restore", () => {
  const reason = `the journal says it may have been sent at …: ${BY_THE_JOURNAL}`;
  expect(isInDoubtByRestore({ state: "unknown", reason })).toBe(true);
  expect(isInDoubtByRestore({ state: "sent", reason })).toBe(false);
  expect(isInDoubtByRestore({ state: "unknown", reason: "both the temporary and the final file exist" })).toBe(false);
  expect(isInDoubtByRestore({ state: "unknown", reason: null })).toBe(false);
});

test.each(["deliveries/restore.ts", "orders/lost-sendings.ts"])("%s has these very words", (file) => {
  const text = readFileSync(join(import.meta.dirname, "../../../../services/dispatcher/src", file), "utf8");
  expect(text).toContain(BY_THE_JOURNAL);
});
