// Webhooks that are signed and cannot be understood: kept with their reason, and nothing of them applied.
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld, SHOP, type Process, type World } from "../test/world.ts";

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  process = await world.start();
});
afterEach(async () => {
  await world.stop();
});

const AGRIEST_LINE = { id: "11", sku: "AGR-1", vendor: "Agriest", quantity: 3 };

const states = async (): Promise<readonly (readonly [string, string, string | null])[]> =>
  (await process.purchaseOrders()).map((po) => [po.supplier, po.state, po.number] as const);

const order = async (id = "820982911946154508") =>
  await process.database.db.selectFrom("orders").selectAll().where("id", "=", `${SHOP}:${id}`).executeTakeFirstOrThrow();

async function aRow() {
  await process.webhook("orders/paid", orderBody({ id: "1", number: 1 }));
  return await order("1");
}

test.each([
  ["not JSON", "hello", /not JSON/],
  ["not UTF-8", Uint8Array.from([0x7b, 0xff, 0xfe]), /not UTF-8/],
  ["not an order", '{"hello":1}', /not an order: .*line_items/],
  [
    "an order without a usable id",
    orderBody().replaceAll("gid://shopify/Order/820982911946154508", "x").replace('"id":820982911946154508', '"id":null'),
    /id are missing/,
  ],
])("a signed body that is %s becomes a dead letter with its bytes, and everything else goes on", async (_what, body, reason) => {
  const result = await process.webhook("orders/paid", body);
  expect(result).toMatchObject({ outcome: "dead-letter", reason: expect.stringMatching(reason) });
  const letter = await process.database.db.selectFrom("dead_letters").selectAll().executeTakeFirstOrThrow();
  expect(Buffer.compare(letter.bytes, Buffer.from(body))).toBe(0);
  expect(world.alerts).toEqual([expect.objectContaining({ kind: "webhook.unreadable" })]);
  await process.webhook("orders/paid", orderBody({ id: "5", number: 5 }));
  expect(await states()).toEqual([["agriest", "ready", "SE5-1"]]);
});

test("the same line id twice is a dead letter, not a job that is tried for ever", async () => {
  const result = await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE, AGRIEST_LINE] }));
  expect(result).toMatchObject({
    outcome: "dead-letter",
    reason: expect.stringContaining("line_items.1 has the id of an earlier line"),
  });
});

test("what a constraint of the database refuses is a dead letter with its reason, and nothing of it is written", async () => {
  await process.database.db
    .insertInto("orders")
    .values({ ...(await aRow()), id: `${SHOP}:820982911946154508`, snapshot: null })
    .execute();
  await process.database.db
    .insertInto("order_lines")
    .values({
      order_id: `${SHOP}:820982911946154508`,
      line_id: "11",
      position: 0,
      sku: null,
      title: "",
      ordered: 9,
      allocated: 9,
      current: 0,
      fulfilled: 0,
      elsewhere: 0,
      returned: 0,
      decision: "supplier",
      reason: "",
      too_many: 0,
    })
    .execute();
  const result = await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE] }));
  expect(result).toMatchObject({ outcome: "dead-letter", reason: expect.stringMatching(/the database refuses it: .*CHECK/) });
  expect(await states()).toEqual([["agriest", "ready", "SE1-1"]]); // Of aRow() alone.
});

test.each([["a total that is no number", { total: "9,500.00" }, /the order's total cannot be read/]])(
  "%s holds, it does not pass",
  async (_what, input, reason) => {
    await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE], ...input }));
    expect(await process.purchaseOrder()).toMatchObject({ state: "held", reason: expect.stringMatching(reason) });
  },
);

test("a test flag that is no flag is a dead letter: it could be a test order", async () => {
  const body = orderBody().replace('"test":false', '"test":"true"');
  expect(await process.webhook("orders/paid", body)).toMatchObject({
    outcome: "dead-letter",
    reason: expect.stringContaining("test"),
  });
});

test.each(["+275760-09-13T00:00:00Z", "+010000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z"])(
  "an order of %s, a year that no document can carry, is a dead letter",
  async (createdAt) => {
    const result = await process.webhook("orders/paid", orderBody({ createdAt }));
    expect(result).toMatchObject({ outcome: "dead-letter", reason: expect.stringContaining("created_at: expected a date") });
  },
);

test("the same unreadable webhook twice is one dead letter", async () => {
  await process.webhook("orders/paid", "hello", { webhookId: "w1" });
  await process.webhook("orders/paid", "hello", { webhookId: "w1" });
  expect(await process.database.db.selectFrom("dead_letters").select("id").execute()).toHaveLength(1);
});

test("a compliance request is kept for a person, with an alert", async () => {
  await process.webhook("customers/redact", '{"customer":{"id":1},"orders_to_redact":[1]}');
  expect(world.alerts).toEqual([expect.objectContaining({ message: expect.stringContaining("30 days") })]);
  expect(await process.database.db.selectFrom("dead_letters").select("topic").execute()).toEqual([{ topic: "customers/redact" }]);
});
