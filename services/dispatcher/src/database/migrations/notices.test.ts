import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { first } from "./0001-first.ts";
import { journal } from "./0002-journal.ts";
import { deadLetters } from "./0003-dead-letters.ts";
import { schedule } from "./0004-schedule.ts";
import { catalogue } from "./0005-catalogue.ts";
import { files } from "./0006-files.ts";
import { notices } from "./0007-notices.ts";

let folder: string;
let handle: SqliteDatabase.Database;
let db: Kysely<unknown>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "soh-migration-"));
  handle = new SqliteDatabase(join(folder, "handler.db"));
  handle.pragma("foreign_keys = ON");
  db = new Kysely({ dialect: new SqliteDialect({ database: handle }) });
  for (const migration of [first, journal, deadLetters, schedule, catalogue, files]) {
    await migration.up(db);
  }
  handle.exec(`
    insert into orders (id, shop, name, order_number, state, test, total, currency, created_at, updated_at, triggered_at,
      payload_hash, first_seen_at) values ('o1', 'shop', '#1', '1', 'open', 0, '1', 'EUR', 1, 1, '', '', 1);
    insert into order_lines (order_id, line_id, position, title, ordered, current, fulfilled, elsewhere, returned, decision,
      reason, too_many) values ('o1', 'l1', 0, 'a', 3, 3, 0, 0, 0, 'supplier', '', 0);
    insert into purchase_orders (id, order_id, supplier, number, state, generation, version, copy, failures, next_attempt_at,
      plan_again, created_at, inferred, acknowledgement_overdue)
      values ('p1', 'o1', 'agriest', 'SE1-1', 'sent', 1, 1, 1, 0, 1, 0, 1, 0, 0);
    insert into purchase_order_lines (purchase_order_id, number, order_id, line_id, units, rule, title, confirmed, backordered,
      shipped, cancelled) values ('p1', 1, 'o1', 'l1', 3, 'r', 'a', 0, 0, 0, 0);
    insert into documents values ('p1', 1, 'order-xml', 'application/xml', x'00', 'h', 1, 1);
    insert into final_names values ('host:21', '/in/a', '/in/A', 'p1', 1, 1);
    insert into attempts (id, purchase_order_id, version, copy, number, token, state, host, port, folder, temporary_path,
      final_path, size, hash, started_at) values ('a1', 'p1', 1, 1, 1, 't', 'sending', 'host', 21, '/IN', '/IN/t', '/IN/A', 1, 'h', 1);
    insert into files values ('a1', x'00');
    insert into file_contents values ('a1', 1, 'p1', 1, 1);
    update purchase_orders set carried_by = 'a1';`);
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const migrate = () => db.transaction().execute(async (trx) => await notices.up(trx));
const insert = (id: string, noticeOf: string | null, version = 2) =>
  handle.exec(`insert into purchase_orders (id, order_id, supplier, number, state, generation, version, copy, failures,
    next_attempt_at, plan_again, created_at, inferred, acknowledgement_overdue, notice_of)
    values ('${id}', 'o1', 'agriest', 'SE1-1', 'ready', 1, ${version}, 1, 0, 1, 0, 1, 0, 0, ${noticeOf === null ? "null" : `'${noticeOf}'`})`);

test("what was there stays, with everything that points at it, and the columns and indexes of any migration before", async () => {
  const indexes = () =>
    handle
      .prepare("select name from sqlite_master where type = 'index' and tbl_name = 'purchase_orders' and sql is not null")
      .pluck()
      .all();
  const before = indexes();

  await migrate();

  expect(handle.prepare("select id, number, carried_by, notify from purchase_orders").all()).toEqual([
    { id: "p1", number: "SE1-1", carried_by: "a1", notify: 0 },
  ]);
  expect(indexes()).toEqual(expect.arrayContaining([...before, "one_number_per_supplier"]));
  expect(handle.pragma("foreign_key_check")).toEqual([]);
  expect(handle.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(() => handle.exec("delete from purchase_orders")).toThrow(/FOREIGN KEY/);
  expect(handle.prepare("select name from sqlite_master where name like 'pointing_%' or name like '%_copy'").all()).toEqual([]);
});

test("notices share their purchase order's number, each with a version of its own, and no real purchase order does", async () => {
  await migrate();
  insert("n1", "p1");
  insert("n2", "p1", 3);
  expect(() => insert("n3", "p1", 3)).toThrow(/UNIQUE/);
  expect(() => insert("p2", null)).toThrow(/UNIQUE/);
});

test("units that a supplier took back are free to be ordered again, and no more than those", async () => {
  await migrate();
  const allocated = () => handle.prepare("select allocated from order_lines").pluck().get();
  handle.exec("update purchase_order_lines set cancelled = 2, withdrawn = 2");
  expect(allocated()).toBe(1);
  insert("n1", "p1");
  const again = (units: number) =>
    handle.exec(`insert into purchase_order_lines (purchase_order_id, number, order_id, line_id, units, rule, title, confirmed,
      backordered, shipped, cancelled) values ('n1', 1, 'o1', 'l1', ${units}, 'r', 'a', 0, 0, 0, 0)`);
  expect(() => again(3)).toThrow(/allocated_at_most_ordered/);
  again(2);
  expect(allocated()).toBe(3);
  handle.exec("delete from purchase_order_lines");
  expect(allocated()).toBe(0);
});
