// What the domain needs to know of a supplier. The configuration (../config) produces it.
import type { CataloguePolicy } from "./catalogue.ts";
import type { Party } from "./content.ts";
import type { HoldRule } from "./hold-rules.ts";

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

/** Fields of a purchase order that a supplier may require. */
export const requirableFields = [
  "deliver_to.company",
  "deliver_to.name",
  "deliver_to.street",
  "deliver_to.zip",
  "deliver_to.city",
  "deliver_to.province",
  "deliver_to.country",
  "deliver_to.phone",
  "customer.name",
  "customer.email",
  "shipping.method",
  "supplier_sku",
] as const;
export type RequirableField = (typeof requirableFields)[number];

export interface NumberPattern {
  /** With {order} and {n}. */
  readonly pattern: string;
  /** Characters. */
  readonly max: number;
  /** The characters that may occur, such as "A-Z0-9-". */
  readonly alphabet: string;
}

/** What the merchant wants of this supplier, said on each purchase order. */
export interface Wishes {
  readonly contract: string | null;
  /** Null: the buyer. */
  readonly invoiceTo: Party | null;
  /** The supplier, as its own system knows it. */
  readonly seller: Party;
  readonly customerEmail: "send" | "omit";
  /** Null: nothing is said. */
  readonly partial: boolean | null;
  readonly backorder: boolean | null;
  readonly substitution: boolean | null;
  readonly carrier: string | null;
  readonly carrierAccount: string | null;
  readonly incoterm: string | null;
  readonly deliveryNote: { readonly neutral: boolean; readonly prices: boolean; readonly sender: string | null } | null;
  /** cost: what the catalogue says that the supplier charges. Never the shop's price. */
  readonly price: "none" | "cost";
}

export interface Supplier {
  /** The key in the configuration: lower case, stable; part of queue names. */
  readonly id: string;
  readonly name: string;
  /** The merchant's account number at the supplier. */
  readonly account: string | null;
  readonly number: NumberPattern;
  readonly rules: readonly Rule[];
  readonly require: readonly RequirableField[];
  /** dry-run: every document is written, and none is sent. */
  readonly mode: "live" | "dry-run";
  /** Besides those of all suppliers. */
  readonly holds: readonly HoldRule[];
  /** Working days after which the delivery is asked for, where the customer wishes none; null: nothing is asked. */
  readonly requestedWorkingDays: number | null;
  readonly shipping: {
    /** The customer's method → the supplier's code. */
    readonly codes: Readonly<Record<string, string>>;
    readonly unmapped: "hold" | "omit";
  };
  readonly wishes: Wishes;
  readonly catalogue: CataloguePolicy;
}
