// cXML answers to a cancellation or a change.
import { describe, expect, test } from "vitest";
import { withCancel } from "../test/with-cancel.ts";
import { type Process } from "../test/world.ts";
import {
  cancelOrder,
  HOUR,
  lines,
  look,
  message,
  PERSON,
  reduceTo,
  sentOrder,
  stateOf,
  told,
  useWorld,
  world,
} from "../orders/test/notices.ts";

useWorld();

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
      expect(await stateOf(process)).toEqual(["closed", "cancellation v2 sent, accepted"]);
      expect((await lines(process)).map((line) => [line.cancelled, line.withdrawn])).toEqual([
        [3, 3],
        [2, 2],
      ]);
      expect(world.agriest.answers().filter((name) => name.startsWith("AR_"))).toEqual([]);
      world.clock.advance(24 * HOUR);
      await process.run();
      expect(told()).toEqual(["notice.sent"]);
    });

    test("rejects: it is too late", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("reject", '<Comments xml:lang="fr">déjà expédié</Comments>'));
      expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent, too late"]);
      expect((await look(process)).notices[0]?.answer).toBe("rejected");
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
      expect(await stateOf(process)).toEqual(["closed", "cancellation v2 sent, accepted"]);
    });

    test("answers later: until then it was received", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("detail"), item(1, 3, "unknown") + item(2, 2, "unknown"));
      expect((await look(process)).notices[0]).toMatchObject({ state: "sent", answer: "received" });
      world.clock.advance(1000);
      await confirm(process, CANCELLATION, header("accept"));
      expect(await stateOf(process)).toEqual(["closed", "cancellation v2 sent, accepted"]);
    });

    test("accepts with the number in other letters than ours", async () => {
      const process = await cancelled();
      await confirm(process, CANCELLATION, header("accept"), "", "se1001-1");
      expect(await stateOf(process)).toEqual(["closed", "cancellation v2 sent, accepted"]);
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
      expect(await stateOf(process)).toEqual(["sent", "change v2 sent, accepted"]);
      expect(await lines(process)).toEqual(taken);
      expect((await look(process)).order.acknowledgement).toBe("accepted");
    });

    test.each(["accept", "allDetail", "detail", "except"])(
      "accepts line by line, naming those that stand in it, as %s",
      async (type) => {
        const process = await changed();
        await confirm(process, CHANGE, header(type), item(1, 1, type === "except" ? "accept" : type));
        expect(await stateOf(process)).toEqual(["sent", "change v2 sent, accepted"]);
        expect(await lines(process)).toEqual(taken);
      },
    );

    test("rejects: the order stands as it was sent first", async () => {
      const process = await changed();
      await confirm(process, CHANGE, header("reject"));
      expect(await stateOf(process)).toEqual(["sent", "change v2 sent, too late"]);
      expect((await lines(process)).map((line) => line.withdrawn)).toEqual([0, 0]);
      expect(told()).toContain("acknowledgement.too_late");
    });

    test.each(["except", "accept"])("accepts and delivers later, as %s: the line says so, with the day", async (type) => {
      const process = await changed();
      const later = item(1, 1, "backordered").replace("<ConfirmationStatus ", '$&deliveryDate="2027-01-21T12:00:00+01:00" ');
      await confirm(process, CHANGE, header(type), later);
      expect(await stateOf(process)).toEqual(["sent", "change v2 sent, accepted"]);
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
