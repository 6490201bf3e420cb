// The backup has a purchase order that was not sent then. Since, it was given up, and another of the same order and supplier
// was sent, which only the journal knows. The supplier must not get the same goods twice.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HandlerConfig } from "../config/load.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World } from "../test/world.ts";

const HOUR = 3_600_000;

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  world.agriest.takeAtOnce();
  process = await world.start();
});
afterEach(async () => {
  await world.stop();
});

const states = async () => (await process.purchaseOrders()).map((po) => [po.number, po.state]);
const supplierIsDown = (down: boolean): void => {
  world.agriest.server.dropConnections();
  world.agriest.server.setFault((event) => (down && event.command === "CONNECT" ? { do: "close" } : undefined));
};
const restoreAlert = () => world.alerts.filter((alert) => alert.kind === "database.restored");

async function restart(between: () => void = () => {}, config?: HandlerConfig): Promise<void> {
  await process.stop();
  between();
  process = await world.start(config === undefined ? {} : { config });
}

/** The first is given up, as its order has nothing left to order; what is ordered then has the next number, and is sent. */
async function orderAnew(input: { readonly tags?: string } = {}): Promise<void> {
  const line = { id: "1", sku: "AGR-1" };
  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T11:00:00Z", lines: [{ ...line, current: 0 }] }));
  const added = [
    { ...line, current: 0 },
    { id: "2", sku: "AGR-1" },
  ];
  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T11:01:00Z", lines: added, ...input }));
  world.clock.advance(HOUR);
  await process.run();
  expect(await states()).toEqual([
    ["SE1001-1", "cancelled"],
    ["SE1001-2", "sent"],
  ]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-2_1.xml"]);
}

const first = (over: { readonly tags?: string } = {}) => orderBody({ lines: [{ id: "1", sku: "AGR-1" }], ...over });

/** Its supplier was down when the backup was made, and is there again. */
async function waitsInBackup(): Promise<void> {
  supplierIsDown(true);
  await process.webhook("orders/paid", first());
  await process.run();
  await restart(() => world.backup());
  supplierIsDown(false);
}

async function nothingMoreGoes(): Promise<void> {
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-2_1.xml"]);
}

test("one that waited for the supplier takes the place of what was sent instead: its number, unknown, not sent", async () => {
  await waitsInBackup();
  await orderAnew();

  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-2", "unknown"]]);
  expect(restoreAlert()).toEqual([
    expect.objectContaining({ detail: expect.objectContaining({ sent: 0, unknown: 1, lost: 1 }) }),
  ]);
  expect(world.alerts).toContainEqual(
    expect.objectContaining({ kind: "delivery.unknown", message: expect.stringContaining("by the journal") }),
  );
  await nothingMoreGoes();

  // The supplier's answer, which has that number, settles it.
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-2"));
  await process.features.look("agriest");
  expect(await states()).toEqual([["SE1001-2", "sent"]]);
});

test("sent once more by a person, it goes under the number whose place it took", async () => {
  await waitsInBackup();
  await orderAnew();
  await restart(() => world.restore());
  const po = await process.purchaseOrder();
  const person = { actor: "anna", note: "Agriest: we have nothing" };
  expect(await process.features.actions.settle({ kind: "purchase-order", id: po.id }, "same-again", person)).toMatchObject({
    ok: true,
  });
  await process.run();
  const again = world.agriest.arrivals.at(-1) ?? "";
  expect(again).toMatch(/^CDE_SE1001-2_\d+-c2\.xml$/);
  expect(world.agriest.arrived().at(-1)).toContain("<Number>SE1001-2</Number>");
});

test("so does one that was held, and its holds end", async () => {
  await process.webhook("orders/paid", first({ tags: "attention" }));
  expect(await states()).toEqual([["SE1001-1", "held"]]);
  await restart(() => world.backup());
  await orderAnew();
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-2", "unknown"]]);
  const { db } = process.database;
  expect(await db.selectFrom("holds").selectAll().where("ended_at", "is", null).execute()).toEqual([]);
  await nothingMoreGoes();

  // It answers the document that it has: that is no news to anybody.
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-2", "accepted", "<DocumentVersion>1</DocumentVersion>"));
  await process.features.look("agriest");
  expect(await states()).toEqual([["SE1001-2", "sent"]]);
  expect(world.alerts.filter((alert) => alert.kind === "acknowledgement.unexpected")).toEqual([]);
});

test("and one that was being sent, before its intent: its attempt ends", async () => {
  await process.webhook("orders/paid", first());
  await process.stop();
  const { promise: asleep, resolve } = Promise.withResolvers<void>();
  process = await world.start({
    at: (step) => {
      if (step !== "claimed") {
        return Promise.resolve();
      }
      resolve();
      return new Promise<void>(() => {});
    },
  });
  const [due] = await process.features.sweep(10);
  void process.features.deliver(due!);
  await asleep;
  await restart(() => world.backup());
  supplierIsDown(true);
  world.clock.advance(HOUR);
  await process.run();
  supplierIsDown(false);
  await orderAnew();
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-2", "unknown"]]);
  const attempts = await process.database.db.selectFrom("attempts").select("state").execute();
  expect(attempts).toEqual([{ state: "abandoned" }]);
  await nothingMoreGoes();
});

test("a person who has it sent once more sends the number that the supplier knows, in the document too", async () => {
  await waitsInBackup();
  await orderAnew();
  await restart(() => world.restore());
  await process.features.actions.settle(purchaseOrder(await process.purchaseOrder()), "same-again", {
    actor: "anna",
    note: "they have nothing",
  });
  await process.run();
  expect(await states()).toEqual([["SE1001-2", "sent"]]);
  const [, again] = world.agriest.arrived();
  expect(again).toContain("SE1001-2");
  expect(again).not.toContain("SE1001-1");
});

test("of a supplier that is not in the configuration any more, too: the start goes on", async () => {
  await waitsInBackup();
  await orderAnew();
  const others = world.config.suppliers.filter((one) => one.id !== "agriest");
  await restart(() => world.restore(), { ...world.config, suppliers: others });
  expect(await states()).toEqual([["SE1001-2", "unknown"]]);
});

test("a start without a restore leaves what waits beside a sent one as it is", async () => {
  await process.webhook("orders/paid", first());
  await process.run();
  supplierIsDown(true);
  const lines = [
    { id: "1", sku: "AGR-1" },
    { id: "2", sku: "AGR-2" },
  ];
  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T11:00:00Z", lines }));
  await process.run();
  await restart();
  expect(await states()).toEqual([
    ["SE1001-1", "sent"],
    ["SE1001-2", "ready"],
  ]);
});

test("what the journal knows of it itself comes first: it is sent, and the place stays for the supplementary one", async () => {
  await waitsInBackup();
  world.clock.advance(HOUR);
  await process.run();
  const lines = [
    { id: "1", sku: "AGR-1" },
    { id: "2", sku: "AGR-2" },
  ];
  const added = orderBody({ updatedAt: "2027-01-10T11:00:00Z", lines });
  await process.webhook("orders/updated", added);
  await process.run();
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  await process.webhook("orders/updated", added);
  expect(await states()).toEqual([
    ["SE1001-1", "sent"],
    ["SE1001-2", "sent"],
  ]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-2_1.xml"]);
});

test("with others in its file, which has no intent: those go anew, without it", async () => {
  const config = world.configure({}, (yaml) => yaml.replace("    document:\n", "    schedule: { batch: 3 }\n    document:\n"));
  await process.stop();
  const { promise: asleep, resolve } = Promise.withResolvers<void>();
  process = await world.start({
    config,
    at: (step) => {
      if (step !== "claimed") {
        return Promise.resolve();
      }
      resolve();
      return new Promise<void>(() => {});
    },
  });
  await process.webhook("orders/paid", first());
  await process.webhook("orders/paid", orderBody({ id: "77", number: 1077 }));
  const [due] = await process.features.sweep(10);
  void process.features.deliver(due!);
  await asleep;
  expect(await states()).toEqual([
    ["SE1001-1", "sending"],
    ["SE1077-1", "sending"],
  ]);
  // The journal of a process that has sent the other: its database is lost with it.
  const line = { kind: "sent", at: world.clock.now(), supplier: "agriest", number: "SE1001-2", version: 1, copy: 1 } as const;
  const { order_id: order } = (await process.purchaseOrders())[0]!;
  await restart(
    () =>
      world.addToJournal({
        ...line,
        purchaseOrder: "lost",
        message: "lost",
        order,
        attempt: null,
        path: null,
        hash: "",
        says: null,
      }),
    config,
  );
  expect(await states()).toEqual([
    ["SE1001-2", "unknown"],
    ["SE1077-1", "ready"],
  ]);
  await process.run();
  expect(await states()).toEqual([
    ["SE1001-2", "unknown"],
    ["SE1077-1", "sent"],
  ]);
  expect(world.agriest.arrived().join("")).not.toContain("SE1001");
});

/** Sent since the backup with a line that the backup does not know. */
const grown = () =>
  orderBody({
    updatedAt: "2027-01-10T11:00:00Z",
    lines: [
      { id: "1", sku: "AGR-1" },
      { id: "2", sku: "AGR-2" },
    ],
  });

/** By the journal it is sent; what its order gained is not, and waits for a person. */
async function restoredHoldsTheGain(): Promise<void> {
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  await process.webhook("orders/updated", grown());
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  expect(await states()).toEqual([
    ["SE1001-1", "sent"],
    ["SE1001-2", "held"],
  ]);
}

test("what an order gained before it was sent is held when it comes again: the supplier may have it", async () => {
  await waitsInBackup();
  await process.webhook("orders/updated", grown());
  world.clock.advance(HOUR);
  await process.run();
  expect(world.agriest.arrived()).toEqual([expect.stringContaining("AGR-2")]);

  await restoredHoldsTheGain();
  expect(world.agriest.arrivals).toHaveLength(1);
  const { db } = process.database;
  const holds = await db.selectFrom("holds").select(["name", "reason"]).where("ended_at", "is", null).execute();
  expect(holds).toEqual([{ name: "restored", reason: expect.stringMatching(/^SE1001-1 was sent at .* may have these units/) }]);

  // A person who has asked lets it go; planning it again does not hold it anew.
  const [, held] = await process.purchaseOrders();
  await process.features.actions.release(held!, { actor: "marie", note: "Agriest: we have AGR-1 only" });
  await process.webhook("orders/updated", grown());
  await process.run();
  expect(await states()).toEqual([
    ["SE1001-1", "sent"],
    ["SE1001-2", "sent"],
  ]);
});

test.each(["replace", "same-again"] as const)("so is it where the last that was sent of it was a person's %s", async (how) => {
  await waitsInBackup();
  await process.webhook("orders/updated", grown());
  world.clock.advance(HOUR);
  await process.run();
  await process.features.actions.settle(purchaseOrder(await process.purchaseOrder()), how, {
    actor: "anna",
    note: "they lost it",
  });
  await process.run();
  expect(world.agriest.arrivals).toHaveLength(2);

  await restoredHoldsTheGain();
});

test("so is it where it was held in the backup, and released with the line that it gained", async () => {
  await process.webhook("orders/paid", first({ tags: "attention" }));
  await restart(() => world.backup());
  await process.webhook("orders/updated", grown());
  await process.features.actions.release(await process.purchaseOrder(), { actor: "marie", note: "let it go" });
  await process.run();
  expect(world.agriest.arrived()).toEqual([expect.stringContaining("AGR-2")]);

  await restoredHoldsTheGain();
});

test("so is it beside one that took the place of what was sent instead", async () => {
  await waitsInBackup();
  await orderAnew();
  await restart(() => world.restore());
  await process.webhook("orders/updated", grown());
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  expect((await states()).map(([, state]) => state)).toEqual(expect.arrayContaining(["held", "unknown"]));
});

test("what an order gains after a restore goes at once, where the database knows what was sent", async () => {
  await process.webhook("orders/paid", first());
  await process.stop();
  world.backup();
  process = await world.start();
  await process.run();
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  await process.webhook("orders/updated", grown());
  await process.run();
  expect(await states()).toEqual([
    ["SE1001-1", "sent"],
    ["SE1001-2", "sent"],
  ]);
});

test("a second restore heeds the journal for one whose bytes the first had lost", async () => {
  await waitsInBackup();
  await process.webhook("orders/updated", grown());
  world.clock.advance(HOUR);
  await process.run();
  await restart(() => world.restore());

  // A person has it sent once more; the next backup is of the moment before it goes.
  const [po] = await process.purchaseOrders();
  await process.features.actions.settle(purchaseOrder(po!), "same-again", { actor: "marie", note: "they have nothing" });
  await restart(() => world.backup());
  await process.run();
  expect(world.agriest.arrivals).toHaveLength(2);
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  expect(world.agriest.arrivals).toHaveLength(2);
  const { db } = process.database;
  const events = await db.selectFrom("events").select("name").where("name", "=", "purchase_order.lost").execute();
  expect(events).toEqual([]); // It is here.
});
