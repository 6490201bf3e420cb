import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as contract from "../../contract/answers.ts";
import { unknownKeys } from "../../contract/test/unknown-keys.ts";
import { orderBody } from "../../test/payload.ts";
import { acknowledgement } from "../../test/world.ts";
import { startFixture, type Fixture } from "../test/fixture.ts";

const SHOP = "sermat.myshopify.com";
const both = [
  { sku: "AGR-1", vendor: "Agriest", title: "Dent", quantity: 2 },
  { sku: "FOU1", vendor: "Fournial", title: "Filtre" },
];
let fixture: Fixture;

// 1001 sent and acknowledged at one supplier, 1002 held, 1003 with a line for nobody, 1004 historic, 1005 test; one dead
// letter, one quarantined file.
beforeAll(async () => {
  fixture = await startFixture();
  const { dispatcher, world } = fixture;
  const create = async (id: string, number: number, more: object = {}) => {
    world.clock.advance(1_000);
    await dispatcher.webhook("orders/create", orderBody({ id, number, ...more }));
  };
  await create("1", 1001, { lines: both });
  await dispatcher.run();
  world.agriest.answer("AR_SE1001-1.xml", acknowledgement("SE1001-1"));
  world.agriest.answer("AR_9999.xml", acknowledgement("SE9999-1"));
  await dispatcher.features.look("agriest");
  await create("2", 1002, { total: "4180.00" });
  await create("3", 1003, { lines: [{ sku: "ZZZ", vendor: "Nobody" }, ...both.slice(0, 1)] });
  await create("4", 1004, { createdAt: "2026-05-01T10:00:00+02:00" });
  await create("5", 1005, { test: true });
  await dispatcher.webhook("orders/create", "{broken");
});
afterAll(() => fixture.stop());

const json = async (path: string) => (await fixture.get(path)).json();

describe("the summary", () => {
  it("counts orders and purchase orders by state, and what needs a person", async () => {
    const none = { held: 0, ready: 0, sending: 0, sent: 0, closed: 0, unknown: 0, failed: 0, cancelled: 0 };
    expect(await json("/api/summary")).toEqual({
      notices: { waiting: 0, overdue: 0, failed: 0, unknown: 0, byHand: 0 },
      orders: { new: 0, open: 4, historic: 1, cancelled: 0, deleted: 0 },
      purchaseOrders: { ...none, sent: 2, held: 2, ready: 1 },
      purchaseOrdersBySupplier: { agriest: { ...none, sent: 1, held: 2, ready: 1 }, fournial: { ...none, sent: 1 } },
      unmatchedLines: 1,
      factsMissingLines: 0,
      overdueAcknowledgements: 0,
      deadLetters: { purchaseOrders: 0, notices: 0, webhooks: 1, files: 1 },
      pausedSuppliers: [],
      silentSuppliers: [],
      insecureSuppliers: [],
      alerts: [
        { kind: "purchase_order.held", title: "Held", severity: "act", open: 1, unseen: 1 },
        { kind: "line.unmatched", title: "Lines that go to no supplier", severity: "act", open: 1, unseen: 1 },
        { kind: "webhook.unreadable", title: "Webhooks set aside", severity: "act", open: 1, unseen: 1 },
        { kind: "file.quarantined", title: "Files set aside", severity: "act", open: 1, unseen: 1 },
      ],
    });
  });
});

describe("orders", () => {
  it("are listed with their purchase orders, the newest first, page by page, each once", async () => {
    const seen: string[] = [];
    let after = "";
    do {
      const { orders, next } = await json(`/api/orders?limit=2${after}`);
      expect(orders.length).toBeLessThanOrEqual(2);
      seen.push(...orders.map((order: { name: string }) => order.name));
      after = next === null ? "" : `&after=${encodeURIComponent(next)}`;
    } while (after !== "");
    expect(seen).toEqual(["#1005", "#1004", "#1003", "#1002", "#1001"]);

    const { orders } = await json("/api/orders");
    expect(orders.at(-1)).toMatchObject({
      id: `${SHOP}:1`,
      state: "open",
      test: false,
      total: { amount: "25.00", currency: "EUR" },
      createdAt: "2027-01-10T08:00:00.000Z",
      purchaseOrders: [
        { number: "SE1001-1", supplier: "agriest", state: "sent" },
        { number: "1001F1", supplier: "fournial", state: "sent" },
      ],
    });
  });

  it.each([
    ["state=historic", ["#1004"]],
    ["unmatched=true", ["#1003"]],
    ["facts_missing=true", []],
    ["unmatched=true&facts_missing=true", ["#1003"]],
    ["search=1003", ["#1003"]],
    ["search=1001f", ["#1001"]],
    ["search=%25", []],
    ["search=_", []],
  ])("are found by %s", async (query, names) => {
    const { orders } = await json(`/api/orders?${query}`);
    expect(orders.map((order: { name: string }) => order.name)).toEqual(names);
  });

  it.each(["1001", "#1001", `${SHOP}:1`])(
    "are shown by %s, with lines, allocations, purchase orders and events",
    async (name) => {
      const order = await json(`/api/orders/${encodeURIComponent(name)}`);
      expect(order).toMatchObject({ id: `${SHOP}:1`, name: "#1001", financialStatus: "paid" });
      expect(order.lines[0]).toMatchObject({
        sku: "AGR-1",
        ordered: 2,
        allocated: 2,
        decision: "supplier",
        allocations: [{ number: "SE1001-1", supplier: "agriest", units: 2, rule: expect.stringContaining("agriest.rules[1]") }],
      });
      expect(order.events.map((event: { name: string }) => event.name)).toEqual(
        expect.arrayContaining([
          "order.received",
          "purchase_order.created",
          "purchase_order.sent",
          "purchase_order.acknowledged",
        ]),
      );
    },
  );

  it("tell nothing of the customer", async () => {
    const answers = [
      await fixture.get("/api/orders"),
      await fixture.get("/api/orders/1001"),
      await fixture.get("/api/purchase-orders/SE1001-1"),
    ];
    for (const { body } of answers) {
      expect(body).not.toMatch(/Jeanne|Martin|rue des Prés|jeanne@|\+336/);
    }
  });

  it("are not found where there is none, and ambiguous names name the ids", async () => {
    expect((await fixture.get("/api/orders/4711")).statusCode).toBe(404);
    const { db } = fixture.dispatcher.database;
    const row = await db.selectFrom("orders").selectAll().where("id", "=", `${SHOP}:5`).executeTakeFirstOrThrow();
    await db
      .insertInto("orders")
      .values({ ...row, id: "other.myshopify.com:5", shop: "other.myshopify.com" })
      .execute();
    const answer = await fixture.get("/api/orders/1005");
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toContain(`other.myshopify.com:5, ${SHOP}:5`);
    await db.deleteFrom("orders").where("id", "=", "other.myshopify.com:5").execute();
  });
});

describe("purchase orders", () => {
  it.each([
    ["", ["SE1005-1", "SE1003-1", "SE1002-1", "SE1001-1", "1001F1"]],
    ["?supplier=fournial", ["1001F1"]],
    ["?state=held", ["SE1005-1", "SE1002-1"]],
    ["?state=sent&supplier=agriest", ["SE1001-1"]],
    ["?overdue=true", []],
  ])("are listed by %s", async (query, numbers) => {
    const { purchaseOrders } = await json(`/api/purchase-orders${query}`);
    expect(purchaseOrders.map((po: { number: string }) => po.number).toSorted()).toEqual(numbers.toSorted());
  });

  it("are shown with lines, attempts, documents, answers and events", async () => {
    const po = await json("/api/purchase-orders/SE1001-1");
    expect(po).toMatchObject({
      number: "SE1001-1",
      supplier: "agriest",
      orderName: "#1001",
      state: "sent",
      acknowledgement: "accepted",
      lines: [{ sku: "AGR-1", units: 2, confirmed: 2 }],
      attempts: [{ number: 1, state: "sent", finalPath: "/IN/CDE_SE1001-1_1.xml", host: "127.0.0.1" }],
      documents: [{ version: 1, format: "order-xml", mediaType: "application/xml" }],
      answers: [{ path: "/OUT/AR_SE1001-1.xml", state: "applied" }],
    });
    expect(po.attempts[0].sha256).toBe(po.documents[0].sha256);
    expect(await json(`/api/purchase-orders/${po.id}`)).toEqual(po);
  });

  it("with a number that two suppliers have are refused with their names, until one is said", async () => {
    const { db } = fixture.dispatcher.database;
    await db.updateTable("purchase_orders").set({ number: "SE1001-1" }).where("number", "=", "1001F1").execute();
    const answer = await fixture.get("/api/purchase-orders/SE1001-1");
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toEqual({
      error: 'several suppliers have a purchase order "SE1001-1": agriest, fournial. Say which: ?supplier=agriest',
    });
    expect((await fixture.post("/api/purchase-orders/SE1001-1/release", { note: "x" })).statusCode).toBe(409);
    expect((await json("/api/purchase-orders/SE1001-1?supplier=fournial")).supplier).toBe("fournial");
    await db.updateTable("purchase_orders").set({ number: "1001F1" }).where("supplier", "=", "fournial").execute();
  });

  it("give their document byte for byte, to be saved and never shown", async () => {
    const answer = await fixture.get("/api/purchase-orders/SE1001-1/document");
    const po = await json("/api/purchase-orders/SE1001-1");
    expect(createHash("sha256").update(answer.rawPayload).digest("hex")).toBe(po.documents[0].sha256);
    expect(answer.rawPayload.toString("utf8")).toBe(fixture.world.agriest.read("CDE_SE1001-1_1.xml"));
    expect(answer.headers).toMatchObject({
      "content-type": "application/xml",
      "content-disposition": 'attachment; filename="SE1001-1-v1.xml"',
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "no-store",
    });
    expect((await fixture.get("/api/purchase-orders/SE1001-1/document?version=2")).json()).toEqual({
      error: 'purchase order "SE1001-1" has no version 2',
    });
  });
});

it("suppliers are listed with their pause and their counts, without secrets", async () => {
  const answer = await fixture.get("/api/suppliers");
  expect(answer.json().suppliers).toMatchObject([
    { id: "agriest", name: "Agriest", mode: "live", paused: false, ordersFolder: "/IN", purchaseOrders: { sent: 1 } },
    { id: "fournial", name: "Fournial", paused: false, pauseReason: null },
  ]);
  expect(answer.body).not.toContain("secret");
});

it.each([
  ["/api/orders?state=paid", "state"],
  ["/api/orders?sttae=open", "sttae"],
  ["/api/orders?limit=0", "limit"],
  ["/api/orders?limit=100000", "limit"],
  ["/api/orders?after=yesterday", "after"],
  ["/api/purchase-orders?state=lost", "state"],
  ["/api/dead-letters?kind=order", "kind"],
  ["/api/dead-letters?state=sent", "state"],
  ["/api/purchase-orders/SE1001-1/document?version=x", "version"],
])("%s is refused, naming %s", async (path, field) => {
  const answer = await fixture.get(path);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error).toContain(field);
});

it.each(["/api/nothing", "/api/purchase-orders/SE1001-1/release"])("%s cannot be read, and says so as JSON", async (path) => {
  const answer = await fixture.get(path);
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toEqual({ error: `there is nothing at ${path}` });
});

describe("the contract", () => {
  it.each([
    ["/api/summary", contract.summary],
    ["/api/orders", contract.orders],
    ["/api/orders/1001", contract.order],
    ["/api/orders/1003", contract.order],
    ["/api/purchase-orders", contract.purchaseOrders],
    ["/api/purchase-orders/SE1001-1", contract.purchaseOrderDetail],
    ["/api/purchase-orders/SE1002-1", contract.purchaseOrderDetail],
    ["/api/suppliers", contract.suppliers],
    ["/api/dead-letters", contract.deadLetters],
    ["/api/catalogue?supplier=agriest", contract.entries],
  ])("%s answers what it says, and nothing besides", async (path, schema) => {
    const answer: unknown = await json(path);
    expect(() => schema.parse(answer)).not.toThrow();
    expect(unknownKeys(schema, answer)).toEqual([]);
  });

  it("of one dead letter, too", async () => {
    const { deadLetters } = contract.deadLetters.parse(await json("/api/dead-letters"));
    expect(deadLetters).toHaveLength(2);
    for (const { id } of deadLetters) {
      const answer: unknown = await json(`/api/dead-letters/${id}`);
      expect(() => contract.deadLetterDetail.parse(answer)).not.toThrow();
      expect(unknownKeys(contract.deadLetterDetail, answer)).toEqual([]);
    }
  });
});
