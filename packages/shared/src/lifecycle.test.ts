import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { expect, test } from "vitest";

/** A service that never comes up, such as one whose Redis is gone. */
const STUCK = `
  import { runService } from ${JSON.stringify(new URL("./lifecycle.ts", import.meta.url).href)};
  process.stdout.write("starting");
  await runService(() => new Promise(() => setInterval(() => {}, 1_000)));
`;

/** One that has much to say when it stops, to nobody: whoever read it is gone. */
const UNHEARD = `
  import { runService } from ${JSON.stringify(new URL("./lifecycle.ts", import.meta.url).href)};
  import { createLogger } from ${JSON.stringify(new URL("./logger.ts", import.meta.url).href)};
  const logger = createLogger({ service: "test", level: "info" });
  await runService(async () => ({
    logger,
    running: {
      async stop() {
        for (let n = 0; n < 2_000; n++) {
          logger.info({ event: "test.said", n, text: "x".repeat(200) });
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    },
  }));
  logger.info({ event: "test.started" });
  setInterval(() => {}, 1_000);
`;

/** Runs it as one whose launcher is gone: what SOH_LAUNCHER names is not its parent. Resolves with its status when it has ended by itself. */
async function runAlone(
  script: string,
  onFirstOutput: (child: ChildProcessByStdio<null, Readable, null>) => void,
): Promise<number | null> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...process.env, SOH_LAUNCHER: "999999999" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let ended = false;
  child.on("exit", () => (ended = true));
  try {
    await once(child.stdout, "data");
    onFirstOutput(child);
    await expect.poll(() => ended).toBe(true);
    return child.exitCode;
  } finally {
    child.kill("SIGKILL");
  }
}

test("a service whose log nobody reads any more ends when its launcher is gone", async () => {
  expect(await runAlone(UNHEARD, (child) => child.stdout.destroy())).toBe(0);
});

test("a service that is still starting ends, too", async () => {
  expect(await runAlone(STUCK, () => {})).toBe(1);
});
