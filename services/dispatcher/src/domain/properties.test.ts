// What holds for every order, not only for those that somebody thought of.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Order, OrderLine } from "./order.ts";
import { planOrder, type DispatchPolicy, type ExistingPurchaseOrder, type Plan } from "./plan.ts";
import { mayChange, purchaseOrderStates, type PurchaseOrderState } from "./purchase-order.ts";
import type { Supplier } from "./supplier.ts";
import { noCatalogue, noWishes } from "./test/no-wishes.ts";
import type { LineAccount } from "./units.ts";

const policy: DispatchPolicy = {
  since: 0,
  release: { paid: true, terms: false, tags: [] },
  testOrders: "dry-run",
  holds: [],
  unmatched: "dispatch-rest",
  attributes: { requestedDate: [], pickupPoint: [], pickupCodePrefixes: [] },
};

const supplier = (id: string): Supplier => ({
  id,
  name: id,
  account: null,
  number: { pattern: "{order}-{n}", max: 20, alphabet: "0-9-" },
  rules: [
    { kind: "vendor", vendors: [id] },
    { kind: "sku-prefix", prefixes: [id.slice(0, 2)] },
  ],
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
    { numRuns: 2_000 },
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
    { numRuns: 1_000 },
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
    { numRuns: 2_000 },
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

test("no path leads from sent, unknown or closed to a state that sends, unless a person is on it", () => {
  const reachable = (from: PurchaseOrderState): ReadonlySet<PurchaseOrderState> => {
    const seen = new Set<PurchaseOrderState>();
    const queue: PurchaseOrderState[] = [from];
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      for (const to of purchaseOrderStates) {
        if (!seen.has(to) && (mayChange(state, to, "system") || mayChange(state, to, "evidence"))) {
          seen.add(to);
          queue.push(to);
        }
      }
    }
    return seen;
  };
  for (const from of ["sent", "unknown", "closed", "cancelled"] as const) {
    expect([
      from,
      ["held", "ready", "sending"].filter((state) =>
        reachable(from).has(purchaseOrderStates.find((one) => one === state) ?? from),
      ),
    ]).toEqual([from, []]);
  }
});
