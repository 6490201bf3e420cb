import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { createOrderGenerator, type GeneratedOrder } from "@soh/simulators/orders";
import type { ToldPurchaseOrder } from "../world/dispatcher.ts";
import type { FoundFile } from "../world/found-files.ts";
import { openLedger, type Ledger } from "../world/ledger.ts";
import { HOLDS, PARTNERS } from "../world/partners.ts";
import { judge, TABLE_REASONS, type Evidence } from "./judge.ts";

const SINCE = Date.parse("2026-12-01T00:00:00+01:00");
const NOW = Date.parse("2026-12-08T10:00:00+01:00");

const generator = createOrderGenerator({
  seed: 3,
  shop: "sermat-equipement.myshopify.com",
  suppliers: PARTNERS.map(({ rules }) => rules),
  holds: HOLDS,
  since: SINCE,
  now: () => NOW,
});

const answer = (status: number) => [
  { status, body: '{"status":"queued"}', sentAt: NOW, answeredAt: NOW, webhookId: "w", eventId: "e" },
];

let ledger: Ledger;
let sent: GeneratedOrder[];

beforeEach(() => {
  ledger = openLedger();
  sent = [...Array.from({ length: 8 }, () => generator.next("plain")), generator.next("tagged"), generator.next("historic")];
  sent.forEach((order) => ledger.record(order, answer(200)));
});

const numberOf = (order: GeneratedOrder, supplier: string): string => `${supplier}-${order.payload.order_number}`;

const file = (order: GeneratedOrder, supplier: string, number = numberOf(order, supplier)): FoundFile => ({
  supplier,
  file: `${number}.xml`,
  sha256: number,
  order: { orderNumber: number, shopOrder: order.payload.name },
  takenAt: NOW,
});

const told = (order: GeneratedOrder, supplier: string, change: Partial<ToldPurchaseOrder> = {}): ToldPurchaseOrder => ({
  id: `po ${numberOf(order, supplier)}`,
  number: numberOf(order, supplier),
  supplier,
  orderName: order.payload.name,
  state: "closed",
  reason: null,
  inferred: false,
  acknowledgement: "accepted",
  ...change,
});

const released = (): readonly (readonly [GeneratedOrder, string])[] =>
  sent.flatMap((order) =>
    order.expected.purchaseOrders.flatMap(({ state, supplier }) => (state === "released" ? [[order, supplier] as const] : [])),
  );

/** Everything as it must be, but for what a test changes. */
function weigh(change: Partial<Evidence> & { readonly purchaseOrders?: readonly ToldPurchaseOrder[] } = {}) {
  const { purchaseOrders = released().map(([order, supplier]) => told(order, supplier)), ...others } = change;
  return judge({
    sent: ledger.orders,
    found: released().map(([order, supplier]) => file(order, supplier)),
    leftBehind: [],
    told: { orders: sent.map(({ payload }) => payload.name), purchaseOrders },
    ...others,
  });
}

const words = (verdict: ReturnType<typeof judge>): readonly string[] => verdict.problems.map(({ what }) => what);

test("when every released purchase order was taken once, nothing is wrong", () => {
  const due = released().length;
  expect(weigh()).toEqual({
    figures: {
      orders: 10,
      accepted: 10,
      purchaseOrders: due,
      delivered: due,
      lost: 0,
      duplicates: 0,
      unexpected: 0,
      unknown: 0,
      inferred: 0,
    },
    problems: [],
  });
});

describe("lost", () => {
  test("is a purchase order that its supplier does not have, whatever the dispatcher says", () => {
    const [order, supplier] = released()[0]!;
    const found = released()
      .slice(1)
      .map((one) => file(...one));
    const verdict = weigh({ found });
    expect(verdict.figures).toMatchObject({ lost: 1, delivered: found.length });
    expect(verdict.problems).toEqual([
      { what: expect.stringContaining(`lost: ${order.payload.name}`), purchaseOrder: `po ${numberOf(order, supplier)}` },
    ]);
  });

  test("is an accepted order that the dispatcher does not know, also one that is held", () => {
    const tagged = sent[8]!.payload.name;
    const verdict = weigh({
      told: {
        orders: sent.map(({ payload }) => payload.name).filter((name) => name !== tagged),
        purchaseOrders: released().map((one) => told(...one)),
      },
    });
    expect(verdict.figures.lost).toBe(1);
    expect(words(verdict)).toEqual([`lost: ${tagged} (tagged) was accepted, and the dispatcher does not know it`]);
  });

  test("is an order whose retries ended without a 200", () => {
    const refused = generator.next("plain");
    ledger.record(refused, answer(503));
    const verdict = weigh();
    expect(verdict.figures).toMatchObject({ orders: 11, accepted: 10, lost: 1 });
    expect(words(verdict)).toEqual([
      expect.stringContaining(`lost: ${refused.payload.name}: orders/create was not accepted: 503`),
    ]);
  });
});

describe("a duplicate", () => {
  test.each([
    ["the same number again", (order: GeneratedOrder, supplier: string) => file(order, supplier)],
    ["another number for the same order", (order: GeneratedOrder, supplier: string) => file(order, supplier, "X-1")],
  ])("is %s", (_, again) => {
    const [first] = released();
    const found = [...released().map((one) => file(...one)), again(...first!)];
    const verdict = weigh({ found });
    expect(verdict.figures).toMatchObject({ duplicates: 1, lost: 0, unexpected: 0 });
    expect(words(verdict)).toEqual([expect.stringContaining("duplicate: ")]);
  });
});

describe("what no supplier should have", () => {
  test("is a held order, an order that nobody sent, and a file that is no order", () => {
    const strange: FoundFile = { supplier: "agriest", file: "x", sha256: "x", order: undefined, takenAt: NOW };
    const unsent = file(generator.next("plain"), "agriest");
    const found = [...released().map((one) => file(...one)), file(sent[8]!, "agriest"), unsent, strange];
    expect(weigh({ found }).figures).toMatchObject({ unexpected: 3, duplicates: 0 });
  });

  test("is not what was sent before its order was cancelled, nor must that be delivered", () => {
    const [first] = released();
    ledger.record(generator.cancelled(first![0], NOW + 60_000), answer(200));
    const found = released().map((one) => file(...one));
    expect(weigh({ found }).problems).toEqual([]);
    const without = found.filter(({ order }) => order?.shopOrder !== first![0].payload.name);
    expect(weigh({ found: without }).problems).toEqual([]);
  });

  test("is what lies in an orders folder and was never taken", () => {
    expect(words(weigh({ leftBehind: ["a.xml lies there"] }))).toEqual(["a.xml lies there"]);
  });
});

describe("unknown", () => {
  const [first, ...others] = TABLE_REASONS;
  const withReason = (reason: string) =>
    released().map((one, n) => told(...one, n === 0 ? { state: "unknown", reason, acknowledgement: null } : {}));
  const foundWithoutFirst = () =>
    released()
      .slice(1)
      .map((one) => file(...one));

  test.each([first, ...others])("by a row of the table is no loss and nothing wrong: %s", (reason) => {
    const verdict = weigh({ purchaseOrders: withReason(`${reason} …`), found: foundWithoutFirst() });
    expect(verdict.problems).toEqual([]);
    expect(verdict.figures).toMatchObject({ unknown: 1, lost: 0 });
  });

  test("for another reason is wrong, and a loss where the supplier does not have it", () => {
    const verdict = weigh({ purchaseOrders: withReason("who knows"), found: foundWithoutFirst() });
    expect(verdict.figures).toMatchObject({ unknown: 1, lost: 1 });
    expect(words(verdict)).toEqual([expect.stringContaining("lost: "), expect.stringContaining("not explained by the table: ")]);
  });

  test("has the table's own words", () => {
    const table = readFileSync(
      join(import.meta.dirname, "../../../../services/dispatcher/src/domain/delivery/delivery-table.ts"),
      "utf8",
    );
    TABLE_REASONS.forEach((reason) => expect(table).toContain(reason));
  });
});

test("what was marked as sent without a proof is counted", () => {
  const purchaseOrders = released().map((one, n) => told(...one, { inferred: n < 2 }));
  expect(weigh({ purchaseOrders }).figures.inferred).toBe(2);
});
