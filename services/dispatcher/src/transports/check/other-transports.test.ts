// The check over SFTP, over plain FTP and on a directory of this machine.
import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@soh/shared/config";
import { startFtpsServer } from "@soh/simulators/ftps-server";
import { startSftpServer, type SftpServer } from "@soh/simulators/sftp-server";
import { createCertificateAuthority } from "@soh/simulators/certificates";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SftpSettings, TransportSettings } from "../../config/transport-settings.ts";
import type { CheckedStep, CheckStepName, SupplierCheck } from "../../domain/supplier/supplier-check.ts";
import { limits, temporaryFolder } from "../test/simulated.ts";
import type { CheckedSupplier } from "./check.ts";
import { createChecks } from "./checks.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder.root, "orders"));
  mkdirSync(join(folder.root, "out"));
});
afterEach(() => folder.remove());

const supplier = (transport: TransportSettings): CheckedSupplier => ({
  id: "fournial",
  name: "Fournial",
  transport,
  orders: { folder: "/orders", temporary: { prefix: ".part-", suffix: "" } },
  acknowledgements: { folder: "/out", match: "*.xml" },
});
const check = (transport: TransportSettings): Promise<SupplierCheck> => createChecks({ variables: {} })(supplier(transport));
const step = (of: SupplierCheck, name: CheckStepName): CheckedStep | undefined => of.steps.find((one) => one.step === name);
const notOk = (of: SupplierCheck) => of.steps.filter(({ result }) => result !== "ok");
const failed = (of: SupplierCheck) => of.steps.filter(({ result }) => result === "failed").map((one) => one.step);

describe("over SFTP", () => {
  let server: SftpServer;
  beforeEach(async () => {
    server = await startSftpServer({ root: folder.root, login: { user: "sermat", password: "secret" } });
  });
  afterEach(() => server.stop());
  const settings = (over: Partial<SftpSettings> = {}): SftpSettings => ({
    ...limits,
    kind: "sftp",
    port: server.port,
    user: "sermat",
    password: new Secret("secret"),
    key: null,
    passphrase: null,
    hostKeys: [server.hostKey],
    rename: "plain",
    ...over,
  });

  it("a server that works: the host key and its algorithm, every step, nothing left, one connection", async () => {
    const report = await check(settings());
    expect(notOk(report)).toEqual([]);
    expect(step(report, "host key")?.what).toBe(`${server.hostKey}, as configured`);
    expect(step(report, "encryption")?.what).toMatch(/^SSH-2\.0, .*ssh-ed25519/);
    expect(step(report, "existing name")?.what).toBe("a rename onto it is refused");
    expect(step(report, "clock")?.what).toBe("as ours");
    expect(readdirSync(join(folder.root, "orders"))).toEqual([]);
    expect(server.connections()).toBe(1);
  });

  it("a wrong password is told with its key, and tried once", async () => {
    const report = await check(settings({ password: new Secret("wrong") }));
    expect(failed(report)).toEqual(["login"]);
    expect(step(report, "host key")?.result).toBe("ok");
    expect(step(report, "login")?.change.map(({ key }) => key)).toEqual([
      "suppliers.fournial.transport.password",
      "suppliers.fournial.transport.user",
    ]);
    expect(server.connections()).toBe(1);
  });

  it("another host key than the configured one: prints it, and names host_key", async () => {
    const report = await check(settings({ hostKeys: [`SHA256:${"A".repeat(43)}`] }));
    expect(failed(report)).toEqual(["host key"]);
    expect(step(report, "host key")?.what).toContain(`the server shows ${server.hostKey}`);
    expect(step(report, "host key")?.change[0]?.key).toBe("suppliers.fournial.transport.host_key");
    expect(report.facts.fingerprint).toBe(server.hostKey);
    expect(step(report, "login")?.result).toBe("not tried");
  });

  it("a private key that cannot be read is ours to mend", async () => {
    const report = await check(
      settings({ key: new Secret("-----BEGIN RSA PRIVATE KEY-----\nnone\n-----END RSA PRIVATE KEY-----") }),
    );
    expect(failed(report)).toEqual(["login"]);
    expect(step(report, "login")?.change[0]?.key).toBe("suppliers.fournial.transport.key");
  });

  it("a server without posix-rename, where the configuration wants it: names transport.rename", async () => {
    const report = await check(settings({ rename: "posix" }));
    expect(failed(report)).toEqual(["rename"]);
    expect(step(report, "rename")?.change[0]?.key).toBe("suppliers.fournial.transport.rename");
    expect(readdirSync(join(folder.root, "orders"))).toEqual([]);
  });

  it("a full disk that is told, and one that is not", async () => {
    server.setFault(({ phase, command }) =>
      phase === "before" && command === "WRITE" ? { do: "reply", code: 4, text: "Failure" } : undefined,
    );
    const told = await check(settings());
    expect(step(told, "upload")?.what).toContain("Its disk or our quota is full");
    server.setFault(({ phase, command }) =>
      phase === "before" && command === "WRITE" ? { do: "reply", code: 0, text: "" } : undefined,
    );
    const silent = await check(settings());
    expect(step(silent, "upload")?.what).toContain("holds 0 of 271 bytes");
    expect(readdirSync(join(folder.root, "orders"))).toEqual([]);
  });

  it("a read-only folder and a missing one", async () => {
    server.setFault(({ phase, command, argument }) =>
      phase === "before" && command === "OPEN" && argument.includes("soh-probe") ? { do: "reply", code: 3, text: "" } : undefined,
    );
    const readOnly = await check(settings());
    expect(step(readOnly, "upload")?.change[0]?.key).toBe("suppliers.fournial.folders.orders.path");
    server.setFault(undefined);
    rmSync(join(folder.root, "orders"), { recursive: true });
    const missing = await check(settings());
    expect(failed(missing)).toEqual(["orders folder"]);
  });

  it("two suppliers with one login: what was refused for the first is not tried for the second", async () => {
    const checks = createChecks({ variables: {} });
    const wrong = supplier(settings({ password: new Secret("wrong") }));
    await checks(wrong);
    const second = await checks({ ...wrong, id: "other" });
    expect(step(second, "login")?.what).toBe("not tried again: it is the login of fournial, which was refused");
    expect(second.ok).toBe(false);
    expect(server.connections()).toBe(1);
  });
});

describe("a directory of this machine", () => {
  const settings = (root = folder.root): TransportSettings => ({
    ...limits,
    kind: "folder",
    host: root,
    port: 0,
    root,
    rename: "one-step",
  });

  it("has no name, no encryption and no login to try; the rest works, and nothing is left", async () => {
    const report = await check(settings());
    expect(notOk(report)).toEqual([]);
    expect(report.steps[0]?.step).toBe("connection");
    expect(step(report, "login")).toBeUndefined();
    expect(readdirSync(join(folder.root, "orders"))).toEqual([]);
  });

  it("that is not mounted: names transport.root", async () => {
    const report = await check(settings("/nowhere"));
    expect(step(report, "connection")?.what).toContain("is it mounted?");
    expect(step(report, "connection")?.change).toEqual([{ key: "suppliers.fournial.transport.root", variables: [] }]);
  });

  it.skipIf(process.getuid?.() === 0)("where we may not write: names the path", async () => {
    chmodSync(join(folder.root, "orders"), 0o555);
    const report = await check(settings());
    chmodSync(join(folder.root, "orders"), 0o755);
    expect(failed(report)).toEqual(["upload"]);
  });
});

it("plain FTP works, with a warning that it does", async () => {
  const authority = await createCertificateAuthority("Nobody");
  const server = await startFtpsServer({
    root: folder.root,
    user: "sermat",
    password: "secret",
    encryption: "none",
    ...(await authority.issue({ commonName: "ftp.example" })),
  });
  const report = await check({
    ...limits,
    kind: "ftp",
    port: server.port,
    user: "sermat",
    password: new Secret("secret"),
    separateTransferHost: false,
    rename: null,
    encoding: "utf-8",
  });
  await server.stop();
  expect(report.ok).toBe(true);
  expect(notOk(report)).toMatchObject([
    { step: "encryption", result: "warning", change: [{ key: "suppliers.fournial.transport.insecure" }] },
  ]);
});
