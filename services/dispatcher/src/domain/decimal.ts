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
