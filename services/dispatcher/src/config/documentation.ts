import { z } from "zod";
import { sections } from "./schema/schema.ts";

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  /** Alternatives that their key `kind` tells apart. */
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Key {
  readonly path: string;
  readonly takes: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** docs/configuration.md: reference.yaml section by section, each with a table of its keys from the schema. */
export function configurationPage(referenceYaml: string): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a JSON Schema, of which this reads a part
  const schema = z.toJSONSchema(z.strictObject(sections), { io: "input", target: "draft-07" }) as Schema;
  const parts = split(referenceYaml);
  return `${[
    "# Configuration",
    "<!-- Generated from config/reference.yaml and the schema by `npm run generate`: change those. -->",
    "Everything that `config/handler.yaml` may hold. `npm run soh -- config check` reads it as the dispatcher would, and names file, line, column and key of each mistake. The examples below are `config/reference.yaml`.",
    parts.intro,
    ...parts.sections.flatMap(({ name, yaml }) => [
      `## ${name}`,
      `\`\`\`yaml\n${yaml}\n\`\`\``,
      table(keysOf(schema.properties?.[name] ?? {}, name, { required: schema.required?.includes(name) === true, chosen: false })),
    ]),
  ].join("\n\n")}\n`;
}

/** The comment at the top as prose, and each top-level section with the comment above it. */
function split(text: string): { readonly intro: string; readonly sections: { readonly name: string; readonly yaml: string }[] } {
  const lines = text.trimEnd().split("\n");
  const first = lines.indexOf("");
  const intro = lines
    .slice(0, first)
    .filter((line) => !line.includes("yaml-language-server"))
    .map((line) => line.replace(/^# ?/, ""))
    .join("\n");
  const sections: { name: string; lines: string[] }[] = [];
  let above: string[] = [];
  for (const line of lines.slice(first + 1)) {
    const name = /^([a-z_]+):/.exec(line)?.[1];
    if (name !== undefined) {
      sections.push({ name, lines: [...above, line] });
      above = [];
    } else if (line.startsWith("#")) {
      above.push(line);
    } else {
      sections.at(-1)?.lines.push(line);
    }
  }
  return { intro, sections: sections.map((one) => ({ name: one.name, yaml: one.lines.join("\n").trim() })) };
}

/** `chosen`: below one of several alternatives, where nothing is mandatory for all. */
function keysOf(schema: Schema, path: string, need: { readonly required: boolean; readonly chosen: boolean }): Key[] {
  const alternatives = schema.anyOf ?? [];
  const chosen = need.chosen || alternatives.length > 0;
  const own: Key = {
    path,
    takes: takes(schema),
    fallback: need.required && !need.chosen ? "mandatory" : defaultOf(schema),
    meaning: schema.description ?? "",
  };
  const below = [schema, ...(schema.allOf ?? []), ...alternatives].flatMap((one) => [
    ...Object.entries(one.properties ?? {}).flatMap(([name, key]) =>
      keysOf(key, `${path}.${name}`, { required: one.required?.includes(name) === true, chosen }),
    ),
    ...kindsOf(one, path),
    ...(typeof one.additionalProperties === "object"
      ? keysOf(one.additionalProperties, `${path}.<name>`, { required: false, chosen })
      : []),
    ...(one.items === undefined
      ? []
      : keysOf(one.items, `${path}[]`, { required: false, chosen }).filter((key) => key.path !== `${path}[]`)),
  ]);
  const seen = new Set<string>();
  return [own, ...below].filter((one) => !seen.has(one.path) && seen.add(one.path));
}

/** The keys of every kind, each with the kinds that have it. */
function kindsOf({ oneOf = [] }: Schema, path: string): Key[] {
  const byPath = Map.groupBy(
    oneOf.flatMap((one) =>
      keysOf(one, path, { required: false, chosen: false }).map((key) => ({
        ...key,
        kind: String(one.properties?.["kind"]?.const),
      })),
    ),
    (key) => key.path,
  );
  byPath.delete(path);
  return [...byPath.values()].map((same) => {
    const [first] = same;
    const only = same.length < oneOf.length ? `Of ${same.map(({ kind }) => kind).join(", ")}. ` : "";
    const meanings = new Set(same.map(({ meaning }) => meaning));
    const told =
      meanings.size === 1 ? [...meanings] : same.flatMap(({ kind, meaning }) => (meaning === "" ? [] : `${kind}: ${meaning}`));
    const fallbacks = new Set(same.map(({ fallback }) => fallback));
    return {
      path: first?.path ?? path,
      takes: [...new Set(same.map(({ takes }) => takes))].join(", "),
      fallback:
        fallbacks.size === 1
          ? [...fallbacks].join("")
          : same
              .map(({ kind, fallback }) => fallback && `${kind}: ${fallback}`)
              .filter(Boolean)
              .join(", "),
      meaning: `${only}${told.join(" ")}`.trim(),
    };
  });
}

/** A section that may be left out has the defaults of its keys. */
function defaultOf({ default: fallback }: Schema): string {
  const text = JSON.stringify(fallback);
  return text === undefined || text === "{}" || text === "[]" ? "" : code(text);
}

function takes(schema: Schema): string {
  if (schema.const !== undefined) {
    return code(String(schema.const));
  }
  if (schema.enum !== undefined) {
    return schema.enum.map(code).join(", ");
  }
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map(takes))].join(" or ");
  }
  if (schema.type === "array") {
    return `list of ${takes(schema.items ?? {})}`;
  }
  const words: Readonly<Record<string, string>> = {
    string: "text",
    integer: "number",
    number: "number",
    boolean: "true or false",
  };
  return words[schema.type ?? ""] ?? "keys";
}

const code = (text: string): string => `\`${text}\``;

const table = (keys: readonly Key[]): string =>
  [
    "| key | takes | default | meaning |",
    "| --- | --- | --- | --- |",
    ...keys.map(({ path, takes, fallback, meaning }) => {
      const prose = meaning.replaceAll(/\s+/g, " ").replaceAll("<", "&lt;");
      return `| ${[code(path), takes, fallback, prose].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    }),
  ].join("\n");
