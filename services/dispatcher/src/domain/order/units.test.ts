import { expect, test } from "vitest";
import { accountLine, unitsToOrder, unitsTooMany, type LineAccount } from "./units.ts";

const snapshot = (currentQuantity: number, fulfillableQuantity: number) => ({ currentQuantity, fulfillableQuantity });

/** Runs snapshots one after the other; `ordered` is what suppliers were sent by then. */
function after(...steps: readonly { readonly current: number; readonly fulfillable: number; readonly ordered: number }[]): {
  account: LineAccount;
  ordered: number;
} {
  let account: LineAccount | undefined;
  let ordered = 0;
  for (const step of steps) {
    ordered = step.ordered;
    account = accountLine(account, snapshot(step.current, step.fulfillable), ordered);
  }
  if (account === undefined) {
    throw new Error("no step");
  }
  return { account, ordered };
}

test("a fresh line is to be ordered whole", () => {
  const { account } = after({ current: 5, fulfillable: 5, ordered: 0 });
  expect(unitsToOrder(account, 0)).toBe(5);
});

test("units fulfilled by hand before sending are not ordered", () => {
  const { account } = after({ current: 5, fulfillable: 3, ordered: 0 });
  expect(unitsToOrder(account, 0)).toBe(3);
});

test("units on a sent purchase order are not ordered again, nor when the supplier's shipment is fulfilled in Shopify", () => {
  const { account } = after({ current: 5, fulfillable: 5, ordered: 0 }, { current: 5, fulfillable: 0, ordered: 5 });
  expect(unitsToOrder(account, 5)).toBe(0);
  expect(unitsTooMany(account, 5)).toBe(0);
});

test("a unit added after the first ones were shipped is ordered", () => {
  const { account } = after(
    { current: 5, fulfillable: 5, ordered: 0 },
    { current: 5, fulfillable: 0, ordered: 5 },
    { current: 6, fulfillable: 1, ordered: 5 },
  );
  expect(unitsToOrder(account, 5)).toBe(1);
});

test("a unit added while the first ones are under way is ordered", () => {
  const { account } = after({ current: 5, fulfillable: 5, ordered: 0 }, { current: 6, fulfillable: 4, ordered: 5 });
  expect(unitsToOrder(account, 5)).toBe(1);
});

test("units fulfilled by hand before sending and the supplier's own are told apart", () => {
  const { account } = after(
    { current: 5, fulfillable: 3, ordered: 0 },
    { current: 5, fulfillable: 3, ordered: 3 },
    { current: 5, fulfillable: 0, ordered: 3 },
  );
  expect(account.elsewhere).toBe(2);
  expect(unitsToOrder(account, 3)).toBe(0);
});

test("a unit removed before shipment is too many at the supplier", () => {
  const { account } = after({ current: 5, fulfillable: 5, ordered: 0 }, { current: 4, fulfillable: 4, ordered: 5 });
  expect(unitsTooMany(account, 5)).toBe(1);
});

test("a return of shipped units takes nothing from the supplier, and a unit added afterwards is still ordered", () => {
  const shipped = after(
    { current: 5, fulfillable: 5, ordered: 0 },
    { current: 5, fulfillable: 0, ordered: 5 },
    { current: 3, fulfillable: 0, ordered: 5 },
  );
  expect(unitsTooMany(shipped.account, 5)).toBe(0);
  expect(unitsToOrder(shipped.account, 5)).toBe(0);
  const added = accountLine(shipped.account, snapshot(4, 1), 5);
  expect(unitsToOrder(added, 5)).toBe(1);
});

test("a fulfilment by hand that is cancelled makes its units wanted again", () => {
  const { account } = after({ current: 5, fulfillable: 3, ordered: 0 }, { current: 5, fulfillable: 5, ordered: 0 });
  expect(unitsToOrder(account, 0)).toBe(5);
});

test("a supplier's fulfilment that is cancelled in Shopify does not order again", () => {
  const { account } = after(
    { current: 5, fulfillable: 5, ordered: 0 },
    { current: 5, fulfillable: 0, ordered: 5 },
    { current: 5, fulfillable: 5, ordered: 5 },
  );
  expect(unitsToOrder(account, 5)).toBe(0);
});

test("the same snapshot twice changes nothing", () => {
  const once = after({ current: 5, fulfillable: 3, ordered: 0 });
  expect(accountLine(once.account, snapshot(5, 3), 0)).toEqual(once.account);
});

test("units fulfilled by hand while a purchase order was being sent are not ordered when it comes back unsent", () => {
  const { account } = after(
    { current: 5, fulfillable: 5, ordered: 0 },
    { current: 5, fulfillable: 0, ordered: 5 }, // Claimed: its units count as ordered.
    { current: 5, fulfillable: 0, ordered: 0 }, // Its attempt failed.
  );
  expect(unitsToOrder(account, 0)).toBe(0);
});
