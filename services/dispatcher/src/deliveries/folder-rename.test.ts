// A directory of this machine whose supplier takes each file in the very instant that it has its final name, and a process that
// is killed at each call that its rename makes: before it, and when it is done.
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import * as files from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HandlerConfig } from "../config/load.ts";
import { orderBody } from "../test/payload.ts";
import { createWorld, type Process, type World } from "../test/world.ts";
import { connectFolder, type Files } from "../transports/folder.ts";
import { limits, temporaryFolder } from "../transports/test/simulated.ts";

const FILE = "CDE_SE1001-1_1.xml";
/** Calls of one rename, its directory brought to disk included; more than there are does no harm. */
const MOST_CALLS = 8;

let world: World;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder.root, "IN"));
  mkdirSync(join(folder.root, "OUT"));
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
  folder.remove();
});

function configured(): HandlerConfig {
  const [agriest, ...others] = world.config.suppliers;
  if (agriest === undefined) {
    throw new Error("there is no supplier");
  }
  const transport = { ...limits, kind: "folder", host: folder.root, port: 0, root: folder.root, rename: "one-step" } as const;
  return { ...world.config, suppliers: [{ ...agriest, transport }, ...others] };
}

/** Every call is followed by the supplier, who takes what has its final name; `kill` decides of calls that never come back. */
function supplierAtEachCall(arrivals: string[], kill: (when: "before" | "after") => boolean): Files {
  const never = (): Promise<never> => new Promise<never>(() => {});
  return new Proxy(files, {
    get: (target, call: keyof Files) => {
      const real: unknown = Reflect.get(target, call);
      return async (...input: unknown[]): Promise<unknown> => {
        if (kill("before")) {
          return await never();
        }
        const result: unknown = typeof real === "function" ? await Reflect.apply(real, target, input) : undefined;
        const final = join(folder.root, "IN", FILE);
        if (existsSync(final)) {
          arrivals.push(FILE);
          rmSync(final);
        }
        if (!kill("after")) {
          return result;
        }
        if (call === "open" && result instanceof Object && "close" in result && typeof result.close === "function") {
          await Reflect.apply(result.close, result, []); // As the system does for a process that ends.
        }
        return await never();
      };
    },
  });
}

const moments = Array.from({ length: MOST_CALLS }, (_, call) => call + 1).flatMap((call) =>
  (["before", "after"] as const).map((when) => ({ call, when })),
);

test.each(moments)("killed $when call $call of the rename: the supplier gets one file", async ({ call, when }) => {
  const arrivals: string[] = [];
  let calls = 0;
  let renaming = false;
  const { promise: killed, resolve } = Promise.withResolvers<void>();
  const kill = (now: "before" | "after"): boolean => {
    calls += renaming && now === "before" ? 1 : 0;
    const isNow = renaming && calls === call && now === when;
    if (isNow) {
      resolve();
    }
    return isNow;
  };
  const connect = (faulty: Files) => () => connectFolder({ ...limits, ...configuredFolder() }, faulty);
  const first = await world.start({
    config: configured(),
    connect: connect(supplierAtEachCall(arrivals, kill)),
    at: (step) => {
      renaming = step === "intent-written";
      return Promise.resolve();
    },
  });
  await first.webhook("orders/paid", orderBody());
  const [due] = await first.features.sweep(10);
  await Promise.race([killed, first.features.deliver(due!)]);
  await first.stop();

  world.clock.advance(30_000);
  const second = await world.start({
    config: configured(),
    connect: connect(supplierAtEachCall(arrivals, () => false)),
  });
  await untilSettled(second);
  expect(await second.purchaseOrder()).toMatchObject({ state: "sent" });
  expect(arrivals).toEqual([FILE]);
  expect(readdirSync(join(folder.root, "IN"))).toEqual([]);
});

const configuredFolder = () => ({ kind: "folder", host: folder.root, port: 0, root: folder.root, rename: "one-step" }) as const;

async function untilSettled(process: Process): Promise<void> {
  for (let runs = 0; runs < 3; runs++) {
    await process.run();
    world.clock.advance(60_000);
  }
}
