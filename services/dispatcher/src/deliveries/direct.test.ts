// A server that refuses renames: the purchase order is uploaded under its final name. Whatever goes wrong from the intent on
// is unknown, never sent twice; unless the supplier does not mind.
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import * as nodeFiles from "node:fs/promises";
import { join } from "node:path";
import type { FaultAction, FaultEvent } from "@soh/simulators/ftps-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NotSent } from "../domain/delivery/failure.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, type Process, type World } from "../test/world.ts";
import { connectFolder, type Files } from "../transports/folder.ts";
import { simulatedFolder } from "../transports/test/simulated.ts";
import { directSteps, type Step } from "./ports.ts";
import { sleeper } from "./test/sleeper.ts";

const FILE = "CDE_SE1001-1_1.xml";
const MARKER = "SE1001-1.ok";

let world: World;
/** Final names that came, whole or in part. */
let stored: string[];
beforeEach(async () => {
  world = await createWorld();
  stored = [];
  world.agriest.server.on({
    file(event) {
      if (event.kind === "stored" && event.path.startsWith("/IN/")) {
        stored.push(event.path.slice("/IN/".length));
      }
    },
  });
  refuseRenames();
});
afterEach(async () => {
  await world.stop();
});

/** Besides one fault, the first time the command comes to that moment. */
function refuseRenames(fault?: { phase: FaultEvent["phase"]; command: string; action: FaultAction; path?: string }): void {
  let done = false;
  world.agriest.server.setFault((event) => {
    if (event.phase === "before" && event.command === "RNFR" && event.path?.startsWith("/IN/") === true) {
      return { do: "reply", code: 502, text: "no renames here" };
    }
    const now =
      !done &&
      event.phase === fault?.phase &&
      event.command === fault.command &&
      (fault.path === undefined || event.path === fault.path);
    done ||= now;
    return now ? fault?.action : undefined;
  });
}

interface Options {
  readonly tolerated?: boolean;
  readonly marker?: boolean;
  readonly at?: (reached: Step) => Promise<void>;
  readonly journalFull?: () => boolean;
}
function start({ tolerated = false, marker = false, ...over }: Options = {}): Promise<Process> {
  const keys = `commit: direct${tolerated ? ", duplicates: tolerated" : ""}${marker ? ', marker: "{number}.ok"' : ""}`;
  const config = world.configure({}, (yaml) => yaml.replace("temporary: { suffix: .tmp }", keys));
  return world.start({ config, ...over });
}
const inFolder = (): readonly string[] => readdirSync(join(world.agriest.server.root, "IN")).toSorted();
const journal = async () => (await world.journal()).map((entry) => entry.kind);

/** As a supplier that is fast: takes what was uploaded in the instant it is there. */
function takeAtOnce(): void {
  const taken = `${world.agriest.server.root}-direct`;
  mkdirSync(taken, { recursive: true });
  world.agriest.server.on({
    file(event) {
      if (event.kind === "stored" && event.path.startsWith("/IN/")) {
        renameSync(event.file, join(taken, `${stored.length}`));
      }
    },
  });
}

test("without a rename it arrives under its final name, and the intent is in the journal before the upload", async () => {
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false }]);
  expect(inFolder()).toEqual([FILE]);
  await process.stop();
  expect(await journal()).toEqual(["intent", "sent"]);
});

test.each([false, true])(
  "a journal that cannot take the intent: nothing was uploaded, and it is tried again (marker: %s)",
  async (marker) => {
    let full = true;
    const process = await start({ marker, journalFull: () => full });
    await process.webhook("orders/paid", orderBody());
    expect(await process.run()).toMatchObject([{ kind: "retry" }]);
    full = false;
    world.clock.advance(10_000);
    expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false }]);
    expect(stored.filter((name) => name === (marker ? MARKER : FILE))).toHaveLength(1);
  },
);

test("a supplier that takes it in the instant it is there: the server's confirmation is enough", async () => {
  takeAtOnce();
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false }]);
  expect(stored).toEqual([FILE]);
});

const crashes = directSteps.flatMap((step) =>
  [false, true].flatMap((takes) => [false, true].map((tolerated) => ({ step, takes, tolerated }))),
);
test.each(crashes)(
  "killed at '$step' (supplier takes at once: $takes, duplicates tolerated: $tolerated): sent where it can be known, else unknown",
  async ({ step, takes, tolerated }) => {
    if (takes) {
      takeAtOnce();
    }
    const crash = sleeper(step);
    const first = await start({ tolerated, at: crash.at });
    await first.webhook("orders/paid", orderBody());
    const [due] = await first.features.sweep(10);
    void first.features.deliver(due ?? { message: "", generation: 0 });
    await crash.asleep;
    await first.stop();

    world.clock.advance(30_000);
    const second = await start({ tolerated });
    await second.run();
    const inDoubt = step === "intent-written" || (step === "stored" && takes);
    const po = await second.purchaseOrder();
    expect(po.state).toBe(inDoubt && !tolerated ? "unknown" : "sent");
    expect(po.inferred).toBe(0);
    const twice = step === "stored" && takes && tolerated;
    expect(stored).toEqual(twice ? [FILE, FILE] : step === "intent-written" && !tolerated ? [] : [FILE]);
    world.clock.advance(24 * 3_600_000);
    expect(await second.run()).toEqual([]);
  },
);

test.each([
  ["425 (no data connection)", 425],
  ["450 (busy)", 450],
] as const)(
  "an upload refused with %s, and nothing there: not sent, withdrawn in the journal, tried again",
  async (_what, code) => {
    refuseRenames({ phase: "before", command: "STOR", action: { do: "reply", code, text: "no" } });
    const process = await start();
    await process.webhook("orders/paid", orderBody());
    expect(await process.run()).toMatchObject([{ kind: "retry" }]);
    expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 1 });
    world.clock.advance(6_000);
    expect(await process.run()).toMatchObject([{ kind: "sent" }]);
    expect(stored).toEqual([FILE]);
    await process.stop();
    expect(await journal()).toEqual(["intent", "withdrawn", "intent", "sent"]);
  },
);

test("an upload that the folder does not permit pauses the supplier, and is not in doubt", async () => {
  refuseRenames({ phase: "before", command: "STOR", action: { do: "reply", code: 553, text: "read-only" } });
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "paused" }]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 0 });
});

describe("in a directory of this machine", () => {
  let directory: ReturnType<typeof simulatedFolder>;
  beforeEach(() => {
    directory = simulatedFolder();
    mkdirSync(join(directory.root, "IN"));
  });
  afterEach(() => directory.stop());
  const there = (): readonly string[] => readdirSync(join(directory.root, "IN"));

  /** Once, instead of opening the file to be written: what the system says, or does. */
  async function startWith(
    fault: (...opening: Parameters<Files["open"]>) => ReturnType<Files["open"]>,
    isGone = () => false,
  ): Promise<Process> {
    const { transport } = directory;
    if (transport.kind !== "folder") {
      throw new Error("it is no folder");
    }
    let done = false;
    const open: Files["open"] = (path, ...rest) => {
      const now = !done && String(path).endsWith(FILE);
      done ||= now;
      return now ? fault(path, ...rest) : nodeFiles.open(path, ...rest);
    };
    const config = world.configure({}, (yaml) => yaml.replace("temporary: { suffix: .tmp }", "commit: direct"));
    const suppliers = config.suppliers.map((one) => (one.id === "agriest" ? { ...one, transport } : one));
    const process = await world.start({
      config: { ...config, suppliers },
      connect: async () => {
        const session = await connectFolder(transport, { ...nodeFiles, open });
        return {
          ...session,
          size: async (path) => (isGone() ? await Promise.reject(new NotSent("EIO")) : await session.size(path)),
        };
      },
    });
    await process.webhook("orders/paid", orderBody());
    return process;
  }
  const refusal = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

  test("a full disk that opens no file took nothing: tried again", async () => {
    const process = await startWith(refusal("ENOSPC"));
    expect(await process.run()).toMatchObject([{ kind: "retry" }]);
    expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 1 });
    world.clock.advance(6_000);
    expect(await process.run()).toMatchObject([{ kind: "sent" }]);
    expect(there()).toEqual([FILE]);
    await process.stop();
    expect(await journal()).toEqual(["intent", "withdrawn", "intent", "sent"]);
  });

  test("a directory that may not be written into took nothing: the supplier is paused", async () => {
    const process = await startWith(refusal("EROFS"));
    expect(await process.run()).toMatchObject([{ kind: "paused" }]);
    expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 0 });
    await process.stop();
    expect(await journal()).toEqual(["intent", "withdrawn"]);
  });

  test("a directory that is gone when the file is to be written took nothing, although it cannot be looked at", async () => {
    const process = await startWith(async (...opening) => {
      renameSync(join(directory.root, "IN"), join(directory.root, "away"));
      return await nodeFiles.open(...opening);
    });
    expect(await process.run()).toMatchObject([{ kind: "paused" }]);
    expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 0 });
    renameSync(join(directory.root, "away"), join(directory.root, "IN"));
    await process.features.actions.resume("agriest", { actor: "anna", note: "mounted again" });
    expect(await process.run()).toMatchObject([{ kind: "sent" }]);
    expect(there()).toEqual([FILE]);
    await process.stop();
    expect(await journal()).toEqual(["intent", "withdrawn", "intent", "sent"]);
  });

  test("a disk that is gone took nothing, although nothing can be looked at: tried again", async () => {
    let gone = false;
    const process = await startWith(
      async () => {
        gone = true;
        return await refusal("EIO")();
      },
      () => gone,
    );
    expect(await process.run()).toMatchObject([{ kind: "retry" }]);
    expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 1 });
    gone = false;
    world.clock.advance(6_000);
    expect(await process.run()).toMatchObject([{ kind: "sent" }]);
    await process.stop();
    expect(await journal()).toEqual(["intent", "withdrawn", "intent", "sent"]);
  });

  test("a file that was opened is in doubt, also where nothing is seen of it afterwards", async () => {
    const process = await startWith(async (path, ...rest) => {
      const handle = await nodeFiles.open(path, ...rest);
      handle.writeFile = async () => {
        await nodeFiles.unlink(path); // Taken.
        throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
      };
      return handle;
    });
    expect(await process.run()).toMatchObject([{ kind: "unknown" }]);
    await process.stop();
    expect(await journal()).toEqual(["intent"]);
  });
});

test.each([
  ["the disk is full after 100 bytes", { do: "reply", code: 452, text: "no space", atByte: 100 }],
  ["the data connection breaks after 100 bytes", { do: "cut-data", atByte: 100 }],
] as const)("%s: a part of it is at the supplier, which is for a person", async (_what, action) => {
  refuseRenames({ phase: "data", command: "STOR", action });
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "unknown", reason: expect.stringContaining("a part of it?") }]);
  expect(world.alerts).toEqual([expect.objectContaining({ kind: "delivery.unknown" })]);
  world.clock.advance(24 * 3_600_000);
  expect(await process.run()).toEqual([]);
});

test("a part of it is at the supplier, and a second does no harm: it is uploaded again", async () => {
  refuseRenames({ phase: "data", command: "STOR", action: { do: "cut-data", atByte: 100 } });
  const process = await start({ tolerated: true });
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "look-again" }]);
  world.clock.advance(10_000);
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  expect(inFolder()).toEqual([FILE]);
});

test.each([
  [false, "sent"],
  [true, "unknown"],
] as const)("the reply to the upload is lost (supplier takes at once: %s): %s", async (takes, kind) => {
  if (takes) {
    takeAtOnce();
  }
  refuseRenames({ phase: "after", command: "STOR", action: { do: "close" } });
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "look-again" }]);
  world.clock.advance(10_000);
  expect(await process.run()).toMatchObject([{ kind }]);
  expect(stored).toEqual([FILE]);
});

test("the supplier's answer settles a doubt", async () => {
  takeAtOnce();
  refuseRenames({ phase: "after", command: "STOR", action: { do: "close" } });
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  await process.run();
  world.clock.advance(10_000);
  await process.run();
  refuseRenames();
  world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
  await process.features.look("agriest");
  expect(await process.purchaseOrder()).toMatchObject({ state: "sent", acknowledgement: "accepted" });
});

const MARKED = directSteps.filter((step) => step !== "stored");
test.each(MARKED)("behind a marker, killed at '%s': only the marker's upload can be in doubt", async (step) => {
  const crash = sleeper(step);
  const first = await start({ marker: true, at: crash.at });
  await first.webhook("orders/paid", orderBody());
  const [due] = await first.features.sweep(10);
  void first.features.deliver(due ?? { message: "", generation: 0 });
  await crash.asleep;
  await first.stop();
  world.clock.advance(30_000);
  const second = await start({ marker: true });
  await second.run();
  expect((await second.purchaseOrder()).state).toBe(step === "intent-written" ? "unknown" : "sent");
  expect(stored.filter((name) => name === MARKER)).toHaveLength(step === "intent-written" ? 0 : 1);
});

test("behind a marker, a purchase order that came in part is simply uploaded again: nobody has read it", async () => {
  refuseRenames({ phase: "data", command: "STOR", action: { do: "cut-data", atByte: 100 }, path: `/IN/${FILE}` });
  const process = await start({ marker: true });
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "retry" }]);
  world.clock.advance(6_000);
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  expect(stored).toEqual([FILE, FILE, MARKER]);
});

test("a worker that stalls before its upload, is taken over and wakes up later: it arrives once, and is for a person", async () => {
  const stalled = sleeper("intent-written");
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  const [due] = await process.features.sweep(10);
  const zombie = process.rival({ at: stalled.at });
  const outcome = zombie.deliver(due!);
  await stalled.asleep;
  world.clock.advance(10 * 60_000);
  expect(await process.run()).toMatchObject([{ kind: "unknown" }]);
  stalled.wake();
  expect((await outcome).kind).toBe("lost-claim");
  await zombie.close();
  expect(stored).toEqual([FILE]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "unknown" });
});
