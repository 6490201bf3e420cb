// The small values of the configuration. Each accepts text as well, because a placeholder always expands to text.
import { z } from "zod";
import { isDecimal } from "../../domain/decimal.ts";
import type { Money } from "../../domain/order/order.ts";
import { LONGEST_WAIT_MS } from "../../domain/delivery/retry.ts";

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Node's timers end at 2^31 - 1 ms, about 24 days; a longer one would fire at once. */
const LONGEST_MS = 20 * UNIT_MS.d;

/** "15s", "30m", "4h", "2d" → milliseconds. */
export const duration = () =>
  z
    .string()
    .regex(/^\d+(s|m|h|d)$/, 'expected a duration such as "30m", "4h" or "2d"')
    .transform((text) => {
      const unit = z.enum(["s", "m", "h", "d"]).parse(text.at(-1));
      return Number(text.slice(0, -1)) * UNIT_MS[unit];
    })
    .refine((ms) => ms >= 1_000 && ms <= LONGEST_MS, "expected a duration from 1s to 20d");

/** A duration of at most a day: what the next attempt waits for. */
export const wait = () => duration().refine((ms) => ms <= LONGEST_WAIT_MS, "expected at most 24h");

/** RFC 3339 with an offset → epoch milliseconds. */
export const instant = () =>
  z
    .string()
    .regex(
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/,
      'expected a time with its offset, such as "2026-12-01T00:00:00+01:00"',
    )
    .refine((text) => !Number.isNaN(Date.parse(text)), "expected a date that exists")
    .transform((text) => Date.parse(text));

/** "3000 EUR" → amount and currency. */
export const money = () =>
  z
    .string()
    .regex(/^\d+(\.\d+)? [A-Z]{3}$/, 'expected an amount and a currency, such as "3000 EUR"')
    .refine((text) => isDecimal(text.split(" ")[0] ?? ""), "expected a decimal amount")
    .transform((text): Money => {
      const [amount = "", currency = ""] = text.split(" ");
      return { amount, currency };
    });

export const port = () => wholeNumber(1, 65_535);

export const wholeNumber = (min: number, max: number) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/, `expected a whole number from ${min} to ${max}`).transform(Number)])
    .pipe(z.int(`expected a whole number from ${min} to ${max}`).min(min).max(max));

/** One value or a list of them. `missing` says what to do where neither is there. */
export const oneOrMore = <T extends z.ZodType>(item: T, say: { readonly missing?: string } = {}) =>
  z.union([item.transform((one) => [one]), z.array(item).min(1)], {
    error: ({ input }) => (input === undefined ? say.missing : undefined),
  });

/** Text that says something. */
export const text = z.string().min(1);

/** ISO 3166-1 alpha-2. */
export const country = z.string().regex(/^[A-Z]{2}$/, "expected a country in two capital letters, such as FR");
