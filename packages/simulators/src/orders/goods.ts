// What the shop sells: each supplier's goods, and what no supplier sends.
import type { Random } from "./random.ts";

export interface Product {
  /** The supplier whose goods these are; undefined when nobody sends them. */
  readonly supplier: string | undefined;
  readonly title: string;
  readonly variant: string | null;
  readonly sku: string | null;
  readonly vendor: string | null;
  /** False for a line that somebody typed into the order by hand: no product, no variant. */
  readonly inCatalogue: boolean;
  readonly price: number;
  readonly grams: number;
  readonly giftCard: boolean;
  readonly ships: boolean;
  readonly productId: bigint;
  readonly variantId: bigint;
}

export interface SuppliedBy {
  /** The supplier's key in the configuration, such as agriest. */
  readonly name: string;
  /** Vendors whose lines are this supplier's. */
  readonly vendors: readonly string[];
  /** Beginnings of SKUs that are this supplier's, whatever the vendor. */
  readonly skuPrefixes: readonly string[];
}

const PARTS = [
  ["Rotule de barre de poussée", "cat. 2"],
  ["Chaîne à neige tracteur", "480/70 R38"],
  ["Filtre à gasoil", null],
  ["Clôture électrique – piquet fibre", "lot de 10"],
  ["Abreuvoir à niveau constant", "22 L"],
  ["Tapis logette", "1,80 × 1,20 m"],
  ["Attelage boule", "3,5 t"],
  ["Gyrophare LED", "12/24 V"],
  ["Bâche d'ensilage", "12 × 50 m"],
  ["Cardan à limiteur", "T40 / 1010 mm"],
  ["Seau tétine veau", "8 L – bleu"],
  ["Lame de broyeur", null],
  ["Siège tracteur pneumatique", "tissu"],
  ["Bidon d'huile hydraulique", "20 L"],
] as const;

const SERVICES = ["Extension de garantie 2 ans", "Montage à l'atelier", "Formation en ligne : réglage du semoir"] as const;

/** A supplier's goods: most with its vendor and its SKU, some to be known by one of the two alone. Prices are in cents. */
export function createGoods(random: Random, supplier: SuppliedBy, firstId: bigint): readonly Product[] {
  return Array.from({ length: 30 }, (_, n) => {
    const [title, variant] = PARTS[n % PARTS.length] ?? PARTS[0];
    const known = knownBy(random, supplier);
    return {
      ...known,
      supplier: supplier.name,
      title,
      variant,
      inCatalogue: true,
      price: random.between(490, 24_900),
      grams: random.between(150, 30_000),
      giftCard: false,
      ships: true,
      productId: firstId + BigInt(n),
      variantId: firstId + 1_000n + BigInt(n),
    };
  });
}

/** Sold by the shop itself: sent by mail or not at all. */
export function giftCard(random: Random, shopName: string): Product {
  const price = random.pick([2_500, 5_000, 10_000]);
  return { ...ownGoods("Carte cadeau", `${price / 100} €`, price), vendor: shopName, giftCard: true, ships: false };
}

/** A supplier's service has its vendor, and yet nothing to send. */
export function service(random: Random, supplier: SuppliedBy): Product {
  const price = random.between(1_900, 15_000);
  return { ...ownGoods(random.pick(SERVICES), null, price), vendor: supplier.vendors[0] ?? null, ships: false };
}

/** Goods to send of a vendor and with a SKU that nobody has, though they come close. */
export function nobodysGoods(random: Random, suppliers: readonly SuppliedBy[]): Product {
  const { vendors, skuPrefixes } = random.pick(suppliers);
  const nearly = [`X${skuPrefixes[0] ?? "Y"}${random.digits("####")}`, random.digits("77######"), ""];
  const vendor = random.pick([`${vendors[0] ?? ""} Occasion`, "Brocante de la Margeride"]);
  return { ...ownGoods("Fourche ancienne", null, random.between(900, 9_000)), vendor, sku: random.pick(nearly) };
}

/** A line typed by hand: no product, no vendor, no SKU. */
export function customLine(random: Random): Product {
  const price = random.between(500, 20_000);
  return { ...ownGoods("Pièce sur mesure selon plan", null, price), inCatalogue: false, sku: random.pick([null, null, ""]) };
}

/** A supplier's goods whose SKU somebody forgot to enter. */
export function goodsWithoutSku(random: Random, supplier: SuppliedBy): Product {
  const [vendor = null] = supplier.vendors;
  const own = ownGoods("Pièce détachée sans référence", null, random.between(900, 9_000));
  return { ...own, supplier: supplier.name, vendor, sku: random.pick([null, ""]) };
}

function knownBy(random: Random, { vendors, skuPrefixes }: SuppliedBy): { vendor: string | null; sku: string } {
  const ownSku = skuPrefixes.length > 0 ? `${random.pick(skuPrefixes)}${random.digits("#####")}` : undefined;
  const ownVendor = vendors.length > 0 ? random.pick(vendors) : undefined;
  if (ownSku !== undefined && (ownVendor === undefined || random.chance(0.15))) {
    return { vendor: random.pick([null, "Divers"]), sku: ownSku };
  }
  if (ownVendor !== undefined && (ownSku === undefined || random.chance(0.2))) {
    return { vendor: ownVendor, sku: random.digits("88#####") };
  }
  return { vendor: ownVendor ?? null, sku: ownSku ?? "" };
}

function ownGoods(title: string, variant: string | null, price: number): Product {
  return {
    supplier: undefined,
    title,
    variant,
    sku: null,
    vendor: null,
    inCatalogue: true,
    price,
    grams: 0,
    giftCard: false,
    ships: true,
    productId: 7_000_000_000_001n,
    variantId: 7_000_000_000_002n,
  };
}
