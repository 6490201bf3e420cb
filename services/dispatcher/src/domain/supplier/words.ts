// The words that findings of a check are made of.
import type { ShownCertificate } from "./supplier-check.ts";

export interface Finding {
  readonly result: "ok" | "warning" | "failed";
  readonly what: string;
  /** Keys below the supplier, the likeliest first. */
  readonly change: readonly string[];
}

export const ok = (what: string): Finding => ({ result: "ok", what, change: [] });
export const warning = (what: string, ...change: readonly string[]): Finding => ({ result: "warning", what, change });
export const failed = (what: string, ...change: readonly string[]): Finding => ({ result: "failed", what, change });

/** What the supplier's reader ignores, and where it is said. */
export const TEMPORARY = "folders.orders.temporary";

export const certificateText = (shown: { readonly certificate: ShownCertificate; readonly fingerprint: string }): string => {
  const {
    certificate: { subject, issuer, validTo },
    fingerprint,
  } = shown;
  return `${subject || "(without a name)"}, issued by ${issuer || "(nobody named)"}, until ${day(validTo)}, SHA-256 ${fingerprint}`;
};

export const DAY_MS = 86_400_000;

export const perSecond = (bytes: number, ms: number): number => Math.round(bytes / (Math.max(ms, 1) / 1000));

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
export const ms = (time: number): string => (time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`);
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
export const bytes = (n: number): string =>
  n < 10_000 ? `${n} bytes` : n < 10_000_000 ? `${Math.round(n / 1000)} kB` : `${Math.round(n / 1_000_000)} MB`;
export const span = (time: number): string =>
  time < 2 * 3_600_000
    ? `${Math.round(time / 60_000)} min`
    : time < 2 * DAY_MS
      ? `${(time / 3_600_000).toFixed(1)} h`
      : `${Math.round(time / DAY_MS)} days`;
