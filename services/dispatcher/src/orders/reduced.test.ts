// Telling suppliers that less is wanted, on a real database and a real server.
import { describe, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { withCancel } from "../test/with-cancel.ts";
import type { Yaml } from "../test/world.ts";
import {
  answer,
  cancelOrder,
  config,
  ledger,
  lines,
  look,
  message,
  reduceTo,
  sentOrder,
  settle,
  stateOf,
  three,
  told,
  useWorld,
  world,
} from "./test/notices.ts";

useWorld();

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
    expect(told()).toEqual(["notice.sent"]);

    await answer(process, 2, "accepted");
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 sent, accepted"]);
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
    expect((await process.purchaseOrders()).map((row) => [row.number, row.state])).toEqual([
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
    expect(await stateOf(process)).toEqual(["sent", "change v2 withdrawn", "change v3 sent"]);
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
    expect(await stateOf(process)).toEqual(["sent", "change v2 withdrawn", "cancellation v3 sent"]);
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
    expect(await stateOf(process)).toEqual(["sent", "change v2 withdrawn", "change v4 sent"]);
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
    expect(await stateOf(process)).toEqual(["sent", "change v2 to tell"]);
    expect(told()).toEqual(["notice.by_hand"]);
    expect(message("notice.by_hand")).toMatch(
      /ship only 1 of SKU AGR-1, 1 of SKU AGR-2 on purchase order SE1001-1\. It is not told by a document: .*shipping method/,
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
  const template = (yaml: Yaml): Yaml =>
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
    expect(await stateOf(process)).toEqual(["sent", "change v2 to tell"]);
    expect(told()).toEqual(["notice.by_hand"]);
    expect(message("notice.by_hand")).toBe(
      "Order #1001: Tell agriest to ship only 1 of SKU AGR-1, 2 of SKU AGR-2 on purchase order SE1001-1. It is not told by a document: its format template does not say change. When you know its answer: npm run soh -- notice-accepted SE1001-1, or notice-too-late SE1001-1.",
    );
    // The same wish, found anew: its order was changed and changed back between two looks.
    await reduceTo(process, 0, 2);
    await reduceTo(process, 1, 2);
    await process.run();
    expect(told()).toEqual(["notice.by_hand"]);
    await cancelOrder(process);
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "change v2 dropped", "cancellation v3 sent"]);
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
    expect(rows.map((row) => `${row.number} ${row.state}`)).toEqual(["SE1001-1 sent", "SE1001-2 sent"]);
  });
});
