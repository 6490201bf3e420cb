// The planner with facts beside the order: on a real database, without queues and without suppliers' servers.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenDatabase } from "../database/open.ts";
import { emptyCatalogue } from "../domain/catalogue/catalogue.ts";
import type { DispatchPolicy } from "../domain/plan/plan.ts";
import { noFacts } from "../domain/rules/rules.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";
import type { Condition, Rule } from "../domain/rules/rule.ts";
import { noCatalogue, noWishes } from "../domain/test/no-wishes.ts";
import { openMigrated } from "../test/database.ts";
import { orderBody, type LineInput } from "../test/payload.ts";
import { createAlerts, type ToldAlert } from "../alerts/alerts.ts";
import { orderAlerts, orderConditions } from "./alerts.ts";
import { createOrderActions, type OrderActions } from "./actions.ts";
import { createIntake } from "./intake.ts";
import { createPlanner } from "./planner.ts";
import { createPurchaseOrderWriter } from "./purchase-orders.ts";

const SHOP = "sermat.myshopify.com";
let folder: string;
let database: OpenDatabase;
let told: ToldAlert[];
let stock: Record<string, number>;
let productTypes: Record<string, string>;
let clock: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "soh-planner-"));
  database = await openMigrated(join(folder, "handler.db"));
  told = [];
  stock = {};
  productTypes = {};
  clock = Date.parse("2027-01-10T12:00:00Z");
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const supplier = (id: string, ...rules: readonly Rule[]): Supplier => ({
  id,
  name: id,
  account: null,
  number: { pattern: "{order}-{n}", max: 20, alphabet: "0-9-" },
  rules,
  require: [],
  shipping: { codes: {}, unmapped: "omit" },
  wishes: noWishes(id),
  mode: "live",
  holds: [],
  requestedWorkingDays: null,
  catalogue: noCatalogue,
});
const prior = (priority: number, ...conditions: readonly Condition[]): Rule => ({ conditions, priority });
const sku = (...skus: readonly string[]): Condition => ({ kind: "sku-exact", skus });

/** A start with this configuration. */
function start(
  suppliers: readonly Supplier[],
  over: Partial<DispatchPolicy> = {},
): OrderActions & { order(lines: readonly LineInput[], financialStatus?: string): Promise<void> } {
  const policy: DispatchPolicy = {
    since: 0,
    release: { paid: true, terms: false, tags: [] },
    testOrders: "dry-run",
    holds: [],
    unmatched: "dispatch-rest",
    sourcing: { fallback: "stock", split: "never" },
    attributes: { requestedDate: [], pickupPoint: [], pickupCodePrefixes: [] },
    ...over,
  };
  let ids = 0;
  const alerts = createAlerts({ database, kinds: orderAlerts, log: (alert) => void told.push(alert), now: () => clock });
  alerts.watch(orderConditions([]));
  const common = { database, now: () => clock, alerts };
  const newId = (): string => `id${clock}-${ids++}`;
  const buyer = noWishes("Sermat").seller;
  const writer = createPurchaseOrderWriter({
    buyer,
    attributes: policy.attributes,
    suppliers,
    render: (_, content) => ({
      format: "json",
      mediaType: "application/json",
      bytes: Buffer.from(JSON.stringify(content)),
      notes: [],
    }),
    deliveryNote: () => undefined,
    requestedDelivery: () => null,
    takeLostPlace: async () => "unknown",
    newId,
  });
  const plan = createPlanner({
    writer,
    policy,
    suppliers,
    catalogue: async () => emptyCatalogue,
    facts: async () => ({
      ...noFacts,
      stock: (id) => stock[id] ?? null,
      productType: (line) => productTypes[line.sku ?? ""] ?? null,
    }),
  });
  const { takeIn } = createIntake({ ...common, raise: alerts.raise, plan, newId });
  return {
    ...createOrderActions({ ...common, plan, turn: (_, since) => since }),
    async order(lines, financialStatus = "pending") {
      clock += 1_000;
      const triggeredAt = new Date(clock).toISOString();
      const body = orderBody({ lines, financialStatus, updatedAt: triggeredAt });
      const result = await takeIn({
        version: 1,
        shop: SHOP,
        topic: "orders/updated",
        webhookId: triggeredAt,
        receivedAt: clock,
        body: { encoding: "utf8", data: body },
      });
      expect(result.reason).toBe(null);
      await alerts.sweep();
    },
  };
}

/** Such as "high 3 held". Cancelled ones are left out. */
const purchaseOrders = async (): Promise<readonly string[]> =>
  (
    await database.db
      .selectFrom("purchase_orders")
      .innerJoin("purchase_order_lines", "purchase_order_lines.purchase_order_id", "purchase_orders.id")
      .select(["supplier", "state", "units"])
      .where("state", "!=", "cancelled")
      .orderBy("created_at")
      .orderBy("supplier")
      .execute()
  ).map((one) => `${one.supplier} ${one.units} ${one.state}`);

const high = supplier("high", prior(2, sku("X")));
const low = supplier("low", prior(1, sku("X")));
const line = (quantity: number): LineInput => ({ id: "11", sku: "X", vendor: "V", quantity });

test("a held purchase order stays with its supplier while stock comes and goes, moves when it must, and follows a new configuration", async () => {
  stock = { high: 0, low: 5 };
  const process = start([high, low]);
  await process.order([line(3)]);
  expect(await purchaseOrders()).toEqual(["low 3 held"]);
  stock = { high: 5, low: 3 };
  await process.order([line(3)]);
  expect(await purchaseOrders()).toEqual(["low 3 held"]); // The first has it again: no reason to move.
  expect(await database.db.selectFrom("purchase_orders").select("id").execute()).toHaveLength(1);

  await start([high, low]).planAgain("all-open");
  expect(await purchaseOrders()).toEqual(["high 3 held"]); // As if it were new.
  stock = { high: 2, low: 5 };
  await process.order([line(3)], "paid");
  expect(await purchaseOrders()).toEqual(["low 3 ready"]);
});

test("what is being sent or was sent never moves, and what the customer adds follows it", async () => {
  stock = { high: 5, low: 5 };
  const process = start([high, low]);
  await process.order([line(3)], "paid");
  await database.db.updateTable("messages").set({ state: "sent" }).execute();
  stock = { high: 0, low: 5 };
  await start([high, low]).planAgain("all-open");
  expect(await purchaseOrders()).toEqual(["high 3 sent"]);
  await process.order([line(4)], "paid");
  expect(await purchaseOrders()).toEqual(["high 3 sent", "high 1 ready"]);
});

test("with split: allowed one line is on purchase orders of two suppliers, and its reason says how", async () => {
  stock = { high: 2, low: 5 };
  const process = start([low, high], { sourcing: { fallback: "stock", split: "allowed" } });
  await process.order([line(6)], "paid");
  expect(await purchaseOrders()).toEqual(["high 2 ready", "low 4 ready"]);
  expect(await database.db.selectFrom("order_lines").select(["decision", "reason", "allocated"]).execute()).toEqual([
    {
      decision: "supplier",
      reason: "2 by high.rules[0] sku X; 4 by low.rules[0] sku X, after high.rules[0]",
      allocated: 6,
    },
  ]);
});

test("a line that waits for facts tells people once, holds the order where that is wished, and goes when the fact is known", async () => {
  const typed = supplier("typed", prior(0, { kind: "product-type", types: ["Attelage"] }));
  const lines = [line(1), { id: "12", sku: "T", vendor: "V" }];
  const process = start([high, typed], { unmatched: "hold-order" });
  await process.order(lines, "paid");
  await process.order(lines, "paid");
  expect(told).toEqual([
    expect.objectContaining({
      kind: "line.facts_missing",
      message: expect.stringMatching(/#1001.*SKU "T".*typed\.rules\[0\] asks for the product type/),
    }),
  ]);
  expect(await purchaseOrders()).toEqual(["high 1 held"]);
  productTypes = { T: "attelage" };
  await start([high, typed]).planAgain("all-open");
  expect(await purchaseOrders()).toEqual(["high 1 ready", "typed 1 ready"]);
});
