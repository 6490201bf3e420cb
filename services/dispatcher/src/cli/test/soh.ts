// The command, in this process or in a real one, which takes half a second more.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { environmentLookup } from "@soh/shared/environment";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { runCommand } from "../run.ts";

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

export async function runSoh(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ended> {
  const stdout: Buffer[] = [];
  let err = "";
  const status = await runCommand(args, {
    lookup: environmentLookup(env),
    out: (bytes) => void stdout.push(Buffer.from(bytes)),
    err: (text) => void (err += text),
    startAsking: () => null,
  });
  return ended(status, stdout, err);
}

export const MAIN = join(import.meta.dirname, "../main.ts");

export function startSoh(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ended> {
  const { NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
    env: { ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve) => child.on("close", (status) => resolve(ended(status, out, Buffer.concat(err).toString()))));
}

function ended(status: number | null, out: readonly Buffer[], err: string): Ended {
  const stdout = Buffer.concat(out);
  return { status, stdout, out: stdout.toString(), err };
}
