import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabaseFiles, type DatabaseFiles } from "./database.ts";

let folder: string;
let file: string;
let database: DatabaseFiles;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "soh-database-"));
  mkdirSync(join(folder, "data"));
  file = join(folder, "data", "handler.db");
  database = openDatabaseFiles({ file, backups: join(folder, "backups") });
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (suffix: string, text: string): void => writeFileSync(`${file}${suffix}`, text);
const read = (suffix: string): string => readFileSync(`${file}${suffix}`, "utf8");

test("what is restored is what was backed up last, with what was not yet in the database itself", () => {
  write("", "monday");
  write("-wal", "monday evening");
  database.backUp();
  write("", "tuesday");
  write("-wal", "tuesday evening");
  write("-shm", "tuesday's index");
  expect(database.restoredAt).toBeUndefined();

  database.restore();
  expect([read(""), read("-wal"), existsSync(`${file}-shm`)]).toEqual(["monday", "monday evening", false]);
  expect(database.restoredAt).toBeGreaterThan(0);
});

test("no -wal of a newer database stays beside an older one, nor of an older backup beside a newer", () => {
  write("", "monday");
  write("-wal", "monday evening");
  database.backUp();
  write("", "tuesday");
  rmSync(`${file}-wal`);
  database.backUp();
  write("-wal", "wednesday");
  database.restore();
  expect([read(""), existsSync(`${file}-wal`)]).toEqual(["tuesday", false]);
});

test("without a backup nothing is touched", () => {
  write("", "monday");
  expect(() => database.restore()).toThrow("no backup");
  expect([read(""), database.restoredAt]).toEqual(["monday", undefined]);
});
