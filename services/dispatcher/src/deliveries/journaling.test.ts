import { afterEach, beforeEach, expect, test } from "vitest";
import { NotJournaled } from "../domain/delivery/failure.ts";
import { orderBody } from "../test/payload.ts";
import { createWorld, type Process, type World } from "../test/world.ts";
import type { Journal } from "./journal.ts";
import { createJournaling } from "./journaling.ts";

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  process = await world.start();
});
afterEach(async () => {
  await world.stop();
});

test("a journal that cannot be written keeps an intent from being acted on, and is told of once until it can be written", async () => {
  await process.webhook("orders/paid", orderBody());
  await process.run();
  const message = await process.message();
  const attempt = await process.database.db.selectFrom("attempts").selectAll().executeTakeFirstOrThrow();
  let full = true;
  let deaf = false;
  const told: string[] = [];
  const journal: Journal = {
    append: () => (full ? Promise.reject(new Error("no space left")) : Promise.resolve()),
    close: () => Promise.resolve(),
  };
  const journaling = createJournaling({
    database: process.database,
    journal,
    now: world.clock.now,
    onFailure: async (error) => void told.push(error.message),
    onSuccess: async () => {
      if (deaf) {
        throw new Error("the database is full, too");
      }
      told.push("written");
    },
  });
  await expect(journaling.intent([message], attempt)).rejects.toThrow(NotJournaled);
  await expect(journaling.intent([message], attempt)).rejects.toThrow(NotJournaled);
  expect(told).toEqual(["no space left"]);
  // Asked before the next upload. That it can be written again is told once a line was.
  await expect(journaling.ready()).rejects.toThrow(NotJournaled);
  full = false;
  await journaling.ready();
  expect(told).toEqual(["no space left"]);
  await journaling.intent([message], attempt);
  full = true;
  await expect(journaling.intent([message], attempt)).rejects.toThrow(NotJournaled);
  expect(told).toEqual(["no space left", "written", "no space left"]);

  // Nobody can be told that it is written again, and it is written all the same; the next line tries anew.
  full = false;
  deaf = true;
  await journaling.intent([message], attempt);
  deaf = false;
  await journaling.intent([message], attempt);
  await journaling.intent([message], attempt);
  expect(told.slice(3)).toEqual(["written"]);
});
