// The command, against simulated servers; and docs/suppliers-check.md, which shows what it says of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, test } from "vitest";
import { startCheckedServer, type CheckedServer } from "../transports/check/test/checked-server.ts";
import { runSoh, type Ended } from "./test/soh.ts";

const root = join(import.meta.dirname, "../../../..");
const page = readFileSync(join(root, "docs/suppliers-check.md"), "utf8");

let supplier: CheckedServer;
beforeAll(async () => {
  supplier = await startCheckedServer({}, { expires: new Date("2029-11-23T12:00:00Z") });
});
afterAll(() => supplier.stop());
beforeEach(() => supplier.server.setFault(undefined));

const sohIn = (env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> =>
  runSoh({ ...supplier.env, SOH_CONFIG: join(root, "config/handler.yaml"), ...env }, args);

const FINGERPRINT = "5E:A7:0C:1F:7D:49:C0:BE:DB:03:15:A8:32:5C:ED:B0:E3:2D:D6:18:CE:CB:3E:FA:57:F2:29:C5:76:A1:D8:09";
/** What differs from run to run, as on the page. */
const asOnPage = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, "ftp.agriest.example:21")
    .replaceAll("127.0.0.1", "192.0.2.7")
    .replaceAll(/([0-9A-F]{2}:){31}[0-9A-F]{2}/g, FINGERPRINT)
    .replaceAll(/Agriest CA [0-9a-f]{8}/g, "Agriest CA")
    .replaceAll(/soh-probe-[0-9a-f]{12}/g, "soh-probe-3fa94c61d07e")
    .replace(/ready after [\d.]+ ms/, "ready after 212 ms")
    .replace(/[\d.]+ ms \(median\)/, "31 ms (median)")
    .replace(/[\d.]+ \w+\/s up, [\d.]+ \w+\/s down/, "420 kB/s up, 890 kB/s down");

test.each([
  ["A server that works", {}, undefined, 0],
  ["A wrong password", { FTP_AGRIEST_PASS: "wrong" }, undefined, 1],
  ["A certificate that nobody here knows", { FTP_AGRIEST_CA: "" }, undefined, 1],
  ["A server that renames nothing", {}, "RNTO", 1],
] as const)("docs/suppliers-check.md shows what it says: %s", async (heading, env, refused, status) => {
  supplier.server.setFault(({ phase, command }) =>
    phase === "before" && command === refused ? { do: "reply", code: 550, text: "Permission denied." } : undefined,
  );
  const ended = await sohIn(env, "suppliers", "check", "agriest");
  expect(ended.status).toBe(status);
  expect(ended.err).toBe(status === 0 ? "" : "agriest: not everything works.\n");
  const shown = page
    .split(`## ${heading}\n`)[1]
    ?.split("```")[1]
    ?.replace(/^text\n/, "");
  expect(asOnPage(ended.out)).toBe(shown);
});

it("without a supplier tries all of them, one after the other, whichever fails", async () => {
  const { status, out, err } = await sohIn({}, "suppliers", "check");
  expect([status, err]).toEqual([1, "fournial: not everything works.\n"]);
  expect(out).toMatch(/^agriest \(Agriest\), ftps, 127\.0\.0\.1:\d+$/m);
  expect(out).toMatch(/^host name +FAILED +nobody knows the name ftp\.fournial\.invalid/m);
  expect(out).toMatch(/^ {2}suppliers\.fournial\.transport\.host \(from FTP_FOURNIAL_HOST\)$/m);
});

it("with --json one line for programs, and no password in it", async () => {
  const { status, out } = await sohIn({ FTP_AGRIEST_PASS: "not-the-password" }, "suppliers", "check", "agriest", "--json");
  expect(status).toBe(1);
  expect(out.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(out)).toMatchObject({ ok: false, suppliers: [{ supplier: "agriest", ok: false }] });
  expect(out).not.toContain("not-the-password");
});

it("config check --online says what is in the file, then what the servers say", async () => {
  const { status, out } = await sohIn({}, "config", "check", "--online");
  expect(status).toBe(1);
  expect(out).toMatch(/^OK: .*handler\.yaml\n/);
  expect(out).toContain("Everything works.");
  expect(out).toContain("nobody knows the name ftp.fournial.invalid");

  const json = await sohIn({}, "config", "check", "--online", "--json");
  expect(json.status).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({ ok: false, checks: [{ supplier: "agriest", ok: true }, { ok: false }] });
  expect((await sohIn({}, "config", "check")).status).toBe(0);
});

it("an unknown supplier, and a configuration that cannot be read, are refused before anything is tried", async () => {
  const before = supplier.count("CONNECT");
  const unknown = await sohIn({}, "suppliers", "check", "nobody");
  expect([unknown.status, unknown.err]).toEqual([
    1,
    'there is no supplier "nobody" in the configuration. There are: agriest, fournial\n',
  ]);
  expect((await sohIn({ FTP_AGRIEST_HOST: "" }, "suppliers", "check")).err).toContain("FTP_AGRIEST_HOST");
  expect(supplier.count("CONNECT")).toBe(before);
  expect((await sohIn({}, "suppliers", "check", "--help")).out).toContain("npm run soh -- suppliers check agriest");
});
