// What a catalogue makes of purchase orders, from the import to the supplier's answer: a SQLite file, suppliers that speak FTPS.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HandlerConfig } from "../config/load.ts";
import { orderBody, type OrderInput } from "../test/payload.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World } from "../test/world.ts";

const person = { actor: "anna", note: "tested" };
const HEADER = ["sku", "supplier_sku", "unit", "pack", "cost", "currency", "valid_from"];

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

/** Agriest with these keys, of the supplier and of its document. */
const configured = (keys: string, document = ""): HandlerConfig =>
  world.configure({}, (yaml) =>
    yaml.replace(
      "    require: [deliver_to.phone]\n    document:\n",
      `    require: [deliver_to.phone]\n${keys}    document:\n${document}`,
    ),
  );

async function importRows({ features }: Process, rows: readonly (readonly string[])[], supplier = "agriest"): Promise<void> {
  const settings = { supplier, header: HEADER, decimal: "either", replace: false, skipBad: false } as const;
  const opened = await features.actions.catalogue.open(settings, person);
  const id = opened.ok ? opened.id : "";
  const cells = rows.map((row, index) => ({ row: index + 2, cells: HEADER.map((_, column) => row[column] ?? "") }));
  expect(await features.actions.catalogue.add(id, cells)).toEqual([]);
  expect(await features.actions.catalogue.apply(id)).toMatchObject({ ok: true });
}

const buy = (dispatcher: Process, quantity: number, over: OrderInput & { readonly sku?: string } = {}) =>
  dispatcher.webhook("orders/create", orderBody({ lines: [{ sku: over.sku ?? "AGR-1", vendor: "Agriest", quantity }], ...over }));

const lines = ({ database }: Process) => database.db.selectFrom("purchase_order_lines").selectAll().orderBy("sku").execute();

describe("composing a purchase order", () => {
  it("says the supplier's SKU, unit, pack and cost, and never the shop's price", async () => {
    const dispatcher = await world.start({ config: configured("", "      price: cost\n") });
    await importRows(dispatcher, [["agr-1 ", "44-100", "XBX", "10", "8,40", "EUR"]]);
    await buy(dispatcher, 20);
    await dispatcher.run();
    const document = world.agriest.read("CDE_SE1001-1_1.xml");
    expect(document).toContain("44-100");
    expect(document).toContain("8.40");
    expect(document).toContain("16.80");
    expect(document).not.toContain("12.50");
    expect(await lines(dispatcher)).toMatchObject([
      { units: 20, supplier_sku: "44-100", unit: "XBX", pack_size: 10, quantity: 2, unit_cost: "8.40", cost_currency: "EUR" },
    ]);
    expect(await dispatcher.purchaseOrder()).toMatchObject({ state: "sent", net: "16.80", net_currency: "EUR" });
  });

  it("takes the entry that counts on the order's day, at the supplier's place", async () => {
    const dispatcher = await world.start({ config: configured("    catalogue: { timezone: Europe/Paris }\n") });
    await importRows(dispatcher, [
      ["AGR-1", "old"],
      ["AGR-1", "new", "", "", "", "", "2027-01-01"],
    ]);
    await buy(dispatcher, 1, { id: "1", number: 1001, createdAt: "2026-12-31T23:59:00+01:00" });
    await buy(dispatcher, 1, { id: "2", number: 1002, createdAt: "2027-01-01T00:01:00+01:00" });
    const found = await dispatcher.database.db
      .selectFrom("purchase_order_lines")
      .innerJoin("purchase_orders", "purchase_orders.id", "purchase_order_id")
      .select(["purchase_orders.number", "supplier_sku"])
      .orderBy("purchase_orders.number")
      .execute();
    expect(found.map((line) => [line.number, line.supplier_sku])).toEqual([
      ["SE1001-1", "old"],
      ["SE1002-1", "new"],
    ]);
  });

  it("once sent it keeps what was asked for, and an import changes only what is open", async () => {
    const dispatcher = await world.start();
    await importRows(dispatcher, [["AGR-1", "44-100"]]);
    await buy(dispatcher, 1, { id: "1", number: 1001 });
    await dispatcher.run();
    await buy(dispatcher, 1, { id: "2", number: 1002, total: "4000.00" });
    await importRows(dispatcher, [["AGR-1", "44-999"]]);
    await dispatcher.run();
    const found = await dispatcher.database.db
      .selectFrom("purchase_order_lines")
      .select("supplier_sku")
      .orderBy("order_id")
      .execute();
    expect(found.map((line) => line.supplier_sku)).toEqual(["44-100", "44-999"]);
    const [sent] = await dispatcher.purchaseOrders();
    expect(await dispatcher.features.actions.settle(purchaseOrder(sent ?? { id: "" }), "replace", person)).toMatchObject({
      ok: true,
    });
    await dispatcher.run();
    expect(world.agriest.read("CDE_SE1001-1_2.xml")).toContain("44-100");
  });
});

describe("a SKU that the catalogue lacks", () => {
  it("goes by the shop's own, unless the catalogue is required: then it waits for the import, and goes by itself", async () => {
    const dispatcher = await world.start({ config: configured("    catalogue: { required: true }\n") });
    await buy(dispatcher, 1);
    expect(await dispatcher.purchaseOrder()).toMatchObject({ state: "held" });
    expect((await dispatcher.purchaseOrder()).reason).toContain('incomplete: Agriest\'s catalogue has no SKU "AGR-1"');
    await importRows(dispatcher, [["AGR-1", "44-100"]]);
    await dispatcher.run();
    expect(await dispatcher.purchaseOrder()).toMatchObject({ state: "sent" });
  });

  it("is required where supplier_sku is", async () => {
    const config = world.configure({}, (yaml) => yaml.replace("[deliver_to.phone]", "[deliver_to.phone, supplier_sku]"));
    const dispatcher = await world.start({ config });
    await buy(dispatcher, 1);
    expect((await dispatcher.purchaseOrder()).reason).toContain('no SKU "AGR-1"');
  });
});

describe("pieces that are no whole packs", () => {
  const broken = async (policy: string): Promise<Process> => {
    const dispatcher = await world.start({ config: configured(`    catalogue: { pack: ${policy} }\n`) });
    await importRows(dispatcher, [["AGR-1", "44-100", "XBX", "10"]]);
    await buy(dispatcher, 15);
    return dispatcher;
  };

  it("refuse: the line is unmatched, with the reason", async () => {
    const dispatcher = await broken("refuse");
    expect(await dispatcher.purchaseOrders()).toEqual([]);
    const [line] = await dispatcher.database.db.selectFrom("order_lines").selectAll().execute();
    expect(line).toMatchObject({ decision: "unmatched" });
    expect(line?.reason).toBe('Agriest sells SKU "AGR-1" in packs of 10, and 15 pieces are no whole packs');
  });

  it("hold: a person decides, and then whole packs go", async () => {
    const dispatcher = await broken("hold");
    const po = await dispatcher.purchaseOrder();
    expect(po.reason).toBe('pack: 15 of SKU "AGR-1" are no whole packs of 10: when released, 20 are ordered');
    expect(await dispatcher.features.actions.release(po, person)).toMatchObject({ ok: true });
    await dispatcher.run();
    expect(world.agriest.read("CDE_SE1001-1_1.xml")).toMatch(/<Quantity[^>]*>2</);
  });

  it("round up: a whole pack is ordered, and the supplier's answer is in packs", async () => {
    const dispatcher = await broken("round_up");
    await dispatcher.run();
    world.agriest.answer(
      "AR_1.xml",
      acknowledgement(
        "SE1001-1",
        "changed",
        '<Lines><Line number="1"><Confirmed>1</Confirmed><Backordered>1</Backordered></Line></Lines>',
      ),
    );
    await dispatcher.features.look("agriest");
    expect(await lines(dispatcher)).toMatchObject([{ units: 15, quantity: 2, confirmed: 10, backordered: 5, cancelled: 0 }]);
    const movements = await dispatcher.database.db.selectFrom("stock_movements").select(["sku", "units"]).execute();
    expect(movements).toEqual([{ sku: "AGR-1", units: -20 }]);
  });

  it("an answer for more packs than were ordered is set aside", async () => {
    const dispatcher = await broken("round_up");
    await dispatcher.run();
    const three = '<Lines><Line number="1"><Confirmed>3</Confirmed></Line></Lines>';
    world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "changed", three));
    await dispatcher.features.look("agriest");
    expect(await lines(dispatcher)).toMatchObject([{ confirmed: 0 }]);
    expect(world.alerts.map((alert) => alert.message).join()).toContain("more than the 2 ordered");
  });
});

describe("prices", () => {
  it("a line without a cost holds, or is left without one", async () => {
    const held = await world.start({ config: configured("", "      price: cost\n") });
    await buy(held, 1);
    expect((await held.purchaseOrder()).reason).toBe('price: Agriest\'s catalogue has no cost for SKU "AGR-1"');
    await held.stop();
    const omitted = await world.start({ config: configured("", "      price: { policy: cost, missing: omit }\n") });
    expect(await omitted.purchaseOrder()).toMatchObject({ state: "ready", net: null });
  });

  it("costs in two currencies hold: a purchase order has one", async () => {
    const dispatcher = await world.start({ config: configured("", "      price: cost\n") });
    await importRows(dispatcher, [
      ["AGR-1", "1", "", "", "5", "EUR"],
      ["AGR-2", "2", "", "", "5", "CHF"],
    ]);
    await dispatcher.webhook("orders/create", orderBody({ lines: [{ sku: "AGR-1" }, { sku: "AGR-2" }] }));
    expect((await dispatcher.purchaseOrder()).reason).toContain("price: the costs are in CHF and EUR");
  });
});

describe("a minimum", () => {
  const start = async (below: string): Promise<Process> => {
    const dispatcher = await world.start({ config: configured(`    minimum: { net: 50 EUR, below: ${below} }\n`) });
    await importRows(dispatcher, [
      ["AGR-1", "44-100", "", "", "20.00", "EUR"],
      ["AGR-9", "44-900", "", "", "20.00", "CHF"],
    ]);
    return dispatcher;
  };
  const states = async (dispatcher: Process) => (await dispatcher.purchaseOrders()).map((po) => `${po.number} ${po.state}`);

  it("holds what costs less, until a person releases it", async () => {
    const dispatcher = await start("hold");
    await buy(dispatcher, 2);
    const po = await dispatcher.purchaseOrder();
    expect(po.reason).toBe("minimum: it costs 40.00 EUR, below Agriest's minimum of 50 EUR: a person must decide");
    await dispatcher.features.actions.release(po, person);
    await dispatcher.run();
    expect(await dispatcher.purchaseOrder()).toMatchObject({ state: "sent" });
  });

  it("holds what cannot be compared, and says why", async () => {
    const dispatcher = await start("hold");
    await buy(dispatcher, 9, { id: "1", number: 1001, sku: "AGR-7" });
    await buy(dispatcher, 9, { id: "2", number: 1002, sku: "AGR-9" });
    const reasons = (await dispatcher.purchaseOrders()).map((po) => po.reason);
    expect(reasons[0]).toContain("what it costs is not known");
    expect(reasons[1]).toContain("it costs 180.00 CHF");
  });

  it("combine: they wait for each other, then all go, also after being planned again", async () => {
    const dispatcher = await start("combine");
    await buy(dispatcher, 1, { id: "1", number: 1001 });
    await buy(dispatcher, 1, { id: "2", number: 1002 });
    // Held for something else as well: it is not there to go with.
    await buy(dispatcher, 1, { id: "3", number: 1003, tags: "attention" });
    expect(await dispatcher.run()).toEqual([]);
    expect(await states(dispatcher)).toEqual(["SE1001-1 held", "SE1002-1 held", "SE1003-1 held"]);
    const { ready } = await buy(dispatcher, 1, { id: "4", number: 1004 });
    expect(ready).toHaveLength(3);
    await dispatcher.features.actions.catalogue.open(
      { supplier: "agriest", header: HEADER, decimal: "either", replace: false, skipBad: false },
      person,
    );
    await importRows(dispatcher, [["AGR-5", "44-500"]]);
    await dispatcher.run();
    expect(await states(dispatcher)).toEqual(["SE1001-1 sent", "SE1002-1 sent", "SE1003-1 held", "SE1004-1 sent"]);
  });
});

describe("an import", () => {
  it("is given up by the next of the same supplier, whose rows it does not get", async () => {
    const dispatcher = await world.start();
    const { catalogue } = dispatcher.features.actions;
    const settings = { supplier: "agriest", header: HEADER, decimal: "either", replace: false, skipBad: false } as const;
    const first = await catalogue.open(settings, person);
    const id = first.ok ? first.id : "";
    await catalogue.add(id, [{ row: 2, cells: ["A", "1", "", "", "", "", ""] }]);
    await catalogue.open(settings, person);
    expect(await catalogue.add(id, [])).toBeUndefined();
    expect(await catalogue.apply(id)).toBeUndefined();
    expect(await dispatcher.database.db.selectFrom("catalogue_import_rows").selectAll().execute()).toEqual([]);
  });

  it("has an open order planned again whose line was unmatched", async () => {
    const dispatcher = await world.start({ config: configured("    catalogue: { pack: refuse }\n") });
    await importRows(dispatcher, [["AGR-1", "44-100", "XBX", "10"]]);
    await buy(dispatcher, 15);
    const told = /AGR-1" in packs of 10, and 15 pieces are no whole packs\. Agree another quantity .* catalogue\.pack/;
    expect(world.alerts).toEqual([
      expect.objectContaining({ kind: "line.unmatched", message: expect.stringMatching(told) as unknown }),
    ]);
    await importRows(dispatcher, [["AGR-1", "44-100", "XBX", "5"]]);
    await dispatcher.run();
    expect(await dispatcher.purchaseOrder()).toMatchObject({ state: "sent" });
    expect(await lines(dispatcher)).toMatchObject([{ quantity: 3, pack_size: 5 }]);
  });
});
