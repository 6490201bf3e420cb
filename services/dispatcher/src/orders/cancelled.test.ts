// Telling suppliers that an order is cancelled, on a real database and a real server.
import { describe, expect, test } from "vitest";
import { moment } from "../alerts/alerts.ts";
import { orderBody } from "../test/payload.ts";
import { withCancel } from "../test/with-cancel.ts";
import {
  answer,
  cancelOrder,
  config,
  HOUR,
  ledger,
  lines,
  look,
  message,
  PERSON,
  sentOrder,
  settle,
  stateOf,
  three,
  told,
  useWorld,
  world,
} from "./test/notices.ts";

useWorld();

describe("a cancelled order", () => {
  test.each(["same-again", "replace"] as const)(
    "is cancelled at the supplier that has it, though what a person had sent since (%s) did not go",
    async (how) => {
      const process = await world.start({ config });
      await sentOrder(process);
      const po = await process.purchaseOrder();
      expect(await process.features.actions.settle({ kind: "purchase-order", id: po.id }, how, PERSON)).toMatchObject({
        ok: true,
      });
      await cancelOrder(process);
      await process.run();
      await process.run();

      const [state, notice] = await stateOf(process);
      expect([state, notice]).toEqual(["sent", expect.stringMatching(/^cancellation v[23] sent$/)]);
      const documents = world.agriest.arrived();
      expect(documents).toHaveLength(2);
      expect(documents[1]).toContain("<Purpose>cancellation</Purpose>");
      expect(await ledger(process)).toEqual(["ordered AGR-1 -3", "ordered AGR-2 -2"]);
    },
  );

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
    expect(told()).toEqual(["notice.sent"]);
    expect(message("notice.sent")).toContain(
      `a cancellation of purchase order SE1001-1 was sent to agriest. It is to answer by ${moment(world.clock.now() + 4 * HOUR)}`,
    );

    await answer(process, 2, "accepted");
    await process.run();
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 sent, accepted"]);
    expect(await lines(process)).toEqual([
      { number: 1, units: 3, cancelled: 3, withdrawn: 3, confirmed: 0 },
      { number: 2, units: 2, cancelled: 2, withdrawn: 2, confirmed: 0 },
    ]);
    expect(await ledger(process)).toEqual(["ordered AGR-1 -3", "ordered AGR-2 -2", "withdrawn AGR-1 3", "withdrawn AGR-2 2"]);
    world.clock.advance(24 * HOUR);
    await process.run();
    expect(told()).toEqual(["notice.sent"]);
    expect(world.agriest.arrivals).toHaveLength(2);
  });

  test("stands when the supplier says that it is too late, and a person is told what that means", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await answer(process, 2, "rejected", "<Reason>déjà expédié</Reason>");
    await process.run();

    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent, too late"]);
    expect((await look(process)).notices[0]?.answer).toBe("rejected");
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

    expect(told()).toEqual(["notice.sent", "notice.overdue"]);
    expect(message("notice.overdue")).toMatch(
      /^Cancellation of purchase order SE1001-1: agriest has not said by .* whether it accepts it or it is too late.*notice-too-late SE1001-1\.$/,
    );
    expect((await look(process)).notices[0]).toMatchObject({ state: "sent", answer: "received" });
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
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 withdrawn"]);
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
    await process.database.db.updateTable("messages").set({ state: "unknown" }).where("id", "=", order.id).execute();
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
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 to tell"]);
    expect((await look(process)).notices[0]).toMatchObject({
      reason:
        "Tell agriest to cancel purchase order SE1001-1: the order was cancelled in Shopify. It is not told by a document: suppliers.agriest.cancel is not set",
    });
    expect(told()).toEqual(["notice.by_hand"]);
    expect(message("notice.by_hand")).toMatch(
      /Tell agriest to cancel purchase order SE1001-1: .*cancel is not set\. When you know its answer: npm run soh -- notice-accepted SE1001-1, or notice-too-late SE1001-1\.$/,
    );

    const { id } = (await look(process)).order;
    expect(await settle(process, id, "notice-accepted")).toEqual({
      ok: true,
      message: "Cancellation of purchase order SE1001-1 is accepted: SE1001-1 is closed",
      ready: [],
    });
    await process.run();
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 told, accepted"]);
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
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 told, too late"]);
    expect(told()).toEqual(["notice.by_hand"]);
  });

  test("that a person was to tell is nobody's affair any more when the supplier has closed it", async () => {
    const process = await world.start();
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await answer(process, 1, "rejected");
    await process.run();
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 dropped"]);
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
    expect(await stateOf(second)).toEqual(["sent", "cancellation v2 to tell"]);
    expect(told()).toEqual(["notice.by_hand"]);
    expect(message("notice.by_hand")).toContain("It is not told by a document: the supplier agriest is in dry run.");
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
    expect(await stateOf(third)).toEqual(["sent", "cancellation v2 withdrawn", "cancellation v3 to tell"]);
    expect(told()).toEqual(["notice.by_hand"]);
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
