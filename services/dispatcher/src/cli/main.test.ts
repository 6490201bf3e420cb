// The commands, against a real operations server.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remedies } from "../domain/purchase-order/remedy.ts";
import { startFixture, TOKEN, type Fixture } from "../operations/test/fixture.ts";
import { composeTools } from "./tools.ts";
import { createProgram } from "./program.ts";
import { orderBody } from "../test/payload.ts";
import { shopEnvironment, runSoh } from "./test/soh.ts";

const folder = mkdtempSync(join(tmpdir(), "soh-cli-"));
let fixture: Fixture;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  fixture = await startFixture();
  const address = await fixture.operations.listen({ host: "127.0.0.1", port: 0 });
  environment = { SOH_URL: address, SOH_API_TOKEN: TOKEN };
  const { dispatcher, world } = fixture;
  const create = async (id: string, number: number, more: object = {}) => {
    world.clock.advance(1_000);
    await dispatcher.webhook("orders/create", orderBody({ id, number, ...more }));
  };
  await create("1", 1001, { lines: [{ sku: "AGR-1", vendor: "Agriest", title: "Dent \u001b[31mrouge\u009b2J", quantity: 2 }] });
  await dispatcher.run();
  await create("2", 1002, { total: "4180.00" });
  await create("3", 1003, { createdAt: "2026-05-01T10:00:00+02:00" });
  await dispatcher.webhook("orders/create", "{broken");
});
afterAll(async () => {
  await fixture.stop();
  rmSync(folder, { recursive: true });
});

const sohIn = (env: NodeJS.ProcessEnv, ...args: readonly string[]) => runSoh(env, args);
const soh = (...args: readonly string[]) => sohIn(environment, ...args);

describe("what it shows", () => {
  it("status: counts in aligned columns, and what needs a person", async () => {
    const { status, out, err } = await soh("status");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^PURCHASE ORDERS +HELD +READY +SENDING +SENT/m);
    expect(out).toMatch(/^agriest +1 +0 +0 +1 /m);
    expect(out).toMatch(/^Held +1$/m);
    expect(out).toMatch(/^Webhooks set aside +1$/m);
    const [head = "", row = ""] = out.split("\n");
    expect(row.indexOf("1")).toBe(head.indexOf("HELD") + 3);
  });

  it("orders, one order, purchase orders and one of them, dead letters", async () => {
    expect((await soh("orders")).out).toMatch(/^#1001 +open +25\.00 EUR +2027-01-10 08:00:00 UTC +SE1001-1 sent$/m);
    expect((await soh("orders", "--state", "historic")).out).not.toContain("#1001");
    expect((await soh("orders", "show", "1001")).out).toMatch(/^AGR-1 +Dent .* 2 +2 +2 +supplier +agriest\.rules/m);
    expect((await soh("pos", "--state", "held", "--supplier", "agriest")).out).toMatch(
      /^SE1002-1 +agriest +#1002 +held .*3000 EUR$/m,
    );
    expect((await soh("purchase-orders", "show", "SE1001-1", "--supplier", "agriest")).out).toContain("/IN/CDE_SE1001-1_1.xml");
    expect((await soh("purchase-orders", "show", "SE1001-1", "--supplier", "fournial")).err).toContain(
      "of the supplier fournial",
    );
    expect((await soh("dead-letters")).out).toContain("the body is not JSON");
  });

  it("never hands a customer's control characters to the terminal", async () => {
    const { out } = await soh("orders", "show", "1001");
    expect(out).toContain("Dent \u{fffd}[31mrouge\u{fffd}2J");
    expect(out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it("with --json, before or after the command, one line of JSON", async () => {
    for (const args of [
      ["orders", "show", "1001", "--json"],
      ["--json", "orders", "show", "1001"],
    ]) {
      const { status, out } = await soh(...args);
      expect(status).toBe(0);
      expect(out.split("\n")).toHaveLength(2);
      expect(JSON.parse(out)).toMatchObject({ name: "#1001", state: "open" });
    }
  });

  it("says that there are more rows than it shows", async () => {
    const { status, out, err } = await soh("orders", "--limit", "1");
    expect(status).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(2);
    expect(err).toContain("There are more");
  });

  it("document: the exact bytes and nothing else", async () => {
    const { status, stdout, err } = await soh("document", "SE1001-1");
    expect([status, err]).toEqual([0, ""]);
    expect(stdout.toString("utf8")).toBe(fixture.world.agriest.read("CDE_SE1001-1_1.xml"));
    expect((await soh("document", "SE1001-1", "--version", "7")).err).toContain("has no version 7");
  });
});

describe("what it does", () => {
  it("release, with a note and the user's name in the audit trail; a second time is refused", async () => {
    const done = await soh("release", "SE1002-1", "--note", "called the customer");
    expect([done.status, done.out]).toEqual([0, "SE1002-1 is released and will be sent\n"]);
    const event = await fixture.dispatcher.database.db
      .selectFrom("events")
      .selectAll()
      .where("name", "=", "purchase_order.released")
      .executeTakeFirstOrThrow();
    expect([event.actor, JSON.parse(event.detail).note]).toEqual([userInfo().username, "called the customer"]);

    const again = await soh("release", "SE1002-1", "--note", "again");
    expect([again.status, again.out, again.err]).toEqual([1, "", "SE1002-1 is ready, not held: there is nothing to release\n"]);
  });

  it("hold, release by hold, and release of all that a hold keeps", async () => {
    expect((await soh("hold", "SE1002-1", "--note", "wait")).out).toBe("SE1002-1 is held until it is released\n");
    expect((await soh("purchase-orders", "--hold", "by-hand")).out).toContain("SE1002-1");
    const wrong = await soh("release", "SE1002-1", "--hold", "value", "--note", "x");
    expect([wrong.status, wrong.err]).toEqual([1, expect.stringContaining('SE1002-1 has no hold "value"')]);
    const unseen = await soh("release", "SE1002-1", "--seen", "999999", "--note", "x");
    expect([unseen.status, unseen.err]).toEqual([1, expect.stringContaining("has appeared since you looked")]);
    const all = await soh("release", "--supplier", "agriest", "--hold", "by-hand", "--note", "go");
    expect([all.status, all.out]).toEqual([0, "SE1002-1 is released and will be sent\n1 released.\n"]);
    expect((await soh("release", "--note", "x")).status).toBe(2);
    expect((await soh("release", "SE1002-1", "--seen", "x", "--note", "x")).status).toBe(2);
  });

  it("adopt, retry, mark-sent and resume, each as the API does", async () => {
    expect((await soh("adopt", "1003", "--note", "never sent")).out).toMatch(/^order #1003 is taken up/);
    expect((await soh("retry", "SE1003-1")).out).toBe("SE1003-1 will be tried now\n");
    expect((await soh("mark-sent", "SE1003-1", "--note", "by telephone")).out).toBe("SE1003-1 is marked as sent\n");
    const resumed = await soh("resume", "agriest");
    expect([resumed.status, resumed.err]).toEqual([1, "the supplier agriest is not paused\n"]);
  });
});

describe("how it ends", () => {
  it.each([
    ["nothing to do", []],
    ["an unknown command", ["nonsense"]],
    ["an unknown option", ["status", "--nonsense"]],
    ["a missing argument", ["hold", "--note", "x"]],
    ["a missing note", ["release", "SE1001-1"]],
    ["an impossible state", ["orders", "--state", "paid"]],
    ["an impossible limit", ["orders", "--limit", "none"]],
    ["too many arguments", ["status", "now"]],
  ])("with 2 for %s, and says so", async (_, args) => {
    const { status, out, err } = await soh(...args);
    expect([status, out]).toEqual([2, ""]);
    expect(err).not.toBe("");
    expect(err).not.toContain("    at ");
  });

  it("with 1 for what is not there", async () => {
    const { status, err } = await soh("orders", "show", "4711");
    expect([status, err]).toEqual([1, 'there is no order "4711"\n']);
  });

  it("with 1 without a token or with a wrong one, and names SOH_API_TOKEN", async () => {
    for (const token of [undefined, "wrong"]) {
      const { status, err } = await sohIn({ ...environment, SOH_API_TOKEN: token }, "status");
      expect(status).toBe(1);
      expect(err).toContain("SOH_API_TOKEN");
    }
  });

  it("with 3 when no dispatcher is there, and names the address and how to set it", async () => {
    const port = await freePort();
    const unset = await sohIn({ SOH_API_TOKEN: TOKEN, OPERATIONS_PORT: String(port) }, "status");
    expect(unset.status).toBe(3);
    expect(unset.err).toBe(
      `no dispatcher answers at http://127.0.0.1:${port}/ (ECONNREFUSED). Is it running? Set SOH_URL (or OPERATIONS_PORT) to where it listens.\n`,
    );
  });

  it("with 2 for an address that is none", async () => {
    const { status, err } = await sohIn({ ...environment, SOH_URL: "localhost" }, "status");
    expect([status, err]).toEqual([2, 'SOH_URL: "localhost" is not an address, such as http://127.0.0.1:3001\n']);
  });

  it("takes the token from a file", async () => {
    const file = join(folder, "token");
    writeFileSync(file, `${TOKEN}\n`);
    expect((await sohIn({ SOH_URL: environment.SOH_URL, SOH_API_TOKEN_FILE: file }, "status")).status).toBe(0);
  });

  it("each command has help with an example", async () => {
    const reads = [
      "status",
      "orders",
      "orders show",
      "purchase-orders",
      "purchase-orders show",
      "document",
      "classify",
      "render",
      "config check",
    ];
    const letters = ["", " show", " bytes", " retry", " discard"].map((command) => `dead-letters${command}`);
    for (const command of [...reads, ...letters, ...remedies, "hold", "release", "resume", "adopt"]) {
      let out = "";
      const program = createProgram(
        { lookup: () => undefined, out: (text) => (out += String(text)), err: () => {}, startAsking: () => null },
        composeTools,
      );
      await expect(program.parseAsync([...command.split(" "), "--help"], { from: "user" })).rejects.toMatchObject({
        exitCode: 0,
      });
      expect(out).toContain(`npm run soh -- ${command}`);
      expect(out.includes("The supplier sees")).toBe(
        [...remedies, "dead-letters retry", "dead-letters discard", "hold", "resume"].includes(command),
      );
    }
    expect(await soh("release", "--help")).toMatchObject({ status: 0, err: "" });
  });
});

it("every command that reads the configuration by itself takes --config", () => {
  const program = createProgram({ lookup: () => undefined, out: () => {}, err: () => {}, startAsking: () => null }, composeTools);
  const all = (command: Command): readonly Command[] => command.commands.flatMap((one) => [one, ...all(one)]);
  const alone = all(program).filter(
    (one) =>
      one.commands.length === 0 && [one, one.parent].some((each) => /needs no\s+dispatcher/i.test(each?.description() ?? "")),
  );
  const without = alone.filter((one) => !one.options.some(({ long }) => long === "--config"));
  expect(alone.length).toBeGreaterThanOrEqual(6);
  expect(without.map((one) => one.name())).toEqual([]);
});

describe("config check", () => {
  const example = join(import.meta.dirname, "../../../../config/handler.yaml");
  const complete = shopEnvironment;

  it("says OK with the suppliers, and needs no dispatcher", async () => {
    const { status, out, err } = await sohIn(complete, "config", "check", example);
    expect([status, err]).toEqual([0, ""]);
    expect(out).toContain(`OK: ${example}\nShops: sermat.myshopify.com\n`);
    expect(out).toMatch(/^agriest +Agriest +live +order-xml +ftp\.agriest\.example:21\/IN$/m);
    expect(out).not.toContain("hidden-password");
    const json = await sohIn({ ...complete, SOH_CONFIG: example }, "config", "check", "--json");
    expect(JSON.parse(json.out)).toMatchObject({
      ok: true,
      shops: ["sermat.myshopify.com"],
      suppliers: [{ id: "agriest" }, { id: "fournial" }],
    });
  });

  it("takes the file as --config, as its sisters do, and not two of them", async () => {
    expect(await sohIn(complete, "config", "check", "--config", example)).toMatchObject({ status: 0, err: "" });
    const two = await sohIn(complete, "config", "check", example, "--config", "other.yaml");
    expect(two).toMatchObject({ status: 2, err: expect.stringContaining("give one") });
  });

  it("shows what may not do what was meant, and ends with 0 all the same", async () => {
    const file = join(folder, "overlap.yaml");
    writeFileSync(file, readFileSync(example, "utf8").replace("- sku: { prefix: FOU }", '- sku: { prefix: "AGR-9" }'));
    const { status, out, err } = await sohIn(complete, "config", "check", file);
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(
      /^Warning: .*overlap\.yaml:\d+:9: suppliers\.fournial\.rules\[1\]: it overlaps with agriest\.rules\[1\]/m,
    );
    const json = await sohIn(complete, "config", "check", file, "--json");
    expect(JSON.parse(json.out)).toMatchObject({
      ok: true,
      warnings: [{ path: "suppliers.fournial.rules[1]", column: 9 }],
    });
  });

  it("names every problem with file, line and column, and ends with 1", async () => {
    const { status, out, err } = await sohIn(
      { ...complete, FTP_AGRIEST_PASS: "", SHOPIFY_WEBHOOK_SECRET: "" },
      "config",
      "check",
      example,
    );
    expect([status, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /handler\.yaml:\d+:\d+: shops\.sermat\.myshopify\.com\.webhook_secrets\[0\]: .*SHOPIFY_WEBHOOK_SECRET is not set/,
    );
    expect(err).toMatch(/handler\.yaml:\d+:\d+: suppliers\.agriest\.transport\.password: .*FTP_AGRIEST_PASS is not set/);
    expect(err).toContain(
      `2 problems in ${example}.\nThe environment is the project's .env, or the file that SOH_ENV_FILE names.\n`,
    );

    const json = await sohIn({ ...complete, FTP_AGRIEST_PASS: "" }, "config", "check", example, "--json");
    expect(json.status).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problems: [{ path: "suppliers.agriest.transport.password" }] });
  });

  it("says where it looked when the file is not there, or is no YAML", async () => {
    const missing = await sohIn(complete, "config", "check", join(folder, "none.yaml"));
    expect(missing.status).toBe(1);
    expect(missing.err).toContain("none.yaml:1:1: cannot be read");
    const file = join(folder, "broken.yaml");
    writeFileSync(file, "shops:\n  a: [\n");
    const broken = await sohIn(complete, "config", "check", file);
    expect([broken.status, broken.err.includes("broken.yaml:3:1: ")]).toEqual([1, true]);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
