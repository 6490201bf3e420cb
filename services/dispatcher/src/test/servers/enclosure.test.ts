// A test that is killed leaves no server behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { serverKinds } from "@soh/simulators/servers";
import { expect, test } from "vitest";

const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
  });

test.each(serverKinds)("%s ends when the process that started it is killed", async (kind) => {
  const program = `
    import { startServer } from "@soh/simulators/servers";
    const { port, root } = await startServer(${JSON.stringify(kind)});
    console.log(JSON.stringify({ port, root }));
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: PACKAGE,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  const { port, root }: { readonly port: number; readonly root: string } = JSON.parse(String(line));
  expect(await answers(port)).toBe(true);
  expect(existsSync(root)).toBe(true);
  child.kill("SIGKILL");
  await expect.poll(() => answers(port), { timeout: 5_000 }).toBe(false);
  // Its first process is gone, and with it every other, their namespace and what was mounted there.
  await expect.poll(() => existsSync(root), { timeout: 5_000 }).toBe(false);
});
