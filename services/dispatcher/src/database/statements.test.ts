import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenDatabase } from "./open.ts";
import { openMigrated } from "../test/database.ts";
import { findRow, findRows, insertRow, statement, updateRows } from "./statements.ts";

let folder: string;
let database: OpenDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "soh-statements-"));
  database = await openMigrated(join(folder, "handler.db"));
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const event = (at: number, name: string) =>
  ({ at, subject: "order", subject_id: "o1", name, actor: "system", detail: "{}" }) as const;

test("rows are inserted, changed and found, each time with its own values", async () => {
  const { db } = database;
  for (const at of [3, 1, 2]) {
    await insertRow(db, "events", event(at, `n${at}`));
  }
  expect(await updateRows(db, "events", { actor: "anna" }, { name: "n2" })).toBe(1);
  expect(await updateRows(db, "events", { actor: "bert" }, { name: "n9" })).toBe(0);
  expect(await updateRows(db, "events", { actor: "bert" }, { name: "n3", subject_id: "o1" })).toBe(1);
  expect((await findRows(db, "events", { subject_id: "o1" }, ["at"])).map(({ at, actor }) => [at, actor])).toEqual([
    [1, "system"],
    [2, "anna"],
    [3, "bert"],
  ]);
  expect(await findRow(db, "events", { name: "n9" })).toBeUndefined();
});

test("a condition may be that there is no value", async () => {
  const { db } = database;
  const supplier = {
    paused_access: null,
    fingerprint: null,
    failures_in_a_row: 0,
    last_failed: null,
    opened_at: null,
    probe_at: null,
  };
  await insertRow(db, "suppliers", { ...supplier, id: "a", paused_at: null, pause_reason: null });
  await insertRow(db, "suppliers", { ...supplier, id: "b", paused_at: 7, pause_reason: "x" });
  expect((await findRows(db, "suppliers", { paused_at: null })).map((one) => one.id)).toEqual(["a"]);
  expect((await findRows(db, "suppliers", { paused_at: 7 })).map((one) => one.id)).toEqual(["b"]);
  expect(await updateRows(db, "suppliers", { paused_at: 1, pause_reason: undefined }, { paused_at: null })).toBe(1);
  expect(await findRow(db, "suppliers", { id: "a" })).toMatchObject({ paused_at: 1, pause_reason: null });
});

test("a condition that is missing is refused: the statement would be about every row", async () => {
  const { db } = database;
  await insertRow(db, "events", event(1, "kept"));
  const missing: { readonly name?: string } = JSON.parse("{}");
  await expect(updateRows(db, "events", { name: "lost" }, missing)).rejects.toThrow("a condition without a value: none at all");
  // @ts-expect-error -- what no compiler sees: a value from elsewhere
  await expect(updateRows(db, "events", { name: "lost" }, { name: undefined })).rejects.toThrow(
    "a condition without a value: name",
  );
  await expect(findRows(db, "events", missing)).rejects.toThrow(TypeError);
  expect((await findRow(db, "events", { at: 1 }))?.name).toBe("kept");
});

test("a statement is built once, and a value may stand in it twice", async () => {
  let built = 0;
  const around = statement((db, name: string, at: number) => {
    built++;
    return db.selectFrom("events").select("at").where("name", "=", name).where("at", "<=", at).where("at", ">=", at);
  });
  await insertRow(database.db, "events", event(5, "five"));
  expect(await around.first(database.db, "five", 5)).toEqual({ at: 5 });
  expect(await around.all(database.db, "five", 4)).toEqual([]);
  expect(await database.transaction((trx) => around.first(trx, "five", 5))).toEqual({ at: 5 });
  expect(built).toBe(1);
});

test("a value that the statement changes or leaves out is found at its first use", async () => {
  const later = statement((db, at: number) =>
    db
      .selectFrom("events")
      .select("at")
      .where("at", ">", at + 1),
  );
  await expect(later.all(database.db, 1)).rejects.toThrow("value 1 has no place of its own in the statement select");
});

test("the database inside its own transaction is refused here, too", async () => {
  const used = database.transaction(() => findRow(database.db, "events", { at: 1 }));
  await expect(used).rejects.toThrow("the database was used inside its own transaction");
});
