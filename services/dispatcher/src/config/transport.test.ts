import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { ConfigError } from "@soh/shared/config";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./load.ts";
import { accessOf, insecurity, type TransportSettings } from "./transport-settings.ts";

const handlerYaml = readFileSync(new URL("../../../../config/handler.yaml", import.meta.url), "utf8");
const environment: Readonly<Record<string, string>> = {
  SHOPIFY_SHOP: "sermat.myshopify.com",
  SHOPIFY_WEBHOOK_SECRET: "one",
  FTP_AGRIEST_HOST: "ftp.agriest.example",
  FTP_AGRIEST_USER: "sermat",
  FTP_AGRIEST_PASS: "password",
  FTP_FOURNIAL_HOST: "ftp.fournial.example",
  FTP_FOURNIAL_USER: "sermat",
  FTP_FOURNIAL_PASS: "password",
  KEY_TEXT: "-----BEGIN OPENSSH PRIVATE KEY-----\nprivate\n-----END OPENSSH PRIVATE KEY-----\n",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "soh-transport-config-"));
  writeFileSync(join(folder, "id_ed25519"), environment["KEY_TEXT"] ?? "");
  writeFileSync(join(folder, "notes.txt"), "nothing");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The transport of agriest, written so; and of fournial where it is given. */
function load(transport: string, fournial?: string): readonly TransportSettings[] {
  const file = join(folder, "handler.yaml");
  const written = /transport:\n(?: {6}.*\n)+/g;
  const all = [transport, fournial];
  writeFileSync(
    file,
    handlerYaml.replace(written, (before) => {
      const next = all.shift();
      return next === undefined ? before : `transport: ${next}\n`;
    }),
  );
  return loadConfig(file, (name) => environment[name]).suppliers.map((one) => one.transport);
}

/** What is accepted and warned of. */
const warnings = (): readonly string[] =>
  loadConfig(join(folder, "handler.yaml"), (name) => environment[name]).warnings.map(
    ({ path, message }) => `${path}: ${message}`,
  );

function problems(transport: string, fournial?: string): readonly string[] {
  try {
    load(transport, fournial);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ path, message }) => `${path.replace("suppliers.agriest.", "")}: ${message}`);
    }
    throw error;
  }
  return [];
}

const key = "SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE";
const certificate = Array(32).fill("AB").join(":");

describe("each kind", () => {
  test("ftps is explicit, verified and on port 21 unless it says otherwise", () => {
    expect(load("{ kind: ftps, host: h, user: u, password: p }")[0]).toMatchObject({
      kind: "ftps",
      mode: "explicit",
      port: 21,
      trust: { by: "authority", ca: null },
      minTls: "TLSv1.2",
      maxTls: "TLSv1.3",
      separateTransferHost: false,
      rename: null,
      encoding: "utf-8",
      connections: 1,
      connectionsPerMinute: null,
      timeoutMs: 30_000,
    });
  });

  test("implicit ftps is on port 990", () => {
    expect(load("{ kind: ftps, mode: implicit, host: h, user: u, password: p }")[0]).toMatchObject({
      mode: "implicit",
      port: 990,
    });
    expect(load("{ kind: ftps, mode: implicit, port: 21, host: h, user: u, password: p }")[0]).toMatchObject({ port: 21 });
  });

  test.each([
    ["with colons", certificate],
    ["without", "ab".repeat(32)],
  ])("a fingerprint is written %s", (_how, written) => {
    const [transport] = load(`{ kind: ftps, host: h, user: u, password: p, tls: { fingerprint: "${written}" } }`);
    expect(transport).toMatchObject({ trust: { by: "fingerprint", fingerprints: [certificate] } });
  });

  test("sftp with a password, and with keys of two servers", () => {
    const other = `SHA256:${"A".repeat(43)}`;
    expect(load(`{ kind: sftp, host: h, user: u, password: p, host_key: ["${key}", "${other}="] }`)[0]).toMatchObject({
      kind: "sftp",
      port: 22,
      hostKeys: [key, other],
      key: null,
      rename: "plain",
    });
  });

  test.each([
    ["the key itself", "${KEY_TEXT}"],
    ["the name of its file", "id_ed25519"],
  ])("sftp with %s, which is not shown", (_what, written) => {
    const [transport] = load(`{ kind: sftp, host: h, user: u, key: "${written}", passphrase: hush, host_key: "${key}" }`);
    expect(transport?.kind === "sftp" && transport.key?.reveal()).toBe(environment["KEY_TEXT"]);
    expect(inspect(transport) + JSON.stringify(transport)).not.toMatch(/private|hush/);
  });

  test("a folder is its own server", () => {
    expect(load("{ kind: folder, root: /mnt//agriest/ }")[0]).toMatchObject({
      kind: "folder",
      root: "/mnt/agriest",
      host: "/mnt/agriest",
      port: 0,
    });
  });
});

describe("what is not secure", () => {
  test.each([
    ["{ kind: ftp, insecure: true, host: h, user: u, password: p }", /plain FTP/],
    ["{ kind: ftps, insecure: true, host: h, user: u, password: p, tls: { verify: false } }", /not verified/],
  ])("%s is accepted in writing, and told of", (written, why) => {
    const [transport] = load(written);
    expect(transport && insecurity(transport)).toMatch(why);
    expect(warnings().join()).toMatch(why);
    expect(warnings().join()).toContain("suppliers.agriest.transport.insecure: ");
  });

  test.each([
    "{ kind: ftps, host: h, user: u, password: p }",
    `{ kind: ftps, host: h, user: u, password: p, tls: { fingerprint: "${certificate}" } }`,
    `{ kind: sftp, host: h, user: u, password: p, host_key: "${key}" }`,
    "{ kind: folder, root: /mnt/agriest }",
  ])("%s is", (written) => {
    const [transport] = load(written);
    expect(transport && insecurity(transport)).toBeNull();
    expect(warnings()).toEqual([]);
  });
});

test.each([
  ["no kind", "{ host: h }", ["transport.kind: expected one of ftps, sftp, folder, ftp"]],
  [
    "a kind that there is not",
    "{ kind: sfpt, host: h }",
    ["transport.kind: expected one of ftps, sftp, folder, ftp; did you mean sftp?"],
  ],
  [
    "a misspelt key",
    "{ kind: ftps, hots: h, user: u, password: p }",
    ["transport.host: expected string, received undefined", "transport.hots: unknown key; did you mean host?"],
  ],
  [
    "a key of another kind",
    `{ kind: ftps, host: h, user: u, password: p, host_key: "${key}" }`,
    ["transport.host_key: this key cannot stand beside the others here"],
  ],
  ["a misspelt key, near to one of another kind only", "{ kind: folder, root: /mnt/a, usr: u }", ["transport.usr: unknown key"]],
  [
    "plain FTP that nobody accepted",
    "{ kind: ftp, host: h, user: u, password: p }",
    [
      "transport.insecure: plain FTP shows the password and the orders to everybody on their way; expected kind ftps or sftp, or `insecure: true` to accept it",
    ],
  ],
  [
    "a certificate that is not verified, which nobody accepted",
    "{ kind: ftps, host: h, user: u, password: p, tls: { verify: false } }",
    [
      "transport.tls.verify: whoever answers would get the password and the orders; expected a tls.fingerprint or tls.ca instead, or also `insecure: true` to accept it",
    ],
  ],
  [
    "insecure for nothing",
    "{ kind: ftps, insecure: true, host: h, user: u, password: p }",
    ["transport.insecure: the certificate is verified, so expected no `insecure: true`"],
  ],
  [
    "two ways to trust",
    `{ kind: ftps, host: h, user: u, password: p, tls: { ca: ca.pem, fingerprint: "${certificate}" } }`,
    ["transport.tls.fingerprint: it alone decides whom to trust, so expected no tls.ca beside it"],
  ],
  [
    "a fingerprint that is none",
    "{ kind: ftps, host: h, user: u, password: p, tls: { fingerprint: AB:CD } }",
    ["transport.tls.fingerprint: expected the SHA-256 of a certificate: 64 hexadecimal digits, colons between them or not"],
  ],
  [
    "a range of TLS versions that is empty",
    "{ kind: ftps, host: h, user: u, password: p, tls: { min: TLSv1.3, max: TLSv1.2 } }",
    ["transport.tls.min: expected at most tls.max, which is TLSv1.2"],
  ],
  [
    "sftp without the server's key",
    "{ kind: sftp, host: h, user: u, password: p }",
    [
      "transport.host_key: expected the server's key, so that no other server gets the orders: ask the supplier for it, or see it with ssh-keyscan HOST | ssh-keygen -lf - and compare",
    ],
  ],
  [
    "a server's key that is none",
    "{ kind: sftp, host: h, user: u, password: p, host_key: MD5:00 }",
    ["transport.host_key: expected the server's key as ssh-keygen -l shows it: SHA256: and 43 characters"],
  ],
  [
    "sftp without a secret",
    `{ kind: sftp, host: h, user: u, host_key: "${key}" }`,
    ["transport.password: expected a password or a key"],
  ],
  [
    "a passphrase of nothing",
    `{ kind: sftp, host: h, user: u, password: p, passphrase: p, host_key: "${key}" }`,
    ["transport.passphrase: it opens a private key, so expected key beside it"],
  ],
  [
    "a key's file that is missing",
    `{ kind: sftp, host: h, user: u, key: none, host_key: "${key}" }`,
    [expect.stringMatching(/^transport\.key: the file .*none cannot be read/)],
  ],
  [
    "a key's file that holds none",
    `{ kind: sftp, host: h, user: u, key: notes.txt, host_key: "${key}" }`,
    [expect.stringMatching(/^transport\.key: the file .*notes\.txt holds no private key/)],
  ],
  [
    "a folder that is not absolute",
    "{ kind: folder, root: mnt/agriest }",
    ["transport.root: expected an absolute path, such as /mnt/agriest"],
  ],
])("%s: the error says what to write", (_what, written, expected) => {
  expect(problems(written)).toEqual(expected);
});

describe("two suppliers in one place", () => {
  const orders = /folders\.orders\.path: the supplier agriest has the same server and folder/;
  const IN = (root: string): string => `{ kind: folder, root: ${root} }`;

  test.each([
    ["of one directory", IN("/mnt/orders"), IN("/mnt/orders")],
    [
      "of a host in other letters",
      "{ kind: ftps, host: hub.example, user: a, password: p }",
      "{ kind: ftps, host: HUB.example, user: b, password: p }",
    ],
  ])("%s: an error", (_what, first, second) => {
    const text = problemsOfFolders(first, "/IN", second, "/IN");
    expect(text).toMatch(orders);
  });

  test("a folder's path is compared whole", () => {
    expect(problemsOfFolders(IN("/mnt"), "/hub/IN", IN("/mnt/hub"), "/IN")).toMatch(orders);
    expect(problemsOfFolders(IN("/mnt/a"), "/IN", IN("/mnt/b"), "/IN")).toBe("");
  });

  function problemsOfFolders(first: string, firstFolder: string, second: string, secondFolder: string): string {
    const yaml = handlerYaml.replace("path: /IN", `path: ${firstFolder}`).replace("path: /orders", `path: ${secondFolder}`);
    const file = join(folder, "folders.yaml");
    const all = [first, second];
    writeFileSync(
      file,
      yaml.replace(/transport:\n(?: {6}.*\n)+/g, () => `transport: ${all.shift() ?? ""}\n`),
    );
    try {
      loadConfig(file, (name) => environment[name]);
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
});

test("who logs in differently has other access; limits do not matter", () => {
  const sftp = (over: string): string => {
    const [transport] = load(`{ kind: sftp, host: h, user: u, host_key: "${key}", ${over} }`);
    return transport === undefined ? "" : accessOf(transport);
  };
  expect(sftp("password: p, connections: 3, timeout: 5s, rate: { per_minute: 4 }")).toBe(sftp("password: p"));
  expect(sftp("password: q")).not.toBe(sftp("password: p"));
  expect(sftp("key: id_ed25519")).not.toBe(sftp("password: p"));
});
