// The operator's side: on this machine only, and not without the password.
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "./engine.ts";
import { ask } from "./http.ts";
import { basic } from "./operations.ts";
import type { World } from "./world.ts";

const CLI = "services/dispatcher/src/cli/main.ts";

export async function checkConsole(world: World, root: string): Promise<void> {
  const { checks, consolePort, project, secrets } = world;
  const { check } = checks;
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
    await ask({ port: consolePort, path }, { headers });

  await check("the console answers 401 without the password and with a wrong one, 200 with it", async () => {
    assert.equal((await get("/")).status, 401);
    assert.equal((await get("/", basic("operator", "wrong"))).status, 401);
    const answer = await get("/", basic("operator", secrets.console));
    assert.equal(answer.status, 200);
    assert.match(answer.body, /<html/i);
  });

  await check("API, metrics and Bull Board ask for credentials; health does not", async () => {
    for (const path of ["/api/summary", "/metrics", "/queues"]) {
      assert.equal((await get(path)).status, 401, path);
    }
    assert.equal((await get("/api/summary", { authorization: `Bearer ${secrets.token}` })).status, 200);
    assert.equal((await get("/queues", basic("operator", secrets.console))).status, 200);
    assert.equal((await get("/healthz")).status, 200);
    const ready = await get("/readyz");
    assert.equal(ready.status, 200, ready.body);
  });

  await check("a form of the console's own pages is taken, one of another site is not", async () => {
    const post = async (origin: string) =>
      await ask(
        { port: consolePort, path: "/api/purchase-orders/none/retry" },
        {
          method: "POST",
          headers: {
            ...basic("operator", secrets.console),
            host: `127.0.0.1:${consolePort}`,
            origin,
            "content-type": "application/json",
          },
          body: '{"note":"test"}',
        },
      );
    assert.equal((await post("http://elsewhere.example")).status, 403);
    assert.equal((await post(`http://127.0.0.1:${consolePort}`)).status, 404); // Past the gate: there is no such order.
  });

  await check("soh works on this machine, with SOH_URL", async () => {
    const env = { PATH: process.env.PATH, SOH_URL: `http://127.0.0.1:${consolePort}`, SOH_API_TOKEN: secrets.token };
    const { status, output } = await run(process.execPath, [join(root, CLI), "purchase-orders"], { env });
    assert.equal(status, 0, output);
    assert.match(output, /agriest/);
  });

  await check("soh works inside the container, without any settings", async () => {
    const { status, output } = await project.exec("dispatcher", "soh", "purchase-orders");
    assert.equal(status, 0, output);
    assert.match(output, /agriest/);
  });
}
