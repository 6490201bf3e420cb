import { existsSync, readdirSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { Secret } from "@soh/shared/config";
import { createCertificateAuthority, type CertificateAuthority } from "@soh/simulators/certificates";
import { startFtpsServer, type FaultAction, type FtpsServer, type FtpsServerOptions } from "@soh/simulators/ftps-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CertificateTrust, FtpsSettings } from "../config/transport-settings.ts";
import { FolderRefused, NotSent, Refused } from "../domain/delivery/failure.ts";
import { connectFtp } from "./ftp.ts";
import { limits, temporaryFolder } from "./test/simulated.ts";
import type { SupplierSession } from "./transport.ts";

const settings = (port: number, over: Partial<FtpsSettings> = {}): FtpsSettings => ({
  ...limits,
  kind: "ftps",
  mode: "explicit",
  port,
  user: "sermat",
  password: new Secret("secret"),
  trust: { by: "authority", ca: null },
  minTls: "TLSv1.2",
  maxTls: "TLSv1.3",
  separateTransferHost: false,
  rename: null,
  encoding: "utf-8",
  ...over,
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no failure",
    (error: unknown) => error,
  );

describe("a server that stalls", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  test.each([
    ["says nothing at all", () => undefined],
    [
      "greets, accepts AUTH TLS and then stalls in the handshake",
      (line: string) => (line.startsWith("AUTH") ? "234 go on\r\n" : undefined),
    ],
  ])("and %s is given up in time", async (_what, answer) => {
    server = createServer((socket) => {
      socket.on("error", () => {});
      if (answer("AUTH") !== undefined) {
        socket.write("220 hello\r\n");
      }
      socket.on("data", (data) => {
        const reply = answer(data.toString("latin1"));
        if (reply !== undefined) {
          socket.write(reply);
        }
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(connectFtp(settings(port, { timeoutMs: 300 }))).rejects.toThrow(NotSent);
  });
});

describe("a simulated server", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let authority: CertificateAuthority;
  const servers: FtpsServer[] = [];
  const sessions: SupplierSession[] = [];

  beforeEach(async () => {
    folder = temporaryFolder();
    authority = await createCertificateAuthority("FTP test");
  });
  afterEach(async () => {
    sessions.splice(0).forEach((session) => session.close());
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    folder.remove();
  });

  const start = async (over: Partial<FtpsServerOptions> = {}): Promise<FtpsServer> => {
    const certificate = await authority.issue({ commonName: "ftp.example" });
    const server = await startFtpsServer({ root: folder.root, user: "sermat", password: "secret", ...certificate, ...over });
    servers.push(server);
    return server;
  };
  const connect = async ({ port }: FtpsServer, over: Partial<FtpsSettings> = {}): Promise<SupplierSession> => {
    const trusting: CertificateTrust = { by: "authority", ca: authority.certificate };
    const session = await connectFtp(settings(port, { trust: trusting, ...over }));
    sessions.push(session);
    return session;
  };
  /** Its own, seen once. */
  const pinned = async (server: FtpsServer): Promise<CertificateTrust> => {
    const { fingerprint } = (await connect(server)).endpoint;
    return { by: "fingerprint", fingerprints: [fingerprint ?? ""] };
  };
  const sent = (server: FtpsServer): readonly string[] => server.commands.map(({ command }) => command);

  test.each([
    ["another authority", { by: "authority", ca: null }],
    ["another certificate", { by: "fingerprint", fingerprints: [Array(32).fill("AA").join(":")] }],
  ] as const)("a server of %s never sees user or password", async (_what, trust) => {
    const server = await start();
    expect(await failureOf(connect(server, { trust }))).toBeInstanceOf(Refused);
    expect(sent(server)).toEqual(["CONNECT", "AUTH"]);
  });

  const answer = (server: FtpsServer, asked: string, action: FaultAction): void =>
    server.setFault(({ phase, command }) => (phase === "before" && command === asked ? action : undefined));

  test.each([431, 500, 502, 504, 530, 534])(
    "a server that answers AUTH TLS with %d does no TLS, and sees no login",
    async (code) => {
      const server = await start();
      answer(server, "AUTH", { do: "reply", code, text: "Please login with USER and PASS." });
      const failure = await failureOf(connect(server));
      expect(failure).toBeInstanceOf(Refused);
      expect(String(failure)).toContain(
        `this server does no TLS: it answers AUTH TLS with ${code} Please login with USER and PASS.`,
      );
      expect(String(failure)).toMatch(/transport\.kind/);
      expect(sent(server)).toEqual(["CONNECT", "AUTH"]);
    },
  );

  test.each<[string, FaultAction]>([
    ["421", { do: "reply", code: 421, text: "Service not available." }],
    ["the end of the connection", { do: "close" }],
  ])("a server that answers AUTH TLS with %s is away, and refuses nothing", async (_what, action) => {
    const server = await start();
    answer(server, "AUTH", action);
    expect(await failureOf(connect(server))).toBeInstanceOf(NotSent);
    expect(sent(server)).toEqual(["CONNECT", "AUTH"]);
  });

  test.each(["USER", "PASS"])("any refusal of %s for good is one of the login, which is not repeated", async (command) => {
    const server = await start();
    for (const code of [430, 500, 503, 530, 550]) {
      answer(server, command, { do: "reply", code, text: "No." });
      const failure = await failureOf(connect(server));
      expect(failure).toBeInstanceOf(Refused);
      expect(failure).not.toBeInstanceOf(FolderRefused);
    }
    answer(server, command, { do: "reply", code: 451, text: "Later." });
    expect(await failureOf(connect(server))).toBeInstanceOf(NotSent);
  });

  test("TLS from the first byte at a server that has none: says so, and how to reach it", async () => {
    const server = await start({ encryption: "none" });
    const failure = await failureOf(connect(server, { mode: "implicit" }));
    expect(failure).toBeInstanceOf(NotSent);
    expect(String(failure)).toContain("does not speak TLS from the first byte; transport.mode");
    expect(sent(server)).not.toContain("USER");
  });

  test("a certificate that is not the pinned one is named, and the key to write it to", async () => {
    const server = await start();
    const own = (await connect(server)).endpoint.fingerprint ?? "";
    const failure = failureOf(connect(server, { trust: { by: "fingerprint", fingerprints: ["other"] } }));
    expect(String(await failure)).toContain(`SHA-256 ${own}, which is none of transport.tls.fingerprint`);
  });

  test("a pinned certificate needs neither name nor date", async () => {
    const expired = await authority.issue({ commonName: "x", hosts: ["other.example"], expires: new Date("2026-01-01") });
    const server = await start(expired);
    expect(await failureOf(connect(server))).toBeInstanceOf(Refused);
    const first = await connectFtp(settings(server.port, { trust: { by: "nothing" } }));
    const fingerprints = [first.endpoint.fingerprint ?? ""];
    first.close();
    const session = await connect(server, { trust: { by: "fingerprint", fingerprints } });
    await session.store("/file", Buffer.from("x"));
    expect(await session.size("/file")).toBe(1);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "with a pinned certificate, a data connection to a stranger gets no byte (%s)",
    async (version) => {
      const stranger = await (await createCertificateAuthority("Stranger")).issue({ commonName: "ftp.example" });
      const versions = { minTlsVersion: version, maxTlsVersion: version };
      const server = await start({ dataCertificate: stranger, requireSessionReuse: false, ...versions });
      const session = await connect(server, { trust: await pinned(server) });
      expect(await failureOf(session.store("/order", Buffer.from("secret order")))).toBeInstanceOf(Refused);
      expect(statSync(join(folder.root, "order"), { throwIfNoEntry: false })?.size ?? 0).toBe(0);
      const again = await connect(server, { trust: await pinned(server) });
      expect(await failureOf(again.read("/order"))).toBeInstanceOf(Refused);
    },
  );

  test("with an authority, a data connection to a stranger gets no byte", async () => {
    const stranger = await (await createCertificateAuthority("Stranger")).issue({ commonName: "ftp.example" });
    const server = await start({ dataCertificate: stranger, requireSessionReuse: false });
    const session = await connect(server);
    expect(await failureOf(session.store("/order", Buffer.from("secret order")))).toBeInstanceOf(Refused);
    expect(statSync(join(folder.root, "order"), { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  test("TLS bounds are kept", async () => {
    const server = await start({ minTlsVersion: "TLSv1.3" });
    expect(await failureOf(connect(server, { maxTls: "TLSv1.2" }))).toBeInstanceOf(NotSent);
    expect((await (await connect(server)).facts()).protocol).toBe("TLSv1.3");
    expect((await (await connect(server)).facts()).features).toContain("SIZE");
  });

  test.each([
    [530, Refused, "this server does no TLS: it answers AUTH TLS with 530"],
    [421, NotSent, "421"],
  ] as const)("AUTH TLS answered by %i: no login is tried", async (code, kind, words) => {
    const ftps = await start();
    ftps.setFault(({ phase, command }) =>
      phase === "before" && command === "AUTH" ? { do: "reply", code, text: "no" } : undefined,
    );
    const failure = await failureOf(connectFtp(settings(ftps.port)));
    expect(failure).toBeInstanceOf(kind);
    expect(String(failure)).toContain(words);
    expect(ftps.commands.map(({ command }) => command)).not.toContain("USER");
  });

  test("latin1 names are one byte a letter on the wire, and UTF-8 is not asked for", async () => {
    const server = await start({ encoding: "latin1" });
    const session = await connect(server, { encoding: "latin1" });
    await session.enter("/");
    await session.store("/réponse.xml", Buffer.from("x"));
    expect(readdirSync(folder.root)).toEqual(["réponse.xml"]);
    expect(server.commands.findLast(({ command }) => command === "OPTS")?.argument).not.toBe("UTF8 ON");
  });

  test("a server that sends files over another host is not followed, unless it may", async () => {
    const server = await start();
    const session = await connect(server);
    server.setFault(({ phase, command }) =>
      phase !== "before"
        ? undefined
        : command === "EPSV"
          ? { do: "reply", code: 500, text: "Unknown command." }
          : command === "PASV"
            ? { do: "reply", code: 227, text: "Entering Passive Mode (192,0,2,1,10,10)." }
            : undefined,
    );
    const failure = await failureOf(session.store("/file", Buffer.from("x")));
    expect(failure).toBeInstanceOf(NotSent);
    expect(String(failure)).toContain("set transport.separate_transfer_host to true");
    expect(existsSync(join(folder.root, "file"))).toBe(false);
  });

  test.each([421, 425, 522])("a reply of %d to a transfer is of a session that was forgotten", async (code) => {
    const server = await start();
    const session = await connect(server);
    server.setFault(({ phase, command }) =>
      phase === "before" && command === "STOR" ? { do: "reply", code, text: "Gone." } : undefined,
    );
    const failure = await failureOf(session.store("/file", Buffer.from("x")));
    expect(failure instanceof NotSent && session.isStale(failure)).toBe(true);
  });

  test("a reply of 553 is of the folder, not of the session", async () => {
    const server = await start();
    const session = await connect(server);
    expect(await failureOf(session.store("/missing/file", Buffer.from("x")))).toBeInstanceOf(FolderRefused);
    expect(session.closed()).toBe(false);
  });
});
