// A supplier whose reader takes everything in its folder: purchase orders are uploaded to another folder and moved.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld, type Process, type World, type Yaml } from "../test/world.ts";
import { sleeper } from "./test/sleeper.ts";

const FILE = "CDE_SE1001-1_1.xml";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const inRoot = (folder: string): string => join(world.agriest.server.root, folder);

async function start(keys = ""): Promise<Process> {
  const config = world.configure({}, (yaml) => yaml.replace("{ suffix: .tmp }", `{ folder: /upload }${keys}`));
  const process = await world.start({ config });
  await process.webhook("orders/paid", orderBody());
  return process;
}
const runAfter = async (process: Process, ms: number) => {
  world.clock.advance(ms);
  return await process.run();
};

test("the purchase order is uploaded to the temporary folder, and only its rename brings it into the other", async () => {
  mkdirSync(inRoot("upload"));
  const process = await start();
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false }]);
  expect(world.agriest.arrivals).toEqual([FILE]);
  expect(readdirSync(inRoot("upload"))).toEqual([]);
  const stored = world.agriest.server.commands.filter((one) => one.command === "STOR").map((one) => one.argument);
  expect(stored).toEqual([`/upload/${FILE}.1`]);
});

test("the reply to the rename is lost: both folders are looked at, and it is not sent again", async () => {
  mkdirSync(inRoot("upload"));
  world.agriest.takeAtOnce();
  let lost = false;
  world.agriest.server.setFault((event) => {
    const now = !lost && event.phase === "after" && event.command === "RNTO";
    lost ||= now;
    return now ? { do: "close" } : undefined;
  });
  const process = await start();
  expect(await process.run()).toMatchObject([{ kind: "look-again" }]);
  expect(await runAfter(process, 10_000)).toMatchObject([{ kind: "sent", inferred: true }]);
  expect(world.agriest.arrivals).toEqual([FILE]);
});

// A server on which it lies on another disk may copy: ProFTPD does.
test.each([
  ["", "unknown", []],
  ["rename: one-step", "sent", [FILE]],
])("the process ends between the intent and the rename, transport: {%s}: %s", async (key, kind, arrivals) => {
  mkdirSync(inRoot("upload"));
  const edit = (yaml: Yaml): Yaml =>
    yaml.replace("{ suffix: .tmp }", "{ folder: /upload }").replace("kind: ftps", `kind: ftps\n      ${key}`);
  const config = world.configure({}, edit);
  const crash = sleeper("intent-written");
  const first = await world.start({ config, at: crash.at });
  await first.webhook("orders/paid", orderBody());
  const [due] = await first.features.sweep(10);
  void first.features.deliver(due!);
  await crash.asleep;
  await first.stop();
  const second = await world.start({ config });
  expect(await runAfter(second, 30_000)).toMatchObject([{ kind }]);
  expect(world.agriest.arrivals).toEqual(arrivals);
});

test("a temporary folder that is missing pauses the supplier, and the alert names the key to change", async () => {
  const process = await start();
  expect(await process.run()).toMatchObject([{ kind: "paused" }]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 0 });
  expect(world.alerts).toEqual([
    expect.objectContaining({
      kind: "supplier.paused",
      message: expect.stringMatching(/entering the folder \/upload.*suppliers\.agriest\.folders\.orders\.temporary\.folder/),
    }),
  ]);
});

test("a server that moves no file between folders: it is not sent, and the reason names the key to change", async () => {
  mkdirSync(inRoot("upload"));
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "RNTO" ? { do: "reply", code: 553, text: "cross-device link" } : undefined,
  );
  const process = await start();
  expect(await process.run()).toMatchObject([
    { kind: "retry", reason: expect.stringMatching(/cross-device link.*folders\.orders\.temporary to a suffix or a prefix/) },
  ]);
  expect(readdirSync(inRoot("upload"))).toEqual([]);
});

// As pure-ftpd answers, which takes a disk of its own for a passing trouble.
test.each([
  ["the purchase order", ""],
  ["its delivery note", ', companions: [{ delivery_note: "{number}.pdf" }]'],
])(
  "a server that says 451 to moving %s between folders: the reason has its words and the key to change, and it goes when it can",
  async (_what, keys) => {
    mkdirSync(inRoot("upload"));
    world.agriest.server.setFault((event) =>
      event.phase === "before" && event.command === "RNTO" ? { do: "reply", code: 451, text: "cross-device link" } : undefined,
    );
    const process = await start(keys);
    const reason: unknown = expect.stringMatching(
      /refused the rename: 451 cross-device link.*suppliers\.agriest\.folders\.orders\.temporary to a suffix or a prefix/,
    );
    expect(await process.run()).toMatchObject([{ kind: "retry", reason }]);
    expect(readdirSync(inRoot("upload"))).toEqual([]);
    expect(readdirSync(inRoot("IN"))).toEqual([]);
    expect(await runAfter(process, 60_000)).toMatchObject([{ kind: "retry", reason }]);
    world.agriest.server.setFault(undefined);
    expect(await runAfter(process, 60 * 60_000)).toMatchObject([{ kind: "sent", inferred: false }]);
    expect(world.agriest.arrivals.filter((name) => name === FILE)).toEqual([FILE]);
    expect(readdirSync(inRoot("upload"))).toEqual([]);
  },
);
