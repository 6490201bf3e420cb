import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createService } from "./service.ts";

test("a service is told who started it from its first instant, so that it ends when that is killed before it has a leash", async () => {
  const folder = mkdtempSync(join(tmpdir(), "soh-service-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const service = createService({
    name: "printer",
    command: process.execPath,
    args: ["--eval", "console.log(process.env.SOH_LAUNCHER, process.ppid)"],
    env: { PATH: process.env.PATH },
    cwd: folder,
    logFile: join(folder, "printer.log"),
    onLine: (line) => lines.push(line),
    answers: () => Promise.resolve(),
    onUnexpectedEnd: () => {},
  });
  service.start();
  await expect.poll(() => lines).toEqual([`${process.pid} ${process.pid}`]);
});
