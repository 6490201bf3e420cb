import { expect, test } from "vitest";
import { createGate } from "./gate.ts";

test("closed, what is under way is waited for, and what comes waits until it is open", async () => {
  const gate = createGate();
  const events: string[] = [];
  const first = Promise.withResolvers<void>();
  const underWay = gate.pass(() => first.promise);
  const closed = gate.close().then(() => events.push("closed"));
  const later = gate.pass(async () => void events.push("later"));
  first.resolve();
  await Promise.all([underWay, closed]);
  expect(events).toEqual(["closed"]);
  gate.open();
  await later;
  expect(events).toEqual(["closed", "later"]);
});

test("closed with nothing under way, it is closed at once", async () => {
  const gate = createGate();
  await gate.close();
  gate.open();
  expect(await gate.pass(async () => 1)).toBe(1);
});
