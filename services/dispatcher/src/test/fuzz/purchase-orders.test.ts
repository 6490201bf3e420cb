import { expect, onTestFinished, test } from "vitest";
import { rule } from "../../domain/test/rule.ts";
import { seedPurchaseOrders } from "./purchase-orders.ts";
import { handlerConfig, openFuzzWorld } from "./world.ts";

test("a purchase order that an answer was applied to by half is found out, and put back", async () => {
  const config = handlerConfig();
  const suppliers = config.suppliers.map((one) => ({
    ...one,
    rules: [rule({ kind: "vendor", vendors: [one.id] })],
    require: [],
  }));
  const world = await openFuzzWorld({
    config: { ...config, suppliers },
    connect: () => Promise.reject(new Error("nothing is sent here")),
  });
  onTestFinished(world.close);
  const seeded = await seedPurchaseOrders(world, ["agriest"]);
  const { db } = world.database;
  const { id } = await db.selectFrom("purchase_orders").select("id").where("state", "=", "sent").executeTakeFirstOrThrow();
  const line = { confirmed: 4, backordered: 1, cancelled: 1 };
  await db.updateTable("purchase_orders").set({ acknowledgement: "changed" }).where("id", "=", id).execute();
  expect(await seeded.objection(id)).toBeUndefined();
  await db.updateTable("purchase_order_lines").set(line).where("purchase_order_id", "=", id).where("number", "=", 1).execute();
  expect(await seeded.objection(id)).toBe("line 1: 4 + 1 + 1 of 5");
  expect(await seeded.answered()).toBe(2);
  await seeded.putBack([id]);
  expect(await seeded.answered()).toBe(0);
  expect(await seeded.objection(id)).toContain("it is sent with the answer none");
});
