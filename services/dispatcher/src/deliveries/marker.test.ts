// A supplier that reads a purchase order when its marker is there: a crash between each two steps, lost replies and
// refusals, for suppliers that leave files, take both when the marker comes, or take everything whatever the marker says.
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FaultAction, FaultEvent } from "@soh/simulators/ftps-server";
import { orderBody } from "../test/payload.ts";
import { createWorld, type Process, type World } from "../test/world.ts";
import { markerSteps, steps, type Step } from "./ports.ts";
import { sleeper } from "./test/sleeper.ts";

const FILE = "CDE_SE1001-1_1.xml";
const MARKER = "SE1001-1.ok";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const start = (at?: (reached: Step) => Promise<void>): Promise<Process> => {
  const config = world.configure({}, (yaml) => yaml.replace("{ suffix: .tmp }", '{ suffix: .tmp }, marker: "{number}.ok"'));
  return world.start({ config, ...(at === undefined ? {} : { at }) });
};
const inFolder = (): readonly string[] => readdirSync(join(world.agriest.server.root, "IN")).toSorted();

const behaviours = ["leaves files", "takes both by the marker", "takes the marker alone", "takes everything at once"] as const;
type Behaviour = (typeof behaviours)[number];

function behave(behaviour: Behaviour): void {
  if (behaviour === "takes everything at once") {
    world.agriest.takeAtOnce();
  }
  if (behaviour === "takes both by the marker" || behaviour === "takes the marker alone") {
    const taken = join(world.agriest.server.root, "taken");
    mkdirSync(taken);
    world.agriest.server.on({
      file(event) {
        if (event.kind === "renamed" && event.path === `/IN/${MARKER}`) {
          renameSync(event.file, join(taken, MARKER));
          if (behaviour === "takes both by the marker") {
            renameSync(join(world.agriest.server.root, "IN", FILE), join(taken, FILE));
          }
        }
      },
    });
  }
}

test("the marker is one line end, comes after the purchase order, and both stand in the trail", async () => {
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false }]);
  expect(world.agriest.arrivals).toEqual([FILE, MARKER]);
  expect(world.agriest.read(MARKER)).toBe("\n");
  expect(inFolder()).toEqual([FILE, MARKER]);
  expect(await process.database.db.selectFrom("companions").select(["kind", "final_path", "placed_at"]).execute()).toEqual([
    { kind: "marker", final_path: `/IN/${MARKER}`, placed_at: world.clock.now() },
  ]);
});

const cases = [...steps, ...markerSteps].flatMap((step) => behaviours.map((behaviour) => ({ step, behaviour })));

test.each(cases)(
  "killed at '$step', supplier $behaviour: the purchase order and its marker arrive once each, and it is sent",
  async ({ step, behaviour }) => {
    behave(behaviour);
    const crash = sleeper(step);
    const first = await start(crash.at);
    await first.webhook("orders/paid", orderBody());
    const [due] = await first.features.sweep(10);
    void first.features.deliver(due ?? { message: "", generation: 0 });
    await crash.asleep;
    await first.stop();

    world.clock.advance(30_000);
    const second = await start();
    await second.run();
    const po = await second.purchaseOrder();
    expect(po.state).toBe("sent");
    // Where the supplier takes a file without its marker, the marker is not written any more.
    const alone = step === "renamed" && behaviour === "takes everything at once";
    expect(world.agriest.arrivals).toEqual(alone ? [FILE] : [FILE, MARKER]);
    expect(po.inferred).toBe(alone || (step === "marker-placed" && behaviour !== "leaves files") ? 1 : 0);
    // Uploads that a crash cut short stay: only their own attempt may remove them.
    const left = { uploaded: 1, verified: 1, "marker-uploaded": 2, looked: 2 }[step as string] ?? 0;
    expect(inFolder().filter((name) => name.endsWith(".1.tmp"))).toHaveLength(left);
    expect(inFolder().filter((name) => name.endsWith(".tmp"))).toHaveLength(left);
    world.clock.advance(24 * 3_600_000);
    expect(await second.run()).toEqual([]);
  },
);

/** One fault, the n-th time the command comes to that moment. */
function failAt(n: number, phase: FaultEvent["phase"], command: string, action: FaultAction): void {
  world.agriest.server.setFault((event) =>
    event.phase === phase && event.command === command && event.count === n ? action : undefined,
  );
}

test.each(behaviours)("the reply to the marker's rename is lost, supplier %s: it is looked at", async (behaviour) => {
  behave(behaviour);
  failAt(2, "after", "RNTO", { do: "close" });
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "look-again" }]);
  world.clock.advance(10_000);
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: behaviour !== "leaves files" }]);
  expect(world.agriest.arrivals).toEqual([FILE, MARKER]);
});

test("the marker's rename is refused for a while: the purchase order waits at the supplier, and then has its marker", async () => {
  world.agriest.server.setFault((event) =>
    event.phase === "before" && event.command === "RNTO" && event.path === `/IN/${MARKER}`
      ? { do: "reply", code: 550, text: "busy" }
      : undefined,
  );
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([
    { kind: "look-again", reason: expect.stringContaining("refused to rename the marker") },
  ]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "sending", failures: 1 });
  world.agriest.server.setFault(undefined);
  world.clock.advance(10_000);
  expect(await process.run()).toMatchObject([{ kind: "sent", inferred: false }]);
  expect(world.agriest.arrivals).toEqual([FILE, MARKER]);
});

test("the purchase order's rename is refused: nothing is left behind, the marker neither", async () => {
  failAt(1, "before", "RNTO", { do: "reply", code: 553, text: "not allowed" });
  const process = await start();
  await process.webhook("orders/paid", orderBody());
  expect(await process.run()).toMatchObject([{ kind: "retry" }]);
  expect(inFolder()).toEqual([]);
  world.clock.advance(6_000);
  expect(await process.run()).toMatchObject([{ kind: "sent" }]);
  expect(world.agriest.arrivals).toEqual([FILE, MARKER]);
});

test.each([...steps, ...markerSteps].filter((step) => step !== "sent"))(
  "a worker that stalls at '%s', is taken over and wakes up later brings neither file a second time",
  async (step) => {
    behave("takes both by the marker");
    const stalled = sleeper(step);
    const process = await start();
    await process.webhook("orders/paid", orderBody());
    const [due] = await process.features.sweep(10);
    const zombie = process.rival({ at: stalled.at });
    const outcome = zombie.deliver(due!);
    await stalled.asleep;
    world.clock.advance(10 * 60_000);
    await process.run();
    expect((await process.purchaseOrder()).state).toBe("sent");
    stalled.wake();
    expect((await outcome).kind).toBe("lost-claim");
    await zombie.close();
    expect(world.agriest.arrivals).toEqual([FILE, MARKER]);
    expect(inFolder().filter((name) => name.endsWith(".tmp"))).toEqual([]);
  },
);

test("of two purchase orders whose names differ only by case, the marker goes with its own file", async () => {
  const config = world.configure({}, (yaml) =>
    yaml
      .replace("{ suffix: .tmp }", '{ suffix: .tmp }, marker: "same.{number}"')
      .replace('name: "CDE_{number}_{version}.xml"', 'name: "{number}.xml"'),
  );
  const process = await world.start({ config });
  await process.database.db
    .insertInto("final_names")
    .values({
      endpoint: `127.0.0.1:${world.agriest.server.port}`,
      folded_path: "/in/se1001-1.xml",
      path: "/IN/se1001-1.xml",
      message_id: await anyPurchaseOrder(process),
      version: 7,
      copy: 1,
    })
    .execute();
  await process.run();
  expect(world.agriest.arrivals).toEqual(["SE1001-1-n2.xml", "same-n2.SE1001-1"]);
});

async function anyPurchaseOrder(process: Process): Promise<string> {
  await process.webhook("orders/paid", orderBody());
  return (await process.purchaseOrder()).id;
}
