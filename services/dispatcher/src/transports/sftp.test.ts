import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@soh/shared/config";
import { ed25519KeyPair, startSftpServer, type SftpLogin, type SftpServer } from "@soh/simulators/sftp-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SftpSettings } from "../config/transport-settings.ts";
import { NotSent, NotStored, Refused, StoreForbidden } from "../domain/delivery/failure.ts";
import { connectSftp } from "./sftp.ts";
import { limits, temporaryFolder } from "./test/simulated.ts";
import type { SupplierSession } from "./transport.ts";

let folder: ReturnType<typeof temporaryFolder>;
const servers: SftpServer[] = [];
const sessions: SupplierSession[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  sessions.splice(0).forEach((session) => session.close());
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  folder.remove();
});

const start = async (login: Omit<SftpLogin, "user">): Promise<SftpServer> => {
  const server = await startSftpServer({ root: folder.root, login: { user: "sermat", ...login } });
  servers.push(server);
  return server;
};
const connect = async ({ port, hostKey }: SftpServer, over: Partial<SftpSettings>): Promise<SupplierSession> => {
  const session = await connectSftp({
    ...limits,
    kind: "sftp",
    port,
    user: "sermat",
    password: null,
    key: null,
    passphrase: null,
    hostKeys: [hostKey],
    rename: "plain",
    ...over,
  });
  sessions.push(session);
  return session;
};
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no failure",
    (error: unknown) => error,
  );
const password = new Secret("secret");

const keys = ed25519KeyPair();
const locked = ed25519KeyPair("open");

test("login with a private key", async () => {
  const server = await start({ publicKey: keys.public });
  const session = await connect(server, { key: new Secret(keys.private) });
  expect(await session.list("/")).toEqual([]);
});

test("login with a private key that a passphrase opens", async () => {
  const server = await start({ publicKey: locked.public });
  const session = await connect(server, { key: new Secret(locked.private), passphrase: new Secret("open") });
  expect(await session.list("/")).toEqual([]);
});

test.each([
  ["no passphrase", null],
  ["a wrong passphrase", new Secret("shut")],
])("a private key with %s is refused before anything is asked of the server", async (_what, passphrase) => {
  const server = await start({ publicKey: locked.public });
  const failure = await failureOf(connect(server, { key: new Secret(locked.private), passphrase }));
  expect(failure).toBeInstanceOf(Refused);
  expect(String(failure)).toMatch(/the private key \(transport\.key\) cannot be read/);
});

test("another private key is refused", async () => {
  const server = await start({ publicKey: locked.public });
  expect(await failureOf(connect(server, { key: new Secret(keys.private) }))).toBeInstanceOf(Refused);
});

test("where the server knows no key of ours, the password is tried", async () => {
  const server = await start({ password: "secret" });
  const session = await connect(server, { key: new Secret(keys.private), password });
  expect(await session.list("/")).toEqual([]);
});

test("a server that asks for the password in a prompt gets it there", async () => {
  const server = await start({ password: "secret", prompt: true });
  const session = await connect(server, { password });
  await session.enter("/");
  expect(await failureOf(connect(server, { password: new Secret("wrong") }))).toBeInstanceOf(Refused);
});

test("a file that is taken as soon as it is complete was stored; one that could not be opened was not, for certain", async () => {
  const server = await start({ password: "secret" });
  const session = await connect(server, { password });
  server.setFault((event) => {
    if (event.command === "CLOSE" && event.phase === "after") {
      rmSync(join(folder.root, "a"), { force: true });
    }
    return undefined;
  });
  await session.store("/a", Buffer.from("a"));
  expect(await session.size("/a")).toBe("absent");
  expect(await failureOf(session.store("/none/a", Buffer.from("a")))).toBeInstanceOf(StoreForbidden);
  server.setFault((event) =>
    event.command === "OPEN" && event.phase === "before" ? { do: "reply", code: 4, text: "Failure" } : undefined,
  );
  expect(await failureOf(session.store("/a", Buffer.from("a")))).toBeInstanceOf(NotStored);
});

test("an unknown host key is named, with the key of the configuration to write it to", async () => {
  const server = await start({ password: "secret" });
  const failure = await failureOf(connect(server, { password, hostKeys: ["SHA256:other"] }));
  expect(failure).toBeInstanceOf(Refused);
  expect(String(failure)).toContain(`the server's host key is ${server.hostKey}, which is none of transport.host_key`);
});

test("of several host keys, any will do", async () => {
  const server = await start({ password: "secret" });
  const session = await connect(server, { password, hostKeys: ["SHA256:other", server.hostKey] });
  expect(session.endpoint.fingerprint).toBe(server.hostKey);
});

test("posix-rename that the server does not have changes nothing, and says what to do", async () => {
  const server = await start({ password: "secret" });
  const session = await connect(server, { password, rename: "posix" });
  await session.enter("/");
  await session.store("/a", Buffer.from("a"));
  const renamed = await session.rename("/a", "/b");
  expect(renamed).toEqual({ refused: "the server has no posix-rename: remove transport.rename" });
  expect(readdirSync(folder.root)).toEqual(["a"]);
});

test("a failing disk is not an absent file", async () => {
  const server = await start({ password: "secret" });
  const session = await connect(server, { password });
  await session.enter("/");
  server.setFault(({ phase, command }) =>
    phase === "before" && (command === "STAT" || command === "OPEN") ? { do: "reply", code: 4, text: "" } : undefined,
  );
  expect(await failureOf(session.size("/file"))).toBeInstanceOf(NotSent);
  expect(await session.read("/file")).toBe("unreadable");
});

test("a connection that the server dropped while it was idle is closed", async () => {
  const server = await start({ password: "secret" });
  const session = await connect(server, { password });
  server.dropConnections();
  const failure = await failureOf(session.enter("/"));
  expect(failure).toBeInstanceOf(NotSent);
  expect(session.closed()).toBe(true);
});

test("an idle session is not ended by its own patience", async () => {
  const server = await start({ password: "secret" });
  const idle = await connect(server, { password, timeoutMs: 100 });
  const waiting = await connect(server, { password, timeoutMs: 300 });
  server.setFault(({ phase, session }) => (phase === "before" && session === 2 ? { do: "hang" } : undefined));
  expect(await failureOf(waiting.enter("/"))).toBeInstanceOf(NotSent); // Three times as patient.
  await idle.enter("/");
  expect(idle.closed()).toBe(false);
});

test("a file that becomes shorter while it is read is not half a file", async () => {
  const server = await start({ password: "secret" });
  const session = await connect(server, { password });
  writeFileSync(join(folder.root, "file"), Buffer.alloc(100_000, "x"));
  server.setFault(({ phase, command, count }) => {
    if (phase === "before" && command === "READ" && count === 1) {
      writeFileSync(join(folder.root, "file"), "short");
    }
    return undefined;
  });
  expect(await failureOf(session.read("/file"))).toBeInstanceOf(NotSent);
});
