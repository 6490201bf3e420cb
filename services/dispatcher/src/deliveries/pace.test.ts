// A supplier whose server bars who sends too many files in a minute.
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld, type Process, type World } from "../test/world.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const start = (): Promise<Process> => {
  const config = world.configure({}, (yaml) => yaml.replace("temporary: { suffix: .tmp }", "per_minute: 2"));
  return world.start({ config });
};
const orders = async (process: Process, count: number): Promise<void> => {
  for (let n = 1; n <= count; n++) {
    await process.webhook("orders/paid", orderBody({ id: String(n), number: 1000 + n }));
  }
};

test("no more files begin in any minute than the supplier takes, after a restart neither; the others follow", async () => {
  const first = await start();
  await orders(first, 5);
  expect(await first.run()).toHaveLength(2);
  world.clock.advance(30_000);
  expect(await first.run()).toEqual([]);
  await first.stop();
  const second = await start();
  expect(await second.run()).toEqual([]);
  world.clock.advance(30_000);
  expect((await second.run()).map((one) => one.kind)).toEqual(["sent", "sent"]);
  world.clock.advance(60_000);
  expect(await second.run()).toHaveLength(1);
  expect(world.agriest.arrivals).toHaveLength(5);
});

test("a job that was handed over besides, or a second worker, gets no place that is not there", async () => {
  const process = await start();
  await orders(process, 3);
  const ids = (await process.purchaseOrders()).map((po) => po.id);
  const due = await Promise.all(ids.map((id) => process.features.due(id)));
  const outcomes = [];
  for (const one of due) {
    outcomes.push(await process.features.deliver(one!));
  }
  expect(outcomes.map((one) => one.kind)).toEqual(["sent", "sent", "nothing-to-do"]);
});

test("what may have been renamed is looked at without a place", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "after" && event.command === "RNTO" && event.count === 2 ? { do: "close" } : undefined,
  );
  const process = await start();
  await orders(process, 3);
  expect((await process.run()).map((one) => one.kind)).toEqual(["sent", "look-again"]);
  world.clock.advance(10_000);
  expect((await process.run()).map((one) => one.kind)).toEqual(["sent"]);
});

test("attempts of a clock that was ahead take no places for years", async () => {
  const process = await start();
  const now = world.clock.now();
  world.clock.advance(365 * 24 * 3_600_000);
  await orders(process, 2);
  await process.run();
  world.clock.set(new Date(now).toISOString());
  await process.webhook("orders/paid", orderBody({ id: "9", number: 1009 }));
  expect((await process.run()).map((one) => one.kind)).toEqual(["sent"]);
});
