// The command as a real process, which ends by itself and says what it says in the tests' own. Each way to end, and each kind of
// thing that a process could be kept alive by: an answer over HTTP, a supplier's server, a file, nothing at all.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFixture, TOKEN, type Fixture } from "../operations/test/fixture.ts";
import { orderBody } from "../test/payload.ts";
import { startCheckedServer, type CheckedServer } from "../transports/check/test/checked-server.ts";
import { MAIN, runSoh, shopEnvironment, startSoh } from "./test/soh.ts";

const root = join(import.meta.dirname, "../../../..");
const order = join(root, "docs/formats/order.json");
const folder = mkdtempSync(join(tmpdir(), "soh-process-"));
let fixture: Fixture;
let supplier: CheckedServer;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  [fixture, supplier] = await Promise.all([startFixture(), startCheckedServer()]);
  await fixture.dispatcher.webhook("orders/create", orderBody({ id: "1", number: 1001 }));
  await fixture.dispatcher.run();
  environment = {
    ...shopEnvironment,
    ...supplier.env,
    SOH_URL: await fixture.operations.listen({ host: "127.0.0.1", port: 0 }),
    SOH_API_TOKEN: TOKEN,
    SOH_CONFIG: join(root, "config/handler.yaml"),
  };
});
afterAll(async () => {
  await Promise.all([fixture.stop(), supplier.stop()]);
  rmSync(folder, { recursive: true });
});

describe.concurrent("a process says and ends as the command does here", { timeout: 120_000 }, () => {
  it.each([
    ["what a dispatcher answers", 0, ["status"]],
    ["a refusal of the dispatcher", 1, ["orders", "show", "4711"]],
    ["a command that there is not", 2, ["nonsense"]],
    ["a document of a file", 0, ["render", order, "--supplier", "agriest", "--date", "2027-01-10"]],
    ["questions where nobody can be asked", 2, ["init", join(folder, "shop")]],
  ])("%s, with %i", async (_what, status, args) => {
    const [process, here] = await Promise.all([startSoh(environment, args), runSoh(environment, args)]);
    expect(process.status).toBe(status);
    expect(process).toEqual(here);
  });

  it("a supplier's server that works, with 0", async () => {
    const { status, err, out } = await startSoh(environment, ["suppliers", "check", "agriest"]);
    expect([status, err]).toEqual([0, ""]);
    expect(out).toContain("Everything works.");
  });

  it("no dispatcher, with 3", async () => {
    const nobody = createServer();
    await new Promise<void>((resolve) => nobody.listen(0, "127.0.0.1", resolve));
    const address = nobody.address();
    await new Promise((resolve) => nobody.close(resolve));
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const env = { ...environment, SOH_URL: `http://127.0.0.1:${port}` };
    const [process, here] = await Promise.all([startSoh(env, ["status"]), runSoh(env, ["status"])]);
    expect(process.status).toBe(3);
    expect(process).toEqual(here);
  });

  it("a pipe whose reader left, with 0 and no word", async () => {
    const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, "document", "SE1001-1"], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect([status, err]).toEqual([0, ""]);
  });
});
