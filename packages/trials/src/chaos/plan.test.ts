import { describe, expect, test } from "vitest";
import { createRandom } from "@soh/simulators/orders/random";
import { INCIDENT_KINDS, LEAST_KILLS_TO_RESTORE, makePlan, TARGETS } from "./plan.ts";
import { makeStrike, STRIKE_KINDS } from "./strikes.ts";

const SEEDS = Array.from({ length: 40 }, (_, n) => String(n));
const plan = (seed: string, orders = 100, kills = 10) => makePlan({ seed, orders, kills, suppliers: ["agriest", "fournial"] });

describe("a plan", () => {
  test("is the same for the same seed, and another one for another", () => {
    expect(plan("7")).toEqual(plan("7"));
    expect(plan("7")).not.toEqual(plan("8"));
  });

  test.each(SEEDS)("of 100 orders has every kind of fault and kills every process (seed %s)", (seed) => {
    const { incidents, strikes, kills, durationMs } = plan(seed);
    expect(new Set(incidents.map(({ kind }) => kind))).toEqual(new Set(INCIDENT_KINDS));
    expect(new Set(strikes.map(({ kind }) => kind))).toEqual(new Set(STRIKE_KINDS));
    expect(new Set(kills.map(({ target }) => target))).toEqual(new Set(TARGETS));
    expect(kills).toHaveLength(10);
    expect(durationMs).toBeLessThan(50_000);
  });

  test("holds everything within the time of sending, incidents one after the other", () => {
    const { incidents, strikes, kills, durationMs } = plan("3", 1_000, 100);
    for (const { atMs } of [...strikes, ...kills]) {
      expect(atMs).toBeGreaterThanOrEqual(0);
      expect(atMs).toBeLessThan(durationMs);
    }
    incidents.reduce((endMs, { atMs, lastsMs }) => {
      expect(atMs).toBeGreaterThan(endMs);
      return atMs + lastsMs;
    }, 0);
    expect(incidents.at(-1)!.atMs + incidents.at(-1)!.lastsMs).toBeLessThanOrEqual(durationMs);
  });

  test("freezes the dispatcher longer than its locks of 15 s, a few times in a long run", () => {
    const frozen = plan("3", 1_000, 100).incidents.filter(({ kind }) => kind.startsWith("dispatcher frozen"));
    expect(frozen.length).toBeGreaterThanOrEqual(2);
    expect(frozen.every(({ lastsMs }) => lastsMs > 16_000)).toBe(true);
  });

  test("kills the dispatcher most, often at a moment of a supplier's conversation", () => {
    const { kills } = plan("5", 1_000, 100);
    const of = (target: string) => kills.filter((kill) => kill.target === target);
    expect(TARGETS.map((target) => of(target).length)).toEqual([45, 35, 20]);
    expect(of("dispatcher").some(({ moment }) => moment?.command === "RNTO" && moment.phase === "after")).toBe(true);
    expect(of("ingest").every(({ moment }) => moment === undefined)).toBe(true);
  });

  test.each(SEEDS)("restores a backup that was made at an earlier kill of the dispatcher (seed %s)", (seed) => {
    for (const [kills, restores] of [
      [LEAST_KILLS_TO_RESTORE, 1],
      [12, 1],
      [100, 8],
    ] as const) {
      const touched = plan(seed, 100, kills).kills.filter(({ database }) => database !== undefined);
      expect(touched.every(({ target }) => target === "dispatcher")).toBe(true);
      expect(touched.map(({ database }) => database)).toEqual(
        Array.from({ length: restores }, () => ["backed up", "restored"]).flat(),
      );
    }
    expect(plan(seed, 100, LEAST_KILLS_TO_RESTORE - 1).kills.every(({ database }) => database === undefined)).toBe(true);
  });

  test("of a few orders is short, and may be without kills", () => {
    expect(plan("1", 5, 0)).toMatchObject({ kills: [], durationMs: 12_000 });
  });
});

test("no server refuses for good what it has done: a reply of 500 and more comes before, or of what was thrown away", () => {
  const random = createRandom("strikes");
  const strikes = STRIKE_KINDS.flatMap((kind) => Array.from({ length: 50 }, () => makeStrike(kind, random)));
  const refusals = strikes.filter(({ action }) => action.do === "reply" && action.code >= 500);
  expect(new Set(refusals.map(({ moment }) => moment.phase))).toEqual(new Set(["before", "data"]));
});
