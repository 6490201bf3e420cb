// What goes wrong at a supplier, and what becomes of a purchase order meanwhile: nothing is lost, nothing overwritten, and the
// reason names what to mend.
import { chmodSync, chownSync, existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { hasImplicitTls, NOT_TRIED, startServer } from "@soh/simulators/servers";
import { expect } from "vitest";
import { transportFor, withSession } from "./access.ts";
import { deliverTo, FILE, type Delivering } from "./delivering.ts";
import type { Bench } from "./line.ts";

const ROOT = 0;

export function checkTroubles({ line, server, check }: Bench): void {
  const pauseReason = async (delivering: Delivering): Promise<string> => {
    const { pause_reason: reason } = await delivering
      .process()
      .database.db.selectFrom("suppliers")
      .select("pause_reason")
      .where("id", "=", "agriest")
      .executeTakeFirstOrThrow();
    return reason ?? "";
  };

  check("full disk", () =>
    deliverTo(server(), line, {}, async (delivering) => {
      const empty = server().fillDisk();
      try {
        expect(await delivering.run()).toEqual(["retry"]);
      } finally {
        empty();
      }
      expect(delivering.files()).not.toContain(FILE);
      expect(await delivering.run(6_000)).toEqual(["sent"]);
      expect(delivering.read(FILE)).toBe(Buffer.from(await delivering.document()).toString());
      return "tried again, sent when there is room";
    }),
  );

  check("read-only folder", () =>
    deliverTo(server(), line, {}, async (delivering) => {
      const owner = (id: number): void => chownSync(delivering.folder, id, id);
      const { uid } = server();
      owner(ROOT);
      try {
        expect(await delivering.run()).toEqual(["paused"]);
        expect(await pauseReason(delivering)).toContain("/IN");
        expect(delivering.files()).toEqual([]);
      } finally {
        owner(uid);
      }
      expect(await delivering.run(24 * 3_600_000)).toEqual([]);
      await delivering.process().features.actions.resume("agriest", { actor: "anna", note: "they gave us the right" });
      expect(await delivering.run()).toEqual(["sent"]);
      return "supplier paused, the reason names the folder";
    }),
  );

  check("missing folder", () =>
    deliverTo(server(), line, {}, async (delivering) => {
      const away = `${delivering.folder}.away`;
      renameSync(delivering.folder, away);
      try {
        expect(await delivering.run()).toEqual(["paused"]);
        expect(await pauseReason(delivering)).toContain("/IN");
        expect(existsSync(delivering.folder)).toBe(false);
      } finally {
        renameSync(away, delivering.folder);
      }
      return "supplier paused, the reason names the folder";
    }),
  );

  check("a file of that name that may not be read is there", () =>
    deliverTo(server(), line, {}, async (delivering) => {
      const theirs = join(delivering.folder, FILE);
      server().put(`IN/${FILE}`, "somebody else's");
      chownSync(theirs, ROOT, ROOT);
      chmodSync(theirs, 0o600);
      expect(await delivering.run()).toEqual(["unknown"]);
      expect(delivering.read(FILE)).toBe("somebody else's");
      return "unknown, it stays";
    }),
  );

  check("folder that ignores case: a name in other capitals", () =>
    onDiskWithoutCase(async () => {
      await withSession(transportFor(server(), line), async (session) => {
        server().put("nocase/Answer.XML", "theirs");
        await session.enter("/nocase");
        expect(await session.size("/nocase/answer.xml")).toBe(6);
        await session.store("/nocase/ours.tmp", Buffer.from("ours"));
        const onto = await session.rename("/nocase/ours.tmp", "/nocase/ANSWER.xml");
        expect(onto === "renamed").toBe(line.tls !== null);
        await session.remove("/nocase/Answer.xml");
        await session.remove("/nocase/ours.tmp");
      });
      return line.tls === null ? "is the same file; rename refused" : "is the same file; rename overwrites";
    }),
  );

  check("folder that ignores case: the final name is there in other capitals", () =>
    onDiskWithoutCase(() =>
      deliverTo(server(), line, { orders: "/nocase" }, async (delivering) => {
        server().put(`nocase/${FILE.toLowerCase()}`, "somebody else's");
        expect(await delivering.run()).toEqual(["unknown"]);
        expect(delivering.read(FILE)).toBe("somebody else's");
        return "unknown, it stays";
      }),
    ),
  );

  check("implicit TLS", async () => {
    if (line.tls === null || !hasImplicitTls(line.kind)) {
      return "–";
    }
    const implicit = await startServer(line.kind, { tls: line.tls, implicit: true });
    try {
      return await deliverTo(implicit, line, { transport: { mode: "implicit" } }, async (delivering) => {
        expect(await delivering.run()).toEqual(["sent"]);
        expect(delivering.files()).toEqual([FILE]);
        return "sent";
      });
    } finally {
      await implicit.stop();
    }
  });

  const onDiskWithoutCase = async (work: () => Promise<string>): Promise<string> =>
    server().noCaseProblem === undefined ? await work() : NOT_TRIED;
}
