import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { environmentLookup, readEnvironment } from "./environment.ts";

const folder = mkdtempSync(join(tmpdir(), "soh-environment-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, `secret-${Math.random()}`);
  writeFileSync(path, text);
  return path;
}

describe("a variable", () => {
  it("comes from NAME; unset and empty are the same", () => {
    const lookup = environmentLookup({ NAME: "value", EMPTY: "" });
    expect([lookup("NAME"), lookup("EMPTY"), lookup("OTHER")]).toEqual(["value", undefined, undefined]);
  });

  it("comes from the file in NAME_FILE, without the newline that ends it", () => {
    expect(environmentLookup({ NAME_FILE: file("value\n") })("NAME")).toBe("value");
    expect(environmentLookup({ NAME_FILE: file("value\r\n") })("NAME")).toBe("value");
    expect(environmentLookup({ NAME_FILE: file(" two\nlines\n\n") })("NAME")).toBe(" two\nlines\n");
    expect(environmentLookup({ NAME_FILE: file("\n") })("NAME")).toBeUndefined();
  });

  it("comes from NAME where both are there, unless it is empty", () => {
    expect(environmentLookup({ NAME: "direct", NAME_FILE: file("filed") })("NAME")).toBe("direct");
    expect(environmentLookup({ NAME: "", NAME_FILE: file("filed") })("NAME")).toBe("filed");
  });

  it("is an error where the file cannot be read, naming both", () => {
    const missing = join(folder, "missing");
    expect(() => environmentLookup({ NAME_FILE: missing })("NAME")).toThrow(
      `NAME_FILE names "${missing}", which cannot be read: ENOENT`,
    );
  });
});

describe("the environment", () => {
  const schema = z
    .object({
      A: z.string(),
      B: z.string(),
      PORT: z.coerce.number("expected a port").default(1),
      MAX: z.coerce.number().default(5),
    })
    .refine((found) => found.MAX >= found.PORT, { path: ["MAX"], message: "expected at least PORT" });
  const read = (env: NodeJS.ProcessEnv) => readEnvironment(schema, environmentLookup(env));

  it("is read at once, with defaults", () => {
    expect(read({ A: "a", B: "b", PORT: "2", IGNORED: "x" })).toEqual({ A: "a", B: "b", PORT: 2, MAX: 5 });
  });

  it("names every variable that is missing or wrong", () => {
    expect(() => read({ PORT: "x" })).toThrow(
      "A is not set (see .env.example)\nB is not set (see .env.example)\nPORT: expected a port",
    );
  });

  it("says what is wrong with a default that does not fit the rest, instead of that it is not set", () => {
    expect(() => read({ A: "a", B: "b", PORT: "9" })).toThrow("MAX: expected at least PORT");
  });
});
