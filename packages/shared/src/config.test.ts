import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigError, openConfig, parseConfig, Secret, secret, shopsSchema } from "./config.ts";
import { createLogger } from "./logger.ts";

const parse = (text: string, env: Record<string, string> = {}) =>
  parseConfig({ file: "handler.yaml", text, lookup: (name) => env[name] || undefined });

/** The lines of the ConfigError that this throws. */
function problemsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message.split("\n");
    }
    throw error;
  }
  return [];
}

const anything = z.record(z.string(), z.unknown());

describe("placeholders", () => {
  it("are told by the paths of the values that they stand in, through lists and aliases", () => {
    const text =
      'x: &login { user: "${USER_NAME}", pass: plain }\nsection:\n  one: *login\n  two: { url: "ftp://${HOST}:${PORT:-21}", list: [a, "${B}"] }\n';
    expect(parse(text).variables("section")).toEqual({
      "section.one.user": ["USER_NAME"],
      "section.two.url": ["HOST", "PORT"],
      "section.two.list[1]": ["B"],
    });
    expect(parse(text).variables("nothing")).toEqual({});
  });

  it("are filled in scalars, keys and lists, several in one, wherever they stand", () => {
    const file = parse('section:\n  "${SHOP}": { url: "ftp://${HOST}:${PORT}/", list: ["${HOST}", plain] }\n', {
      SHOP: "a.example",
      HOST: "ftp.example",
      PORT: "21",
    });
    expect(file.read({ section: anything })).toEqual({
      section: { "a.example": { url: "ftp://ftp.example:21/", list: ["ftp.example", "plain"] } },
    });
  });

  it("fall back to their default, also where the variable is empty", () => {
    const text = 'section: { port: "${PORT:-21}", spaces: "${NAME:-two words}" }';
    expect(parse(text).read({ section: anything })).toEqual({ section: { port: "21", spaces: "two words" } });
    expect(parse(text, { PORT: "" }).read({ section: anything }).section.port).toBe("21");
    expect(parse(text, { PORT: "990" }).read({ section: anything }).section.port).toBe("990");
  });

  it("that are empty make the value absent: the key, and the item of a list", () => {
    const file = parse('section: { a: "${NONE:-}", list: ["${NONE:-}", b], "${NONE:-}": c }');
    expect(file.read({ section: anything })).toEqual({ section: { list: ["b"] } });
  });

  it("cannot break the file, whatever their value holds", () => {
    const value = '"}\n  - evil: [${HOST}';
    expect(parse('section: { password: "${PASS}" }', { PASS: value }).read({ section: anything })).toEqual({
      section: { password: value },
    });
  });

  it("that are not set are all reported at once, each at its place, and nothing else is", () => {
    const file = parse('shops:\n  "${SHOP}":\n    webhook_secrets: ["${ONE}"]\n  b.example:\n    webhook_secrets: ["${TWO}"]\n');
    expect(problemsOf(() => file.read({ shops: shopsSchema }))).toEqual([
      "handler.yaml:2:3: shops.${SHOP}: the environment variable SHOP is not set (see .env.example)",
      "handler.yaml:3:23: shops.${SHOP}.webhook_secrets[0]: the environment variable ONE is not set (see .env.example)",
      "handler.yaml:5:23: shops.b.example.webhook_secrets[0]: the environment variable TWO is not set (see .env.example)",
    ]);
  });

  it("that are empty are named where a value was needed", () => {
    const file = parse('section: { account: "${ACCOUNT:-}" }');
    expect(problemsOf(() => file.read({ section: z.strictObject({ account: z.string() }) }))).toEqual([
      "handler.yaml:1:21: section.account: expected string, received undefined (${ACCOUNT} is empty)",
    ]);
  });
});

describe("sections", () => {
  it("that are not asked for are not looked at: their secrets need not be there", () => {
    const file = parse('shops: { a.example: { webhook_secrets: [x] } }\nsuppliers: { one: "${MISSING}" }\n');
    expect(Object.keys(file.read({ shops: shopsSchema }).shops)).toEqual(["a.example"]);
    expect(file.keys).toEqual([
      { name: "shops", line: 1, column: 1 },
      { name: "suppliers", line: 2, column: 1 },
    ]);
  });

  it("that are absent reach their schema as undefined", () => {
    expect(parse("other: 1").read({ retention: anything.default({ days: 30 }) })).toEqual({ retention: { days: 30 } });
    expect(problemsOf(() => parse("other: 1").read({ shops: shopsSchema }))[0]).toMatch(
      /^handler\.yaml:1:1: shops: expected record/,
    );
  });
});

describe("an error names file, line, column, path and what was expected", () => {
  const supplier = z.strictObject({ name: z.string(), within: z.number().int().positive() });
  const text = "suppliers:\n  agriest:\n    name: 12\n    within: soon\n    nmae: Agriest\n";

  it("for every problem, in the order of the file", () => {
    expect(problemsOf(() => parse(text).read({ suppliers: z.record(z.string(), supplier) }))).toEqual([
      "handler.yaml:3:11: suppliers.agriest.name: expected string, received number",
      "handler.yaml:4:13: suppliers.agriest.within: expected number, received string",
      "handler.yaml:5:11: suppliers.agriest.nmae: unknown key",
    ]);
  });

  it("for a file that is not YAML, repeats a key, holds no sections or cannot be read", () => {
    expect(problemsOf(() => parse("shops: [\n"))[0]).toMatch(/^handler\.yaml:2:1: /);
    expect(problemsOf(() => parse("shops: 1\nshops: 2\n"))[0]).toMatch(/^handler\.yaml:2:1: Map keys must be unique/);
    expect(problemsOf(() => parse("- a\n"))).toEqual([
      "handler.yaml:1:1: expected a mapping with sections such as shops and suppliers",
    ]);
    expect(problemsOf(() => openConfig("/nowhere/handler.yaml", () => undefined))[0]).toMatch(
      /^\/nowhere\/handler\.yaml:1:1: cannot be read: ENOENT.* SOH_CONFIG names the file\.$/,
    );
  });
});

describe("the shops", () => {
  const secretsOf = (list: string, env: Record<string, string> = {}) =>
    parse(`shops: { "A.example": { webhook_secrets: ${list} } }`, env)
      .read({ shops: shopsSchema })
      .shops["a.example"]?.webhook_secrets.map((one) => one.reveal());

  it("are known by their domain in lower case, each with several secrets, by list and by commas", () => {
    expect(secretsOf("[one, two]")).toEqual(["one", "two"]);
    expect(secretsOf('["${S}", three]', { S: " one , two,, " })).toEqual(["one", "two", "three"]);
  });

  it.each([
    ["no shop", "shops: {}", "1:1: shops: expected at least one shop"],
    [
      "a name that is no domain",
      "shops: { sermat: { webhook_secrets: [x] } }",
      "1:18: shops.sermat: expected the shop's domain, such as sermat.myshopify.com",
    ],
    ["no secret", "shops: { a.example: { webhook_secrets: [] } }", "1:40: shops.a.example.webhook_secrets: "],
    [
      "only commas",
      'shops: { a.example: { webhook_secrets: [","] } }',
      "1:40: shops.a.example.webhook_secrets: expected at least one webhook secret",
    ],
    [
      "a key that nobody knows",
      "shops: { a.example: { webhook_secrets: [x], domain: y } }",
      "1:53: shops.a.example.domain: unknown key",
    ],
  ])("are refused with %s", (_, text, message) => {
    const problems = problemsOf(() => parse(text).read({ shops: shopsSchema }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`handler.yaml:${message}`);
  });
});

describe("a secret", () => {
  it("is printed by nothing: not by JSON, inspect, templates or the logger, however deep it lies", () => {
    const config = { shops: { a: [new Secret("hunter2")] }, one: secret().parse("hunter2") };
    let logged = "";
    const logger = createLogger({ service: "test", level: "info", destination: { write: (text) => void (logged += text) } });
    // @ts-expect-error -- not a plain value
    logger.info({ event: "service.started", config, one: config.one });
    const printed = [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true }), String(config.one), logged].join(
      "\n",
    );
    expect(printed).not.toContain("hunter2");
    expect(printed).toContain("[secret]");
    expect(config.one.reveal()).toBe("hunter2");
  });

  it("is not in the error about it", () => {
    const file = parse('section: { password: "${PASS}", port: "${PASS}" }', { PASS: "hunter2" });
    const schema = z.strictObject({ password: secret(), port: z.coerce.number() });
    expect(problemsOf(() => file.read({ section: schema })).join("\n")).toMatch(
      /^handler.yaml:1:39: section\.port: (?!.*hunter2)/,
    );
  });
});
