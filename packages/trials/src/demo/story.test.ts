import { expect, test } from "vitest";
import type { ToldOrderDetail } from "../world/dispatcher.ts";
import { readLogLine } from "../world/dispatcher.ts";
import { changes } from "./narrator.ts";
import { formatLine } from "./screen.ts";
import { plain } from "../world/plain-text.ts";
import { clip, storyLine, wrap, type StoryEvent } from "./story.ts";

const at = new Date(2026, 11, 8, 12, 3, 4).getTime();

const show = (event: StoryEvent, width?: number): string => formatLine(storyLine(event), { width, colours: false });

test("what happens is told in aligned columns", () => {
  const events: StoryEvent[] = [
    {
      at,
      kind: "order",
      order: "#1042",
      customer: "GAEC du Val, Rennes",
      split: [
        { supplier: "agriest", lines: 2 },
        { supplier: undefined, lines: 1 },
      ],
    },
    { at, kind: "sent", supplier: "agriest", number: "SE1042-1", fileName: "CDE_SE1042-1_1.xml", bytes: 1_912, afterMs: 210.4 },
    { at, kind: "sent", supplier: "fournial", number: "1042F1", fileName: "1042F1.xml", bytes: 912, afterMs: 3_412 },
    { at, kind: "answer", supplier: "agriest", number: "SE1042-1", status: "accepted", reason: undefined },
    { at, kind: "answer", supplier: "fournial", number: "1042F1", status: "rejected", reason: "no longer made" },
    { at, kind: "held", order: "#1043", number: "SE1043-1", reasons: ["not paid yet", "a second reason"] },
    { at, kind: "test", order: "#1044", number: null, reasons: ["a test order is rendered and never sent"] },
    { at, kind: "released", order: "#1043", number: "SE1043-1", supplier: "agriest" },
    { at, kind: "historic", order: "#1045", customer: "Reto Favre, Bern" },
    { at, kind: "again", order: "#1042", topic: "orders/paid" },
    { at, kind: "trouble", who: "Agriest", what: "retry: connection refused" },
    { at, kind: "alert", message: "Order #1046: a line goes to no supplier: no rule matches. Add a rule." },
    { at, kind: "alert", message: "Supplier agriest is paused: wrong password." },
  ];
  expect(`\n${events.map((event) => show(event)).join("\n")}\n`).toBe(`
12:03:04  order     #1042     GAEC du Val, Rennes                → Agriest 2, nobody 1
12:03:04  sent      SE1042-1  → Agriest  CDE_SE1042-1_1.xml   1.9 kB  210 ms
12:03:04  sent      1042F1    → Fournial 1042F1.xml            912 B   3.4 s
12:03:04  answer    SE1042-1  ← Agriest  accepted
12:03:04  answer    1042F1    ← Fournial rejected: no longer made
12:03:04  held      SE1043-1  not paid yet; a second reason
12:03:04  test      #1044     a test order is rendered and never sent
12:03:04  released  SE1043-1  nothing holds it any more: → Agriest
12:03:04  historic  #1045     Reto Favre, Bern                   old: kept, never sent
12:03:04  again     #1042     orders/paid, the same webhook: dropped
12:03:04  trouble   Agriest   retry: connection refused
12:03:04  alert     #1046     a line goes to no supplier: no rule matches. Add a rule.
12:03:04  alert               Supplier agriest is paused: wrong password.
`);
});

test("a narrow terminal cuts lines, and wraps only bad news", () => {
  const split = [
    { supplier: "agriest", lines: 2 },
    { supplier: "fournial", lines: 1 },
  ];
  const order = show({ at, kind: "order", order: "#1042", customer: "Groupement agricole de la vallée, Rennes", split }, 79);
  expect(order).toBe("12:03:04  order     #1042     Groupement agricole de l… → Agriest 2, Fournial 1");
  const sent = show(
    { at, kind: "sent", supplier: "agriest", number: "SE1042-1", fileName: "CDE_SE1042-1_1.xml", bytes: 11_912, afterMs: 210 },
    79,
  );
  expect(sent).toContain("210 ms");
  expect(sent.length).toBeLessThan(80);
  const message =
    "Order #1046: a line goes to no supplier: no rule matches. Add a rule to the supplier that ships it, then restart.";
  expect(`\n${show({ at, kind: "alert", message }, 79)}\n`).toBe(`
12:03:04  alert     #1046     a line goes to no supplier: no rule matches. Add
                              a rule to the supplier that ships it, then
                              restart.
`);
  expect(wrap("aaaa bb c ".repeat(20), 7)).toEqual(["aaaa bb", "c aaaa", "bb c", "aaaa b…"]);
});

test("what customers typed cannot move the cursor, turn the direction of writing or widen a column", () => {
  expect(plain("a\u001B[2Jb\u0000\r\n\tc\u202Ed\u200B 🚜e\u0301 مزرعة (Ferme) 5 € \u00A0x")).toBe("a[2Jb cd é (Ferme) 5 € x");
  expect([clip("abcdef", 4), clip("abcd", 4), clip("é😀x", 2)]).toEqual(["abc…", "abcd", "é…"]);
});

const order = (change: Partial<ToldOrderDetail> = {}): ToldOrderDetail => ({
  name: "#1",
  state: "open",
  lines: [{ decision: "supplier", allocations: [{ supplier: "agriest" }] }],
  purchaseOrders: [],
  ...change,
});

const purchaseOrder = (change: Partial<ToldOrderDetail["purchaseOrders"][number]> = {}) =>
  ({
    id: "po1",
    number: "SE1-1",
    supplier: "agriest",
    state: "held",
    reason: null,
    inferred: false,
    acknowledgement: null,
    holds: [{ name: "release", reason: "not paid yet" }],
    ...change,
  }) as const;

const told = (now: ToldOrderDetail, before?: Parameters<typeof changes>[0]["before"]): readonly string[] =>
  changes({ order: now, before, customer: "Jeanne", at }).map(({ kind }) => kind);

test("of an order only what is new is told", () => {
  const held = order({ purchaseOrders: [purchaseOrder()] });
  const free = order({ purchaseOrders: [purchaseOrder({ state: "ready", holds: [] })] });
  const before = { state: "open", held: new Set(["po1"]) } as const;
  expect(told(held)).toEqual(["order", "held"]);
  expect(told(held, before)).toEqual([]);
  expect(told(free, before)).toEqual(["released"]);
  expect(told(free, { state: "open", held: new Set() })).toEqual([]);
  expect(told(order({ purchaseOrders: [purchaseOrder({ holds: [{ name: "dry-run", reason: "test" }] })] }))).toEqual([
    "order",
    "test",
  ]);
  expect(told(order({ state: "historic" }))).toEqual(["historic"]);
  const cancelled = order({ state: "cancelled", purchaseOrders: [purchaseOrder({ state: "cancelled", holds: [] })] });
  expect(told(cancelled, before)).toEqual(["cancelled"]);
});

test("the dispatcher's log is understood, and every other line passed over", () => {
  const time = "2026-12-08T11:03:04.000Z";
  const line = { time, event: "file.received", supplier: "agriest", purchase_order: "po1", number: "SE1-1", status: "accepted" };
  expect(readLogLine(JSON.stringify(line))).toEqual({
    at: Date.parse(time),
    event: "file.received",
    supplier: "agriest",
    purchaseOrder: "po1",
    number: "SE1-1",
    status: "accepted",
  });
  const failed = { time, level: "error", event: "job.failed", queue: "webhooks", err: { message: "no such table" } };
  const crash = { time, level: "fatal", event: "service.crashed", err: {} };
  expect([failed, crash].map((fields) => readLogLine(JSON.stringify(fields)))).toEqual([
    { at: Date.parse(time), event: "error", what: "job.failed: webhooks: no such table" },
    { at: Date.parse(time), event: "error", what: "service.crashed" },
  ]);
  const others = ["", "null", "7", "[]", "not JSON {", '{"event":"dispatcher.started"}', '{"event":7}'];
  expect(others.map(readLogLine)).toEqual(others.map(() => undefined));
});
