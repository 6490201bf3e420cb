// Reading handler.yaml: YAML, then ${NAME} and ${NAME:-default} in the parsed scalars (never in the text, so
// that no secret can break the file), then zod, section by section. Each service reads the sections it owns:
// ingest starts without any supplier's secret. An error names file, line, column, path and what was expected.
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import type { Lookup } from "./environment.ts";

export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** The configuration cannot be used. `problems` holds all that were found, in the order of the file. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(sorted.map((p) => `${file}:${p.line}:${p.column}: ${p.path === "" ? "" : `${p.path}: `}${p.message}`).join("\n"));
    this.file = file;
    this.problems = sorted;
  }
}

/** A value that must not be printed: it shows as "[secret]" in logs, JSON and errors. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

export const secret = (): z.ZodPipe<z.ZodString, z.ZodTransform<Secret, string>> =>
  z
    .string()
    .min(1)
    .transform((value) => new Secret(value));

const shop = z.strictObject({
  webhook_secrets: z
    .array(secret())
    .min(1)
    .transform((secrets) =>
      secrets
        .flatMap((one) => one.reveal().split(","))
        .map((one) => one.trim())
        .filter((one) => one !== "")
        .map((one) => new Secret(one)),
    )
    .refine((secrets) => secrets.length > 0, "expected at least one webhook secret")
    .describe(
      "The secrets that sign this shop's webhooks. Several while one is rotated; each may hold several, separated by commas.",
    ),
});

/** Section `shops`: by the shop's myshopify.com domain, in lower case. */
export const shopsSchema = z
  .record(
    z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/, "expected the shop's domain, such as sermat.myshopify.com"),
    shop,
  )
  .refine((shops) => Object.keys(shops).length > 0, "expected at least one shop")
  .describe("The Shopify shops whose webhooks are taken in.");

export type Shops = z.output<typeof shopsSchema>;

/** What a schema finds wrong with a section, in words for the person who writes the file. */
export type Explain = (found: {
  readonly schema: z.ZodType;
  /** Of the section, its placeholders expanded. */
  readonly value: unknown;
  readonly issues: readonly z.core.$ZodIssue[];
}) => readonly Mistake[];

export interface Mistake {
  /** Within the section. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The key is wrong, whatever its value is; else a placeholder that is not set or empty may be the reason. */
  readonly unknownKey: boolean;
}

export type Schemas = Record<string, z.ZodType>;
export type Sections<S extends Schemas> = { [Name in keyof S]: z.output<S[Name]> };

export interface ConfigFile {
  readonly file: string;
  /** The top-level keys, in the order of the file. */
  readonly keys: readonly { readonly name: string; readonly line: number; readonly column: number }[];
  /**
   * Expands and validates these sections and no others; an absent one reaches its schema as undefined.
   * Throws ConfigError with all problems found, in the words of `explain`; by default in zod's.
   */
  read<S extends Schemas>(schemas: S, explain?: Explain): Sections<S>;
  /** Where the value at this path stands, or its nearest ancestor: for problems that are found after reading. From 1. */
  position(path: readonly PropertyKey[]): { readonly line: number; readonly column: number };
  /** The environment's variables that the values of this section come from, by their paths, such as suppliers.agriest.transport.user. */
  variables(section: string): Readonly<Record<string, readonly string[]>>;
}

/** Opens the file and checks that it is YAML. Throws ConfigError, also when it cannot be read. */
export function openConfig(file: string, lookup: Lookup): ConfigFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(file, [
      { line: 1, column: 1, path: "", message: `cannot be read: ${reason}. SOH_CONFIG names the file.` },
    ]);
  }
  return parseConfig({ file, text, lookup });
}

export function parseConfig(source: { readonly file: string; readonly text: string; readonly lookup: Lookup }): ConfigFile {
  const { file, text, lookup } = source;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", merge: false });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map((error) => ({ ...at(error.pos[0]), path: "", message: error.message.split("\n")[0] ?? "not YAML" })),
    );
  }
  if (!isMap(document.contents)) {
    throw new ConfigError(file, [
      { line: 1, column: 1, path: "", message: "expected a mapping with sections such as shops and suppliers" },
    ]);
  }
  const top = new Map(document.contents.items.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), pair]));

  return {
    file,
    keys: [...top].map(([name, { key }]) => ({ name, ...at(offsetOf(key)) })),
    position(path) {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if (node !== undefined && node !== null) {
          return at(offsetOf(node));
        }
      }
      return { line: 1, column: 1 };
    },
    variables(section) {
      const found: Record<string, readonly string[]> = {};
      const walk = (node: unknown, path: readonly PropertyKey[]): void => {
        if (isAlias(node)) {
          walk(node.resolve(document), path);
        } else if (isMap(node)) {
          node.items.forEach(({ key, value }) => walk(value, [...path, String(isScalar(key) ? key.value : key)]));
        } else if (isSeq(node)) {
          node.items.forEach((item, index) => walk(item, [...path, index]));
        } else if (isScalar(node) && typeof node.value === "string") {
          const names = [...node.value.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
          if (names.length > 0) {
            found[showPath(path)] = names;
          }
        }
      };
      walk(top.get(section)?.value, [section]);
      return found;
    },
    read<S extends Schemas>(schemas: S, explain = plainly) {
      const problems: ConfigProblem[] = [];
      const values: Record<string, unknown> = {};
      for (const [name, schema] of Object.entries(schemas)) {
        const pair = top.get(name);
        const expansion = expand({ document, node: pair?.value, path: [name], start: offsetOf(pair?.key), lookup });
        for (const problem of expansion.problems) {
          problems.push({ ...at(problem.offset), path: showPath(problem.path), message: problem.message });
        }
        const result = schema.safeParse(expansion.value);
        if (result.success) {
          values[name] = result.data;
          continue;
        }
        for (const mistake of explain({ schema, value: expansion.value, issues: result.error.issues })) {
          const path = [name, ...mistake.path];
          if (!mistake.unknownKey && expansion.problems.some((problem) => isWithin(problem.path, path))) {
            continue; // The placeholder behind it, or behind what it misses, is reported already.
          }
          const empty = mistake.unknownKey ? undefined : expansion.emptied(path);
          const message = mistake.message.replace(/^Invalid (input|option): /, "") + (empty ? ` (\${${empty}} is empty)` : "");
          problems.push({ ...at(expansion.offset(path)), path: showPath(path), message });
        }
      }
      if (problems.length > 0) {
        throw new ConfigError(file, problems);
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was just parsed by the schema of its name
      return values as Sections<S>;
    },
  };
}

/** What zod says: enough for a section as small as `shops`. */
const plainly: Explain = ({ issues }) =>
  issues.flatMap((issue): readonly Mistake[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: "unknown key", unknownKey: true }));
    }
    const said = issue.code === "invalid_key" ? issue.issues : [issue];
    return said.map(({ message }) => ({ path: issue.path, message, unknownKey: false }));
  });

function isWithin(path: readonly PropertyKey[], ancestor: readonly PropertyKey[]): boolean {
  return ancestor.every((part, index) => path[index] === part);
}

function showPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");
}

function offsetOf(node: unknown): number {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : 0;
}

interface Expansion {
  readonly value: unknown;
  readonly problems: readonly { readonly offset: number; readonly path: readonly PropertyKey[]; readonly message: string }[];
  /** Where the value at `path` stands, or its nearest ancestor that exists. */
  offset(path: readonly PropertyKey[]): number;
  /** The placeholder whose empty value made the value at `path` absent. */
  emptied(path: readonly PropertyKey[]): string | undefined;
}

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

function expand(input: {
  readonly document: Document;
  readonly node: unknown;
  readonly path: readonly string[];
  readonly start: number;
  readonly lookup: Lookup;
}): Expansion {
  const offsets = new Map<string, number>([[showPath(input.path), input.start]]);
  const empties = new Map<string, string>();
  const problems: { offset: number; path: readonly PropertyKey[]; message: string }[] = [];

  const text = (raw: string, offset: number, path: readonly PropertyKey[]): string | undefined => {
    let names = "";
    const expanded = raw.replace(PLACEHOLDER, (_, name: string, fallback: string | undefined) => {
      names = name;
      const value = input.lookup(name) ?? fallback;
      if (value === undefined) {
        problems.push({ offset, path, message: `the environment variable ${name} is not set (see .env.example)` });
      }
      return value ?? "";
    });
    if (names !== "" && expanded === "") {
      empties.set(showPath(path), names);
      return undefined;
    }
    return expanded;
  };

  const walk = (node: unknown, path: readonly PropertyKey[]): unknown => {
    if (isAlias(node)) {
      return walk(node.resolve(input.document), path);
    }
    if (isMap(node)) {
      const result: Record<string, unknown> = {};
      for (const pair of node.items) {
        const rawKey = String(isScalar(pair.key) ? pair.key.value : pair.key);
        const found = problems.length;
        const key = text(rawKey, offsetOf(pair.key), [...path, rawKey]);
        if (key === undefined) {
          if (problems.length > found) {
            walk(pair.value, [...path, rawKey]); // So that all that is not set is reported at once.
          }
          continue;
        }
        const here = [...path, key];
        offsets.set(showPath(here), offsetOf(pair.value ?? pair.key));
        const value = walk(pair.value, here);
        // Absent, but its key stays: a misspelt key is an error also while its variable is empty.
        Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
      }
      return result;
    }
    if (isSeq(node)) {
      const items: unknown[] = [];
      for (const item of node.items) {
        const here = [...path, items.length];
        offsets.set(showPath(here), offsetOf(item));
        const value = walk(item, here);
        if (value !== undefined) {
          items.push(value);
        }
      }
      return items;
    }
    if (isScalar(node)) {
      return typeof node.value === "string" ? text(node.value, offsetOf(node), path) : node.value;
    }
    return undefined;
  };

  return {
    value: walk(input.node, input.path),
    problems,
    offset(path) {
      for (let length = path.length; length > 0; length--) {
        const known = offsets.get(showPath(path.slice(0, length)));
        if (known !== undefined) {
          return known;
        }
      }
      return input.start;
    },
    emptied: (path) => empties.get(showPath(path)),
  };
}
