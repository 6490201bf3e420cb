// What the domain needs to know of a supplier. The configuration (../config) produces it.
import type { CataloguePolicy } from "../catalogue/catalogue.ts";
import type { Party } from "./party.ts";
import type { RuledSupplier } from "../rules/rule.ts";
import type { HoldRule } from "../rules/hold-rules.ts";

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
  /** Whether the order's note, which the customer wrote, goes to this supplier. */
  readonly note: "send" | "omit";
  /** Note attributes (fields of the checkout) that this supplier is given, by name; null: all that the order has. */
  readonly attributes: readonly string[] | null;
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

export interface Supplier extends RuledSupplier {
  /** The key in the configuration: lower case, stable; part of queue names. */
  readonly id: string;
  readonly name: string;
  /** The merchant's account number at the supplier. */
  readonly account: string | null;
  readonly number: NumberPattern;
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
