import { connect } from "node:net";
import Fastify from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { orderBody } from "../test/payload.ts";
import { healthRoutes } from "./health.ts";
import { asOperator, asProgram, startFixture, type Fixture } from "./test/fixture.ts";
import { makeFailed } from "./test/situations.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

describe("health", () => {
  it("is open: the process answers, and says what it can do", async () => {
    expect((await fixture.request({ url: "/healthz" })).json()).toEqual({ status: "ok" });
    const ready = await fixture.request({ url: "/readyz" });
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({ status: "ready", problems: [], pausedSuppliers: [] });
  });

  it("names paused suppliers without calling the dispatcher unready", async () => {
    const { db } = fixture.dispatcher.database;
    await db
      .updateTable("suppliers")
      .set({ paused_at: 1, pause_reason: "530 for user sermat" })
      .where("id", "=", "agriest")
      .execute();
    const ready = await fixture.request({ url: "/readyz" });
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({ status: "ready", problems: [], pausedSuppliers: ["agriest"] });
  });

  it("is not ready with a reason while Redis is away, could lose what it took, or the database does not answer", async () => {
    await fixture.stop();
    let readiness = () => Promise.reject<readonly string[]>(new Error("Connection is closed."));
    fixture = await startFixture({ readiness: () => readiness() });
    const away = await fixture.request({ url: "/readyz" });
    expect(away.statusCode).toBe(503);
    expect(away.json().problems).toEqual(["Redis does not answer: Connection is closed."]);

    readiness = () => Promise.resolve(["appendonly is off: set `appendonly yes`"]);
    expect((await fixture.request({ url: "/readyz" })).json().problems).toEqual(["appendonly is off: set `appendonly yes`"]);
    expect((await fixture.request({ url: "/healthz" })).statusCode).toBe(200);

    readiness = () => Promise.resolve([]);
    await fixture.dispatcher.database.close();
    const broken = await fixture.request({ url: "/readyz" });
    expect(broken.statusCode).toBe(503);
    expect(broken.json().problems[0]).toContain("the database does not answer");
  });

  it("does not keep the one who asks waiting for a Redis that never answers", async () => {
    const app = Fastify();
    const never = new Promise<readonly string[]>(() => {});
    healthRoutes(app, { db: fixture.dispatcher.database.db, readiness: () => never, redisWithinMs: 10 });
    const answer = await app.inject({ url: "/readyz" });
    expect(answer.statusCode).toBe(503);
    expect(answer.json().problems).toEqual(["Redis does not answer: no answer within 10 ms"]);
    await app.close();
  });
});

describe("metrics", () => {
  it("tell the states, what is set aside, the queues and the process, to password and token", async () => {
    const { dispatcher, world } = fixture;
    await dispatcher.webhook("orders/create", orderBody());
    await dispatcher.run();
    await dispatcher.webhook("orders/create", orderBody({ id: "2", number: 1002, total: "4180.00" }));
    await dispatcher.webhook("orders/create", orderBody({ id: "3", number: 1003, createdAt: "2026-05-01T10:00:00+02:00" }));
    await dispatcher.webhook("orders/create", "{broken");
    await makeFailed(fixture, { id: "4", number: 1004 });
    await dispatcher.database.db.updateTable("suppliers").set({ paused_at: 1 }).where("id", "=", "fournial").execute();
    const open = { failures_in_a_row: 5, opened_at: world.clock.now(), probe_at: world.clock.now() + 30_000 };
    await dispatcher.database.db.updateTable("suppliers").set(open).where("id", "=", "agriest").execute();
    await fixture.webhooks.add("webhook", {});
    world.clock.advance(1);

    const answer = await fixture.get("/metrics");
    expect(answer.headers["content-type"]).toContain("text/plain; version=0.0.4");
    for (const line of [
      'soh_dispatcher_purchase_orders{supplier="agriest",state="sent"} 1',
      'soh_dispatcher_purchase_orders{supplier="agriest",state="held"} 1',
      'soh_dispatcher_purchase_orders{supplier="fournial",state="sent"} 0',
      'soh_dispatcher_orders{state="open"} 3',
      'soh_dispatcher_orders{state="historic"} 1',
      'soh_dispatcher_dead_letters{kind="purchase-order"} 1',
      'soh_dispatcher_dead_letters{kind="webhook"} 1',
      'soh_dispatcher_dead_letters{kind="file"} 0',
      "soh_dispatcher_unmatched_lines 0",
      "soh_dispatcher_facts_missing_lines 0",
      "soh_dispatcher_overdue_acknowledgements 0",
      'soh_dispatcher_supplier_paused{supplier="agriest"} 0',
      'soh_dispatcher_supplier_paused{supplier="fournial"} 1',
      'soh_dispatcher_supplier_breaker_open{supplier="agriest"} 1',
      'soh_dispatcher_supplier_breaker_open{supplier="fournial"} 0',
      'soh_dispatcher_queue_jobs{queue="webhooks",state="waiting"} 1',
      'soh_dispatcher_queue_jobs{queue="deliver.agriest",state="failed"} 0',
      "soh_dispatcher_redis_up 1",
      "nodejs_eventloop_lag_p99_seconds",
      "process_resident_memory_bytes",
    ]) {
      expect(answer.body).toContain(line);
    }
    expect((await fixture.page("/metrics")).statusCode).toBe(200);
  });

  it("go on without the queues while Redis does not answer", async () => {
    await fixture.get("/metrics");
    fixture.webhooks.getJobCounts = () => Promise.reject(new Error("Connection is closed."));
    const { statusCode, body } = await fixture.get("/metrics");
    expect(statusCode).toBe(200);
    expect(body).toContain("soh_dispatcher_redis_up 0");
    expect(body).not.toContain('soh_dispatcher_queue_jobs{queue="webhooks"');
    expect(body).toContain('soh_dispatcher_dead_letters{kind="webhook"} 0');
  });
});

describe("the port", () => {
  it("answers real requests, and where it is taken says which setting to change", async () => {
    const address = await fixture.operations.listen({ host: "127.0.0.1", port: 0 });
    const answer = await fetch(`${address}/api/summary`, { headers: asProgram });
    expect(answer.status).toBe(200);
    const port = Number(new URL(address).port);
    const second = await startFixture();
    await expect(second.operations.listen({ host: "127.0.0.1", port })).rejects.toMatchObject({
      name: "StartupError",
      message: `port ${port} on 127.0.0.1 is in use: stop what listens there, or set OPERATIONS_PORT`,
    });
    await second.stop();
  });

  it("that does not exist here names HOST", async () => {
    await expect(fixture.operations.listen({ host: "192.0.2.1", port: 0 })).rejects.toThrow(
      "HOST 192.0.2.1 is no address of this machine",
    );
  });

  it("closes at once, though a browser keeps its connection and another sends half a request", async () => {
    const address = await fixture.operations.listen({ host: "127.0.0.1", port: 0 });
    const port = Number(new URL(address).port);
    const idle = await opened(port, `GET / HTTP/1.1\r\nhost: x\r\nauthorization: ${asOperator.authorization}\r\n\r\n`);
    const slow = await opened(port, "GET / HTTP/1.1\r\nhost: x\r\n");
    expect(await idle.firstBytes).toContain("200 OK");
    const started = performance.now();
    await fixture.operations.close();
    await Promise.all([idle.closed, slow.closed]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("a connection on which nothing is said", () => {
  const SILENCE_MS = 1_000; // Instead of a minute.
  const header = ["sku", "supplier_sku"];
  const anna = { actor: "anna", note: "tested" };

  async function importFor(supplier: string): Promise<string> {
    const { catalogue } = fixture.dispatcher.features.actions;
    const opened = await catalogue.open({ supplier, header, decimal: "either", replace: false, skipBad: false }, anna);
    return opened.ok ? opened.id : "";
  }
  /** The database is at work on something else for longer than the connection may be silent. */
  async function whileBusy(requests: (address: string) => readonly Promise<Response>[]): Promise<readonly Promise<Response>[]> {
    const { server } = fixture.operations.http;
    server.timeout = SILENCE_MS;
    const address = await fixture.operations.listen({ host: "127.0.0.1", port: 0 });
    const other = Promise.withResolvers<void>();
    const work = fixture.dispatcher.database.transaction(() => other.promise);
    let arrived = 0;
    const all = Promise.withResolvers<void>();
    const started: Promise<Response>[] = [];
    server.on("request", () => {
      arrived += 1;
      if (arrived === started.length) {
        all.resolve();
      }
    });
    started.push(...requests(address));
    for (const one of started) {
      one.catch(() => {}); // Looked at later.
    }
    await all.promise;
    const silent = await opened(Number(new URL(address).port), "");
    await silent.closed; // It has been silent for a shorter time than the others.
    other.resolve();
    await work;
    return started;
  }
  const asJson = { ...asProgram, "content-type": "application/json" };
  const post = (url: string, body: object): Promise<Response> =>
    fetch(url, { method: "POST", headers: asJson, body: JSON.stringify(body) });

  it("is not closed while an import is filled, looked at or applied", async () => {
    const [agriest, fournial] = [await importFor("agriest"), await importFor("fournial")];
    const rows = [{ row: 2, cells: ["AGR-1", "44-100"] }];
    await fixture.dispatcher.features.actions.catalogue.add(fournial, rows);
    const answers = await whileBusy((address) => [
      post(`${address}/api/catalogue/imports/${agriest}/rows`, { rows }),
      fetch(`${address}/api/catalogue/imports/${agriest}`, { headers: asProgram }),
      post(`${address}/api/catalogue/imports/${fournial}/apply`, {}),
    ]);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it("is not closed while an import is begun or given up", async () => {
    const agriest = await importFor("agriest");
    const answers = await whileBusy((address) => [
      post(`${address}/api/catalogue/imports`, { supplier: "fournial", header, ...anna }),
      post(`${address}/api/catalogue/imports/${agriest}/discard`, {}),
    ]);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("is not closed while a supplier's server is tried", async () => {
    const [answer] = await whileBusy((address) => [post(`${address}/api/suppliers/agriest/check`, anna)]);
    expect((await answer)?.status).toBe(200);
  });

  it("is closed while anything else waits", async () => {
    const [answer] = await whileBusy((address) => [fetch(`${address}/api/summary`, { headers: asProgram })]);
    await expect(answer).rejects.toThrow("fetch failed");
  });
});

async function opened(port: number, text: string) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  const firstBytes = new Promise<string>((resolve) => socket.once("data", (chunk: Buffer) => resolve(chunk.toString())));
  await new Promise<void>((resolve) => socket.on("connect", resolve));
  socket.write(text);
  return { closed, firstBytes };
}
