import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { defineConfig } from "vitest/config";
import { LongFirst } from "./scripts/vitest-order.ts";

// A database, a journal and a Redis that are as durable as production's wait for the disk at every step, most of a test's time.
// In memory there is nothing to wait for.
const folder = mkdtempSync(join(hasRoom("/dev/shm") ? "/dev/shm" : tmpdir(), "soh-tests-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.env.TMPDIR = folder;

// Vitest loads a test file under another address each time, and Node keeps each compiled for ever.
const DAY_MS = 86_400_000;
const compiled = process.env.NODE_COMPILE_CACHE;
if (compiled !== undefined && existsSync(compiled)) {
  for (const entry of readdirSync(compiled, { recursive: true, encoding: "utf8" })) {
    const file = statSync(join(compiled, entry), { throwIfNoEntry: false });
    if (file?.isFile() === true && file.mtimeMs < Date.now() - DAY_MS) {
      rmSync(join(compiled, entry), { force: true });
    }
  }
}

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "services/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
    // Those need root: vitest.servers.config.ts.
    exclude: ["**/node_modules/**", "services/dispatcher/src/test/servers/**"],
    globalSetup: "./scripts/vitest-redis.ts",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A condition that is waited for comes late on a busy machine.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    pool: "forks",
    sequence: { sequencer: LongFirst },
    // Vitest would leave one processor idle, half of a small machine: most tests wait for a server, and each file has its own.
    maxWorkers: "100%",
    execArgv: [...NODE_FLAGS],
    // A worker loads what the files of its turn share once. No test relies on a fresh module.
    isolate: false,
    // Node runs the sources by itself, as it does in production.
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});

/** A container's is often too small. */
function hasRoom(memory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > 1e9;
  } catch {
    return false;
  }
}
