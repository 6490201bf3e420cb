// An order as the generator means it: what the payload is written from, and what the expected outcome follows from.
import type { Product } from "./goods.ts";
import type { Person } from "./people.ts";

export interface PlannedLine extends Product {
  /** As ordered at first, as it is now after removals, and how many of those are not sent yet. */
  quantity: number;
  current: number;
  fulfillable: number;
  /** Cents, for the whole line. */
  discount: number;
  properties: readonly { readonly name: string; readonly value: string }[] | Readonly<Record<string, string>>;
}

/** How many minor units a unit has: 0 decimals for JPY. */
export const DECIMALS = { EUR: 2, CHF: 2, GBP: 2, USD: 2, JPY: 0 } as const;
export type Currency = keyof typeof DECIMALS;

export interface OrderPlan {
  readonly id: bigint;
  readonly number: number;
  kind: string;
  /** What is special about this order, for tests and for people who look for an example. */
  readonly traits: Set<string>;
  /** Epoch milliseconds. */
  createdAt: number;
  updatedAt: number;
  cancelledAt: number | undefined;
  cancelReason: string | null;
  test: boolean;
  financialStatus: "pending" | "paid" | "partially_refunded" | "refunded" | "voided";
  person: Person;
  lines: PlannedLine[];
  /** Undefined when nothing has to be sent. */
  shippingTitle: string | undefined;
  /** Cents. */
  shippingPrice: number;
  tags: string[];
  note: string | null;
  noteAttributes: { readonly name: string; readonly value: string }[];
  discountCode: string | undefined;
  poNumber: string | null;
  /** What the customer saw and paid in; the shop's own is EUR. */
  presentment: Currency;
}

/** Units that are still to be sent to the customer. */
export function unitsToSend({ current, fulfillable }: PlannedLine): number {
  return Math.min(current, fulfillable);
}

/** Cents that the lines cost as they are now, after discounts. */
export function currentSubtotal({ lines }: OrderPlan): number {
  return sum(lines.map((line) => line.price * line.current - discountOn(line, line.current)));
}

/** Cents that the whole order costs as it is now: what a hold by value looks at. */
export function currentTotal(plan: OrderPlan): number {
  return currentSubtotal(plan) + plan.shippingPrice;
}

/** A line's discount is spread evenly over its units. */
export function discountOn(line: PlannedLine, units: number): number {
  return Math.round((line.discount * units) / Math.max(1, line.quantity));
}

export function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
