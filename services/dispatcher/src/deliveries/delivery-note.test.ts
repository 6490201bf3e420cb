// A delivery note beside the purchase order: it is there before the order has its name, whatever happens in between, for
// suppliers that leave files and those that take each in the instant it has its name.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FaultAction, FaultEvent } from "@soh/simulators/ftps-server";
import { orderBody } from "../test/payload.ts";
import { withCancel } from "../test/with-cancel.ts";
import { createWorld, purchaseOrder, type Process, type World, type Yaml } from "../test/world.ts";
import { deliveryNoteSteps, markerSteps, steps, type Step } from "./ports.ts";
import { sleeper } from "./test/sleeper.ts";

const FILE = "CDE_SE1001-1_1.xml";
const NOTE = "SE1001-1.pdf";
const MARKER = "SE1001-1.ok";
const KEYS = 'companions: [{ delivery_note: "{number}.pdf" }]';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const withKeys =
  (keys: string) =>
  (yaml: Yaml): Yaml =>
    yaml.replace("{ suffix: .tmp }", `{ suffix: .tmp }, ${keys}`);
const start = (over: { readonly at?: (reached: Step) => Promise<void>; readonly keys?: string } = {}): Promise<Process> => {
  const config = world.configure({}, withKeys(over.keys ?? KEYS));
  return world.start({ config, ...(over.at === undefined ? {} : { at: over.at }) });
};
const inFolder = (): readonly string[] => readdirSync(join(world.agriest.server.root, "IN")).toSorted();

/** One fault, the n-th time the command comes to that moment. */
function failAt(n: number, phase: FaultEvent["phase"], command: string, action: FaultAction): void {
  world.agriest.server.setFault((event) =>
    event.phase === phase && event.command === command && event.count === n ? action : undefined,
  );
}

test("it comes before the purchase order, with the bytes that are kept, and stands in the trail", async () => {
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false }]);
  expect(world.agriest.arrivals).toEqual([NOTE, FILE]);
  expect(inFolder()).toEqual([FILE, NOTE]);
  const { db } = process.database;
  const kept = await db.selectFrom("companion_documents").selectAll().execute();
  expect(kept).toMatchObject([{ version: 1, kind: "delivery-note" }]);
  expect(kept.map((one) => Buffer.from(one.bytes).toString("utf8"))).toEqual([world.agriest.read(NOTE)]);
  expect(world.agriest.read(NOTE)).toMatch(/^%PDF-/);
  expect(await db.selectFrom("companions").select(["kind", "final_path", "placed_at"]).execute()).toEqual([
    { kind: "delivery-note", final_path: `/IN/${NOTE}`, placed_at: world.clock.now() },
  ]);
});

const everyStep = [...steps, ...deliveryNoteSteps, ...markerSteps];
const cases = everyStep.flatMap((step) =>
  [false, true].flatMap((takes) => [KEYS, `${KEYS}, marker: "{number}.ok"`].map((keys) => ({ step, takes, keys }))),
);

test.each(cases.filter(({ step, keys }) => keys !== KEYS || !markerSteps.some((one) => one === step)))(
  "killed at '$step', supplier that takes files at once: $takes, $keys: one purchase order, and its note before it",
  async ({ step, takes, keys }) => {
    if (takes) {
      world.agriest.takeAtOnce();
    }
    const crash = sleeper(step);
    const first = await start({ at: crash.at, keys });
    await first.webhook("orders/paid", orderBody());
    const [due] = await first.features.sweep(10);
    void first.features.deliver(due ?? { message: "", generation: 0 });
    await crash.asleep;
    await first.stop();

    world.clock.advance(10 * 60_000);
    const second = await start({ keys });
    await second.run();
    expect((await second.purchaseOrder()).state).toBe("sent");
    const { arrivals } = world.agriest;
    expect(arrivals.filter((name) => name === FILE)).toHaveLength(1);
    expect(arrivals.indexOf(NOTE)).toBe(0);
    // Before the intent a taken note looks as one that was never placed: it comes again, before its order.
    const again = takes && step === "delivery-note-placed";
    expect(arrivals.slice(0, arrivals.indexOf(FILE))).toEqual(again ? [NOTE, NOTE] : [NOTE]);
    expect(arrivals.slice(arrivals.indexOf(FILE) + 1).filter((name) => name !== MARKER)).toEqual([]);
    // Uploads that a crash cut short stay: only their own attempt may remove them.
    expect(inFolder().filter((name) => name.endsWith(".2.tmp"))).toEqual([]);
    world.clock.advance(24 * 3_600_000);
    expect(await second.run()).toEqual([]);
  },
);

test.each(everyStep.filter((step) => step !== "sent" && !markerSteps.some((one) => one === step)))(
  "a worker that stalls at '%s', is taken over and wakes up later brings nothing a second time",
  async (step) => {
    world.agriest.takeAtOnce();
    const stalled = sleeper(step);
    const process = await start();
    await process.webhook("orders/paid", orderBody());
    const [due] = await process.features.sweep(10);
    const zombie = process.rival({ at: stalled.at });
    const outcome = zombie.deliver(due!);
    await stalled.asleep;
    world.clock.advance(10 * 60_000);
    await process.run();
    expect((await process.purchaseOrder()).state).toBe("sent");
    stalled.wake();
    expect((await outcome).kind).toBe("lost-claim");
    await zombie.close();
    expect(world.agriest.arrivals).toEqual([...(step === "delivery-note-placed" ? [NOTE] : []), NOTE, FILE]);
    expect(inFolder().filter((name) => name.endsWith(".tmp"))).toEqual([]);
  },
);

test("another file has its name: the purchase order fails, and a person is told which file it is", async () => {
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  const path = join(world.agriest.server.root, "IN", NOTE);
  writeFileSync(path, "somebody else's");
  expect(await process.run()).toMatchObject([{ kind: "failed", reason: expect.stringContaining(`/IN/${NOTE}`) as unknown }]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "failed" });
  expect(world.alerts.map((alert) => alert.message).join("\n")).toContain(`/IN/${NOTE}: take that away there`);
  expect(inFolder()).toEqual([NOTE]);
  expect(world.agriest.read(NOTE)).toBe("somebody else's");
});

test("the reply to its rename is lost: the next attempt finds it and goes on", async () => {
  failAt(1, "after", "RNTO", { do: "close" });
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "retry" }]);
  world.clock.advance(10_000);
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false }]);
  expect(world.agriest.arrivals).toEqual([NOTE, FILE]);
  // What the lost connection kept from being removed stays, as after a crash.
  expect(inFolder()).toEqual([FILE, `${FILE}.1.tmp`, NOTE]);
});

test.each([
  ["its own", 1, []],
  ["the purchase order's", 2, [NOTE]],
])("the server refuses %s rename: nothing is left under a temporary name, and it is tried again", async (_which, n, left) => {
  failAt(n, "before", "RNTO", { do: "reply", code: 553, text: "not allowed" });
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "retry", reason: expect.stringContaining("not allowed") as unknown }]);
  expect(inFolder()).toEqual(left);
  world.clock.advance(10_000);
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  expect(world.agriest.arrivals).toEqual([NOTE, FILE]);
});

test("a cancellation that arrives when it is in its place takes it away again", async () => {
  const cancelled = { updatedAt: "2027-01-10T10:00:00+01:00", cancelledAt: "2027-01-10T10:00:00+01:00" };
  let placed: readonly string[] = [];
  const process = await start({
    async at(reached) {
      if (reached === "delivery-note-placed") {
        placed = inFolder();
        await process.webhook("orders/cancelled", orderBody(cancelled));
      }
    },
  });
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "withdrawn" }]);
  expect(placed).toContain(NOTE);
  expect(inFolder()).toEqual([]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "cancelled" });
});

test("an order that changes before it is sent gets a new version of both; one that does not keeps them", async () => {
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T10:00:00+01:00" }));
  const versions = async (): Promise<readonly number[]> =>
    (await process.database.db.selectFrom("companion_documents").select("version").orderBy("version").execute()).map(
      (one) => one.version,
    );
  expect(await versions()).toEqual([1]);
  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T11:00:00+01:00", lines: [{ quantity: 3 }] }));
  expect(await versions()).toEqual([1, 2]);
});

test("purchase orders that wait when it is configured get one, as they get a new version", async () => {
  const first = await world.start();
  await first.webhook("orders/paid", orderBody());
  await first.stop();
  const second = await start();
  expect(await second.run()).toMatchObject([{ kind: "sent" }]);
  expect(world.agriest.arrivals).toEqual(["SE1001-1-v2.pdf", "CDE_SE1001-1_2.xml"]);
});

test("what is sent once more has one, a replacement its own, and a cancellation none", async () => {
  const config = world.configure({}, (yaml) => withCancel(withKeys(KEYS)(yaml)));
  const process = await world.start({ config });
  await process.webhook("orders/paid", orderBody());
  await process.run();
  const po = await process.purchaseOrder();
  const person = { actor: "test", note: "lost" };
  expect(await process.features.actions.settle(purchaseOrder(po), "same-again", person)).toMatchObject({ ok: true });
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  expect(await process.features.actions.settle(purchaseOrder(po), "replace", person)).toMatchObject({ ok: true });
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  const arrivals = [NOTE, FILE, "SE1001-1-c2.pdf", "CDE_SE1001-1_1-c2.xml", "SE1001-1-v2.pdf", "CDE_SE1001-1_2.xml"];
  expect(world.agriest.arrivals).toEqual(arrivals);
  const cancelledAt = "2027-01-10T14:00:00+01:00";
  world.clock.advance(60 * 60_000);
  await process.webhook(
    "orders/cancelled",
    orderBody({ cancelledAt, updatedAt: cancelledAt, lines: [{ fulfillable: 0, current: 0 }] }),
  );
  await process.run();
  expect(world.agriest.arrivals.slice(arrivals.length)).toEqual(["CDE_SE1001-1_3.xml"]);
});
