// The keys of folders.orders that change how a purchase order is delivered: each without a crash, then cut at its worst
// moments, by a kill, and by a connection that is lost with the server's answer.
import { statSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startFaultProxy } from "@soh/simulators/fault-proxy";
import { NOT_TRIED } from "@soh/simulators/servers";
import { expect } from "vitest";
import { deliverTo, FILE, type Delivering } from "./delivering.ts";
import type { Bench } from "./line.ts";

const SOON = 30_000;
const DAY = 24 * 3_600_000;
const MARKER = "SE1001-1.ok";
const NOTE = "SE1001-1.pdf";

const KEYS = {
  "temporary folder": "temporary: { folder: /upload }",
  marker: 'temporary: { suffix: .tmp }, marker: "{number}.ok"',
  "delivery note": 'temporary: { suffix: .tmp }, companions: [{ delivery_note: "{number}.pdf" }]',
  "temporary folder, marker and delivery note":
    'temporary: { folder: /upload }, marker: "{number}.ok", companions: [{ delivery_note: "{number}.pdf" }]',
  "direct, duplicates tolerated": "commit: direct, duplicates: tolerated",
  direct: "commit: direct",
} as const;
type Option = keyof typeof KEYS;

interface LostAnswer {
  readonly file: string;
  /** In the name of the check. */
  readonly to: string;
}

export function checkDeliveryOptions({ line, server, check }: Bench): void {
  const row = (option: Option, name: string, work: (delivering: Delivering) => Promise<string>): void =>
    check(`${option}: ${name}`, () => deliverTo(server(), line, { keys: KEYS[option] }, work));

  /** The command that brings this file to its folder is done, and the server's answer to it is lost with the connection. */
  const answerLost = (option: Option, { file, to }: LostAnswer, work: (delivering: Delivering) => Promise<string>): void =>
    check(`${option}: the answer to ${to} is lost`, async () => {
      const proxy = await startFaultProxy({ to: server() });
      try {
        return await deliverTo(server(), line, { keys: KEYS[option], transport: { port: proxy.port } }, async (delivering) => {
          const whole = Buffer.byteLength((await contents(delivering))[file] ?? "", "latin1");
          proxy.loseAnswer(() => Number(stat(`IN/${file}`)?.size) === whole);
          return await work(delivering);
        });
      } finally {
        await proxy.stop();
      }
    });

  const stat = (path: string) => statSync(join(server().root, path), { bigint: true, throwIfNoEntry: false });
  /** The same for a file that was renamed, another for one that was written again. */
  const writing = (path: string): string => {
    const { ino, mtimeNs } = stat(path) ?? {};
    expect(ino).toBeDefined();
    return `${ino}, ${mtimeNs}`;
  };

  /**
   * These alone stand at the supplier, in the folder of orders, each with its exact bytes; and nothing more is to be done.
   * `left`: uploads of the purchase order that were cut short, which only their own attempt may remove.
   */
  const ends = async (
    delivering: Delivering,
    files: readonly string[],
    { inferred = 0, left = [] }: { readonly inferred?: number; readonly left?: readonly string[] } = {},
  ): Promise<void> => {
    const all = await contents(delivering);
    expect(delivering.everything()).toEqual(
      Object.fromEntries([...files, ...left].map((name) => [`IN/${name}`, all[left.includes(name) ? FILE : name]])),
    );
    expect(await delivering.process().purchaseOrder()).toMatchObject({ state: "sent", inferred });
    expect(await delivering.run(DAY)).toEqual([]);
  };

  row("temporary folder", "no crash", async (delivering) => {
    expect(await delivering.run()).toEqual(["sent"]);
    await ends(delivering, [FILE]);
    return "sent";
  });

  row("temporary folder", "killed between upload and rename", async (delivering) => {
    await delivering.killAt("intent-written");
    expect(Object.keys(delivering.everything())).toEqual([`upload/${FILE}.1`]);
    const uploaded = writing(`upload/${FILE}.1`);
    await delivering.restart(SOON);
    const [kind] = await delivering.run();
    if (kind === "unknown") {
      // A server may copy between two folders: what is still there proves nothing.
      expect(Object.keys(delivering.everything())).toEqual([`upload/${FILE}.1`]);
      return "unknown";
    }
    expect(kind).toBe("sent");
    expect(writing(`IN/${FILE}`)).toBe(uploaded);
    await ends(delivering, [FILE]);
    return "renamed across";
  });

  answerLost("temporary folder", { file: FILE, to: "the rename" }, async (delivering) => {
    expect(await delivering.run()).toEqual(["look-again"]);
    const moved = writing(`IN/${FILE}`);
    expect(await delivering.run(SOON)).toEqual(["sent"]);
    expect(writing(`IN/${FILE}`)).toBe(moved);
    await ends(delivering, [FILE]);
    return "sent";
  });

  check("temporary folder on another disk", async () => {
    if (server().noCaseProblem !== undefined) {
      return NOT_TRIED;
    }
    return await deliverTo(server(), line, { keys: "temporary: { folder: /nocase }" }, async (delivering) => {
      const outcomes = await delivering.process().run();
      if (outcomes[0]?.kind === "sent") {
        await ends(delivering, [FILE]);
        return "moved, by copying";
      }
      const reason: unknown = expect.stringContaining("set suppliers.agriest.folders.orders.temporary to a suffix or a prefix");
      expect(outcomes).toMatchObject([{ reason }]);
      if (outcomes[0]?.kind === "look-again") {
        expect(Object.keys(delivering.everything())).toEqual([`nocase/${FILE}.1`]);
        return "looked at again, the reason names the key";
      }
      expect(outcomes).toMatchObject([{ kind: "retry" }]);
      expect(delivering.everything()).toEqual({});
      return "tried again, the reason names the key";
    });
  });

  row("marker", "no crash", async (delivering) => {
    expect(await delivering.run()).toEqual(["sent"]);
    await ends(delivering, [FILE, MARKER]);
    return "sent";
  });

  row("marker", "killed between purchase order and marker", async (delivering) => {
    await delivering.killAt("renamed");
    expect(delivering.files()).toEqual([FILE, `${MARKER}.1.tmp`]);
    const [order, marker] = [writing(`IN/${FILE}`), writing(`IN/${MARKER}.1.tmp`)];
    await delivering.restart(SOON);
    const [kind] = await delivering.run();
    if (kind === "unknown") {
      // Renamed in two steps: the marker may have been there, and taken.
      expect(delivering.files()).toEqual([FILE, `${MARKER}.1.tmp`]);
      return "unknown";
    }
    expect(kind).toBe("sent");
    expect([writing(`IN/${FILE}`), writing(`IN/${MARKER}`)]).toEqual([order, marker]);
    await ends(delivering, [FILE, MARKER]);
    return "one marker, sent";
  });

  answerLost("marker", { file: MARKER, to: "its rename" }, async (delivering) => {
    expect(await delivering.run()).toEqual(["look-again"]);
    const marker = writing(`IN/${MARKER}`);
    expect(await delivering.run(SOON)).toEqual(["sent"]);
    expect(writing(`IN/${MARKER}`)).toBe(marker);
    await ends(delivering, [FILE, MARKER]);
    return "one marker, sent";
  });

  row("marker", "killed after it, and the supplier has taken both", async (delivering) => {
    await delivering.killAt("marker-placed");
    [FILE, MARKER].forEach((name) => rmSync(join(delivering.folder, name)));
    await delivering.restart(SOON);
    expect(await delivering.run()).toEqual(["sent"]);
    await ends(delivering, [], { inferred: 1 });
    return "sent, inferred";
  });

  row("delivery note", "no crash", async (delivering) => {
    expect(await delivering.run()).toEqual(["sent"]);
    expect(delivering.read(NOTE)).toMatch(/^%PDF-/);
    await ends(delivering, [FILE, NOTE]);
    return "sent";
  });

  row("delivery note", "killed between it and its purchase order", async (delivering) => {
    await delivering.killAt("delivery-note-placed");
    expect(delivering.files()).toEqual([`${FILE}.1.tmp`, NOTE]);
    const note = writing(`IN/${NOTE}`);
    await delivering.restart(SOON);
    expect(await delivering.run()).toEqual(["sent"]);
    expect(writing(`IN/${NOTE}`)).toBe(note);
    await ends(delivering, [FILE, NOTE], { left: [`${FILE}.1.tmp`] });
    return "sent, with that note";
  });

  answerLost("delivery note", { file: NOTE, to: "its rename" }, async (delivering) => {
    expect(await delivering.run()).toEqual(["retry"]);
    const note = writing(`IN/${NOTE}`);
    expect(await delivering.run(SOON)).toEqual(["sent"]);
    expect(writing(`IN/${NOTE}`)).toBe(note);
    await ends(delivering, [FILE, NOTE], { left: [`${FILE}.1.tmp`] });
    return "sent, with that note";
  });

  row("temporary folder, marker and delivery note", "killed between purchase order and marker", async (delivering) => {
    await delivering.killAt("renamed");
    expect(Object.keys(delivering.everything()).toSorted()).toEqual([`IN/${FILE}`, `IN/${NOTE}`, `upload/${MARKER}.1`]);
    await delivering.restart(SOON);
    const [kind] = await delivering.run();
    if (kind === "unknown") {
      expect(Object.keys(delivering.everything()).toSorted()).toEqual([`IN/${FILE}`, `IN/${NOTE}`, `upload/${MARKER}.1`]);
      return "unknown";
    }
    expect(kind).toBe("sent");
    await ends(delivering, [FILE, MARKER, NOTE]);
    return "one of each, sent";
  });

  row("direct, duplicates tolerated", "no crash", async (delivering) => {
    expect(await delivering.run()).toEqual(["sent"]);
    await ends(delivering, [FILE]);
    return "sent";
  });

  row("direct, duplicates tolerated", "killed after the intent, nothing is there", async (delivering) => {
    await delivering.killAt("intent-written");
    expect(delivering.everything()).toEqual({});
    await delivering.restart(SOON);
    expect(await delivering.run()).toEqual(["sent"]);
    await ends(delivering, [FILE]);
    return "uploaded";
  });

  row("direct, duplicates tolerated", "killed after the intent, a part of it is there", async (delivering) => {
    await delivering.killAt("intent-written");
    await delivering.restart(SOON);
    server().put(`IN/${FILE}`, (await delivering.document()).subarray(0, 100));
    expect(await delivering.run()).toEqual(["sent"]);
    await ends(delivering, [FILE]);
    return "uploaded over it";
  });

  answerLost("direct, duplicates tolerated", { file: FILE, to: "the upload" }, async (delivering) => {
    expect(await delivering.run()).toEqual(["look-again"]);
    const uploaded = writing(`IN/${FILE}`);
    expect(await delivering.run(SOON)).toEqual(["sent"]);
    expect(writing(`IN/${FILE}`)).toBe(uploaded);
    await ends(delivering, [FILE]);
    return "sent, uploaded once";
  });

  row("direct, duplicates tolerated", "full disk", async (delivering) => {
    const empty = server().fillDisk();
    try {
      expect(await delivering.run()).toEqual([expect.stringMatching(/^(retry|look-again)$/)]);
    } finally {
      empty();
    }
    expect(await delivering.run(SOON)).toEqual(["sent"]);
    await ends(delivering, [FILE]);
    return "tried again, sent when there is room";
  });

  row("direct", "killed after the intent, nothing is there", async (delivering) => {
    await delivering.killAt("intent-written");
    await delivering.restart(SOON);
    expect(await delivering.run()).toEqual(["unknown"]);
    expect(delivering.everything()).toEqual({});
    return "unknown";
  });

  row("direct", "full disk", async (delivering) => {
    const empty = server().fillDisk();
    try {
      const [kind] = await delivering.run();
      if (kind === "unknown") {
        expect(delivering.everything()).toEqual({ [`IN/${FILE}`]: "" });
        expect(await delivering.run(DAY)).toEqual([]);
        return "unknown, an empty file is there";
      }
      expect(kind).toBe("retry");
      expect(delivering.everything()).toEqual({});
    } finally {
      empty();
    }
    expect(await delivering.run(SOON)).toEqual(["sent"]);
    await ends(delivering, [FILE]);
    return "tried again, sent when there is room";
  });
}

/** By their names, as latin1. */
async function contents(delivering: Delivering): Promise<Readonly<Record<string, string>>> {
  const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
  const note = await delivering.deliveryNote();
  return {
    [FILE]: latin1(await delivering.document()),
    [MARKER]: "\n",
    ...(note === undefined ? {} : { [NOTE]: latin1(note) }),
  };
}
