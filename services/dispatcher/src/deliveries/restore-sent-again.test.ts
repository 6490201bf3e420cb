// Since the backup, a person had a purchase order sent once more, by a message that only the journal knows. It has the place, also where
// the backup was made while the one before was on its way.
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Step } from "./ports.ts";
import { orderBody } from "../test/payload.ts";
import { createWorld, purchaseOrder, type Process, type World } from "../test/world.ts";

const HOUR = 3_600_000;

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  world.agriest.takeAtOnce();
});
afterEach(async () => {
  await world.stop();
});

const states = async () => (await process.purchaseOrders()).map((po) => [po.number, po.state]);
const messages = () =>
  process.database.db
    .selectFrom("messages")
    .select(["version", "copy", "state"])
    .orderBy("created_at")
    .orderBy("version")
    .execute();
const attempts = () => process.database.db.selectFrom("attempts").select("state").execute();

/** The backup is made at this step of the first sending, whose connection is then lost before the rename, until nobody knows. */
async function unknownSince(step: Step): Promise<void> {
  let isMade = false;
  process = await world.start({
    at: async (now) => {
      if (now === step && !isMade) {
        isMade = true;
        await sql`pragma wal_checkpoint(truncate)`.execute(process.database.db);
        world.backup();
      }
    },
  });
  let isDown = false;
  world.agriest.server.setFault((event) => {
    isDown ||= event.phase === "before" && event.command === "RNTO";
    return isDown ? { do: "close" } : undefined;
  });
  await process.webhook("orders/paid", orderBody({ lines: [{ id: "1", sku: "AGR-1" }] }));
  for (let hours = 0; hours < 60 * 6 && (await states())[0]?.[1] !== "unknown"; hours += 6) {
    await process.run();
    world.clock.advance(6 * HOUR);
  }
  world.agriest.server.setFault(undefined);
  expect([isMade, await states(), world.agriest.arrivals]).toEqual([true, [["SE1001-1", "unknown"]], []]);
}

async function personHasItSent(how: "same-again" | "replace"): Promise<void> {
  const person = { actor: "anna", note: "Agriest: we have nothing" };
  expect(await process.features.actions.settle(purchaseOrder(await process.purchaseOrder()), how, person)).toMatchObject({
    ok: true,
  });
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  expect(world.agriest.arrivals).toHaveLength(1);
}

async function restoreAndGoOn(): Promise<void> {
  await process.stop();
  world.restore();
  process = await world.start();
  world.clock.advance(24 * HOUR);
  await process.run();
}

test.each([
  ["uploaded", "same-again", "abandoned"],
  ["uploaded", "replace", "abandoned"],
  ["intent-written", "same-again", "unknown"],
  ["intent-written", "replace", "unknown"],
] as const)(
  "backed up at '%s', then %s: by the journal that one is sent, and the first is not renamed",
  async (step, how, ended) => {
    await unknownSince(step);
    await personHasItSent(how);
    await restoreAndGoOn();
    expect(await states()).toEqual([["SE1001-1", "sent"]]);
    expect(world.agriest.arrivals).toHaveLength(1);
    expect(await attempts()).toEqual([{ state: ended }]);
    expect((await messages()).map(({ state }) => state)).toEqual(["withdrawn", "sent"]);
  },
);

test.each(["same-again", "replace"] as const)(
  "backed up when nobody knew, then %s: by the journal that one is sent",
  async (how) => {
    await unknownSince("intent-written");
    await process.stop();
    world.backup();
    process = await world.start();
    await personHasItSent(how);
    await restoreAndGoOn();
    expect(await states()).toEqual([["SE1001-1", "sent"]]);
    expect(world.agriest.arrivals).toHaveLength(1);
  },
);
