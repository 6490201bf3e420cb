// The ordinary order that every kind starts from: paid, for one or several suppliers, with nothing that makes it wait.
import { knownShipping } from "./kinds.ts";
import type { Policy } from "./expected.ts";
import type { Product } from "./goods.ts";
import { createPerson, type CountryCode } from "./people.ts";
import { currentTotal, type Currency, type OrderPlan, type PlannedLine } from "./plan.ts";
import type { Random } from "./random.ts";

const CURRENCIES: Readonly<Record<CountryCode, Currency>> = {
  FR: "EUR",
  BE: "EUR",
  DE: "EUR",
  ES: "EUR",
  CH: "CHF",
  GB: "GBP",
  US: "USD",
};

const PROPERTIES = [
  [{ name: "Gravure", value: "Ferme du Chêne ☘" }],
  [
    { name: "Couleur", value: "RAL 6005" },
    { name: "_bundle", value: "7f3a" },
  ],
  [{ name: "Longueur (cm)", value: "" }],
  // An app that writes them so is seen now and then.
  { Gravure: "GAEC Rouvière" },
] as const;

/** Shopify touches an order once more as soon as it is made. */
export const UPDATED_AFTER_MS = 2_000;

export interface OrdinaryOptions {
  readonly random: Random;
  readonly policy: Policy;
  /** Each supplier's goods, by its name. */
  readonly goods: ReadonlyMap<string, readonly Product[]>;
  readonly country: CountryCode;
  readonly id: bigint;
  readonly number: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export function ordinaryPlan({ random, policy, goods, country, id, number, createdAt }: OrdinaryOptions): OrderPlan {
  const { suppliers } = policy;
  const most = random.chance(0.6) ? 1 : Math.min(4, suppliers.length);
  const chosen = random.shuffled(suppliers).slice(0, random.between(1, most));
  const products = chosen.flatMap(({ name }) => random.shuffled(goods.get(name) ?? []).slice(0, random.pick([1, 1, 2, 3])));
  const discountCode = random.chance(0.15) ? "FERME10" : undefined;
  const plan: OrderPlan = {
    id,
    number,
    kind: "plain",
    traits: new Set(),
    createdAt,
    updatedAt: createdAt + UPDATED_AFTER_MS,
    cancelledAt: undefined,
    cancelReason: null,
    test: false,
    financialStatus: "paid",
    person: createPerson(random, country),
    lines: random.shuffled(products).map((product) => plannedLine(product, random.pick([1, 1, 1, 2, 2, 4, 10]))),
    shippingTitle: random.pick(knownShipping(suppliers)),
    shippingPrice: random.pick([0, 990, 1_490, 4_900]),
    tags: random.chance(0.2) ? random.pick([["VIP"], ["pro", "salon-2026"], ["attention-client"]]) : [],
    note: random.chance(0.1) ? "Appeler avant de livrer, portail fermé." : null,
    noteAttributes: random.chance(0.1) ? [{ name: "Numéro d'exploitation", value: random.digits("FR ## ### ###") }] : [],
    discountCode,
    poNumber: random.chance(0.05) ? random.digits("BC-2026-####") : null,
    presentment: CURRENCIES[country],
  };
  const { valueOver = Infinity } = policy.holds;
  if (currentTotal(plan) > valueOver * 100) {
    plan.lines = plan.lines.slice(0, 3).map((line) => plannedLine(line, 1));
  }
  for (const line of plan.lines) {
    line.discount = discountCode ? Math.round(line.price * line.quantity * 0.1) : 0;
    line.properties = random.chance(0.1) ? random.pick(PROPERTIES) : [];
  }
  return plan;
}

export function plannedLine(product: Product, quantity: number): PlannedLine {
  return { ...product, quantity, current: quantity, fulfillable: quantity, discount: 0, properties: [] };
}
