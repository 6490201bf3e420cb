// A database as it was before messages, filled by the code of then (test/before-messages.json says with what), and the journal written
// beside it: after the migration nothing is sent again, and nothing is forgotten.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import SqliteDatabase from "better-sqlite3";
import { Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../migrate.ts";
import { Dialect } from "../open.ts";
import type { Tables } from "../schema.ts";
import { messageStates } from "../../domain/delivery/message.ts";
import { stages, stateOf } from "../../domain/purchase-order/purchase-order.ts";
import { acknowledgement, createWorld, type Process, type World } from "../../test/world.ts";

interface Before {
  readonly id: string;
  readonly number: string | null;
  readonly noticeOf: string | null;
  readonly purpose: string | null;
  readonly byHand: boolean;
  readonly state: string;
  readonly version: number;
  readonly copy: number;
  readonly acknowledgement: string | null;
  readonly sentAt: number | null;
  readonly situation: string;
}

const read = (name: string): Buffer => readFileSync(new URL(`./test/${name}`, import.meta.url));
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file
const before = JSON.parse(read("before-messages.json").toString("utf8")) as readonly Before[];
const orders = before.filter((row) => row.noticeOf === null);
const notices = before.filter((row) => row.noticeOf !== null && !row.byHand);
const tasks = before.filter((row) => row.byHand);

let world: World;
let process: Process;
let old: SqliteDatabase.Database;
beforeAll(async () => {
  world = await createWorld();
  old = new SqliteDatabase(":memory:");
  old.pragma("foreign_keys = off");
  old.exec(gunzipSync(read("before-messages.sql.gz")).toString("utf8"));
  world.install({ database: old.serialize(), journal: gunzipSync(read("before-messages.journal.gz")) });
  world.clock.set("2027-01-11T12:00:00Z");
  process = await world.start();
});
afterAll(async () => {
  old.close();
  await world.stop();
});

const told = (table: string, columns: string): unknown[] => old.prepare(`select ${columns} from ${table}`).all();

test("what points at something still does, and every table of before has its rows", async () => {
  const { db } = process.database;
  expect((await sql`pragma foreign_key_check`.execute(db)).rows).toEqual([]);
  expect((await sql`pragma integrity_check`.execute(db)).rows).toEqual([{ integrity_check: "ok" }]);
  for (const table of [
    "attempts",
    "files",
    "file_contents",
    "companions",
    "final_names",
    "documents",
    "companion_documents",
    "holds",
    "inbound_files",
    "stock_movements",
    "orders",
    "order_lines",
    "purchase_order_lines",
  ]) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(db);
    expect([table, rows[0]?.count]).toEqual([table, told(table, "*").length]);
  }
});

test.each(orders.map((row) => [row.situation, row] as const))("%s", async (_, row) => {
  const found = (await process.purchaseOrders()).find((one) => one.id === row.id);
  // One that was being sent is settled by the start, as after any crash; the others stand as they did.
  const wasSent = row.state === "sent" || row.state === "closed" ? { sent_at: row.sentAt, copy: row.copy } : {};
  const { number, state, version, acknowledgement: answer } = row;
  expect(found).toMatchObject({ number, state, version, acknowledgement: answer, ...wasSent });
});

test.each(notices.map((row) => [`${row.purpose} ${row.state}: ${row.situation}`, row] as const))("a %s", async (_, row) => {
  const message = await process.database.db.selectFrom("messages").selectAll().where("id", "=", row.id).executeTakeFirstOrThrow();
  const answered = row.acknowledgement === "accepted" || row.acknowledgement === "rejected";
  const state = row.state === "closed" ? (answered ? "sent" : "withdrawn") : row.state === "cancelled" ? "withdrawn" : row.state;
  expect(message).toMatchObject({
    kind: row.purpose,
    purchase_order_id: row.noticeOf,
    number: row.number,
    state,
    version: row.version,
    copy: row.copy,
    answer: row.acknowledgement,
    sent_at: row.sentAt,
  });
  const document = await process.database.db
    .selectFrom("documents")
    .select("hash")
    .where("purchase_order_id", "=", row.noticeOf ?? "")
    .where("version", "=", row.version)
    .executeTakeFirst();
  expect([document]).toEqual(old.prepare("select hash from documents where purchase_order_id = ?").all(row.id));
});

test.each(tasks.map((row) => [row.situation, row] as const))("a task: %s", async (_, row) => {
  const task = await process.database.db.selectFrom("tasks").selectAll().where("id", "=", row.id).executeTakeFirstOrThrow();
  const how = { failed: null, cancelled: "dropped", closed: row.acknowledgement ?? "discarded" }[row.state];
  expect(task).toMatchObject({ purchase_order_id: row.noticeOf, purpose: row.purpose, settled_how: how });
  expect(task.task).toMatch(/^Tell fournial to (?:cancel|ship only) .* It is not told by a document: /);
  expect(task.settled_by).toBe(how === null ? null : how === "dropped" ? "system" : "anna");
});

test("the database's column says what the function says, over every pair", async () => {
  const { db } = process.database;
  const [po] = await db.selectFrom("purchase_orders").select(["id", "message_id"]).where("state", "=", "sent").execute();
  const pairs = stages.flatMap((stage) => messageStates.map((message) => [stage, message] as const));
  const rollback = new Error("seen");
  const seen: unknown[] = [];
  const looking = process.database.transaction(async (trx) => {
    for (const [stage, message] of pairs) {
      await trx
        .updateTable("messages")
        .set({ state: message })
        .where("id", "=", po?.message_id ?? "")
        .execute();
      await trx
        .updateTable("purchase_orders")
        .set({ stage })
        .where("id", "=", po?.id ?? "")
        .execute();
      const row = await trx
        .selectFrom("purchase_orders")
        .select("state")
        .where("id", "=", po?.id ?? "")
        .executeTakeFirst();
      seen.push([stage, message, row?.state]);
    }
    for (const stage of stages) {
      await trx
        .updateTable("purchase_orders")
        .set({ stage, message_id: null })
        .where("id", "=", po?.id ?? "")
        .execute();
      const row = await trx
        .selectFrom("purchase_orders")
        .select("state")
        .where("id", "=", po?.id ?? "")
        .executeTakeFirst();
      seen.push([stage, null, row?.state]);
    }
    throw rollback;
  });
  await expect(looking).rejects.toBe(rollback);
  expect(seen).toEqual([
    ...pairs.map(([stage, message]) => [stage, message, stateOf(stage, message)]),
    ...stages.map((stage) => [stage, null, stateOf(stage, null)]),
  ]);
});

test("what was given up goes no more: no message of it may become ready again", async () => {
  const { db } = process.database;
  const { count } = await db
    .selectFrom("messages")
    .innerJoin("purchase_orders as po", "po.id", "messages.purchase_order_id")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("messages.state", "=", "withdrawn")
    .where("messages.unwanted", "is", null)
    .where((eb) => eb.or([eb("po.stage", "!=", "open"), eb("messages.kind", "in", ["cancellation", "change"])]))
    .executeTakeFirstOrThrow();
  expect(count).toBe(0);
});

test("a migration that is cut off in the middle leaves the database as it was", async () => {
  const handle = new SqliteDatabase(old.serialize());
  handle.pragma("foreign_keys = on");
  const schema = () => handle.prepare("select name, sql from sqlite_master order by name").all();
  const [tables, pages] = [schema(), handle.pragma("page_count", { simple: true })];
  handle.pragma(`max_page_count = ${Number(pages) + 20}`);
  const db = new Kysely<Tables>({ dialect: new Dialect({ database: handle }) });
  await expect(migrate(db)).rejects.toThrow(/migrating the database failed at 0014-messages: database or disk is full/);
  expect(schema()).toEqual(tables);
  handle.pragma("max_page_count = 1000000");
  await migrate(db);
  expect(handle.prepare("select count(*) as count from messages").pluck().get()).toBeGreaterThan(notices.length);
  await db.destroy();
});

test("an index serves a list by state", async () => {
  const plan = await sql<{ detail: string }>`explain query plan
    select * from purchase_orders where state = ${"failed"} order by created_at desc, id desc limit 50`.execute(
    process.database.db,
  );
  expect(plan.rows.map(({ detail }) => detail)).toEqual([expect.stringContaining("purchase_orders_by_state")]);
});

test("the journal agrees; what waited goes, each once, and what came to its intent elsewhere is not sent again", async () => {
  expect(world.alerts.filter(({ kind }) => kind === "database.restored")).toEqual([]);
  for (let n = 0; n < 4; n++) {
    await process.run();
    world.clock.advance(24 * 3_600_000);
  }
  expect([...world.agriest.arrivals].toSorted()).toEqual([
    "CDE_SE1006-1_1-c2.xml",
    "CDE_SE1008-1_2.xml",
    "CDE_SE1030-1_1.xml",
    "CDE_SE1039-1_1.xml",
  ]);
  // The server of then is another than this one: nothing tells what became of the intents there.
  expect([...world.fournial.arrivals].toSorted()).toEqual(["1041F1.xml"]);
  const states = new Map((await process.purchaseOrders()).map(({ number, state }) => [number, state]));
  expect(["1042F1", "1043F1", "1044F1", "1045F1", "1046F1"].map((number) => states.get(number))).toEqual([
    "unknown",
    "unknown",
    "unknown",
    "unknown",
    "cancelled",
  ]);
});

test("what waited for an answer takes it: from the supplier, and from a person", async () => {
  const units = () => sql<{ units: number }>`select sum(units) as units from stock_movements`.execute(process.database.db);
  const start = (await units()).rows[0]?.units ?? 0;
  const version = (n: number) =>
    acknowledgement("SE1010-1", "accepted").replace("<Status>", `<DocumentVersion>${n}</DocumentVersion><Status>`);
  world.agriest.answer("AR_77.xml", version(2));
  await process.features.look("agriest");
  const number = (one: string) => orders.find((row) => row.number === one)?.id ?? "";
  const person = { actor: "bert", note: "by telephone" };
  const { settle } = process.features.actions;
  expect(await settle({ kind: "purchase-order", id: number("1019F1") }, "notice-accepted", person)).toMatchObject({
    ok: true,
    message: "Cancellation of purchase order 1019F1 is accepted: 1019F1 is closed",
  });
  const states = new Map((await process.purchaseOrders()).map((row) => [row.number, row.state]));
  expect([states.get("SE1010-1"), states.get("1019F1")]).toEqual(["closed", "closed"]);
  expect((await units()).rows[0]?.units).toBe(start + 3 + 2);
});
