// Faults of our own in the middle of an attempt: the database's disk is full, a library throws what nobody expects.
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld, type World } from "../test/world.ts";
import { steps, type Step } from "./ports.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

/** Throws at that step, once. */
function throwAt(step: Step): (reached: Step) => Promise<void> {
  let done = false;
  return async (reached) => {
    if (reached === step && !done) {
      done = true;
      throw new Error("database or disk is full");
    }
  };
}

test.each(steps)("broken at '%s' by our own fault: within seconds it goes on, and one file arrives", async (step) => {
  const process = await world.start({ at: throwAt(step) });
  await process.webhook("orders/paid", orderBody());
  await expect(process.run()).rejects.toThrow("database or disk is full");
  await process.run();
  world.clock.advance(10_000);
  await process.run();
  expect(await process.purchaseOrder()).toMatchObject({ state: "sent", failures: 0 });
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);
});

test("broken as the only one that the breaker lets through, it keeps nobody else waiting", async () => {
  const process = await world.start({ at: throwAt("uploaded") });
  await process.webhook("orders/paid", orderBody());
  await process.database.db
    .updateTable("suppliers")
    .set({ failures_in_a_row: 5, opened_at: world.clock.now(), probe_at: world.clock.now() })
    .where("id", "=", "agriest")
    .execute();
  await expect(process.run()).rejects.toThrow("database or disk is full");
  await process.run();
  const row = await process.database.db
    .selectFrom("suppliers")
    .select("probe_at")
    .where("id", "=", "agriest")
    .executeTakeFirstOrThrow();
  expect(row.probe_at).toBe(world.clock.now());
});
