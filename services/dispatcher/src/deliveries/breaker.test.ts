// Suppliers whose servers are down for minutes, days or ever, on a fake clock: who waits, who tries, who is told, and that
// nobody else has to wait.
import { afterEach, beforeEach, expect, test } from "vitest";
import { NotSent } from "../domain/delivery/failure.ts";
import { orderBody } from "../test/payload.ts";
import { createWorld, purchaseOrder, type Process, type World } from "../test/world.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  process = await world.start();
});
afterEach(async () => {
  await world.stop();
});

/** Orders from `first` on, each for one purchase order to Agriest. */
async function order(count: number, first = 1001): Promise<void> {
  for (let number = first; number < first + count; number++) {
    await process.webhook("orders/paid", orderBody({ id: String(number), number }));
  }
}

async function runAfter(ms: number): Promise<readonly string[]> {
  world.clock.advance(ms);
  return (await process.run()).map((outcome) => outcome.kind);
}

const breaker = async (): Promise<unknown> =>
  await process.database.db
    .selectFrom("suppliers")
    .select(["failures_in_a_row", "opened_at", "probe_at"])
    .where("id", "=", "agriest")
    .executeTakeFirstOrThrow();

const closed = { failures_in_a_row: 0, opened_at: null, probe_at: null };

/** Agriest's server is down, eight purchase orders wait for it, and five of them have found out. */
async function opened(): Promise<number> {
  await world.agriest.server.setAccepting(false);
  await order(8);
  expect(await runAfter(0)).toEqual([...Array(5).fill("retry"), ...Array(3).fill("nothing-to-do")]);
  return world.clock.now();
}

test("five purchase orders that fail in a row open the breaker: the others wait, and one at a time is let through to try", async () => {
  const at = await opened();
  expect(await breaker()).toEqual({ failures_in_a_row: 5, opened_at: at, probe_at: at + 30 * SECOND });
  expect(await runAfter(29 * SECOND)).toEqual([]);
  expect(await runAfter(SECOND)).toEqual(["retry"]);
  expect(await breaker()).toEqual({ failures_in_a_row: 6, opened_at: at, probe_at: world.clock.now() + MINUTE });
  expect(await runAfter(59 * SECOND)).toEqual([]);
});

test("when the server answers again, whatever failed is tried at once, however long it was to wait", async () => {
  await opened();
  for (let probes = 0; probes < 24; probes++) {
    expect(await runAfter(10 * MINUTE)).toEqual(["retry"]);
  }
  const waits = (await process.purchaseOrders()).map((po) => po.next_attempt_at - world.clock.now());
  expect(Math.max(...waits)).toBeGreaterThan(MINUTE);
  await world.agriest.server.setAccepting(true);
  expect(await runAfter(10 * MINUTE)).toEqual(["sent"]);
  expect(await breaker()).toEqual(closed);
  expect(await runAfter(0)).toEqual(Array(7).fill("sent"));
  expect(new Set(world.agriest.arrivals).size).toBe(8);
  expect(world.agriest.arrivals).toHaveLength(8);
});

test("people are told of it once, when it has lasted ten minutes, and the audit trail has both ends", async () => {
  await opened();
  const told = (): readonly string[] => world.alerts.map(({ kind }) => kind);
  await runAfter(9 * MINUTE);
  expect(told()).toEqual([]);
  await runAfter(2 * MINUTE);
  await runAfter(HOUR);
  expect(world.alerts).toEqual([
    expect.objectContaining({
      kind: "supplier.unreachable",
      message: expect.stringContaining("agriest: 8 purchase orders do not"),
    }),
  ]);
  await world.agriest.server.setAccepting(true);
  await runAfter(HOUR);
  const events = await process.database.db.selectFrom("events").select("name").where("subject", "=", "supplier").execute();
  expect(events.map(({ name }) => name)).toEqual(["supplier.does_not_answer", "supplier.answers_again"]);
});

test("one purchase order that fails again and again opens nothing: the next is tried at once", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "STOR" && event.path?.includes("SE1001-1")
      ? { do: "reply", code: 451, text: "not that one" }
      : undefined,
  );
  await order(1);
  for (let attempts = 0; attempts < 8; attempts++) {
    expect(await runAfter(6 * HOUR)).toEqual(["retry"]);
  }
  await order(1, 1002);
  expect(await runAfter(0)).toEqual(["sent"]);
});

test("a purchase order that may have been renamed is looked at behind an open breaker, too", async () => {
  world.agriest.takeAtOnce();
  await order(1);
  world.agriest.server.setFault((event) => (event.phase === "after" && event.command === "RNTO" ? { do: "close" } : undefined));
  expect(await runAfter(0)).toEqual(["look-again"]);
  world.agriest.server.setFault(undefined);
  await process.database.db
    .updateTable("suppliers")
    .set({ failures_in_a_row: 9, opened_at: world.clock.now(), probe_at: world.clock.now() + 10 * MINUTE })
    .where("id", "=", "agriest")
    .execute();
  expect(await runAfter(10 * SECOND)).toEqual(["sent"]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "sent", inferred: 1 });
  expect(await breaker()).toEqual(closed);
});

test("the breaker outlives the process; a process that ended while it tried keeps nobody from trying", async () => {
  const at = await opened();
  await process.stop();
  process = await world.start({
    at: (step) => (step === "claimed" ? new Promise<void>(() => {}) : Promise.resolve()),
  });
  expect(await breaker()).toMatchObject({ failures_in_a_row: 5, opened_at: at });
  world.clock.advance(MINUTE);
  const [probe, ...others] = await process.features.sweep(100);
  expect(others).toEqual([]);
  void process.features.deliver(probe ?? { message: "", generation: 0 });
  await expect.poll(async () => await process.features.sweep(100)).toEqual([]); // It alone tries.
  await process.stop();
  await world.agriest.server.setAccepting(true);
  process = await world.start();
  expect(await runAfter(0)).toEqual(["sent"]);
  expect((await runAfter(0)).filter((kind) => kind === "sent")).toHaveLength(7);
});

test("a clock that went back after the breaker opened keeps nobody waiting for years", async () => {
  world.clock.set("2037-01-10T12:00:00Z");
  await opened();
  await world.agriest.server.setAccepting(true);
  world.clock.set("2027-01-10T12:00:00Z");
  await runAfter(0);
  await runAfter(10 * MINUTE);
  expect(world.agriest.arrivals).toHaveLength(8);
});

test("a server that answers the poll again is news: what waits for hours is sent now", async () => {
  await order(1);
  await world.agriest.server.setAccepting(false);
  for (let attempts = 0; attempts < 7; attempts++) {
    await runAfter(6 * HOUR);
  }
  expect((await process.purchaseOrder()).next_attempt_at - world.clock.now()).toBe(6 * HOUR);
  await expect(process.features.look("agriest")).rejects.toThrow(NotSent);
  await world.agriest.server.setAccepting(true);
  await process.features.look("agriest");
  expect(await runAfter(0)).toEqual(["sent"]);
});

test("a supplier that is down for good: tried for three days, then failed and told, and a person's retry begins anew", async () => {
  await order(1);
  await world.agriest.server.setAccepting(false);
  const started = world.clock.now();
  const kinds: string[] = [];
  while (kinds.at(-1) !== "failed" && kinds.length < 100) {
    const po = await process.purchaseOrder();
    kinds.push(...(await runAfter(Math.max(0, po.next_attempt_at - world.clock.now()))));
  }
  expect(kinds).toEqual([...Array(18).fill("retry"), "failed"]);
  expect(world.clock.now() - started).toBeGreaterThan(3 * DAY);
  const po = await process.purchaseOrder();
  expect(po).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/^it did not get through in 19 attempts since 2027-01-10T12:00:00.000Z; the last: /),
  });
  expect(world.alerts.map(({ kind }) => kind)).toEqual(["supplier.unreachable", "delivery.failed"]);
  expect(await runAfter(DAY)).toEqual([]);

  await world.agriest.server.setAccepting(true);
  expect(await process.features.actions.settle(purchaseOrder(po), "retry", { actor: "anna", note: "" })).toMatchObject({
    ok: true,
  });
  expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 0, failing_since: null });
  expect(await runAfter(0)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("one that may have been renamed, at a server that never comes back, ends as unknown, never as failed", async () => {
  await order(1);
  world.agriest.server.setFault((event) => (event.phase === "before" && event.command === "RNTO" ? { do: "close" } : undefined));
  expect(await runAfter(0)).toEqual(["look-again"]);
  await world.agriest.server.setAccepting(false);
  world.agriest.server.dropConnections();
  const kinds: string[] = [];
  while (kinds.at(-1) !== "unknown" && kinds.length < 100) {
    const po = await process.purchaseOrder();
    kinds.push(...(await runAfter(Math.max(0, po.next_attempt_at - world.clock.now()))));
  }
  expect(new Set(kinds)).toEqual(new Set(["look-again", "unknown"]));
  expect(await process.purchaseOrder()).toMatchObject({
    state: "unknown",
    reason: expect.stringContaining("could not be settled"),
  });
});

test("a journal that cannot be written for a month exhausts nobody's attempts: nothing is renamed, and then it goes", async () => {
  await process.stop();
  let full = true;
  process = await world.start({ journalFull: () => full });
  await order(1);
  for (let hours = 0; hours < 31 * 24; hours += 12) {
    expect(await runAfter(12 * HOUR)).toEqual(["retry"]);
  }
  expect(world.agriest.arrivals).toEqual([]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 0, failing_since: null });
  expect(await breaker()).toEqual(closed);
  full = false;
  expect(await runAfter(HOUR)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("a clock that jumps ahead by a year ends nobody's retries", async () => {
  await order(1);
  await world.agriest.server.setAccepting(false);
  expect(await runAfter(0)).toEqual(["retry"]);
  expect(await runAfter(365 * DAY)).toEqual(["retry"]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 2 });
});

test("a supplier that hangs for an hour does not move the other's latency", async () => {
  world.agriest.server.setFault((event) => (event.phase === "before" && event.command === "STOR" ? { do: "hang" } : undefined));
  await order(1);
  const [stuck] = await process.features.sweep(10);
  const hanging = process.features.deliver(stuck ?? { message: "", generation: 0 });
  const latencies: number[] = [];
  for (let minute = 0; minute < 60; minute++) {
    const number = 2001 + minute;
    await process.webhook("orders/paid", orderBody({ id: String(number), number, lines: [{ vendor: "Fournial", sku: "FOU1" }] }));
    const asked = world.clock.now();
    for (const due of (await process.features.sweep(10)).filter(({ supplier }) => supplier === "fournial")) {
      expect(await process.features.deliver(due)).toMatchObject({ kind: "sent" });
    }
    const sent = await process.database.db
      .selectFrom("messages")
      .select("sent_at")
      .where("number", "like", `${number}%`)
      .executeTakeFirstOrThrow();
    latencies.push((sent.sent_at ?? Infinity) - asked);
    world.clock.advance(MINUTE);
  }
  expect(latencies).toEqual(Array(60).fill(0));
  world.agriest.server.setFault(undefined);
  world.agriest.server.releaseHanging();
  expect(["retry", "sent", "lost-claim"]).toContain((await hanging).kind);
});

test("a process that ends again and again is no fault of a purchase order that only waited", async () => {
  await order(1);
  const stop = { at: (step: string) => (step === "uploaded" ? new Promise<void>(() => {}) : Promise.resolve()) };
  await process.stop();
  process = await world.start(stop);
  const [due] = await process.features.sweep(10);
  void process.features.deliver(due ?? { message: "", generation: 0 });
  await expect.poll(() => world.agriest.server.commands.filter(({ command }) => command === "STOR").length).toBe(1);
  for (let crashes = 0; crashes < 8; crashes++) {
    await process.stop();
    process = await world.start();
  }
  expect(await process.purchaseOrder()).toMatchObject({ state: "sending", crashes: 1 });
  expect(await runAfter(0)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toHaveLength(1);
});

const numbered = async (number: string) => {
  const found = (await process.purchaseOrders()).find((one) => one.number === number);
  expect(found).toBeDefined();
  return found!;
};

test("one that only waited for its session has no part in the crashes of the one before", async () => {
  await order(1);
  world.clock.advance(1);
  await order(2);
  const stop = { at: (step: string) => (step === "uploaded" ? new Promise<void>(() => {}) : Promise.resolve()) };
  const { id: firstMessage } = await numbered("SE1001-1");
  for (let crashes = 0; crashes < 3; crashes++) {
    await process.stop();
    process = await world.start(stop);
    world.clock.advance(HOUR);
    const due = await process.features.sweep(10);
    const first = due.find((one) => one.message === firstMessage);
    void process.features.deliver(first ?? { message: "", generation: 0 });
    await expect.poll(() => world.agriest.server.commands.filter(({ command }) => command === "STOR").length).toBe(crashes + 1);
    world.clock.advance(1);
    const second = due.find((one) => one.message !== firstMessage);
    void process.features.deliver(second ?? { message: "", generation: 0 });
    await expect.poll(async () => (await numbered("SE1002-1"))?.state).toBe("sending");
  }
  await process.stop();
  process = await world.start();
  expect(await numbered("SE1001-1")).toMatchObject({ crashes: 3 });
  expect(await numbered("SE1002-1")).toMatchObject({ crashes: 0 });
});

test("a purchase order during which the process ends again and again waits longer each time, and is set aside after five", async () => {
  await order(1);
  const stop = { at: (step: string) => (step === "uploaded" ? new Promise<void>(() => {}) : Promise.resolve()) };
  for (let crashes = 0; crashes < 5; crashes++) {
    await process.stop();
    process = await world.start(stop);
    world.clock.advance(crashes < 2 ? 0 : HOUR);
    const [due] = await process.features.sweep(10);
    expect([crashes, due?.supplier]).toEqual([crashes, "agriest"]);
    void process.features.deliver(due ?? { message: "", generation: 0 });
    await expect.poll(() => world.agriest.server.commands.filter(({ command }) => command === "STOR").length).toBe(crashes + 1);
  }
  await process.stop();
  process = await world.start();
  expect(await process.purchaseOrder()).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("the process ended 5 times"),
  });
  expect(world.alerts).toEqual([
    expect.objectContaining({ kind: "delivery.failed", message: expect.stringContaining("SE1001-1") }),
  ]);
  const po = await process.purchaseOrder();
  expect(await process.features.actions.settle(purchaseOrder(po), "retry", { actor: "anna", note: "" })).toMatchObject({
    ok: true,
  });
  expect(await runAfter(0)).toEqual(["sent"]);
  expect(world.agriest.arrivals).toHaveLength(1);
});
