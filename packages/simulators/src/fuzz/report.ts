// What a part of the fuzzing found, and whether that is good enough.
export interface Finding {
  /** The number of the case; undefined where it is of no one case. */
  readonly index: number | undefined;
  /** What was done to it. */
  readonly how: string;
  readonly what: string;
}

export interface PartReport {
  readonly name: string;
  readonly cases: number;
  /** How many cases ended how. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** A process ended, or threw what it may not throw. */
  readonly crashes: readonly Finding[];
  /** Cases that took longer than HANG_MS, twice. */
  readonly hangs: readonly Finding[];
  /** What must never be: an unsigned request taken in, a path outside, an order applied by half. */
  readonly violations: readonly Finding[];
  /** Slow once, and not when they were tried again alone: the machine had other things to do. */
  readonly hiccups: number;
  readonly slowestMs: number;
  readonly peakMemoryMb: number;
  /** From after the warm-up to the end. */
  readonly memoryGrowthMb: number;
}

/** The longest that one case may take. */
export const HANG_MS = 1_000;

export interface MemoryBounds {
  readonly peakMb: number;
  readonly growthMb: number;
}

/** A machine has a hiccup now and then; a program that has many is slow. */
const hiccupsAllowed = (cases: number): number => Math.max(5, cases / 5_000);

/** Everything that is wrong; nothing when all is well. */
export function problemsOf(report: PartReport, wanted: { readonly cases: number; readonly memory: MemoryBounds }): string[] {
  const { name, memoryGrowthMb, peakMemoryMb, hiccups } = report;
  const { cases, memory } = wanted;
  const list = (kind: string, findings: readonly Finding[]): string[] =>
    findings.map(({ index, how, what }) => `${name}: ${kind}${index === undefined ? "" : ` at ${index} (${how})`}: ${what}`);
  return [
    ...list("crash", report.crashes),
    ...list("hang", report.hangs),
    ...list("violation", report.violations),
    ...(report.cases < cases ? [`${name}: only ${report.cases} of ${cases} were tried`] : []),
    ...(peakMemoryMb > memory.peakMb ? [`${name}: ${peakMemoryMb} MB of memory are more than ${memory.peakMb}`] : []),
    ...(memoryGrowthMb > memory.growthMb
      ? [`${name}: the memory grew by ${memoryGrowthMb} MB, more than ${memory.growthMb}, after the warm-up`]
      : []),
    ...(hiccups > hiccupsAllowed(cases) ? [`${name}: ${hiccups} cases were slow once`] : []),
  ];
}

/** Counts by name. */
export function createTally(): { add(name: string, times?: number): void; readonly counts: Readonly<Record<string, number>> } {
  const counts: Record<string, number> = {};
  return {
    add(name, times = 1) {
      counts[name] = (counts[name] ?? 0) + times;
    },
    counts,
  };
}
