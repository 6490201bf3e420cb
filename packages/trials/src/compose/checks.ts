// Checks that a person reads while they run, and waiting that ends: on a condition or at a deadline, never after a fixed time.
import { setTimeout as wait } from "node:timers/promises";

/** Seconds with one decimal, since `startedAt` of performance.now(). */
export const secondsSince = (startedAt: number): number => Math.round((performance.now() - startedAt) / 100) / 10;

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

export interface Checks {
  /**
   * Runs one and says whether it held; a failure is printed and counted, no reason not to go on. Rejects only when the
   * test is interrupted, at once.
   */
  check(sentence: string, look: () => Promise<unknown>): Promise<boolean>;
  readonly passed: number;
  readonly failed: readonly string[];
}

export function createChecks(interrupted: AbortSignal): Checks {
  const failed: string[] = [];
  let passed = 0;
  const interruption = new Promise<void>((resolve) => interrupted.addEventListener("abort", () => resolve()));
  return {
    failed,
    get passed() {
      return passed;
    },
    async check(sentence, look) {
      const startedAt = performance.now();
      const problem = await Promise.race([interruption, problemOf(look)]);
      interrupted.throwIfAborted();
      if (problem === undefined) {
        passed += 1;
        say(`  ok    ${sentence} (${secondsSince(startedAt)} s)`);
        return true;
      }
      failed.push(sentence);
      say(`  FAIL  ${sentence} (${secondsSince(startedAt)} s)\n${problem.trim().replaceAll(/^/gm, "        ")}`);
      return false;
    },
  };
}

async function problemOf(look: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await look();
    return undefined;
  } catch (error) {
    return messageOf(error) || "failed without a word";
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Tries until `attempt` no longer throws, at most for `seconds`; then throws what it threw last. Returns what it returned. */
export async function eventually<T>(seconds: number, attempt: () => T | Promise<T>): Promise<T> {
  for (const deadline = performance.now() + seconds * 1000; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) {
        throw new Error(`not within ${seconds} s: ${messageOf(error)}`, { cause: error });
      }
      await wait(200);
    }
  }
}
