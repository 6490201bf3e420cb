import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { defineConfig } from "vitest/config";

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
    // Vitest would leave one processor idle, half of a small machine: most tests wait for a server or a disk, and each file has its own.
    maxWorkers: "100%",
    execArgv: [...NODE_FLAGS],
  },
});
