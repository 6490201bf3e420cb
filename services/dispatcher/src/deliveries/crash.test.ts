// A crash between each two steps of the protocol, for a supplier that leaves files and for one that takes them in the
// instant they have their name. Each time exactly one file gets its final name at the supplier.
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld, type World } from "../test/world.ts";
import { steps } from "./ports.ts";
import { sleeper } from "./test/sleeper.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const cases = steps.flatMap((step) => [
  { step, supplier: "leaves files" },
  { step, supplier: "takes files at once" },
]);

test.each(cases)(
  "killed at '$step', supplier $supplier: exactly one file arrives and the purchase order is sent",
  async ({ step, supplier }) => {
    if (supplier === "takes files at once") {
      world.agriest.takeAtOnce();
    }
    const crash = sleeper(step);
    const first = await world.start({ at: crash.at });
    await first.webhook("orders/paid", orderBody());
    const [due] = await first.features.sweep(10);
    expect(due).toBeDefined();
    void first.features.deliver(due ?? { message: "", generation: 0 });
    await crash.asleep;
    await first.stop();

    world.clock.advance(30_000);
    const second = await world.start();
    await second.run();
    const po = await second.purchaseOrder();
    expect(po.state).toBe("sent");
    expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);
    expect(po.inferred).toBe(step === "renamed" && supplier === "takes files at once" ? 1 : 0);

    // And nothing is left to do, whatever runs later.
    world.clock.advance(24 * 3_600_000);
    expect(await second.run()).toEqual([]);
    expect(world.agriest.arrivals).toHaveLength(1);
  },
);

test("the stored document is what arrives, byte for byte, and the ledger has one movement per line", async () => {
  const process = await world.start();
  await process.webhook(
    "orders/paid",
    orderBody({
      lines: [
        { sku: "AGR-1", quantity: 2 },
        { sku: "AGR-2", quantity: 1 },
      ],
    }),
  );
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false, attempt: 1 }]);
  const document = await process.database.db.selectFrom("documents").selectAll().executeTakeFirstOrThrow();
  expect(world.agriest.read("CDE_SE1001-1_1.xml")).toBe(Buffer.from(document.bytes).toString("utf8"));
  const movements = await process.database.db
    .selectFrom("stock_movements")
    .select(["sku", "units", "kind"])
    .orderBy("sku")
    .execute();
  expect(movements).toEqual([
    { sku: "AGR-1", units: -2, kind: "ordered" },
    { sku: "AGR-2", units: -1, kind: "ordered" },
  ]);
});

test("two workers given the same purchase order at once: one sends, the other finds nothing to do", async () => {
  const process = await world.start();
  await process.webhook("orders/paid", orderBody());
  const [due] = await process.features.sweep(10);
  const rival = process.rival();
  const outcomes = await Promise.all([process.features.deliver(due!), rival.deliver(due!)]);
  await rival.close();
  expect(outcomes.map((one) => one.kind).toSorted()).toEqual(["nothing-to-do", "sent"]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);
});

test.each(steps.filter((step) => step !== "sent"))(
  "a worker that stalls at '%s', is taken over and wakes up later (a zombie) does no harm",
  async (step) => {
    const stalled = sleeper(step);
    const process = await world.start();
    await process.webhook("orders/paid", orderBody());
    const [due] = await process.features.sweep(10);
    const zombie = process.rival({ at: stalled.at });
    const outcome = zombie.deliver(due!);
    await stalled.asleep;
    world.clock.advance(10 * 60_000); // The lease is over: the sweep hands it to another.
    await process.run();
    expect((await process.purchaseOrder()).state).toBe("sent");
    stalled.wake();
    expect((await outcome).kind).toBe("lost-claim");
    await zombie.close();
    expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);
    expect(world.agriest.files()).toEqual(["CDE_SE1001-1_1.xml"]);
    expect(world.alerts).toEqual([]);
    expect((await process.purchaseOrder()).state).toBe("sent");
  },
);

const pairs = steps
  .filter((step) => step !== "sent")
  .flatMap((first) =>
    steps.filter((step) => step !== "sent").flatMap((second) => [false, true].map((takes) => ({ first, second, takes }))),
  );

test.each(pairs)(
  "stalled at '$first', taken over by one that stalls at '$second', and the first wakes first (supplier takes at once: $takes)",
  async ({ first, second, takes }) => {
    if (takes) {
      world.agriest.takeAtOnce();
    }
    const process = await world.start();
    await process.webhook("orders/paid", orderBody());
    const [due] = await process.features.sweep(10);
    const [one, two] = [sleeper(first), sleeper(second)];
    const workers = [process.rival({ at: one.at }), process.rival({ at: two.at })];
    const zombie = workers[0]!.deliver(due!);
    await one.asleep;
    world.clock.advance(6 * 60_000);
    const heir = workers[1]!.deliver(due!);
    await Promise.race([two.asleep, heir]); // A takeover does not pass every step.
    one.wake();
    expect((await zombie).kind).toBe("lost-claim");
    two.wake();
    expect((await heir).kind).toBe("sent");
    await Promise.all(workers.map((worker) => worker.close()));
    expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);
    expect((await process.purchaseOrder()).state).toBe("sent");
  },
);
