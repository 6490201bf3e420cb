import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createCertificateAuthority } from "./certificates.ts";
import type { FileEvent } from "./ftps-server.ts";
import { get, only, openTestWorld, put, refusal, type TestWorld } from "./ftps/test-world.ts";

let world: TestWorld;

beforeEach(async () => {
  world = await openTestWorld();
});

afterEach(() => world.close());

describe.each(["TLSv1.2", "TLSv1.3"] as const)("over %s", (version) => {
  const tls = { minTlsVersion: version, maxTlsVersion: version };

  test("twenty files are uploaded, measured and renamed in one session", async () => {
    const server = await world.start(tls);
    const client = await world.login(server);
    await client.ensureDir("/IN");
    for (let n = 0; n < 20; n++) {
      const content = `order ${n} `.repeat(1 + n * 500);
      await put(client, `/IN/${n}.tmp`, content);
      expect(await client.size(`/IN/${n}.tmp`)).toBe(content.length);
      await client.rename(`/IN/${n}.tmp`, `/IN/${n}.xml`);
      expect(readFileSync(join(world.root, "IN", `${n}.xml`), "utf8")).toBe(content);
    }
    expect((await client.list("/IN")).map(({ name }) => name)).toHaveLength(20);
    expect(server.commands.filter(({ command }) => command === "CONNECT")).toHaveLength(1);
  });

  test("a data connection that does not resume the control session is refused, and the session survives", async () => {
    const server = await world.start(tls);
    const client = await world.login(server);
    // basic-ftp offers what it finds here; an empty session makes a full handshake.
    vi.spyOn(client.ftp, "tlsSessionStore", "get").mockReturnValue(Buffer.alloc(0));
    vi.spyOn(client.ftp, "tlsSessionStore", "set").mockReturnValue();
    expect(await refusal(put(client, "/a.xml"))).toBe(522);
    expect(await client.pwd()).toBe("/");
  });

  test("session reuse can be left to the client", async () => {
    const server = await world.start({ ...tls, requireSessionReuse: false });
    const client = await world.login(server);
    vi.spyOn(client.ftp, "tlsSessionStore", "get").mockReturnValue(Buffer.alloc(0));
    vi.spyOn(client.ftp, "tlsSessionStore", "set").mockReturnValue();
    await put(client, "/a.xml");
    expect(await get(client, "/a.xml")).toBe("hello");
  });

  test("a large file comes back as it went", async () => {
    const server = await world.start(tls);
    const client = await world.login(server);
    const content = Buffer.alloc(3_000_000, "0123456789").toString();
    await put(client, "/large.csv", content);
    expect((await get(client, "/large.csv")) === content).toBe(true);
  });
});

describe("what real servers answer", () => {
  test("a client that trusts another authority, or expects another host, does not get in", async () => {
    const server = await world.start();
    const other = await createCertificateAuthority("FTPS server test");
    await expect(world.login(server, { ca: other.certificate })).rejects.toMatchObject({
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
    const wrong = await world.authority.issue({ commonName: "elsewhere", hosts: ["elsewhere.example"] });
    await expect(world.login(await world.start(wrong))).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    const expired = await world.authority.issue({ commonName: "old", expires: new Date(Date.now() - 1000) });
    await expect(world.login(await world.start(expired))).rejects.toMatchObject({ code: "CERT_HAS_EXPIRED" });
  });

  test("a client below the lowest TLS version does not get in", async () => {
    const server = await world.start({ minTlsVersion: "TLSv1.3" });
    expect(await refusal(world.login(server, { maxVersion: "TLSv1.2" }))).toBe(0);
  });

  test("nothing happens before encryption, and nothing but login before login", async () => {
    const server = await world.start();
    const client = world.newClient();
    await client.connect(server.host, server.port);
    expect(await refusal(client.send("USER sermat"))).toBe(530);
    await client.useTLS({ ca: world.authority.certificate, host: server.host });
    expect(await refusal(client.send("PWD"))).toBe(530);
    expect(await refusal(client.send("STOR x.xml"))).toBe(530);
    expect(await refusal(client.login("sermat", "wrong"))).toBe(530);
    expect(await refusal(client.login("other", "s3cret"))).toBe(530);
    await client.login("sermat", "s3cret");
    expect(await client.pwd()).toBe("/");
    expect(JSON.stringify(server.commands)).not.toContain("s3cret");
  });

  test("commands that follow AUTH in clear text are not obeyed", async () => {
    const server = await world.start();
    const socket = connect(server.port, server.host);
    socket.write("AUTH TLS\r\nUSER sermat\r\n");
    socket.resume();
    await once(socket, "close");
    expect(server.commands.map(({ command }) => command)).toEqual(["CONNECT", "AUTH"]);
  });

  test("data in clear text is refused", async () => {
    const server = await world.start();
    const client = await world.login(server);
    await client.send("PROT C");
    expect(await refusal(put(client, "/a.xml"))).toBe(522);
  });

  test("a rename overwrites silently, or not at all if the server is so inclined", async () => {
    const client = await world.login(await world.start());
    await put(client, "/old.xml", "old");
    await put(client, "/new.tmp", "new");
    await client.rename("/new.tmp", "/old.xml");
    expect(await get(client, "/old.xml")).toBe("new");

    const careful = await world.login(await world.start({ renameOverwrites: false }));
    await put(careful, "/new.tmp", "newer");
    expect(await refusal(careful.rename("/new.tmp", "/old.xml"))).toBe(550);
    expect(await get(careful, "/old.xml")).toBe("new");
    expect(await refusal(careful.send("RNTO /x.xml"))).toBe(503);
  });

  test("SIZE answers 550 alike for a missing file, a folder and a missing folder", async () => {
    const client = await world.login(await world.start());
    await client.send("MKD IN");
    for (const path of ["/a.xml", "/IN", "/NOWHERE/a.xml"]) {
      await expect(client.size(path)).rejects.toThrow("550 Could not get file size.");
    }
  });

  test("an upload into a missing folder is 553, entering it 550", async () => {
    const client = await world.login(await world.start());
    expect(await refusal(put(client, "/NOWHERE/a.xml"))).toBe(553);
    expect(await refusal(client.cd("/NOWHERE"))).toBe(550);
    expect(await client.pwd()).toBe("/");
  });

  test("folders are made, entered, left and removed; files are listed, dated and deleted", async () => {
    const server = await world.start({ mlsd: false });
    const client = await world.login(server);
    expect((await client.features()).has("MLST")).toBe(false);
    await client.send("MKD IN");
    await client.cd("IN");
    await put(client, "a b's é.xml", "abc");
    await put(client, ".part-x.xml", "hidden");
    const [listed] = (await client.list()).filter(({ name }) => !name.startsWith("."));
    expect(listed).toMatchObject({ name: "a b's é.xml", size: 3, isFile: true });
    expect(Math.abs((await client.lastMod("a b's é.xml")).getTime() - Date.now())).toBeLessThan(60_000);
    expect(server.commands.some(({ command }) => command === "LIST")).toBe(true);
    await client.remove("a b's é.xml");
    expect(await refusal(client.remove("a b's é.xml"))).toBe(550);
    await client.cdup();
    expect(await refusal(client.send("RMD IN"))).toBe(550);
    await client.remove("IN/.part-x.xml");
    await client.send("RMD IN");
    expect(readdirSync(world.root)).toEqual([]);
  });

  test("MLSD lists exact times and sizes", async () => {
    const client = await world.login(await world.start());
    await put(client, "/a.xml", "abc");
    const [file] = await client.list("/");
    expect(file).toMatchObject({ name: "a.xml", size: 3 });
    expect(file?.modifiedAt).toBeInstanceOf(Date);
  });

  test("PASV works where EPSV does not", async () => {
    const client = await world.login(
      await world.start({ fault: only("before", "EPSV", { do: "reply", code: 500, text: "No." }) }),
    );
    await put(client, "/a.xml");
    expect(await get(client, "/a.xml")).toBe("hello");
  });

  test("no path leads out of the root", async () => {
    const server = await world.start();
    writeFileSync(join(world.folder, "secret"), "secret");
    symlinkSync(world.folder, join(world.root, "door"));
    mkdirSync(join(world.root, "IN"));
    const client = await world.login(server);
    for (const path of ["../secret", "/../secret", "/IN/../../secret", "/door/secret"]) {
      expect(await refusal(get(client, path))).toBe(550);
      expect(await refusal(client.size(path))).toBe(550);
      expect(await refusal(client.remove(path))).toBe(550);
    }
    expect(await refusal(put(client, "/door/new"))).toBe(553);
    await put(client, "/a.xml");
    expect(await refusal(client.rename("/a.xml", "/door/a.xml"))).toBe(550);
    await put(client, "../../b.xml");
    expect(readdirSync(world.folder).sort()).toEqual(["ftp", "secret"]);
    expect(readdirSync(world.root).sort()).toEqual(["IN", "a.xml", "b.xml", "door"]);
  });
});

describe("observers", () => {
  test("a file is announced when it has its name, before the reply", async () => {
    const server = await world.start();
    const seen: FileEvent[] = [];
    const stop = server.on({
      file: (event) => {
        seen.push(event);
        if (event.kind === "renamed") {
          rmSync(event.file);
        }
      },
    });
    const client = await world.login(server);
    await put(client, "/a.tmp");
    await client.rename("/a.tmp", "/a.xml");
    expect(existsSync(join(world.root, "a.xml"))).toBe(false);
    stop();
    await put(client, "/b.tmp");
    await client.remove("/b.tmp");
    expect(seen).toMatchObject([
      { kind: "stored", path: "/a.tmp", complete: true, file: join(server.root, "a.tmp") },
      { kind: "renamed", path: "/a.xml", from: "/a.tmp", file: join(server.root, "a.xml") },
    ]);
  });

  test("what an observer throws ends the session and is reported by stop", async () => {
    const server = await world.start();
    world.disown(server);
    server.on({
      file: () => {
        throw new Error("observer failed");
      },
    });
    const client = await world.login(server);
    expect(await refusal(put(client, "/a.xml"))).toBe(0);
    await expect(server.stop()).rejects.toThrow("observer failed");
  });
});

describe("coming and going", () => {
  test("a server that does not accept refuses connections, keeps those it has, and comes back on its port", async () => {
    const server = await world.start();
    const client = await world.login(server);
    await server.setAccepting(false);
    await expect(world.login(server)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await put(client, "/a.xml");
    await server.setAccepting(true);
    expect(await (await world.login(server)).size("/a.xml")).toBe(5);
  });

  test("dropped connections end with the last reply that was given", async () => {
    const server = await world.start();
    const client = await world.login(server);
    server.setFault(() => ({ do: "hang" }));
    const hung = refusal(client.send("NOOP"));
    await vi.waitFor(() => expect(server.commands.at(-1)?.command).toBe("NOOP"));
    server.dropConnections({ code: 421, text: "Idle for too long." });
    expect(await hung).toBe(421);
    server.setFault(undefined);
    await world.login(server);
  });

  test("stop ends in spite of idle, hanging and half-made connections", async () => {
    const server = await world.start();
    const idle = await world.login(server);
    const busy = await world.login(server);
    await busy.send("EPSV");
    const plain = connect(server.port, server.host);
    await once(plain, "data");
    server.setFault(() => ({ do: "hang" }));
    const hung = refusal(idle.pwd());
    await vi.waitFor(() => expect(server.commands.at(-1)?.command).toBe("PWD"));
    await server.stop();
    expect(await hung).toBe(0);
    await vi.waitFor(() => expect(busy.closed).toBe(true));
    plain.destroy();
  });
});
