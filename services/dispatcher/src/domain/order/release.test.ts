import { expect, test } from "vitest";
import { isReleased } from "./release.ts";

const order = { financialStatus: "pending", paymentTerms: false, tags: [] };
const paid = { paid: true, terms: false, tags: [] };

test.each([
  ["paid", { ...order, financialStatus: "paid" }, paid, true],
  ["partially refunded", { ...order, financialStatus: "partially_refunded" }, paid, true],
  ["authorized only", { ...order, financialStatus: "authorized" }, paid, false],
  ["without a status", { ...order, financialStatus: null }, paid, false],
  ["paid, but released by hand", { ...order, financialStatus: "paid" }, { ...paid, paid: false }, false],
  ["with payment terms", { ...order, paymentTerms: true }, { ...paid, terms: true }, true],
  ["with payment terms that do not release", { ...order, paymentTerms: true }, paid, false],
  ["with the tag, in other letters", { ...order, tags: ["vip", "Mandat-OK"] }, { ...paid, tags: ["mandat-ok"] }, true],
  ["with another tag", { ...order, tags: ["mandat"] }, { ...paid, tags: ["mandat-ok"] }, false],
])("an order %s", (_what, one, policy, released) => {
  expect(isReleased(one, policy)).toBe(released);
});
