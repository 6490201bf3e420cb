// Notices, and a process that ends or a database that is restored in the middle.
import { describe, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import {
  answer,
  cancelOrder,
  config,
  look,
  reduceTo,
  sentOrder,
  settle,
  stateOf,
  three,
  useWorld,
  world,
} from "./test/notices.ts";

useWorld();

describe("what is interrupted", () => {
  test("is sent once, whenever the process ends", async () => {
    for (const step of ["claimed", "uploaded", "intent-written", "renamed", "sent"] as const) {
      world.alerts.length = 0;
      let stopped = false;
      const first = await world.start({
        config,
        at: async (reached, id) => {
          if (reached === step && id.startsWith("po") && stopAt.has(id)) {
            stopped = true;
            await new Promise(() => {});
          }
        },
      });
      const stopAt = new Set<string>();
      const number = 2000 + world.agriest.arrivals.length;
      const body = (cancelledAt: string | null) =>
        orderBody({
          id: String(number),
          number,
          lines: three,
          cancelledAt,
          updatedAt: new Date(world.clock.now()).toISOString(),
        });
      await first.webhook("orders/paid", body(null));
      await first.run();
      const before = world.agriest.arrivals.length;
      world.clock.advance(60_000);
      await first.webhook("orders/cancelled", body(new Date(world.clock.now()).toISOString()));
      const due = await first.features.sweep(100);
      due.forEach((one) => stopAt.add(one.message));
      const hanging = due.map((one) => first.features.deliver(one).catch(() => {}));
      await expect.poll(() => stopped).toBe(true);
      await first.stop();
      expect(hanging).toHaveLength(1);

      const second = await world.start({ config });
      for (let n = 0; n < 3; n++) {
        await second.run();
        world.clock.advance(30_000);
      }
      const notice = await second.database.db
        .selectFrom("messages")
        .select("state")
        .where("kind", "=", "cancellation")
        .where("number", "=", `SE${number}-1`)
        .executeTakeFirst();
      expect([step, notice?.state]).toEqual([step, "sent"]);
      expect([step, world.agriest.arrivals.length - before]).toEqual([step, 1]);
      await second.stop();
    }
  });

  test("is not repeated after a restored backup: what the journal knows of it is sent", async () => {
    const first = await world.start({ config });
    await sentOrder(first);
    await first.stop();
    world.backup();
    const second = await world.start({ config });
    await cancelOrder(second);
    await second.run();
    expect(await stateOf(second)).toEqual(["sent", "cancellation v2 sent"]);
    await second.stop();
    world.restore();

    const third = await world.start({ config });
    expect(await stateOf(third)).toEqual(["sent"]);
    await cancelOrder(third); // Shopify tells again.
    await third.run();
    await third.run();
    expect(await stateOf(third)).toEqual(["sent", "cancellation v2 sent"]);
    expect(world.agriest.arrivals).toHaveLength(2);
    // The supplier says that it never got it.
    await settle(third, (await look(third)).notices[0]?.id ?? "", "same-again");
    await third.run();
    expect(world.agriest.arrivals.slice(2)).toEqual(["CDE_SE1001-1_2-c2.xml"]);
    await answer(third, 2, "accepted");
    expect(await stateOf(third)).toEqual(["closed", "cancellation v2 withdrawn", "cancellation v2 sent, accepted"]);
  });

  test("has a version that no restored database gives to anything else", async () => {
    const first = await world.start({ config });
    await sentOrder(first);
    await first.stop();
    world.backup();
    const second = await world.start({ config });
    await reduceTo(second, 1, 2);
    await second.run();
    await second.stop();
    world.restore();
    const third = await world.start({ config });
    await cancelOrder(third);
    await third.run();
    expect(await stateOf(third)).toEqual(["sent", "cancellation v3 sent"]);
  });

  test("is told for the purchase order that takes a lost one's place, and not sent again", async () => {
    const empty = await world.start({ config });
    await empty.stop();
    world.backup();
    const first = await world.start({ config });
    await sentOrder(first);
    await cancelOrder(first);
    await first.run();
    await first.stop();
    world.restore();

    const third = await world.start({ config });
    await third.webhook("orders/paid", orderBody({ lines: three }));
    await third.run();
    expect(await stateOf(third)).toEqual(["sent"]); // The very same units: the journal's word is enough.
    await cancelOrder(third);
    await third.run();
    expect(await stateOf(third)).toEqual(["sent", "cancellation v2 sent"]);
    expect(world.agriest.arrivals).toHaveLength(2);
  });

  test("does not make the next purchase order of a restored order pass for sent", async () => {
    const first = await world.start({ config });
    await sentOrder(first);
    await first.stop();
    world.backup();
    const second = await world.start({ config });
    await reduceTo(second, 1, 2);
    await second.run();
    await second.stop();
    world.restore();
    const third = await world.start({ config });
    world.clock.advance(60_000);
    const more = [...three, { sku: "AGR-3", quantity: 1 }];
    await third.webhook("orders/updated", orderBody({ lines: more, updatedAt: new Date(world.clock.now()).toISOString() }));
    await third.run();
    expect((await third.purchaseOrders()).map((row) => [row.number, row.state])).toEqual([
      ["SE1001-1", "sent"],
      ["SE1001-2", "sent"],
    ]);
  });
});
