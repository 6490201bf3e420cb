// Hundreds of realistic orders, whole: what the generator says it made is what becomes of each, and every document is valid.
// The generator knows for which supplier it made each line; it does not classify.
import { readFileSync } from "node:fs";
import { createOrderGenerator, type GeneratorSupplier } from "@soh/simulators/orders";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWorld, SHOP, type Process, type World } from "../test/world.ts";

const suppliers: readonly GeneratorSupplier[] = [
  {
    name: "agriest",
    vendors: ["Agriest", "Kramp"],
    skuPrefixes: ["AGR-"],
    requiresPhone: true,
    shipping: { mapped: ["Standard", "Livraison avec hayon"], unmapped: "hold" },
  },
  { name: "fournial", vendors: ["Fournial"], skuPrefixes: ["FOU"] },
];

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  process = await world.start();
});
afterEach(async () => {
  await world.stop();
});

const generator = (seed: number) =>
  createOrderGenerator({
    seed,
    shop: SHOP,
    suppliers,
    holds: { valueOver: 3_000, tags: ["attention"] },
    since: world.config.policy.since,
    now: world.clock.now,
    firstOrderNumber: 10_000,
  });

/** The state of each purchase order of an order, with the names of its holds. */
async function outcome(orderId: string): Promise<unknown> {
  const db = process.database.db;
  const purchaseOrders = await db
    .selectFrom("purchase_orders")
    .selectAll()
    .where("order_id", "=", orderId)
    .orderBy("supplier")
    .execute();
  const holds = await db.selectFrom("holds").select(["purchase_order_id", "name"]).where("ended_at", "is", null).execute();
  const unmatched = await db
    .selectFrom("order_lines")
    .select("line_id")
    .where("order_id", "=", orderId)
    .where("decision", "=", "unmatched")
    .execute();
  const order = await db.selectFrom("orders").select("state").where("id", "=", orderId).executeTakeFirstOrThrow();
  return {
    historic: order.state === "historic",
    purchaseOrders: purchaseOrders.map((po) => ({
      supplier: po.supplier,
      waits: po.state === "held",
      holds: [...new Set(holds.filter((hold) => hold.purchase_order_id === po.id).map((hold) => hold.name))].toSorted(),
    })),
    unmatchedLines: order.state === "historic" ? 0 : unmatched.length,
  };
}

test("500 generated orders: purchase orders, holds, historic ones and unmatched lines are as made; each document validates", async () => {
  const orders = generator(20_270_110);
  const kinds = new Set<string>();
  for (let n = 0; n < 500; n++) {
    const { body, payload, expected, kind } = orders.next();
    kinds.add(kind);
    const { orderId } = await process.webhook("orders/paid", body);
    expect([payload.name, kind, await outcome(orderId ?? "")]).toEqual([
      payload.name,
      kind,
      {
        historic: expected.historic,
        purchaseOrders: expected.purchaseOrders
          .map((po) => ({ supplier: po.supplier, waits: po.state !== "released", holds: po.holds.toSorted() }))
          .toSorted((a, b) => a.supplier.localeCompare(b.supplier)),
        unmatchedLines: expected.unmatchedLines,
      },
    ]);
  }
  expect(kinds.size).toBeGreaterThan(20);

  using xsd = XmlDocument.fromBuffer(readFileSync(new URL("../documents/formats/order-xml/order-xml.xsd", import.meta.url)));
  using validator = XsdValidator.fromDoc(xsd);
  const documents = await process.database.db.selectFrom("documents").select(["bytes"]).execute();
  expect(documents.length).toBeGreaterThan(400);
  for (const { bytes } of documents) {
    using document = XmlDocument.fromBuffer(bytes);
    validator.validate(document);
  }
}, 60_000);

test("100 generated orders: everything released arrives at its supplier, once, and the stored bytes are what arrived", async () => {
  const orders = generator(7);
  let released = 0;
  for (let n = 0; n < 100; n++) {
    const { body, expected } = orders.next();
    released += expected.purchaseOrders.filter((po) => po.state === "released").length;
    await process.webhook("orders/paid", body);
  }
  const outcomes = await process.run();
  expect(outcomes.every((one) => one.kind === "sent")).toBe(true);
  const arrivals = [...world.agriest.arrivals, ...world.fournial.arrivals];
  expect([arrivals.length, new Set(arrivals).size]).toEqual([released, released]);
  const sent = await process.database.db
    .selectFrom("attempts")
    .innerJoin("messages", "messages.id", "attempts.message_id")
    .innerJoin("documents", (join) =>
      join
        .onRef("documents.purchase_order_id", "=", "messages.purchase_order_id")
        .onRef("documents.version", "=", "attempts.version"),
    )
    .select(["attempts.final_path", "documents.bytes"])
    .execute();
  expect(sent).toHaveLength(released);
  for (const { final_path, bytes } of sent) {
    const supplier = final_path.startsWith("/IN/") ? world.agriest : world.fournial;
    expect(supplier.read(final_path.slice(final_path.lastIndexOf("/") + 1))).toBe(Buffer.from(bytes).toString("utf8"));
  }
}, 60_000);
