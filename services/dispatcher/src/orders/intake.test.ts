import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody, type OrderInput } from "../test/payload.ts";
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

const at = (minute: number): string => `2027-01-10T10:${String(minute).padStart(2, "0")}:00+01:00`;
const AGRIEST_LINE = { id: "11", sku: "AGR-1", vendor: "Agriest", quantity: 3 };
const FOURNIAL_LINE = { id: "12", sku: "FOU9", vendor: "Fournial", quantity: 1 };

const states = async (): Promise<readonly (readonly [string, string, string | null])[]> =>
  (await process.purchaseOrders()).map((po) => [po.supplier, po.state, po.number] as const);

const order = async (id = "820982911946154508") =>
  await process.database.db.selectFrom("orders").selectAll().where("id", "=", `${SHOP}:${id}`).executeTakeFirstOrThrow();

test("a paid order of two suppliers becomes one ready purchase order for each, with the rule that chose it", async () => {
  const result = await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE, FOURNIAL_LINE] }));
  expect(result).toMatchObject({ outcome: "new", orderId: `${SHOP}:820982911946154508` });
  expect(await states()).toEqual([
    ["agriest", "ready", "SE1001-1"],
    ["fournial", "ready", "1001F1"],
  ]);
  expect(result.ready).toHaveLength(2);
  const lines = await process.database.db
    .selectFrom("purchase_order_lines")
    .select(["sku", "units", "rule"])
    .orderBy("sku")
    .execute();
  expect(lines).toEqual([
    { sku: "AGR-1", units: 3, rule: "agriest.rules[1] sku glob AGR-*" },
    { sku: "FOU9", units: 1, rule: "fournial.rules[1] sku prefix FOU" },
  ]);
});

test("ids beyond 2^53 stay exact, also where only the number carries them", async () => {
  const body = orderBody({ id: "820982911946154509" }).replace(/"admin_graphql_api_id":"gid:\/\/shopify\/Order[^"]*",/, "");
  await process.webhook("orders/paid", body);
  expect((await order("820982911946154509")).id).toBe(`${SHOP}:820982911946154509`);
});

test("the same webhook twice, and ten at once, make one order and one purchase order", async () => {
  const body = orderBody();
  const results = await Promise.all(Array.from({ length: 10 }, () => process.webhook("orders/paid", body)));
  expect(results.map((one) => one.outcome).toSorted()).toEqual(["new", ...Array.from({ length: 9 }, () => "same")]);
  expect(await states()).toEqual([["agriest", "ready", "SE1001-1"]]);
});

const history: readonly (readonly [
  topic: "orders/create" | "orders/updated" | "orders/paid" | "orders/cancelled",
  input: OrderInput,
])[] = [
  ["orders/create", { updatedAt: at(0), financialStatus: "pending" }],
  ["orders/updated", { updatedAt: at(1), financialStatus: "pending", tags: "pro" }],
  ["orders/paid", { updatedAt: at(2), financialStatus: "paid" }],
  ["orders/updated", { updatedAt: at(3), financialStatus: "paid", lines: [{ ...AGRIEST_LINE, current: 2 }] }],
];

function permutations<T>(items: readonly T[]): T[][] {
  return items.length <= 1
    ? [[...items]]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

test("every order of arrival of one order's webhooks, each also doubled, ends in the same state", async () => {
  const ends = new Set<string>();
  let id = 0;
  for (const permutation of permutations(history)) {
    id++;
    for (const [topic, input] of [...permutation, ...permutation.slice(0, 1)]) {
      await process.webhook(topic, orderBody({ lines: [AGRIEST_LINE], ...input, id: String(id), number: 2_000 + id }));
    }
    const row = await order(String(id));
    const po = await process.database.db
      .selectFrom("purchase_orders")
      .innerJoin("purchase_order_lines as line", "line.purchase_order_id", "purchase_orders.id")
      .select(["state", "supplier", "line.units"])
      .where("purchase_orders.order_id", "=", row.id)
      .execute();
    ends.add(JSON.stringify([row.state, row.updated_at, po]));
  }
  expect(id).toBe(24);
  expect([...ends]).toEqual([JSON.stringify(["open", Date.parse(at(3)), [{ state: "ready", supplier: "agriest", units: 2 }]])]);
});

type Snapshot = readonly [topic: "orders/create" | "orders/updated" | "orders/paid" | "orders/cancelled", input: OrderInput];

/** What a shop does to one order, as Shopify tells it: lines added and taken away, tags, a payment, perhaps a cancellation. */
const anyHistory = fc
  .record({
    changes: fc.array(
      fc.record({
        lines: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
        current: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
        tags: fc.constantFrom("", "pro", "urgent"),
        topic: fc.constantFrom("orders/create", "orders/updated"),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    paidFrom: fc.integer({ min: 0, max: 5 }),
    cancelledAfter: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ changes, paidFrom, cancelledAfter }) => {
    const skus = [AGRIEST_LINE, FOURNIAL_LINE, { ...AGRIEST_LINE, id: "13", sku: "AGR-2" }, { id: "14", sku: "X", vendor: "?" }];
    const snapshots = changes.map(({ lines, current, tags, topic }, index): Snapshot => {
      const financialStatus = index < paidFrom ? "pending" : "paid";
      const bought = lines.map((line) => ({ ...skus[line], quantity: 3, current: current[line] ?? 0 }));
      return [topic, { updatedAt: at(index), financialStatus, tags, lines: bought }];
    });
    // What comes after a cancellation may have forgotten it.
    const [, before] = snapshots[cancelledAfter] ?? [];
    const when = `${at(cancelledAfter).slice(0, 17)}30+01:00`;
    return before === undefined
      ? snapshots
      : snapshots.toSpliced(cancelledAfter + 1, 0, ["orders/cancelled", { ...before, updatedAt: when, cancelledAt: when }]);
  });
const anyArrivals = anyHistory.chain((snapshots) =>
  fc.record({
    snapshots: fc.constant(snapshots),
    arrivals: fc
      .array(fc.constantFrom(...snapshots), { maxLength: 4 })
      .chain((again) => fc.shuffledSubarray([...snapshots, ...again], { minLength: snapshots.length + again.length })),
  }),
);

test("any history of an order, in any order of arrival and with anything doubled, ends as if it had come once, in order", async () => {
  let id = 0;
  const endOf = async (arrivals: readonly Snapshot[]): Promise<unknown> => {
    id++;
    for (const [topic, input] of arrivals) {
      await process.webhook(topic, orderBody({ ...input, id: String(id), number: 2_000 + id }));
    }
    const { id: orderId, state, updated_at } = await order(String(id));
    const { db } = process.database;
    const lines = await db
      .selectFrom("purchase_orders as po")
      .innerJoin("purchase_order_lines as line", "line.purchase_order_id", "po.id")
      .select(["po.supplier", "po.state", "line.sku", "line.units"])
      .where("po.order_id", "=", orderId)
      .where("po.state", "!=", "cancelled")
      .orderBy("line.sku")
      .execute();
    const holds = await db
      .selectFrom("holds")
      .innerJoin("purchase_orders as po", "po.id", "holds.purchase_order_id")
      .select(["po.supplier", "holds.reason"])
      .where("po.order_id", "=", orderId)
      .where("po.state", "=", "held")
      .where("holds.ended_at", "is", null)
      .orderBy("po.supplier")
      .orderBy("holds.name")
      .execute();
    return { state, updated_at, lines, holds };
  };
  await fc.assert(
    fc.asyncProperty(anyArrivals, async ({ snapshots, arrivals }) => {
      expect(await endOf(arrivals)).toEqual(await endOf(snapshots));
    }),
    { numRuns: 150 },
  );
  expect(id).toBeGreaterThanOrEqual(300);
});

test("at the same updated_at the later Triggered-At wins, whichever comes first", async () => {
  const early = orderBody({ updatedAt: at(0), financialStatus: "pending" });
  const late = orderBody({ updatedAt: at(0), financialStatus: "paid" });
  await process.webhook("orders/paid", late, { triggeredAt: "2027-01-10T09:00:00.5Z" });
  await process.webhook("orders/create", early, { triggeredAt: "2027-01-10T09:00:00.123456789Z" });
  expect(await states()).toEqual([["agriest", "ready", "SE1001-1"]]);
});

test("orders/updated before orders/create: the older create changes nothing", async () => {
  await process.webhook("orders/updated", orderBody({ updatedAt: at(5) }));
  expect((await process.webhook("orders/create", orderBody({ updatedAt: at(0), financialStatus: "pending" }))).outcome).toBe(
    "older",
  );
  expect(await states()).toEqual([["agriest", "ready", "SE1001-1"]]);
});

test("cancelled before created: the order stays cancelled and nothing is ordered", async () => {
  await process.webhook("orders/cancelled", orderBody({ updatedAt: at(5), cancelledAt: at(5) }));
  await process.webhook("orders/create", orderBody({ updatedAt: at(0) }));
  await process.webhook("orders/paid", orderBody({ updatedAt: at(9) })); // Even a later one that forgot it.
  expect((await order()).state).toBe("cancelled");
  expect(await states()).toEqual([]);
});

test("a cancellation that arrives late, older than what is known, still cancels", async () => {
  await process.webhook("orders/updated", orderBody({ updatedAt: at(9) }));
  await process.webhook("orders/cancelled", orderBody({ updatedAt: at(5), cancelledAt: at(5) }));
  expect((await order()).state).toBe("cancelled");
  expect(await states()).toEqual([["agriest", "cancelled", "SE1001-1"]]);
});

test("deleted before created: the deletion stays", async () => {
  await process.webhook("orders/delete", '{"id":820982911946154508}');
  await process.webhook("orders/create", orderBody());
  expect((await order()).state).toBe("deleted");
  expect(await states()).toEqual([]);
});

test("a deletion cancels what was not sent", async () => {
  await process.webhook("orders/paid", orderBody());
  await process.webhook("orders/delete", '{"id":820982911946154508}');
  expect(await states()).toEqual([["agriest", "cancelled", "SE1001-1"]]);
});

test("300 orders/updated for old, fulfilled orders create nothing", async () => {
  for (let n = 1; n <= 300; n++) {
    const lines = [{ ...AGRIEST_LINE, fulfillable: 0 }];
    await process.webhook(
      "orders/updated",
      orderBody({ id: String(n), number: n, createdAt: "2026-05-02T10:00:00+02:00", updatedAt: at(n % 60), lines }),
    );
  }
  expect(await states()).toEqual([]);
  expect(await process.database.db.selectFrom("orders").select("state").distinct().execute()).toEqual([{ state: "historic" }]);
  expect(world.alerts).toEqual([]);
});

test("a fulfilled order that is not old has nothing left to order", async () => {
  await process.webhook("orders/updated", orderBody({ lines: [{ ...AGRIEST_LINE, fulfillable: 0 }] }));
  expect(await states()).toEqual([]);
  expect((await order()).state).toBe("open");
});

test("an order older than dispatch.since is historic, until a person takes it up", async () => {
  await process.webhook("orders/updated", orderBody({ createdAt: "2026-05-02T10:00:00+02:00", updatedAt: at(1) }));
  expect(await states()).toEqual([]);
  expect(await process.features.actions.adopt((await order()).id, { actor: "anna", note: "forgotten in May" })).toMatchObject({
    ok: true,
  });
  expect(await states()).toEqual([["agriest", "ready", "SE1001-1"]]);
  await process.webhook("orders/updated", orderBody({ createdAt: "2026-05-02T10:00:00+02:00", updatedAt: at(2), note: "hello" }));
  expect(await states()).toEqual([["agriest", "ready", "SE1001-1"]]);
});

test("what of an order's text cannot be written is in the audit trail", async () => {
  await process.webhook("orders/paid", orderBody({ note: "Appeler\u0001 avant" }));
  const events = await process.database.db
    .selectFrom("events")
    .select(["detail"])
    .where("name", "=", "purchase_order.text_changed")
    .execute();
  expect(events.map(({ detail }) => JSON.parse(detail) as unknown)).toEqual([
    { version: 1, notes: ["characters that XML cannot carry were left out: 1"] },
  ]);
});

test("an order kept by an earlier version, which read less, is planned and rendered as before", async () => {
  await process.webhook("orders/paid", orderBody());
  const { id, snapshot } = await order();
  const before = await process.database.db.selectFrom("documents").select(["version", "hash"]).execute();
  const kept = (snapshot ?? "")
    .replace(/,"shippingMethodCode":"std"/, "")
    .replaceAll(/,"grams":null/g, "")
    .replace(/,"language":null/, "")
    .replace(/,"paymentTerms":false/, "");
  expect(kept.length).toBeLessThan((snapshot ?? "").length - 40);
  await process.database.db.updateTable("orders").set({ snapshot: kept }).where("id", "=", id).execute();
  await process.database.db.deleteFrom("settings").execute(); // As after an update that plans all open orders again.
  await process.stop();
  process = await world.start();
  expect(await process.database.db.selectFrom("documents").select(["version", "hash"]).execute()).toEqual(before);
  expect(await process.database.db.selectFrom("settings").selectAll().execute()).toHaveLength(1);
  expect(await states()).toEqual([["agriest", "ready", "SE1001-1"]]);
});

test("an unpaid order waits, and goes when a later webhook of any topic says it is paid", async () => {
  await process.webhook("orders/create", orderBody({ updatedAt: at(0), financialStatus: "pending" }));
  expect(await process.purchaseOrder()).toMatchObject({
    state: "held",
    reason: "release: not paid yet (financial_status pending)",
  });
  await process.webhook("orders/updated", orderBody({ updatedAt: at(1), financialStatus: "partially_refunded" }));
  expect(await states()).toEqual([["agriest", "ready", "SE1001-1"]]);
});

test("a test order is rendered, never sent, and no person can release it", async () => {
  await process.webhook("orders/paid", orderBody({ test: true }));
  const po = await process.purchaseOrder();
  expect(po).toMatchObject({ state: "held", reason: expect.stringMatching(/^dry-run/), version: 1 });
  expect(await process.features.actions.release(po, { actor: "anna", note: "try" })).toMatchObject({
    ok: false,
    message: expect.stringContaining("dry-run"),
  });
  expect(await process.run()).toEqual([]);
  const document = await process.database.db.selectFrom("documents").select("bytes").executeTakeFirstOrThrow();
  expect(Buffer.from(document.bytes).toString("utf8")).toContain("<Test>true</Test>");
});

test.each([
  ["a value over the limit", { total: "3000.01" }, "value: the total 3000.01 EUR is over 3000 EUR"],
  [
    "a total in another currency",
    { total: "1.00", currency: "CHF" },
    "value: the total is in CHF, the limit in EUR: a person must compare",
  ],
  ["a tag", { tags: "pro, Attention" }, 'tag: the order has the tag "attention"'],
  ["a missing phone", { phone: null }, "incomplete: Agriest requires deliver_to.phone, and the order has none"],
  [
    "no address",
    { address: null },
    "incomplete: Agriest requires deliver_to.phone, and the order has none; incomplete: the order has no delivery address",
  ],
  [
    "a line without SKU",
    { lines: [{ ...AGRIEST_LINE, sku: null, title: "Chain" }] },
    'incomplete: the line "Chain" has no SKU for Agriest to ship by',
  ],
  [
    "an unmapped shipping method",
    { shippingMethod: "Drone" },
    'shipping: the shipping method "Drone" has no code in suppliers.agriest.document.shipping',
  ],
] as const)(
  "%s holds the purchase order and says why; a person releases it once for that reason",
  async (_what, input, reason) => {
    await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE], updatedAt: at(0), ...input }));
    const po = await process.purchaseOrder();
    expect(po).toMatchObject({ state: "held", reason });
    if (reason.includes("no SKU")) {
      return; // What cannot be written cannot be released to any use: the next test.
    }
    const released = await process.features.actions.release(po, { actor: "anna", note: "called the customer" });
    expect(released).toMatchObject({ ok: true, ready: [po.id] });
    await process.webhook("orders/updated", orderBody({ lines: [AGRIEST_LINE], ...input, updatedAt: at(5) }));
    expect(await process.purchaseOrder()).toMatchObject({ state: "ready", reason: null });
  },
);

test("a purchase order that cannot be written is not released into nothing: it says what to mend", async () => {
  await process.webhook("orders/paid", orderBody({ lines: [{ ...AGRIEST_LINE, sku: null }], updatedAt: at(0) }));
  const po = await process.purchaseOrder();
  expect(await process.features.actions.release(po, { actor: "anna", note: "send it anyway" })).toMatchObject({
    ok: false,
    message: expect.stringContaining("SKU"),
  });
  expect(await process.purchaseOrder()).toMatchObject({ state: "held" });
});

test("gift cards and services go to no supplier and need nobody's attention", async () => {
  await process.webhook(
    "orders/paid",
    orderBody({
      lines: [
        { id: "1", giftCard: true, sku: null, vendor: "Sermat" },
        { id: "2", requiresShipping: false, vendor: "Sermat" },
      ],
    }),
  );
  expect(await states()).toEqual([]);
  expect(world.alerts).toEqual([]);
});

test("an unmatched line waits with an alert, the other lines go", async () => {
  await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE, { id: "13", sku: "ZZZ", vendor: "Nobody" }] }));
  expect(await states()).toEqual([["agriest", "ready", "SE1001-1"]]);
  expect(world.alerts).toEqual([
    expect.objectContaining({ kind: "line.unmatched", message: expect.stringMatching(/#1001.*ZZZ.*Add a rule/) }),
  ]);
});

test("with unmatched: hold-order the whole order waits; a rule added later and a restart send it", async () => {
  await process.stop();
  process = await world.start({
    config: world.configure({}, (yaml) => yaml.replace("unmatched: dispatch-rest", "unmatched: hold-order")),
  });
  await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE, { id: "13", sku: "ZZZ", vendor: "Nobody" }] }));
  expect(await process.purchaseOrder()).toMatchObject({
    state: "held",
    reason: 'unmatched: no rule matches SKU "ZZZ" of vendor "Nobody"',
  });
  await process.stop();
  process = await world.start({
    config: world.configure({}, (yaml) => yaml.replace("- vendor: Fournial", "- vendor: [Fournial, Nobody]")),
  });
  expect(await states()).toEqual([
    ["agriest", "ready", "SE1001-1"],
    ["fournial", "ready", "1001F1"],
  ]);
});

test("a start with the same configuration plans nothing again; one with another plans what waits", async () => {
  await process.webhook("orders/paid", orderBody({ tags: "attention" }));
  await process.database.db.updateTable("orders").set({ snapshot: "{}" }).execute(); // Planning it would be told of.
  await process.stop();
  process = await world.start();
  expect(world.alerts).toEqual([]);
  await process.stop();
  process = await world.start({ config: world.configure({ FTP_AGRIEST_USER: "another" }) });
  expect(world.alerts).toEqual([]);
  await process.stop();
  process = await world.start({ config: world.configure({}, (yaml) => yaml.replace("3000 EUR", "2000 EUR")) });
  expect(world.alerts).toEqual([expect.objectContaining({ kind: "order.unplannable" })]);
});

test("an edit before sending makes a new version of the document; an update that changes nothing does not", async () => {
  await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE], updatedAt: at(0) }));
  await process.webhook("orders/updated", orderBody({ lines: [AGRIEST_LINE], updatedAt: at(1), tags: "seen" }));
  expect(await process.purchaseOrder()).toMatchObject({ version: 1 });
  await process.webhook("orders/updated", orderBody({ lines: [{ ...AGRIEST_LINE, current: 2 }], updatedAt: at(2) }));
  expect(await process.purchaseOrder()).toMatchObject({ version: 2, state: "ready" });
  await process.run();
  expect(world.agriest.read("CDE_SE1001-1_2.xml")).toContain("<Quantity>2</Quantity>");
});

test("a line added after sending goes on a supplementary purchase order, and the sent one is not touched", async () => {
  await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE], updatedAt: at(0) }));
  await process.run();
  await process.webhook(
    "orders/updated",
    orderBody({
      lines: [
        { ...AGRIEST_LINE, quantity: 4 },
        { id: "14", sku: "AGR-7" },
      ],
      updatedAt: at(1),
    }),
  );
  await process.run();
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-2_1.xml"]);
  const lines = await process.database.db
    .selectFrom("purchase_order_lines as line")
    .innerJoin("purchase_orders as po", "po.id", "line.purchase_order_id")
    .select(["po.number", "line.sku", "line.units"])
    .orderBy("po.number")
    .orderBy("line.sku")
    .execute();
  expect(lines).toEqual([
    { number: "SE1001-1", sku: "AGR-1", units: 3 },
    { number: "SE1001-2", sku: "AGR-1", units: 1 },
    { number: "SE1001-2", sku: "AGR-7", units: 1 },
  ]);
});

test("a changed rule does not send a sent line to a second supplier", async () => {
  await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE], updatedAt: at(0) }));
  await process.run();
  await process.stop();
  process = await world.start({ config: world.configure({}, (yaml) => yaml.replace("- sku: { prefix: FOU }", "- sku: AGR-1")) });
  await process.webhook("orders/updated", orderBody({ lines: [AGRIEST_LINE], updatedAt: at(1) }));
  expect(await states()).toEqual([["agriest", "sent", "SE1001-1"]]);
});

test("units that the customer takes off after sending raise one alert that says what to tell the supplier", async () => {
  await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE], updatedAt: at(0) }));
  await process.run();
  await process.webhook("orders/updated", orderBody({ lines: [{ ...AGRIEST_LINE, current: 2 }], updatedAt: at(1) }));
  await process.webhook("orders/updated", orderBody({ lines: [{ ...AGRIEST_LINE, current: 2 }], updatedAt: at(2) }));
  await process.run();
  expect(world.alerts).toEqual([
    expect.objectContaining({
      kind: "notice.by_hand",
      message: expect.stringMatching(/#1001: Tell agriest to ship only 2 of SKU AGR-1 on purchase order SE1001-1\./),
    }),
  ]);
});

test("a cancellation after sending is a wish beside the state, and an alert for a person", async () => {
  await process.webhook("orders/paid", orderBody({ updatedAt: at(0) }));
  await process.run();
  await process.webhook(
    "orders/cancelled",
    orderBody({ updatedAt: at(1), cancelledAt: at(1), lines: [{ sku: "AGR-1", current: 0 }] }),
  );
  await process.run();
  const [po] = await process.purchaseOrders();
  expect(po?.state).toBe("sent");
  expect(po?.cancel_wanted_at).not.toBeNull();
  expect(world.alerts).toEqual([
    expect.objectContaining({
      kind: "notice.by_hand",
      message: expect.stringContaining("Tell agriest to cancel purchase order SE1001-1"),
    }),
  ]);
});

test("edits and refunds without the order's data are noted and change nothing", async () => {
  await process.webhook(
    "orders/edited",
    '{"order_edit":{"order_id":820982911946154508,"line_items":{"additions":[],"removals":[]}}}',
  );
  await process.webhook("refunds/create", '{"id":1,"order_id":820982911946154508}');
  const events = await process.database.db.selectFrom("events").select(["name", "subject_id"]).orderBy("id").execute();
  expect(events).toEqual([
    { name: "order.edited", subject_id: `${SHOP}:820982911946154508` },
    { name: "order.refunded", subject_id: `${SHOP}:820982911946154508` },
  ]);
});

test("two shops with the same order number get different purchase order numbers at one supplier", async () => {
  await process.webhook("orders/paid", orderBody());
  await process.webhook("orders/paid", orderBody(), { shop: "other.myshopify.com" });
  expect((await process.purchaseOrders()).map((po) => po.number)).toEqual(["SE1001-1", "SE1001-2"]);
});

test("a number that does not fit the supplier is held, naming the pattern, and cannot be released", async () => {
  await process.webhook("orders/paid", orderBody({ number: 123_456_789, lines: [FOURNIAL_LINE] }));
  const po = await process.purchaseOrder();
  expect(po).toMatchObject({
    state: "held",
    number: null,
    reason: expect.stringMatching(
      /^number: suppliers\.fournial\.number: "123456789F1" of pattern "\{order\}F\{n\}" is 11 characters long; the supplier takes 10/,
    ),
  });
  expect(await process.features.actions.release(po, { actor: "anna", note: "x" })).toMatchObject({ ok: false });
});

test("more units than were ordered cannot be allocated: the database refuses", async () => {
  await process.webhook("orders/paid", orderBody({ lines: [AGRIEST_LINE] }));
  await expect(process.database.db.updateTable("purchase_order_lines").set({ units: 4 }).execute()).rejects.toThrow(
    /allocated_at_most_ordered|CHECK/,
  );
});
