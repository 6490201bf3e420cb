// Money as Shopify writes it: decimal text with as many decimals as its currency has, in the shop's currency and in
// the one that the customer saw.
import { DECIMALS, type Currency } from "./plan.ts";

/** What one euro is worth, so that the two currencies of an order differ. */
const RATES: Readonly<Record<Currency, number>> = { EUR: 1, CHF: 0.94, GBP: 0.86, USD: 1.08, JPY: 162 };

interface MoneySet {
  readonly shop_money: { readonly amount: string; readonly currency_code: string };
  readonly presentment_money: { readonly amount: string; readonly currency_code: string };
}

export interface Money {
  /** In the shop's currency, from cents. */
  text(cents: number): string;
  set(cents: number): MoneySet;
  /** The key with the text, and the key with _set. */
  pair<K extends string>(key: K, cents: number): Record<K, string> & Record<`${K}_set`, MoneySet>;
}

export function createMoney(presentment: Currency): Money {
  const text = (cents: number): string => decimal(cents, "EUR");
  const set = (cents: number): MoneySet => ({
    shop_money: { amount: text(cents), currency_code: "EUR" },
    presentment_money: { amount: decimal(cents * RATES[presentment], presentment), currency_code: presentment },
  });
  return {
    text,
    set,
    pair: (key, cents) => pairOf(key, text(cents), set(cents)),
  };
}

function pairOf<K extends string>(key: K, text: string, set: MoneySet): Record<K, string> & Record<`${K}_set`, MoneySet> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript widens computed keys to string
  return { [key]: text, [`${key}_set`]: set } as Record<K, string> & Record<`${K}_set`, MoneySet>;
}

function decimal(cents: number, currency: Currency): string {
  return (cents / 100).toFixed(DECIMALS[currency]);
}
