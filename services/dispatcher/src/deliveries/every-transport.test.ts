// From the order to the supplier and back, over every kind of transport.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HandlerConfig } from "../config/load.ts";
import type { TransportSettings } from "../config/transport-settings.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, type World } from "../test/world.ts";
import { simulatedFolder, simulatedFtp, simulatedSftp, type SimulatedServer } from "../transports/test/simulated.ts";

let world: World;
let server: SimulatedServer | undefined;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
  await server?.stop();
});

/** The configuration with another way to agriest. */
function configWith(transport: TransportSettings): HandlerConfig {
  const [agriest, ...others] = world.config.suppliers;
  if (agriest === undefined) {
    throw new Error("there is no supplier");
  }
  return { ...world.config, suppliers: [{ ...agriest, transport }, ...others] };
}

const kinds: readonly (readonly [string, () => Promise<SimulatedServer>])[] = [
  ["FTPS, implicit", () => simulatedFtp({ encryption: "implicit" })],
  ["FTPS with a pinned certificate", () => simulatedFtp({ pinned: true })],
  ["SFTP", () => simulatedSftp()],
  ["a directory", () => Promise.resolve(simulatedFolder())],
  ["plain FTP", () => simulatedFtp({ encryption: "none" })],
];

test.each(kinds)("%s: a purchase order goes out once, and its acknowledgement comes in once", async (_kind, start) => {
  server = await start();
  const { root, transport } = server;
  mkdirSync(join(root, "IN"));
  mkdirSync(join(root, "OUT"));
  const process = await world.start({ config: configWith(transport) });
  await process.webhook("orders/paid", orderBody());
  expect((await process.run()).map(({ kind }) => kind)).toEqual(["sent"]);
  expect(readdirSync(join(root, "IN"))).toEqual(["CDE_SE1001-1_1.xml"]);
  expect(readFileSync(join(root, "IN", "CDE_SE1001-1_1.xml"), "utf8")).toContain("SE1001-1");
  const [attempt] = await process.database.db.selectFrom("attempts").selectAll().execute();
  expect(attempt).toMatchObject({ state: "sent", host: transport.host, port: transport.port });
  expect(attempt?.fingerprint ?? "none").toMatch(server.fingerprint === "none" ? /^none$/ : /:/);

  writeFileSync(join(root, "OUT", "AR_1.xml"), acknowledgement("SE1001-1"));
  const report = await process.features.look("agriest");
  expect(report?.news).toMatchObject([{ kind: "applied", number: "SE1001-1" }]);
  expect(readdirSync(join(root, "OUT"))).toEqual(["archive"]);
  expect(readdirSync(join(root, "OUT", "archive"))).toEqual(["AR_1.xml"]);
  expect((await process.purchaseOrder()).acknowledgement).toBe("accepted");
});

/** A directory's faults are in the session, and it has no other to look with. */
const servers = kinds.filter(([kind]) => kind !== "a directory");

test.each(servers)("%s: a rename whose answer is lost is looked for, and nothing is sent twice", async (_kind, start) => {
  server = await start();
  const { root, transport, can } = server;
  mkdirSync(join(root, "IN"));
  mkdirSync(join(root, "OUT"));
  const undo = can.interrupt?.("rename", "cut-after");
  const process = await world.start({ config: configWith(transport) });
  await process.webhook("orders/paid", orderBody());
  const outcomes = [...(await process.run())];
  await undo?.();
  for (let n = 0; n < 3; n++) {
    world.clock.advance(60_000);
    outcomes.push(...(await process.run()));
  }
  expect(outcomes.at(-1)?.kind).toBe("sent");
  expect(outcomes.filter(({ kind }) => kind === "sent")).toHaveLength(1);
  expect(readdirSync(join(root, "IN"))).toEqual(["CDE_SE1001-1_1.xml"]);
});

test("two suppliers behind one login of one server are served over one connection", async () => {
  const [agriest, fournial] = world.config.suppliers;
  if (agriest === undefined || fournial === undefined) {
    throw new Error("there are not two suppliers");
  }
  mkdirSync(join(world.agriest.server.root, "orders"));
  const suppliers = [agriest, { ...fournial, transport: agriest.transport }];
  const process = await world.start({ config: { ...world.config, suppliers } });
  const lines = [
    { id: "1", sku: "AGR-1", quantity: 5 },
    { id: "2", sku: "FOU1", vendor: "Fournial", quantity: 2 },
  ];
  await process.webhook("orders/paid", orderBody({ lines }));
  expect((await process.run()).map(({ kind }) => kind)).toEqual(["sent", "sent"]);
  expect(readdirSync(join(world.agriest.server.root, "orders"))).toHaveLength(1);
  expect(world.agriest.server.commands.filter(({ command }) => command === "CONNECT")).toHaveLength(1);
});

test("people are told once of a connection that is not secure, however often it starts", async () => {
  server = await simulatedFtp({ encryption: "none" });
  const config = configWith(server.transport);
  for (let starts = 1; starts <= 2; starts++) {
    const process = await world.start({ config });
    const told = world.alerts.filter(({ kind }) => kind === "supplier.insecure");
    expect(told).toHaveLength(1);
    expect(told.at(-1)).toMatchObject({ detail: { supplier: "agriest" }, message: expect.stringMatching(/plain FTP/) });
    await process.stop();
  }
});

test("nothing is told of connections that are secure", async () => {
  await world.start();
  expect(world.alerts).toEqual([]);
});
