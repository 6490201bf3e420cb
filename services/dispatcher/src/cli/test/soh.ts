// The command as a real process.
import { spawn } from "node:child_process";
import { join } from "node:path";

export interface Ended {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly out: string;
  readonly err: string;
}

const MAIN = join(import.meta.dirname, "../main.ts");

/** `folder`: where compiled code is kept, for the next process. */
export function startSoh(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { NODE_COMPILE_CACHE: join(folder, "compiled"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve) =>
    child.on("close", (status) => {
      const stdout = Buffer.concat(out);
      resolve({ status, stdout, out: stdout.toString(), err: Buffer.concat(err).toString() });
    }),
  );
}
