import { ConfigError, parseConfig, shopsSchema } from "@soh/shared/config";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readSections } from "./read-sections.ts";

const parse = (text: string) => parseConfig({ file: "handler.yaml", text, lookup: () => undefined });

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

describe("an error says what was meant", () => {
  const supplier = z.strictObject({
    name: z.string(),
    within: z.number().int().positive(),
    transport: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("folder"), path: z.string() }),
      z.strictObject({ kind: z.literal("ftps"), host: z.string() }),
    ]),
  });
  const text = [
    "suppliers:",
    "  agriest:",
    "    name: 12",
    "    within: soon",
    "    nmae: Agriest",
    "    transport: { kind: ftps, hots: x }",
  ].join("\n");

  it("for every problem, in the order of the file", () => {
    expect(problemsOf(() => readSections(parse(text), { suppliers: z.record(z.string(), supplier) }))).toEqual([
      "handler.yaml:3:11: suppliers.agriest.name: expected string, received number",
      "handler.yaml:4:13: suppliers.agriest.within: expected number, received string",
      "handler.yaml:5:11: suppliers.agriest.nmae: unknown key; did you mean name?",
      "handler.yaml:6:16: suppliers.agriest.transport.host: expected string, received undefined",
      "handler.yaml:6:36: suppliers.agriest.transport.hots: unknown key; did you mean host?",
    ]);
  });

  it("for a union, from the branch that came closest", () => {
    const value = z.union([z.string(), z.strictObject({ glob: z.string() })]);
    expect(
      problemsOf(() => readSections(parse("section: { sku: { glob: 5 } }"), { section: z.record(z.string(), value) })),
    ).toEqual(["handler.yaml:1:25: section.sku.glob: expected string, received number"]);
  });

  it("for a section that nobody knows", () => {
    const file = parse("shops: { a.example: { webhook_secrets: [x] } }\nsupliers: {}\n");
    expect(problemsOf(() => readSections(file, { shops: shopsSchema, suppliers: z.unknown().optional() }))).toEqual([
      "handler.yaml:2:1: supliers: unknown section. Known: shops, suppliers; did you mean suppliers?",
    ]);
  });

  it("for all sections at once, those that nobody knows too", () => {
    const schemas = { section: z.strictObject({ name: z.string() }) };
    expect(problemsOf(() => readSections(parse("setcion: {}\nsection: { name: 5 }\n"), schemas))).toEqual([
      "handler.yaml:1:1: setcion: unknown section. Known: section; did you mean section?",
      "handler.yaml:2:18: section.name: expected string, received number",
    ]);
  });
});
