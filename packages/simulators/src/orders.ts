// A seedable source of orders as Shopify's webhooks carry them, each with what must become of it.
//
//   mix → kind → an ordinary plan, changed by its kind → payload and body; the expected outcome follows from the plan
import { AWKWARD_TEXT_NAMES } from "./orders/awkward-text.ts";
import { webhookBody } from "./orders/body.ts";
import { expectedOutcome, type ExpectedOutcome, type GeneratorSupplier, type Policy } from "./orders/expected.ts";
import { cancelled, edited, editNoticeBody, fulfilled, later, paid } from "./orders/follow-ups.ts";
import { createGoods } from "./orders/goods.ts";
import { CHANGES, DEFAULT_MIX, type KindTools, type Mix, type OrderKind } from "./orders/kinds.ts";
import { ordinaryPlan, plannedLine, UPDATED_AFTER_MS } from "./orders/ordinary.ts";
import { orderPayload, type OrderPayload } from "./orders/payload.ts";
import { PHONE_PLACES, type CountryCode } from "./orders/people.ts";
import type { OrderPlan, PlannedLine } from "./orders/plan.ts";
import { createDeck, createRandom } from "./orders/random.ts";
import { traitsOf } from "./orders/traits.ts";

export { DEFAULT_MIX, type Mix, type OrderKind } from "./orders/kinds.ts";
export type { ExpectedOutcome, ExpectedPurchaseOrder, GeneratorSupplier, HoldName } from "./orders/expected.ts";
export type { OrderPayload } from "./orders/payload.ts";

export interface OrderGeneratorOptions extends Policy {
  /** The same seed, options and clock give the same orders. */
  readonly seed: number | string;
  /** Such as sermat-equipement.myshopify.com. */
  readonly shop: string;
  /** Epoch milliseconds; orders are created in the two hours before, but not before `since`. */
  readonly now: () => number;
  /** 1001 unless given. */
  readonly firstOrderNumber?: number;
  /** How many of each kind in a round; a kind that is not named is left out. DEFAULT_MIX unless given. */
  readonly mix?: Mix;
}

export interface GeneratedOrder {
  /** The webhook's topic. */
  readonly topic: "orders/create" | "orders/paid" | "orders/updated" | "orders/cancelled";
  /** With ids as bigints. */
  readonly payload: OrderPayload;
  /** What is sent and signed: ids are bare digits. */
  readonly body: string;
  readonly kind: OrderKind;
  readonly traits: readonly string[];
  /** If this is the first that is heard of the order. */
  readonly expected: ExpectedOutcome;
  /** What the generator means by it; for its follow-ups. */
  readonly plan: Readonly<OrderPlan>;
}

/** The follow-ups take the time at which they happen and throw RangeError unless it is a second later than the last. */
export interface OrderGenerator {
  /** The next order of the mix, or one of a certain kind. Throws RangeError while it is not yet `since`. */
  next(kind?: OrderKind): GeneratedOrder;
  paid(order: GeneratedOrder, at: number): GeneratedOrder;
  /** With nothing changed but its time, unless tags or a note are given. */
  updated(
    order: GeneratedOrder,
    at: number,
    change?: { readonly tags?: string[]; readonly note?: string | null },
  ): GeneratedOrder;
  /** customer unless a reason is given. */
  cancelled(order: GeneratedOrder, at: number, reason?: string): GeneratedOrder;
  /** Gives each line the number of units that it shall have from now on. */
  edited(order: GeneratedOrder, at: number, unitsOf: (line: Readonly<PlannedLine>, index: number) => number): GeneratedOrder;
  /** Sent by hand in the shop: all lines unless some are chosen. */
  fulfilled(order: GeneratedOrder, at: number, which?: (line: Readonly<PlannedLine>, index: number) => boolean): GeneratedOrder;
}

/** Seconds. */
const TWO_HOURS = 7_200;

/** How many of a hundred customers live where: foreign ones are rare, and yet they come. */
const COUNTRIES = { FR: 74, BE: 8, DE: 6, CH: 4, ES: 4, GB: 2, US: 2 } as const;

/** Throws RangeError when a SKU could be two suppliers', so that nobody would know whose the line is. */
export function createOrderGenerator(options: OrderGeneratorOptions): OrderGenerator {
  const { shop, suppliers, since, now, holds, firstOrderNumber = 1001, mix = DEFAULT_MIX } = options;
  refuseAmbiguity(suppliers);
  const policy: Policy = { suppliers, since, holds };
  const random = createRandom(options.seed);
  const firstProductId = 8_100_000_000_000n + BigInt(random.between(0, 99_999_999));
  const goods = new Map(
    suppliers.map((supplier, n) => [supplier.name, createGoods(random, supplier, firstProductId + BigInt(n) * 10_000n)]),
  );
  const nextKind = createDeck(random, cards(mix));
  const nextCountry = createDeck<CountryCode>(random, cards(COUNTRIES));
  const firstId = 5_600_000_000_000n + BigInt(random.between(0, 99_999_999)) * 1_000n;
  const tools: KindTools = {
    random,
    policy,
    shopName: shop.split(".")[0] ?? shop,
    nextText: createDeck(random, AWKWARD_TEXT_NAMES),
    nextPhonePlace: createDeck(random, PHONE_PLACES),
    lineOf: plannedLine,
  };
  let made = 0;

  const newPlan = (kind: OrderKind): OrderPlan => {
    // Payloads have whole seconds: a part of one would put an order on the wrong side of `since`.
    const latest = Math.floor(now() / 1_000);
    const earliest = Math.max(Math.ceil(since / 1_000), latest - TWO_HOURS);
    if (latest < earliest) {
      throw new RangeError(`no order can be created between ${new Date(since).toISOString()} and now`);
    }
    const huge = kind === "hugeIds" || kind === "everythingAtOnce";
    const count = made++;
    const plan = ordinaryPlan({
      random,
      policy,
      goods,
      country: nextCountry(),
      id: (huge ? 820_982_911_946_000_000n : firstId) + BigInt(count) * 1_000n + BigInt(random.between(0, 499)),
      number: firstOrderNumber + count,
      createdAt: random.between(earliest, Math.max(earliest, latest - UPDATED_AFTER_MS / 1_000)) * 1_000,
    });
    plan.kind = kind;
    CHANGES[kind](plan, tools);
    return plan;
  };

  const written = (topic: GeneratedOrder["topic"], kind: OrderKind, plan: OrderPlan): GeneratedOrder => {
    const payload = orderPayload(plan, shop);
    const expected = expectedOutcome(plan, policy);
    return { topic, payload, body: webhookBody(payload), kind, traits: traitsOf(plan), expected, plan };
  };

  const follow = (topic: GeneratedOrder["topic"], order: GeneratedOrder, at: number, change: (plan: OrderPlan) => void) => {
    const plan = later(order.plan, at);
    change(plan);
    return written(topic, order.kind, plan);
  };

  return {
    next(kind = nextKind()) {
      return written("orders/create", kind, newPlan(kind));
    },
    paid: (order, at) => follow("orders/paid", order, at, paid),
    updated: (order, at, change = {}) => follow("orders/updated", order, at, (plan) => Object.assign(plan, change)),
    cancelled: (order, at, reason = "customer") => follow("orders/cancelled", order, at, (plan) => cancelled(plan, reason)),
    edited: (order, at, unitsOf) => follow("orders/updated", order, at, (plan) => edited(plan, unitsOf)),
    fulfilled: (order, at, which = () => true) => follow("orders/updated", order, at, (plan) => fulfilled(plan, which)),
  };
}

/** The body of orders/edited for two states of an order: it carries no order, only lines and differences. */
export function editNotice(before: GeneratedOrder, after: GeneratedOrder): string {
  return editNoticeBody(before.plan, after.plan);
}

/** So many cards of each. */
function cards<K extends string>(counts: Readonly<Partial<Record<K, number>>>): K[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key has a count
  const names = Object.keys(counts) as K[];
  return names.flatMap((name) => Array<K>(counts[name] ?? 0).fill(name));
}

/** X, 77 and 88 begin the SKUs that shall be nobody's, or a supplier's by its vendor alone. */
function refuseAmbiguity(suppliers: readonly GeneratorSupplier[]): void {
  const reserved = { name: "nobody", vendors: ["Divers"], skuPrefixes: ["X", "77", "88"] };
  for (const [n, one] of suppliers.entries()) {
    for (const other of [...suppliers.slice(n + 1), reserved]) {
      const vendor = one.vendors.find((name) => other.vendors.includes(name));
      const prefix = one.skuPrefixes.find((own) => other.skuPrefixes.some((its) => own.startsWith(its) || its.startsWith(own)));
      if (vendor !== undefined || prefix !== undefined) {
        throw new RangeError(`${vendor ?? prefix} could mean ${one.name} and ${other.name}`);
      }
    }
  }
}
