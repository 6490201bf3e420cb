// Ports for servers that come and go. What is taken from the system's own range may be somebody's outgoing connection
// by the time its server is started again; below that range nothing is given out by itself.
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { freePort } from "@soh/simulators/redis-server";

const BELOW_THE_SYSTEMS_RANGE = [12_000, 32_000] as const;
const TRIES = 50;

/** This one, easy to remember, unless something listens there. */
export async function portNear(port: number): Promise<number> {
  return (await isFree(port)) ? port : await freePort();
}

/** One that is free now and will most likely still be when its server starts again. */
export async function quietPort(): Promise<number> {
  for (let n = 0; n < TRIES; n++) {
    const port = randomInt(...BELOW_THE_SYSTEMS_RANGE);
    if (await isFree(port)) {
      return port;
    }
  }
  return await freePort();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((found) => {
    const probe = createServer();
    probe.on("error", () => found(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => found(true)));
  });
}
