// Yesterday's database is restored while the supplier takes files at once, so nothing there tells what it has. The journal
// does: nothing is sent twice, and what it cannot settle is unknown and listed.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, purchaseOrder, type Process, type World } from "../test/world.ts";
import type { Step } from "./ports.ts";

const HOUR = 3_600_000;

let world: World;
let process: Process;
beforeEach(async () => {
  world = await createWorld();
  world.agriest.takeAtOnce();
  process = await world.start();
});
afterEach(async () => {
  await world.stop();
});

const states = async () => (await process.purchaseOrders()).map((po) => [po.number, po.state]);
const unexpectedAnswers = () => world.alerts.filter((alert) => alert.kind === "acknowledgement.unexpected");
const restoreAlert = () => world.alerts.filter((alert) => alert.kind === "database.restored");

/** Starts a process that is killed when its first delivery comes to the step. */
async function startAndKillAt(killed: Step): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process = await world.start({
    at: (step) => {
      if (step !== killed) {
        return Promise.resolve();
      }
      resolve();
      return new Promise<void>(() => {});
    },
  });
  const [due] = await process.features.sweep(10);
  void process.features.deliver(due!);
  await promise;
}

async function restart(between: () => void = () => {}): Promise<void> {
  await process.stop();
  between();
  process = await world.start();
}

test("a restart without a restore finds journal and database in agreement", async () => {
  await process.webhook("orders/paid", orderBody());
  await process.run();
  await restart();
  expect(restoreAlert()).toEqual([]);
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
});

test("what was waiting in the backup and was sent since is sent by the journal, and not sent again", async () => {
  world.agriest.server.setFault((event) => (event.command === "CONNECT" ? { do: "close" } : undefined));
  await process.webhook("orders/paid", orderBody());
  await process.run();
  await restart(() => world.backup());
  world.agriest.server.setFault(undefined);
  world.clock.advance(HOUR);
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "sent"]]);

  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  expect(restoreAlert()).toEqual([
    expect.objectContaining({ detail: expect.objectContaining({ sent: 1, unknown: 0, lost: 0 }) }),
  ]);
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);
});

test("an order that the backup does not know comes again by webhook: its purchase order is sent, with its old number", async () => {
  await restart(() => world.backup());
  await process.webhook("orders/paid", orderBody());
  await process.run();
  await restart(() => world.restore());
  expect(restoreAlert()).toEqual([
    expect.objectContaining({ detail: expect.objectContaining({ sent: 0, unknown: 0, lost: 1 }) }),
  ]);
  expect(await states()).toEqual([]);

  await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T11:00:00Z" }));
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  expect(world.agriest.arrivals).toHaveLength(1);

  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await process.features.look("agriest");
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  expect(unexpectedAnswers()).toEqual([]);
});

test("killed after the rename, before `sent` was written, and then an older database is restored: unknown, not sent again", async () => {
  await process.webhook("orders/paid", orderBody());
  await restart(() => world.backup());
  await process.stop();
  await startAndKillAt("renamed");
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "unknown"]]);
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("what was not sent before the restore goes as usual, and a supplementary purchase order that was sent is not sent again", async () => {
  await process.webhook("orders/paid", orderBody({ lines: [{ id: "1", sku: "AGR-1" }] }));
  await process.run();
  await restart(() => world.backup());
  const added = orderBody({
    updatedAt: "2027-01-10T11:00:00Z",
    lines: [
      { id: "1", sku: "AGR-1" },
      { id: "2", sku: "AGR-2" },
    ],
  });
  await process.webhook("orders/updated", added);
  await process.run();
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-2_1.xml"]);

  await restart(() => world.restore());
  await process.webhook("orders/updated", added);
  await process.webhook("orders/paid", orderBody({ id: "77", number: 1077 }));
  await process.run();
  expect(await states()).toEqual([
    ["SE1001-1", "sent"],
    ["SE1001-2", "sent"],
    ["SE1077-1", "sent"],
  ]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-2_1.xml", "CDE_SE1077-1_1.xml"]);
});

test("restoring twice, and starting twice, changes nothing more", async () => {
  await restart(() => world.backup());
  await process.webhook("orders/paid", orderBody());
  await process.run();
  for (let times = 0; times < 2; times++) {
    await restart(() => world.restore());
    await restart();
    await process.webhook("orders/updated", orderBody({ updatedAt: "2027-01-10T11:00:00Z" }));
    await process.run();
    expect(await states()).toEqual([["SE1001-1", "sent"]]);
  }
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("a journal that is missing is told of at the start, once something was sent", async () => {
  await process.webhook("orders/paid", orderBody());
  await process.run();
  await restart(() => world.loseJournal());
  expect(world.alerts).toEqual([
    expect.objectContaining({ kind: "journal.missing", message: expect.stringContaining("SOH_JOURNAL") }),
  ]);
});

test("every sending stands in the journal, also one that a person or the supplier's answer tells of", async () => {
  await process.webhook("orders/paid", orderBody({ tags: "attention" }));
  const po = await process.purchaseOrder();
  await process.features.actions.settle(purchaseOrder(po), "mark-sent", { actor: "anna", note: "by telephone" });
  await process.run();
  expect(await process.database.db.selectFrom("messages").select("journaled").execute()).toEqual([{ journaled: 1 }]);
  await process.stop();
  const opened = await world.journal();
  expect(opened).toEqual([
    expect.objectContaining({ kind: "sent", number: "SE1001-1", order: expect.stringContaining("820982911946154508") }),
  ]);
  process = await world.start();
});

test("an attempt that failed, the backup, an attempt killed after its rename, and the restore: unknown, not sent again", async () => {
  world.agriest.server.setFault((event) => (event.command === "CONNECT" ? { do: "close" } : undefined));
  await process.webhook("orders/paid", orderBody());
  await process.run();
  world.agriest.server.setFault(undefined);
  await process.stop();
  world.backup();
  world.clock.advance(HOUR);
  await startAndKillAt("renamed");
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "unknown"]]);
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  expect(world.agriest.arrivals).toHaveLength(1);
});

test("one that a person sends again after a restore stays ready at the next start: its older intent is history", async () => {
  await process.webhook("orders/paid", orderBody());
  await restart(() => world.backup());
  await process.stop();
  await startAndKillAt("renamed");
  await restart(() => world.restore());
  await process.features.actions.settle(purchaseOrder(await process.purchaseOrder()), "same-again", {
    actor: "anna",
    note: "they have nothing",
  });
  await restart();
  expect(await states()).toEqual([["SE1001-1", "ready"]]);
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
});

test("a backup made between the intent and a refused rename does not let the look infer that it was taken", async () => {
  await process.stop();
  process = await world.start({
    at: async (step) => {
      if (step === "intent-written") {
        await sql`pragma wal_checkpoint(truncate)`.execute(process.database.db);
        world.backup();
      }
    },
  });
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "RNTO" ? { do: "reply", code: 553, text: "not now" } : undefined,
  );
  await process.webhook("orders/paid", orderBody());
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "ready"]]);
  await restart(() => world.restore());
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "unknown"]]);
  expect(world.agriest.arrivals).toEqual([]);
});

test("nor does it where the withdrawal could not be journaled: the uploaded file stays, and shows that nothing was renamed", async () => {
  await process.stop();
  let full = false;
  process = await world.start({
    journalFull: () => full,
    at: async (step) => {
      if (step === "intent-written") {
        await sql`pragma wal_checkpoint(truncate)`.execute(process.database.db);
        world.backup();
        full = true;
      }
    },
  });
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "RNTO" ? { do: "reply", code: 553, text: "not now" } : undefined,
  );
  await process.webhook("orders/paid", orderBody());
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "ready"]]);
  world.agriest.server.setFault(undefined);
  await restart(() => world.restore());
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);
});

/** Starts a process whose journal is full, or says so, for its first line; the backup is made between the two intents, the database's and the journal's. */
async function startWithFaultyJournal(faults: readonly (true | "on-disk")[]): Promise<void> {
  await process.stop();
  let calls = 0;
  process = await world.start({
    journalFull: async () => {
      if (calls++ === 0) {
        await sql`pragma wal_checkpoint(truncate)`.execute(process.database.db);
        world.backup();
      }
      return faults[calls - 1] ?? false;
    },
  });
}
const temporaryFiles = () => readdirSync(join(world.agriest.server.root, "IN"));

test.each([
  ["the intent could not be journaled, nor that it was taken back", [true, true]],
  ["the intent is in the journal, which said that it is not", ["on-disk", true]],
] as const)("%s: a backup of that moment finds the uploaded file, and that nothing was renamed", async (_what, faults) => {
  await startWithFaultyJournal(faults);
  await process.webhook("orders/paid", orderBody());
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "ready"]]);
  expect(temporaryFiles()).toEqual(["CDE_SE1001-1_1.xml.1.tmp"]);
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "sending"]]);
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml"]);
});

test("the intent could not be journaled, and that it was taken back could: its file goes, and a backup of that moment infers nothing", async () => {
  await startWithFaultyJournal([true]);
  await process.webhook("orders/paid", orderBody());
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "ready"]]);
  expect(temporaryFiles()).toEqual([]);
  await restart(() => world.restore());
  await process.run();
  expect(await states()).toEqual([["SE1001-1", "unknown"]]);
  expect(world.agriest.arrivals).toEqual([]);
});

test("an intent that is in the journal, which said that it is not: no news at the next start, and unknown to an older database", async () => {
  await process.webhook("orders/paid", orderBody());
  await restart(() => world.backup());
  await process.stop();
  let calls = 0;
  process = await world.start({ journalFull: () => (calls++ === 0 ? "on-disk" : true) });
  await process.run();
  await restart();
  expect(restoreAlert()).toEqual([]);
  expect(await states()).toEqual([["SE1001-1", "ready"]]);
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "unknown"]]);
});

test("a replacement that was sent after the backup of one that waited: it is sent, in its version, and so is it answered", async () => {
  world.agriest.server.setFault((event) => (event.command === "CONNECT" ? { do: "close" } : undefined));
  await process.webhook("orders/paid", orderBody());
  await process.run();
  await restart(() => world.backup());
  world.agriest.server.setFault(undefined);
  world.clock.advance(HOUR);
  await process.run();
  const person = { actor: "anna", note: "Agriest deleted it" };
  expect(await process.features.actions.settle(purchaseOrder(await process.purchaseOrder()), "replace", person)).toMatchObject({
    ok: true,
  });
  await process.run();
  expect(world.agriest.arrivals).toEqual(["CDE_SE1001-1_1.xml", "CDE_SE1001-1_2.xml"]);
  await restart(() => world.restore());
  expect(await states()).toEqual([["SE1001-1", "sent"]]);
  const messages = await process.database.db
    .selectFrom("messages")
    .select(["kind", "version", "state"])
    .orderBy("version")
    .execute();
  expect(messages).toEqual([
    { kind: "order", version: 1, state: "withdrawn" },
    { kind: "replacement", version: 2, state: "sent" },
  ]);
  world.clock.advance(24 * HOUR);
  expect(await process.run()).toEqual([]);
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1", "accepted", "<DocumentVersion>2</DocumentVersion>"));
  await process.features.look("agriest");
  expect((await process.purchaseOrder()).acknowledgement).toBe("accepted");
});
