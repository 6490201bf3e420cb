import { expect, test } from "vitest";
import { messageStates } from "../delivery/message.ts";
import { isOpen, mayEnd, purchaseOrderStates, stages, stateOf } from "./purchase-order.ts";

test("how a purchase order stands, over every pair of its stage and its message's state", () => {
  const table = stages.map((stage) => [stage, ...[null, ...messageStates].map((message) => stateOf(stage, message))]);
  expect([null, ...messageStates]).toEqual([null, "ready", "sending", "sent", "unknown", "failed", "withdrawn"]);
  expect(table).toEqual([
    ["open", "held", "ready", "sending", "sent", "unknown", "failed", "held"],
    ["closed", "closed", "closed", "closed", "closed", "closed", "closed", "closed"],
    ["cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "cancelled"],
  ]);
  expect(new Set(table.flatMap(([, ...states]) => states))).toEqual(new Set(purchaseOrderStates));
});

test("a purchase order ends once; the machine closes none, and no answer cancels one", () => {
  const ends = (["system", "evidence", "person"] as const).flatMap((cause) =>
    stages.flatMap((from) => stages.flatMap((to) => (mayEnd(from, to, cause) ? [`${from} to ${to} by ${cause}`] : []))),
  );
  expect(ends).toEqual([
    "open to cancelled by system",
    "open to closed by evidence",
    "open to closed by person",
    "open to cancelled by person",
  ]);
});

test("its content follows its order only while nothing of it goes", () => {
  expect(purchaseOrderStates.filter(isOpen)).toEqual(["held", "ready"]);
});
