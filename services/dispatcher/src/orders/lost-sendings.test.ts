// After an older database was restored, its orders come again. What the journal is certain of is certain: an order that comes out the
// same is sent, with the journal's time; unknown is left to intents without an end, and to orders that differ, each with what differs.
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody, type LineInput } from "../test/payload.ts";
import { acknowledgement, createWorld, type Process, type World } from "../test/world.ts";

const HOUR = 3_600_000;
const LINES: LineInput[] = [
  { sku: "AGR-1", quantity: 3 },
  { sku: "AGR-2", quantity: 2 },
];

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  world.agriest.takeAtOnce();
  process = await world.start();
});
afterEach(() => world.stop());

/** A backup of nothing, an order that is sent, and the backup again. When it was sent, and what the journal says. */
async function sentAndRestored(meanwhile: () => Promise<unknown> = () => process.run()): Promise<number> {
  await process.stop();
  world.backup();
  process = await world.start();
  world.clock.advance(HOUR);
  const sentAt = world.clock.now();
  await process.webhook("orders/paid", orderBody({ lines: LINES }));
  await meanwhile();
  await process.stop();
  world.restore();
  return sentAt;
}
const comesAgain = async (lines: readonly LineInput[] = LINES): Promise<void> => {
  world.clock.advance(HOUR);
  await process.webhook("orders/updated", orderBody({ lines: [...lines], updatedAt: new Date(world.clock.now()).toISOString() }));
  await process.run();
};
const unknowns = () => world.alerts.filter((alert) => alert.kind === "delivery.unknown");

test("the same again is sent by the journal's word: with its time, its deadline and the ledger's movements, and nobody is asked", async () => {
  const sentAt = await sentAndRestored();
  const [line] = (await world.journal()).filter(({ kind }) => kind === "sent");
  process = await world.start();
  await comesAgain();
  const po = await process.purchaseOrder();
  expect(po).toMatchObject({ number: "SE1001-1", state: "sent", sent_at: sentAt, inferred: 0 });
  expect(po.reason).toBe(
    `sent at ${new Date(sentAt).toISOString()} by the journal (version 1, SHA-256 ${line?.hash.slice(0, 12)}…), before the database was restored from a backup`,
  );
  expect(po.acknowledgement_due_at).toBe(sentAt + 4 * HOUR);
  expect(unknowns()).toEqual([]);
  const movements = await process.database.db.selectFrom("stock_movements").select(["sku", "units", "at"]).execute();
  expect(movements).toEqual([
    { sku: "AGR-1", units: -3, at: sentAt },
    { sku: "AGR-2", units: -2, at: sentAt },
  ]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);

  // The supplier's answer is no surprise.
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await process.features.look("agriest");
  expect((await process.purchaseOrder()).acknowledgement).toBe("accepted");
  expect(world.alerts.filter((alert) => alert.kind === "acknowledgement.unexpected")).toEqual([]);
});

test("it stands in the journal as what it is now: a further restore knows it, and sends nothing either", async () => {
  await sentAndRestored();
  for (let times = 0; times < 2; times++) {
    process = await world.start();
    await comesAgain();
    await process.run();
    expect(await process.purchaseOrder()).toMatchObject({ number: "SE1001-1", state: "sent" });
    await process.stop();
    world.restore();
  }
  process = await world.start();
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("also where it would be held now: it is at the supplier", async () => {
  await sentAndRestored();
  process = await world.start();
  world.clock.advance(HOUR);
  const updatedAt = new Date(world.clock.now()).toISOString();
  await process.webhook("orders/updated", orderBody({ lines: LINES, updatedAt, tags: "attention" }));
  expect((await process.purchaseOrder()).state).toBe("sent");
  expect(await process.database.db.selectFrom("holds").selectAll().where("ended_at", "is", null).execute()).toEqual([]);
});

test.each<[string, LineInput[], string]>([
  ["another quantity", [{ sku: "AGR-1", quantity: 2 }, LINES[1]!], "What it orders differs: 3 of SKU AGR-1 then, and 2 now"],
  ["a line less", [LINES[0]!], "What it orders differs: 2 of line 1001002 then, and 0 now"],
  ["a line more", [...LINES, { sku: "AGR-3", quantity: 1 }], "What it orders differs: 0 of SKU AGR-3 then, and 1 now"],
])("with %s it is unknown, with what differs", async (_, lines, differs) => {
  await sentAndRestored();
  process = await world.start();
  await comesAgain(lines);
  const po = await process.purchaseOrder();
  expect([po.state, po.number]).toEqual(["unknown", "SE1001-1"]);
  expect(po.reason?.split(". ")[1]).toBe(differs);
  expect(unknowns()).toHaveLength(1);
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("an intent without an end is unknown, the same or not", async () => {
  await sentAndRestored(async () => {
    await process.stop();
    const { promise: asleep, resolve } = Promise.withResolvers<void>();
    process = await world.start({
      at(step) {
        if (step !== "intent-written") {
          return Promise.resolve();
        }
        resolve();
        return new Promise<void>(() => {});
      },
    });
    const [due] = await process.features.sweep(10);
    void process.features.deliver(due!);
    await asleep;
  });
  process = await world.start();
  await comesAgain();
  const po = await process.purchaseOrder();
  expect(po).toMatchObject({ state: "unknown", number: "SE1001-1" });
  expect(po.reason).toContain("perhaps sent at");
  expect(world.agriest.arrivals).toEqual([]);
});

test("a line from before it told what was sent keeps the rule of then: unknown", async () => {
  await sentAndRestored();
  const lines = await world.journal();
  world.loseJournal();
  for (const { says: _, message: __, ...line } of lines) {
    world.addToJournal(line);
  }
  process = await world.start();
  await comesAgain();
  const po = await process.purchaseOrder();
  expect(po).toMatchObject({ state: "unknown", number: "SE1001-1" });
  expect(po.reason).not.toContain("differs");
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("the journal tells no personal data: numbers, ids, units, names of files, hashes", async () => {
  await process.webhook("orders/paid", orderBody({ lines: LINES }));
  await process.run();
  const lines = await world.journal();
  expect(lines.map(({ kind, says }) => [kind, says])).toEqual([
    ["intent", expect.stringMatching(/^\[\["[^"]+",3\],\["[^"]+",2\]\]$/)],
    ["sent", expect.stringMatching(/^\[\["[^"]+",3\],\["[^"]+",2\]\]$/)],
  ]);
  expect(Object.keys(lines[0] ?? {}).toSorted()).toEqual([
    "at",
    "attempt",
    "copy",
    "hash",
    "kind",
    "message",
    "notice",
    "number",
    "order",
    "path",
    "purchaseOrder",
    "says",
    "supplier",
    "version",
  ]);
});
