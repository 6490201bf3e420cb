// Holds by rule and by hand, and dry run: what waits, why, and who may let it go.
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld, type Process, type World, type Yaml } from "../test/world.ts";

const anna = { actor: "anna", note: "looked at it" };

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const start = async (edit?: (yaml: Yaml) => Yaml): Promise<void> => {
  process = await world.start({ config: world.configure({}, edit) });
};
const restart = async (edit?: (yaml: Yaml) => Yaml): Promise<void> => {
  await process.stop();
  await start(edit);
};

const withHold =
  (rule: string) =>
  (yaml: Yaml): Yaml =>
    yaml.replace("    - tag: attention", `    - ${rule}`);
const ofAgriest =
  (keys: string) =>
  (yaml: Yaml): Yaml =>
    yaml.replace("    name: Agriest", `    name: Agriest\n    ${keys}`);

const FRENCH = {
  address1: "1 rue du Port",
  zip: "35500",
  city: "Vitré",
  country_code: "FR",
  name: "Jean Petit",
  phone: "+33612345678",
};

const activeHolds = async () =>
  await process.database.db
    .selectFrom("holds")
    .select(["id", "name", "reason", "purchase_order_id"])
    .where("ended_at", "is", null)
    .orderBy("id")
    .execute();

test.each([
  ["country: [FR, MC]", {}, "country: it is delivered to FR"],
  ["country: GB", {}, null],
  ["country: { not_in: [FR, MC] }", {}, null],
  ["country: { not_in: [BE] }", {}, "country: it is delivered to FR"],
  ["po_box: true", { address: { ...FRENCH, address2: "BP 12" } }, "po-box: the delivery address is a post office box"],
  ["po_box: true", { address: FRENCH }, null],
] as const)("the rule %s, of an order with %j: %s", async (rule, input, reason) => {
  await start(withHold(rule));
  await process.webhook("orders/paid", orderBody(input));
  expect(await process.purchaseOrder()).toMatchObject({ state: reason === null ? "ready" : "held", reason });
});

test("a supplier's own rules hold what goes to it, and nothing else", async () => {
  await start(ofAgriest("hold: [{ tag: pro }]"));
  await process.webhook(
    "orders/paid",
    orderBody({
      tags: "pro",
      lines: [
        { sku: "AGR-1", vendor: "Agriest" },
        { sku: "FOU1", vendor: "Fournial" },
      ],
    }),
  );
  expect((await process.purchaseOrders()).map((po) => [po.supplier, po.state, po.reason])).toEqual([
    ["agriest", "held", 'tag: the order has the tag "pro"'],
    ["fournial", "ready", null],
  ]);
});

test("until the first purchase order was sent to a supplier, all wait; then the others go by themselves", async () => {
  await start(ofAgriest("hold: [{ first_order: true }]"));
  await process.webhook("orders/paid", orderBody({ id: "1", number: 1001 }));
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002 }));
  const reason = "first-order: nothing was ever sent to Agriest: look at the first purchase order before it goes";
  expect((await process.purchaseOrders()).map((po) => [po.state, po.reason])).toEqual([
    ["held", reason],
    ["held", reason],
  ]);
  await process.run();
  const [first] = await process.purchaseOrders();
  expect(first && (await process.features.actions.release(first, anna))).toMatchObject({ ok: true });
  await process.run();
  expect((await process.purchaseOrders()).map((po) => po.state)).toEqual(["sent", "held"]);
  await process.run();
  expect((await process.purchaseOrders()).map((po) => po.state)).toEqual(["sent", "sent"]);
  await process.webhook("orders/paid", orderBody({ id: "3", number: 1003 }));
  expect((await process.purchaseOrders()).map((po) => po.state)).toEqual(["sent", "sent", "ready"]);
});

test("a person holds what is ready, says why, and it stays held whatever the order does, until it is released", async () => {
  await start();
  await process.webhook("orders/paid", orderBody({ updatedAt: "2027-01-10T10:00:00+01:00" }));
  const po = await process.purchaseOrder();
  const { actions } = process.features;
  expect(await actions.hold(po, { actor: "anna", note: "the customer will call back" })).toMatchObject({ ok: true, ready: [] });
  expect(await process.purchaseOrder()).toMatchObject({ state: "held", reason: "by-hand: anna: the customer will call back" });
  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T11:00:00+01:00", tags: "pro" }));
  await restart();
  expect(await process.run()).toEqual([]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "held" });
  expect(await process.features.actions.release(po, { actor: "paul", note: "she called" })).toMatchObject({ ok: true });
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  const late = await process.features.actions.hold(po, anna);
  expect(late).toEqual({ ok: false, message: "SE1001-1 is sent: it is too late to hold it" });
});

test("a hold that appeared since the person looked is not lifted, and is told", async () => {
  await start();
  const [soon, later] = ["2027-01-10T10:00:00+01:00", "2027-01-10T11:00:00+01:00"];
  await process.webhook("orders/paid", orderBody({ updatedAt: soon, total: "4180.00" }));
  const po = await process.purchaseOrder();
  const seen = (await activeHolds()).map((hold) => hold.id);
  await process.webhook("orders/updated", orderBody({ updatedAt: later, total: "4180.00", tags: "attention" }));
  expect(await process.features.actions.release(po, anna, { seen })).toEqual({
    ok: true,
    message:
      'SE1001-1: lifted value; it is still held by tag (the order has the tag "attention"). tag (the order has the tag "attention") has appeared since you looked: look again',
    ready: [],
  });
  expect(await process.purchaseOrder()).toMatchObject({ state: "held", reason: 'tag: the order has the tag "attention"' });
  expect(await process.features.actions.release(po, anna, { seen })).toMatchObject({
    ok: false,
    message: expect.stringContaining("has appeared since you looked. Look again"),
  });
});

test("the same hold with another reason is another hold: a value that rose since is not waved through", async () => {
  await start();
  const [soon, later] = ["2027-01-10T10:00:00+01:00", "2027-01-10T11:00:00+01:00"];
  await process.webhook("orders/paid", orderBody({ updatedAt: soon, total: "4180.00" }));
  const seen = (await activeHolds()).map((hold) => hold.id);
  await process.webhook("orders/updated", orderBody({ updatedAt: later, total: "99000.00" }));
  const po = await process.purchaseOrder();
  expect(await process.features.actions.release(po, anna, { seen })).toMatchObject({ ok: false });
  expect(await process.purchaseOrder()).toMatchObject({ state: "held", reason: expect.stringContaining("99000.00") });
});

test("holds are lifted by name, and one that is not there is an error", async () => {
  await start();
  await process.webhook("orders/paid", orderBody({ total: "4180.00", tags: "attention" }));
  const po = await process.purchaseOrder();
  const { actions } = process.features;
  expect(await actions.release(po, anna, { names: ["note"] })).toMatchObject({
    ok: false,
    message: expect.stringContaining('SE1001-1 has no hold "note": it is held by value'),
  });
  expect(await actions.release(po, anna, { names: ["value"] })).toMatchObject({ ok: true, ready: [] });
  expect(await actions.release(po, anna, { names: ["tag"] })).toMatchObject({ ok: true, ready: [po.id] });
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
});

test("a supplier in dry run: every document is written, nothing is sent, and nobody can release it", async () => {
  await start(ofAgriest("mode: dry-run"));
  await process.webhook("orders/paid", orderBody());
  const po = await process.purchaseOrder();
  expect(po).toMatchObject({
    state: "held",
    version: 1,
    reason: "dry-run: Agriest is in dry run, so nothing is sent to it: set suppliers.agriest.mode to live to end that",
  });
  expect(await process.features.actions.release(po, anna)).toMatchObject({ ok: false });
  expect(await process.run()).toEqual([]);
  // Another system may still be at work there.
  world.agriest.answer("AR_1.xml", "<Acknowledgement/>");
  expect(await process.features.look("agriest")).toBeUndefined();
  expect(world.agriest.answers()).toContain("AR_1.xml");
});

test("when dry run ends, what was made in it waits for a person; what comes after goes", async () => {
  await start(ofAgriest("mode: dry-run"));
  await process.webhook("orders/paid", orderBody({ id: "1", number: 1001 }));
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002 }));
  await restart();
  await process.webhook("orders/paid", orderBody({ id: "3", number: 1003 }));
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  const reason = "tried: it was made in dry run: release it only if Agriest is to ship it now";
  expect((await process.purchaseOrders()).map((po) => [po.number, po.state, po.reason])).toEqual([
    ["SE1001-1", "held", reason],
    ["SE1002-1", "held", reason],
    ["SE1003-1", "sent", null],
  ]);
  const [first] = await process.purchaseOrders();
  expect(first && (await process.features.actions.release(first, anna, { names: ["tried"] }))).toMatchObject({ ok: true });
  await restart(); // What a person released stays released.
  await process.webhook(
    "orders/updated",
    orderBody({ id: "2", number: 1002, tags: "pro", updatedAt: "2027-01-11T10:00:00+01:00" }),
  );
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1003-1_1.xml", "CDE_SE1001-1_1.xml"]);
});

test("what was ready when a supplier went into dry run is held, and nothing of before is sent again to it", async () => {
  await start();
  await process.webhook("orders/paid", orderBody({ id: "1", number: 1001 }));
  await process.run();
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002 }));
  await restart(ofAgriest("mode: dry-run"));
  const [sent, ready] = await process.purchaseOrders();
  expect([sent?.state, ready?.state, ready?.reason?.slice(0, 8)]).toEqual(["sent", "held", "dry-run:"]);
  const subject = { kind: "purchase-order", id: sent?.id ?? "" } as const;
  for (const remedy of ["same-again", "replace"] as const) {
    expect(await process.features.actions.settle(subject, remedy, anna)).toEqual({
      ok: false,
      message: "agriest is in dry run, so nothing is sent to it: set suppliers.agriest.mode to live and restart, then try again",
    });
  }
  expect(await process.run()).toEqual([]);
});

test("an attempt that a crash cut off is not taken up again in dry run", async () => {
  process = await world.start({
    at: (step) => (step === "uploaded" ? new Promise<void>(() => {}) : Promise.resolve()),
  });
  await process.webhook("orders/paid", orderBody());
  // The crash: its attempt ends, if it does at all, when its database is closed.
  void process.run().catch(() => {});
  await expect.poll(async () => (await process.purchaseOrder()).state).toBe("sending");
  await restart(ofAgriest("mode: dry-run"));
  await process.run();
  await process.run();
  expect(await process.purchaseOrder()).toMatchObject({ state: "held", reason: expect.stringMatching(/^dry-run/) });
  expect(world.agriest.arrivals).toEqual([]);
});
