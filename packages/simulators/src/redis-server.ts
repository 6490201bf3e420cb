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
      const where = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
      const child = spawn(process.env.SOH_REDIS_SERVER ?? "redis-server", [...where, ...DURABLE, ...settings], {
        stdio: "ignore",
      });
      running = child;
      exited = new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", () => resolve());
      });
      const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
      client.on("error", () => {});
      await client.ping();
      client.disconnect();
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
