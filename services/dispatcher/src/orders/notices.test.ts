// Telling suppliers of what changes after sending, on a real database and a real server.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HandlerConfig } from "../config/load.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import type { Remedy } from "../domain/purchase-order/remedy.ts";
import { orderBody, type LineInput } from "../test/payload.ts";
import { withCancel } from "../test/with-cancel.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World } from "../test/world.ts";

let world: World;
let config: HandlerConfig;
beforeEach(async () => {
  world = await createWorld();
  config = world.configure({}, withCancel);
});
afterEach(() => world.stop());

const HOUR = 3_600_000;
const PERSON = { actor: "anna", note: "by telephone" };

const three: LineInput[] = [
  { sku: "AGR-1", quantity: 3 },
  { sku: "AGR-2", quantity: 2 },
];
const sentOrder = async (process: Process, lines = three): Promise<void> => {
  await process.webhook("orders/paid", orderBody({ lines }));
  await process.run();
};
const cancelOrder = async (process: Process): Promise<void> => {
  world.clock.advance(60_000);
  const cancelledAt = new Date(world.clock.now()).toISOString();
  await process.webhook("orders/cancelled", orderBody({ lines: three, cancelledAt, updatedAt: cancelledAt }));
};
/** The customer wants so many of each line now. */
const reduceTo = async (process: Process, ...current: readonly number[]): Promise<void> => {
  world.clock.advance(60_000);
  const lines = three.map((line, index) => ({ ...line, current: current[index] ?? 0 }));
  await process.webhook("orders/updated", orderBody({ lines, updatedAt: new Date(world.clock.now()).toISOString() }));
};
const answer = async (process: Process, version: number | null, status: string, extra = ""): Promise<void> => {
  const said = version === null ? "" : `<DocumentVersion>${version}</DocumentVersion>`;
  const text = acknowledgement("SE1001-1", status, extra).replace("<Status>", `${said}<Status>`);
  world.agriest.answer(`AR_${world.clock.now()}_${version}_${status}.xml`, text);
  await process.features.look("agriest");
  world.clock.advance(120_000);
  await process.features.look("agriest");
};

interface Seen {
  readonly order: PurchaseOrdersTable;
  readonly notices: readonly PurchaseOrdersTable[];
}
const look = async (process: Process): Promise<Seen> => {
  const rows = await process.purchaseOrders();
  const order = rows.find((row) => row.notice_of === null);
  if (order === undefined) {
    throw new Error("there is no purchase order");
  }
  return { order, notices: rows.filter((row) => row.notice_of !== null).toSorted((a, b) => a.version - b.version) };
};
const stateOf = async (process: Process) => {
  const { order, notices } = await look(process);
  return [order.state, ...notices.map((one) => `${one.purpose} v${one.version} ${one.state}`)];
};
const lines = (process: Process) =>
  process.database.db
    .selectFrom("purchase_order_lines")
    .select(["number", "units", "cancelled", "withdrawn", "confirmed"])
    .orderBy("number")
    .execute();
const ledger = async (process: Process) => {
  const rows = await process.database.db.selectFrom("stock_movements").select(["sku", "kind", "units"]).orderBy("id").execute();
  return rows.map(({ sku, kind, units }) => `${kind} ${sku} ${units}`);
};
const told = () => world.alerts.map((alert) => alert.kind);
const message = (kind: string): string => world.alerts.find((alert) => alert.kind === kind)?.message ?? "";
const settle = (process: Process, id: string, remedy: Remedy) =>
  process.features.actions.settle(purchaseOrder({ id }), remedy, PERSON);

describe("a cancelled order", () => {
  test("is cancelled at its supplier by one document, and closed when that is accepted; the ledger has its units back", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await process.run();

    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);
    expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-1_2.xml"]);
    const document = world.agriest.read("CDE_SE1001-1_2.xml");
    expect(document).toContain("<Purpose>cancellation</Purpose>");
    expect(document).toContain("<DocumentVersion>2</DocumentVersion>");
    expect(told()).toEqual(["purchase_order.cancellation_sent"]);
    expect(message("purchase_order.cancellation_sent")).toContain(
      `a cancellation of purchase order SE1001-1 was sent to agriest. It is to answer by ${new Date(world.clock.now() + 4 * HOUR).toISOString()}`,
    );

    await answer(process, 2, "accepted");
    await process.run();
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
    expect(await lines(process)).toEqual([
      { number: 1, units: 3, cancelled: 3, withdrawn: 3, confirmed: 0 },
      { number: 2, units: 2, cancelled: 2, withdrawn: 2, confirmed: 0 },
    ]);
    expect(await ledger(process)).toEqual(["ordered AGR-1 -3", "ordered AGR-2 -2", "withdrawn AGR-1 3", "withdrawn AGR-2 2"]);
    world.clock.advance(24 * HOUR);
    await process.run();
    expect(told()).toEqual(["purchase_order.cancellation_sent"]);
    expect(world.agriest.arrivals).toHaveLength(2);
  });

  test("stands when the supplier says that it is too late, and a person is told what that means", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await answer(process, 2, "rejected", "<Reason>déjà expédié</Reason>");
    await process.run();

    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 closed"]);
    expect((await look(process)).notices[0]?.acknowledgement).toBe("rejected");
    expect(await ledger(process)).toEqual(["ordered AGR-1 -3", "ordered AGR-2 -2"]);
    expect(message("acknowledgement.too_late")).toBe(
      "Supplier agriest: it is too late for the cancellation of purchase order SE1001-1: déjà expédié. The goods come as ordered: agree on a return with the supplier or have the parcel refused, and tell the customer.",
    );
    expect(world.agriest.arrivals).toHaveLength(2);
  });

  test("is told of again when the supplier does not answer in time; a receipt is no answer", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await answer(process, 1, "accepted");
    await cancelOrder(process);
    await process.run();
    await answer(process, 2, "received");
    world.clock.advance(4 * HOUR);
    await process.run();
    await process.run();

    expect(told()).toEqual(["purchase_order.cancellation_sent", "acknowledgement.overdue"]);
    expect(message("acknowledgement.overdue")).toMatch(
      /^Cancellation of purchase order SE1001-1: agriest has not said by .* whether it accepts it or it is too late.*notice-too-late SE1001-1\.$/,
    );
    expect((await look(process)).notices[0]).toMatchObject({ state: "sent", acknowledgement: "received" });
  });

  test("may be answered in its first version still: that is the order's, and refusing it settles the cancellation too", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await answer(process, 1, "accepted");
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);
    expect((await look(process)).order.acknowledgement).toBe("accepted");
    await answer(process, 1, "rejected");
    await process.run();
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
    await answer(process, 2, "accepted");
    expect(told()).toContain("file.quarantined");
    expect(await ledger(process)).toEqual(["ordered AGR-1 -3", "ordered AGR-2 -2"]);
  });

  test("that was not sent yet needs no document", async () => {
    const process = await world.start({ config });
    await process.webhook("orders/paid", orderBody({ lines: three }));
    await cancelOrder(process);
    await process.run();
    expect(await stateOf(process)).toEqual(["cancelled"]);
    expect(world.agriest.arrivals).toEqual([]);
  });

  test("whose sending is unknown waits for a person, and is cancelled when it is known to be there", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    const { order } = await look(process);
    await process.database.db.updateTable("purchase_orders").set({ state: "unknown" }).where("id", "=", order.id).execute();
    await cancelOrder(process);
    await process.run();
    expect(await stateOf(process)).toEqual(["unknown"]);
    expect(message("purchase_order.cancel_wanted")).toContain("npm run soh -- mark-sent or discard SE1001-1");

    await settle(process, order.id, "mark-sent");
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);
  });

  test("is a person's affair without the key, until that person has said what the supplier answered", async () => {
    const process = await world.start();
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 failed"]);
    expect((await look(process)).notices[0]).toMatchObject({
      by_hand: 1,
      reason:
        "Tell agriest to cancel purchase order SE1001-1: the order was cancelled in Shopify. It is not told by a document: suppliers.agriest.cancel is not set",
    });
    expect(told()).toEqual(["purchase_order.cancel_wanted"]);
    expect(message("purchase_order.cancel_wanted")).toMatch(
      /tell agriest to cancel purchase order SE1001-1\. .*cancel is not set\. When you know its answer: npm run soh -- notice-accepted SE1001-1, or notice-too-late SE1001-1\.$/,
    );

    const { id } = (await look(process)).order;
    expect(await settle(process, id, "notice-accepted")).toEqual({
      ok: true,
      message: "Cancellation of purchase order SE1001-1 is accepted: SE1001-1 is closed",
      ready: [],
    });
    await process.run();
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
    expect(await ledger(process)).toEqual(["ordered AGR-1 -3", "ordered AGR-2 -2", "withdrawn AGR-1 3", "withdrawn AGR-2 2"]);
    expect(world.agriest.arrivals).toHaveLength(1);
  });

  test("that a person tells has nothing to send: it is accepted, too late or given up", async () => {
    const process = await world.start();
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    const [notice] = (await look(process)).notices;
    for (const remedy of ["retry", "mark-sent", "same-again"] as const) {
      expect(await settle(process, notice?.id ?? "", remedy)).toEqual({
        ok: false,
        message: `the cancellation of SE1001-1 is told by a person, because no document can: ${remedy} is not possible. Possible: notice-accepted, notice-too-late, discard`,
      });
    }
    expect(await settle(process, notice?.id ?? "", "notice-too-late")).toMatchObject({ ok: true });
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 closed"]);
    expect(told()).toEqual(["purchase_order.cancel_wanted"]);
  });

  test("that a person was to tell is nobody's affair any more when the supplier has closed it", async () => {
    const process = await world.start();
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await answer(process, 1, "rejected");
    await process.run();
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 cancelled"]);
  });

  test("is a person's affair, once, where the supplier is in dry run now", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await process.stop();
    const dry = world.configure({}, (yaml) => withCancel(yaml).replace("name: Agriest", "name: Agriest\n    mode: dry-run"));
    const second = await world.start({ config: dry });
    await cancelOrder(second);
    await second.run();
    await second.run();
    expect(await stateOf(second)).toEqual(["sent", "cancellation v2 failed"]);
    expect(told()).toEqual(["purchase_order.cancel_wanted"]);
    expect(message("purchase_order.cancel_wanted")).toContain(
      "It is not told by a document: the supplier agriest is in dry run.",
    );
  });

  test("goes in a file of its own where several purchase orders go in one, and is in nobody else's", async () => {
    const several = world.configure({}, (yaml) =>
      withCancel(yaml).replace("    document:\n", "    schedule: { batch: 5 }\n    document:\n"),
    );
    const process = await world.start({ config: several });
    await sentOrder(process);
    await cancelOrder(process);
    await process.webhook("orders/paid", orderBody({ id: "2", number: 1002, lines: [{ sku: "AGR-1" }] }));
    await process.run();
    const said = (text: string): string =>
      [...text.matchAll(/<Number>(.*?)<|<Purpose>(.*?)</g)].map(([, number, purpose]) => number ?? purpose).join(" ");
    expect(world.agriest.arrived().slice(1).map(said).toSorted()).toEqual(["SE1001-1 cancellation", "SE1002-1 original"]);
  });

  test("that waits to be told when its supplier is put into dry run is told by a person, and not long afterwards by a document", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.features.sweep(0); // Written, not sent.
    await process.stop();
    const dry = world.configure({}, (yaml) => withCancel(yaml).replace("name: Agriest", "name: Agriest\n    mode: dry-run"));
    const second = await world.start({ config: dry });
    await second.run();
    await second.run();
    await second.stop();
    const third = await world.start({ config });
    await third.run();
    expect(await stateOf(third)).toEqual(["sent", "cancellation v2 cancelled", "cancellation v3 failed"]);
    expect(told()).toEqual(["purchase_order.cancel_wanted"]);
    expect(world.agriest.arrivals).toHaveLength(1);
  });

  test("goes at once, whatever its supplier's sending times", async () => {
    const scheduled = world.configure({}, (yaml) =>
      withCancel(yaml)
        .replace("\nbuyer:", "\ncalendars:\n  fr: { timezone: Europe/Paris, days: mon-fri }\n\nbuyer:")
        .replace(
          "    require: [deliver_to.phone]",
          '    require: [deliver_to.phone]\n    schedule: { calendar: fr, send: ["11:00"] }',
        ),
    );
    const process = await world.start({ config: scheduled });
    await process.webhook("orders/paid", orderBody({ lines: three }));
    world.clock.set("2027-01-11T10:00:01Z");
    await process.run();
    await cancelOrder(process);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);
  });
});

describe("a reduced order", () => {
  test("is told as the whole order again; accepted, it has fewer units, and what is wanted again is ordered anew", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await reduceTo(process, 1, 0);
    await process.run();
    await process.run();

    expect(await stateOf(process)).toEqual(["sent", "change v2 sent"]);
    const document = world.agriest.read("CDE_SE1001-1_2.xml");
    expect(document).toContain("<Purpose>change</Purpose>");
    expect(document.match(/<Product /g)).toHaveLength(1);
    expect(document).toContain("<Quantity>1</Quantity>");
    expect(told()).toEqual(["purchase_order.change_sent"]);

    await answer(process, 2, "accepted");
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 closed"]);
    expect(await lines(process)).toEqual([
      { number: 1, units: 3, cancelled: 2, withdrawn: 2, confirmed: 1 },
      { number: 2, units: 2, cancelled: 2, withdrawn: 2, confirmed: 0 },
    ]);
    // The change said the whole order, so the order is accepted with it.
    expect((await look(process)).order.acknowledgement).toBe("accepted");
    expect(await ledger(process)).toEqual(["ordered AGR-1 -3", "ordered AGR-2 -2", "withdrawn AGR-1 2", "withdrawn AGR-2 2"]);

    // The order's own answer comes late: what was taken back stays so.
    await answer(process, 1, "accepted");
    expect((await lines(process)).map((line) => [line.cancelled, line.confirmed])).toEqual([
      [2, 1],
      [2, 0],
    ]);

    await reduceTo(process, 3, 0);
    await process.run();
    expect(
      (await process.purchaseOrders()).filter((row) => row.notice_of === null).map((row) => [row.number, row.state]),
    ).toEqual([
      ["SE1001-1", "sent"],
      ["SE1001-2", "sent"],
    ]);
    expect(world.agriest.read("CDE_SE1001-2_1.xml")).toContain("<Quantity>2</Quantity>");
  });

  test("is told once for each set of quantities, and only of what is not sent yet the newest", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await reduceTo(process, 2, 2);
    await process.features.sweep(0); // Written, not sent.
    await reduceTo(process, 1, 2);
    await process.run();
    await reduceTo(process, 1, 2);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 cancelled", "change v3 sent"]);
    expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-1_3.xml"]);
  });

  test("that is wanted again before the supplier answers is told as it was", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await reduceTo(process, 1, 2);
    await process.run();
    await reduceTo(process, 3, 2);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 sent", "change v3 sent"]);
    expect(world.agriest.read("CDE_SE1001-1_3.xml")).toContain("<Quantity>3</Quantity>");
  });

  test("that is cancelled afterwards is cancelled, and the change that was not sent is not", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await reduceTo(process, 1, 2);
    await process.features.sweep(0);
    await cancelOrder(process);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 cancelled", "cancellation v3 sent"]);
  });

  test("that a person has sent once more is told anew when that is there: a replacement says what was ordered first", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await reduceTo(process, 1, 2);
    await process.run();
    const { order } = await look(process);
    expect(await settle(process, order.id, "replace")).toMatchObject({
      ok: true,
      message: "SE1001-1 will be replaced: same number, version 3",
    });
    await process.run();
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 closed", "change v4 sent"]);
    expect(world.agriest.arrivals).toEqual([1, 2, 3, 4].map((version) => `CDE_SE1001-1_${version}.xml`));
    expect(world.agriest.read("CDE_SE1001-1_4.xml")).toContain("<Quantity>1</Quantity>");
  });

  test("that its supplier cannot be told of is a person's affair: the order as it is now cannot be written", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    world.clock.advance(60_000);
    const updatedAt = new Date(world.clock.now()).toISOString();
    const lines = three.map((line) => ({ ...line, current: 1 }));
    await process.webhook("orders/updated", orderBody({ lines, updatedAt, shippingMethod: "\u0001" }));
    await process.run();
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 failed"]);
    expect(told()).toEqual(["purchase_order.units_removed"]);
    expect(message("purchase_order.units_removed")).toMatch(
      /ship only 1 of SKU AGR-1, 1 of SKU AGR-2\. It is not told by a document: .*shipping method/,
    );
  });

  test("of which nothing is left is cancelled", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await reduceTo(process, 0, 0);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);
  });

  test("is not told where the supplier refused as much by itself", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await answer(
      process,
      1,
      "changed",
      '<Lines><Line number="1"><Confirmed>1</Confirmed><Cancelled>2</Cancelled></Line></Lines>',
    );
    await reduceTo(process, 1, 2);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent"]);
  });
});

describe("a format that cannot say it", () => {
  const template = (yaml: string): string =>
    withCancel(yaml).replace(
      "      format: order-xml\n      shipping",
      `      format: template\n      template: { file: ${new URL("../../../../config/templates/fixed-width.txt.liquid", import.meta.url).pathname}, purposes: [original, cancellation] }\n      shipping`,
    );

  test("leaves a change to a person, once, with the quantities to tell, and config check warns of it", async () => {
    const limited = world.configure({}, template);
    expect(limited.warnings).toEqual([
      expect.objectContaining({
        path: "suppliers.agriest.cancel",
        message: expect.stringContaining("the template does not say change"),
      }),
    ]);
    const process = await world.start({ config: limited });
    await sentOrder(process);
    await reduceTo(process, 1, 2);
    await process.run();
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 failed"]);
    expect(told()).toEqual(["purchase_order.units_removed"]);
    expect(message("purchase_order.units_removed")).toBe(
      "Order #1001: less is wanted than is ordered on SE1001-1. Tell agriest to ship only 1 of SKU AGR-1, 2 of SKU AGR-2. It is not told by a document: its format template does not say change. When you know its answer: npm run soh -- notice-accepted SE1001-1, or notice-too-late SE1001-1.",
    );
    // The same wish, found anew: its order was changed and changed back between two looks.
    await reduceTo(process, 0, 2);
    await reduceTo(process, 1, 2);
    await process.run();
    expect(told()).toEqual(["purchase_order.units_removed"]);
    await cancelOrder(process);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 cancelled", "cancellation v3 sent"]);
  });

  test("has its units back when a person says that the supplier agreed, and the customer may want them again", async () => {
    const process = await world.start({ config: world.configure({}, template) });
    await sentOrder(process);
    await reduceTo(process, 1, 2);
    await process.run();
    const { id } = (await look(process)).order;
    expect(await settle(process, id, "notice-accepted")).toMatchObject({
      message: "Change of purchase order SE1001-1 is accepted: SE1001-1 has fewer units now",
    });
    expect(await lines(process)).toMatchObject([{ cancelled: 2, withdrawn: 2 }, { cancelled: 0 }]);
    await reduceTo(process, 3, 2);
    await process.run();
    const rows = await process.purchaseOrders();
    expect(rows.filter((row) => row.notice_of === null).map((row) => `${row.number} ${row.state}`)).toEqual([
      "SE1001-1 sent",
      "SE1001-2 sent",
    ]);
  });
});

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
      due.forEach((one) => stopAt.add(one.purchaseOrder));
      const hanging = due.map((one) => first.features.deliver(one).catch(() => {}));
      await expect.poll(() => stopped).toBe(true);
      await first.stop();
      expect(hanging).toHaveLength(1);

      const second = await world.start({ config });
      for (let n = 0; n < 3; n++) {
        await second.run();
        world.clock.advance(30_000);
      }
      const notice = (await second.purchaseOrders()).find((row) => row.notice_of !== null && row.number === `SE${number}-1`);
      expect([step, notice?.state]).toEqual([step, "sent"]);
      expect([step, world.agriest.arrivals.length - before]).toEqual([step, 1]);
      await second.stop();
    }
  });

  test("is not repeated after a restored backup: what the journal knows of it is unknown until a person settles it", async () => {
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
    expect(await stateOf(third)).toEqual(["sent", "cancellation v2 unknown"]);
    expect(world.agriest.arrivals).toHaveLength(2);
    // The supplier says that it never got it.
    await settle(third, (await look(third)).notices[0]?.id ?? "", "same-again");
    await third.run();
    expect(world.agriest.arrivals.slice(2)).toEqual(["CDE_SE1001-1_2-c2.xml"]);
    await answer(third, 2, "accepted");
    expect(await stateOf(third)).toEqual(["closed", "cancellation v2 closed"]);
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
    expect(await stateOf(third)).toEqual(["unknown"]);
    await cancelOrder(third);
    await settle(third, (await look(third)).order.id, "mark-sent");
    await third.run();
    expect(await stateOf(third)).toEqual(["sent", "cancellation v2 unknown"]);
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

describe("an answer without a version, while a cancellation waits", () => {
  const setAside = async (process: Process): Promise<{ readonly id: string; readonly reason: string | null }> =>
    await process.database.db
      .selectFrom("inbound_files")
      .select(["id", "reason"])
      .where("state", "=", "quarantined")
      .executeTakeFirstOrThrow();

  test("is set aside, and says what it may mean; a person who asked applies it to the one or the other", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await answer(process, null, "rejected");
    const file = await setAside(process);
    expect(file.reason).toBe(
      "it says rejected without a version, and purchase order SE1001-1 may be answered in two ways: itself, or its cancellation (version 2). Ask the supplier which, then run npm run soh -- dead-letters apply <id> --to order, or --to notice",
    );
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);

    expect(await process.features.actions.applyFile(file.id, "notice", PERSON)).toMatchObject({ ok: true });
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 closed"]);
    expect((await look(process)).notices[0]?.acknowledgement).toBe("rejected");
  });

  test("is applied to the order where the person says so", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await answer(process, null, "accepted");
    expect(await process.features.actions.applyFile((await setAside(process)).id, "order", PERSON)).toMatchObject({ ok: true });
    const { order, notices } = await look(process);
    expect([order.acknowledgement, notices[0]?.state, notices[0]?.acknowledgement]).toEqual(["accepted", "sent", null]);
  });

  test("can only mean the cancellation where it takes off all that was ordered", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    const all = three.map(
      (line, index) => `<Line number="${index + 1}"><Confirmed>0</Confirmed><Cancelled>${line.quantity}</Cancelled></Line>`,
    );
    await answer(process, null, "changed", `<Lines>${all.join("")}</Lines>`);
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
  });
});

describe("a published format", () => {
  const inFormat = async (format: string): Promise<Process> => {
    const process = await world.start({
      config: world.configure({}, (yaml) => withCancel(yaml).replace("format: order-xml", `format: ${format}`)),
    });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);
    return process;
  };
  const receive = async (process: Process, text: string): Promise<void> => {
    world.agriest.answer("AR_1.xml", text);
    await process.features.look("agriest");
  };

  test("ubl-2.1 answers an OrderCancellation by an OrderResponseSimple with its version", async () => {
    const process = await inFormat("ubl-2.1");
    expect(world.agriest.read("CDE_SE1001-1_2.xml")).toContain("<OrderCancellation");
    await receive(
      process,
      `<OrderResponseSimple xmlns:cac="urn:a" xmlns:cbc="urn:b"><cbc:ID>R1</cbc:ID><cbc:AcceptedIndicator>false</cbc:AcceptedIndicator><cac:OrderReference><cbc:ID>SE1001-1</cbc:ID><cac:DocumentReference><cbc:ID>SE1001-1</cbc:ID><cbc:VersionID>2</cbc:VersionID></cac:DocumentReference></cac:OrderReference></OrderResponseSimple>`,
    );
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 closed"]);
    expect(told()).toContain("acknowledgement.too_late");
  });

  const negative = (sequence: string): string =>
    `<ORDERRESPONSE version="2.1"><ORDERRESPONSE_HEADER><ORDERRESPONSE_INFO><ORDER_ID>SE1001-1</ORDER_ID>${sequence}</ORDERRESPONSE_INFO></ORDERRESPONSE_HEADER><ORDERRESPONSE_ITEM_LIST>${three
      .map(
        (line, index) =>
          `<ORDERRESPONSE_ITEM><LINE_ITEM_ID>${index + 1}</LINE_ITEM_ID><QUANTITY>-${line.quantity}</QUANTITY></ORDERRESPONSE_ITEM>`,
      )
      .join("")}</ORDERRESPONSE_ITEM_LIST></ORDERRESPONSE>`;

  test.each([
    ["with its sequence", "<ORDERCHANGE_SEQUENCE_ID>1</ORDERCHANGE_SEQUENCE_ID>"],
    ["and without it: nothing else can be meant", ""],
  ])("opentrans-2.1 confirms an ORDERCHANGE by its negative quantities, %s", async (_, sequence) => {
    const process = await inFormat("opentrans-2.1");
    await receive(process, negative(sequence));
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
  });

  test("opentrans-2.1 confirms an ORDERCHANGE that leaves a line out by the lines that it has, with its sequence", async () => {
    const process = await world.start({
      config: world.configure({}, (yaml) => withCancel(yaml).replace("format: order-xml", "format: opentrans-2.1")),
    });
    await sentOrder(process);
    await reduceTo(process, 1, 0);
    await process.run();
    await receive(
      process,
      `<ORDERRESPONSE version="2.1"><ORDERRESPONSE_HEADER><ORDERRESPONSE_INFO><ORDER_ID>SE1001-1</ORDER_ID><ORDERCHANGE_SEQUENCE_ID>1</ORDERCHANGE_SEQUENCE_ID></ORDERRESPONSE_INFO></ORDERRESPONSE_HEADER><ORDERRESPONSE_ITEM_LIST><ORDERRESPONSE_ITEM><LINE_ITEM_ID>1</LINE_ITEM_ID><QUANTITY>1</QUANTITY></ORDERRESPONSE_ITEM></ORDERRESPONSE_ITEM_LIST></ORDERRESPONSE>`,
    );
    expect(await stateOf(process)).toEqual(["sent", "change v2 closed"]);
  });
});

describe("cxml-1.2", () => {
  const COSTS = [
    { row: 2, cells: ["AGR-1", "44-1", "8.40", "EUR"] },
    { row: 3, cells: ["AGR-2", "44-2", "1.10", "EUR"] },
  ];
  /** cXML demands a price for each line, so there is a catalogue. */
  const inCxml = async (): Promise<Process> => {
    const process = await world.start({
      config: world.configure({}, (yaml) => withCancel(yaml).replace("format: order-xml", "format: cxml-1.2\n      price: cost")),
    });
    const { catalogue } = process.features.actions;
    const header = ["sku", "supplier_sku", "cost", "currency"];
    const settings = { supplier: "agriest", header, decimal: "either", replace: false, skipBad: false } as const;
    const opened = await catalogue.open(settings, PERSON);
    const id = opened.ok ? opened.id : "";
    expect(await catalogue.add(id, COSTS)).toEqual([]);
    expect(await catalogue.apply(id)).toMatchObject({ ok: true });
    await sentOrder(process);
    return process;
  };
  /** As the supplier's system answers a file: by the names that stand in it. */
  const confirm = async (process: Process, file: string, header: string, items = "", orderId?: string): Promise<void> => {
    const [, payloadId = ""] = /payloadID="([^"]+)"/.exec(world.agriest.read(file)) ?? [];
    const [, said = ""] = /orderID="([^"]+)"/.exec(world.agriest.read(file)) ?? [];
    world.agriest.answer(
      `AR_${world.clock.now()}.xml`,
      `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cXML.org/schemas/cXML/1.2.063/Fulfill.dtd">
<cXML payloadID="${world.clock.now()}@agriest.example" timestamp="2027-01-10T12:05:00+00:00"><Header><From><Credential domain="Name"><Identity>Agriest</Identity></Credential></From><To><Credential domain="AccountID"><Identity>C004512</Identity></Credential></To><Sender><Credential domain="Name"><Identity>Agriest</Identity></Credential><UserAgent>Agriest ERP</UserAgent></Sender></Header><Request><ConfirmationRequest>${header}<OrderReference orderID="${orderId ?? said}"><DocumentReference payloadID="${payloadId}"/></OrderReference>${items}</ConfirmationRequest></Request></cXML>`,
    );
    await process.features.look("agriest");
    await process.run();
  };
  const header = (type: string, comments = ""): string =>
    `<ConfirmationHeader confirmID="AR-1" type="${type}" noticeDate="2027-01-10T13:05:00+01:00">${comments}</ConfirmationHeader>`;
  const item = (line: number, quantity: number, type: string): string =>
    `<ConfirmationItem lineNumber="${line}" quantity="${quantity}"><UnitOfMeasure>C62</UnitOfMeasure><ConfirmationStatus type="${type}" quantity="${quantity}"><UnitOfMeasure>C62</UnitOfMeasure></ConfirmationStatus></ConfirmationItem>`;

  describe("cancels by an OrderRequest of type delete, which a ConfirmationRequest", () => {
    const cancelled = async (): Promise<Process> => {
      const process = await inCxml();
      await confirm(process, "CDE_SE1001-1_1.xml", header("accept"));
      expect((await look(process)).order.acknowledgement).toBe("accepted");
      await cancelOrder(process);
      await process.run();
      expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);
      expect(world.agriest.read("CDE_SE1001-1_2.xml")).toMatch(/<OrderRequestHeader [^>]*type="delete" orderVersion="2"/);
      return process;
    };
    const CANCELLATION = "CDE_SE1001-1_2.xml";

    test("accepts", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("accept"));
      expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
      expect((await lines(process)).map((line) => [line.cancelled, line.withdrawn])).toEqual([
        [3, 3],
        [2, 2],
      ]);
      expect(world.agriest.answers().filter((name) => name.startsWith("AR_"))).toEqual([]);
      world.clock.advance(24 * HOUR);
      await process.run();
      expect(told()).toEqual(["purchase_order.cancellation_sent"]);
    });

    test("rejects: it is too late", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("reject", '<Comments xml:lang="fr">déjà expédié</Comments>'));
      expect(await stateOf(process)).toEqual(["sent", "cancellation v2 closed"]);
      expect((await look(process)).notices[0]?.acknowledgement).toBe("rejected");
      expect((await lines(process)).map((line) => [line.cancelled, line.withdrawn])).toEqual([
        [0, 0],
        [0, 0],
      ]);
      expect(message("acknowledgement.too_late")).toContain(
        "it is too late for the cancellation of purchase order SE1001-1: déjà expédié",
      );
    });

    test("accepts by saying of each line that it will not come", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("detail"), item(1, 3, "reject") + item(2, 2, "reject"));
      expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
    });

    test("answers later: until then it was received", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("detail"), item(1, 3, "unknown") + item(2, 2, "unknown"));
      expect((await look(process)).notices[0]).toMatchObject({ state: "sent", acknowledgement: "received" });
      world.clock.advance(1000);
      await confirm(process, CANCELLATION, header("accept"));
      expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
    });

    test("accepts with the number in other letters than ours", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("accept"), "", "se1001-1");
      expect(await stateOf(process)).toEqual(["closed", "cancellation v2 closed"]);
    });

    test("answers for some of its lines only: nothing is applied, and a person is told", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("detail"), item(1, 3, "reject"));
      expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent"]);
      expect(message("file.quarantined")).toContain(
        "it says other quantities than the cancellation asked for, and neither accepts nor rejects it",
      );
    });
  });

  describe("changes by an OrderRequest of type update, which a ConfirmationRequest", () => {
    const CHANGE = "CDE_SE1001-1_2.xml";
    const changed = async (): Promise<Process> => {
      const process = await inCxml();
      await reduceTo(process, 1, 0);
      await process.run();
      expect(await stateOf(process)).toEqual(["sent", "change v2 sent"]);
      const document = world.agriest.read(CHANGE);
      expect(document).toMatch(/<OrderRequestHeader [^>]*type="update" orderVersion="2"/);
      expect(document.match(/<ItemOut [^>]*>/g)).toEqual(['<ItemOut quantity="1" lineNumber="1">']);
      return process;
    };
    const taken = [
      { number: 1, units: 3, cancelled: 2, withdrawn: 2, confirmed: 1 },
      { number: 2, units: 2, cancelled: 2, withdrawn: 2, confirmed: 0 },
    ];

    test("accepts", async () => {
      const process = await changed();
      await confirm(process, CHANGE, header("accept"));
      expect(await stateOf(process)).toEqual(["sent", "change v2 closed"]);
      expect(await lines(process)).toEqual(taken);
      expect((await look(process)).order.acknowledgement).toBe("accepted");
    });

    test.each(["accept", "allDetail", "detail", "except"])(
      "accepts line by line, naming those that stand in it, as %s",
      async (type) => {
        const process = await changed();
        await confirm(process, CHANGE, header(type), item(1, 1, type === "except" ? "accept" : type));
        expect(await stateOf(process)).toEqual(["sent", "change v2 closed"]);
        expect(await lines(process)).toEqual(taken);
      },
    );

    test("rejects: the order stands as it was sent first", async () => {
      const process = await changed();
      await confirm(process, CHANGE, header("reject"));
      expect(await stateOf(process)).toEqual(["sent", "change v2 closed"]);
      expect((await lines(process)).map((line) => line.withdrawn)).toEqual([0, 0]);
      expect(told()).toContain("acknowledgement.too_late");
    });

    test.each(["except", "accept"])("accepts and delivers later, as %s: the line says so, with the day", async (type) => {
      const process = await changed();
      const later = item(1, 1, "backordered").replace("<ConfirmationStatus ", '$&deliveryDate="2027-01-21T12:00:00+01:00" ');
      await confirm(process, CHANGE, header(type), later);
      expect(await stateOf(process)).toEqual(["sent", "change v2 closed"]);
      const [first] = await process.database.db
        .selectFrom("purchase_order_lines")
        .select(["confirmed", "backordered", "cancelled", "promised_on"])
        .orderBy("number")
        .execute();
      expect(first).toEqual({ confirmed: 0, backordered: 1, cancelled: 2, promised_on: "2027-01-21" });
    });

    test.each([
      ["confirms what was ordered first", "detail", item(1, 3, "accept"), "and neither accepts nor rejects it"],
      [
        "accepts it, but refuses what is left",
        "accept",
        item(1, 1, "reject"),
        "it accepts the change, and says other quantities",
      ],
    ])("%s: nothing is applied, and a person is told", async (_, type, items, reason) => {
      const process = await changed();
      await confirm(process, CHANGE, header(type), items);
      expect(await stateOf(process)).toEqual(["sent", "change v2 sent"]);
      expect((await lines(process)).map((line) => [line.confirmed, line.withdrawn])).toEqual([
        [0, 0],
        [0, 0],
      ]);
      expect(message("file.quarantined")).toContain(reason);
    });
  });
});

describe("a person", () => {
  test("records the answer that came by telephone, named by the purchase order", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    const { order } = await look(process);
    expect(await settle(process, order.id, "notice-accepted")).toEqual({
      ok: false,
      message: "SE1001-1 waits for no answer to a cancellation or change",
    });
    await reduceTo(process, 1, 2);
    await process.run();
    expect(await settle(process, order.id, "notice-accepted")).toMatchObject({
      ok: true,
      message: "Change of purchase order SE1001-1 is accepted: SE1001-1 has fewer units now",
    });
    await cancelOrder(process);
    await process.run();
    expect(await settle(process, order.id, "notice-too-late")).toMatchObject({
      ok: true,
      message: "Cancellation of purchase order SE1001-1 is too late: SE1001-1 stands, and the goods come",
    });
    expect(await stateOf(process)).toEqual(["sent", "change v2 closed", "cancellation v3 closed"]);
  });

  test("cannot replace or order again what is no purchase order, and sends the same again, or gives it up", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    const id = (await look(process)).notices[0]?.id ?? "";
    expect(await settle(process, id, "replace")).toEqual({
      ok: false,
      message:
        "the cancellation of SE1001-1 is no purchase order: replace is not possible. Possible: same-again, notice-accepted, notice-too-late",
    });
    expect(await settle(process, id, "order-again")).toMatchObject({ ok: false });
    expect(await settle(process, id, "same-again")).toMatchObject({ ok: true });
    await process.run();
    expect(world.agriest.arrivals.at(-1)).toBe("CDE_SE1001-1_2-c2.xml");

    await process.database.db.updateTable("purchase_orders").set({ state: "failed" }).where("id", "=", id).execute();
    expect(await settle(process, id, "retry")).toMatchObject({
      ok: true,
      message: "the cancellation of SE1001-1 will be tried again",
    });
    await process.run();
    expect(world.agriest.arrivals).toHaveLength(3); // The same bytes are there already.
    await process.database.db.updateTable("purchase_orders").set({ state: "failed" }).where("id", "=", id).execute();
    expect(await settle(process, id, "discard")).toMatchObject({
      ok: true,
      message: "the cancellation of SE1001-1 is discarded: it is not sent: tell agriest yourself, if it must know",
    });
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 closed"]);
  });
});
