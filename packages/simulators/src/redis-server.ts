// A private redis-server, as durable as production's: for the demo, and for tests, which also stop, freeze or misconfigure it.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

const DURABLE = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"];

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Starts it, on the same port and with the same files each time, and waits until it has loaded them. */
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Ends it for good and removes its files. */
  remove(): Promise<void>;
}

/** Prepares a server that is not running yet. `settings` come after the durable ones and override them. */
export async function prepareRedis(...settings: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "soh-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let running: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();

  const server: RedisServer = {
    url,
    port,
    async start() {
      const { command, args } = redisCommand({ port, folder });
      const child = spawn(command, [...args, ...settings], { stdio: "ignore" });
      running = child;
      exited = new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", () => resolve());
      });
      await redisAnswers(url);
    },
    async kill() {
      running?.kill("SIGKILL");
      await exited;
    },
    freeze: () => void running?.kill("SIGSTOP"),
    thaw: () => void running?.kill("SIGCONT"),
    async remove() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return server;
}

/** How a server is started whose process and folder are the caller's affair. */
export function redisCommand({ port, folder }: { readonly port: number; readonly folder: string }): {
  readonly command: string;
  readonly args: readonly string[];
} {
  const where = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  return { command: process.env.SOH_REDIS_SERVER ?? "redis-server", args: [...where, ...DURABLE] };
}

/** Waits until it has loaded its files and answers. Rejects when the signal ends the waiting. */
export async function redisAnswers(url: string, signal?: AbortSignal): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => (signal?.aborted ? null : 20) });
  client.on("error", () => {});
  const giveUp = (): void => client.disconnect();
  signal?.addEventListener("abort", giveUp);
  try {
    await client.ping();
  } finally {
    signal?.removeEventListener("abort", giveUp);
    client.disconnect();
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
