// The child's side of fuzzing in a process of its own: runs the cases it is given and says where it is before each, so
// that the parent knows what it hung or died of. The parent's side is watched-child.ts.
import { writeFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { createTally, HANG_MS, type Finding } from "./report.ts";

/** What the parent wants of a child; its only argument, as JSON. */
export interface Job {
  readonly seed: string;
  /** Cases from this one up to but not including the other. */
  readonly from: number;
  readonly to: number;
  /** Those that ended an earlier child. */
  readonly skip: readonly number[];
  /** Instead of running anything: writes the bytes of case `from` into this file. */
  readonly dumpTo: string | null;
}

export interface CaseWatch {
  /** Work on a case begins, also when it is taken up again; it lasts until the next begins or `run` is over. */
  begin(index: number, how: string): void;
  outcome(name: string): void;
  /** What may never be. */
  violation(finding: Finding): void;
  /** Something threw. */
  crash(finding: Finding): void;
}

export interface CaseTarget {
  run(index: number): Promise<void>;
  /** Finishes what waits. Every case so far has its outcome then. */
  settle(): Promise<void>;
  bytesOf(index: number): Buffer;
  close(): Promise<void>;
}

/** What is told after each portion. */
export interface Progress {
  /** The first case that is not done. */
  readonly next: number;
  readonly done: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly violations: readonly Finding[];
  readonly crashes: readonly Finding[];
  /** Cases that were done, and took too long. */
  readonly slow: readonly number[];
  readonly slowestMs: number;
  /** The most that the process ever had. */
  readonly peakMemoryMb: number;
  /** What is in use after a collection. */
  readonly usedMemoryMb: number;
}

export type ChildMessage =
  | { readonly kind: "at"; readonly index: number; readonly how: string }
  | { readonly kind: "resting" }
  | { readonly kind: "progress"; readonly progress: Progress };

/** Cases between two reports. What a child does after its last report is done again by the next one. */
const PORTION = 1_000;

/** More than this of one kind say nothing new. */
const MOST_FINDINGS = 20;

/** Does the job of the command line and ends. The process needs --expose-gc for its memory to be measured. */
export async function serveCases(build: (job: Job, watch: CaseWatch) => Promise<CaseTarget>): Promise<void> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by watched-child.ts
  const job = JSON.parse(process.argv[2] ?? "{}") as Job;
  let current: { readonly index: number; readonly startedAt: number } | undefined;
  let portion = emptyPortion();

  const finishCurrent = (): void => {
    if (current !== undefined) {
      const ms = performance.now() - current.startedAt;
      portion.slowestMs = Math.max(portion.slowestMs, ms);
      if (ms > HANG_MS) {
        portion.slow.push(current.index);
      }
      current = undefined;
    }
  };
  const target = await build(job, {
    begin(index, how) {
      finishCurrent();
      tell({ kind: "at", index, how });
      current = { index, startedAt: performance.now() };
    },
    outcome: (name) => portion.outcomes.add(name),
    violation: (finding) => void (portion.violations.length < MOST_FINDINGS && portion.violations.push(finding)),
    crash: (finding) => void (portion.crashes.length < MOST_FINDINGS && portion.crashes.push(finding)),
  });
  if (job.dumpTo !== null) {
    writeFileSync(job.dumpTo, target.bytesOf(job.from));
    await target.close();
    return;
  }
  // Nobody is there any more who would stop us.
  const orphaned = (): void => process.exit(1);
  process.on("disconnect", orphaned);
  const rest = (): void => {
    finishCurrent();
    tell({ kind: "resting" });
  };
  for (let index = job.from; index < job.to; index++) {
    if (!job.skip.includes(index)) {
      await target.run(index);
      portion.done += 1;
      rest();
      await turn(); // What was told leaves the process only in a turn of the loop.
    }
    if ((index + 1 - job.from) % PORTION === 0 || index + 1 === job.to) {
      await target.settle();
      rest();
      tell({ kind: "progress", progress: progressOf(portion, index + 1) });
      portion = emptyPortion();
    }
  }
  await target.close();
  process.off("disconnect", orphaned);
  process.disconnect?.();
}

interface Portion {
  done: number;
  slowestMs: number;
  readonly outcomes: ReturnType<typeof createTally>;
  readonly violations: Finding[];
  readonly crashes: Finding[];
  readonly slow: number[];
}

const emptyPortion = (): Portion => ({
  done: 0,
  slowestMs: 0,
  outcomes: createTally(),
  violations: [],
  crashes: [],
  slow: [],
});

function progressOf(portion: Portion, next: number): Progress {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return {
    ...portion,
    outcomes: portion.outcomes.counts,
    next,
    peakMemoryMb: process.resourceUsage().maxRSS / 1_000,
    usedMemoryMb: (heapUsed + external) / 1e6,
  };
}

const tell = (message: ChildMessage): void => void process.send?.(message);
