// How much memory a process took, and whether it went on growing after it was warm.
export interface MemoryWatch {
  /** `progress` from 0 to 1. Nothing is noted where there is no figure. */
  add(progress: number, mb: number | undefined): void;
  result(): { readonly peakMemoryMb: number; readonly memoryGrowthMb: number };
}

/** By then everything was met once: caches are full, code is compiled. */
const WARM_AT = 0.3;
const NEARLY_OVER = 0.8;

export function createMemoryWatch(): MemoryWatch {
  const warm: number[] = [];
  const last: number[] = [];
  let peak = 0;
  return {
    add(progress, mb) {
      if (mb === undefined) {
        return;
      }
      peak = Math.max(peak, mb);
      if (progress >= NEARLY_OVER) {
        last.push(mb);
      } else if (progress >= WARM_AT) {
        warm.push(mb);
      }
    },
    result: () => ({ peakMemoryMb: Math.round(peak), memoryGrowthMb: Math.round(median(last, peak) - median(warm, peak)) }),
  };
}

const median = (values: readonly number[], otherwise: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? otherwise;
