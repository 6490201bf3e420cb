// A private redis-server for the whole test run. A test file takes a logical database of it for itself (its worker's
// number); the files that stop or freeze Redis start servers of their own.
import { prepareRedis } from "@soh/simulators/redis-server";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    redisUrl: string;
  }
}

export default async function startRedis(project: TestProject): Promise<() => Promise<void>> {
  const server = await prepareRedis("--databases", "256");
  await server.start();
  process.on("exit", () => void server.kill()); // Where a run is interrupted, nobody calls what is returned.
  project.provide("redisUrl", server.url);
  return () => server.remove();
}
