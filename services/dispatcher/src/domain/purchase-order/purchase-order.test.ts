import { expect, test } from "vitest";
import { mayChange, purchaseOrderStates } from "./purchase-order.ts";

test("nothing but a person leads from sent, closed or unknown to a state that sends", () => {
  for (const from of ["sent", "closed", "unknown"] as const) {
    for (const to of ["held", "ready", "sending"] as const) {
      expect([from, to, mayChange(from, to, "system"), mayChange(from, to, "evidence")]).toEqual([from, to, false, false]);
    }
  }
});

test("a cancelled or closed purchase order stays so", () => {
  for (const from of ["cancelled", "closed"] as const) {
    expect(
      purchaseOrderStates.filter((to) => (["system", "evidence", "person"] as const).some((cause) => mayChange(from, to, cause))),
    ).toEqual([]);
  }
});

test("only an attempt sends: sending is reached from ready alone", () => {
  expect(purchaseOrderStates.filter((from) => mayChange(from, "sending", "system"))).toEqual(["ready"]);
});
