import { expect, test } from "vitest";
import { mayChange, messageStates, type MessageState } from "./message.ts";

const reached = (from: MessageState, causes: readonly ("system" | "evidence" | "person")[]): readonly MessageState[] =>
  messageStates.filter((to) => causes.some((cause) => mayChange(from, to, cause)));

test("nothing but a person leads from sent or unknown to a state that sends; what a machine takes back there is given up", () => {
  for (const from of ["sent", "unknown"] as const) {
    expect([from, reached(from, ["system"])]).toEqual([from, []]);
    expect([from, reached(from, ["evidence"])]).toEqual([from, from === "sent" ? ["withdrawn"] : ["sent", "withdrawn"]]);
  }
});

test("not even a person sends what may be at the supplier: another message is sent in its place", () => {
  expect(reached("sent", ["system", "evidence", "person"])).toEqual(["withdrawn"]);
  expect(reached("unknown", ["person"])).toEqual(["sent", "withdrawn"]);
});

test("only an attempt sends: sending is reached from ready alone", () => {
  expect(messageStates.filter((from) => mayChange(from, "sending", "system"))).toEqual(["ready"]);
});

test("what failed goes on by a person, or by what the supplier says", () => {
  expect(reached("failed", ["system"])).toEqual(["withdrawn"]);
  expect(reached("failed", ["evidence"])).toEqual(["sent", "unknown"]);
});
