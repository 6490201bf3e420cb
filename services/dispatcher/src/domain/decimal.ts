/** Compares two decimal texts exactly: negative, zero or positive. Throws RangeError on text that is no decimal number. */
export function compareDecimals(a: string, b: string): number {
  const places = Math.max(scale(a), scale(b));
  const difference = scaled(a, places) - scaled(b, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export const isDecimal = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);

const scale = (text: string): number => text.split(".")[1]?.length ?? 0;

function scaled(text: string, places: number): bigint {
  if (!isDecimal(text)) {
    throw new RangeError(`"${text}" is not a decimal number`);
  }
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(places, "0"));
}

/** Exact, with no more places than the longest has. Throws RangeError on text that is no decimal number. */
export function sumDecimals(all: readonly string[]): string {
  const places = all.reduce((most, one) => Math.max(most, scale(one)), 0);
  return unscaled(
    all.reduce((sum, one) => sum + scaled(one, places), 0n),
    places,
  );
}

/** Exact. Throws RangeError on text that is no decimal number, or a factor that is no whole one. */
export function timesDecimal(a: string, factor: number): string {
  return unscaled(scaled(a, scale(a)) * BigInt(factor), scale(a));
}

function unscaled(value: bigint, places: number): string {
  const sign = value < 0n ? "-" : "";
  const digits = String(value < 0n ? -value : value).padStart(places + 1, "0");
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
