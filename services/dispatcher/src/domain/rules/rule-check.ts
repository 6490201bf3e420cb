// What is wrong with the suppliers' rules, or looks so, before any order meets them. A tie that some line surely meets is
// an error; one that a line may meet is a warning, like a rule that no line can reach. A regular expression is only
// compared with its like: whether two of them have a text in common is too hard a question. What is missed here waits as
// `unmatched` when it happens.
import { globCovers, globParts, globsMeet, prefixParts, type GlobPart } from "./glob.ts";
import { fold, specificity } from "./rules.ts";
import type { Sourcing } from "./classify.ts";
import type { Condition, Rule, RuledSupplier } from "./rule.ts";

export interface RuleFinding {
  readonly supplier: string;
  /** Index in the supplier's rules. */
  readonly rule: number;
  readonly message: string;
}

interface Place {
  readonly supplier: string;
  readonly index: number;
  readonly rule: Rule;
  readonly specificity: number;
}

/** Each at the later of the two rules. */
export function ruleErrors(suppliers: readonly RuledSupplier[]): readonly RuleFinding[] {
  return ties(suppliers).flatMap(({ one, earlier, meeting }) =>
    meeting.kind === "surely"
      ? [
          finding(
            one,
            `${show(earlier)} has the same ${meeting.what} with the same priority, so such a line would go to nobody: give one of them a higher priority`,
          ),
        ]
      : [],
  );
}

/** Rules that work, and may not do what was meant. */
export function ruleWarnings(suppliers: readonly RuledSupplier[], sourcing: Pick<Sourcing, "fallback">): readonly RuleFinding[] {
  const places = placesOf(suppliers);
  const overlaps = ties(suppliers).flatMap(({ one, earlier, meeting }) =>
    meeting.kind === "maybe"
      ? [
          finding(
            one,
            `it overlaps with ${show(earlier)} of the same priority: a line with ${meeting.what} matches both and goes to nobody, unless a priority or a more specific rule decides`,
          ),
        ]
      : [],
  );
  const unreachable = places.flatMap((one) => {
    const winner = places.find((other) => other !== one && alwaysWins(other, one, sourcing));
    return winner === undefined ? [] : [finding(one, `it never decides anything: whatever it matches, ${show(winner)} wins`)];
  });
  const waiting = places.flatMap((one) =>
    one.rule.conditions.some((condition) => condition.kind === "product-type")
      ? [finding(one, "the product type is not known yet: lines that only this rule could decide wait as facts missing")]
      : [],
  );
  return [...overlaps, ...unreachable, ...waiting];
}

const finding = (place: Place, message: string): RuleFinding => ({ supplier: place.supplier, rule: place.index, message });
const show = (place: Place): string => `${place.supplier}.rules[${place.index}]`;

const placesOf = (suppliers: readonly RuledSupplier[]): readonly Place[] =>
  suppliers.flatMap(({ id, rules }) =>
    rules.map((rule, index) => ({ supplier: id, index, rule, specificity: specificity(rule) })),
  );

interface Tie {
  readonly one: Place;
  readonly earlier: Place;
  readonly meeting: Exclude<Meeting, { kind: "never" }>;
}

/** Rules of two suppliers that are equally specific, have the same priority, and may match one line. */
function ties(suppliers: readonly RuledSupplier[]): readonly Tie[] {
  const places = placesOf(suppliers);
  return places.flatMap((one, at) =>
    places.slice(0, at).flatMap((earlier): Tie[] => {
      const equal =
        one.supplier !== earlier.supplier &&
        one.specificity === earlier.specificity &&
        one.rule.priority === earlier.rule.priority;
      const meeting = equal ? rulesMeet(one.rule, earlier.rule) : never;
      return meeting.kind === "never" ? [] : [{ one, earlier, meeting }];
    }),
  );
}

/** Whether one line could match both, and what it would have. */
type Meeting = { readonly kind: "surely" | "maybe"; readonly what: string } | { readonly kind: "never" };
const never: Meeting = { kind: "never" };

/** Of rules with conditions of the same weights. */
function rulesMeet(a: Rule, b: Rule): Meeting {
  const meetings = a.conditions.map((condition) => {
    const other = b.conditions.find((one) => weightOf(one) === weightOf(condition));
    return other === undefined ? never : conditionsMeet(condition, other);
  });
  const what: string[] = [];
  for (const meeting of meetings) {
    if (meeting.kind === "never") {
      return never;
    }
    what.push(meeting.what);
  }
  return { kind: meetings.every((one) => one.kind === "surely") ? "surely" : "maybe", what: what.join(" and ") };
}

/** Prefixes, globs and regular expressions weigh the same. */
const isPattern = (condition: Condition): boolean => ["sku-prefix", "sku-glob", "sku-regex"].includes(condition.kind);
const weightOf = (condition: Condition): string => (isPattern(condition) ? "sku pattern" : condition.kind);

function conditionsMeet(a: Condition, b: Condition): Meeting {
  if (isPattern(a) && isPattern(b)) {
    return patternsMeet(a, b);
  }
  if (a.kind === "property" && b.kind === "property") {
    if (fold(a.name) !== fold(b.name)) {
      return { kind: "maybe", what: `the properties ${a.name} and ${b.name}` };
    }
    const agree = a.value === null || b.value === null || fold(a.value) === fold(b.value);
    return agree ? { kind: "surely", what: `property ${a.name}` } : never;
  }
  if (a.kind === "catalogue") {
    return { kind: "maybe", what: "an SKU in both catalogues" };
  }
  if (a.kind === "default") {
    return { kind: "surely", what: "default" };
  }
  const values = new Set(valuesOf(b).map(fold));
  const shared = valuesOf(a).filter((one) => values.has(fold(one)));
  if (shared.length > 0) {
    return {
      kind: "surely",
      what: `${nameOf(a)} ${shared
        .slice(0, 5)
        .map((one) => one.trim())
        .join(", ")}`,
    };
  }
  return a.kind === "tag" ? { kind: "maybe", what: `tags of both (${valuesOf(a)[0]} and ${valuesOf(b)[0]})` } : never;
}

function patternsMeet(a: Condition, b: Condition): Meeting {
  const ours = patternsOf(a);
  const theirs = patternsOf(b);
  const same = ours.find((one) => theirs.some((other) => other.text === one.text));
  if (same !== undefined) {
    return { kind: "surely", what: same.text };
  }
  for (const one of ours) {
    const other = theirs.find(
      (other) => one.parts !== undefined && other.parts !== undefined && globsMeet(one.parts, other.parts),
    );
    if (other !== undefined) {
      return { kind: "maybe", what: `an SKU of both ${other.text} and ${one.text}` };
    }
  }
  return never;
}

interface SkuPattern {
  readonly text: string;
  /** Undefined for a regular expression. */
  readonly parts: readonly GlobPart[] | undefined;
}

function patternsOf(condition: Condition): readonly SkuPattern[] {
  switch (condition.kind) {
    case "sku-prefix":
      return condition.prefixes.map((one) => ({ text: `sku prefix ${fold(one)}`, parts: prefixParts(fold(one)) }));
    case "sku-glob":
      return condition.globs.map((one) => ({ text: `sku glob ${fold(one)}`, parts: globParts(fold(one)) }));
    case "sku-regex":
      return condition.patterns.map((one) => ({ text: `sku regex ${one.source}`, parts: undefined }));
    case "sku-exact":
    case "catalogue":
    case "property":
    case "vendor":
    case "product-type":
    case "tag":
    case "country":
    case "default":
      return [];
  }
}

function valuesOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case "sku-exact":
      return condition.skus;
    case "vendor":
      return condition.vendors;
    case "product-type":
      return condition.types;
    case "tag":
      return condition.tags;
    case "country":
      return condition.countries;
    case "sku-prefix":
    case "sku-glob":
    case "sku-regex":
    case "catalogue":
    case "property":
    case "default":
      return [];
  }
}

const nameOf = (condition: Condition): string =>
  condition.kind === "sku-exact" ? "sku" : condition.kind === "product-type" ? "product_type" : condition.kind;

/** Whether the other rule wins wherever this one matches. */
function alwaysWins(other: Place, one: Place, { fallback }: Pick<Sourcing, "fallback">): boolean {
  const catalogues = other.supplier !== one.supplier && other.rule.conditions.some((condition) => condition.kind === "catalogue");
  if (other.specificity !== one.specificity || catalogues || !ruleCovers(other.rule, one.rule)) {
    return false;
  }
  if (other.rule.priority !== one.rule.priority) {
    // Of another supplier, the lower priority is what stock falls back to.
    return other.rule.priority > one.rule.priority && (other.supplier === one.supplier || fallback === "none");
  }
  return other.supplier === one.supplier && other.index < one.index;
}

const ruleCovers = (wide: Rule, narrow: Rule): boolean =>
  wide.conditions.every((condition) => narrow.conditions.some((one) => covers(condition, one)));

/** Whether whatever the second holds for, the first holds for. False also where that is hard to tell. */
function covers(wide: Condition, narrow: Condition): boolean {
  if (isPattern(wide) && isPattern(narrow)) {
    const all = patternsOf(wide);
    return patternsOf(narrow).every((one) =>
      all.some(
        (other) =>
          other.text === one.text || (other.parts !== undefined && one.parts !== undefined && globCovers(other.parts, one.parts)),
      ),
    );
  }
  if (wide.kind === "property" && narrow.kind === "property") {
    return fold(wide.name) === fold(narrow.name) && (wide.value === null || fold(wide.value) === fold(narrow.value));
  }
  if (wide.kind !== narrow.kind) {
    return false;
  }
  if (wide.kind === "catalogue" || wide.kind === "default") {
    return true;
  }
  const values = new Set(valuesOf(wide).map(fold));
  return valuesOf(narrow).every((one) => values.has(fold(one)));
}
