// Real servers: apart from the other tests, because they need root and packages. `npm run test:servers` runs it.
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { defineConfig } from "vitest/config";

const folder = "services/dispatcher/src/test/servers";

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that is waited for comes late on a busy machine.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    pool: "forks",
    execArgv: [...NODE_FLAGS],
    // Most of the time is a server's own: a wrong password costs 5 s, a login half a second.
    maxWorkers: 4,
    projects: [
      { extends: true, test: { name: "checks", include: [`${folder}/*.test.ts`] } },
      { extends: true, test: { name: "throughput", include: [`${folder}/throughput.ts`] } },
    ],
  },
});
