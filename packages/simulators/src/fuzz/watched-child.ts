// Fuzzing in a child process, seen from its parent: a heap of its own that is limited, and a watch on how long each case
// takes. A child that hangs is killed, one that died is replaced; the next goes on behind the case that did it.
import { fork, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createMemoryWatch } from "./memory.ts";
import { createTally, HANG_MS, type Finding, type PartReport } from "./report.ts";
import type { ChildMessage, Job, Progress } from "./serve-cases.ts";

export interface WatchedOptions {
  readonly name: string;
  /** A module that calls serveCases. */
  readonly module: string;
  readonly seed: string;
  readonly cases: number;
  /** The child's heap, in MB. */
  readonly heapMb: number;
  /** Where the bytes of what hung or crashed are left. */
  readonly evidence: string;
  readonly onProgress?: (done: number) => void;
}

type Ending =
  | { readonly kind: "finished" }
  | { readonly kind: "hung"; readonly index: number; readonly how: string }
  | { readonly kind: "died"; readonly index: number | undefined; readonly how: string; readonly what: string };

const MOST_CHILDREN = 25;
const MOST_DUMPS = 8;
/** Looks for a hang. */
const LOOK_EVERY_MS = 50;
const LAST_WORDS = 1_500;

export async function runWatched(options: WatchedOptions): Promise<PartReport> {
  const { name, cases } = options;
  const outcomes = createTally();
  const memory = createMemoryWatch();
  const crashes: Finding[] = [];
  const hangs: Finding[] = [];
  const violations: Finding[] = [];
  const skip: number[] = [];
  /** Slow or hung once. */
  const suspects = new Map<number, string>();
  let next = 0;
  let done = 0;
  let slowestMs = 0;
  let peakMemoryMb = 0;

  const take = (progress: Progress): void => {
    Object.entries(progress.outcomes).forEach(([outcome, times]) => outcomes.add(outcome, times));
    crashes.push(...progress.crashes);
    violations.push(...progress.violations);
    progress.slow.forEach((index) => suspects.set(index, "slow"));
    slowestMs = Math.max(slowestMs, progress.slowestMs);
    peakMemoryMb = Math.max(peakMemoryMb, progress.peakMemoryMb);
    memory.add(progress.next / cases, progress.usedMemoryMb);
    next = progress.next;
    done += progress.done;
    options.onProgress?.(done);
  };

  for (let children = 0; next < cases && children < MOST_CHILDREN; children++) {
    const ending = await runChild(options, { from: next, to: cases, skip, onProgress: take });
    if (ending.kind === "hung") {
      suspects.set(ending.index, ending.how);
      skip.push(ending.index);
      slowestMs = Math.max(slowestMs, HANG_MS);
    } else if (ending.kind === "died") {
      crashes.push(ending);
      if (ending.index === undefined) {
        break; // Not because of a case: the next would die as well.
      }
      skip.push(ending.index);
    }
  }

  let hiccups = 0;
  for (const [index, how] of suspects) {
    let slowAgain = false;
    const onProgress = (progress: Progress): void => void (slowAgain = progress.slow.length > 0);
    const ending = await runChild(options, { from: index, to: index + 1, skip: [], onProgress });
    if (slowAgain || ending.kind === "hung") {
      hangs.push({ index, how, what: `it took longer than ${HANG_MS} ms, also alone` });
    } else if (ending.kind === "died") {
      crashes.push(ending);
    } else {
      hiccups += 1;
    }
  }
  const guilty = new Set([...hangs, ...crashes, ...violations].flatMap(({ index }) => index ?? []));
  for (const index of [...guilty].slice(0, MOST_DUMPS)) {
    await dump(options, index);
  }
  return {
    name,
    cases: done + skip.length,
    outcomes: outcomes.counts,
    crashes,
    hangs,
    violations,
    hiccups,
    slowestMs: Math.round(slowestMs),
    peakMemoryMb: Math.round(peakMemoryMb),
    memoryGrowthMb: memory.result().memoryGrowthMb,
  };
}

function runChild(
  options: WatchedOptions,
  run: {
    readonly from: number;
    readonly to: number;
    readonly skip: readonly number[];
    readonly onProgress: (progress: Progress) => void;
  },
): Promise<Ending> {
  const child = start(options, { seed: options.seed, from: run.from, to: run.to, skip: run.skip, dumpTo: null });
  return new Promise((resolve) => {
    let at: { readonly index: number; readonly how: string; readonly since: number } | undefined;
    let hung: Ending | undefined;
    let lookedAt = performance.now();
    const words: string[] = [];
    child.stderr?.on("data", (chunk: Buffer) => {
      words.push(chunk.toString());
      words.splice(0, words.length - 20);
    });
    child.on("message", (message: ChildMessage) => {
      switch (message.kind) {
        case "at":
          at = { index: message.index, how: message.how, since: performance.now() };
          break;
        case "resting":
          at = undefined;
          break;
        case "progress":
          run.onProgress(message.progress);
          break;
      }
    });
    const looking = setInterval(() => {
      const now = performance.now();
      // We were asleep ourselves: what the child said meanwhile is read first.
      const awake = now - lookedAt < 3 * LOOK_EVERY_MS;
      lookedAt = now;
      if (awake && at !== undefined && now - at.since > HANG_MS + LOOK_EVERY_MS) {
        hung = { kind: "hung", index: at.index, how: at.how };
        child.kill("SIGKILL");
      }
    }, LOOK_EVERY_MS);
    child.on("close", (code, signal) => {
      clearInterval(looking);
      const said = words.join("").trim().slice(-LAST_WORDS);
      const what = `the process ended with ${signal ?? `status ${code}`}${said === "" ? "" : `: ${said}`}`;
      resolve(hung ?? (code === 0 ? { kind: "finished" } : { kind: "died", index: at?.index, how: at?.how ?? "", what }));
    });
  });
}

/** The bytes of one case, as a file. */
async function dump(options: WatchedOptions, index: number): Promise<void> {
  mkdirSync(options.evidence, { recursive: true });
  const file = join(options.evidence, `${options.name}-${index}.bin`);
  const child = start(options, { seed: options.seed, from: index, to: index + 1, skip: [], dumpTo: file });
  await new Promise((resolve) => child.on("close", resolve));
}

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

function start(options: WatchedOptions, job: Job): ChildProcess {
  const child = fork(options.module, [JSON.stringify(job)], {
    execArgv: [`--max-old-space-size=${options.heapMb}`, "--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  running.add(child);
  child.on("close", () => running.delete(child));
  return child;
}
