// Servers whose rename has two steps, first the final name and then the temporary one gone: what is there after it was cut
// between them is no proof of anything, once the supplier has taken the file.
import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@soh/shared/config";
import { startSftpServer, type SftpServer } from "@soh/simulators/sftp-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HandlerConfig } from "../config/load.ts";
import type { SftpSettings } from "../config/transport-settings.ts";
import { orderBody } from "../test/payload.ts";
import { acknowledgement, createWorld, type Process, type World } from "../test/world.ts";
import { limits, temporaryFolder } from "../transports/test/simulated.ts";
import { sleeper } from "./test/sleeper.ts";

const FILE = "CDE_SE1001-1_1.xml";
const TEMPORARY = `${FILE}.1.tmp`;

let world: World;
let folder: ReturnType<typeof temporaryFolder>;
let server: SftpServer;
/** Final names that the supplier took, each in the first step of its rename. */
let taken: string[];
let takes: boolean;
beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder.root, "IN"));
  mkdirSync(join(folder.root, "OUT"));
  world = await createWorld();
  server = await startSftpServer({ root: folder.root, login: { user: "sermat", password: "secret" } });
  taken = [];
  takes = true;
  server.onRenamed(({ file, path }) => {
    if (takes && path.startsWith("/IN/")) {
      taken.push(path.slice("/IN/".length));
      rmSync(file);
    }
  });
});
afterEach(async () => {
  await world.stop();
  await server.stop();
  folder.remove();
});

function overSftp(over: Partial<SftpSettings> = {}): HandlerConfig {
  const [agriest, ...others] = world.config.suppliers;
  if (agriest === undefined) {
    throw new Error("there is no supplier");
  }
  const transport: SftpSettings = {
    ...limits,
    kind: "sftp",
    port: server.port,
    user: "sermat",
    password: new Secret("secret"),
    key: null,
    passphrase: null,
    hostKeys: [server.hostKey],
    rename: "plain",
    ...over,
  };
  return { ...world.config, suppliers: [{ ...agriest, transport }, ...others] };
}

const start = async (over: Parameters<World["start"]>[0] = {}): Promise<Process> => {
  const process = await world.start({ config: overSftp(), ...over });
  await process.webhook("orders/paid", orderBody());
  return process;
};
const runAfter = async (process: Process, ms: number): Promise<readonly string[]> => {
  world.clock.advance(ms);
  return (await process.run()).map(({ kind }) => kind);
};
/** The server's process ends there, the first time; by then the client has no reply. */
const cutRename = (phase: "before" | "between" | "after"): void => {
  let done = false;
  server.setFault((event) => {
    const now = !done && event.command === "RENAME" && event.phase === phase;
    done ||= now;
    return now ? { do: "close" } : undefined;
  });
};
const inFolder = (): readonly string[] => readdirSync(join(folder.root, "IN")).toSorted();

test("no fault: sent, and taken once", async () => {
  const process = await start();
  expect(await runAfter(process, 0)).toEqual(["sent"]);
  expect(taken).toEqual([FILE]);
  expect(inFolder()).toEqual([]);
});

test("cut between its steps, and the supplier has taken the file: unknown, never sent again, until its answer settles it", async () => {
  const process = await start();
  cutRename("between");
  expect(await runAfter(process, 0)).toEqual(["look-again"]);
  expect(await runAfter(process, 10_000)).toEqual(["unknown"]);
  expect(await process.purchaseOrder()).toMatchObject({
    state: "unknown",
    reason: expect.stringMatching(/two steps \(transport\.rename\)/),
  });
  expect(await runAfter(process, 24 * 3_600_000)).toEqual([]);
  expect(taken).toEqual([FILE]);
  expect(inFolder()).toEqual([TEMPORARY]);
  writeFileSync(join(folder.root, "OUT", "AR_1.xml"), acknowledgement("SE1001-1"));
  await process.features.look("agriest");
  expect(await process.purchaseOrder()).toMatchObject({ state: "sent", acknowledgement: "accepted" });
});

test("cut between its steps, and the supplier leaves the file: both are there, unknown", async () => {
  takes = false;
  const process = await start();
  cutRename("between");
  expect(await runAfter(process, 0)).toEqual(["look-again"]);
  expect(await runAfter(process, 10_000)).toEqual(["unknown"]);
  expect(inFolder()).toEqual([FILE, TEMPORARY]);
});

test("cut before it: nothing can tell that from a file that was taken, so it is unknown", async () => {
  const process = await start();
  cutRename("before");
  expect(await runAfter(process, 0)).toEqual(["look-again"]);
  expect(await runAfter(process, 10_000)).toEqual(["unknown"]);
  expect(taken).toEqual([]);
});

test("cut after it, and taken: sent, inferred", async () => {
  const process = await start();
  cutRename("after");
  expect(await runAfter(process, 0)).toEqual(["look-again"]);
  expect(await runAfter(process, 10_000)).toEqual(["sent"]);
  expect(await process.purchaseOrder()).toMatchObject({ inferred: 1 });
  expect(taken).toEqual([FILE]);
});

test("refused in the session that wrote the intent, with only the temporary file there: not sent, and tried again", async () => {
  const process = await start();
  let refusals = 0;
  server.setFault((event) =>
    event.command === "RENAME" && event.phase === "before" && refusals++ === 0 ? { do: "reply", code: 4, text: "" } : undefined,
  );
  expect(await runAfter(process, 0)).toEqual(["retry"]);
  expect(inFolder()).toEqual([]);
  expect(await runAfter(process, 6_000)).toEqual(["sent"]);
  expect(taken).toEqual([FILE]);
});

test("refused with the file under both names, as where a name may be made and not removed: looked at, never sent again", async () => {
  takes = false;
  const process = await start();
  server.setFault((event) =>
    event.command === "RENAME" && event.phase === "between" ? { do: "reply", code: 3, text: "" } : undefined,
  );
  expect(await runAfter(process, 0)).toEqual(["look-again"]);
  expect(await runAfter(process, 10_000)).toEqual(["unknown"]);
  expect(inFolder()).toEqual([FILE, TEMPORARY]);
});

test("a journal that cannot be written: nothing was renamed for certain, so it is tried again, and leaves one file at most", async () => {
  let full = true;
  const process = await start({ journalFull: () => full });
  expect(await runAfter(process, 0)).toEqual(["retry"]);
  expect(inFolder()).toEqual([TEMPORARY]);
  expect(await process.purchaseOrder()).toMatchObject({ state: "ready", failures: 0 });
  for (let times = 0; times < 3; times++) {
    expect(await runAfter(process, 10_000)).toEqual(["retry"]);
  }
  expect(inFolder()).toEqual([TEMPORARY]);
  expect(world.alerts.map(({ kind }) => kind)).toEqual(["journal.unwritable"]);
  full = false;
  expect(await runAfter(process, 10_000)).toEqual(["sent"]);
  expect(taken).toEqual([FILE]);
});

test.each([
  ["the configuration says one step since", "two-steps"],
  ["the intent is of a version that did not ask", null],
] as const)("what counts is how the intent's own rename was made: %s, and it is unknown all the same", async (_what, kind) => {
  const process = await start();
  cutRename("between");
  expect(await runAfter(process, 0)).toEqual(["look-again"]);
  const [attempt] = await process.database.db.selectFrom("attempts").selectAll().execute();
  expect(attempt?.rename_kind).toBe("two-steps");
  await process.database.db.updateTable("attempts").set({ rename_kind: kind }).execute();
  await process.stop();
  const next = await world.start({ config: overSftp({ rename: "posix" }) });
  expect(await runAfter(next, 10_000)).toEqual(["unknown"]);
  expect(taken).toEqual([FILE]);
});

test("an FTPS gateway that copies and deletes, and says so: cut between the two, with the copy taken, it is unknown", async () => {
  const config = world.configure({}, (yaml) => yaml.replace("kind: ftps", "kind: ftps\n      rename: two-steps"));
  const process = await world.start({ config });
  await process.webhook("orders/paid", orderBody());
  const { agriest } = world;
  agriest.server.setFault((event) => {
    if (event.command !== "RNTO" || event.phase !== "before") {
      return undefined;
    }
    const at = (name: string): string => join(agriest.server.root, "IN", name);
    linkSync(at(TEMPORARY), at(FILE));
    rmSync(at(FILE));
    return { do: "close" };
  });
  expect(await runAfter(process, 0)).toEqual(["look-again"]);
  agriest.server.setFault(undefined);
  expect(await runAfter(process, 10_000)).toEqual(["unknown"]);
  expect(agriest.arrivals).toEqual([]); // None but the one that was taken.
});

test("where a rename is one step, a temporary file at a server that is not the one it was uploaded to proves nothing", async () => {
  const crash = sleeper("intent-written");
  const first = await world.start({ at: crash.at });
  await first.webhook("orders/paid", orderBody());
  const [due] = await first.features.sweep(10);
  void first.features.deliver(due!);
  await crash.asleep;
  await first.database.db.updateTable("attempts").set({ fingerprint: "another" }).execute();
  await first.stop();
  const second = await world.start();
  expect(await runAfter(second, 30_000)).toEqual(["unknown"]);
  expect(world.agriest.arrivals).toEqual([]);
});
