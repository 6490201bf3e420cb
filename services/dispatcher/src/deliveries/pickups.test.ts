// Suppliers that answer nothing and take the files away: what is gone from the folder was picked up, what stays is told of.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World, type Yaml } from "../test/world.ts";
import { createPickups } from "./pickups.ts";

const HOUR = 3_600_000;
const ACKNOWLEDGEMENT = "acknowledgement: { expect: accepted, within: 4h }";

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

async function begin(wanted: string, edit = (yaml: Yaml): Yaml => yaml): Promise<void> {
  const config = world.configure({}, (yaml) => edit(yaml.replace(ACKNOWLEDGEMENT, `acknowledgement: ${wanted}`)));
  process = await world.start({ config });
  await process.webhook("orders/paid", orderBody());
  await process.run();
}

const take = (name = "CDE_SE1001-1_1.xml"): void => rmSync(join(world.agriest.server.root, "IN", name));
const look = () => process.features.look("agriest");
const overdue = () => world.alerts.filter((alert) => alert.kind === "acknowledgement.overdue").map((alert) => alert.message);

test("a file that is gone was picked up: no deadline is left, the event tells the path, and nobody is told", async () => {
  await begin("{ expect: pickup, within: 2h }", (yaml) => yaml.replace(/^ {6}acknowledgements: .*AR_.*\n/m, ""));
  await look();
  expect(await process.purchaseOrder()).toMatchObject({
    picked_up_at: null,
    acknowledgement_due_at: world.clock.now() + 2 * HOUR,
  });
  take();
  world.clock.advance(HOUR);
  await look();
  expect(await process.purchaseOrder()).toMatchObject({
    state: "sent",
    picked_up_at: world.clock.now(),
    acknowledgement_due_at: null,
  });
  const events = await process.database.db
    .selectFrom("events")
    .select(["actor", "detail"])
    .where("name", "=", "purchase_order.picked_up")
    .execute();
  expect(events).toEqual([{ actor: "agriest", detail: JSON.stringify({ path: "/IN/CDE_SE1001-1_1.xml" }) }]);
  world.clock.advance(24 * HOUR);
  await look();
  await process.run();
  expect(overdue()).toEqual([]);
  expect(
    await process.database.db.selectFrom("events").select("id").where("name", "=", "purchase_order.picked_up").execute(),
  ).toHaveLength(1);
});

test("a file that stays is told of at its deadline, once; taken later, it is picked up all the same", async () => {
  await begin("{ expect: pickup, within: 2h }");
  world.clock.advance(3 * HOUR);
  await look();
  await process.run();
  await process.run();
  expect(overdue()).toEqual([
    expect.stringMatching(/SE1001-1: agriest has not taken its file out of the folder by .* 14:00:00 UTC.* reads the folder/),
  ]);
  take();
  await look();
  expect(await process.purchaseOrder()).toMatchObject({ picked_up_at: world.clock.now(), acknowledgement_overdue: 0 });
});

test("with an answer expected as well, that has its own deadline; who answers has taken it", async () => {
  await begin("[{ expect: pickup, within: 2h }, { expect: accepted, within: 4h }]");
  const sentAt = world.clock.now();
  take();
  await look();
  expect((await process.purchaseOrder()).acknowledgement_due_at).toBe(sentAt + 4 * HOUR);
  world.clock.advance(5 * HOUR);
  await process.run();
  expect(overdue()).toEqual([expect.stringContaining("has not acknowledged it by")]);
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await look();
  world.clock.advance(2_000);
  await look();
  expect(await process.purchaseOrder()).toMatchObject({ acknowledgement: "accepted", acknowledgement_due_at: null });
});

test("each of several in one file is picked up with it", async () => {
  const config = world.configure({}, (yaml) =>
    yaml
      .replace(ACKNOWLEDGEMENT, "acknowledgement: { expect: pickup, within: 2h }")
      .replace("    document:\n", "    schedule: { batch: 3 }\n    document:\n"),
  );
  process = await world.start({ config });
  for (const n of [1, 2]) {
    const lines = [{ id: `77000${n}`, sku: "AGR-1" }];
    await process.webhook("orders/paid", orderBody({ id: `82098291194615450${n}`, number: 1000 + n, lines }));
    world.clock.advance(1);
  }
  await process.run();
  await look();
  expect((await process.purchaseOrders()).map((po) => po.picked_up_at)).toEqual([null, null]);
  take();
  await look();
  expect((await process.purchaseOrders()).map((po) => po.picked_up_at)).toEqual([world.clock.now(), world.clock.now()]);
});

test("one that a person has sent once more waits for its new file, and one that is known only by a person's word for none", async () => {
  await begin("{ expect: pickup, within: 2h }");
  take();
  await look();
  const po = await process.purchaseOrder();
  expect(po.picked_up_at).toBe(world.clock.now());
  await process.features.actions.settle(purchaseOrder(po), "same-again", { actor: "anna", note: "they lost it" });
  await process.run();
  await look();
  expect(await process.purchaseOrder()).toMatchObject({ state: "sent", copy: 2, picked_up_at: null });
});

test("a file that is gone proves nothing of one whose rename was not answered: without an answer to come it is unknown", async () => {
  world.agriest.takeAtOnce();
  world.agriest.server.setFault((event) => (event.phase === "after" && event.command === "RNTO" ? { do: "close" } : undefined));
  await begin("{ expect: pickup, within: 2h }");
  world.agriest.server.setFault(undefined);
  world.clock.advance(60_000);
  await process.run();
  await look();
  expect(await process.purchaseOrder()).toMatchObject({ state: "unknown", picked_up_at: null });
});

test("one that a person has sent once more while its folder is listed is not taken for picked up", async () => {
  await begin("{ expect: pickup, within: 2h }");
  const { database, features } = process;
  const lookForPickups = createPickups({ database, dueAt: () => null, now: world.clock.now });
  const taken = await lookForPickups("agriest", (work) =>
    work({
      enter: () => Promise.resolve(),
      list: async () => {
        const anna = { actor: "anna", note: "they lost it" };
        await features.actions.settle(purchaseOrder(await process.purchaseOrder()), "same-again", anna);
        return [];
      },
    }),
  );
  expect(taken).toEqual([]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "ready", picked_up_at: null });
});
