// Send times, windows, working deadlines and what a person does about them, on a fake clock. The world begins on Sunday,
// 10 January 2027, 13:00 in Paris.
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld, purchaseOrder, type Process, type World, type Yaml } from "../test/world.ts";

const HOUR_MS = 3_600_000;
const anna = { actor: "anna", note: "they wait for it" };

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const CALENDAR = "calendars:\n  fr: { timezone: Europe/Paris, holidays: FR, closed: [2027-02-01/2027-02-14] }\nbuyer:";

const configure = (schedule: string, more: (yaml: Yaml) => Yaml = (yaml) => yaml) =>
  world.configure({}, (yaml) =>
    more(
      yaml
        .replace("buyer:", CALENDAR)
        .replace("    name: Agriest", `    name: Agriest\n    schedule: { calendar: fr, ${schedule} }`),
    ),
  );
const start = async (schedule: string, more?: (yaml: Yaml) => Yaml): Promise<void> => {
  process = await world.start({ config: configure(schedule, more) });
};

async function runAt(iso: string): Promise<readonly string[]> {
  world.clock.set(iso);
  return (await process.run()).map((outcome) => outcome.kind);
}

const order = async (number = 1001): Promise<void> =>
  void (await process.webhook("orders/paid", orderBody({ id: String(number), number })));

test("purchase orders wait for the next sending time on a working day, and go then together", async () => {
  await start('send: ["11:00", "16:00"]');
  await order(1001);
  await order(1002);
  expect(await runAt("2027-01-10T16:00:00+01:00")).toEqual([]); // A Sunday.
  expect(await runAt("2027-01-11T10:59:59+01:00")).toEqual([]);
  expect(await runAt("2027-01-11T11:00:00+01:00")).toEqual(["sent", "sent"]);
  world.clock.advance(1_000);
  await order(1003);
  expect(await runAt("2027-01-11T15:59:59+01:00")).toEqual([]);
  expect(await runAt("2027-01-11T16:00:00+01:00")).toEqual(["sent"]);
});

test("a sending time that passed while nothing ran is made up for as soon as something does", async () => {
  await start('send: ["11:00"]');
  await order();
  await process.stop();
  world.clock.set("2027-01-11T14:00:00+01:00");
  process = await world.start({ config: configure('send: ["11:00"]') });
  expect((await process.run()).map((one) => one.kind)).toEqual(["sent"]);
});

test("what did not get through at its sending time is tried again by its retries, not at the next sending time", async () => {
  await start('send: ["11:00", "16:00"]');
  await order();
  await world.agriest.server.setAccepting(false);
  expect(await runAt("2027-01-11T11:00:00+01:00")).toEqual(["retry"]);
  await world.agriest.server.setAccepting(true);
  expect(await runAt("2027-01-11T11:00:05+01:00")).toEqual(["sent"]);
});

test("within windows alone: neither first attempts nor retries leave outside of them", async () => {
  await start("windows: [08:00-12:00]");
  await order();
  expect(await runAt("2027-01-11T07:59:00+01:00")).toEqual([]);
  await world.agriest.server.setAccepting(false);
  expect(await runAt("2027-01-11T11:59:59+01:00")).toEqual(["retry"]);
  await world.agriest.server.setAccepting(true);
  expect(await runAt("2027-01-11T12:00:10+01:00")).toEqual([]);
  expect(await runAt("2027-01-12T08:00:00+01:00")).toEqual(["sent"]);
});

test("closures and public holidays have no sending time", async () => {
  await start('send: ["11:00"]');
  world.clock.set("2027-01-29T12:00:00+01:00");
  await order();
  expect(await runAt("2027-02-12T11:00:00+01:00")).toEqual([]);
  expect(await runAt("2027-02-15T11:00:00+01:00")).toEqual(["sent"]);
  world.clock.set("2027-03-26T12:00:00+01:00");
  await order(1002);
  expect(await runAt("2027-03-29T11:00:00+02:00")).toEqual([]); // Easter Monday.
  expect(await runAt("2027-03-30T11:00:00+02:00")).toEqual(["sent"]);
});

test("one that waits is handed to no worker, and a worker that has it anyway leaves it alone", async () => {
  await start('send: ["11:00"]');
  await order();
  const { id, generation } = await process.purchaseOrder();
  expect(await process.features.due(id)).toBeUndefined();
  expect(await process.features.deliver({ message: id, generation })).toMatchObject({
    kind: "nothing-to-do",
    reason: "it waits for its supplier's next sending time",
  });
});

test("a person has it sent now, past the schedule; a release alone waits for its turn and says when that is", async () => {
  await start('send: ["11:00"]');
  await process.webhook("orders/paid", orderBody({ total: "4180.00" }));
  const po = await process.purchaseOrder();
  expect(await process.features.actions.release(po, anna)).toMatchObject({
    message: "SE1001-1 is released and will be sent at 2027-01-11T10:00:00.000Z, its supplier's next sending time",
  });
  expect(await process.run()).toEqual([]);
  expect(await process.features.actions.settle(purchaseOrder(po), "retry", anna)).toMatchObject({ ok: true });
  expect((await process.run()).map((one) => one.kind)).toEqual(["sent"]);
});

test("a changed schedule counts at once, also for what waits already", async () => {
  await start('send: ["11:00"]');
  await order();
  await process.stop();
  await start('send: ["08:30"]');
  expect(await runAt("2027-01-11T08:30:00+01:00")).toEqual(["sent"]);
  await order(1002);
  await process.stop();
  await start("send: immediately");
  expect(await runAt("2027-01-11T08:30:01+01:00")).toEqual(["sent"]);
});

test("a clock that jumps does no harm: one step back sends nothing early, and years ahead strand nothing", async () => {
  await start('send: ["11:00", "16:00"]');
  world.clock.set("2027-01-11T12:00:00+01:00");
  await order(1001);
  world.clock.advance(-2_000);
  expect((await process.run()).map((one) => one.kind)).toEqual([]);
  expect(await runAt("2027-01-11T16:00:00+01:00")).toEqual(["sent"]);

  world.clock.set("2031-01-13T12:00:00+01:00");
  await order(1002);
  expect(await runAt("2027-01-12T09:00:00+01:00")).toEqual(["sent"]);
});

test("a supplier that waits for its time keeps nobody else waiting", async () => {
  await start('send: ["11:00"]');
  await process.webhook(
    "orders/paid",
    orderBody({
      lines: [
        { sku: "AGR-1", vendor: "Agriest" },
        { sku: "FOU1", vendor: "Fournial" },
      ],
    }),
  );
  await process.run();
  expect((await process.purchaseOrders()).map((po) => [po.supplier, po.state])).toEqual([
    ["agriest", "ready"],
    ["fournial", "sent"],
  ]);
});

const within = (deadline: string) => (yaml: Yaml) => yaml.replace("within: 4h", `within: ${deadline}`);

test.each([
  ["4 working hours", "send: immediately", "2027-01-15T16:00:00+01:00", "2027-01-18T10:00:00+01:00"],
  ["2 working days", "send: immediately", "2027-01-15T10:00:00+01:00", "2027-01-19T10:00:00+01:00"],
  ["4 working hours", 'cut_off: "14:00"', "2027-01-15T13:00:00+01:00", "2027-01-15T17:00:00+01:00"],
  ["4 working hours", 'cut_off: "14:00"', "2027-01-15T15:00:00+01:00", "2027-01-18T12:00:00+01:00"],
  ["4h", 'cut_off: "14:00"', "2027-01-15T15:00:00+01:00", "2027-01-15T19:00:00+01:00"],
])("an answer within %s, with %s, sent at %s, is due at %s", async (deadline, schedule, sentAt, dueAt) => {
  await start(schedule, within(deadline));
  world.clock.set(sentAt);
  await order();
  await process.run();
  const due = (await process.purchaseOrder()).acknowledgement_due_at ?? 0;
  expect(new Date(due).toISOString()).toBe(new Date(dueAt).toISOString());
  world.clock.set(dueAt);
  await process.run();
  expect(world.alerts.map((alert) => alert.kind)).toContain("acknowledgement.overdue");
});

const asking = (yaml: Yaml): Yaml =>
  yaml.replace("format: order-xml", "format: order-xml\n      requested_date: +3 working days");

test("delivery is asked for so many working days ahead, and anew when the purchase order had to wait", async () => {
  await start("send: immediately", asking);
  await process.webhook("orders/paid", orderBody({ total: "4180.00" }));
  world.clock.advance(7 * 24 * HOUR_MS);
  const po = await process.purchaseOrder();
  expect(await process.features.actions.release(po, anna)).toMatchObject({ ok: true });
  expect((await process.run()).map((one) => one.kind)).toEqual(["sent"]);
  const documents = await process.database.db.selectFrom("documents").select("bytes").orderBy("version").execute();
  const asked = documents.map(
    (one) => /<RequestedDelivery>[\s\S]*<\/RequestedDelivery>/.exec(Buffer.from(one.bytes).toString())?.[0],
  );
  expect(asked.map((one) => one?.match(/\d{4}-\d\d-\d\d/)?.[0])).toEqual(["2027-01-14", "2027-01-21"]);
});
