import type { OrderLine } from "./order.ts";
import type { Rule, Supplier } from "./supplier.ts";

export type Classification =
  | { readonly kind: "supplier"; readonly supplier: string; readonly rule: string }
  /** No supplier's business: a gift card, a service. */
  | { readonly kind: "nobody"; readonly reason: string }
  /** A person must look: no rule matches, or rules of two suppliers match equally well. */
  | { readonly kind: "unmatched"; readonly reason: string };

/**
 * Which supplier ships this line. The most specific rule wins: an exact SKU before a prefix or glob, those before a
 * vendor. Vendors and SKUs are compared without regard to case and surrounding spaces.
 */
export function classifyLine(line: OrderLine, suppliers: readonly Supplier[]): Classification {
  if (line.giftCard) {
    return { kind: "nobody", reason: "gift card" };
  }
  if (!line.requiresShipping) {
    return { kind: "nobody", reason: "needs no shipping" };
  }
  const matches = suppliers.flatMap((supplier) => bestMatch(line, supplier) ?? []);
  const best = Math.min(...matches.map((match) => match.rank));
  const winners = matches.filter((match) => match.rank === best);
  const [winner, rival] = winners;
  if (winner === undefined) {
    return { kind: "unmatched", reason: `no rule matches ${describe(line)}` };
  }
  if (rival !== undefined) {
    return { kind: "unmatched", reason: `rules of two suppliers match ${describe(line)}: ${winner.rule} and ${rival.rule}` };
  }
  return { kind: "supplier", supplier: winner.supplier, rule: winner.rule };
}

interface Match {
  readonly supplier: string;
  readonly rule: string;
  readonly rank: number;
}

const rank = { "sku-exact": 0, "sku-prefix": 1, "sku-glob": 1, vendor: 2 } as const;

function bestMatch(line: OrderLine, supplier: Supplier): Match | undefined {
  return supplier.rules
    .flatMap((rule, index) => {
      const hit = matchRule(rule, line);
      return hit === undefined
        ? []
        : [{ supplier: supplier.id, rule: `${supplier.id}.rules[${index}] ${hit}`, rank: rank[rule.kind] }];
    })
    .toSorted((a, b) => a.rank - b.rank)[0];
}

function matchRule(rule: Rule, line: OrderLine): string | undefined {
  const sku = fold(line.sku);
  const vendor = fold(line.vendor);
  switch (rule.kind) {
    case "vendor":
      return show("vendor", vendor && rule.vendors.find((one) => fold(one) === vendor));
    case "sku-exact":
      return show("sku", sku && rule.skus.find((one) => fold(one) === sku));
    case "sku-prefix":
      return show("sku prefix", sku && rule.prefixes.find((one) => sku.startsWith(fold(one))));
    case "sku-glob":
      return show("sku glob", sku && rule.globs.find((one) => matchesGlob(sku, fold(one))));
  }
}

const fold = (text: string | null): string => (text ?? "").trim().toLowerCase();

const show = (what: string, value: string | undefined): string | undefined => (value ? `${what} ${value}` : undefined);

function describe(line: OrderLine): string {
  const sku = line.sku ? `SKU "${line.sku}"` : "a line without SKU";
  return line.vendor ? `${sku} of vendor "${line.vendor}"` : `${sku} without vendor`;
}

/** `*` is any run of characters, `?` one. Linear in the text, so no pattern can hang the worker. */
export function matchesGlob(text: string, glob: string): boolean {
  let t = 0;
  let g = 0;
  let star = -1;
  let retry = 0;
  while (t < text.length) {
    if (glob[g] === "*") {
      star = g++;
      retry = t;
    } else if (g < glob.length && (glob[g] === "?" || glob[g] === text[t])) {
      g++;
      t++;
    } else if (star >= 0) {
      g = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (glob[g] === "*") {
    g++;
  }
  return g === glob.length;
}
