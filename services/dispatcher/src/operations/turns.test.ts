import { expect, test } from "vitest";
import type { HandlerConfig } from "../config/load.ts";
import { createTurns } from "./turns.ts";

const now = Date.parse("2027-01-15T12:00:00+01:00");

test("what waits for its supplier's schedule shows when its turn is, and nothing else does", () => {
  const schedule = {
    calendar: { timezone: "Europe/Paris", holidays: "FR", days: [1, 2, 3, 4, 5], hours: [{ from: 480, to: 1_080 }], closed: [] },
    send: { kind: "times" as const, times: [660] },
    cutOff: null,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that is read of a supplier
  const suppliers = [{ id: "agriest", schedule }] as unknown as HandlerConfig["suppliers"];
  const turnOf = createTurns({ suppliers }, () => now);
  const ready = { supplier: "agriest", state: "ready", waits_since: now - 1_000 } as const;
  expect(turnOf(ready)).toBe(Date.parse("2027-01-18T11:00:00+01:00"));
  expect(turnOf({ ...ready, waits_since: now - 2 * 3_600_000 })).toBeNull(); // Its turn was at 11:00.
  expect(turnOf({ ...ready, waits_since: null })).toBeNull();
  expect(turnOf({ ...ready, state: "held" })).toBeNull();
  expect(turnOf({ ...ready, supplier: "fournial" })).toBeNull();
});
