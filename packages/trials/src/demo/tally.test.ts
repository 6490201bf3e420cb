import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOrderGenerator, type GeneratedOrder } from "@soh/simulators/orders";
import { readTaken, type Supplier } from "@soh/simulators/supplier";
import { orderXml } from "@soh/simulators/supplier/order-example";
import { filesOf } from "../world/found-files.ts";
import { openLedger, type Ledger } from "../world/ledger.ts";
import { HOLDS, PARTNERS } from "../world/partners.ts";
import { percentile, tally, type TallyInput } from "./tally.ts";

const SINCE = Date.parse("2026-12-01T00:00:00+01:00");
const NOW = Date.parse("2026-12-08T10:00:00+01:00");
const FIRST_200 = NOW + 5_000;
const TOOK_MS = 120;

const generator = () =>
  createOrderGenerator({
    seed: 3,
    shop: "sermat-equipement.myshopify.com",
    suppliers: PARTNERS.map(({ rules }) => rules),
    holds: HOLDS,
    since: SINCE,
    now: () => NOW,
  });

const answer = (status: number, body = '{"status":"queued"}') => [
  { status, body, sentAt: NOW, answeredAt: FIRST_200, webhookId: "w", eventId: "e" },
];

let folder: string;
let ledger: Ledger;
let sent: GeneratedOrder[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "soh-tally-"));
  PARTNERS.forEach(({ id }) => mkdirSync(join(folder, id, "taken"), { recursive: true }));
  const { next } = generator();
  ledger = openLedger();
  sent = [...Array.from({ length: 12 }, () => next("plain")), next("test"), next("tagged"), next("historic"), next("unmatched")];
  sent.forEach((order) => ledger.record(order, answer(200)));
  sent.flatMap((order) =>
    order.expected.purchaseOrders.flatMap((po) => (po.state === "released" ? put(po.supplier, order) : [])),
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const taken = (supplier: string): string => join(folder, supplier, "taken");
const numberOf = (order: GeneratedOrder, supplier: string): string => `${supplier}-${order.payload.order_number}`;

/** What the supplier's ERP does with a file, and returns its name. */
function put(supplier: string, order: GeneratedOrder, number = numberOf(order, supplier)): string {
  const count = String(readdirSync(taken(supplier)).length + 1).padStart(6, "0");
  const file = `${count}-${number}.xml`;
  writeFileSync(join(taken(supplier), file), orderXml({ number, shopOrder: order.payload.name }));
  return file;
}

/** What the dispatcher says when all went well. */
function toldWell(): TallyInput["told"] {
  return {
    orders: sent.map(({ payload, expected }) => ({
      id: String(payload.id),
      name: payload.name,
      state: expected.historic ? "historic" : "open",
      unmatchedLines: expected.unmatchedLines,
    })),
    purchaseOrders: sent.flatMap(({ payload, expected }) =>
      expected.purchaseOrders.map(({ supplier, state, holds }) => ({
        id: `${supplier}${payload.name}`,
        number: null,
        supplier,
        orderName: payload.name,
        state: state === "released" ? "sent" : "held",
        reason: null,
        inferred: false,
        acknowledgement: state === "released" ? "accepted" : null,
        holds: holds.map((name) => ({ name, reason: "" })),
      })),
    ),
  };
}

function count(told = toldWell()) {
  const found = PARTNERS.flatMap(({ id }) => {
    const files = readdirSync(taken(id)).map((file) => ({ path: join(taken(id), file), takenAt: FIRST_200 + TOOK_MS }));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no more is looked at
    return filesOf({ id, root: join(folder, id), supplier: { taken: files } as unknown as Supplier });
  });
  return tally({ sent: ledger.orders, found, told, seconds: 2.345 });
}

const withPurchaseOrder = (told: TallyInput["told"], index: number, change: object): TallyInput["told"] => ({
  ...told,
  purchaseOrders: told.purchaseOrders.map((one, n) => (n === index ? { ...one, ...change } : one)),
});

const firstFile = (supplier = "agriest") => readTaken(join(folder, supplier))[0]!;

describe("the figures", () => {
  test("are those of the generator when everything went well", () => {
    const purchaseOrders = sent.flatMap(({ expected }) => expected.purchaseOrders);
    const released = purchaseOrders.filter(({ state }) => state === "released").length;
    expect(released).toBeGreaterThan(12);
    expect(count()).toEqual({
      figures: {
        orders: 16,
        purchaseOrders: released,
        delivered: released,
        acknowledged: released,
        held: purchaseOrders.filter(({ state }) => state === "held").length,
        dryRun: purchaseOrders.filter(({ state }) => state === "dry-run").length,
        historic: 1,
        unmatched: sent.at(-1)!.expected.unmatchedLines,
        lost: 0,
        duplicates: 0,
        seconds: 2.3,
        medianLatencyMs: TOOK_MS,
        p99LatencyMs: TOOK_MS,
      },
      differences: [],
    });
  });

  test("percentiles are values that occurred, and nothing has none", () => {
    const values = Array.from({ length: 200 }, (_, n) => 200 - n);
    expect([percentile(values, 50), percentile(values, 99), percentile([7], 99), percentile([], 50)]).toEqual([
      100,
      198,
      7,
      null,
    ]);
  });
});

describe("a purchase order", () => {
  test("whose file is gone from the supplier's folder is lost, whatever the dispatcher says", () => {
    const { file, order } = firstFile();
    rmSync(join(taken("agriest"), file));
    const { figures, differences } = count();
    expect([figures.lost, figures.purchaseOrders - figures.delivered, figures.duplicates]).toEqual([1, 1, 0]);
    expect(figures.acknowledged).toBe(figures.delivered);
    expect(differences).toEqual([`${order!.shopOrder} (plain): lost: it is in no folder of Agriest`]);
  });

  test("that lies at the wrong supplier is lost, and must not be there", () => {
    const { file, order } = firstFile();
    const path = join(taken("agriest"), file);
    const name = "999999-stray.xml";
    writeFileSync(join(taken("fournial"), name), readFileSync(path));
    rmSync(path);
    const { figures, differences } = count();
    expect(figures.lost).toBe(1);
    expect(differences).toContain(`${order!.shopOrder} (plain): lost: it is in no folder of Agriest`);
    expect(differences.join("\n")).toContain(`Fournial got ${name}`);
  });

  test.each([
    ["the same bytes", (order: GeneratedOrder) => put("agriest", order)],
    ["another purchase order of the same order", (order: GeneratedOrder) => put("agriest", order, "agriest-again")],
  ])("twice at a supplier is a duplicate: %s", (_, again) => {
    const order = sent.find(({ payload }) => payload.name === firstFile().order!.shopOrder)!;
    const file = again(order);
    const { figures, differences } = count();
    expect([figures.duplicates, figures.lost]).toEqual([1, 0]);
    expect(differences).toEqual([`Agriest got ${file} although it had that purchase order already`]);
  });

  test("with the number of another order's is a duplicate at the supplier", () => {
    const [first, second] = sent.filter(({ expected }) => expected.purchaseOrders.some(({ supplier }) => supplier === "agriest"));
    const file = readdirSync(taken("agriest")).find((name) => name.endsWith(`${numberOf(second!, "agriest")}.xml`))!;
    const xml = orderXml({ number: numberOf(first!, "agriest"), shopOrder: second!.payload.name });
    writeFileSync(join(taken("agriest"), file), xml);
    expect(count().figures).toMatchObject({ duplicates: 1, lost: 0 });
  });

  test("that was held and yet sent is named, as is one of an order that nobody sent", () => {
    const [held] = sent.filter(({ kind }) => kind === "tagged");
    const { supplier } = held!.expected.purchaseOrders[0]!;
    const file = put(supplier, held!);
    writeFileSync(join(taken("agriest"), "888888-b.xml"), orderXml({ number: "B", shopOrder: "#7" }));
    const { differences, figures } = count();
    expect(figures.duplicates).toBe(0);
    expect(differences.join("\n")).toMatch(new RegExp(`got ${basename(file)} for ${held!.payload.name}, which it must not get`));
    expect(differences).toContain("Agriest got 888888-b.xml for #7, which it must not get");
  });

  test("that is not acknowledged, or only received, is a difference", () => {
    const told = toldWell();
    const index = told.purchaseOrders.findIndex(({ state }) => state === "sent");
    const { orderName } = told.purchaseOrders[index]!;
    for (const acknowledgement of [null, "received"]) {
      const { figures, differences } = count(withPurchaseOrder(told, index, { acknowledgement }));
      expect(figures.delivered - figures.acknowledged).toBe(1);
      expect(differences).toEqual([
        expect.stringMatching(`^${orderName} .*expected at .*: acknowledged, the dispatcher says sent$`),
      ]);
    }
  });

  test("that waits for another reason than it must is a difference", () => {
    const told = toldWell();
    const index = told.purchaseOrders.findIndex(({ holds }) => holds.some(({ name }) => name === "tag"));
    const changed = withPurchaseOrder(told, index, { holds: [{ name: "value", reason: "" }] });
    expect(count(changed).differences).toEqual([expect.stringContaining("held (tag), the dispatcher says held (value)")]);
  });
});

describe("a file that is no order", () => {
  test("is named, and the same bytes again are a duplicate", () => {
    writeFileSync(join(taken("fournial"), "900000-x.xml"), "nonsense");
    writeFileSync(join(taken("fournial"), "900001-x.xml"), "nonsense");
    const { figures, differences } = count();
    expect(figures.duplicates).toBe(1);
    expect(differences).toContain("Fournial got 900000-x.xml, which is no order that it can read");
  });
});

describe("an order", () => {
  test("that the dispatcher does not have, or has without the shop, is named", () => {
    const told = toldWell();
    const [first, ...orders] = told.orders;
    const strange = { id: "7", name: "#7", state: "open", unmatchedLines: 0 } as const;
    const { differences } = count({ ...told, orders: [...orders, strange] });
    expect(differences).toEqual([
      `${first!.name} (plain): the dispatcher does not have this order`,
      "#7: the dispatcher has this order, and the shop never sent it",
    ]);
  });

  test("that was never accepted is named and not counted", () => {
    const refused = generator().next("plain");
    ledger = openLedger();
    ledger.record(refused, answer(503, "away"));
    sent = [];
    PARTNERS.forEach(({ id }) => readdirSync(taken(id)).forEach((file) => rmSync(join(taken(id), file))));
    const { figures, differences } = count();
    expect(figures).toMatchObject({ orders: 0, purchaseOrders: 0, medianLatencyMs: null });
    expect(differences).toEqual([`${refused.payload.name}: the webhook orders/create was not accepted: 503 away`]);
  });

  test("is judged by its newest state, in whatever order its webhooks came", () => {
    const { next, paid } = generator();
    const created = next("unpaid");
    const payment = paid(created, NOW + 60_000);
    const late = openLedger();
    late.record(payment, answer(200));
    late.record(created, answer(200));
    const [order] = late.orders;
    expect(order!.expected).toEqual(payment.expected);
    expect([...order!.releasedAt.keys()].sort()).toEqual(payment.expected.purchaseOrders.map(({ supplier }) => supplier).sort());
  });
});
