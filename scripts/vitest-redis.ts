// A private redis-server for the test run, as durable as production's. Each test file takes its own logical database
// or its own server (see services/ingest/src/redis-faults.test.ts for the ones that stop it).
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    redisUrl: string;
  }
}

export default async function startRedis(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "soh-redis-"));
  const port = await freePort();
  const settings = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
  ];
  const server = spawn(
    process.env.SOH_REDIS_SERVER ?? "redis-server",
    [...settings, "--maxmemory-policy", "noeviction", "--databases", "256"],
    {
      stdio: "ignore",
    },
  );
  const exited = new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.on("exit", () => resolve());
  });
  await Promise.race([listening(port), exited.then(() => Promise.reject(new Error("redis-server ended at once")))]);
  project.provide("redisUrl", `redis://127.0.0.1:${port}`);
  return async () => {
    server.kill("SIGTERM");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("connect", () => (socket.end(), resolve(true)));
      socket.on("error", () => resolve(false));
    });
    if (up) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`redis-server does not listen on port ${port}`);
}
