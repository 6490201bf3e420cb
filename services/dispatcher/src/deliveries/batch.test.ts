// Several purchase orders in one file: whatever breaks in between, each arrives exactly once, and those that are in a file
// come out of it together.
import { readFileSync } from "node:fs";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World } from "../test/world.ts";
import { steps, type Step } from "./ports.ts";
import { sleeper } from "./test/sleeper.ts";

const xsd = readFileSync(new URL("../documents/formats/order-xml/order-xml.xsd", import.meta.url));
const ANNA = { actor: "anna", note: "by telephone" };
const HOUR = 3_600_000;

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const start = (over: Parameters<World["start"]>[0] = {}): Promise<Process> =>
  world.start({
    config: world.configure({}, (yaml) => yaml.replace("    document:\n", "    schedule: { batch: 3 }\n    document:\n")),
    ...over,
  });

async function orders(process: Process, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const lines = [{ id: `77000${n}`, sku: "AGR-1", quantity: n }];
    await process.webhook("orders/paid", orderBody({ id: `82098291194615450${n}`, number: 1000 + n, lines }));
    world.clock.advance(1);
  }
}

/** Numbers of the purchase orders in each file that arrived, in order. */
const arrived = (): string[][] =>
  world.agriest.arrived().map((text) => [...text.matchAll(/<Number>(.*?)<\/Number>/g)].map(([, number]) => number ?? ""));

const states = async (process: Process) => (await process.purchaseOrders()).map((po) => [po.number, po.state]);

const ALL_SENT = [
  ["SE1001-1", "sent"],
  ["SE1002-1", "sent"],
];

/** The file of SE1001-1 and SE1002-1 has come to a step, and waits there. */
async function stopped(step: Step) {
  const process = await start();
  await orders(process, 2);
  const [due] = await process.features.sweep(10);
  const { at, asleep, wake } = sleeper(step);
  const worker = process.rival({ at });
  const outcome = worker.deliver(due!);
  await asleep;
  const [lead, member] = await process.purchaseOrders();
  return { process, outcome, wake, lead: lead!, member: member! };
}

test("what is ready together goes in one file, as many as the supplier takes; each is sent, booked and proven", async () => {
  const process = await start();
  await orders(process, 4);
  expect((await process.run()).map((one) => one.kind)).toEqual(["sent", "nothing-to-do", "nothing-to-do", "sent"]);
  expect(arrived()).toEqual([["SE1001-1", "SE1002-1", "SE1003-1"], ["SE1004-1"]]);
  expect((await states(process)).map(([, state]) => state)).toEqual(["sent", "sent", "sent", "sent"]);

  const { db } = process.database;
  const file = await db.selectFrom("files").selectAll().orderBy("attempt_id").execute();
  expect(file.map((one) => Buffer.from(one.bytes).toString()).toSorted()).toEqual([...world.agriest.arrived()].toSorted());
  for (const { bytes } of file) {
    XsdValidator.fromDoc(XmlDocument.fromBuffer(xsd)).validate(XmlDocument.fromBuffer(bytes));
  }
  expect(await db.selectFrom("stock_movements").select("units").orderBy("id").execute()).toEqual(
    [-1, -2, -3, -4].map((units) => ({ units })),
  );
  await process.stop();
  expect((await world.journal()).map(({ kind, number }) => `${kind} ${number}`)).toEqual([
    "intent SE1001-1",
    "intent SE1002-1",
    "intent SE1003-1",
    "sent SE1001-1",
    "sent SE1002-1",
    "sent SE1003-1",
    "intent SE1004-1",
    "sent SE1004-1",
  ]);
});

test("each waits for its own turn: what comes later than a sending time is not taken along", async () => {
  const calendar = "calendars: { fr: { timezone: Europe/Paris } }\nsuppliers:\n";
  const config = world.configure({}, (yaml) =>
    yaml
      .replace("suppliers:\n", calendar)
      .replace("    document:\n", '    schedule: { calendar: fr, send: ["11:00"], batch: 3 }\n    document:\n'),
  );
  world.clock.set("2027-01-11T08:00:00Z");
  const process = await start({ config });
  await orders(process, 2);
  expect(await process.run()).toEqual([]);
  world.clock.set("2027-01-11T10:00:01Z");
  const late = { id: "820982911946154999", number: 1009, lines: [{ id: "779", sku: "AGR-1" }] };
  await process.webhook("orders/paid", orderBody(late));
  await process.run();
  expect(arrived()).toEqual([["SE1001-1", "SE1002-1"]]);
  world.clock.set("2027-01-12T10:00:01Z");
  await process.run();
  expect(arrived()).toEqual([["SE1001-1", "SE1002-1"], ["SE1009-1"]]);
});

const crashes = steps.flatMap((step) => [false, true].map((takes) => ({ step, takes })));

test.each(crashes)(
  "killed at '$step' (supplier takes files at once: $takes): each arrives once, and all are sent",
  async ({ step, takes }) => {
    if (takes) {
      world.agriest.takeAtOnce();
    }
    const { at, asleep } = sleeper(step);
    const first = await start({ at });
    await orders(first, 2);
    const [due] = await first.features.sweep(10);
    void first.features.deliver(due!);
    await asleep;
    await first.stop();

    world.clock.advance(30_000);
    const second = await start();
    await second.run();
    await second.run(); // What its lead put back comes by the next sweep.
    expect(await states(second)).toEqual(ALL_SENT);
    expect(arrived().flat().toSorted()).toEqual(["SE1001-1", "SE1002-1"]);
    // Before the intent, nobody knows which of them ended the process: they part.
    expect(arrived()).toHaveLength(["intent-written", "renamed", "sent"].includes(step) ? 1 : 2);
    const inferred = step === "renamed" && takes ? 1 : 0;
    expect((await second.purchaseOrders()).map((po) => po.inferred)).toEqual([inferred, inferred]);

    world.clock.advance(24 * HOUR);
    expect(await second.run()).toEqual([]);
    expect(arrived().flat()).toHaveLength(2);
  },
);

const pairs = steps
  .filter((step) => step !== "sent")
  .flatMap((first) => steps.filter((step) => step !== "sent").map((second) => ({ first, second })));

test.each(pairs)(
  "stalled at '$first', taken over by one that stalls at '$second', and the first wakes first: each arrives once",
  async ({ first, second }) => {
    world.agriest.takeAtOnce();
    const process = await start();
    await orders(process, 2);
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
    expect(arrived()).toEqual([["SE1001-1", "SE1002-1"]]);
    expect(await states(process)).toEqual(ALL_SENT);
    world.clock.advance(24 * HOUR);
    expect(await process.run()).toEqual([]);
  },
);

test("one that was handed over by itself before it was taken into a file is not claimed beside it", async () => {
  const process = await start();
  await orders(process, 2);
  const [first, second] = await process.features.sweep(10);
  const { at, asleep, wake } = sleeper("looked");
  const worker = process.rival({ at });
  const outcome = worker.deliver(first!);
  await asleep;
  expect(await process.features.deliver(second!)).toMatchObject({
    kind: "nothing-to-do",
    reason: "it is in a file with others, and goes with that",
  });
  wake();
  expect((await outcome).kind).toBe("sent");
  expect(arrived()).toEqual([["SE1001-1", "SE1002-1"]]);
});

test.each([
  ["its order changed, and it is to be planned again", { stale: 1 }],
  ["it is not wanted any more", { unwanted: "cancelled" }],
  ["it was written to go alone, or did not get through in company", { alone: 1 }],
  ["a process ended while it was being sent", { crashes: 1 }],
  ["it has just failed, and waits", { next_attempt_at: Date.parse("2027-01-10T13:00:00Z") }],
] as const)("what is not taken along, although it is ready: %s", async (_why, set) => {
  const process = await start();
  await orders(process, 3);
  const [first] = await process.features.sweep(10);
  const { db } = process.database;
  await db.updateTable("messages").set(set).where("number", "=", "SE1002-1").execute();
  expect((await process.features.deliver(first!)).kind).toBe("sent");
  expect(arrived()).toEqual([["SE1001-1", "SE1003-1"]]);
});

test.each([
  ["it was written to go alone, or did not get through in company", { alone: 1 }],
  ["a process ended while it was being sent", { crashes: 1 }],
] as const)("what goes by itself: %s", async (_why, set) => {
  const process = await start();
  await orders(process, 2);
  const [first] = await process.features.sweep(10);
  await process.database.db.updateTable("messages").set(set).where("number", "=", "SE1001-1").execute();
  expect((await process.features.deliver(first!)).kind).toBe("sent");
  expect(arrived()).toEqual([["SE1001-1"]]);
});

test("a server that is down: nothing counts for one more than for the others, and they go together again", async () => {
  const process = await start();
  await orders(process, 2);
  world.agriest.server.setFault((event) => (event.command === "CONNECT" ? { do: "close" } : undefined));
  await process.run();
  const waiting = await process.database.db.selectFrom("messages").selectAll().execute();
  expect(waiting.map((po) => [po.state, po.failures, po.carried_by])).toEqual([
    ["ready", 1, null],
    ["ready", 1, null],
  ]);
  expect(waiting[0]!.next_attempt_at).toBe(waiting[1]!.next_attempt_at);
  world.agriest.server.setFault(undefined);
  world.clock.advance(HOUR);
  await process.run();
  expect(arrived()).toEqual([["SE1001-1", "SE1002-1"]]);
});

test("a schedule that is over ends it for all in the file, each with its alert", async () => {
  const process = await start();
  await orders(process, 2);
  world.agriest.server.setFault((event) => (event.command === "CONNECT" ? { do: "close" } : undefined));
  for (let n = 0; n < 30; n++) {
    await process.run();
    world.clock.advance(6 * HOUR);
  }
  const over = await process.purchaseOrders();
  expect(over.map((po) => po.state)).toEqual(["failed", "failed"]);
  expect(over[0]!.since).toBe(over[1]!.since);
  const failed = world.alerts.filter((alert) => alert.kind === "delivery.failed").map((alert) => alert.message);
  expect(failed).toEqual([expect.stringContaining("retry SE1001-1"), expect.stringContaining("retry SE1002-1")]);
});

test("a server that changes one of them: they go one by one, and only that one fails", async () => {
  const process = await start();
  await orders(process, 2);
  const sizes = new Map<string, number>();
  world.agriest.server.setFault((event) => {
    // It rewrites what holds SE1002-1; alone, SE1001-1 is taken as it is.
    const text = event.path?.endsWith(".tmp") && event.phase === "after" && event.command === "SIZE" ? event.path : undefined;
    if (text === undefined) {
      return undefined;
    }
    const bytes = readFileSync(`${world.agriest.server.root}${text}`);
    sizes.set(text, bytes.byteLength);
    return bytes.includes("<Number>SE1002-1<") ? { do: "reply", code: 213, text: "17" } : undefined;
  });
  for (let n = 0; n < 6; n++) {
    await process.run();
    world.clock.advance(HOUR);
  }
  expect(await states(process)).toEqual([
    ["SE1001-1", "sent"],
    ["SE1002-1", "failed"],
  ]);
  expect(arrived()).toEqual([["SE1001-1"]]);
  expect(sizes.size).toBeGreaterThan(2);
});

test.each(["claimed", "uploaded", "verified", "looked"] as const)(
  "one of them is cancelled at '%s': it is not sent, the other goes",
  async (step) => {
    const { process, outcome, wake } = await stopped(step);
    const cancelled = { id: "820982911946154502", number: 1002, cancelledAt: "2027-01-10T12:00:00Z" };
    const body = orderBody({ ...cancelled, updatedAt: "2027-01-10T13:00:00+01:00", lines: [{ id: "770002", quantity: 2 }] });
    await process.webhook("orders/cancelled", body);
    wake();
    expect((await outcome).kind).toBe("retry");
    await process.run();
    expect(arrived()).toEqual([["SE1001-1"]]);
    expect(await states(process)).toEqual([
      ["SE1001-1", "sent"],
      ["SE1002-1", "cancelled"],
    ]);
  },
);

test.each([
  { who: "lead", step: "renamed" },
  { who: "member", step: "renamed" },
  { who: "lead", step: "intent-written" },
  { who: "member", step: "intent-written" },
] as const)("the answer to the $who comes at '$step': it is sent, and the file goes on for the other", async ({ who, step }) => {
  const { process, outcome, wake, ...both } = await stopped(step);
  world.agriest.answer("AR_1.xml", acknowledgement(both[who].number ?? ""));
  await process.features.look("agriest");
  world.clock.advance(2_000);
  await process.features.look("agriest");
  const other = who === "lead" ? both.member : both.lead;
  expect(await states(process)).toEqual(
    expect.arrayContaining([
      [both[who].number, "sent"],
      [other.number, "sending"],
    ]),
  );
  wake();
  expect((await outcome).kind).toBe("sent");
  expect(await states(process)).toEqual(ALL_SENT);
  expect(arrived()).toEqual([["SE1001-1", "SE1002-1"]]);
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
});

test.each(["lead", "member"] as const)(
  "a person marks the %s as sent before the intent: the file is given up, and only the other goes",
  async (who) => {
    const { process, outcome, wake, ...both } = await stopped("looked");
    expect(await process.features.actions.settle(purchaseOrder(both[who]), "mark-sent", ANNA)).toMatchObject({ ok: true });
    wake();
    expect((await outcome).kind).toBe("lost-claim");
    await process.run();
    expect(await states(process)).toEqual(ALL_SENT);
    expect(arrived()).toEqual([[who === "lead" ? "SE1002-1" : "SE1001-1"]]);
  },
);

test("one leaves a file that turns out not to be renamed: the other is unknown, since the file would bring both", async () => {
  const { process, member } = await stopped("intent-written");
  await process.features.actions.settle(purchaseOrder(member), "mark-sent", ANNA);
  world.clock.advance(6 * 60_000);
  await process.run();
  expect(await states(process)).toEqual([
    ["SE1001-1", "unknown"],
    ["SE1002-1", "sent"],
  ]);
  expect(arrived()).toEqual([]);
});

test("what cannot be known of the file is unknown of each that is in it, and each is settled by itself", async () => {
  world.agriest.takeAtOnce();
  const { process } = await stopped("renamed");
  world.clock.advance(HOUR);
  await process.run();
  expect((await states(process)).map(([, state]) => state)).toEqual(["unknown", "unknown"]);
  expect(world.alerts.filter((alert) => alert.kind === "delivery.unknown")).toHaveLength(2);
  const [, second] = await process.purchaseOrders();
  expect(await process.features.actions.settle(purchaseOrder(second!), "same-again", ANNA)).toMatchObject({ ok: true });
  await process.run();
  expect(arrived()).toEqual([["SE1001-1", "SE1002-1"], ["SE1002-1"]]);
});

test.each(["looked", "intent-written"] as const)(
  "a backup of the moment '%s' is restored: by the journal both are sent, and nothing goes again",
  async (step) => {
    world.agriest.takeAtOnce();
    const { at, asleep } = sleeper(step);
    const first = await start({ at });
    await orders(first, 2);
    const [due] = await first.features.sweep(10);
    void first.features.deliver(due!);
    await asleep;
    await first.stop();
    world.backup();
    const second = await start();
    await second.run();
    await second.stop();
    world.restore();
    const third = await start();
    world.clock.advance(HOUR);
    await third.run();
    expect(await states(third)).toEqual(ALL_SENT);
    expect(arrived().flat().toSorted()).toEqual(["SE1001-1", "SE1002-1"]);
  },
);

test("a backup from before the file is restored after its intent: both are unknown", async () => {
  world.agriest.takeAtOnce();
  const process = await start();
  await orders(process, 2);
  await process.stop();
  world.backup();
  const { at, asleep } = sleeper("renamed");
  const second = await start({ at });
  const [due] = await second.features.sweep(10);
  void second.features.deliver(due!);
  await asleep;
  await second.stop();
  world.restore();
  const third = await start();
  expect((await states(third)).map(([, state]) => state)).toEqual(["unknown", "unknown"]);
  world.clock.advance(HOUR);
  await third.run();
  expect(arrived()).toEqual([["SE1001-1", "SE1002-1"]]);
});
