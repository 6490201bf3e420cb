// Real servers: apart from the other tests, because they need root and packages. `npm run test:servers` runs it.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["services/dispatcher/src/test/servers/*.test.ts"],
    testTimeout: 30_000,
    // A server is downloaded first, where it is not there yet.
    hookTimeout: 240_000,
    pool: "forks",
    // Most of the time is a server's: a wrong password costs 5 s, a login half a second.
    maxWorkers: 4,
  },
});
