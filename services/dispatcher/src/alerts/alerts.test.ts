import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { OpenDatabase } from "../database/open.ts";
import { openMigrated } from "../test/database.ts";
import { alertKind, createAlerts, type ToldAlert } from "./alerts.ts";

const declared = {
  values: z.object({ supplier: z.string(), waiting: z.number() }),
  subject: ({ supplier }: { readonly supplier: string }) => supplier,
  page: () => "/suppliers",
  severity: "act",
  title: { en: "Stuck", fr: "Bloqués" },
  say: {
    en: ({ supplier, waiting }: { readonly supplier: string; readonly waiting: number }) => ({
      what: `${supplier}: ${waiting} wait.`,
      remedy: "Ask.",
    }),
    fr: ({ supplier, waiting }: { readonly supplier: string; readonly waiting: number }) => ({
      what: `${supplier} : ${waiting} attendent.`,
      remedy: "Demandez.",
    }),
  },
} as const;
const stuck = alertKind({ ...declared, kind: "test.stuck", sort: "condition" });
const silent = alertKind({ ...declared, kind: "test.silent", sort: "condition", quiet: true });
const happened = alertKind({ ...declared, kind: "test.happened", sort: "event" });
const kinds = [stuck, silent, happened];
const agriest = { supplier: "agriest", waiting: 2 };
const person = { actor: "marie", note: "called them" };

let folder: string;
let database: OpenDatabase;
let told: ToldAlert[];
let ended: string[];
let now: number;
/** What is so at this moment. */
let so: { readonly supplier: string; readonly waiting: number }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "soh-alerts-"));
  database = await openMigrated(join(folder, "handler.db"));
  told = [];
  ended = [];
  so = [];
  now = 1_000;
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

/** A start of the process. */
function start() {
  const alerts = createAlerts({
    database,
    kinds,
    log: (alert) => told.push(alert),
    onEnd: ({ kind, subject }) => ended.push(`${kind} ${subject}`),
    now: () => now,
  });
  alerts.watch([
    { kinds: [stuck], holds: () => Promise.resolve(so.map((one) => stuck(one))) },
    { kinds: [silent], holds: () => Promise.resolve(so.map((one) => silent(one))) },
  ]);
  const open = async (language: "en" | "fr" = "en") => await alerts.list({ language, state: "open" });
  return { ...alerts, open };
}

test("a condition opens when it is so and ends when it is so no more, told once; a quiet one is only listed", async () => {
  const alerts = start();
  so = [agriest];
  await alerts.sweep();
  await alerts.sweep();
  expect(told).toEqual([{ kind: "test.stuck", message: "agriest: 2 wait. Ask.", detail: agriest }]);
  expect(await alerts.open()).toMatchObject([
    { kind: "test.silent", toldAt: null },
    { kind: "test.stuck", what: "agriest: 2 wait.", remedy: "Ask.", page: "/suppliers", openedAt: 1_000, toldAt: 1_000 },
  ]);
  expect((await alerts.open("fr")).at(-1)).toMatchObject({ title: "Bloqués", what: "agriest : 2 attendent." });

  so = [{ ...agriest, waiting: 3 }];
  await alerts.sweep();
  expect(told).toHaveLength(1);
  expect((await alerts.open()).at(-1)?.what).toBe("agriest: 3 wait.");

  so = [];
  now = 2_000;
  await alerts.sweep();
  expect(await alerts.open()).toEqual([]);
  expect(ended.toSorted()).toEqual(["test.silent agriest", "test.stuck agriest"]);
  expect((await alerts.list({ language: "en", state: "ended", limit: 1 }))[0]).toMatchObject({ endedAt: 2_000 });

  so = [agriest];
  await alerts.sweep();
  expect(told).toHaveLength(2);
});

test("a restart tells nothing twice", async () => {
  so = [agriest];
  await start().sweep();
  await start().sweep();
  expect(told).toHaveLength(1);
  expect(await start().open()).toHaveLength(2);
});

test("what a crash kept from being told is told by the next start", async () => {
  so = [agriest];
  await start().sweep();
  await database.db.updateTable("alerts").set({ told_at: null }).execute();
  await start().sweep();
  expect(told).toHaveLength(2);
});

test("an event is told when its transaction has committed, not when it was rolled back, and stays open until it is seen", async () => {
  const alerts = start();
  const raise = (fails: boolean) =>
    database.transaction(async (trx) => {
      await alerts.raise(trx, happened(agriest));
      expect(told).toEqual([]);
      if (fails) {
        throw new Error("no");
      }
    });
  await expect(raise(true)).rejects.toThrow("no");
  expect(told).toEqual([]);
  await raise(false);
  expect(told).toMatchObject([{ kind: "test.happened" }]);

  await start().sweep();
  await alerts.tell(happened(agriest));
  expect(told).toHaveLength(1);
  const [only] = await alerts.open();
  expect(await alerts.actions.seen(only?.id ?? 0, person)).toMatchObject({ ok: true });
  expect(await alerts.open()).toEqual([]);
  expect(await alerts.actions.seen(only?.id ?? 0, person)).toMatchObject({ ok: false, message: "marie has seen alert 1" });
  const events = await database.db.selectFrom("events").select(["name", "actor", "detail"]).execute();
  expect(events).toEqual([
    { name: "alert.seen", actor: "marie", detail: '{"kind":"test.happened","subject":"agriest","note":"called them"}' },
  ]);

  await alerts.tell(happened(agriest));
  expect(told).toHaveLength(2);
});

test("a condition that somebody has seen stays open, told no more, until it is so no more", async () => {
  const alerts = start();
  so = [agriest];
  await alerts.sweep();
  const seen = (await alerts.open()).at(-1);
  expect(await alerts.actions.seen(seen?.id ?? 0, person)).toMatchObject({ message: expect.stringContaining("stays open") });
  await alerts.sweep();
  expect(told).toHaveLength(1);
  expect((await alerts.open()).at(-1)).toMatchObject({ seenBy: "marie", endedAt: null });
  so = [];
  await alerts.sweep();
  expect(await alerts.open()).toEqual([]);
  expect(await alerts.actions.seen(999, person)).toEqual({ ok: false, message: "there is no alert 999" });
});

test("what leaves no trace in the database is ended by the one that opened it", async () => {
  const alerts = start();
  await alerts.tell(happened(agriest));
  await alerts.end(happened, ["fournial"]);
  expect(await alerts.open()).toHaveLength(1);
  await alerts.end(happened, ["fournial", "agriest"]);
  expect(await alerts.open()).toEqual([]);
});

test("what cannot be stored is told all the same", async () => {
  const broken: OpenDatabase = { ...database, transaction: () => Promise.reject(new Error("disk full")) };
  const alerts = createAlerts({ database: broken, kinds, log: (alert) => told.push(alert), now: () => now });
  await alerts.tell(happened(agriest));
  expect(told).toMatchObject([{ kind: "test.happened", message: "agriest: 2 wait. Ask." }]);
});

test("of another version: values that are not understood are shown by their subject, and a kind that is gone ends", async () => {
  const row = { opened_at: 1, told_at: 1, seen_at: null, seen_by: null, ended_at: null };
  await database.db
    .insertInto("alerts")
    .values([
      { ...row, kind: "test.happened", subject: "x", detail: '{"supplier":7}' },
      { ...row, kind: "test.gone", subject: "y", detail: "{}" },
    ])
    .execute();
  const alerts = start();
  expect((await alerts.open()).map(({ what, page }) => [what, page])).toEqual([
    ["test.gone: y.", "/"],
    ["test.happened: x.", "/"],
  ]);
  await alerts.sweep();
  expect((await alerts.open()).map(({ kind }) => kind)).toEqual(["test.happened"]);
});
