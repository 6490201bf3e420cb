// The kinds of orders, each a change to an ordinary one. How often they come is the mix: a deck with so many cards of
// each kind is dealt and shuffled again, so that rare kinds do come.
import { AWKWARD_TEXTS, type AwkwardText } from "./awkward-text.ts";
import type { GeneratorSupplier, Policy } from "./expected.ts";
import { customLine, giftCard, goodsWithoutSku, nobodysGoods, service, type Product } from "./goods.ts";
import { hidePhone, removePhones, type PhonePlace } from "./people.ts";
import { currentSubtotal, currentTotal, type OrderPlan, type PlannedLine } from "./plan.ts";
import type { Random } from "./random.ts";

/** How many of each in a hundred, as a lively shop has them. */
export const DEFAULT_MIX = {
  plain: 58,
  awkwardText: 7,
  test: 2,
  historic: 2,
  unpaid: 3,
  partiallyRefunded: 3,
  fulfilled: 1,
  partlyFulfilled: 2,
  overValue: 2,
  /** Exactly as much as the limit: not over it. */
  atValueLimit: 1,
  tagged: 2,
  withoutPhone: 2,
  phoneElsewhere: 2,
  withoutAddress: 1,
  /** A draft order of the counter: no customer, no address, nothing. */
  nobodyKnown: 1,
  unmappedShipping: 2,
  unmatched: 2,
  customLine: 1,
  nothingToShip: 1,
  partlyNothingToShip: 1,
  hugeIds: 1,
  foreignCurrency: 1,
  everythingAtOnce: 1,
  /** A supplier's goods that nobody gave a SKU. */
  withoutSku: 1,
} as const;

export type OrderKind = keyof typeof DEFAULT_MIX;
export type Mix = Readonly<Partial<Record<OrderKind, number>>>;

export interface KindTools {
  readonly random: Random;
  readonly policy: Policy;
  readonly shopName: string;
  readonly nextText: () => AwkwardText;
  readonly nextPhonePlace: () => PhonePlace;
  lineOf(product: Product, quantity: number): PlannedLine;
}

type Change = (plan: OrderPlan, tools: KindTools) => void;

export const CHANGES: Readonly<Record<OrderKind, Change>> = {
  plain: () => undefined,

  awkwardText(plan, { random, nextText }) {
    for (let n = random.between(2, 3); n > 0; n--) {
      const text = nextText();
      AWKWARD_TEXTS[text](plan);
      plan.traits.add(text);
    }
  },

  test(plan) {
    plan.test = true;
  },

  historic(plan, { random, policy }) {
    plan.createdAt = policy.since - random.between(1, 300 * 86_400_000);
  },

  unpaid(plan) {
    plan.financialStatus = "pending";
  },

  partiallyRefunded(plan, { random }) {
    refundSome(plan, random);
  },

  fulfilled(plan) {
    for (const line of plan.lines) {
      line.fulfillable = 0;
    }
  },

  partlyFulfilled(plan, { random }) {
    const [sent, ...others] = random.shuffled(plan.lines);
    if (sent) {
      sent.fulfillable = others.length > 0 ? 0 : random.between(0, sent.current - 1);
    }
  },

  overValue(plan, { policy }) {
    raise(plan, ({ price }) => Math.ceil((limitOf(policy) + 1 - currentTotal(plan)) / price));
  },

  atValueLimit(plan, { policy }) {
    raise(plan, ({ price }) => Math.floor((limitOf(policy) - currentTotal(plan)) / price));
    plan.shippingPrice = Math.max(plan.shippingPrice, limitOf(policy) - currentSubtotal(plan));
  },

  tagged(plan, { random, policy }) {
    const { tags = [] } = policy.holds;
    if (tags.length > 0) {
      plan.tags = random.shuffled([...plan.tags, random.pick(tags)]);
    }
  },

  withoutPhone({ person }) {
    removePhones(person);
  },

  phoneElsewhere({ person, traits }, { random, nextPhonePlace }) {
    const place = nextPhonePlace();
    hidePhone(random, person, place);
    traits.add(`phone-of-${place}`);
  },

  withoutAddress({ person }) {
    person.shipping = null;
  },

  nobodyKnown({ person }) {
    removePhones(person);
    person.shipping = null;
    person.billing = null;
    person.guest = true;
    person.email = null;
  },

  unmappedShipping(plan, { random }) {
    plan.shippingTitle = random.pick(["Express 24 h", "Retrait à la ferme", "Point relais"]);
  },

  unmatched(plan, { random, policy, lineOf }) {
    for (let n = random.between(1, 2); n > 0; n--) {
      insert(plan, random, lineOf(nobodysGoods(random, policy.suppliers), random.between(1, 3)));
    }
  },

  customLine(plan, { random, lineOf }) {
    const line = lineOf(customLine(random), 1);
    if (random.chance(0.3)) {
      plan.lines = [line];
    } else {
      insert(plan, random, line);
    }
  },

  nothingToShip(plan, { random, policy, shopName, lineOf }) {
    plan.lines = [lineOf(giftCard(random, shopName), 1), lineOf(service(random, random.pick(policy.suppliers)), 1)];
    plan.shippingTitle = undefined;
    plan.shippingPrice = 0;
    plan.person.shipping = null;
  },

  partlyNothingToShip(plan, { random, policy, shopName, lineOf }) {
    insert(plan, random, lineOf(giftCard(random, shopName), 1));
    insert(plan, random, lineOf(service(random, random.pick(policy.suppliers)), 2));
  },

  // The order gets its number when it is made: orders.ts does that.
  hugeIds: () => undefined,

  foreignCurrency(plan, { random }) {
    plan.presentment = random.pick(["JPY", "CHF", "GBP", "USD"] as const);
  },

  everythingAtOnce(plan, tools) {
    const { random, policy, lineOf } = tools;
    refundSome(plan, random);
    CHANGES.partlyNothingToShip(plan, tools);
    CHANGES.tagged(plan, tools);
    CHANGES.unmappedShipping(plan, tools);
    insert(plan, random, lineOf(customLine(random), 1));
    insert(plan, random, lineOf(nobodysGoods(random, policy.suppliers), 2));
    CHANGES.awkwardText(plan, tools);
    removePhones(plan.person);
    plan.presentment = "JPY";
  },

  withoutSku(plan, { random, policy, lineOf }) {
    const supplier = random.pick(policy.suppliers.filter(({ vendors }) => vendors.length > 0));
    insert(plan, random, lineOf(goodsWithoutSku(random, supplier), 1));
  },
};

/** Titles of shipping methods that none of the suppliers would hold. */
export function knownShipping(suppliers: readonly GeneratorSupplier[]): readonly string[] {
  const demanding = suppliers.flatMap(({ shipping }) => (shipping?.unmapped === "hold" ? [shipping.mapped] : []));
  const [first = ["Standard", "Livraison avec hayon", "Express 24 h"], ...others] = demanding;
  return first.filter((title) => others.every((mapped) => mapped.includes(title)));
}

/** Takes units back from one line, sometimes all of them; another line keeps its units. */
function refundSome(plan: OrderPlan, random: Random): void {
  plan.financialStatus = "partially_refunded";
  const line = random.pick(plan.lines);
  const least = plan.lines.length > 1 ? 0 : 1;
  line.quantity = Math.max(line.quantity, 2);
  line.current = random.between(least, line.quantity - 1);
  line.fulfillable = line.current;
}

/** More of the dearest line. */
function raise(plan: OrderPlan, units: (line: PlannedLine) => number): void {
  const [line] = plan.lines.toSorted((a, b) => b.price - a.price);
  if (line) {
    line.quantity += Math.max(0, units(line));
    line.current = line.quantity;
    line.fulfillable = line.quantity;
  }
}

/** Cents; a limit that no order reaches is one of a million. */
function limitOf({ holds: { valueOver = 1_000_000 } }: Policy): number {
  return valueOver * 100;
}

function insert(plan: OrderPlan, random: Random, line: PlannedLine): void {
  plan.lines.splice(random.between(0, plan.lines.length), 0, line);
}
