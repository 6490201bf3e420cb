// What a rule is: conditions that say which lines a supplier ships. The configuration (../../config) reads them.

/** A regular expression of the configuration, in an engine whose time is linear in the text. */
export interface Pattern {
  readonly source: string;
  /** Whether it is found anywhere in the text, without regard to case. */
  found(text: string): boolean;
}

/** One thing that a rule asks for. Of several values, any will do. Case and surrounding spaces never matter. */
export type Condition =
  | { readonly kind: "sku-exact"; readonly skus: readonly string[] }
  | { readonly kind: "sku-prefix"; readonly prefixes: readonly string[] }
  | { readonly kind: "sku-glob"; readonly globs: readonly string[] }
  | { readonly kind: "sku-regex"; readonly patterns: readonly Pattern[] }
  /** The supplier's catalogue has an entry for the SKU. */
  | { readonly kind: "catalogue" }
  /** Of the line; value null: it is there and not empty. */
  | { readonly kind: "property"; readonly name: string; readonly value: string | null }
  | { readonly kind: "vendor"; readonly vendors: readonly string[] }
  | { readonly kind: "product-type"; readonly types: readonly string[] }
  /** Of the order. */
  | { readonly kind: "tag"; readonly tags: readonly string[] }
  /** Of the shipping address: ISO 3166-1 alpha-2. */
  | { readonly kind: "country"; readonly countries: readonly string[] }
  /** What no other rule takes. */
  | { readonly kind: "default" };

export interface Rule {
  /** All must hold; at least one, and at most one of the kinds that ask for the SKU. */
  readonly conditions: readonly Condition[];
  /** Between suppliers whose rules match equally specifically the highest wins. */
  readonly priority: number;
}

/** Whose rules they are. */
export interface RuledSupplier {
  /** The key in the configuration. */
  readonly id: string;
  readonly rules: readonly Rule[];
}
