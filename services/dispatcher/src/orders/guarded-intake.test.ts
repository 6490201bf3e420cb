import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebhookEnvelope } from "@soh/shared/webhook";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenDatabase } from "../database/open.ts";
import { createUnendedWork } from "../database/unended.ts";
import { openMigrated } from "../test/database.ts";
import { createGuardedIntake, type GuardedIntake } from "./guarded-intake.ts";
import type { Intake } from "./intake.ts";

let folder: string;
let database: OpenDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "soh-guard-"));
  database = await openMigrated(join(folder, "handler.db"));
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const envelope = (webhookId: string): WebhookEnvelope => ({
  version: 1,
  shop: "sermat.myshopify.com",
  topic: "orders/paid",
  webhookId,
  receivedAt: 0,
  body: { encoding: "utf8", data: "{}" },
});
const done = { outcome: "new", orderId: "1", reason: null, ready: [] } as const;
const never = new Promise<never>(() => {});

/** A new process on the same database. */
function start(intake: Intake): GuardedIntake {
  return createGuardedIntake({
    intake,
    setAside: (_, reason) => Promise.resolve({ outcome: "dead-letter", orderId: null, reason, ready: [] }),
    unended: createUnendedWork({ database, now: () => 0 }),
  });
}

/** A process that ends while it takes this in: from outside, it never answers. */
async function crash(webhookId: string, startedBefore: boolean): Promise<void> {
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  const process = start(() => {
    resolve();
    return never;
  });
  void process(envelope(webhookId), { startedBefore });
  await reached;
}

const counted = async (): Promise<readonly number[]> =>
  (await database.db.selectFrom("unended_work").select("starts").execute()).map(({ starts }) => starts);

test("what ended the process three times is set aside, and says so", async () => {
  await crash("a", false);
  await crash("a", true);
  await crash("a", true);
  const result = await start(() => Promise.resolve(done))(envelope("a"), { startedBefore: true });
  expect(result).toMatchObject({ outcome: "dead-letter", reason: expect.stringContaining("ended the process 3 times") });
  expect(await counted()).toEqual([]);
});

test("what ended the process twice is taken in the third time, and nothing is remembered of it", async () => {
  await crash("a", false);
  await crash("a", true);
  expect(await counted()).toEqual([2]);
  expect(await start(() => Promise.resolve(done))(envelope("a"), { startedBefore: true })).toEqual(done);
  expect(await counted()).toEqual([]);
});

test("an error counts for nothing: a full disk exhausts nobody", async () => {
  await crash("a", false);
  const failing = start(() => Promise.reject(new Error("disk full")));
  for (let times = 0; times < 10; times++) {
    await expect(failing(envelope("a"), { startedBefore: true })).rejects.toThrow("disk full");
  }
  expect(await counted()).toEqual([1]);
  expect(await start(() => Promise.resolve(done))(envelope("a"), { startedBefore: true })).toEqual(done);
});

test("an ordinary webhook is not counted, and what stands beside a crash is not suspected for ever", async () => {
  const process = start(() => Promise.resolve(done));
  expect(await process(envelope("b"))).toEqual(done);
  await crash("a", false);
  expect(await process(envelope("b"), { startedBefore: true })).toEqual(done);
  expect(await counted()).toEqual([]);
});

test("a suspect runs alone: what was running ends first, what comes later waits", async () => {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const process = start(async ({ webhookId }) => {
    log.push(`${webhookId} starts`);
    await new Promise<void>((resolve) => ends.set(webhookId, resolve));
    log.push(`${webhookId} ends`);
    return done;
  });
  const first = process(envelope("first"));
  await expect.poll(() => log).toEqual(["first starts"]);
  const suspect = process(envelope("suspect"), { startedBefore: true });
  const later = process(envelope("later"));
  ends.get("first")?.();
  await expect.poll(() => log).toEqual(["first starts", "first ends", "suspect starts"]);
  ends.get("suspect")?.();
  await expect.poll(() => log.at(-1)).toBe("later starts");
  ends.get("later")?.();
  await Promise.all([first, suspect, later]);
  expect(log.slice(3)).toEqual(["suspect ends", "later starts", "later ends"]);
});
