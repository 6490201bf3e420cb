// What is wrong with a section of handler.yaml, in words for the person who writes it: of a union only the branch that was
// meant, nothing that merely follows from a misspelt key, and the name that is near to one that nobody knows.
import type { Explain, Mistake } from "@soh/shared/config";
import type { z } from "zod";

export const explain: Explain = ({ schema, value, issues }) => {
  const all = flatten(issues);
  return all.flatMap((issue): readonly Mistake[] => {
    const { path } = issue;
    const found = valueAt(value, path);
    if (followsFromUnknownKey(issue, all, found)) {
      return [];
    }
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(schema, path);
      const near = keysAt(schema, path, value);
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, known, near), unknownKey: true }));
    }
    const options = issue.code === "invalid_value" ? issue.values : "options" in issue ? (issue.options ?? []) : [];
    const allowed = options.filter((one) => typeof one === "string");
    const suggestion = typeof found === "string" ? didYouMean(found, allowed) : "";
    return [{ path, message: `${issue.message}${suggestion}`, unknownKey: false }];
  });
};

type Issue = z.core.$ZodIssue & {
  /** Of one branch of a union: perhaps not the one that was meant. */
  readonly guessed?: true;
};

/** A union's own message says nothing; the keys that no branch knows do, else the issues of its closest branch. */
function flatten(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === "invalid_union" && issue.errors.length > 0) {
      const unknown = issue.errors.map((branch) => branch.flatMap((one) => (isUnknownKeysHere(one) ? one.keys : [])));
      const keys = (unknown[0] ?? []).filter((key) => unknown.every((branch) => branch.includes(key)));
      if (keys.length > 0) {
        return [{ code: "unrecognized_keys", keys, path, message: "" }];
      }
      const fits = issue.errors.find((branch) => branch.every(isUnknownKeysHere));
      const closest =
        fits ??
        issue.errors.toSorted((a, b) => Number(isOfAnotherType(a)) - Number(isOfAnotherType(b)) || depth(b) - depth(a))[0] ??
        [];
      if (fits !== undefined || !isOfAnotherType(closest)) {
        return flatten(closest, path).map((one) => ({ ...one, guessed: true }));
      }
    }
    if (issue.code === "invalid_key") {
      return flatten(issue.issues, path);
    }
    return [{ ...issue, path }];
  });
}

const isUnknownKeysHere = (issue: z.core.$ZodIssue): issue is z.core.$ZodIssueUnrecognizedKeys =>
  issue.code === "unrecognized_keys" && issue.path.length === 0;

/** A list where a text is expected, say: what else that branch says is no help. */
const isOfAnotherType = (issues: readonly Issue[]): boolean =>
  issues.some(
    (issue) =>
      issue.path.length === 0 &&
      (issue.code === "invalid_type" || (issue.code === "invalid_union" && issue.errors.every(isOfAnotherType))),
  );

const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map((issue) => issue.path.length));

/**
 * What follows from a key that is not known, most likely a misspelt one: that something is missing beside it. That key is
 * told, and this is not.
 */
function followsFromUnknownKey(issue: Issue, all: readonly Issue[], value: unknown): boolean {
  const unknownKeysAt = (path: readonly PropertyKey[]): boolean =>
    all.some((one) => one.code === "unrecognized_keys" && one.path.length === path.length && isWithin(path, one.path));
  return (
    (issue.code === "custom" && unknownKeysAt(issue.path)) ||
    (issue.guessed === true && value === undefined && unknownKeysAt(issue.path.slice(0, -1)))
  );
}

/** `near`: the keys that could have been meant. */
const unknownKey = (key: string, known: readonly string[], near: readonly string[]): string =>
  known.includes(key) ? "this key cannot stand beside the others here" : `unknown key${didYouMean(key, near)}`;

/** The nearest name, where one is near enough to be what was meant. */
export function didYouMean(name: string, known: readonly string[]): string {
  const lower = name.toLowerCase();
  const [nearest] = known
    .map((one) => ({ one, far: editDistance(lower, one.toLowerCase()) }))
    .filter(({ one, far }) => far <= Math.max(1, Math.floor(Math.max(name.length, one.length) / 3)))
    .toSorted((a, b) => a.far - b.far);
  return nearest === undefined ? "" : `; did you mean ${nearest.one}?`;
}

/** Letters to add, drop, change or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const cell = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(i - 2, j - 2) + 1 : Infinity;
      const changed = cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, changed, swapped));
    }
  }
  return cell(a.length, b.length);
}

/** The keys that a schema knows at a path; with a value, only those of the kind that it says to be. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[], value?: unknown): string[] {
  const def = defOf(schema);
  const [first, ...rest] = path;
  if ("innerType" in def) {
    return keysAt(def.innerType, path, value);
  }
  if (def.type === "pipe") {
    return keysAt(def.in, path, value);
  }
  if (def.type === "union") {
    const meant =
      "discriminator" in def ? def.options.filter((option) => isOfKind(option, String(def.discriminator), value)) : [];
    return (meant.length === 0 ? def.options : meant).flatMap((option) => keysAt(option, path, value));
  }
  if (def.type === "object" && first === undefined) {
    return Object.keys(def.shape);
  }
  const next =
    def.type === "object"
      ? (def.shape[String(first)] ?? def.catchall)
      : def.type === "record"
        ? def.valueType
        : def.type === "array"
          ? def.element
          : undefined;
  return next === undefined || first === undefined ? [] : keysAt(next, rest, valueAt(value, [first]));
}

/** Whether the value names this alternative of a union by its key `discriminator`. */
function isOfKind(option: z.core.$ZodType, discriminator: string, value: unknown): boolean {
  const def = defOf(option);
  const key = def.type === "object" ? def.shape[discriminator] : undefined;
  const kind = key === undefined ? undefined : defOf(key);
  return kind?.type === "literal" && kind.values.some((one) => one === valueAt(value, [discriminator]));
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion, eslint/no-underscore-dangle -- zod's own way to look into a schema
const defOf = (schema: z.core.$ZodType) => (schema as z.core.$ZodTypes)._zod.def;

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((at: unknown, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined), value);

function isWithin(path: readonly PropertyKey[], ancestor: readonly PropertyKey[]): boolean {
  return ancestor.every((part, index) => path[index] === part);
}
