// What a person can do about a purchase order that the supplier may or may not have, with what the supplier then sees.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Remedy } from "../domain/purchase-order/remedy.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World, type Yaml } from "../test/world.ts";

const HOUR = 3_600_000;
const anna = { actor: "anna", note: "Agriest: we have nothing" };

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  process = await world.start();
  world.agriest.takeAtOnce();
});
afterEach(async () => {
  await world.stop();
});

const settle = async (remedy: Remedy, number = "SE1001-1") => {
  const { id } = await process.database.db
    .selectFrom("purchase_orders")
    .select("id")
    .where("number", "=", number)
    .executeTakeFirstOrThrow();
  return await process.features.actions.settle(purchaseOrder({ id }), remedy, anna);
};
const states = async (): Promise<readonly string[]> =>
  (await process.purchaseOrders()).map(({ number, state }) => `${number} ${state}`);

/** Its rename's reply was lost, and the look came too late to tell. */
async function unknown(): Promise<void> {
  await process.webhook("orders/paid", orderBody({ lines: [{ quantity: 2 }] }));
  let lost = false;
  world.agriest.server.setFault((event) => {
    const now = !lost && event.phase === "after" && event.command === "RNTO";
    lost ||= now;
    return now ? { do: "close" } : undefined;
  });
  await process.run();
  world.clock.advance(HOUR);
  await process.run();
  expect(await states()).toEqual(["SE1001-1 unknown"]);
}

async function sent(): Promise<void> {
  await process.webhook("orders/paid", orderBody({ lines: [{ quantity: 2 }] }));
  await process.run();
  expect(await states()).toEqual(["SE1001-1 sent"]);
}

const ways = [
  ["unknown", unknown],
  ["sent and not answered", sent],
] as const;

test.each(ways)("same again, of one that is %s: the same number and bytes under a new name", async (_, arrive) => {
  await arrive();
  expect(await settle("same-again")).toMatchObject({ ok: true });
  await process.run();
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-1_1-c2.xml"]);
  expect(await states()).toEqual(["SE1001-1 sent"]);
  const documents = await process.database.db.selectFrom("documents").select("version").execute();
  expect(documents).toEqual([{ version: 1 }]);
});

test.each(ways)("replace, of one that is %s: the same number, the next version, as a replacement", async (_, arrive) => {
  await arrive();
  await process.webhook(
    "orders/updated",
    orderBody({ lines: [{ quantity: 2 }], updatedAt: "2027-01-10T11:00:00+01:00", note: "new gate code 4711" }),
  );
  expect(await settle("replace")).toMatchObject({ ok: true, message: expect.stringContaining("version 2") });
  await process.run();
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-1_2.xml"]);
  const document = await process.database.db
    .selectFrom("documents")
    .selectAll()
    .where("version", "=", 2)
    .executeTakeFirstOrThrow();
  const text = Buffer.from(document.bytes).toString("utf8");
  expect(text).toContain("<Purpose>replacement</Purpose>");
  expect(text).toContain("<Number>SE1001-1</Number>");
  expect(text).toContain("4711");
  expect(await states()).toEqual(["SE1001-1 sent"]);
});

test.each(ways)("order again, of one that is %s: a new number, the old one given up", async (_, arrive) => {
  await arrive();
  expect(await settle("order-again")).toMatchObject({
    ok: true,
    message: "SE1001-1 is given up; SE1001-2 to agriest is ready",
  });
  expect(await states()).toEqual(["SE1001-1 cancelled", "SE1001-2 ready"]);
  await process.run();
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-2_1.xml"]);
  const movements = await process.database.db
    .selectFrom("stock_movements")
    .select((eb) => eb.fn.sum("units").as("units"))
    .execute();
  expect(movements).toEqual([{ units: -2 }]);
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await process.features.look("agriest");
  expect(world.alerts.at(-1)).toMatchObject({ kind: "file.quarantined", message: expect.stringContaining("is cancelled") });
});

test("discard: it is not sent, and its units are not ordered again, whatever comes from Shopify", async () => {
  await unknown();
  expect(await settle("discard")).toMatchObject({ ok: true });
  await process.webhook("orders/updated", orderBody({ lines: [{ quantity: 2 }], updatedAt: "2027-01-10T11:00:00+01:00" }));
  expect(await process.run()).toEqual([]);
  expect(await states()).toEqual(["SE1001-1 closed"]);
  const events = await process.database.db.selectFrom("events").select(["name", "detail"]).where("actor", "=", "anna").execute();
  expect(events).toEqual([{ name: "purchase_order.closed", detail: expect.stringContaining(anna.note) }]);
});

test("one that the supplier has answered is not sent once more", async () => {
  await sent();
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await process.features.look("agriest");
  for (const remedy of ["same-again", "replace", "order-again", "retry", "discard"] as const) {
    expect(await settle(remedy)).toEqual({
      ok: false,
      message: `SE1001-1 is sent and the supplier has answered (accepted): ${remedy} is not possible`,
    });
  }
});

test.each(["same-again", "replace", "order-again"] as const)("%s of a cancelled order is refused", async (remedy) => {
  await unknown();
  const cancelled = { updatedAt: "2027-01-10T11:00:00Z", cancelledAt: "2027-01-10T11:00:00Z" };
  await process.webhook("orders/cancelled", orderBody({ ...cancelled, lines: [{ quantity: 2, fulfillable: 0, current: 0 }] }));
  expect(await settle(remedy)).toMatchObject({ ok: false, message: expect.stringContaining("not wanted any more") });
  expect(await states()).toEqual(["SE1001-1 unknown"]);
});

test("what a person has sent once more stays frozen while it waits, and the journal does not take it for sent", async () => {
  await sent();
  await world.agriest.server.setAccepting(false);
  world.agriest.server.dropConnections();
  expect(await settle("same-again")).toMatchObject({ ok: true });
  await process.webhook("orders/updated", orderBody({ lines: [{ quantity: 1 }], updatedAt: "2027-01-10T11:00:00+01:00" }));
  await process.run();
  await process.stop();
  process = await world.start();
  expect(await states()).toEqual(["SE1001-1 ready"]);
  await world.agriest.server.setAccepting(true);
  world.clock.advance(HOUR);
  await process.run();
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-1_1-c2.xml"]);
  expect(world.agriest.read("CDE_SE1001-1_1.xml")).toContain("<Quantity>2</Quantity>");
});

test("one that was to be sent once more and failed is tried again with the same bytes, and does not wait for ever", async () => {
  await unknown();
  await settle("same-again");
  await process.database.db
    .updateTable("messages")
    .set({ failures: 30, failing_since: world.clock.now() - 10 * 24 * HOUR })
    .execute();
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "STOR" ? { do: "reply", code: 451, text: "local error" } : undefined,
  );
  await process.run();
  expect(await states()).toEqual(["SE1001-1 failed"]);
  world.agriest.server.setFault(undefined);
  expect(await settle("retry")).toMatchObject({ ok: true });
  await process.run();
  expect(await states()).toEqual(["SE1001-1 sent"]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-1_1-c2.xml"]);
});

test("a webhook that was set aside is taken in when a person retries it, once its reason is gone", async () => {
  const { reason } = await process.webhook("orders/paid", "{ not json");
  expect(reason).not.toBeNull();
  const { id } = await process.database.db.selectFrom("dead_letters").select("id").executeTakeFirstOrThrow();
  const letter = { kind: "webhook", id } as const;
  const { settle: act } = process.features.actions;
  expect(await act(letter, "retry", anna)).toMatchObject({ ok: false, message: expect.stringContaining("still cannot be read") });
  await process.database.db
    .updateTable("dead_letters")
    .set({ bytes: Buffer.from(orderBody()) })
    .execute();
  const retried = await act(letter, "retry", anna);
  expect(retried).toMatchObject({ ok: true, ready: [expect.any(String)] });
  expect(await act(letter, "discard", anna)).toMatchObject({ ok: false, message: "it was retried by anna already" });
  await process.run();
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("a file that was set aside is applied when a person retries it, once its purchase order exists", async () => {
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await process.features.look("agriest");
  const { id } = await process.database.db.selectFrom("inbound_files").select("id").executeTakeFirstOrThrow();
  const file = { kind: "file", id } as const;
  const { settle: act } = process.features.actions;
  expect(await act(file, "retry", anna)).toMatchObject({
    ok: false,
    message: expect.stringContaining("still cannot be applied"),
  });
  await sent();
  expect(await act(file, "retry", anna)).toMatchObject({ ok: true, message: expect.stringContaining("applied to SE1001-1") });
  expect((await process.purchaseOrder()).acknowledgement).toBe("accepted");
  expect(await act(file, "discard", anna)).toMatchObject({ ok: false, message: expect.stringContaining("applied already") });
});

test("what Shopify asks of a person is discarded with a note, not retried", async () => {
  await process.webhook("customers/redact", "{}");
  const { id } = await process.database.db.selectFrom("dead_letters").select("id").executeTakeFirstOrThrow();
  const letter = { kind: "webhook", id } as const;
  expect(await process.features.actions.settle(letter, "retry", anna)).toMatchObject({ ok: false });
  expect(await process.features.actions.settle(letter, "discard", anna)).toMatchObject({ ok: true });
});

const withoutAgriest = (yaml: Yaml): Yaml =>
  yaml.replace("  agriest:", "  other:").replace("FTP_AGRIEST_HOST", "FTP_FOURNIAL_HOST");

test("one whose supplier is not in the configuration any more is not sent once more, but its units can be ordered elsewhere", async () => {
  await unknown();
  await process.stop();
  process = await world.start({ config: world.configure({}, withoutAgriest) });
  for (const remedy of ["same-again", "replace"] as const) {
    expect(await settle(remedy)).toEqual({
      ok: false,
      message: "SE1001-1 cannot be sent: the supplier agriest is not in the configuration. Put it back, or order-again",
    });
  }
  expect(await states()).toEqual(["SE1001-1 unknown"]);
  expect(await settle("order-again")).toMatchObject({
    ok: true,
    message: "SE1001-1 is given up; SE1001-1 to other is ready",
  });
});

test("a failed one whose supplier is not in the configuration any more is planned again, for who ships its lines now", async () => {
  const lines = [{ sku: "FOU1", vendor: "Fournial" }];
  await process.webhook("orders/paid", orderBody({ lines, shippingMethod: "\u0001" }));
  expect(await states()).toEqual(["1001F1 failed"]);
  await process.webhook("orders/updated", orderBody({ lines, updatedAt: "2027-01-10T11:00:00+01:00" }));
  await process.stop();
  const withoutFournial = (yaml: Yaml): Yaml =>
    yaml.replace("  fournial:", "  other:").replace("FTP_FOURNIAL_HOST", "FTP_AGRIEST_HOST");
  process = await world.start({ config: world.configure({}, withoutFournial) });
  expect(await settle("retry", "1001F1")).toMatchObject({ ok: true });
  expect(await states()).toEqual(["1001F1 cancelled", "1001F1 ready"]);
});
