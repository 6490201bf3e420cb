import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal, type JournalEntry } from "./journal.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "soh-journal-"));
  file = join(folder, "data", "dispatch.journal");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (number: string, kind: JournalEntry["kind"] = "sent"): JournalEntry => ({
  kind,
  at: 1,
  purchaseOrder: `po${number}`,
  message: `po${number}`,
  order: "shop:1",
  supplier: "agriest",
  number,
  version: 1,
  copy: 1,
  attempt: null,
  path: `/IN/${number}.xml`,
  hash: "abc",
  says: '[["1",2]]',
  notice: null,
});

test("what was appended is read back in order, also by many at once", async () => {
  const first = await openJournal(file);
  expect(first).toMatchObject({ isNew: true, entries: [] });
  await Promise.all(["1", "2", "3"].map((number) => first.journal.append([entry(number)])));
  await first.journal.append([entry("4", "intent")]);
  await first.journal.close();
  const second = await openJournal(file);
  expect(second.isNew).toBe(false);
  expect(second.entries).toEqual([entry("1"), entry("2"), entry("3"), entry("4", "intent")]);
  await second.journal.close();
});

test("a line is on disk when append returns", async () => {
  const { journal } = await openJournal(file);
  await journal.append([entry("1")]);
  expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(entry("1"))}\n`);
  await journal.close();
});

test("a line that a crash cut off is passed over, and the next one stands apart from it", async () => {
  const first = await openJournal(file);
  await first.journal.append([entry("1")]);
  await first.journal.close();
  appendFileSync(file, JSON.stringify(entry("2")).slice(0, 40));
  const second = await openJournal(file);
  expect(second.entries).toEqual([entry("1")]);
  await second.journal.append([entry("3")]);
  await second.journal.close();
  const third = await openJournal(file);
  expect(third.entries).toEqual([entry("1"), entry("3")]);
  await third.journal.close();
});

test.each([
  ["a purchase order", entry("2")],
  ["a notice", { ...entry("2"), purchaseOrder: "po1", message: "m2", says: null, notice: { of: "po1", says: "cancellation" } }],
])("so is one of %s that a full disk cut off anywhere, with others after it", async (_, cut) => {
  const text = JSON.stringify(cut);
  const lengths = Array.from({ length: text.length - 1 }, (_, n) => n + 1);
  writeFileSync(join(folder, "cut"), lengths.map((length) => `${text.slice(0, length)}\n`).join("") + JSON.stringify(entry("3")));
  const { journal, entries } = await openJournal(join(folder, "cut"));
  expect(entries).toEqual([entry("3")]);
  await journal.close();
});

test.each(["hello", "{}", '{"at":1}'])("a file that is something else is refused with its line: %s", async (line) => {
  file = join(folder, "other");
  writeFileSync(file, `${JSON.stringify(entry("1"))}\n${line}\n`);
  await expect(openJournal(file)).rejects.toThrow(/SOH_JOURNAL: .*other, line 2 is not a journal entry/);
});

test("a line that cannot be written rejects its append: nothing may be renamed then", async () => {
  const { journal } = await openJournal(file);
  await journal.close();
  await expect(journal.append([entry("1")])).rejects.toThrow(/the journal .*dispatch\.journal cannot be written/);
});
