// The command as a real process.
import { spawn } from "node:child_process";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { join } from "node:path";

export interface Ended {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly out: string;
  readonly err: string;
}

/** What the shipped configuration asks for. */
export const shopEnvironment: Readonly<Record<string, string>> = {
  SHOPIFY_SHOP: "sermat.myshopify.com",
  SHOPIFY_WEBHOOK_SECRET: "hush",
  FTP_AGRIEST_HOST: "ftp.agriest.example",
  FTP_AGRIEST_USER: "u",
  FTP_AGRIEST_PASS: "hidden-password",
  FTP_FOURNIAL_HOST: "ftp.fournial.example",
  FTP_FOURNIAL_USER: "u",
  FTP_FOURNIAL_PASS: "hidden-password",
};

const MAIN = join(import.meta.dirname, "../main.ts");

/** `folder`: where compiled code is kept, for the next process. */
export function startSoh(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
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
