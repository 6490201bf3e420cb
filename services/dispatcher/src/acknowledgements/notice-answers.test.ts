// Suppliers' answers to cancellations and changes, by file and by telephone.
import { describe, expect, test } from "vitest";
import { withCancel } from "../test/with-cancel.ts";
import { type Process } from "../test/world.ts";
import {
  answer,
  cancelOrder,
  config,
  look,
  PERSON,
  reduceTo,
  sentOrder,
  settle,
  stateOf,
  three,
  told,
  useWorld,
  world,
} from "../orders/test/notices.ts";

useWorld();

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
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent, too late"]);
    expect((await look(process)).notices[0]?.answer).toBe("rejected");
  });

  test("is applied to the order where the person says so", async () => {
    const process = await world.start({ config });
    await sentOrder(process);
    await cancelOrder(process);
    await process.run();
    await answer(process, null, "accepted");
    expect(await process.features.actions.applyFile((await setAside(process)).id, "order", PERSON)).toMatchObject({ ok: true });
    const { order, notices } = await look(process);
    expect([order.acknowledgement, notices[0]?.state, notices[0]?.answer]).toEqual(["accepted", "sent", null]);
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
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 sent, accepted"]);
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
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 sent, too late"]);
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
    expect(await stateOf(process)).toEqual(["closed", "cancellation v2 sent, accepted"]);
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
    expect(await stateOf(process)).toEqual(["sent", "change v2 sent, accepted"]);
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
    expect(await stateOf(process)).toEqual(["sent", "change v2 sent, accepted", "cancellation v3 sent, too late"]);
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
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 withdrawn", "cancellation v2 sent"]);
    const again = (await look(process)).notices[1]?.id ?? "";

    await process.database.db.updateTable("messages").set({ state: "failed" }).where("id", "=", again).execute();
    expect(await settle(process, again, "retry")).toMatchObject({
      ok: true,
      message: "the cancellation of SE1001-1 will be tried again",
    });
    await process.run();
    expect(world.agriest.arrivals).toHaveLength(3); // The same bytes are there already.
    await process.database.db.updateTable("messages").set({ state: "failed" }).where("id", "=", again).execute();
    expect(await settle(process, again, "discard")).toMatchObject({
      ok: true,
      message: "the cancellation of SE1001-1 is discarded: it is not sent: tell agriest yourself, if it must know",
    });
    await process.run();
    expect(await stateOf(process)).toEqual(["sent", "cancellation v2 withdrawn", "cancellation v2 withdrawn"]);
  });
});
