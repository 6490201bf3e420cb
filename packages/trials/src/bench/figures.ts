// Arithmetic of figures.

export const perSecond = (count: number, ms: number): number => (count / ms) * 1_000;

/** The nearest rank; 0 of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Of each figure by itself, in three digits; null where it could not be measured. */
export function medians<Shape extends object>(rounds: readonly Shape[]): Shape {
  const [first] = rounds;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same keys
  return Object.fromEntries(
    Object.keys(first ?? {}).map((key) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key of its own
      const values = rounds.map((round) => round[key as keyof Shape] as unknown);
      if (values.every((one) => typeof one === "number")) {
        return [key, Number(quantile(values, 0.5).toPrecision(3))];
      }
      return [key, values.includes(null) ? null : medians(values.filter((one) => typeof one === "object" && one !== null))];
    }),
  ) as Shape;
}
