// Every row of "After a crash or a lost reply" in docs/delivery.md, with the process killed at that step and the files laid
// out at the server as the row says.
import { chmodSync, chownSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { acknowledgement } from "../world.ts";
import { deliverTo, FILE, type Delivering } from "./delivering.ts";
import type { Bench } from "./line.ts";

const SOON = 30_000;
const MINUTES_16 = 16 * 60_000;

export function checkDeliveries({ line, server, check }: Bench): void {
  const row = (name: string, work: (delivering: Delivering) => Promise<string>): void =>
    check(name, () => deliverTo(server(), line, {}, work));

  /** The next attempt sends it, and what arrives is the stored document; nothing else is left behind. */
  const arrives = async (delivering: Delivering): Promise<void> => {
    expect(await delivering.run()).toEqual(["sent"]);
    expect(delivering.files()).toEqual([FILE]);
    expect(delivering.read(FILE)).toBe(Buffer.from(await delivering.document()).toString());
    expect(await delivering.process().purchaseOrder()).toMatchObject({ state: "sent", inferred: 0 });
    expect(await delivering.run(24 * 3_600_000)).toEqual([]);
  };

  row("no crash", async (delivering) => {
    await arrives(delivering);
    return "sent";
  });

  for (const step of ["claimed", "uploaded", "looked"] as const) {
    row(`killed at '${step}', nothing under the final name`, async (delivering) => {
      await delivering.killAt(step);
      await delivering.restart(SOON);
      expect(await delivering.run()).toEqual(["sent"]);
      expect(delivering.files().filter((name) => !name.endsWith(".tmp"))).toEqual([FILE]);
      expect(await delivering.process().purchaseOrder()).toMatchObject({ state: "sent", inferred: 0 });
      return "sent anew";
    });
  }

  row("killed before the intent, our bytes under the final name", async (delivering) => {
    await delivering.killAt("looked");
    await delivering.restart(SOON);
    server().put(`IN/${FILE}`, await delivering.document());
    expect(await delivering.run()).toEqual(["sent"]);
    expect(delivering.world.alerts).toContainEqual(expect.objectContaining({ kind: "delivery.found" }));
    return "sent, with an alert";
  });

  row("killed before the intent, another file under the final name", async (delivering) => {
    await delivering.killAt("looked");
    await delivering.restart(SOON);
    server().put(`IN/${FILE}`, "somebody else's");
    expect(await delivering.run()).toEqual(["unknown"]);
    expect(delivering.read(FILE)).toBe("somebody else's");
    return "unknown";
  });

  row("killed after the intent, another file of the same size under the final name", async (delivering) => {
    await delivering.killAt("intent-written");
    await delivering.restart(SOON);
    const { size, temporary } = await delivering.attempt();
    rmSync(temporary);
    server().put(`IN/${FILE}`, "x".repeat(size));
    expect(await delivering.run()).toEqual(["unknown"]);
    expect(delivering.read(FILE)).toBe("x".repeat(size));
    return "unknown";
  });

  row("killed after the intent, only the temporary file is there", async (delivering) => {
    await delivering.killAt("intent-written");
    await delivering.restart(SOON);
    // Plain SFTP renames in two steps: what is still there proves nothing.
    if (line.kind === "openssh") {
      expect(await delivering.run()).toEqual(["unknown"]);
      expect(await delivering.process().purchaseOrder()).toMatchObject({ state: "unknown" });
      return "unknown";
    }
    await arrives(delivering);
    return "renamed";
  });

  row("killed after the rename", async (delivering) => {
    await delivering.killAt("renamed");
    await delivering.restart(SOON);
    await arrives(delivering);
    return "sent";
  });

  row("killed after the rename, and the file may not be read back", async (delivering) => {
    await delivering.killAt("renamed");
    await delivering.restart(SOON);
    chownSync(join(delivering.folder, FILE), 0, 0);
    chmodSync(join(delivering.folder, FILE), 0o600);
    expect(await delivering.run()).toEqual(["sent"]);
    expect(await delivering.process().purchaseOrder()).toMatchObject({ state: "sent", inferred: 0 });
    return "sent, by its size";
  });

  row("killed after the rename, and the supplier has taken the file", async (delivering) => {
    await delivering.killAt("renamed");
    rmSync(join(delivering.folder, FILE));
    await delivering.restart(SOON);
    expect(await delivering.run()).toEqual(["sent"]);
    expect(await delivering.process().purchaseOrder()).toMatchObject({ state: "sent", inferred: 1 });
    return "sent, inferred";
  });

  const taken = (name: string, restart: (delivering: Delivering) => Promise<void>): void =>
    row(`… taken, ${name}`, async (delivering) => {
      await delivering.killAt("renamed");
      rmSync(join(delivering.folder, FILE));
      await restart(delivering);
      expect(await delivering.run()).toEqual(["unknown"]);
      expect(delivering.files()).toEqual([]);
      return "unknown";
    });
  taken("and the look comes after 16 minutes", (delivering) => delivering.restart(MINUTES_16));
  taken("and no acknowledgement is expected", (delivering) =>
    delivering.restart(SOON, (yaml) => yaml.replace("acknowledgement: { expect: accepted, within: 4h }", "")),
  );
  taken("and the server has another certificate or key", async (delivering) => {
    await delivering.restart(SOON);
    await delivering.process().database.db.updateTable("attempts").set({ fingerprint: "another" }).execute();
  });

  row("… taken, and its folder cannot be entered", async (delivering) => {
    await delivering.killAt("renamed");
    renameSync(delivering.folder, `${delivering.folder}.away`);
    try {
      await delivering.restart(SOON);
      expect(await delivering.run()).toEqual(["look-again"]);
      expect(await delivering.process().purchaseOrder()).toMatchObject({ state: "sending" });
    } finally {
      renameSync(`${delivering.folder}.away`, delivering.folder);
    }
    return "looked at again";
  });

  row("killed after the intent, and both files are there", async (delivering) => {
    await delivering.killAt("intent-written");
    await delivering.restart(SOON);
    server().put(`IN/${FILE}`, await delivering.document());
    expect(await delivering.run()).toEqual(["unknown"]);
    return "unknown";
  });

  check("an acknowledgement is read, applied and archived", () =>
    deliverTo(server(), line, {}, async (delivering) => {
      await arrives(delivering);
      server().put("OUT/AR_1.xml", acknowledgement("SE1001-1"));
      writeFileSync(join(server().root, "OUT", "note.txt"), "not an acknowledgement");
      try {
        await delivering.process().features.look("agriest");
        expect(await delivering.process().purchaseOrder()).toMatchObject({ state: "sent", acknowledgement: "accepted" });
        expect(readdirSync(join(server().root, "OUT", "archive"))).toEqual([expect.stringContaining("AR_1")]);
        expect(readdirSync(join(server().root, "OUT")).toSorted()).toEqual(["archive", "note.txt"]);
      } finally {
        for (const name of ["AR_1.xml", "note.txt", "archive"]) {
          rmSync(join(server().root, "OUT", name), { recursive: true, force: true });
        }
      }
    }),
  );
}
