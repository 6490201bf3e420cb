import type { FaultEvent } from "@soh/simulators/ftps-server";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NotSent } from "../domain/delivery/failure.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, type Process, type World } from "../test/world.ts";

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  process = await world.start();
  const lines = [
    { id: "1", sku: "AGR-1", quantity: 5 },
    { id: "2", sku: "FOU1", vendor: "Fournial", quantity: 2 },
  ];
  await process.webhook("orders/paid", orderBody({ lines }));
  await process.run();
});
afterEach(async () => {
  await world.stop();
});

async function poll(supplier = "agriest") {
  const report = await process.features.look(supplier);
  const of = (kind: string) => (report?.news ?? []).filter((one) => one.kind === kind);
  return { listed: report?.listed, applied: of("applied"), quarantined: of("quarantined") };
}
const busy = { do: "reply", code: 450, text: "busy" } as const;
const agriestOrder = async () => (await process.purchaseOrders()).find((po) => po.supplier === "agriest");
const files = async () => await process.database.db.selectFrom("inbound_files").select(["name", "state", "reason"]).execute();

test("files that do not match the pattern are left alone", async () => {
  world.agriest.answer("BL_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toMatchObject({ listed: 0 });
  expect(world.agriest.answers()).toEqual(["BL_1.xml"]);
});

test("after: delete removes the file", async () => {
  world.fournial.answer("1.xml", acknowledgement("1001F1"));
  await poll("fournial");
  expect(world.fournial.answers()).toEqual([]);
});

test("a file that stays unreadable is set aside with its reason, and others go on", async () => {
  world.agriest.answer("AR_0.xml", "<Acknowledgement><broken");
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toMatchObject({ applied: [{ number: "SE1001-1" }], quarantined: [] });
  world.clock.advance(61_000);
  expect(await poll()).toMatchObject({
    quarantined: [{ path: "/OUT/AR_0.xml", reason: expect.stringContaining("well-formed") }],
  });
  expect(world.alerts).toEqual([
    expect.objectContaining({
      kind: "file.quarantined",
      message: expect.stringMatching(
        /\/OUT\/AR_0\.xml was set aside: .*[^.]\. Nothing of it .* under Dead letters in the console/,
      ),
    }),
  ]);
  expect(world.agriest.answers()).toEqual(["archive"]);
});

test.each([
  ["an unknown purchase order", acknowledgement("SE9999-1"), 'agriest has no purchase order with the number "SE9999-1"'],
  [
    "a line that is not on it",
    acknowledgement("SE1001-1", "changed", '<Lines><Line number="9"><Confirmed>1</Confirmed></Line></Lines>'),
    "line 9 is not on purchase order SE1001-1",
  ],
  [
    "more than was ordered",
    acknowledgement("SE1001-1", "changed", '<Lines><Line number="1"><Confirmed>6</Confirmed></Line></Lines>'),
    "line 1: 6 confirmed, 0 backordered and 0 cancelled are more than the 5 ordered",
  ],
])("an answer for %s is set aside whole, nothing of it is applied", async (_what, text, reason) => {
  world.agriest.answer("AR_1.xml", text);
  expect(await poll()).toMatchObject({ applied: [], quarantined: [{ path: "/OUT/AR_1.xml", reason }] });
  expect(await agriestOrder()).toMatchObject({ state: "sent", acknowledgement: null });
  expect(await files()).toEqual([{ name: "/OUT/AR_1.xml", state: "quarantined", reason }]);
});

test("a supplier's answer to another supplier's number is no answer", async () => {
  world.fournial.answer("1.xml", acknowledgement("SE1001-1"));
  expect(await poll("fournial")).toMatchObject({
    applied: [],
    quarantined: [{ reason: expect.stringContaining("fournial has no purchase order") }],
  });
});

test("a rejection cancels the units and closes the purchase order", async () => {
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "rejected", "<Reason>épuisé</Reason>"));
  await poll();
  expect(await agriestOrder()).toMatchObject({ state: "closed", acknowledgement: "rejected" });
  expect(world.alerts).toEqual([
    expect.objectContaining({
      kind: "acknowledgement.rejected",
      message: expect.stringMatching(/agriest rejects purchase order SE1001-1: épuisé/),
    }),
  ]);
});

test("received keeps the deadline of the acceptance; when it passes there is one alert", async () => {
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "received"));
  await poll();
  expect((await agriestOrder())?.acknowledgement_due_at).not.toBeNull();
  world.clock.advance(5 * 3_600_000);
  await process.run();
  await process.run();
  expect(world.alerts).toEqual([
    expect.objectContaining({ kind: "acknowledgement.overdue", message: expect.stringContaining("SE1001-1") }),
  ]);
});

test("an acknowledgement of a purchase order that we think is not sent is evidence that it is", async () => {
  await process.webhook("orders/paid", orderBody({ id: "7", number: 1007 }));
  world.agriest.answer("AR_7.xml", acknowledgement("se1007-1"));
  await poll();
  const po = (await process.purchaseOrders()).find((one) => one.number === "SE1007-1");
  expect(po).toMatchObject({ state: "sent", acknowledgement: "accepted", reason: expect.stringContaining("/OUT/AR_7.xml") });
  expect(await process.run()).toEqual([]);
});

test("an answer to a cancelled purchase order is set aside for a person", async () => {
  const cancelled = { id: "8", number: 1008, updatedAt: "2027-01-10T10:01:00Z", cancelledAt: "2027-01-10T10:01:00Z" };
  await process.webhook("orders/paid", orderBody({ id: "8", number: 1008, updatedAt: "2027-01-10T10:00:00Z" }));
  await process.webhook("orders/cancelled", orderBody(cancelled));
  world.agriest.answer("AR_8.xml", acknowledgement("SE1008-1"));
  expect(await poll()).toMatchObject({
    quarantined: [{ reason: expect.stringContaining("is cancelled, and the supplier answers it") }],
  });
});

test("news of a file is told when it is committed: a poll that breaks afterwards loses no alert", async () => {
  world.agriest.server.setFault((event) => (event.phase === "before" && event.command === "MKD" ? { do: "close" } : undefined));
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "rejected"));
  await expect(poll()).rejects.toThrow(NotSent);
  world.agriest.server.setFault(undefined);
  await poll();
  expect(world.alerts).toEqual([expect.objectContaining({ kind: "acknowledgement.rejected" })]);
});

test.each([
  [
    "is refused by the server with 450",
    (event: FaultEvent) =>
      event.phase === "before" && event.command === "RETR" && event.path?.includes("AR_0.xml") ? busy : undefined,
  ],
  [
    "is refused by the server with 550",
    (event: FaultEvent) =>
      event.phase === "before" && event.command === "RETR" && event.path?.includes("AR_0.xml")
        ? ({ do: "reply", code: 550, text: "no permission" } as const)
        : undefined,
  ],
] as const)("a file that %s keeps no other waiting, and is told of once", async (_what, fault) => {
  world.agriest.server.setFault(fault);
  world.agriest.answer("AR_0.xml", acknowledgement("SE1001-1"));
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toMatchObject({ applied: [{ path: "/OUT/AR_1.xml" }] });
  for (let looks = 0; looks < 3; looks++) {
    world.clock.advance(61_000);
    await poll();
  }
  expect(world.alerts).toEqual([
    expect.objectContaining({ kind: "file.not_given", message: expect.stringContaining("/OUT/AR_0.xml") }),
  ]);
});

test("a file too large to be an answer is set aside unread, and keeps no other waiting", async () => {
  world.agriest.answer("AR_0.xml", Buffer.alloc(17 * 1024 * 1024, "x"));
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toMatchObject({
    applied: [{ number: "SE1001-1" }],
    quarantined: [{ path: "/OUT/AR_0.xml", reason: expect.stringContaining("17825792 bytes") }],
  });
  expect(world.agriest.server.commands.filter((one) => one.command === "RETR")).toHaveLength(1);
});

test("more files than one poll reads, none of which the server gives, do not hide a new one", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "RETR" && event.path?.includes("/AR_0")
      ? { do: "reply", code: 550, text: "no permission" }
      : undefined,
  );
  for (let n = 0; n < 205; n++) {
    world.agriest.answer(`AR_0${n}.xml`, acknowledgement("SE1001-1", "received", `<Reason>${n}</Reason>`));
  }
  await poll();
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toMatchObject({ applied: [{ path: "/OUT/AR_1.xml" }] });
});

test("answers that cannot be put away are told of once, not read again, and do not hide new ones", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && (event.command === "RNTO" || event.command === "MKD")
      ? { do: "reply", code: 550, text: "no" }
      : undefined,
  );
  for (let n = 0; n < 205; n++) {
    world.agriest.answer(
      `AR_${String(n).padStart(3, "0")}.xml`,
      acknowledgement("SE1001-1", "received", `<Reason>${n}</Reason>`),
    );
  }
  await poll();
  world.agriest.answer("AR_999.xml", acknowledgement("SE1001-1"));
  await poll();
  expect(await agriestOrder()).toMatchObject({ acknowledgement: "accepted" });
  const told = world.alerts.filter((alert) => alert.kind === "file.not_put_away").length;
  expect(told).toBe(206);
  expect(await poll()).toMatchObject({ listed: 0 });
});

test("an answer that is set aside, and cannot be put away for a moment, is told of once", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "SIZE" && event.argument.includes("archive") ? busy : undefined,
  );
  world.agriest.answer("AR_1.xml", acknowledgement("SE9999-1"));
  expect(await poll()).toMatchObject({ quarantined: [{ path: "/OUT/AR_1.xml" }] });
  expect(world.agriest.answers()).toContain("AR_1.xml");
  world.agriest.server.setFault(undefined);
  expect(await poll()).toMatchObject({ listed: 1, quarantined: [] });
  expect(world.agriest.answers()).toEqual(["archive"]);
  expect(world.alerts).toHaveLength(1);
});

test("bytes that were set aside once are given patience again: the same beginning of another answer", async () => {
  const start = "<?xml ";
  world.fournial.answer("1.xml", start);
  await poll("fournial");
  world.clock.advance(61_000);
  expect(await poll("fournial")).toMatchObject({ quarantined: [{ path: "/out/1.xml" }] });
  world.fournial.answer("2.xml", start);
  await poll("fournial");
  expect(world.fournial.answers()).toEqual(["2.xml"]);
  world.fournial.answer("2.xml", acknowledgement("1001F1"));
  expect(await poll("fournial")).toMatchObject({ applied: [{ number: "1001F1" }] });
});

test("an answer that was set aside for an unknown number is applied when the supplier sends it again and the number is known", async () => {
  world.agriest.answer("AR_1.xml", acknowledgement("SE1002-1"));
  expect(await poll()).toMatchObject({ quarantined: [{ path: "/OUT/AR_1.xml" }] });
  await process.webhook("orders/paid", orderBody({ id: "2", number: 1002 }));
  await process.run();
  world.agriest.answer("AR_2.xml", acknowledgement("SE1002-1"));
  expect(await poll()).toMatchObject({ applied: [{ number: "SE1002-1" }] });
  expect(await files()).toEqual([{ name: "/OUT/AR_2.xml", state: "applied", reason: null }]);
});

test("an answer that is set aside again is the same one in the trail, and waits since it was set aside first", async () => {
  const since = world.clock.now();
  for (const name of ["AR_1.xml", "AR_2.xml"]) {
    world.agriest.answer(name, acknowledgement("SE1002-1"));
    await poll();
    world.clock.advance(60_000);
  }
  const rows = await process.database.db.selectFrom("inbound_files").select(["id", "received_at"]).execute();
  expect(rows).toEqual([{ id: expect.any(String), received_at: since }]);
  const events = process.database.db.selectFrom("events").select("subject_id").where("name", "=", "file.quarantined");
  expect(await events.execute()).toEqual([{ subject_id: rows[0]?.id }, { subject_id: rows[0]?.id }]);
});

test("received after accepted changes nothing; accepted after rejected is for a person", async () => {
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await poll();
  world.agriest.answer("AR_2.xml", acknowledgement("SE1001-1", "received"));
  await poll();
  expect(await agriestOrder()).toMatchObject({ acknowledgement: "accepted", state: "sent" });
  world.agriest.answer("AR_3.xml", acknowledgement("SE1001-1", "rejected"));
  await poll();
  world.agriest.answer("AR_4.xml", acknowledgement("SE1001-1", "accepted", "<Lines/>"));
  expect(await poll()).toMatchObject({
    quarantined: [{ reason: expect.stringContaining("is closed (rejected), and this answer says accepted") }],
  });
});

test("an acknowledgement of a purchase order that was never sent from here counts as evidence, with an alert", async () => {
  await process.webhook("orders/paid", orderBody({ id: "9", number: 1009, total: "9000.00" }));
  world.agriest.answer("AR_9.xml", acknowledgement("SE1009-1"));
  await poll();
  expect(world.alerts).toEqual([
    expect.objectContaining({
      kind: "acknowledgement.unexpected",
      message: expect.stringMatching(/SE1009-1.*was held and had never been sent/),
    }),
  ]);
});

test("an empty folder that the server calls 550 is an empty folder, not a refusal", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && ["MLSD", "LIST"].includes(event.command)
      ? { do: "reply", code: 550, text: "No files found" }
      : undefined,
  );
  expect(await poll()).toMatchObject({ listed: 0 });
  expect(world.alerts).toEqual([]);
});

test("a folder of answers that is missing is told of once, and sending goes on", async () => {
  await process.stop();
  process = await world.start({ config: world.configure({}, (yaml) => yaml.replace("path: /OUT", "path: /NOWHERE")) });
  await poll();
  await poll();
  expect(world.alerts).toEqual([
    expect.objectContaining({ kind: "folder.refused", message: expect.stringMatching(/NOWHERE.*Sending goes on/) }),
  ]);
  await process.webhook("orders/paid", orderBody({ id: "3", number: 1003 }));
  expect((await process.run()).map((outcome) => outcome.kind)).toEqual(["sent"]);
});

test("a folder of answers that was mended and is missing again is told of again", async () => {
  const folder = join(world.agriest.server.root, "OUT");
  const refusals = () => world.alerts.filter((alert) => alert.kind === "folder.refused").length;
  renameSync(folder, `${folder}-away`);
  await poll();
  expect(refusals()).toBe(1);
  renameSync(`${folder}-away`, folder);
  expect(await poll()).toMatchObject({ listed: 0 });
  renameSync(folder, `${folder}-away`);
  await poll();
  await poll();
  expect(refusals()).toBe(2);
});

test("where only receipt is expected, `received` ends the wait", async () => {
  await process.stop();
  process = await world.start({
    config: world.configure({}, (yaml) => yaml.replace("expect: accepted, within: 4h", "expect: received, within: 4h")),
  });
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "received"));
  await poll();
  expect(await agriestOrder()).toMatchObject({ acknowledgement_due_at: null });
  world.clock.advance(24 * 3_600_000);
  await process.run();
  expect(world.alerts.filter((alert) => alert.message.includes("agriest"))).toEqual([]);
});

test("where receipt and acceptance are expected, each has its own deadline and its own alert", async () => {
  await process.stop();
  const both = "[{ expect: received, within: 1h }, { expect: accepted, within: 1d }]";
  process = await world.start({
    config: world.configure({}, (yaml) => yaml.replace("{ expect: accepted, within: 4h }", both)),
  });
  await process.webhook("orders/paid", orderBody({ id: "9", number: 1009 }));
  await process.run();
  const overdue = () =>
    world.alerts.filter(({ kind, message }) => kind === "acknowledgement.overdue" && message.includes("SE1009-1"));
  const dueIn = async (hours: number) => {
    const po = (await process.purchaseOrders()).find((one) => one.number === "SE1009-1");
    return ((po?.acknowledgement_due_at ?? 0) - (po?.sent_at ?? 0)) / 3_600_000 - hours;
  };
  expect(await dueIn(1)).toBe(0);
  world.clock.advance(2 * 3_600_000);
  await process.run();
  expect(overdue()).toHaveLength(1);
  world.agriest.answer("AR_9.xml", acknowledgement("SE1009-1", "received"));
  await poll();
  expect(await dueIn(24)).toBe(0);
  world.clock.advance(24 * 3_600_000);
  await process.run();
  await process.run();
  expect(overdue()).toHaveLength(2);
  world.agriest.answer("AR_9b.xml", acknowledgement("SE1009-1"));
  await poll();
  expect((await process.purchaseOrders()).find((one) => one.number === "SE1009-1")).toMatchObject({
    acknowledgement: "accepted",
    acknowledgement_due_at: null,
    acknowledgement_overdue: 0,
  });
});

test("the archive, which grows, is listed once a session at most, however many answers are put away", async () => {
  for (let n = 0; n < 20; n++) {
    world.agriest.answer(`AR_${n}.xml`, acknowledgement("SE1001-1", "received", `<Reason>${n}</Reason>`));
  }
  await poll();
  const listings = world.agriest.server.commands.filter((one) => ["MLSD", "LIST"].includes(one.command));
  expect(listings.map((one) => one.argument).filter((argument) => argument.includes("archive")).length).toBeLessThanOrEqual(1);
  expect(listings.length).toBeLessThanOrEqual(2);
  expect(world.agriest.answers()).toEqual(["archive"]);
});

test("what is told of a file is short, however much the supplier wrote: its bytes are kept", async () => {
  const long = "é".repeat(100_000);
  world.agriest.answer("AR_1.xml", acknowledgement(long));
  world.agriest.answer("AR_2.xml", acknowledgement("SE1001-1", "rejected", `<Reason>${long}</Reason>`));
  world.agriest.answer("AR_3.xml", `<Acknowledgement><${long}>`);
  await poll();
  world.clock.advance(61_000);
  await poll();
  const events = await process.database.db.selectFrom("events").select("detail").execute();
  expect(Math.max(...events.map((event) => event.detail.length))).toBeLessThan(2_000);
  expect(world.alerts).toHaveLength(3);
  expect(Math.max(...world.alerts.map((alert) => alert.message.length))).toBeLessThan(2_000);
  expect((await files()).map((file) => file.state)).toEqual(["quarantined", "applied", "quarantined"]);
});
