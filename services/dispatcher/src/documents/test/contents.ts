// Contents of purchase orders for the contract suite: a plain one, one with every field, and as many generated ones as wished.
import * as fc from "fast-check";
import { sumDecimals, timesDecimal } from "../../domain/decimal.ts";
import type { Content, ContentLine } from "../../domain/purchase-order/content.ts";
import type { Party } from "../../domain/supplier/party.ts";
import type { Address } from "../../domain/order/order.ts";

const noParty = { siret: null, vat: null, gln: null, contact: null, phone: null, email: null, address: null };

export const plainLine = (over: Partial<ContentLine> = {}): ContentLine => ({
  number: 1,
  supplierSku: "AGR-1",
  shopSku: "AGR-1",
  gtin: null,
  mpn: null,
  description: "Dent de herse",
  quantity: 2,
  unit: "C62",
  packSize: 1,
  unitCost: null,
  netAmount: null,
  notes: ["Gravure: GAEC"],
  weightGrams: null,
  hazard: null,
  ...over,
});

/** The purchase order SE1001-1 of a small shop: nothing of what is optional that the shop does not use. */
export const plainContent = (over: Partial<Content> = {}): Content => ({
  number: "SE1001-1",
  version: 1,
  purpose: "original",
  test: false,
  issuedAt: Date.parse("2027-01-10T12:00:00Z"),
  orderedAt: Date.parse("2027-01-10T09:00:00+01:00"),
  shopOrder: "#1001",
  customerOrderNumber: null,
  contract: null,
  buyer: {
    ...noParty,
    name: "Sermat Équipement",
    siret: "12345678901234",
    vat: "FR12345678901",
    phone: "+33300000000",
    account: "C004512",
  },
  invoiceTo: null,
  seller: { ...noParty, name: "Agriest" },
  customer: { name: "Jeanne Martin", email: "jeanne@example.com", language: null },
  deliverTo: {
    company: "GAEC du Val",
    name: "Jeanne Martin",
    street: "12 rue des Prés",
    street2: null,
    zip: "35000",
    city: "Rennes",
    province: null,
    country: "FR",
    phone: "+33612345678",
  },
  pickupPoint: null,
  requestedDelivery: null,
  partial: null,
  backorder: null,
  substitution: null,
  shipping: { code: "MES", title: "Standard", carrier: null, account: null },
  incoterm: null,
  deliveryNote: null,
  currency: null,
  netTotal: null,
  notes: ["Appeler avant"],
  lines: [plainLine()],
  ...over,
});

/** The same with a cost on each line, for formats that cannot do without. */
export const priced = (content: Content): Content => {
  const lines = content.lines.map((line) => {
    const unitCost = line.unitCost ?? "8.40";
    return { ...line, unitCost, netAmount: timesDecimal(unitCost, line.quantity) };
  });
  return { ...content, currency: content.currency ?? "EUR", lines, netTotal: sumDecimals(lines.map((line) => line.netAmount)) };
};

/** Every field is there, and no two have the same text. */
export const fullContent = (over: Partial<Content> = {}): Content => ({
  ...plainContent(),
  version: 3,
  test: true,
  customerOrderNumber: "BC-778",
  contract: "CTR-2027-9",
  buyer: {
    name: "Sermat Équipement SARL",
    siret: "12345678901234",
    vat: "FR12345678901",
    gln: "3012345678900",
    contact: "Anna Sermat",
    phone: "+33300000000",
    email: "commandes@sermat.example",
    address: {
      company: null,
      name: null,
      street: "1 zone artisanale",
      street2: "Bâtiment C",
      zip: "35500",
      city: "Vitré",
      province: null,
      country: "FR",
    },
    account: "C004512",
  },
  invoiceTo: {
    ...noParty,
    name: "Sermat Holding",
    siret: "98765432109876",
    vat: "FR98765432109",
    address: {
      company: null,
      name: null,
      street: "9 place de la Gare",
      street2: null,
      zip: "35510",
      city: "Cesson",
      province: null,
      country: "FR",
    },
  },
  seller: { ...noParty, name: "Agriest SA", gln: "3098765432105", vat: "FR11122233344" },
  customer: { name: "Paul Durand", email: "paul@example.com", language: "fr-BE" },
  deliverTo: {
    company: "GAEC du Val",
    name: "Jeanne Martin",
    street: "12 rue des Prés",
    street2: "Portail vert",
    zip: "35000",
    city: "Rennes",
    province: "Ille-et-Vilaine",
    country: "FR",
    phone: "+33612345678",
  },
  pickupPoint: "RELAY-4711",
  requestedDelivery: { earliest: "2027-01-20", latest: "2027-01-22" },
  partial: true,
  backorder: false,
  substitution: false,
  shipping: { code: "HAY", title: "Livraison avec hayon", carrier: "Geodis", account: "GEO-5512" },
  incoterm: "DAP",
  deliveryNote: { neutral: true, prices: false, sender: "Boutique Sermat" },
  currency: "EUR",
  netTotal: "134.40",
  notes: ["Appeler avant dix heures", "Chemin étroit"],
  lines: [
    plainLine({
      number: 7,
      supplierSku: "4711-B",
      shopSku: "AGR-1",
      gtin: "3760012345678",
      mpn: "MF-99812",
      description: "Dent de herse - gauche",
      quantity: 4,
      unit: "BX",
      packSize: 10,
      unitCost: "8.40",
      netAmount: "33.60",
      notes: ["Gravure: GAEC"],
      weightGrams: 2_500,
      hazard: "ADR 3",
    }),
    plainLine({
      number: 8,
      supplierSku: "4712-A",
      shopSku: "AGR-2",
      description: "Huile hydraulique",
      quantity: 12,
      unit: "LTR",
      packSize: 1,
      unitCost: "8.40",
      netAmount: "100.80",
      notes: [],
    }),
  ],
  ...over,
});

/** Characters that break what is written carelessly. */
export const awkwardTexts: readonly (readonly [what: string, text: string])[] = [
  ["markup", 'Pièces & <Co> "d\'Armor" ]]> -->'],
  ["emoji", "Ferme 🚜 du Val 👩🏽‍🌾"],
  ["control characters", "a\u0000b\u0001c\u001fd\u007fe"],
  ["lone surrogates", "x\ud800y\udc00z"],
  ["right to left", "مزرعة الوادي"],
  ["entities", "&amp; &lt;x&gt; &#0; &bogus;"],
  ["noncharacters", "a\ufffeb\uffffc"],
  ["numbers", "007"],
  ["separators", "a;b,c\td|e"],
  ["formula", '=cmd|"/c calc"!A1'],
];

/** Of at least one visible character, so that no mandatory part is empty. */
const hostile = (maxLength = 60): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ maxLength }),
      fc.string({ unit: "binary", maxLength }),
      fc.constantFrom(...awkwardTexts.map(([, text]) => text)),
      fc.constantFrom("Dupont", "SARL L'Épi d'Or", "12 bis, rue de l'Église", "Łódź", "Straße 5", "東京"),
    )
    .map((text) => `x${text}`);
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null });
const country = fc.constantFrom("FR", "BE", "DE", "ES", "RE", "GB", "US");
const phone = fc.constantFrom("+33612345678", "+3225551234", "+4915112345678");
const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: length, maxLength: length });

const address: fc.Arbitrary<Address> = fc.record({
  company: maybe(hostile(40)),
  name: maybe(hostile(40)),
  street: maybe(hostile(40)),
  street2: maybe(hostile(40)),
  zip: maybe(fc.constantFrom("35000", "B-1000", "SW1A 1AA", "97400")),
  city: maybe(hostile(30)),
  province: maybe(hostile(30)),
  country: maybe(country),
});
const party: fc.Arbitrary<Party> = fc.record({
  name: hostile(40),
  siret: maybe(digits(14)),
  vat: maybe(fc.constantFrom("FR12345678901", "BE0123456789")),
  gln: maybe(digits(13)),
  contact: maybe(hostile(30)),
  phone: maybe(phone),
  email: maybe(fc.constantFrom("a@example.com", "commandes+x@example.org")),
  address: maybe(address),
});
const cost = fc
  .tuple(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: 0, max: 9_999 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(4, "0")}`);
const line = fc.record({
  supplierSku: hostile(20),
  shopSku: hostile(20),
  gtin: maybe(fc.oneof(digits(13), digits(8), digits(14), digits(12))),
  mpn: maybe(hostile(20)),
  description: hostile(200),
  quantity: fc.integer({ min: 1, max: 9_999 }),
  unit: fc.constantFrom("C62", "BX", "MTR", "LTR", "KGM", "PR"),
  packSize: fc.constantFrom(1, 1, 2, 10, 144),
  unitCost: cost,
  notes: fc.array(hostile(80), { maxLength: 3 }),
  weightGrams: maybe(fc.integer({ min: 0, max: 5_000_000 })),
  hazard: maybe(fc.constantFrom("ADR 3", "UN1202", "ADR 8 II")),
});
const time = fc.date({ min: new Date("2026-01-01T00:00:00Z"), max: new Date("2036-01-01T00:00:00Z"), noInvalidDate: true });

const content = fc.record({
  number: fc.integer({ min: 1, max: 999_999 }).map((n) => `SE${n}-1`),
  version: fc.integer({ min: 1, max: 12 }),
  test: fc.boolean(),
  issuedAt: time.map((one) => one.getTime()),
  orderedAt: time.map((one) => one.getTime()),
  shopOrder: hostile(20),
  customerOrderNumber: maybe(hostile(30)),
  contract: maybe(hostile(20)),
  buyer: fc.tuple(party, maybe(hostile(15))).map(([one, account]) => ({ ...one, account })),
  invoiceTo: maybe(party),
  seller: party,
  customer: fc.record({
    name: hostile(40),
    email: maybe(fc.constantFrom("jeanne@example.com", "x.y+z@example.org")),
    language: maybe(fc.constantFrom("fr", "fr-FR", "de-CH", "nl")),
  }),
  deliverTo: fc.oneof(
    { weight: 9, arbitrary: fc.tuple(address, maybe(phone)).map(([one, number]) => ({ ...one, phone: number })) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  pickupPoint: maybe(hostile(20)),
  requestedDelivery: maybe(
    fc.record({
      earliest: maybe(fc.constantFrom("2027-01-20", "2027-02-28")),
      latest: maybe(fc.constantFrom("2027-03-01", "2027-12-31")),
    }),
  ),
  partial: maybe(fc.boolean()),
  backorder: maybe(fc.boolean()),
  substitution: maybe(fc.boolean()),
  shipping: maybe(
    fc.record({
      code: maybe(fc.constantFrom("MES", "HAY")),
      title: hostile(30),
      carrier: maybe(hostile(20)),
      account: maybe(hostile(15)),
    }),
  ),
  incoterm: maybe(fc.constantFrom("DAP", "EXW", "DDP", "FCA")),
  deliveryNote: maybe(fc.record({ neutral: fc.boolean(), prices: fc.boolean(), sender: maybe(hostile(30)) })),
  notes: fc.array(hostile(300), { maxLength: 3 }),
  lines: fc.array(line, { minLength: 1, maxLength: 6 }),
});

/** Making them takes as long as writing and validating them. Every format and purpose gets the same. */
const samples = new Map<string, ReturnType<typeof sample>>();
const sample = (seed: number, count: number) => fc.sample(content, { seed, numRuns: count });

function sampled(seed: number, count: number): ReturnType<typeof sample> {
  const known = samples.get(`${seed} ${count}`) ?? sample(seed, count);
  samples.set(`${seed} ${count}`, known);
  return known;
}

/** The same for the same seed. With costs, or without any. */
export function generatedContents(input: {
  readonly seed: number;
  readonly count: number;
  readonly price: boolean;
  readonly purpose?: Content["purpose"];
}): readonly Content[] {
  const { seed, count, price, purpose = "original" } = input;
  return sampled(seed, count).map((one): Content => {
    const lines = one.lines.map((each, index) => ({
      ...each,
      number: index * 2 + 1,
      unitCost: price ? each.unitCost : null,
      netAmount: price ? timesDecimal(each.unitCost, each.quantity) : null,
    }));
    return {
      ...one,
      purpose,
      lines,
      currency: price ? "EUR" : null,
      netTotal: price ? sumDecimals(lines.map((each) => each.netAmount ?? "0")) : null,
    };
  });
}
