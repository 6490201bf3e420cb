import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartupError } from "@soh/shared/lifecycle";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "./open.ts";

let folder: string;
let url: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "soh-database-"));
  url = `sqlite:${join(folder, "data", "handler.db")}`;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the folder and the tables are made; what was written is there after opening again", async () => {
  const first = await openDatabase(url);
  await first.db.insertInto("settings").values({ name: "colour", value: "green" }).execute();
  await first.close();
  const second = await openDatabase(url);
  expect(await second.db.selectFrom("settings").selectAll().execute()).toEqual([{ name: "colour", value: "green" }]);
  await second.close();
});

test("a second dispatcher, in another process, is refused with the file's name", async () => {
  const first = await openDatabase(url);
  const script = `import { openDatabase } from ${JSON.stringify(new URL("./open.ts", import.meta.url).href)};
    try { await openDatabase(${JSON.stringify(url)}); console.log("opened"); } catch (error) { console.log(error.name + ": " + error.message); }`;
  const result = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(result.stdout).toMatch(/^StartupError: DATABASE_URL: .*handler\.db is in use by another dispatcher/);
  await first.close();
});

test("a database that a newer version wrote is refused", async () => {
  await (await openDatabase(url)).close();
  const raw = new SqliteDatabase(join(folder, "data", "handler.db"));
  raw.prepare("insert into kysely_migration (name, timestamp) values ('9999-future', 'x')").run();
  raw.close();
  await expect(openDatabase(url)).rejects.toThrow(/written by a newer version/);
});

test("an unsupported address is refused without showing its password", async () => {
  await expect(openDatabase("mysql://root:hunter2@db/x")).rejects.toThrow(StartupError);
  await expect(openDatabase("mysql://root:hunter2@db/x")).rejects.not.toThrow(/hunter2/);
});

test("using the database inside its own transaction is an error, not a silent deadlock", async () => {
  const database = await openDatabase(url);
  const wrong = database.transaction(async () => await database.db.selectFrom("orders").select("id").execute());
  await expect(wrong).rejects.toThrow(/inside its own transaction/);
  await database.close();
});

test("a transaction that throws leaves nothing", async () => {
  const database = await openDatabase(url);
  const failing = database.transaction(async (trx) => {
    await trx.insertInto("settings").values({ name: "colour", value: "green" }).execute();
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await database.db.selectFrom("settings").select("name").execute()).toEqual([]);
  await database.close();
});

test("a full disk, where SQLite rolls back by itself, is told as what it is, and leaves nothing", async () => {
  const database = await openDatabase(url);
  const { sql } = await import("kysely");
  await sql.raw("pragma max_page_count = 1").execute(database.db); // As many as there are.
  const row = (n: number) => ({
    id: `supplier ${n}`,
    paused_at: null,
    pause_reason: "x".repeat(3_000),
    paused_access: null,
    fingerprint: null,
    failures_in_a_row: 0,
  });
  const failing = database.transaction(async (trx) => {
    for (let n = 0; n < 100; n++) {
      await trx.insertInto("suppliers").values(row(n)).execute();
    }
  });
  await expect(failing).rejects.toThrow("database or disk is full");
  expect(await database.db.selectFrom("suppliers").select("id").execute()).toEqual([]);
  await sql.raw("pragma max_page_count = 100000").execute(database.db);
  await database.transaction((trx) => trx.insertInto("suppliers").values(row(1)).execute());
  expect(await database.db.selectFrom("suppliers").select("id").execute()).toEqual([{ id: "supplier 1" }]);
  await database.close();
});

test("durability settings: WAL, every commit synced, foreign keys enforced", async () => {
  const database = await openDatabase(url);
  const orphan = database.db
    .insertInto("final_names")
    .values({ endpoint: "e", folded_path: "p", path: "p", message_id: "none", version: 1, copy: 1 })
    .execute();
  await expect(orphan).rejects.toThrow(/FOREIGN KEY/);
  const pragma = async (name: string): Promise<unknown> => {
    const { sql } = await import("kysely");
    return Object.values((await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(database.db)).rows[0] ?? {})[0];
  };
  expect([await pragma("journal_mode"), await pragma("synchronous"), await pragma("locking_mode")]).toEqual([
    "wal",
    2,
    "exclusive",
  ]);
  await database.close();
});

test("values of every kind are what they were, and find their index", async () => {
  const database = await openDatabase(url);
  const { sql } = await import("kysely");
  const typed = [
    ["text", "text"],
    ["-1", "text"],
    [7, "real"],
    [1.5, "real"],
    [null, "null"],
    [Buffer.from([0, 255]), "blob"],
  ];
  for (const [value, type] of typed) {
    const { rows } = await sql`select ${value} as value, typeof(${value}) as type`.execute(database.db);
    expect(rows).toEqual([{ value, type }]);
  }
  const query = database.db.selectFrom("messages").selectAll().where("id", "=", "m1").orderBy("created_at").compile();
  const plan = await sql.raw<{ detail: string }>(`explain query plan ${query.sql.replace("?", "'m1'")}`).execute(database.db);
  expect(plan.rows[0]?.detail).toMatch(/^SEARCH messages USING INDEX .*\(id=\?\)$/);
  await database.close();
});
