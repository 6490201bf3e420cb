// What holds for every order, not only for those that somebody thought of.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../test/cases.ts";
import type { Order, OrderLine } from "../order/order.ts";
import { planOrder, type DispatchPolicy, type ExistingPurchaseOrder, type Plan } from "./plan.ts";
import { classifyLines, type Classification, type ClassifyInput } from "../rules/classify.ts";
import { noFacts, type Facts } from "../rules/rules.ts";
import type { Supplier } from "../supplier/supplier.ts";
import type { Condition, Rule } from "../rules/rule.ts";
import { noCatalogue, noWishes } from "../test/no-wishes.ts";
import { rule } from "../test/rule.ts";
import type { LineAccount } from "../order/units.ts";

const policy: DispatchPolicy = {
  since: 0,
  release: { paid: true, terms: false, tags: [] },
  testOrders: "dry-run",
  holds: [],
  unmatched: "dispatch-rest",
  sourcing: { fallback: "none", split: "never" },
  attributes: { requestedDate: [], pickupPoint: [], pickupCodePrefixes: [] },
};

const supplier = (id: string): Supplier => ({
  id,
  name: id,
  account: null,
  number: { pattern: "{order}-{n}", max: 20, alphabet: "0-9-" },
  rules: [rule({ kind: "vendor", vendors: [id] }), rule({ kind: "sku-prefix", prefixes: [id.slice(0, 2)] })],
  require: [],
  mode: "live" as const,
  holds: [],
  requestedWorkingDays: null,
  shipping: { codes: {}, unmapped: "omit" },
  wishes: noWishes(id),
  catalogue: noCatalogue,
});
const suppliers = ["alpha", "beta", "gamma"].map(supplier);

const line = fc
  .record({
    vendor: fc.constantFrom("alpha", "beta", "gamma", "nobody", null),
    sku: fc.constantFrom("al-1", "be-2", "ga-3", "zz-4", null),
    quantity: fc.integer({ min: 0, max: 9 }),
    removed: fc.integer({ min: 0, max: 9 }),
    fulfilled: fc.integer({ min: 0, max: 9 }),
    requiresShipping: fc.boolean(),
    giftCard: fc.boolean(),
  })
  .map(({ removed, fulfilled, ...rest }): Omit<OrderLine, "id"> => {
    const currentQuantity = Math.max(0, rest.quantity - removed);
    return {
      ...rest,
      title: "part",
      variantTitle: null,
      currentQuantity,
      fulfillableQuantity: Math.max(0, currentQuantity - fulfilled),
      grams: null,
      properties: [],
    };
  });

const lines = fc
  .array(line, { maxLength: 12 })
  .map((all): OrderLine[] => all.map((one, index) => ({ ...one, id: String(index + 1) })));

const orderOf = (orderLines: readonly OrderLine[]): Order => ({
  id: "shop:1",
  shop: "shop",
  name: "#1",
  orderNumber: "1",
  test: false,
  financialStatus: "paid",
  paymentTerms: false,
  createdAt: 1,
  processedAt: 1,
  updatedAt: 1,
  cancelledAt: null,
  total: { amount: "1", currency: "EUR" },
  tags: [],
  note: null,
  noteAttributes: [],
  customerOrderNumber: null,
  customer: { name: "", email: "", language: null },
  deliverTo: { company: null, name: "x", street: "y", street2: null, zip: "z", city: "c", province: null, country: "FR" },
  phone: null,
  shippingMethod: null,
  shippingMethodCode: null,
  lines: orderLines,
});

const planFor = (
  orderLines: readonly OrderLine[],
  before: {
    readonly accounts?: ReadonlyMap<string, LineAccount>;
    readonly purchaseOrders?: readonly ExistingPurchaseOrder[];
  } = {},
): Plan =>
  planOrder({
    order: orderOf(orderLines),
    deleted: false,
    nothingSent: new Set(),
    adopted: true,
    policy,
    suppliers,
    facts: noFacts,
    accounts: before.accounts ?? new Map(),
    purchaseOrders: before.purchaseOrders ?? [],
  });

/** Units of each line, by supplier. */
const unitsOf = (plan: Plan): Map<string, [supplier: string, units: number][]> => {
  const units = new Map<string, [string, number][]>();
  for (const po of plan.purchaseOrders) {
    for (const one of po.lines) {
      units.set(one.lineId, [...(units.get(one.lineId) ?? []), [po.supplier, one.units]]);
    }
  }
  return units;
};

test("every unit that is to be shipped goes to exactly one supplier, or to none, with a reason", () => {
  fc.assert(
    fc.property(lines, (orderLines) => {
      const plan = planFor(orderLines);
      const units = unitsOf(plan);
      for (const one of orderLines) {
        const given = units.get(one.id) ?? [];
        const open = Math.min(one.currentQuantity, one.fulfillableQuantity);
        expect(given.length).toBeLessThanOrEqual(1);
        expect(given[0]?.[1] ?? open).toBe(open);
        const told = plan.lines.find((planned) => planned.lineId === one.id);
        expect(told?.reason).toBeTruthy();
        expect(told?.decision === "supplier").toBe(given.length === 1);
      }
    }),
    { numRuns: cases(2_000) },
  );
});

test("the order of the lines does not matter", () => {
  fc.assert(
    fc.property(lines, fc.infiniteStream(fc.nat()), (orderLines, keys) => {
      const shuffled = orderLines
        .map((one) => ({ one, key: keys.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one);
      const sorted = (plan: Plan) => [...unitsOf(plan)].toSorted(([a], [b]) => Number(a) - Number(b));
      expect(sorted(planFor(shuffled))).toEqual(sorted(planFor(orderLines)));
    }),
    { numRuns: cases(1_000) },
  );
});

test("what is on purchase orders never exceeds what was ordered, whatever happens to the order between plans", () => {
  const history = fc.array(
    fc.record({
      line: fc.nat({ max: 3 }),
      change: fc.constantFrom("add", "remove", "fulfil", "unfulfil"),
      units: fc.integer({ min: 1, max: 4 }),
      send: fc.boolean(),
    }),
    { maxLength: 14 },
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 4 }), history, (quantities, changes) => {
      let state = quantities.map((quantity, index): OrderLine => ({
        id: String(index + 1),
        vendor: suppliers[index % suppliers.length]?.id ?? null,
        sku: null,
        title: "part",
        variantTitle: null,
        quantity,
        currentQuantity: quantity,
        fulfillableQuantity: quantity,
        requiresShipping: true,
        giftCard: false,
        grams: null,
        properties: [],
      }));
      let accounts: ReadonlyMap<string, LineAccount> = new Map();
      const frozen: ExistingPurchaseOrder[] = [];
      for (const { line: index, change, units, send } of changes) {
        state = state.map((one, at) => (at === index ? changed(one, change, units) : one));
        const plan = planFor(state, { accounts, purchaseOrders: frozen });
        accounts = new Map(plan.lines.map((one) => [one.lineId, one.account]));
        if (send) {
          for (const po of plan.purchaseOrders) {
            frozen.push({ id: String(frozen.length), supplier: po.supplier, state: "sent", again: false, lines: po.lines });
          }
        }
        for (const one of state) {
          const ordered = frozen
            .flatMap((po) => po.lines)
            .filter((own) => own.lineId === one.id)
            .reduce((sum, own) => sum + own.units, 0);
          expect(ordered).toBeLessThanOrEqual(one.quantity);
          const planned = plan.purchaseOrders.flatMap((po) => po.lines).find((own) => own.lineId === one.id)?.units ?? 0;
          expect(planned).toBeLessThanOrEqual(one.fulfillableQuantity); // What somebody fulfilled is never ordered on top.
        }
      }
    }),
    { numRuns: cases(2_000) },
  );
});

/** What Shopify's three numbers do; an added unit raises what was ordered. */
function changed(one: OrderLine, change: "add" | "remove" | "fulfil" | "unfulfil", units: number): OrderLine {
  const fulfilled = one.currentQuantity - one.fulfillableQuantity;
  switch (change) {
    case "add":
      return {
        ...one,
        quantity: one.quantity + units,
        currentQuantity: one.currentQuantity + units,
        fulfillableQuantity: one.fulfillableQuantity + units,
      };
    case "remove": {
      const taken = Math.min(units, one.fulfillableQuantity);
      return { ...one, currentQuantity: one.currentQuantity - taken, fulfillableQuantity: one.fulfillableQuantity - taken };
    }
    case "fulfil":
      return { ...one, fulfillableQuantity: one.fulfillableQuantity - Math.min(units, one.fulfillableQuantity) };
    case "unfulfil":
      return { ...one, fulfillableQuantity: one.fulfillableQuantity + Math.min(units, fulfilled) };
  }
}

// Rules of every kind, several suppliers with overlapping ones, priorities, stock, splits, and facts that are not known.

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom("X", "Y").map((one): Condition => ({ kind: "sku-exact", skus: [one] })),
  fc.constantFrom("X", "").map((one): Condition => ({ kind: "sku-prefix", prefixes: [one] })),
  fc.constantFrom("*", "?").map((one): Condition => ({ kind: "sku-glob", globs: [one] })),
  fc.constant<Condition>({ kind: "catalogue" }),
  fc.constantFrom("one", null).map((value): Condition => ({ kind: "property", name: "p", value })),
  fc.constantFrom("v", "w").map((one): Condition => ({ kind: "vendor", vendors: [one] })),
  fc.constantFrom("t", "u").map((one): Condition => ({ kind: "product-type", types: [one] })),
  fc.constantFrom("FR", "BE").map((one): Condition => ({ kind: "country", countries: [one] })),
  fc.constant<Condition>({ kind: "tag", tags: ["tag"] }),
  fc.constant<Condition>({ kind: "default" }),
);
const anyRule: fc.Arbitrary<Rule> = fc.record({
  conditions: fc.uniqueArray(condition, { minLength: 1, maxLength: 3, selector: (one) => one.kind }),
  priority: fc.integer({ min: 0, max: 2 }),
});
const anySuppliers = fc
  .tuple(...suppliers.map((one) => fc.array(anyRule, { maxLength: 4 }).map((rules) => ({ ...one, rules }))))
  .map((all): Supplier[] => all);
/** Who could all ship the same, one after the other: rules drawn for each alone hardly ever give a line to several. */
const rivals = fc
  .tuple(condition, fc.shuffledSubarray([0, 1, 2], { minLength: suppliers.length, maxLength: suppliers.length }))
  .map(([shared, priorities]): Supplier[] =>
    suppliers.map((one, index) => ({ ...one, rules: [{ conditions: [shared], priority: priorities[index] ?? 0 }] })),
  );
const someSuppliers = fc.oneof(anySuppliers, rivals);
const someLines = fc
  .array(
    fc.record({
      sku: fc.constantFrom("X", "Y", "x", null),
      vendor: fc.constantFrom("v", "w", null),
      quantity: fc.integer({ min: 0, max: 6 }),
      properties: fc.constantFrom([], [{ name: "p", value: "one" }], [{ name: "p", value: "two" }]),
      requiresShipping: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all): OrderLine[] =>
    all.map((one, index) => ({
      ...one,
      id: String(index + 7), // 7, 8, 9, 10: as numbers they sort otherwise than as text.
      title: "part",
      variantTitle: null,
      currentQuantity: one.quantity,
      fulfillableQuantity: one.quantity,
      giftCard: false,
      grams: null,
    })),
  );
const someStock = fc.dictionary(
  fc.constantFrom("alpha x", "alpha y", "beta x", "beta y", "gamma x", "gamma y"),
  fc.integer({ min: 0, max: 8 }),
  { size: "max", maxKeys: 6 },
);
const productType = fc.constantFrom("t", "u", "", null);
const sourcing = fc.constantFrom<ClassifyInput["sourcing"]>(
  { fallback: "none", split: "never" },
  { fallback: "stock", split: "never" },
  { fallback: "stock", split: "allowed" },
);

interface Situation {
  readonly lines: OrderLine[];
  readonly suppliers: Supplier[];
  readonly sourcing: ClassifyInput["sourcing"];
  readonly stock: Readonly<Record<string, number>>;
  readonly type: string | null;
  readonly tags: string[];
  readonly country: string | null;
}
const situation: fc.Arbitrary<Situation> = fc.record({
  lines: someLines,
  suppliers: someSuppliers,
  sourcing,
  stock: someStock,
  type: productType,
  tags: fc.constantFrom([], ["tag"]),
  country: fc.constantFrom("FR", "BE", null),
});

const factsOf = ({ stock, type }: Pick<Situation, "stock" | "type">): Facts => ({
  catalogue: (id, sku) => id === "beta" && sku === "Y",
  stock: (id, sku) => stock[`${id} ${sku.toLowerCase()}`] ?? null,
  productType: () => type,
});

const classify = (given: Situation, open: ClassifyInput["open"] = new Map()): ReadonlyMap<string, Classification> => {
  const { deliverTo } = orderOf([]);
  return classifyLines({
    order: { lines: given.lines, tags: given.tags, deliverTo: deliverTo && { ...deliverTo, country: given.country } },
    suppliers: given.suppliers,
    sourcing: given.sourcing,
    facts: factsOf(given),
    units: new Map(given.lines.map((one) => [one.id, one.quantity])),
    open,
    frozen: new Map(),
  });
};

/** As the next plan finds it on purchase orders. */
const opened = (found: ReadonlyMap<string, Classification>): ClassifyInput["open"] =>
  new Map(
    [...found].flatMap(([id, one]) =>
      one.kind === "supplier" && one.allocations.length > 0
        ? [[id, new Map(one.allocations.map(({ supplier: to, units }) => [to, units]))]]
        : [],
    ),
  );

const byLine = (found: ReadonlyMap<string, Classification>) => [...found].toSorted(([a], [b]) => Number(a) - Number(b));

test("with any rules, stock and splits, all units of a line go to suppliers whose rules match, each once, or none does, with a reason", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(situation, (given) => {
      const found = classify(given);
      expect(found.size).toBe(given.lines.length);
      for (const one of given.lines) {
        const verdict = found.get(one.id);
        const kind = verdict?.kind === "supplier" && verdict.allocations.length > 1 ? "split" : (verdict?.kind ?? "none");
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        const [allocations, reason] =
          verdict?.kind === "supplier" ? [verdict.allocations, "rules"] : [undefined, verdict?.reason];
        expect(reason).toBeTruthy();
        if (allocations === undefined) {
          continue;
        }
        expect(allocations.reduce((sum, part) => sum + part.units, 0)).toBe(one.quantity);
        expect(allocations.every((part) => part.units > 0)).toBe(true);
        expect(new Set(allocations.map((part) => part.supplier)).size).toBe(allocations.length);
        expect(allocations.length).toBeLessThanOrEqual(given.sourcing.split === "allowed" ? 3 : 1);
        expect(allocations.every((part) => part.rule.startsWith(`${part.supplier}.rules[`))).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
  expect([...seen.keys()].toSorted()).toEqual(["facts-missing", "nobody", "split", "supplier", "unmatched"]);
});

test("with any rules, stock and splits, the order of the lines and of the suppliers does not matter", () => {
  fc.assert(
    fc.property(situation, fc.infiniteStream(fc.nat()), (given, keys) => {
      const shuffle = <T>(all: readonly T[]): T[] =>
        all
          .map((one) => ({ one, key: keys.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ one }) => one);
      const other = classify({ ...given, lines: shuffle(given.lines), suppliers: shuffle(given.suppliers) });
      expect(byLine(other)).toEqual(byLine(classify(given)));
    }),
    { numRuns: cases(2_000) },
  );
});

test("planned again with the same stock nothing moves, and with other stock only what its supplier cannot ship", () => {
  fc.assert(
    fc.property(situation, someStock, (given, stock) => {
      const before = classify(given);
      expect(byLine(classify(given, opened(before)))).toEqual(byLine(before));
      const later = { ...given, stock };
      const after = opened(classify(later, opened(before)));
      for (const [id, had] of opened(before)) {
        const moved = [...had].some(([to, units]) => after.get(id)?.get(to) !== units);
        // All lines of the order share it.
        const short = [...had.keys()].some((to) => {
          const sku = given.lines.find((one) => one.id === id)?.sku?.toLowerCase();
          const asked = [...opened(before)]
            .filter(([other]) => given.lines.find((one) => one.id === other)?.sku?.toLowerCase() === sku)
            .reduce((sum, [, units]) => sum + (units.get(to) ?? 0), 0);
          return asked > (stock[`${to} ${sku}`] ?? Number.POSITIVE_INFINITY);
        });
        expect(moved && !short).toBe(false);
      }
    }),
    { numRuns: cases(3_000) },
  );
});

test("rules never guess: who gets a line while a fact is not known gets it whatever the fact turns out to be", () => {
  let decided = 0;
  const outcome = (one: Classification | undefined) =>
    one?.kind === "supplier" ? one.allocations.map(({ supplier: to, units }) => [to, units]) : one?.kind;
  fc.assert(
    fc.property(situation, fc.constantFrom("t", "u", ""), fc.constantFrom("FR", "BE"), (given, type, country) => {
      const alone = { ...given, lines: given.lines.slice(0, 1) };
      const [before] = classify({ ...alone, type: null, country: null }).values();
      const [after] = classify({ ...alone, type, country }).values();
      decided += before?.kind === "supplier" ? 1 : 0;
      expect([outcome(after), "facts-missing"]).toContainEqual(outcome(before));
    }),
    { numRuns: 3_000 },
  );
  expect(decided).toBeGreaterThan(100);
});
