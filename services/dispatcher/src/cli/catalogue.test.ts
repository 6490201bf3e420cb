// The commands, against a real operations server.
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startFixture, TOKEN, type Fixture } from "../operations/test/fixture.ts";
import { composeTools } from "./tools.ts";
import { createProgram } from "./program.ts";
import { runSoh, startSoh } from "./test/soh.ts";

const folder = mkdtempSync(join(tmpdir(), "soh-catalogue-"));
let fixture: Fixture;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  fixture = await startFixture();
  environment = { SOH_URL: await fixture.operations.listen({ host: "127.0.0.1", port: 0 }), SOH_API_TOKEN: TOKEN };
});
beforeEach(async () => {
  await fixture.dispatcher.database.db.deleteFrom("catalogue_entries").execute();
});
afterAll(async () => {
  await fixture.stop();
  rmSync(folder, { recursive: true });
});

const soh = (...args: readonly string[]) => runSoh(environment, ["catalogue", ...args]);

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const HEADER = "sku;supplier_sku;unit;pack;cost;currency;valid_from;gtin;mpn;hazard";
const FIRST = file("first.csv", `${HEADER}\nAGR-1;44-100;xbx;10;12,50;EUR;2027-01-01;4006381333931;M-1;\nAGR-2;44-200;;;;;;;;\n`);

const importAs = (path: string, ...more: readonly string[]) => soh("import", path, "--supplier", "agriest", ...more);

describe("import", () => {
  it("a preview says what would change, and changes nothing", async () => {
    const { status, out, err } = await importAs(FIRST, "--preview");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^New +2$/m);
    expect(out).toMatch(/^Applied +no: a preview$/m);
    expect(out).toMatch(/^new +2 +AGR-1 +2027-01-01 +supplier's SKU 44-100$/m);
    expect((await soh("lookup", "AGR-1")).status).toBe(1);
  });

  it("then new, changed, unchanged and removed rows, in one transaction with its event", async () => {
    expect((await importAs(FIRST)).status).toBe(0);
    const second = file(
      "second.csv",
      `${HEADER}\nAGR-1;44-100;XBX;10;13.00;EUR;2027-01-01;4006381333931;M-1;\nAGR-3;44-300;;;;;;;;\n`,
    );
    const preview = await importAs(second, "--replace", "--preview", "--json");
    expect(JSON.parse(preview.out)).toMatchObject({
      rows: 2,
      new: 1,
      changed: 1,
      unchanged: 0,
      removed: 1,
      applied: false,
      examples: {
        changed: [{ row: 2, sku: "AGR-1", changes: [{ column: "cost", before: "12.50", after: "13.00" }] }],
        removed: [{ sku: "AGR-2", row: null }],
      },
    });
    const done = await importAs(second, "--replace", "--note", "prices of February");
    expect([done.status, done.err]).toEqual([0, ""]);
    const event = await fixture.dispatcher.database.db
      .selectFrom("events")
      .selectAll()
      .where("name", "=", "catalogue.imported")
      .orderBy("id", "desc")
      .executeTakeFirstOrThrow();
    expect([event.subject_id, event.actor, JSON.parse(event.detail)]).toMatchObject([
      "agriest",
      userInfo().username,
      { note: "prices of February", new: 1, changed: 1, removed: 1 },
    ]);
    expect((await soh("lookup", "AGR-2")).err).toContain('no catalogue has the SKU "AGR-2"');
    const waiting = await fixture.dispatcher.database.db.selectFrom("catalogue_import_rows").selectAll().execute();
    expect(waiting).toEqual([]);
  });

  it("names every bad row with column and reason, and applies nothing; with --skip-bad the others", async () => {
    const path = file("bad.csv", `${HEADER}\nA;1;;x;;;;;;\nB;2;;;1;;;123;;\nagr-1;3;;;;;;;;\nAGR-1;4;;;;;;;;\nonly\n`);
    const refused = await importAs(path);
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(/^row 2: pack "x": expected the pieces/m);
    expect(refused.err).toMatch(/^row 3: currency: expected the currency/m);
    expect(refused.err).toMatch(/^row 3: gtin "123": expected the 8, 12, 13 or 14 digits/m);
    expect(refused.err).toMatch(/^row 5: sku "AGR-1": row 4 has this SKU already/m);
    expect(refused.err).toMatch(/^row 6: 1 cells, where the header has 10/m);
    expect(refused.err).toContain("4 rows are bad, so nothing is applied");
    expect((await soh("lookup", "AGR-1")).status).toBe(1);
    const skipped = await importAs(path, "--skip-bad", "--json");
    expect([skipped.status, JSON.parse(skipped.out)]).toMatchObject([0, { rows: 5, badRows: 4, new: 1, applied: true }]);
    expect((await soh("lookup", "AGR-1")).out).toMatch(/^agriest +agr-1 +3 +C62 +1/m);
  });

  it.each([
    ["a first line sep=;", (text: string) => Buffer.from(`sep=;\r\n${text}`)],
    ["UTF-16, little end first", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16, big end first", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
    ["UTF-16 and a first line sep=;", (text: string) => Buffer.from(`\ufeffsep=;\r\n${text}`, "utf16le")],
  ])("reads what Excel writes: %s; and warns of a SKU that it has damaged", async (what, encode) => {
    const text = "sku;supplier_sku\r\nAGR-1;44-é\r\nAGR-2;1,23E+11\r\n";
    const { status, out, err } = await importAs(file(`excel-${what.length}.csv`, encode(text)), "--preview");
    expect(status).toBe(0);
    expect(out).toMatch(/^New +2$/m);
    expect(out).toContain("44-é");
    expect(err).toMatch(/^row 3: supplier_sku "1,23E\+11": Warning: .*lost its last digits: format the column as text.*\n$/);
  });

  it("says what UTF-16 without a byte order mark is", async () => {
    const { status, err } = await importAs(file("utf16.csv", Buffer.from("sku;supplier_sku\r\nA;B\r\n", "utf16le")), "--preview");
    expect([status, err]).toEqual([1, expect.stringContaining("UTF-16 without a byte order mark: write it as UTF-8")]);
  });

  it("reads windows-1252, tabs, quotes and byte order marks; and says when the encoding is wrong", async () => {
    const latin = file("latin.csv", Buffer.from('sku\tsupplier_sku\thazard\nA\t"R\u00e9f ""1"""\t\n', "latin1"));
    const refused = await importAs(latin);
    expect([refused.status, refused.err]).toEqual([
      1,
      `${latin} cannot be read: it is not utf-8 text: give --encoding (utf-8 or windows-1252)\n`,
    ]);
    expect((await importAs(latin, "--encoding", "windows-1252")).status).toBe(0);
    expect((await soh("lookup", "A")).out).toContain('Réf "1"');
    const marked = file("marked.csv", '\ufeffSKU,Supplier SKU\r\nB,"two, three"\r\n\r\n');
    expect((await importAs(marked)).status).toBe(0);
    expect((await soh("lookup", "b")).out).toContain("two, three");
  });

  it.each([
    ["an unknown column", "sku;prix\nA;1\n", [], 1, 'the column "prix" is not known'],
    ["an empty file", "", [], 1, "is empty"],
    ["a header alone", `${HEADER}\n`, ["--replace"], 1, "has no rows"],
    ["an open quote", 'sku;supplier_sku\n"A;1\n', [], 1, "cannot be read: after row 1"],
    ["two wishes that contradict", `${HEADER}\n`, ["--replace", "--skip-bad"], 2, "a bad row would remove"],
    ["a wrong delimiter", `${HEADER}\n`, ["--delimiter", "ab"], 2, "expected one character"],
  ])("refuses %s", async (_, text, more, expected, message) => {
    const { status, err } = await importAs(file("refused.csv", text), ...more);
    expect(status).toBe(expected);
    expect(err).toContain(message);
  });

  it("refuses a file that is not there and a supplier that is not there", async () => {
    expect((await importAs(join(folder, "none.csv"))).err).toContain("none.csv cannot be read: ENOENT");
    const { status, err } = await soh("import", FIRST, "--supplier", "nobody");
    expect([status, err]).toEqual([1, 'there is no supplier "nobody". Configured: agriest, fournial\n']);
  });
});

describe("export", () => {
  it("writes what an import reads: nothing changes", async () => {
    await importAs(FIRST);
    const { out } = await soh("export", "--supplier", "agriest");
    expect(out).toBe(
      "sku,supplier_sku,unit,pack,cost,currency,valid_from,gtin,mpn,hazard\r\n" +
        "AGR-1,44-100,XBX,10,12.50,EUR,2027-01-01,4006381333931,M-1,\r\nAGR-2,44-200,C62,1,,,,,,\r\n",
    );
    const path = join(folder, "exported.csv");
    const told = await soh("export", "--supplier", "agriest", "--out", path, "--delimiter", "tab");
    expect(told.out).toBe(`2 entries of agriest are in ${path}.\n`);
    const again = await importAs(path, "--replace", "--json");
    expect(JSON.parse(again.out)).toMatchObject({ unchanged: 2, new: 0, changed: 0, removed: 0 });
    expect((await soh("export", "--supplier", "agriest", "--out", join(folder, "no", "file.csv"))).err).toContain(
      "cannot be written",
    );
  });
});

it("lookup says which of several dated entries counts today", async () => {
  await importAs(file("dated.csv", "sku,supplier_sku,valid_from\nA,old,\nA,now,2020-01-01\nA,later,2999-01-01\n"));
  const { out } = await soh("lookup", "a", "--json");
  expect(JSON.parse(out).entries.map((one: { supplierSku: string; current: boolean }) => [one.supplierSku, one.current])).toEqual(
    [
      ["old", false],
      ["now", true],
      ["later", false],
    ],
  );
});

it("each command has help with an example", async () => {
  for (const command of ["import", "export", "lookup"]) {
    let out = "";
    const program = createProgram(
      { lookup: () => undefined, out: (text) => (out += String(text)), err: () => {}, startAsking: () => null },
      composeTools,
    );
    await expect(program.parseAsync(["catalogue", command, "--help"], { from: "user" })).rejects.toMatchObject({ exitCode: 0 });
    expect(out).toContain(`npm run soh -- catalogue ${command}`);
  }
});

it("imports 100,000 rows in bounded memory, while others are served", { timeout: 240_000 }, async ({ annotate }) => {
  const path = join(folder, "large.csv");
  const large = createWriteStream(path);
  large.write(`${HEADER}\n`);
  for (let n = 1; n <= 100_000; n++) {
    large.write(`AGR-${n};44-${n};C62;${(n % 12) + 1};${n % 1_000},25;EUR;2027-01-01;4006381333931;MPN-${n};\n`);
  }
  large.end();
  await finished(large);
  const small = { ...environment, NODE_OPTIONS: "--max-old-space-size=48" };
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const figures: Record<string, number> = {};
  const timed = async (what: string, ...more: readonly string[]) => {
    const started = performance.now();
    const args = ["catalogue", "import", path, "--supplier", "agriest", "--json", ...more];
    const { status, out, err } = await startSoh(small, args);
    figures[`${what}_ms`] = Math.round(performance.now() - started);
    expect([status, err]).toEqual([0, ""]);
    return JSON.parse(out);
  };
  let importing = true;
  let longestWait = 0;
  const others = (async () => {
    while (importing) {
      const started = performance.now();
      await fixture.dispatcher.database.db.selectFrom("settings").select("name").execute();
      longestWait = Math.max(longestWait, performance.now() - started);
      await setTimeout(5);
    }
  })();
  expect(await timed("first")).toMatchObject({ new: 100_000, applied: true });
  expect(await timed("again", "--replace")).toMatchObject({ unchanged: 100_000, removed: 0 });
  importing = false;
  await others;
  delay.disable();
  figures.longest_wait_for_database_ms = Math.round(longestWait);
  figures.longest_block_ms = Math.round(delay.max / 1e6);
  await annotate(JSON.stringify(figures));
  const exported = join(folder, "large-out.csv");
  expect((await soh("export", "--supplier", "agriest", "--out", exported)).status).toBe(0);
  expect(readFileSync(exported, "utf8").split("\r\n")).toHaveLength(100_002);
});
