// What every kind of file from a supplier keeps, on a real server and a real database, from the folder to what it changes: nothing is
// lost, nothing half applied, and what applies once is applied once, wherever the process or the connection ends.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorld, type Process, type World } from "../../test/world.ts";

export interface KindUnderTest {
  readonly kind: string;
  readonly repeats: "once" | "always";
  /** Bytes: a larger file is set aside unread. */
  readonly largestBytes: number;
  /** A name that its folder takes, such as AR_1.xml. */
  name(n: number): string;
  /** Makes what the file with this number speaks of. */
  prepare(process: Process, n: number): Promise<void>;
  file(n: number): string;
  /** Readable, and of something that is not known here. */
  readonly unknown: string;
  /** It will never be readable. */
  readonly unreadable: string;
  /** How often the file with this number took effect. */
  effects(process: Process, n: number): Promise<number>;
}

/** The longest that an unreadable file is given. */
const PATIENCE_MS = 61_000;

export function fileKindContract(kind: KindUnderTest): void {
  let world: World;
  let process: Process;
  beforeEach(async () => {
    world = await createWorld();
    process = await world.start();
  });
  afterEach(() => world.stop());

  const look = async () => (await process.features.look("agriest"))?.news ?? [];
  const put = (n: number, text = kind.file(n)): void => world.agriest.answer(kind.name(n), text);
  const archive = (): readonly string[] => {
    const folder = join(world.agriest.server.root, "OUT", "archive");
    return world.agriest.answers().includes("archive") ? readdirSync(folder) : [];
  };
  const setAside = async (): Promise<readonly string[]> =>
    (
      await process.database.db
        .selectFrom("inbound_files")
        .select("name")
        .where("state", "=", "quarantined")
        .where("settled_at", "is", null)
        .execute()
    ).map(({ name }) => name);

  describe(`a file of the kind ${kind.kind}`, () => {
    test("is applied, kept with its bytes, and put away", async () => {
      await kind.prepare(process, 1);
      put(1);
      expect(await look()).toMatchObject([{ kind: "applied", path: `/OUT/${kind.name(1)}` }]);
      expect(await kind.effects(process, 1)).toBe(1);
      const kept = await process.database.db.selectFrom("inbound_files").selectAll().execute();
      expect(kept).toMatchObject([{ kind: kind.kind, supplier: "agriest", state: "applied" }]);
      expect(Buffer.from(kept[0]?.bytes ?? []).toString()).toBe(kind.file(1));
      expect(archive()).toEqual([kind.name(1)]);
    });

    test(`that comes twice is applied ${kind.repeats === "once" ? "once" : "each time"}`, async () => {
      await kind.prepare(process, 1);
      put(1);
      await look();
      put(1);
      await look();
      world.agriest.answer(kind.name(2), kind.file(1));
      await look();
      expect(await kind.effects(process, 1)).toBe(kind.repeats === "once" ? 1 : 3);
      expect(await setAside()).toEqual([]);
      expect(world.agriest.answers()).toEqual(["archive"]);
    });

    test("that is half written is applied when it is whole, wherever it was cut", async () => {
      const whole = kind.file(1);
      await kind.prepare(process, 1);
      for (const part of [0.2, 0.5, 0.9]) {
        put(1, whole.slice(0, Math.floor(whole.length * part)));
        expect((await look()).filter((news) => news.kind === "applied")).toEqual([]);
      }
      expect(await kind.effects(process, 1)).toBe(0);
      put(1);
      await look();
      expect(await kind.effects(process, 1)).toBe(1);
      expect(await setAside()).toEqual([]);
    });

    test("that another replaces while it is read: both are applied, and none is put away unread", async () => {
      await kind.prepare(process, 1);
      await kind.prepare(process, 2);
      let reads = 0;
      world.agriest.server.setFault((event) => {
        if (event.phase === "after" && event.command === "RETR" && ++reads === 1) {
          world.agriest.answer(kind.name(1), kind.file(2));
        }
        return undefined;
      });
      put(1);
      await look();
      await look();
      expect([await kind.effects(process, 1), await kind.effects(process, 2)]).toEqual([1, 1]);
      expect(world.agriest.answers()).toEqual(["archive"]);
    });

    test("of something unknown, one that cannot be read and one that is too large are set aside whole, and keep no other waiting", async () => {
      await kind.prepare(process, 9);
      put(1, kind.unknown);
      put(2, kind.unreadable);
      put(3, kind.file(9).padEnd(kind.largestBytes + 1, " "));
      put(9);
      await look();
      world.clock.advance(PATIENCE_MS);
      await look();
      expect(await kind.effects(process, 9)).toBe(1);
      expect((await setAside()).toSorted()).toEqual([1, 2, 3].map((n) => `/OUT/${kind.name(n)}`));
      expect(world.alerts.filter((alert) => alert.kind === "file.quarantined")).toHaveLength(3);
      expect(world.agriest.answers()).toEqual(["archive"]);
      // A restart reads none of them again.
      await process.stop();
      process = await world.start();
      world.clock.advance(PATIENCE_MS);
      expect(await look()).toEqual([]);
      expect(world.alerts.filter((alert) => alert.kind === "file.quarantined")).toHaveLength(3);
    });

    test("is applied once, and put away, wherever the connection and the process end", async () => {
      let n = 1;
      const commands = async (): Promise<number> => {
        let count = 0;
        world.agriest.server.setFault((event) => {
          count += event.phase === "before" ? 1 : 0;
          return undefined;
        });
        await kind.prepare(process, n);
        count = 0;
        put(n);
        await look();
        return count;
      };
      const steps = await commands();
      expect(steps).toBeGreaterThan(5);
      // Each time one command later, before it is carried out or after it, with its answer lost.
      for (const phase of ["before", "after"] as const) {
        for (let step = 1; step <= steps; step++) {
          n++;
          world.agriest.server.setFault(() => undefined);
          await kind.prepare(process, n);
          let at = 0;
          world.agriest.server.setFault((event) => (event.phase === phase && ++at === step ? { do: "close" } : undefined));
          put(n);
          const ended = await look().catch(() => "ended");
          await process.stop();
          world.agriest.server.setFault(() => undefined);
          process = await world.start();
          await look();
          const where = `${phase} command ${step} of ${steps}${ended === "ended" ? ", which ended the look" : ""}`;
          expect([where, await kind.effects(process, n), world.agriest.answers()]).toEqual([where, 1, ["archive"]]);
        }
      }
      expect(await setAside()).toEqual([]);
      expect(world.alerts.filter((alert) => alert.kind.startsWith("file."))).toEqual([]);
    });
  });
}
