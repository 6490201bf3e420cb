// `npm run test:quick`: what a change breaks first, in seconds. Functions from data to data, with no server, and of what is generated a
// tenth (services/dispatcher/src/domain/test/cases.ts).
import { defineConfig } from "vitest/config";
import whole from "./vitest.config.ts";

export default defineConfig({
  test: {
    ...whole.test,
    include: ["domain", "documents", "config"].map((room) => `services/dispatcher/src/${room}/**/*.test.ts`),
    // They wait until a template that has no end is stopped.
    exclude: ["**/template/{sandbox,slow-failures}.test.ts"],
    globalSetup: [],
    env: { SOH_TEST_QUICK: "yes" },
  },
});
