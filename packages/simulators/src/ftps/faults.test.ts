import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FileEvent } from "../ftps-server.ts";
import { get, only, openTestWorld, put, refusal, type TestWorld } from "./test-world.ts";

const eventually = { timeout: 15_000, interval: 20 };

let world: TestWorld;

beforeEach(async () => {
  world = await openTestWorld();
});

afterEach(() => world.close());

describe("faults", () => {
  test("a command is answered instead of executed", async () => {
    const server = await world.start({ fault: only("before", "RNTO", { do: "reply", code: 451, text: "No." }) });
    const client = await world.login(server);
    await put(client, "/a.tmp");
    expect(await refusal(client.rename("/a.tmp", "/a.xml"))).toBe(451);
    expect(readdirSync(world.root)).toEqual(["a.tmp"]);
    server.setFault(undefined);
    await client.rename("/a.tmp", "/a.xml");
    expect(readdirSync(world.root)).toEqual(["a.xml"]);
  });

  test("a new connection is greeted with a refusal", async () => {
    const server = await world.start({ fault: only("before", "CONNECT", { do: "reply", code: 421, text: "No." }) });
    expect(await refusal(world.login(server))).toBe(421);
  });

  test("the connection closes before a command is executed", async () => {
    const server = await world.start({
      fault: only("before", "RNTO", { do: "close" }),
    });
    const client = await world.login(server);
    await put(client, "/a.tmp");
    expect(await refusal(client.rename("/a.tmp", "/a.xml"))).toBe(0);
    expect(readdirSync(world.root)).toEqual(["a.tmp"]);
  });

  test("a command is executed and the connection closes without a reply", async () => {
    const server = await world.start({
      fault: only("after", "RNTO", { do: "close" }),
    });
    const client = await world.login(server);
    await put(client, "/a.tmp");
    expect(await refusal(client.rename("/a.tmp", "/a.xml"))).toBe(0);
    expect(readdirSync(world.root)).toEqual(["a.xml"]);
    expect(server.commands.findLast(({ command }) => command === "RNTO")).toMatchObject({ argument: "/a.xml", reply: undefined });
  });

  test("a command that hung while its client gave up is executed on release", async () => {
    const server = await world.start({
      fault: only("before", "RNTO", { do: "hang" }),
    });
    const client = await world.login(server, {}, 300);
    await put(client, "/a.tmp");
    await expect(client.rename("/a.tmp", "/a.xml")).rejects.toThrow("Timeout");
    expect(readdirSync(world.root)).toEqual(["a.tmp"]);
    server.releaseHanging();
    await vi.waitFor(() => expect(readdirSync(world.root)).toEqual(["a.xml"]), eventually);
  });

  test("a command that still hangs when the server stops is never executed", async () => {
    const server = await world.start({
      fault: only("before", "RNTO", { do: "hang" }),
    });
    const client = await world.login(server);
    await put(client, "/a.tmp");
    const rename = refusal(client.rename("/a.tmp", "/a.xml"));
    await vi.waitFor(() => expect(server.commands.at(-1)?.command).toBe("RNTO"), eventually);
    await server.stop();
    expect(await rename).toBe(0);
    expect(readdirSync(world.root)).toEqual(["a.tmp"]);
  });

  test("an upload arrives whole and is never confirmed", async () => {
    const server = await world.start({
      fault: only("after", "STOR", { do: "hang" }),
    });
    const client = await world.login(server, {}, 300);
    await expect(put(client, "/a.xml")).rejects.toThrow("Timeout");
    expect(readFileSync(join(world.root, "a.xml"), "utf8")).toBe("hello");
    expect(server.commands.at(-1)).toMatchObject({ command: "STOR", reply: undefined });
  });

  test.each([0, 3, 5])("the data connection breaks at byte %i and that many bytes stay", async (atByte) => {
    const server = await world.start({ fault: ({ phase }) => (phase === "data" ? { do: "cut-data", atByte } : undefined) });
    const stored: FileEvent[] = [];
    server.on({ file: (event) => stored.push(event) });
    await refusal(put(await world.login(server), "/a.xml"));
    await vi.waitFor(() => expect(stored).toMatchObject([{ kind: "stored", complete: false }]), eventually);
    expect(readFileSync(join(world.root, "a.xml"), "utf8")).toBe("hello".slice(0, atByte));
    expect(server.commands.at(-1)).toMatchObject({ command: "STOR", reply: 426 });
  });

  test("a disk that fills answers 452, keeps the part and the session", async () => {
    const server = await world.start({
      fault: only("data", "STOR", { do: "reply", code: 452, text: "Disk full.", atByte: 2 }),
    });
    const client = await world.login(server);
    expect(await refusal(put(client, "/a.xml"))).toBe(452);
    expect(await client.size("/a.xml")).toBe(2);
    expect(await get(client, "/a.xml")).toBe("he");
  });

  test("both connections close in the middle of a transfer", async () => {
    const server = await world.start({ fault: ({ phase }) => (phase === "data" ? { do: "close", atByte: 2 } : undefined) });
    const client = await world.login(server);
    expect(await refusal(put(client, "/a.xml"))).toBe(0);
    expect(client.closed).toBe(true);
    expect(readFileSync(join(world.root, "a.xml"), "utf8")).toBe("he");
  });

  test("a transfer waits at byte n and goes on when released", async () => {
    const server = await world.start({ fault: ({ phase }) => (phase === "data" ? { do: "hang", atByte: 2 } : undefined) });
    const upload = put(await world.login(server), "/a.xml");
    await vi.waitFor(() => expect(readFileSync(join(world.root, "a.xml"), "utf8")).toBe("he"), eventually);
    server.releaseHanging();
    await upload;
    expect(readFileSync(join(world.root, "a.xml"), "utf8")).toBe("hello");
  });

  test("a download and a listing can be cut short", async () => {
    const server = await world.start();
    const client = await world.login(server);
    await put(client, "/a.xml");
    server.setFault(({ phase }) => (phase === "data" ? { do: "reply", code: 451, text: "Read error.", atByte: 2 } : undefined));
    expect(await refusal(get(client, "/a.xml"))).toBe(451);
    expect(await refusal(client.list("/"))).toBe(451);
    server.setFault(({ phase }) => (phase === "data" ? { do: "cut-data", atByte: 2 } : undefined));
    await refusal(get(client, "/a.xml"));
    expect(server.commands.at(-1)).toMatchObject({ command: "RETR" });
  });

  test("a delay holds a command up and then lets it through", async () => {
    const server = await world.start({
      fault: only("before", "SIZE", { do: "delay", ms: 20 }),
    });
    const client = await world.login(server);
    await put(client, "/a.xml");
    expect(await client.size("/a.xml")).toBe(5);
  });

  test("the hook knows the command, its path, its session and how often it came", async () => {
    const events: unknown[] = [];
    const server = await world.start({ fault: (event) => void (event.command === "STOR" && events.push(event)) });
    for (const name of ["a", "b"]) {
      const client = await world.login(server);
      await client.ensureDir("/IN");
      await put(client, `${name}.tmp`);
    }
    expect(events).toEqual([
      { phase: "before", command: "STOR", argument: "a.tmp", path: "/IN/a.tmp", session: 1, count: 1 },
      { phase: "data", command: "STOR", argument: "a.tmp", path: "/IN/a.tmp", session: 1, count: 1 },
      { phase: "after", command: "STOR", argument: "a.tmp", path: "/IN/a.tmp", session: 1, count: 1 },
      { phase: "before", command: "STOR", argument: "b.tmp", path: "/IN/b.tmp", session: 2, count: 2 },
      { phase: "data", command: "STOR", argument: "b.tmp", path: "/IN/b.tmp", session: 2, count: 2 },
      { phase: "after", command: "STOR", argument: "b.tmp", path: "/IN/b.tmp", session: 2, count: 2 },
    ]);
  });

  test("a hook that throws ends the session and is reported by stop", async () => {
    const server = await world.start({
      fault: ({ command }) => {
        if (command === "PWD") {
          throw new Error("hook failed");
        }
        return undefined;
      },
    });
    world.disown(server);
    const client = await world.login(server);
    expect(await refusal(client.pwd())).toBe(0);
    await expect(server.stop()).rejects.toThrow("hook failed");
  });
});
