// What a session with the server can do, and what the server makes of it.
import { chownSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { OutcomeUnknown } from "../../domain/delivery/failure.ts";
import type { SupplierSession } from "../../transports/transport.ts";
import { connectTo, transportFor, withSession } from "./access.ts";
import type { Bench } from "./line.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
/** Larger than any buffer on the way. */
const LARGE = 1_000_000;

export function checkSessions({ line, server, check }: Bench): void {
  afterEach(() => {
    const folder = join(server().root, "IN");
    readdirSync(folder).forEach((name) => rmSync(join(folder, name)));
  });

  const inSession = <T>(work: (session: SupplierSession) => Promise<T>): Promise<T> =>
    withSession(transportFor(server(), line), work);

  check("speaks the version of TLS that it is made to", () =>
    inSession(async (session) => {
      const { protocol, cipher } = await session.facts();
      expect(cipher).not.toBeNull();
      expect(protocol).toMatch(line.tls ?? /^SSH-2.0/);
      expect(session.endpoint.fingerprint).toBe(server().fingerprint);
      return line.tls === null ? "SSH 2" : "yes";
    }),
  );

  check("offers MLSD", () =>
    inSession(async (session) => {
      const { features } = await session.facts();
      return line.tls === null ? "–" : features.some((one) => one.startsWith("MLST")) ? "yes" : "no";
    }),
  );

  check("50 files in one kept session: stored, measured, renamed, listed, read, deleted", () =>
    inSession(async (session) => {
      await session.enter("/IN");
      const names = Array.from({ length: 50 }, (_, index) => `file-${index}.xml`);
      for (const [index, name] of names.entries()) {
        const content = bytes(`<Order n="${index}"/>`.repeat(index + 1));
        await session.store(`/IN/${name}.tmp`, content);
        expect(await session.size(`/IN/${name}.tmp`)).toBe(content.byteLength);
        expect(await session.rename(`/IN/${name}.tmp`, `/IN/${name}`)).toBe("renamed");
      }
      expect((await session.list("/IN")).map((file) => file.name).toSorted()).toEqual(names.toSorted());
      for (const [index, name] of names.entries()) {
        expect(await session.read(`/IN/${name}`)).toEqual(Buffer.from(`<Order n="${index}"/>`.repeat(index + 1)));
        await session.remove(`/IN/${name}`);
      }
      expect(await session.list("/IN")).toEqual([]);
      expect(session.closed()).toBe(false);
    }),
  );

  check("a file of 1 MB arrives and comes back byte for byte", () =>
    inSession(async (session) => {
      const content = Buffer.alloc(LARGE, "Größe\r\n\0");
      await session.store("/IN/large.bin", content);
      expect(await session.size("/IN/large.bin")).toBe(LARGE);
      const back = await session.read("/IN/large.bin");
      expect(typeof back === "object" && content.equals(back)).toBe(true);
      await session.remove("/IN/large.bin");
    }),
  );

  check("a name with é, a space and brackets", () =>
    inSession(async (session) => {
      const name = "Commande été (1) [a].xml";
      await session.store(`/IN/${name}`, bytes("é"));
      expect(await session.size(`/IN/${name}`)).toBe(2);
      expect((await session.list("/IN")).map((file) => file.name)).toEqual([name]);
      await session.remove(`/IN/${name}`);
      expect(await session.list("/IN")).toEqual([]);
    }),
  );

  check("rename onto an existing name", () =>
    inSession(async (session) => {
      await session.store("/IN/new.tmp", bytes("new"));
      await session.store("/IN/there.xml", bytes("already there"));
      const answer = await session.rename("/IN/new.tmp", "/IN/there.xml");
      const stands = Buffer.from(await contentOf(session, "/IN/there.xml")).toString();
      expect(stands).toBe(answer === "renamed" ? "new" : "already there");
      expect(await session.size("/IN/new.tmp")).toBe(answer === "renamed" ? "absent" : 3);
      await session.remove("/IN/new.tmp");
      await session.remove("/IN/there.xml");
      return answer === "renamed" ? "overwrites" : "refused";
    }),
  );

  check("rename of a file that is not there", () =>
    inSession(async (session) => {
      expect(await session.rename("/IN/none.tmp", "/IN/none.xml")).toEqual({ refused: expect.any(String) });
      expect(session.closed()).toBe(false);
      return "refused";
    }),
  );

  check("storing onto an existing name", () =>
    inSession(async (session) => {
      await session.store("/IN/twice.xml", bytes("long before"));
      await session.store("/IN/twice.xml", bytes("short"));
      expect(await session.size("/IN/twice.xml")).toBe(5);
      await session.remove("/IN/twice.xml");
      return "overwrites";
    }),
  );

  check("a missing file: its size, its content", () =>
    inSession(async (session) => {
      await session.enter("/IN");
      expect(await session.size("/IN/missing.xml")).toBe("absent");
      expect(await session.read("/IN/missing.xml")).toBe("absent");
      expect(session.closed()).toBe(false);
      return "absent";
    }),
  );

  check("a file that may not be read, seen first", () =>
    inSession(async (session) => {
      locked("first.xml");
      await session.enter("/IN");
      const seen = await session.size("/IN/first.xml");
      expect(seen).toBe(6);
      expect(await session.read("/IN/first.xml")).toBe("unreadable");
      await session.remove("/IN/first.xml");
      return "its size is seen";
    }),
  );

  check("a file that may not be read, in a folder where SIZE has answered", () =>
    inSession(async (session) => {
      await session.store("/IN/ours.xml", bytes("ours"));
      expect(await session.size("/IN/ours.xml")).toBe(4);
      locked("later.xml");
      const seen = await session.size("/IN/later.xml");
      await session.remove("/IN/ours.xml");
      await session.remove("/IN/later.xml");
      expect(seen).toBe(6);
      return "its size is seen";
    }),
  );

  check("two sessions at once", async () => {
    const sessions = await Promise.all([1, 2].map(() => connectTo(transportFor(server(), line))));
    try {
      await Promise.all(sessions.map((session, index) => session.store(`/IN/at-once-${index}.xml`, bytes("x".repeat(1_000)))));
      expect((await sessions[0]?.list("/IN"))?.map((file) => file.size)).toEqual([1_000, 1_000]);
      await Promise.all(sessions.map((session, index) => session.remove(`/IN/at-once-${index}.xml`)));
    } finally {
      sessions.forEach((session) => session.close());
    }
  });

  check("the connection is lost during a rename", async () => {
    const session = await connectTo(transportFor(server(), line));
    await session.store("/IN/lost.tmp", bytes("x"));
    const renaming = session.rename("/IN/lost.tmp", "/IN/lost.xml");
    session.close();
    await expect(renaming).rejects.toThrow(OutcomeUnknown);
    await inSession(async (other) => {
      await other.remove("/IN/lost.tmp");
      await other.remove("/IN/lost.xml");
    });
    return "unknown, to be looked at";
  });

  /** Root's own: the user sees that it is there. */
  function locked(name: string): void {
    const file = join(server().root, "IN", name);
    writeFileSync(file, "secret", { mode: 0o600 });
    chownSync(file, 0, 0);
  }
}

async function contentOf(session: SupplierSession, path: string): Promise<Uint8Array> {
  const content = await session.read(path);
  if (typeof content === "string") {
    throw new Error(`${path} is ${content}`);
  }
  return content;
}
