import { join } from "node:path";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createCertificateAuthority } from "@soh/simulators/certificates";
import type { FaultAction, FaultPhase } from "@soh/simulators/ftps-server";
import { afterEach, describe, expect, it } from "vitest";
import type { CheckedStep, CheckStepName, SupplierCheck } from "../../domain/supplier/supplier-check.ts";
import { startCheckedServer, type CheckedServer } from "./test/checked-server.ts";

const BEFORE = ["CDE_SE1-1_1.xml", "CDE_SE2-1_1.xml.1.tmp"];

let supplier: CheckedServer;
const start = async (...options: Parameters<typeof startCheckedServer>) => {
  supplier = await startCheckedServer(...options);
};
afterEach(async () => {
  await supplier.stop();
});

const step = (check: SupplierCheck, name: CheckStepName): CheckedStep => {
  const found = check.steps.find((one) => one.step === name);
  if (found === undefined) {
    throw new Error(`there is no step ${name}`);
  }
  return found;
};
const keys = (check: SupplierCheck, name: CheckStepName): readonly string[] => step(check, name).change.map(({ key }) => key);
const withResult = (check: SupplierCheck, result: CheckedStep["result"]): readonly string[] =>
  check.steps.filter((one) => one.result === result).map((one) => one.step);
const fault = (phase: FaultPhase, command: string, action: FaultAction): void =>
  supplier.server.setFault((event) => (event.phase === phase && event.command === command ? action : undefined));
const reply = (code: number, text: string): Extract<FaultAction, { do: "reply" }> => ({ do: "reply", code, text });

describe("a server that works", () => {
  it("gives ok for every step, with what the connection is, on one connection", async () => {
    await start();
    const check = await supplier.check();
    expect(check.steps.filter(({ result }) => result !== "ok")).toEqual([]);
    expect(check.ok).toBe(true);
    expect(check.facts).toMatchObject({
      addresses: ["127.0.0.1"],
      protocol: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      certificate: { subject: "ftp.agriest.example" },
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      uploadBytesPerSecond: expect.any(Number),
    });
    expect(step(check, "orders folder").what).toBe("/IN: 2 files, 1 of them under a temporary name");
    expect(step(check, "answers folder").what).toBe("/OUT: 2 files, 1 of them matching AR_*.xml");
    expect(step(check, "size").what).toBe("271 bytes");
    expect([supplier.count("CONNECT"), supplier.count("PASS")]).toEqual([1, 1]);
    // ProFTPD breaks the connection where a file that is not there is asked for.
    expect(supplier.server.commands.filter(({ command, reply }) => command === "RETR" && reply !== 226)).toEqual([]);
  });

  it("sees no file but under a temporary name that tells what it is, and finds all others as they were", async () => {
    await start();
    const taken = BEFORE.map((name) => readFileSync(join(supplier.server.root, "IN", name), "utf8"));
    await supplier.check();
    expect([...supplier.names].filter((name) => !/^\/IN\/soh-probe-[0-9a-f]{12}(-[a-z]+)?\.tmp$/.test(name))).toEqual([]);
    expect(supplier.names.size).toBe(4);
    expect(supplier.orders()).toEqual(BEFORE);
    expect(BEFORE.map((name) => readFileSync(join(supplier.server.root, "IN", name), "utf8"))).toEqual(taken);
  });

  it("may be one that refuses a rename onto an existing name, has no MLSD, or speaks TLS 1.2", async () => {
    await start({ renameOverwrites: false, mlsd: false, maxTlsVersion: "TLSv1.2" });
    const check = await supplier.check();
    expect(withResult(check, "ok")).toHaveLength(check.steps.length);
    expect(step(check, "existing name").what).toBe("a rename onto it is refused");
    expect(step(check, "listing").what).toContain("no MLSD");
    expect(step(check, "clock").what).toBe("the server does not tell times exactly");
    expect(check.facts.protocol).toBe("TLSv1.2");
    expect(supplier.orders()).toEqual(BEFORE);
  });
});

describe("before the folders", () => {
  it("a wrong password: names its key and variable, shows the certificate, and is tried once", async () => {
    await start();
    const check = await supplier.check({ env: { FTP_AGRIEST_PASS: "wrong" } });
    expect(check.ok).toBe(false);
    expect(step(check, "login").what).toContain("530 Login incorrect");
    expect(step(check, "login").change).toEqual([
      { key: "suppliers.agriest.transport.password", variables: ["FTP_AGRIEST_PASS"] },
      { key: "suppliers.agriest.transport.user", variables: ["FTP_AGRIEST_USER"] },
    ]);
    expect(step(check, "certificate").what).toContain("ftp.agriest.example, issued by Agriest CA");
    expect(withResult(check, "not tried")).toHaveLength(check.steps.length - 5);
    expect(supplier.count("PASS")).toBe(1);
    expect(JSON.stringify(check)).not.toContain("wrong");
  });

  it("an authority that did not issue its certificate: names tls.ca, prints the fingerprint, and sends no password", async () => {
    await start();
    const check = await supplier.check({ env: { FTP_AGRIEST_CA: "" } });
    const found = step(check, "certificate");
    expect(found.result).toBe("failed");
    expect(found.what).toMatch(/this machine does not know who issued it .*SHA-256 ([0-9A-F]{2}:){31}/);
    expect(found.change).toEqual([
      { key: "suppliers.agriest.transport.tls.ca", variables: ["FTP_AGRIEST_CA"] },
      { key: "suppliers.agriest.transport.tls.fingerprint", variables: [] },
    ]);
    expect([supplier.count("USER"), supplier.count("PASS"), supplier.count("CONNECT")]).toEqual([0, 0, 2]);

    const pinned = await supplier.check({
      edit: (yaml) =>
        yaml.replace('tls: { ca: "${FTP_AGRIEST_CA:-}" }', `tls: { fingerprint: "${check.facts.fingerprint ?? ""}" }`),
    });
    expect(pinned.ok).toBe(true);
    expect(step(pinned, "certificate").what).toMatch(/, as configured$/);
  });

  it("another authority than the configured one: says that tls.ca did not issue it", async () => {
    await start();
    const other = join(supplier.folder, "other.pem");
    writeFileSync(other, (await createCertificateAuthority("Somebody else")).certificate);
    const check = await supplier.check({ env: { FTP_AGRIEST_CA: other } });
    expect(step(check, "certificate").what).toMatch(
      /^it is not issued by the authority in tls\.ca .*issued by Agriest CA .*SHA-256 ([0-9A-F]{2}:){31}/,
    );
    expect(keys(check, "certificate")[0]).toBe("suppliers.agriest.transport.tls.ca");
    expect([supplier.count("USER"), supplier.orders()]).toEqual([0, BEFORE]);
  });

  it("another certificate than the pinned one: names tls.fingerprint and prints the one that is shown", async () => {
    await start();
    const edit = (yaml: string): string =>
      yaml.replace('tls: { ca: "${FTP_AGRIEST_CA:-}" }', `tls: { fingerprint: "${"AB".repeat(32)}" }`);
    const check = await supplier.check({ edit });
    expect(step(check, "certificate").what).toContain(`SHA-256 ${check.facts.fingerprint ?? "none"}`);
    expect(keys(check, "certificate")[0]).toBe("suppliers.agriest.transport.tls.fingerprint");
    expect(supplier.count("PASS")).toBe(0);
  });

  it("a certificate for another name: names the host", async () => {
    await start({}, { hosts: ["ftp.agriest.example"] });
    const check = await supplier.check();
    expect(step(check, "certificate").what).toContain("it is for another name than 127.0.0.1");
    expect(keys(check, "certificate")[0]).toBe("suppliers.agriest.transport.host");
  });

  it("a certificate that has expired fails, and one that is about to is a warning", async () => {
    const day = 86_400_000;
    await start({}, { expires: new Date(Date.now() - day) });
    expect(step(await supplier.check(), "certificate").what).toContain("it has expired: ask the supplier to renew it");
    await supplier.stop();
    await start({}, { expires: new Date(Date.now() + 9.5 * day) });
    const check = await supplier.check();
    expect(step(check, "certificate")).toMatchObject({ result: "warning", what: expect.stringContaining("It ends in 9 days") });
    expect(check.ok).toBe(true);
  });

  it("no TLS version in common: names the bounds, and what the server would take", async () => {
    await start({ maxTlsVersion: "TLSv1.2" });
    const check = await supplier.check({ edit: (yaml) => yaml.replace('tls: { ca: "${FTP', 'tls: { min: TLSv1.3, ca: "${FTP') });
    expect(step(check, "encryption").what).toContain("The server would take TLSv1.2");
    expect(keys(check, "encryption")).toEqual(["suppliers.agriest.transport.tls.min", "suppliers.agriest.transport.tls.max"]);
  });

  it("a server that knows no encryption: says so, and sends no password", async () => {
    await start({ encryption: "none" });
    const check = await supplier.check();
    expect(step(check, "encryption").what).toContain("this server does no TLS: it answers AUTH TLS with 502");
    expect(keys(check, "encryption")).toContain("suppliers.agriest.transport.kind");
    expect(supplier.count("USER")).toBe(0);
  });

  it.each([431, 500, 502, 504, 530, 534, 550])(
    "a server that refuses AUTH TLS with %d does no TLS: no login is tried",
    async (code) => {
      await start({ encryption: "none" });
      fault("before", "AUTH", reply(code, "Please login with USER and PASS."));
      const check = await supplier.check();
      expect(step(check, "encryption")).toMatchObject({
        result: "failed",
        what: expect.stringContaining(
          `this server does no TLS: it answers AUTH TLS with ${code} Please login with USER and PASS. No login was tried`,
        ),
      });
      expect(keys(check, "encryption")).toContain("suppliers.agriest.transport.kind");
      expect(step(check, "login").result).toBe("not tried");
      expect([supplier.count("CONNECT"), supplier.count("USER"), supplier.count("PASS")]).toEqual([1, 0, 0]);
    },
  );

  it("a server that is not to be had at AUTH TLS refuses no encryption", async () => {
    await start();
    fault("before", "AUTH", reply(421, "Too many connections"));
    expect(keys(await supplier.check(), "connection")).toEqual(["suppliers.agriest.transport.connections"]);
    fault("before", "AUTH", { do: "close" });
    expect(step(await supplier.check(), "connection").result).toBe("failed");
    expect(supplier.count("USER")).toBe(0);
  });

  it("a refusal at the greeting is not one of the login", async () => {
    await start();
    fault("before", "CONNECT", reply(530, "Not from your address."));
    const check = await supplier.check();
    expect(step(check, "connection").what).toBe("refused: 530 Not from your address");
    expect(step(check, "login").result).toBe("not tried");
    expect(supplier.count("CONNECT")).toBe(1);
  });

  it.each([500, 534, 550])("a login that is refused with %d is one, whatever the code means elsewhere", async (code) => {
    await start();
    fault("before", "PASS", reply(code, "No."));
    const check = await supplier.check();
    expect(step(check, "encryption").result).toBe("ok");
    expect(step(check, "login").what).toBe(`the server refuses it: ${code} No. It was tried once`);
    expect(supplier.count("PASS")).toBe(1);
  });

  it("TLS from the first byte, of a server that has none: says so, and names the mode", async () => {
    await start({ encryption: "none" });
    const check = await supplier.check({ edit: (yaml) => yaml.replace("kind: ftps\n", "kind: ftps\n      mode: implicit\n") });
    expect(step(check, "encryption").what).toContain("the server does not speak TLS from the first byte");
    expect(keys(check, "encryption")).toEqual(["suppliers.agriest.transport.mode", "suppliers.agriest.transport.port"]);
    expect(supplier.count("USER")).toBe(0);
  });

  it("a server that wants TLS from the first byte: names the mode", async () => {
    await start({ encryption: "implicit" });
    const check = await supplier.check();
    expect(step(check, "connection").result).toBe("failed");
    expect(keys(check, "connection")).toContain("suppliers.agriest.transport.mode");
  });

  it("a server that is down: says so, and names the port and the host", async () => {
    await start();
    await supplier.server.setAccepting(false);
    const check = await supplier.check();
    expect(step(check, "connection").what).toContain("nothing listens at 127.0.0.1");
    expect(step(check, "connection").change).toEqual([
      { key: "suppliers.agriest.transport.port", variables: ["FTP_AGRIEST_PORT"] },
      { key: "suppliers.agriest.transport.host", variables: ["FTP_AGRIEST_HOST"] },
    ]);
    expect(withResult(check, "not tried")).toHaveLength(check.steps.length - 2);
  });

  it("a server that is silent is given up in time", async () => {
    await start();
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const check = await supplier.check({ env: { FTP_AGRIEST_PORT: port } });
    silent.close();
    expect(step(check, "connection").what).toContain("Timeout (control socket)");
    expect(keys(check, "connection")).toContain("suppliers.agriest.transport.mode");
  });

  it("a name that nobody knows: names the host, and tries nothing else", async () => {
    await start();
    const check = await supplier.check({ env: { FTP_AGRIEST_HOST: "ftp.agriest.invalid" } });
    expect(step(check, "host name")).toMatchObject({
      result: "failed",
      what: expect.stringContaining("ftp.agriest.invalid"),
      change: [{ key: "suppliers.agriest.transport.host", variables: ["FTP_AGRIEST_HOST"] }],
    });
    expect(withResult(check, "not tried")).toHaveLength(check.steps.length - 1);
  });

  it("a server with too many connections: says so", async () => {
    await start();
    fault("after", "PASS", reply(421, "Too many connections"));
    const check = await supplier.check();
    expect(keys(check, "connection")).toEqual(["suppliers.agriest.transport.connections"]);
  });
});

describe("folders", () => {
  it("a missing folder of orders: names its path, and still looks at the one of answers", async () => {
    await start();
    const check = await supplier.check({ edit: (yaml) => yaml.replace("path: /IN,", "path: /INN,") });
    expect(step(check, "orders folder").what).toMatch(/^\/INN is not there, or we may not enter it: 550/);
    expect(keys(check, "orders folder")[0]).toBe("suppliers.agriest.folders.orders.path");
    expect(step(check, "answers folder").result).toBe("ok");
    expect(step(check, "upload").result).toBe("not tried");
  });

  it("a missing folder of answers: names its path, and the rest is tried", async () => {
    await start();
    rmSync(join(supplier.server.root, "OUT"), { recursive: true });
    const check = await supplier.check();
    expect(withResult(check, "failed")).toEqual(["answers folder"]);
    expect(keys(check, "answers folder")[0]).toBe("suppliers.agriest.folders.acknowledgements.path");
    expect(step(check, "throughput").result).toBe("ok");
  });

  it("a read-only folder: says that we may not write there", async () => {
    await start();
    fault("before", "STOR", reply(553, "Could not create file."));
    const check = await supplier.check();
    expect(step(check, "upload").what).toContain("we may not write into /IN: 553 Could not create file");
    expect(keys(check, "upload")).toEqual(["suppliers.agriest.folders.orders.path", "suppliers.agriest.transport.user"]);
    expect(step(check, "size").result).toBe("not tried");
  });

  it("a server that breaks the connection where we may not write is understood so", async () => {
    await start();
    fault("before", "STOR", { do: "close" });
    const check = await supplier.check();
    expect(step(check, "upload").what).toContain("Some servers do so where we may not write");
    expect(keys(check, "upload")).toEqual(["suppliers.agriest.folders.orders.path"]);
    expect(step(check, "clean up").what).toBe("nothing of this check is left");
  });

  it("files left by an earlier check are told of", async () => {
    await start();
    writeFileSync(join(supplier.server.root, "IN/soh-probe-0123456789ab.tmp"), "");
    const check = await supplier.check();
    expect(step(check, "orders folder")).toMatchObject({
      result: "warning",
      what: expect.stringContaining("1 probe of an earlier"),
    });
    expect(supplier.orders()).toContain("soh-probe-0123456789ab.tmp");
  });

  it("another folder for uploads is entered, and nothing of it gets into the folder of orders", async () => {
    await start();
    const check = await supplier.check({
      adapt: (one) => ({ ...one, orders: { ...one.orders, temporary: { folder: "/OUT", prefix: "", suffix: "" } } }),
    });
    expect(step(check, "temporary folder")).toMatchObject({ result: "ok", what: expect.stringContaining("is not tried") });
    expect(withResult(check, "failed")).toEqual([]);
    expect([...supplier.names].filter((name) => !name.startsWith("/OUT/soh-probe-"))).toEqual([]);
  });
});

describe("what a delivery does", () => {
  it("a full disk: says so, at the first file or at the large one, and leaves nothing", async () => {
    await start();
    fault("data", "STOR", { ...reply(452, "Insufficient storage space."), atByte: 0 });
    const full = await supplier.check();
    expect(step(full, "upload").what).toContain("Its disk or our quota is full");
    expect(withResult(full, "failed")).toEqual(["upload"]);
    expect(supplier.orders()).toEqual(BEFORE);

    fault("data", "STOR", { ...reply(451, "Failure writing to local file."), atByte: 100_000 });
    const nearly = await supplier.check();
    expect(withResult(nearly, "failed")).toEqual(["throughput"]);
    expect(step(nearly, "throughput").what).toContain("451 Failure writing to local file");
    expect(supplier.orders()).toEqual(BEFORE);
  });

  it("a server without SIZE is a warning; one that cannot be read from either fails", async () => {
    await start();
    fault("before", "SIZE", reply(502, "SIZE not implemented."));
    const check = await supplier.check();
    expect(withResult(check, "warning")).toEqual(["size"]);
    expect(check.ok).toBe(true);
    expect(supplier.orders()).toEqual(BEFORE);

    supplier.server.setFault(({ phase, command }) =>
      phase === "before" && (command === "SIZE" || command === "RETR") ? reply(502, "No.") : undefined,
    );
    expect(step(await supplier.check(), "read back").result).toBe("failed");
  });

  it("a server that rewrites line ends is seen by the size", async () => {
    await start();
    supplier.server.on({
      file: ({ kind, file }) => {
        if (kind === "stored") {
          writeFileSync(file, readFileSync(file, "latin1").replaceAll("\r\n", "\n"), "latin1");
        }
      },
    });
    const check = await supplier.check();
    expect(step(check, "size").what).toContain("the server holds 270 bytes of the 271 that were sent");
    expect(step(check, "read back").result).toBe("failed");
  });

  it("a server that refuses rename: names the key, tries nothing onto another name, and leaves nothing", async () => {
    await start();
    fault("before", "RNTO", reply(553, "Rename is not allowed."));
    const check = await supplier.check();
    expect(withResult(check, "failed")).toEqual(["rename"]);
    expect(step(check, "rename").what).toContain("refused: 553 Rename is not allowed");
    expect(keys(check, "rename")).toEqual(["suppliers.agriest.folders.orders.commit"]);
    expect(step(check, "existing name").result).toBe("not tried");
    expect(supplier.orders()).toEqual(BEFORE);
  });

  it("a connection that breaks in the middle: what was made is removed on a second one", async () => {
    await start();
    fault("after", "RNTO", { do: "close" });
    const check = await supplier.check();
    expect(withResult(check, "failed")).toEqual(["rename"]);
    expect(step(check, "throughput").result).toBe("not tried");
    expect(step(check, "clean up").result).toBe("ok");
    expect(supplier.orders()).toEqual(BEFORE);
    expect(supplier.count("CONNECT")).toBe(2);
  });

  it("what may not be deleted is named", async () => {
    await start();
    fault("before", "DELE", reply(550, "Permission denied."));
    const check = await supplier.check();
    const left = supplier.orders().filter((name) => !BEFORE.includes(name));
    expect(left).toHaveLength(2);
    expect(step(check, "clean up").result).toBe("warning");
    for (const name of left) {
      expect(step(check, "clean up").what).toContain(`/IN/${name}`);
    }
  });

  it("ports for files that are closed by a firewall are told from a server that is down", async () => {
    await start();
    supplier.server.setFault(({ phase, command }) =>
      phase === "before" && (command === "EPSV" || command === "PASV") ? reply(425, "Can't open data connection.") : undefined,
    );
    const check = await supplier.check();
    expect(step(check, "orders folder").what).toContain("commands get through and files do not");
  });
});
