import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal } from "../deliveries/journal.ts";
import { openDatabase } from "./open.ts";
import type { ModeNews } from "./own-files.ts";

let folder: string;
let umask: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "soh-modes-"));
  umask = process.umask(0o022);
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true, force: true });
});

const modes = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(path).map((name) => [name, (statSync(join(path, name)).mode & 0o777).toString(8)]));

test("database, its journal and ours are readable by their owner alone, and so is the folder that is made for them", async () => {
  const database = await openDatabase(`sqlite:${join(folder, "data", "handler.db")}`);
  const journal = await openJournal(join(folder, "data", "dispatch.journal"));
  expect(modes(folder)).toEqual({ data: "700" });
  const files = modes(join(folder, "data"));
  expect(Object.keys(files).toSorted()).toEqual(["dispatch.journal", "handler.db", "handler.db-wal"]);
  expect(new Set(Object.values(files))).toEqual(new Set(["600"]));
  await database.close();
  await journal.journal.close();
});

test("files that others could read are corrected at the next start, and told of", async () => {
  const [db, log] = [join(folder, "handler.db"), join(folder, "dispatch.journal")];
  await (await openDatabase(`sqlite:${db}`)).close();
  await (await openJournal(log)).journal.close();
  chmodSync(db, 0o644);
  chmodSync(log, 0o664);
  const news: ModeNews[] = [];
  const tell = (one: ModeNews): void => void news.push(one);
  const database = await openDatabase(`sqlite:${db}`, tell);
  const journal = await openJournal(log, tell);
  expect(news).toEqual([
    { file: db, mode: "644", corrected: true },
    { file: log, mode: "664", corrected: true },
  ]);
  expect(new Set(Object.values(modes(folder)))).toEqual(new Set(["600"]));
  await database.close();
  await journal.journal.close();
});
