import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { applyAcknowledgement, inPieces, inSuppliersUnit, type Acknowledgement, type LineQuantities } from "./acknowledgement.ts";

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

test("accepted about those lines alone that it names says nothing of the others", () => {
  const before = [line(1, 5), { ...line(2, 3), backordered: 3 }, line(3, 1)];
  const result = applyAcknowledgement(before, answer({ onlyNamed: true, lines: [own({})] }));
  expect(result).toEqual({ kind: "applied", closed: false, lines: [{ ...line(1, 5), confirmed: 5 }, before[1], before[2]] });
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

describe("in the supplier's unit", () => {
  const line = (over: object) => ({
    number: 1,
    ordered: 15,
    packSize: 10,
    quantity: 2,
    confirmed: 0,
    backordered: 0,
    shipped: 0,
    cancelled: 0,
    promisedOn: null,
    ...over,
  });

  it.each([
    ["both packs", { confirmed: 2 }, { confirmed: 15, backordered: 0, cancelled: 0 }],
    ["one pack, the other cancelled", { confirmed: 1, cancelled: 1 }, { confirmed: 10, backordered: 0, cancelled: 5 }],
    ["one pack, the other later", { confirmed: 1, backordered: 1 }, { confirmed: 10, backordered: 5, cancelled: 0 }],
    ["none", { cancelled: 2 }, { confirmed: 0, backordered: 0, cancelled: 15 }],
  ])("%s of two for fifteen pieces, in pieces", (_, answered, pieces) => {
    const before = line({});
    expect(inPieces({ ...inSuppliersUnit(before), ...answered }, before)).toMatchObject({ ordered: 15, ...pieces });
  });

  it("an answer for more packs than were ordered contradicts, although the pieces are fewer", () => {
    const answer = {
      reference: null,
      purchaseOrder: "SE1",
      version: null,
      status: "changed",
      reason: null,
      lines: [{ number: 1, confirmed: 3, backordered: null, cancelled: null, promisedOn: null }],
    } as const;
    expect(applyAcknowledgement([inSuppliersUnit(line({}))], answer)).toMatchObject({ kind: "contradiction" });
  });

  test("there and back nothing is lost, and never more than was ordered is answered", () => {
    const answered = fc
      .record({ packSize: fc.integer({ min: 1, max: 50 }), ordered: fc.integer({ min: 1, max: 500 }) })
      .chain(({ packSize, ordered }) => {
        const quantity = Math.ceil(ordered / packSize);
        return fc.tuple(fc.nat(quantity), fc.nat(quantity), fc.nat(quantity)).map(([a, b, c]) => {
          const confirmed = a;
          const backordered = Math.min(b, quantity - confirmed);
          return {
            packSize,
            ordered,
            quantity,
            confirmed,
            backordered,
            cancelled: Math.min(c, quantity - confirmed - backordered),
          };
        });
      });
    fc.assert(
      fc.property(answered, ({ confirmed, backordered, cancelled, ...rest }) => {
        const before = line(rest);
        const pieces = inPieces({ ...inSuppliersUnit(before), confirmed, backordered, cancelled }, before);
        expect(pieces.confirmed + pieces.backordered + pieces.cancelled).toBeLessThanOrEqual(rest.ordered);
        expect(inSuppliersUnit({ ...before, ...pieces })).toMatchObject({ confirmed, backordered, cancelled });
        const all = confirmed + backordered + cancelled === rest.quantity;
        expect(pieces.confirmed + pieces.backordered + pieces.cancelled === rest.ordered).toBe(all);
      }),
    );
  });
});
