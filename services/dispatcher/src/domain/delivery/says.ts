// What an order message says, kept beside its bytes and in the journal, so that what was sent can be compared with what is ordered:
// units of each line of the shop's order. No personal data. (What a notice says: domain/answers/notice.ts.)

/** Units by the order line's id. */
export type Said = ReadonlyMap<string, number>;

export const showSaid = (lines: readonly { readonly lineId: string; readonly units: number }[]): string =>
  JSON.stringify(
    lines
      .filter(({ units }) => units > 0)
      .map(({ lineId, units }) => [lineId, units] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Undefined for what `showSaid` did not write. */
export function readSaid(text: string): Said | undefined {
  try {
    const said: unknown = JSON.parse(text);
    return Array.isArray(said) && said.every(isLine) ? new Map(said) : undefined;
  } catch {
    return undefined;
  }
}

const isLine = (value: unknown): value is [string, number] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && typeof value[1] === "number";

/** What is ordered otherwise than was said before; empty: the same units of the same lines. */
export function differences(
  before: Said,
  now: Said,
): readonly { readonly lineId: string; readonly said: number; readonly now: number }[] {
  return [...new Set([...before.keys(), ...now.keys()])]
    .map((lineId) => ({ lineId, said: before.get(lineId) ?? 0, now: now.get(lineId) ?? 0 }))
    .filter((one) => one.said !== one.now);
}
