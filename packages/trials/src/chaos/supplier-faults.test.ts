import { beforeEach, expect, test } from "vitest";
import type { FaultEvent } from "@soh/simulators/ftps-server";
import type { PlannedStrike } from "./plan.ts";
import { createSupplierFaults } from "./supplier-faults.ts";

let nowMs: number;
let struck: string[];

beforeEach(() => {
  nowMs = 0;
  struck = [];
});

const planned = (change: Partial<PlannedStrike> = {}): PlannedStrike => ({
  atMs: 0,
  kind: "cuts before 250",
  supplier: "agriest",
  moment: { phase: "after", command: "RNTO" },
  action: { do: "close" },
  lastsMs: 0,
  ...change,
});

const faults = (...strikes: PlannedStrike[]) =>
  createSupplierFaults({
    strikes,
    ordersFolder: "/IN",
    elapsed: () => nowMs,
    hasHappened: (kind) => struck.includes(kind),
    onStrike: ({ kind }) => struck.push(kind),
  });

const event = (phase: FaultEvent["phase"], command: string, path = "/IN/a.xml"): FaultEvent => ({
  phase,
  command,
  path,
  argument: path,
  session: 1,
  count: 1,
});

test("a strike waits for its time and its moment, and meets one command alone", () => {
  const { hook, left } = faults(planned({ atMs: 1_000 }));
  expect(hook(event("after", "RNTO"))).toBeUndefined();
  nowMs = 1_000;
  expect(hook(event("before", "RNTO"))).toBeUndefined();
  expect(hook(event("after", "RNTO", "/OUT/archive/a.xml"))).toBeUndefined();
  expect(left()).toHaveLength(1);
  expect(hook(event("after", "RNTO"))).toEqual({ do: "close" });
  nowMs = 10_000;
  expect(hook(event("after", "RNTO"))).toBeUndefined();
  expect([struck, left()]).toEqual([["cuts before 250"], []]);
});

test("what is refused for some seconds is refused every time, counts once, and ends", () => {
  const action = { do: "reply", code: 502, text: "no" } as const;
  const { hook } = faults(
    planned({ kind: "refuses SIZE", moment: { phase: "before", command: "SIZE" }, action, lastsMs: 2_000 }),
  );
  const answers = [0, 500, 1_999, 2_000].map((ms) => {
    nowMs = ms;
    return hook(event("before", "SIZE"));
  });
  expect(answers).toEqual([action, action, action, undefined]);
  expect(struck).toEqual(["refuses SIZE"]);
});

test("between two strikes something gets through", () => {
  const { hook } = faults(planned(), planned());
  expect(hook(event("after", "RNTO"))).toEqual({ do: "close" });
  expect(hook(event("after", "RNTO"))).toBeUndefined();
  nowMs = 300;
  expect(hook(event("after", "RNTO"))).toEqual({ do: "close" });
});

test("a kind that has not happened yet goes first", () => {
  const later = planned({ atMs: 1, kind: "hangs in the rename", action: { do: "delay", ms: 4_000 } });
  const { hook } = faults(planned(), planned(), later);
  const actions = [1, 1_000, 2_000].map((ms) => {
    nowMs = ms;
    return hook(event("after", "RNTO"));
  });
  expect(actions).toEqual([{ do: "close" }, { do: "delay", ms: 4_000 }, { do: "close" }]);
});

test("an ambush strikes once at its moment, before the server goes on, unless it was called off", () => {
  const { hook, ambush } = faults();
  const hits: string[] = [];
  ambush({ phase: "before", command: "RNTO" }, () => hits.push("first"));
  ambush({ phase: "before", command: "RNTO" }, () => hits.push("never"))();
  expect([hook(event("before", "RNTO")), hook(event("before", "RNTO"))]).toEqual([undefined, undefined]);
  expect(hits).toEqual(["first"]);
});

test("held, every upload hangs; at the end nothing more happens", () => {
  const { hook, hold, end } = faults(planned());
  hold(true);
  expect(hook(event("before", "STOR"))).toEqual({ do: "hang" });
  hold(false);
  expect(hook(event("before", "STOR"))).toBeUndefined();
  end();
  expect(hook(event("after", "RNTO"))).toBeUndefined();
});
