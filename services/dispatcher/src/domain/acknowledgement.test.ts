import { expect, test } from "vitest";
import { applyAcknowledgement, type Acknowledgement, type LineQuantities } from "./acknowledgement.ts";

const line = (number: number, ordered: number): LineQuantities => ({
  number,
  ordered,
  confirmed: 0,
  backordered: 0,
  shipped: 0,
  cancelled: 0,
  promisedOn: null,
});
const answer = (over: Partial<Acknowledgement>): Acknowledgement => ({
  reference: null,
  purchaseOrder: "P1",
  version: null,
  status: "accepted",
  reason: null,
  lines: [],
  ...over,
});
const own = (over: Partial<Acknowledgement["lines"][number]>) => ({
  number: 1,
  confirmed: null,
  backordered: null,
  cancelled: null,
  promisedOn: null,
  ...over,
});

test("accepted confirms every unit", () => {
  expect(applyAcknowledgement([line(1, 2), line(2, 5)], answer({}))).toMatchObject({
    kind: "applied",
    closed: false,
    lines: [{ confirmed: 2 }, { confirmed: 5 }],
  });
});

test("received changes no quantity", () => {
  expect(applyAcknowledgement([line(1, 2)], answer({ status: "received" }))).toEqual({
    kind: "applied",
    closed: false,
    lines: [line(1, 2)],
  });
});

test("rejected cancels every unit and closes the purchase order", () => {
  expect(applyAcknowledgement([line(1, 2)], answer({ status: "rejected" }))).toMatchObject({
    kind: "applied",
    closed: true,
    lines: [{ cancelled: 2, confirmed: 0 }],
  });
});

test("changed lines count as said; the others have no answer yet, where the answer is only about those that it names", () => {
  const result = applyAcknowledgement(
    [line(1, 5), line(2, 1)],
    answer({ status: "changed", onlyNamed: true, lines: [own({ confirmed: 5 })] }),
  );
  expect(result).toMatchObject({ kind: "applied", lines: [{ confirmed: 5 }, { confirmed: 0 }] });
});

test("changed lines count as said, the others as confirmed", () => {
  const result = applyAcknowledgement(
    [line(1, 5), line(2, 1)],
    answer({ status: "changed", lines: [own({ confirmed: 3, backordered: 2, promisedOn: "2026-12-09" })] }),
  );
  expect(result).toMatchObject({
    kind: "applied",
    lines: [{ confirmed: 3, backordered: 2, promisedOn: "2026-12-09" }, { confirmed: 1 }],
  });
});

test("a line that is refused without a quantity is cancelled whole, and the others are not", () => {
  expect(
    applyAcknowledgement([line(1, 5), line(2, 1)], answer({ status: "changed", lines: [own({ confirmed: 0, refused: true })] })),
  ).toMatchObject({
    kind: "applied",
    closed: false,
    lines: [
      { confirmed: 0, cancelled: 5 },
      { confirmed: 1, cancelled: 0 },
    ],
  });
});

test.each([
  ["an unknown line", answer({ lines: [own({ number: 9, confirmed: 1 })] })],
  ["more than was ordered", answer({ status: "changed", lines: [own({ confirmed: 3 })] })],
  ["changed without lines", answer({ status: "changed" })],
])("%s is a contradiction: nothing is applied", (_what, contradiction) => {
  expect(applyAcknowledgement([line(1, 2)], contradiction)).toMatchObject({ kind: "contradiction" });
});

test("an answer that contradicts the quantities the supplier already gave is measured against the order, not the earlier answer", () => {
  const first = applyAcknowledgement([line(1, 4)], answer({ status: "changed", lines: [own({ confirmed: 1, cancelled: 3 })] }));
  const second = first.kind === "applied" ? applyAcknowledgement(first.lines, answer({ status: "accepted" })) : first;
  expect(second).toMatchObject({ kind: "applied", lines: [{ confirmed: 4, cancelled: 0 }] });
});

test("a second change keeps what the first said of lines that it does not name", () => {
  const first = applyAcknowledgement(
    [line(1, 3), line(2, 4)],
    answer({ status: "changed", lines: [own({ number: 2, confirmed: 2, cancelled: 2 })] }),
  );
  const second =
    first.kind === "applied"
      ? applyAcknowledgement(first.lines, answer({ status: "changed", lines: [own({ confirmed: 1, backordered: 2 })] }))
      : first;
  expect(second).toMatchObject({
    kind: "applied",
    lines: [
      { confirmed: 1, backordered: 2 },
      { confirmed: 2, cancelled: 2 },
    ],
  });
});

test("a line that is answered twice is a contradiction, not half applied", () => {
  expect(
    applyAcknowledgement([line(1, 5)], answer({ status: "changed", lines: [own({ confirmed: 3 }), own({ backordered: 2 })] })),
  ).toMatchObject({ kind: "contradiction" });
});
