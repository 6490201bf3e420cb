// Which supplier ships which units of a line: lines, rules, catalogue and stock → allocations. docs/rules.md says it in
// prose, with examples.
//
// 1. Of each supplier's rules that match, the most specific counts; of those, the one with the highest priority.
// 2. The suppliers whose rule is as specific as the best are the line's candidates, the highest priority first. Two at
//    the head of the same priority are a tie, and the line is unmatched: rules never guess. A tie further down ends them.
// 3. What depends on a fact that is not known waits for it, unless the supplier would be the same either way.
// 4. The first candidate gets the line. With `fallback: stock`, the next that has it in stock gets it where those before
//    have too little, and with `split: allowed` several share it.
//
// Stability: stock changes all the time, and a purchase order that moves to another supplier has a new number. So units
// stay where they are as long as that supplier is a candidate and can ship them; stock that comes back elsewhere moves
// nothing. And units added to a line of which some were sent follow these, unless lines may be split.
import type { Order, OrderLine } from "../order/order.ts";
import { fold, matchRule, specificity, type Facts } from "./rules.ts";
import type { RuledSupplier } from "./rule.ts";

export interface Sourcing {
  /** none: the first candidate gets it, whatever its stock. stock: a further one that has it, where the first has too little. */
  readonly fallback: "none" | "stock";
  /** Whether one line's units may go to several suppliers. */
  readonly split: "never" | "allowed";
}

export interface Allocation {
  readonly supplier: string;
  readonly units: number;
  /** Such as "agriest.rules[1] sku glob AGR-*". */
  readonly rule: string;
}

/** Why a person must look: no rule matches; rules of two suppliers match equally well; the supplier refuses broken packs. */
export type UnmatchedCause = "no-rule" | "tie" | "pack";

export type Classification =
  /** `allocations`: of all units that are to be ordered; none where there are none. */
  | { readonly kind: "supplier"; readonly allocations: readonly Allocation[] }
  /** No supplier's business: a gift card, a service. */
  | { readonly kind: "nobody"; readonly reason: string }
  | { readonly kind: "unmatched"; readonly cause: UnmatchedCause; readonly reason: string }
  /** It waits: what a rule asks for is not known yet. */
  | { readonly kind: "facts-missing"; readonly reason: string };

export interface ClassifyInput {
  readonly order: Pick<Order, "lines" | "tags" | "deliverTo">;
  readonly suppliers: readonly RuledSupplier[];
  readonly sourcing: Sourcing;
  readonly facts: Facts;
  /** To be ordered, by line. */
  readonly units: ReadonlyMap<string, number>;
  /** Units on purchase orders that still follow the order, by line and supplier. */
  readonly open: UnitsBySupplier;
  /** Units on purchase orders that cannot be changed any more. */
  readonly frozen: UnitsBySupplier;
}

export type UnitsBySupplier = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** By line. The same whatever the order of the lines and of the suppliers. */
export function classifyLines(input: ClassifyInput): ReadonlyMap<string, Classification> {
  const { order, open } = input;
  const stock = stockOfOrder(input.facts, open);
  const classified = new Map<string, Classification>();
  // Lines share a supplier's stock: what is on a purchase order already keeps its part, and then the older line comes first.
  const inTurn = order.lines.toSorted(
    (a, b) => Number(open.has(b.id)) - Number(open.has(a.id)) || a.id.length - b.id.length || (a.id < b.id ? -1 : 1),
  );
  const give = (line: OrderLine, candidates: Candidates["candidates"]): void => {
    classified.set(line.id, { kind: "supplier", allocations: allocate(line, candidates, input, stock) });
  };
  const others: (() => void)[] = [];
  for (const line of inTurn) {
    const found = findCandidates(line, input);
    if (found.kind !== "candidates") {
      classified.set(line.id, found);
    } else if (staysWhereItIs(line, found.candidates, input, stock)) {
      give(line, found.candidates);
    } else {
      // Else a line that must move would take the stock of one that need not.
      others.push(() => give(line, found.candidates));
    }
  }
  others.forEach((giveOut) => giveOut());
  return classified;
}

interface Candidate {
  readonly supplier: string;
  /** Such as "agriest.rules[1]". */
  readonly place: string;
  readonly rule: string;
  readonly specificity: number;
  readonly priority: number;
}

type Candidates = { readonly kind: "candidates"; readonly candidates: readonly [Candidate, ...Candidate[]] };

function findCandidates(
  line: OrderLine,
  context: Pick<ClassifyInput, "order" | "suppliers" | "sourcing" | "facts">,
): Candidates | Exclude<Classification, { kind: "supplier" }> {
  if (line.giftCard) {
    return { kind: "nobody", reason: "gift card" };
  }
  if (!line.requiresShipping) {
    return { kind: "nobody", reason: "needs no shipping" };
  }
  const matches: Candidate[] = [];
  const open: (Candidate & { readonly fact: string })[] = [];
  for (const supplier of context.suppliers) {
    const own: Candidate[] = [];
    for (const [index, rule] of supplier.rules.entries()) {
      const match = matchRule(rule, supplier.id, { line, order: context.order, facts: context.facts });
      const place = `${supplier.id}.rules[${index}]`;
      const of = { supplier: supplier.id, place, specificity: specificity(rule), priority: rule.priority };
      if (match.kind === "yes") {
        own.push({ ...of, rule: `${place} ${match.text}` });
      } else if (match.kind === "unknown") {
        open.push({ ...of, rule: place, fact: match.fact });
      }
    }
    matches.push(...own.toSorted(better).slice(0, 1));
  }
  const ranked = matches.toSorted((a, b) => better(a, b) || (a.supplier < b.supplier ? -1 : 1));
  const best = ranked[0];
  const equal = ranked.filter((one) => one.specificity === best?.specificity);
  const [first, ...others] = beforeTie(equal);
  const onlyFirst = context.sourcing.fallback === "none" && first !== undefined;

  // Rules that would change something if they matched: unless they are of the supplier that gets the line anyway.
  const undecided = open.filter(
    (one) =>
      best === undefined ||
      one.specificity > best.specificity ||
      (one.specificity === best.specificity &&
        !(onlyFirst && one.priority < best.priority) &&
        !equal.some((own) => own.supplier === one.supplier && own.priority >= one.priority)),
  );
  const concerned = new Set([...undecided, ...(onlyFirst ? [first] : equal)].map((one) => one.supplier));
  if (undecided.length > 0 && (best === undefined || concerned.size > 1)) {
    const asking = undecided.map((one) => `${one.place} asks for ${one.fact}`).toSorted();
    return { kind: "facts-missing", reason: `${describe(line)} waits: ${asking.join(", ")}, which is not known yet` };
  }
  if (best === undefined) {
    return { kind: "unmatched", cause: "no-rule", reason: `no rule matches ${describe(line)}` };
  }
  if (first === undefined) {
    const rivals = equal.slice(0, 2).map((one) => one.rule);
    return { kind: "unmatched", cause: "tie", reason: `rules of two suppliers match ${describe(line)}: ${rivals.join(" and ")}` };
  }
  return { kind: "candidates", candidates: [first, ...others] };
}

/** Those before the first that shares its priority with the next. */
function beforeTie(ranked: readonly Candidate[]): readonly Candidate[] {
  const tie = ranked.findIndex((one, index) => one.priority === ranked[index + 1]?.priority);
  return tie < 0 ? ranked : ranked.slice(0, tie);
}

/** Its stock decides nothing, or suffices for what its open purchase orders have of it. */
function staysWhereItIs(
  line: OrderLine,
  candidates: Candidates["candidates"],
  input: ClassifyInput,
  stock: StockOfOrder,
): boolean {
  return boundTo(line, candidates, input) !== undefined || keptShares(sharing(line, candidates, input, stock)) !== undefined;
}

/** Who gets the line whatever the stock; undefined: the stock decides. */
function boundTo(
  line: OrderLine,
  candidates: Candidates["candidates"],
  { sourcing, frozen }: ClassifyInput,
): Candidate | undefined {
  const sent = sourcing.split === "never" ? holdersOf(line, candidates, frozen)[0] : undefined;
  return sent ?? (sourcing.fallback === "none" ? candidates[0] : undefined);
}

const holdersOf = (line: OrderLine, candidates: Candidates["candidates"], given: UnitsBySupplier): readonly Candidate[] =>
  candidates.filter((one) => (given.get(line.id)?.get(one.supplier) ?? 0) > 0);

const sharing = (line: OrderLine, candidates: Candidates["candidates"], input: ClassifyInput, stock: StockOfOrder): Sharing => ({
  units: input.units.get(line.id) ?? 0,
  split: input.sourcing.split,
  candidates,
  holders: holdersOf(line, candidates, input.open),
  held: heldOf(line, input),
  stock: stock.of(line, candidates[0]),
});

function allocate(
  line: OrderLine,
  candidates: Candidates["candidates"],
  input: ClassifyInput,
  stock: StockOfOrder,
): readonly Allocation[] {
  const units = input.units.get(line.id) ?? 0;
  if (units === 0) {
    return [];
  }
  const [first] = candidates;
  const bound = boundTo(line, candidates, input);
  const shares = bound === undefined ? shareOut(sharing(line, candidates, input, stock)) : new Map([[bound, units]]);
  return [...shares]
    .filter(([, share]) => share > 0)
    .map(([one, share]) => {
      stock.take(line, one, share);
      return { supplier: one.supplier, units: share, rule: one === first ? one.rule : `${one.rule}, after ${first.place}` };
    });
}

const heldOf =
  (line: OrderLine, input: ClassifyInput) =>
  (one: Candidate): number =>
    input.open.get(line.id)?.get(one.supplier) ?? 0;

interface Sharing {
  readonly units: number;
  readonly split: Sourcing["split"];
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** Candidates whose open purchase orders have some of it. */
  readonly holders: readonly Candidate[];
  readonly held: (one: Candidate) => number;
  readonly stock: (one: Candidate) => number;
}

/** Those that have it come first: else every report of stock would move it to and fro. */
const holdersFirst = ({ candidates, holders }: Sharing): readonly Candidate[] => [
  ...holders,
  ...candidates.filter((one) => !holders.includes(one)),
];

/** As many units as each may have at most, in turn. */
function fill(
  input: Sharing,
  most: (one: Candidate) => number,
): { readonly shares: Map<Candidate, number>; readonly rest: number } {
  const shares = new Map<Candidate, number>();
  let rest = input.units;
  for (const one of holdersFirst(input)) {
    const share = Math.min(rest, most(one));
    shares.set(one, share);
    rest -= share;
  }
  return { shares, rest };
}

/** What the holders have of it, where they can ship all of it; else undefined. */
function keptShares(input: Sharing): ReadonlyMap<Candidate, number> | undefined {
  if (input.split === "never" && input.holders.length > 1) {
    return undefined;
  }
  const kept = fill(input, input.held);
  const canShip = [...kept.shares].every(([one, share]) => share <= input.stock(one));
  return kept.rest === 0 && canShip ? kept.shares : undefined;
}

/** By what the candidates can ship. */
function shareOut(input: Sharing): ReadonlyMap<Candidate, number> {
  const { units, candidates, stock } = input;
  const kept = keptShares(input);
  if (kept !== undefined) {
    return kept;
  }
  const inTurn = holdersFirst(input);
  const [foremost = candidates[0]] = inTurn;
  const whole = inTurn.find((one) => stock(one) >= units);
  if (whole !== undefined) {
    return new Map([[whole, units]]);
  }
  if (input.split === "never") {
    return new Map([[foremost, units]]); // Nobody has it all: it is backordered where it is.
  }
  const { shares, rest } = fill(input, stock);
  return shares.set(foremost, (shares.get(foremost) ?? 0) + rest);
}

interface StockOfOrder {
  of(line: OrderLine, first: Candidate): (one: Candidate) => number;
  take(line: OrderLine, one: Candidate, units: number): void;
}

/** What the lines of one order leave of the suppliers' stock to each other. */
function stockOfOrder(facts: Facts, open: UnitsBySupplier): StockOfOrder {
  const taken = new Map<string, number>();
  const key = (line: OrderLine, one: Candidate): string => JSON.stringify([one.supplier, fold(line.sku)]);
  return {
    of: (line, first) => (one) => {
      const reported = line.sku === null ? null : facts.stock(one.supplier, line.sku);
      if (reported === null) {
        // Where nothing is known, nothing is to be feared: but nobody is passed over for it either.
        return one === first || open.get(line.id)?.has(one.supplier) === true ? Number.POSITIVE_INFINITY : 0;
      }
      return Math.max(0, reported - (taken.get(key(line, one)) ?? 0));
    },
    take: (line, one, units) => {
      taken.set(key(line, one), (taken.get(key(line, one)) ?? 0) + units);
    },
  };
}

const better = (a: Candidate, b: Candidate): number => b.specificity - a.specificity || b.priority - a.priority;

function describe(line: OrderLine): string {
  const sku = line.sku ? `SKU "${line.sku}"` : "a line without SKU";
  return line.vendor ? `${sku} of vendor "${line.vendor}"` : `${sku} without vendor`;
}
