// Claiming, waiting and keeping: what happens between listing a supplier's file and being done with it.
import { readdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultAction, FaultEvent } from "@soh/simulators/ftps-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NotSent } from "../domain/delivery/failure.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, type Process, type World } from "../test/world.ts";

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

/** `keys`: of folders.acknowledgements, instead of after: archive. */
async function start(keys = "after: archive", match = "AR_*.xml"): Promise<void> {
  const config = world.configure({}, (yaml) => yaml.replace('match: "AR_*.xml", after: archive', `match: "${match}", ${keys}`));
  process = await world.start({ config });
  await process.webhook("orders/paid", orderBody());
  await process.run();
}
async function restart(keys: string): Promise<void> {
  await process.stop();
  process = await world.start({
    config: world.configure({}, (yaml) => yaml.replace("after: archive", keys)),
  });
}

const poll = async (features = process.features) =>
  ((await features.look("agriest"))?.news ?? []).map((one) => `${one.kind} ${one.path}`);
const inOut = (name = ""): string => join(world.agriest.server.root, "OUT", name);
const archived = (): readonly string[] => readdirSync(inOut("archive")).toSorted();
const applied = async () =>
  (await process.database.db.selectFrom("events").select("id").where("name", "=", "purchase_order.acknowledged").execute())
    .length;
const read = (): readonly string[] =>
  world.agriest.server.commands.filter((one) => one.command === "RETR").map((one) => one.argument);

/** One fault, the first time the command comes to that moment. */
function failOnce(phase: FaultEvent["phase"], command: string, action: FaultAction): void {
  let done = false;
  world.agriest.server.setFault((event) => {
    const now = !done && event.phase === phase && event.command === command;
    done ||= now;
    return now ? action : undefined;
  });
}
const refuse = (...commands: readonly string[]): void =>
  world.agriest.server.setFault((event) =>
    event.phase === "before" && commands.includes(event.command) ? { do: "reply", code: 550, text: "read-only" } : undefined,
  );

test("a file has a name of ours while it is read, and the supplier's own in the archive and in what is told", async () => {
  await start();
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toEqual(["applied /OUT/AR_1.xml"]);
  expect(read()).toEqual([expect.stringMatching(/^\/OUT\/AR_1\.xml\.soh-agriest-[0-9a-f]{8}$/)]);
  expect(archived()).toEqual(["AR_1.xml"]);
});

test.each([
  ["after the claim is carried out", "after", "RNTO"],
  ["before it is read", "before", "RETR"],
  ["after it is read", "after", "RETR"],
  ["before it is put away", "before", "MKD"],
] as const)("the process ends %s: what is claimed is found by its name, and applied once", async (_when, phase, command) => {
  await start();
  failOnce(phase, command, { do: "close" });
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await expect(poll()).rejects.toThrow(NotSent);
  expect(world.agriest.answers()).toEqual([expect.stringMatching(/^AR_1\.xml\.soh-agriest-[0-9a-f]{8}$/)]);
  await restart("after: archive");
  await poll();
  expect(await applied()).toBe(1);
  expect(world.agriest.answers()).toEqual(["archive"]);
  expect(archived()).toEqual(["AR_1.xml"]);
});

test("a claimed file is read whatever the glob says since, and that of another supplier is left alone", async () => {
  await start("after: archive", "NEW_*.xml");
  world.agriest.answer("AR_1.xml.soh-agriest-0123abcd", acknowledgement("SE1001-1"));
  world.agriest.answer("NEW_1.xml.soh-fournial-0123abcd", acknowledgement("SE1001-1", "received"));
  expect(await poll()).toEqual(["applied /OUT/AR_1.xml"]);
  expect(world.agriest.answers()).toEqual(["NEW_1.xml.soh-fournial-0123abcd", "archive"]);
});

test("an answer that comes under the name of a claimed one takes nothing from it", async () => {
  await start();
  world.agriest.answer("AR_1.xml.soh-agriest-0123abcd", acknowledgement("SE1001-1", "received"));
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toHaveLength(2);
  expect(await applied()).toBe(2);
  expect(archived()).toEqual(["AR_1.xml", expect.stringMatching(/^AR_1\.xml\.[0-9a-f]{12}$/)]);
});

test("a file that is not readable yet gets its name back, unless the supplier has written another under it", async () => {
  await start();
  world.agriest.answer("AR_1.xml", "<Acknowledgement>");
  await poll();
  expect(world.agriest.answers()).toEqual(["AR_1.xml"]);
  let replaced = false;
  world.agriest.server.setFault((event) => {
    if (!replaced && event.phase === "before" && event.command === "RETR") {
      replaced = true;
      world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
    }
    return undefined;
  });
  await poll();
  expect(world.agriest.answers().toSorted()).toEqual(["AR_1.xml", expect.stringMatching(/^AR_1\.xml\.soh-agriest-/)]);
  expect(await poll()).toEqual(["applied /OUT/AR_1.xml"]);
  world.clock.advance(61_000);
  expect(await poll()).toEqual(["quarantined /OUT/AR_1.xml"]);
  expect(world.agriest.answers()).toEqual(["archive"]);
});

test("two dispatchers that look at the same moment apply each file once", async () => {
  await start();
  const rival = process.rival();
  for (let n = 0; n < 20; n++) {
    world.agriest.answer(`AR_${n}.xml`, acknowledgement("SE1001-1", "received", `<Reason>${n}</Reason>`));
  }
  const news = (await Promise.all([poll(), poll(rival)])).flat();
  await poll();
  await rival.close();
  expect(await applied()).toBe(20);
  expect(news.filter((one) => one.startsWith("applied"))).toHaveLength(20);
  expect(archived()).toHaveLength(20);
  expect(world.alerts).toEqual([]);
});

test("where the server renames nothing, a file that was replaced while it was applied is not deleted, but applied too", async () => {
  await start("after: delete");
  let reads = 0;
  world.agriest.server.setFault((event) => {
    if (event.phase === "before" && event.command === "RNTO") {
      return { do: "reply", code: 550, text: "no" };
    }
    if (event.phase === "after" && event.command === "RETR" && ++reads === 1) {
      world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "accepted"));
    }
    return undefined;
  });
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "received"));
  await poll();
  expect(world.agriest.answers()).toEqual(["AR_1.xml"]);
  await poll();
  expect(await process.purchaseOrder()).toMatchObject({ acknowledgement: "accepted" });
  expect(world.agriest.answers()).toEqual([]);
});

test("claim: none renames nothing before it is read", async () => {
  await start("after: delete, claim: none");
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toEqual(["applied /OUT/AR_1.xml"]);
  expect(read()).toEqual(["/OUT/AR_1.xml", "/OUT/AR_1.xml"]);
  expect(world.agriest.answers()).toEqual([]);
});

test("minimum_age: a file is read when it has looked the same for so long, by our clock", async () => {
  await start("after: archive, minimum_age: 2m");
  const whole = acknowledgement("SE1001-1");
  world.agriest.answer("AR_1.xml", whole.slice(0, 60));
  await poll();
  world.clock.advance(90_000);
  world.agriest.answer("AR_1.xml", whole);
  await poll();
  world.clock.advance(90_000);
  await poll();
  expect(read()).toEqual([]);
  world.clock.advance(30_000);
  expect(await poll()).toEqual(["applied /OUT/AR_1.xml"]);
});

test("after: keep reads from a folder where nothing may be changed, each file once, also after a restart", async () => {
  await start("after: keep");
  refuse("RNFR", "DELE", "MKD", "STOR");
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  world.agriest.answer("AR_2.xml", acknowledgement("SE9999-1"));
  expect((await poll()).toSorted()).toEqual(["applied /OUT/AR_1.xml", "quarantined /OUT/AR_2.xml"]);
  expect(await poll()).toEqual([]);
  await restart("after: keep");
  expect(await poll()).toEqual([]);
  expect(read()).toHaveLength(2);
  expect(world.agriest.answers().toSorted()).toEqual(["AR_1.xml", "AR_2.xml"]);
  expect(world.alerts.map((alert) => alert.kind)).toEqual(["file.quarantined"]);
});

test("after: keep: a changed file is read again, one of which only the time changed says nothing new", async () => {
  await start("after: keep");
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "received"));
  world.agriest.answer("AR_2.xml", acknowledgement("SE9999-1"));
  await poll();
  await restart("after: keep");
  const later = new Date(Date.now() + 60_000);
  utimesSync(inOut("AR_2.xml"), later, later);
  expect(await poll()).toEqual([]);
  expect(read()).toHaveLength(3);
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toEqual(["applied /OUT/AR_1.xml"]);
  expect(world.alerts).toHaveLength(1);
});

test("after: keep at a server that tells no times: files are read again, and applied and told of once", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "FEAT" ? { do: "reply", code: 502, text: "no" } : undefined,
  );
  await start("after: keep");
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "received"));
  world.agriest.answer("AR_2.xml", acknowledgement("SE9999-1"));
  expect(await poll()).toHaveLength(2);
  expect(await poll()).toEqual([]);
  await restart("after: keep");
  expect(await poll()).toEqual([]);
  // As long as the other one: only its bytes differ.
  writeFileSync(inOut("AR_2.xml"), acknowledgement("SE9998-1"));
  expect(await poll()).toEqual(["quarantined /OUT/AR_2.xml"]);
  expect(await applied()).toBe(1);
});

test("after: keep: what a folder does not list for a moment is remembered, and forgotten after a month", async () => {
  await start("after: keep");
  world.agriest.answer("AR_1.xml", acknowledgement("SE9999-1"));
  await poll();
  renameSync(inOut("AR_1.xml"), inOut("elsewhere"));
  world.clock.advance(2 * 24 * 3_600_000);
  await poll();
  renameSync(inOut("elsewhere"), inOut("AR_1.xml"));
  expect(await poll()).toEqual([]);
  renameSync(inOut("AR_1.xml"), inOut("elsewhere"));
  world.clock.advance(31 * 24 * 3_600_000);
  await poll();
  expect(await process.database.db.selectFrom("kept_files").selectAll().execute()).toEqual([]);
});

test("a file that is listed as larger than any answer, and is not, is set aside unread all the same", async () => {
  await start("after: archive, claim: none");
  world.agriest.answer("AR_1.xml", Buffer.alloc(600_000, "x"));
  world.agriest.server.setFault((event) => {
    if (event.phase === "after" && event.command === "MLSD") {
      world.agriest.answer("AR_1.xml", "short");
    }
    return undefined;
  });
  expect(await poll()).toEqual(["quarantined /OUT/AR_1.xml"]);
  expect(world.agriest.answers()).toEqual(["archive"]);
});

test("a file that the server does not archive for a moment keeps no other waiting, and is applied once", async () => {
  await start();
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "RNTO" && event.path === "/OUT/archive/AR_0.xml"
      ? { do: "reply", code: 450, text: "busy" }
      : undefined,
  );
  world.agriest.answer("AR_0.xml", acknowledgement("SE1001-1", "received"));
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  expect(await poll()).toEqual(["applied /OUT/AR_0.xml", "applied /OUT/AR_1.xml"]);
  world.agriest.server.setFault(undefined);
  expect(await poll()).toEqual([]);
  expect(await applied()).toBe(2);
  expect(archived()).toEqual(["AR_0.xml", "AR_1.xml"]);
});
