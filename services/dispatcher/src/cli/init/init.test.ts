// `soh init`, also on a terminal's streams.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { composeTools } from "../tools.ts";
import { startAsking, type Ask, type Asking } from "../ask.ts";
import { createProgram } from "../program.ts";
import { runSoh } from "../test/soh.ts";
import { envValue } from "./env-value.ts";
import { startOf } from "./questions.ts";

const root = join(import.meta.dirname, "../../../../..");
const sample = join(root, "docs/formats/order.json");
const folder = mkdtempSync(join(tmpdir(), "soh-init-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface EnvFile {
  readEnvFile(text: string): Record<string, string>;
}
const launcher: string = pathToFileURL(join(root, "scripts/env-file.mjs")).href;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- plain JavaScript, as the launcher must be
const { readEnvFile } = (await import(launcher)) as EnvFile;

const AWKWARD = `a$b"c'd #e`;
const secrets = { SHOPIFY_WEBHOOK_SECRET: AWKWARD, FTP_LA_COUR_PASS: `\\n it's "$HOME" \`x\`` };
const flags = [
  "--yes",
  "--shop=sermat.myshopify.com",
  '--buyer=Sermat "Équipement" & Cie',
  "--since=2026-12-01",
  "--supplier=la-cour",
  "--name=La Cour",
  "--vendor=Agriest",
  "--host=ftp.lacour.example",
  "--user=sermat",
];
const soh = (env: NodeJS.ProcessEnv, ...args: readonly string[]) => runSoh(env, args);
const settingsOf = (shop: string): Record<string, string> => readEnvFile(readFileSync(join(shop, ".env"), "utf8"));

it("what a new user does: init, config check, classify, render, kit", async () => {
  const shop = join(folder, "new-user");
  const init = await soh(secrets, "init", shop, ...flags);
  expect([init.status, init.err]).toEqual([0, ""]);
  expect(init.out).toContain(`Written: ${shop}/.env`);
  expect(init.out).toContain("npm run soh -- suppliers check la-cour\n");
  expect(init.out).toContain('FTP_LA_COUR_PASS: "${FTP_LA_COUR_PASS:?}"');

  const settings = settingsOf(shop);
  const config = join(shop, "config/handler.yaml");
  expect(init.out).toContain(`export SOH_ENV_FILE=${shop}/.env SOH_CONFIG=${config}\n`);
  const check = await soh({ ...settings, SOH_CONFIG: config }, "config", "check");
  expect([check.status, check.err]).toEqual([0, ""]);
  expect(check.out).toMatch(/^la-cour +La Cour +live +order-xml +ftp\.lacour\.example:21\/IN$/m);
  const classified = await soh(settings, "classify", sample, "--config", config);
  expect(classified.out).toMatch(/^AGR-4410-32 .* 12 +la-cour +la-cour\.rules\[0\] vendor Agriest$/m);
  expect(classified.out).toMatch(/^1042-1 +la-cour +ready/m);
  const rendered = await soh(settings, "render", sample, "--supplier", "la-cour", "--config", config);
  expect([rendered.status, rendered.err]).toEqual([0, ""]);
  expect(rendered.out).toContain("<Name>Sermat &quot;Équipement&quot; &amp; Cie</Name>");
  const kit = await soh(settings, "suppliers", "kit", "la-cour", "--config", config, "--out", join(shop, "kit"));
  expect(kit.status).toBe(0);
  expect(readdirSync(join(shop, "kit"))).toEqual(["README.md", "TEST-PLAN.md", "answers", "samples", "schema"]);
});

it("writes .env for its owner alone, with every name that .env.example requires, and the secrets as they are", async () => {
  const shop = join(folder, "secrets");
  expect((await soh(secrets, "init", shop, ...flags)).status).toBe(0);
  const settings = settingsOf(shop);
  expect(statSync(join(shop, ".env")).mode & 0o777).toBe(0o600);
  expect(settings).toMatchObject({ ...secrets, FTP_LA_COUR_HOST: "ftp.lacour.example", FTP_LA_COUR_USER: "sermat" });
  const required = [...readFileSync(join(root, ".env.example"), "utf8").matchAll(/^([A-Z0-9_]+)=$/gm)].map(
    ([, name]) => name ?? "",
  );
  const own = required.filter((name) => !name.startsWith("FTP_"));
  expect(Object.keys(settings).toSorted()).toEqual(
    [...own, "FTP_LA_COUR_HOST", "FTP_LA_COUR_USER", "FTP_LA_COUR_PASS"].toSorted(),
  );
  expect(settings.REDIS_PASSWORD).toMatch(/^[0-9a-f]{48}$/);
  const yaml = readFileSync(join(shop, "config/handler.yaml"), "utf8");
  expect(yaml).not.toContain(AWKWARD);
  expect(yaml).not.toContain("ftp.lacour.example");
  expect(existsSync(join(shop, "config/handler.schema.json"))).toBe(true);
});

it("a value that it writes into .env is read as it was, or is refused", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."a1 '\"\\$#`{}=\n\té!"), minLength: 1, maxLength: 12 }), (value) => {
      const written = envValue(value);
      expect(written === undefined ? value : readEnvFile(`NAME=${written}`).NAME).toBe(value);
    }),
    { numRuns: 5_000 },
  );
  expect(envValue(AWKWARD)).toBe(`'a$b"c\\'d #e'`);
  expect(envValue("two\nlines")).toBeUndefined();
});

const compose = ((): string | undefined => {
  try {
    execFileSync("docker-compose", ["--version"], { stdio: "ignore" });
    return "docker-compose";
  } catch {
    return undefined;
  }
})();

it.skipIf(compose === undefined)("docker-compose reads the same values", () => {
  const values = [
    AWKWARD,
    "plain",
    "it's",
    "back\\slash",
    "two\\\\slashes",
    "ends\\",
    "`x`'",
    "é&<>|;*",
    " around ",
    '"q"',
    "#h",
    "$1\\x",
  ];
  const project = join(folder, "compose");
  mkdirSync(project);
  writeFileSync(join(project, ".env"), values.map((value, index) => `V${index}=${envValue(value) ?? ""}\n`).join(""));
  const environment = values.map((_, index) => `      V${index}: "\${V${index}}"\n`).join("");
  writeFileSync(
    join(project, "docker-compose.yml"),
    `version: "3"\nservices:\n  a:\n    image: x\n    environment:\n${environment}`,
  );
  const shown = execFileSync("docker-compose", ["config"], {
    cwd: project,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const read = values.map((_, index) => {
    const scalar = new RegExp(`^ +V${index}: (.*)$`, "m").exec(shown)?.[1] ?? "";
    const plain = /^'.*'$/.test(scalar) ? scalar.slice(1, -1).replaceAll("''", "'") : scalar;
    const text: unknown = /^".*"$/.test(scalar) ? JSON.parse(scalar.replaceAll(/\\x(..)/gi, "\\u00$1")) : plain;
    return String(text).replaceAll("$$", "$");
  });
  expect(read).toEqual(values);
});

it("never overwrites: it names what is in the way, and writes nothing", async () => {
  const shop = join(folder, "occupied");
  mkdirSync(join(shop, "config"), { recursive: true });
  writeFileSync(join(shop, "config/handler.yaml"), "mine");
  const { status, out, err } = await soh(secrets, "init", shop, ...flags);
  expect([status, out]).toEqual([1, ""]);
  expect(err).toContain(`${shop}/config/handler.yaml is there already, and nothing is overwritten`);
  expect([readFileSync(join(shop, "config/handler.yaml"), "utf8"), existsSync(join(shop, ".env"))]).toEqual(["mine", false]);
});

it("with --yes it names all that is missing or wrong, and where to give it", async () => {
  const shop = join(folder, "missing");
  const { status, out, err } = await soh(
    { SHOPIFY_WEBHOOK_SECRET: "two\nlines" },
    "init",
    shop,
    "--yes",
    "--shop=sermat",
    "--since=2026-02-30",
    "--supplier=lacour",
    "--format=edifact",
  );
  expect([status, out, existsSync(shop)]).toEqual([2, "", false]);
  expect(err).toMatch(/^--shop: expected the shop's domain/m);
  expect(err).toMatch(/^SHOPIFY_WEBHOOK_SECRET: expected a value that \.env can hold/m);
  expect(err).toMatch(/^--buyer: is missing/m);
  expect(err).toMatch(/^--since: expected a day/m);
  expect(err).toMatch(/^--format: expected one of order-xml/m);
  expect(err).toMatch(/^FTP_LACOUR_PASS: is missing/m);
  const own = await soh(secrets, "init", shop, ...flags, "--format=template");
  expect([own.status, own.err]).toEqual([
    2,
    expect.stringMatching(/^--format: a form of the supplier's own .* docs\/formats\/template\.md says/),
  ]);
});

it("says what to do where stdin is no terminal", async () => {
  const { status, err } = await soh(secrets, "init", join(folder, "pipe"));
  expect(status).toBe(2);
  expect(err).toContain("stdin is not a terminal, so nothing can be asked. Give --yes");
});

it("answers that make no configuration together write nothing", async () => {
  const shop = join(folder, "together");
  const { status, err } = await soh(secrets, "init", shop, ...flags, "--orders", "/X", "--answers", "/x");
  expect([status, existsSync(shop)]).toEqual([1, false]);
  expect(err).toMatch(/nothing was written:\n.*handler\.yaml:\d+:\d+: suppliers\.la-cour\.folders\.acknowledgements\.match/);
});

/** A conversation on streams that behave as a terminal; `typed`: what the person types after each question. */
async function converse(shop: string, typed: readonly string[]): Promise<{ readonly screen: string; readonly failure: unknown }> {
  const input = new PassThrough();
  const output = new PassThrough();
  let screen = "";
  const rest = [...typed];
  output.on("data", (chunk: Buffer) => (screen += chunk.toString()));
  const terminal = {
    lookup: () => undefined,
    out: (text: string | Uint8Array) => (screen += String(text)),
    err: (text: string) => (screen += text),
    startAsking: (): Asking => {
      const asking = startAsking(input, output);
      const ask: Ask = async (question, options) => {
        const answer = asking.ask(question, options);
        input.write(rest.shift() ?? "");
        return await answer;
      };
      return { ...asking, ask };
    },
  };
  const failure: unknown = await createProgram(terminal, composeTools)
    .parseAsync(["init", shop], { from: "user" })
    .then(() => undefined)
    .catch((error: unknown) => error);
  return { screen, failure };
}

it("asks again until an answer is one, and shows no secret", async () => {
  const shop = join(folder, "asked");
  const said = ["sermat", "sermat.myshopify.com", "hush 'hush'", "Sermat", "", "lacour", "La Cour", "", "", "ftp.example", "me"];
  const { screen, failure } = await converse(
    shop,
    [...said, "pass word", "IN", "/IN", "none"].map((text) => `${text}\r`),
  );
  expect(failure).toBeUndefined();
  expect(screen).toContain("expected the shop's domain, such as sermat.myshopify.com");
  expect(screen).toContain("expected an absolute folder at the supplier");
  expect(screen).toContain("The vendor in Shopify whose products it ships [La Cour]: ");
  expect(screen).not.toMatch(/hush|pass word/);
  expect(settingsOf(shop)).toMatchObject({ SHOPIFY_WEBHOOK_SECRET: "hush 'hush'", FTP_LACOUR_PASS: "pass word" });
  expect((await soh(settingsOf(shop), "config", "check", join(shop, "config/handler.yaml"))).status).toBe(0);
});

it("keeps what is pasted ahead for the questions that follow, and does not show it before", async () => {
  const shop = join(folder, "pasted");
  const said = [
    "sermat.myshopify.com",
    "hush hush",
    "Sermat",
    "",
    "lacour",
    "",
    "",
    "",
    "ftp.example",
    "me",
    "pass word",
    "",
    "",
  ];
  const { screen, failure } = await converse(shop, [said.map((text) => `${text}\r`).join("")]);
  expect(failure).toBeUndefined();
  expect(screen).not.toMatch(/hush|pass word/);
  expect(settingsOf(shop)).toMatchObject({ SHOPIFY_WEBHOOK_SECRET: "hush hush", FTP_LACOUR_PASS: "pass word" });
});

it.each([
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
])("%s in the middle writes nothing", async (_, key) => {
  const shop = join(folder, "stopped");
  const { failure } = await converse(shop, ["sermat.myshopify.com\r", key]);
  expect(failure).toMatchObject({ name: "CommandFailure", status: 1, message: "Stopped: nothing was written." });
  expect(existsSync(shop)).toBe(false);
});

it("a day is midnight here, with the offset of that day", () => {
  expect(startOf("2026-12-01")).toMatch(/^2026-12-01T00:00:00[+-]\d\d:\d\d$/);
  expect(Date.parse(startOf("2026-07-01") ?? "")).toBe(new Date(2026, 6, 1).getTime());
  expect(["2026-02-30", "1.12.2026", "2026-13-01"].map(startOf)).toEqual([undefined, undefined, undefined]);
});
