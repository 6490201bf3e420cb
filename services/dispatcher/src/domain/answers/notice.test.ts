import { describe, expect, test } from "vitest";
import type { Acknowledgement, SuppliedLine } from "./acknowledgement.ts";
import {
  allOf,
  answeredBy,
  isDone,
  judgeAnswer,
  labelOf,
  lessWithdrawn,
  nameOf,
  piecesFor,
  promisesOf,
  readWanted,
  reduce,
  showWanted,
  takeBack,
  titleOf,
  type HeldLine,
} from "./notice.ts";

const line = (number: number, units: number, more: Partial<HeldLine> = {}): HeldLine => ({
  number,
  lineId: `l${number}`,
  units,
  shipped: 0,
  cancelled: 0,
  withdrawn: 0,
  ...more,
});

test("what a notice says is read back as it was written", () => {
  for (const wanted of [
    "nothing" as const,
    new Map([[1, 2]]),
    new Map([
      [1, 0],
      [2, 10],
    ]),
  ]) {
    expect(readWanted(showWanted(wanted))).toEqual(wanted);
  }
  expect(
    showWanted(
      new Map([
        [1, 2],
        [2, 0],
      ]),
    ),
  ).toBe("1:2 2:0");
  expect(() => readWanted("1:2,2")).toThrow(/says no quantities/);
});

describe("what is still wanted", () => {
  test("is nothing to tell where nothing is too much", () => {
    expect(reduce([{ id: "a", lines: [line(1, 3)] }], new Map())).toEqual(new Map());
  });

  test("names all lines of a purchase order of which one is reduced", () => {
    const lines = [line(1, 3), line(2, 2)];
    expect(reduce([{ id: "a", lines }], new Map([["l1", 1]]))).toEqual(
      new Map([
        [
          "a",
          new Map([
            [1, 2],
            [2, 2],
          ]),
        ],
      ]),
    );
  });

  test("is taken from the newest purchase order first", () => {
    const purchaseOrders = [
      { id: "old", lines: [line(1, 2), line(2, 1)] },
      { id: "new", lines: [line(1, 1)] },
    ];
    expect(reduce(purchaseOrders, new Map([["l1", 2]]))).toEqual(
      new Map<string, unknown>([
        ["new", "nothing"],
        [
          "old",
          new Map([
            [1, 1],
            [2, 1],
          ]),
        ],
      ]),
    );
  });

  test("is never less than what was shipped", () => {
    expect(reduce([{ id: "a", lines: [line(1, 3, { shipped: 2 })] }], new Map([["l1", 3]]))).toEqual(
      new Map([["a", new Map([[1, 2]])]]),
    );
    expect(reduce([{ id: "a", lines: [line(1, 3, { shipped: 3 })] }], new Map([["l1", 3]]))).toEqual(new Map());
  });

  test("counts what the supplier refused by itself as taken off, on whichever purchase order, but not what it took back", () => {
    const refused = { id: "old", lines: [line(1, 2, { cancelled: 1 })] };
    expect(reduce([refused, { id: "new", lines: [line(1, 2)] }], new Map([["l1", 1]]))).toEqual(new Map());
    const takenBack = { id: "a", lines: [line(1, 3, { cancelled: 1, withdrawn: 1 })] };
    expect(reduce([takenBack], new Map([["l1", 1]]))).toEqual(new Map([["a", new Map([[1, 1]])]]));
  });

  test("is a cancellation where no unit of any line is left", () => {
    const lines = [line(1, 3), line(2, 2, { cancelled: 2 })];
    expect(reduce([{ id: "a", lines }], new Map([["l1", 3]]))).toEqual(new Map([["a", "nothing"]]));
  });
});

test("a purchase order of which all is shipped or cancelled needs no notice", () => {
  expect(isDone([line(1, 3, { shipped: 1, cancelled: 2 })])).toBe(true);
  expect(isDone([line(1, 3, { shipped: 1, cancelled: 1 })])).toBe(false);
  expect(allOf([line(1, 3, { cancelled: 1 })])).toEqual(new Map([[1, 2]]));
});

describe("an accepted notice", () => {
  const own = (more: Partial<Parameters<typeof takeBack>[0][number]> = {}) => ({
    ...line(1, 5),
    confirmed: 0,
    backordered: 0,
    promisedOn: null,
    ...more,
  });

  test("cancels everything that is not shipped", () => {
    expect(takeBack([own({ confirmed: 5, shipped: 2 })], "nothing")).toEqual([
      { number: 1, confirmed: 2, backordered: 0, promisedOn: null, cancelled: 3, withdrawn: 3 },
    ]);
  });

  test("of a change takes the backordered units first, and leaves the confirmed ones", () => {
    expect(takeBack([own({ confirmed: 3, backordered: 2 })], new Map([[1, 3]]))).toEqual([
      { number: 1, confirmed: 3, backordered: 0, promisedOn: null, cancelled: 2, withdrawn: 2 },
    ]);
  });

  test("of a change confirms the rest where nothing was answered before", () => {
    expect(takeBack([own()], new Map([[1, 4]]))).toEqual([
      { number: 1, confirmed: 4, backordered: 0, promisedOn: null, cancelled: 1, withdrawn: 1 },
    ]);
  });

  test("of a change says of a line what its answer does, and never more than is left", () => {
    const said = { number: 1, confirmed: 1, backordered: 12, promisedOn: "2027-01-21" };
    expect(takeBack([own()], new Map([[1, 4]]), [said])).toEqual([{ ...said, backordered: 3, cancelled: 1, withdrawn: 1 }]);
    const before = own({ confirmed: 5, promisedOn: "2027-01-14" });
    expect(takeBack([before], new Map([[1, 4]]), [{ ...said, promisedOn: null }])[0]).toMatchObject({
      confirmed: 1,
      promisedOn: "2027-01-14",
    });
  });

  test("counts once what it takes off, however many say it, in whatever order", () => {
    const after = { ...own(), ...takeBack([own()], new Map([[1, 2]]))[0] };
    expect(takeBack([after], new Map([[1, 4]]))[0]).toMatchObject({ cancelled: 3, withdrawn: 3 });
    expect(takeBack([after], "nothing")[0]).toMatchObject({ cancelled: 5, withdrawn: 5 });
  });

  test("does not free what the supplier had refused by itself", () => {
    expect(takeBack([own({ cancelled: 2 })], "nothing")[0]).toMatchObject({ cancelled: 5, withdrawn: 3 });
  });

  test("stays when the order's own answer comes later", () => {
    const said = { number: 1, ordered: 5, confirmed: 5, backordered: 0, shipped: 0, cancelled: 0, promisedOn: null };
    expect(lessWithdrawn(said, 3)).toMatchObject({ confirmed: 2, cancelled: 3 });
    expect(lessWithdrawn({ ...said, confirmed: 1, backordered: 4 }, 3)).toMatchObject({ confirmed: 1, backordered: 1 });
  });
});

test("a line takes whole packs from the supplier's stock", () => {
  expect([piecesFor(0, 6), piecesFor(1, 6), piecesFor(6, 6), piecesFor(7, 6)]).toEqual([0, 6, 6, 12]);
});

describe("an answer", () => {
  const supplied = (number: number, ordered: number, packSize = 1): SuppliedLine => ({
    number,
    skus: [`SKU-${number}`],
    ordered,
    confirmed: 0,
    backordered: 0,
    shipped: 0,
    cancelled: 0,
    promisedOn: null,
    packSize,
    quantity: Math.ceil(ordered / packSize),
  });
  const lines = [supplied(1, 3), supplied(2, 12, 6)];
  const said = (status: Acknowledgement["status"], more: Partial<Acknowledgement> = {}): Acknowledgement => ({
    reference: null,
    purchaseOrder: "SE1-1",
    version: null,
    status,
    reason: null,
    lines: [],
    ...more,
  });
  const quantities = (...all: readonly (readonly [confirmed: number | null, cancelled: number | null])[]) =>
    all.map(([confirmed, cancelled], index) => ({
      number: index + 1,
      confirmed,
      backordered: null,
      cancelled,
      promisedOn: null,
    }));

  test("says yes, no, or only that it was received", () => {
    expect(judgeAnswer(lines, "nothing", said("accepted"))).toEqual({ kind: "accepted" });
    expect(judgeAnswer(lines, "nothing", said("rejected"))).toEqual({ kind: "too-late" });
    expect(judgeAnswer(lines, "nothing", said("received"))).toEqual({ kind: "received" });
  });

  test("that says the very quantities asked for says yes, in the supplier's unit", () => {
    expect(judgeAnswer(lines, "nothing", said("changed", { lines: quantities([null, 3], [null, 2]) }))).toEqual({
      kind: "accepted",
    });
    const refused = quantities([0, null], [0, null]).map((one) => ({ ...one, refused: true }));
    expect(judgeAnswer(lines, "nothing", said("changed", { lines: refused }))).toEqual({ kind: "accepted" });
    const wanted = new Map([
      [1, 1],
      [2, 6],
    ]);
    expect(judgeAnswer(lines, wanted, said("changed", { lines: quantities([1, null], [1, null]) }))).toEqual({
      kind: "accepted",
    });
  });

  test("that says other quantities is unclear: it names what was asked for", () => {
    const some = quantities([1, 2], [2, null]);
    expect(judgeAnswer(lines, "nothing", said("changed", { lines: some }))).toMatchObject({
      kind: "unclear",
      reason: expect.stringContaining("than the cancellation asked for"),
    });
    // Nothing confirmed is not yet nothing shipped.
    expect(judgeAnswer(lines, "nothing", said("changed", { lines: quantities([0, null], [0, null]) }))).toMatchObject({
      kind: "unclear",
    });
    expect(judgeAnswer(lines, "nothing", said("changed", { lines: quantities([null, 3]) }))).toMatchObject({ kind: "unclear" });
  });

  const wanted = new Map([
    [1, 2],
    [2, 0],
  ]);
  const line1 = (confirmed: number | null, backordered: number | null = null, cancelled: number | null = null) => ({
    number: 1,
    confirmed,
    backordered,
    cancelled,
    promisedOn: null,
  });

  test.each([
    ["only the lines that it has left", [line1(2)]],
    ["some of them as coming later", [line1(1, 1)]],
  ])("to a change names %s", (_, named) => {
    expect(judgeAnswer(lines, wanted, said("changed", { lines: named }))).toEqual({ kind: "accepted" });
    // Without a version it must say all of it: it may be to the order.
    const waiting = [{ version: 2, purpose: "change" as const, waits: true, wanted }];
    expect(answeredBy({ acknowledged: true, lines, notices: waiting }, said("changed", { lines: named }))).toMatchObject({
      kind: "unclear",
    });
  });

  test.each([
    ["names no line", []],
    ["names a line that is not there", [line1(2), { ...line1(1), number: 7 }]],
    ["names a line twice", [line1(2), line1(2)]],
    ["names none of those that have fewer units", [{ ...line1(0, null, 2), number: 2 }]],
  ])("to a change that %s is unclear", (_, named) => {
    expect(judgeAnswer(lines, wanted, said("changed", { lines: named }))).toMatchObject({ kind: "unclear" });
  });

  test("that accepts a change may tell of its lines, and is unclear when it says other quantities", () => {
    const judge = (...named: readonly ReturnType<typeof line1>[]) =>
      judgeAnswer(lines, wanted, said("accepted", { lines: named }));
    for (const one of [line1(null), line1(null, 1), line1(2), line1(1, 1)]) {
      expect(judge(one)).toEqual({ kind: "accepted" });
    }
    for (const one of [line1(3), line1(1), line1(1, null, 1), line1(null, null, 2)]) {
      expect(judge(one)).toEqual({
        kind: "unclear",
        reason: "it accepts the change, and says other quantities than that asked for",
      });
    }
  });

  test("that accepts a change promises what it says of its lines, in pieces", () => {
    const packs = new Map([
      [1, 2],
      [2, 7],
    ]);
    const second = { ...line1(1, 1), number: 2, promisedOn: "2027-01-21" };
    expect(promisesOf(lines, packs, said("changed", { lines: [line1(null, 1), second] }))).toEqual([
      { number: 1, confirmed: 1, backordered: 1, promisedOn: null },
      { number: 2, confirmed: 6, backordered: 6, promisedOn: "2027-01-21" },
    ]);
    expect(promisesOf(lines, packs, said("accepted"))).toEqual([]);
  });

  const notices = [
    {
      version: 2,
      purpose: "change" as const,
      waits: false,
      wanted: new Map([
        [1, 2],
        [2, 12],
      ]),
    },
    { version: 3, purpose: "cancellation" as const, waits: true, wanted: "nothing" as const },
  ];

  test("is to what its version names", () => {
    const by = (version: number) => answeredBy({ acknowledged: false, lines, notices }, said("rejected", { version }));
    expect(by(1)).toEqual({ kind: "order" });
    expect(by(2)).toEqual({ kind: "notice", notice: notices[0] });
    expect(by(3)).toEqual({ kind: "notice", notice: notices[1] });
  });

  test("without a version is the order's while no notice waits", () => {
    expect(answeredBy({ acknowledged: false, lines, notices: [] }, said("rejected"))).toEqual({ kind: "order" });
    expect(answeredBy({ acknowledged: false, lines, notices: notices.slice(0, 1) }, said("accepted"))).toEqual({ kind: "order" });
  });

  test("without a version is unclear while one waits, but for a second receipt and for quantities that grant it", () => {
    for (const status of ["received", "accepted", "rejected"] as const) {
      expect(answeredBy({ acknowledged: false, lines, notices }, said(status))).toMatchObject({ kind: "unclear" });
    }
    expect(answeredBy({ acknowledged: true, lines, notices }, said("received"))).toMatchObject({ kind: "notice" });
    const all = said("changed", { lines: quantities([null, 3], [null, 2]) });
    expect(answeredBy({ acknowledged: false, lines, notices }, all)).toMatchObject({ kind: "notice" });
  });
});

test("people call a notice by what it says, and commands take its id", () => {
  const po = { id: "po1", number: "SE1-1", purpose: null };
  const notice = { id: "po2", number: "SE1-1", purpose: "cancellation" as const };
  expect([labelOf(po), titleOf(po), nameOf(po)]).toEqual(["SE1-1", "Purchase order SE1-1", "SE1-1"]);
  expect([labelOf(notice), titleOf(notice), nameOf(notice)]).toEqual([
    "the cancellation of SE1-1",
    "Cancellation of purchase order SE1-1",
    "po2",
  ]);
});
