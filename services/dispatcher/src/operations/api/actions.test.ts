import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { orderBody, type OrderInput } from "../../test/payload.ts";
import { asOperator, startFixture, type Fixture } from "../test/fixture.ts";
import { makeUnknown } from "../test/situations.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const order = async (input: OrderInput = {}) => await fixture.dispatcher.webhook("orders/create", orderBody(input));
const thePurchaseOrder = () => fixture.dispatcher.purchaseOrder();
const trail = async () =>
  (await fixture.dispatcher.database.db.selectFrom("events").select(["name", "actor", "detail"]).orderBy("id").execute()).map(
    (row) => ({
      ...row,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by database/audit.ts
      detail: JSON.parse(row.detail) as Record<string, unknown>,
    }),
  );

describe("release", () => {
  it("lifts the holds, keeps who and why, hands the purchase order over, and it is sent", async () => {
    await order({ total: "4180.00" });
    expect(await thePurchaseOrder()).toMatchObject({ state: "held", number: "SE1001-1" });
    const { id } = await thePurchaseOrder();

    const answer = await fixture.post("/api/purchase-orders/SE1001-1/release", { note: "called the customer", actor: "marie" });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      message: "SE1001-1 is released and will be sent",
      purchaseOrder: id,
      number: "SE1001-1",
      ready: [id],
    });
    expect(fixture.handedOver).toEqual([id]);
    expect(await trail()).toContainEqual({
      name: "purchase_order.released",
      actor: "marie",
      detail: { note: "called the customer", holds: ["value"] },
    });

    await fixture.dispatcher.run();
    expect(await thePurchaseOrder()).toMatchObject({ state: "sent" });
    expect(fixture.world.agriest.files()).toEqual(["CDE_SE1001-1_1.xml"]);
  });

  it("is refused where there is nothing to release, or the hold is not a person's to lift", async () => {
    await order();
    const ready = await fixture.post("/api/purchase-orders/SE1001-1/release", { note: "x" });
    expect(ready.statusCode).toBe(409);
    expect(ready.json()).toEqual({ error: "SE1001-1 is ready, not held: there is nothing to release" });

    await order({ id: "2", number: 1002, test: true });
    const test = await fixture.post("/api/purchase-orders/SE1002-1/release", { note: "x" });
    expect(test.statusCode).toBe(409);
    expect(test.json()).toEqual({ error: "SE1002-1 cannot be released: dry-run: a test order is rendered and never sent" });
    expect(fixture.handedOver).toEqual([]);
  });

  it("takes the password from our own pages too, and then says so in the trail unless told otherwise", async () => {
    await order({ total: "4180.00" });
    const answer = await fixture.request({
      method: "POST",
      url: "/api/purchase-orders/SE1001-1/release",
      headers: { ...asOperator, "sec-fetch-site": "same-origin" },
      payload: { note: "x" },
    });
    expect(answer.statusCode).toBe(200);
    expect((await trail()).find((event) => event.name === "purchase_order.released")?.actor).toBe("operator");
  });
});

describe("retry", () => {
  it("tries a waiting purchase order now", async () => {
    await order();
    await fixture.world.agriest.server.setAccepting(false);
    await fixture.dispatcher.run();
    await fixture.world.agriest.server.setAccepting(true);
    expect(await thePurchaseOrder()).toMatchObject({ state: "ready", failures: 1 });
    expect(await fixture.dispatcher.run()).toEqual([]);

    const answer = await fixture.post("/api/purchase-orders/SE1001-1/retry");
    expect(answer.json()).toMatchObject({ message: "SE1001-1 will be tried now" });
    await fixture.dispatcher.run();
    expect((await thePurchaseOrder()).state).toBe("sent");
  });

  it("takes a failed one back into planning, with what the order says now", async () => {
    const lines = [{ sku: "FOU1", vendor: "Fournial" }];
    await order({ lines, shippingMethod: "\u0001" });
    expect(await thePurchaseOrder()).toMatchObject({ state: "failed", number: "1001F1" });
    await fixture.dispatcher.webhook("orders/updated", orderBody({ lines, updatedAt: "2027-01-10T10:00:00+01:00" }));
    const { id } = await thePurchaseOrder();

    const answer = await fixture.post("/api/purchase-orders/1001F1/retry", { note: "method mended" });
    expect(answer.json()).toMatchObject({ message: "1001F1 will be tried again", ready: [id] });
    expect(fixture.handedOver).toEqual([id]);
    await fixture.dispatcher.run();
    expect(fixture.world.fournial.files()).toEqual(["1001F1.xml"]);
  });

  it("never sends one a second time whose outcome is unknown: that has a name of its own", async () => {
    await makeUnknown(fixture);
    const answer = await fixture.post("/api/purchase-orders/SE1001-1/retry", { note: "try it" });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toMatch(/SE1001-1 is unknown: the supplier may have it.*same-again/);
    expect((await thePurchaseOrder()).state).toBe("unknown");
  });

  it("same-again sends one whose outcome is unknown under a new name, but only with a reason", async () => {
    await makeUnknown(fixture);
    const silent = await fixture.post("/api/purchase-orders/SE1001-1/same-again", { note: "  " });
    expect(silent.statusCode).toBe(400);
    expect(silent.json().error).toContain("note");
    expect((await thePurchaseOrder()).state).toBe("unknown");

    const answer = await fixture.post("/api/purchase-orders/SE1001-1/same-again", { note: "Agriest has nothing" });
    expect(answer.json()).toMatchObject({ message: "SE1001-1 will be sent again: same number and bytes, under a new file name" });
    await fixture.dispatcher.run();
    expect(await thePurchaseOrder()).toMatchObject({ state: "sent", copy: 2 });
    expect(new Set(fixture.world.agriest.arrivals).size).toBe(2);
  });

  it("is refused for one that was sent", async () => {
    await order();
    await fixture.dispatcher.run();
    const answer = await fixture.post("/api/purchase-orders/SE1001-1/retry", { note: "x" });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toEqual({
      error: "SE1001-1 is sent: retry is not possible. Possible: same-again, replace, order-again",
    });
  });

  it("is refused, not a fault of ours, when the purchase order changes in that moment", async () => {
    await fixture.stop();
    fixture = await startFixture({
      actions: {
        ...fixture.dispatcher.features.actions,
        release: async (po) => {
          await fixture.dispatcher.database.db
            .updateTable("purchase_orders")
            .set({ stage: "cancelled" })
            .where("id", "=", po.id)
            .execute();
          throw new Error("it is not held any more");
        },
      },
    });
    await order({ total: "4180.00" });
    const answer = await fixture.post("/api/purchase-orders/SE1001-1/release", { note: "x" });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toBe("SE1001-1 was held and became cancelled in this moment: look again");
  });
});

describe("mark sent", () => {
  it("settles an unknown outcome with who said so, and nothing is sent again", async () => {
    await makeUnknown(fixture);
    expect((await fixture.post("/api/purchase-orders/SE1001-1/mark-sent", {})).statusCode).toBe(400);
    const answer = await fixture.post("/api/purchase-orders/SE1001-1/mark-sent", { note: "Agriest confirmed", actor: "marie" });
    expect(answer.json()).toMatchObject({ message: "SE1001-1 is marked as sent", ready: [] });
    expect(await thePurchaseOrder()).toMatchObject({ state: "sent", reason: "marked as sent by marie" });
    await fixture.dispatcher.run();
    expect(fixture.world.agriest.arrivals).toHaveLength(1);
  });

  it("is refused where it is sent already", async () => {
    await order();
    await fixture.dispatcher.run();
    const answer = await fixture.post("/api/purchase-orders/SE1001-1/mark-sent", { note: "x" });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toEqual({ error: "SE1001-1 is sent: it cannot be marked as sent" });
  });
});

describe("check", () => {
  it("tries the supplier's server within the dispatcher's connections, and keeps who asked", async () => {
    const answer = await fixture.post("/api/suppliers/agriest/check", { note: "new certificate", actor: "marie" });
    expect(answer.statusCode).toBe(200);
    const check = answer.json();
    expect(check).toMatchObject({ supplier: "agriest", ok: true, facts: { protocol: "TLSv1.3" } });
    expect(check.steps.filter((step: { result: string }) => step.result === "failed")).toEqual([]);
    expect(await trail()).toContainEqual({
      name: "supplier.checked",
      actor: "marie",
      detail: { note: "new certificate", ok: true, failed: [] },
    });
    const { agriest } = fixture.world;
    expect([agriest.files(), agriest.arrivals]).toEqual([[], []]);

    await order();
    await fixture.dispatcher.run();
    expect((await thePurchaseOrder()).state).toBe("sent");
    expect(agriest.server.commands.filter(({ command }) => command === "PASS")).toHaveLength(1);
  });

  it("says what is wrong, and neither pauses nor resumes", async () => {
    fixture.world.agriest.server.setFault(({ phase, command }) =>
      phase === "before" && command === "PASS" ? { do: "reply", code: 530, text: "Login incorrect" } : undefined,
    );
    const answer = await fixture.post("/api/suppliers/agriest/check");
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ ok: false });
    expect(answer.json().steps).toContainEqual({
      step: "login",
      result: "failed",
      what: "the server refuses it: 530 Login incorrect. It was tried once",
      change: [
        { key: "suppliers.agriest.transport.password", variables: ["FTP_AGRIEST_PASS"] },
        { key: "suppliers.agriest.transport.user", variables: ["FTP_AGRIEST_USER"] },
      ],
    });
    expect((await fixture.get("/api/summary")).json().pausedSuppliers).toEqual([]);
    expect((await trail()).at(-1)?.detail).toEqual({ note: "", ok: false, failed: ["login"] });
  });

  it("connects anew where the server has forgotten the session that was kept", async () => {
    await order();
    await fixture.dispatcher.run();
    fixture.world.agriest.server.dropConnections({ code: 421, text: "Timeout." });
    const answer = await fixture.post("/api/suppliers/agriest/check");
    expect(answer.json()).toMatchObject({ ok: true });
  });

  it("is refused while one is under way, and for a supplier that nobody knows", async () => {
    const { server } = fixture.world.agriest;
    const reached = Promise.withResolvers<void>();
    server.setFault(({ phase, command }) => {
      if (phase === "before" && command === "CWD") {
        reached.resolve();
        return { do: "hang" };
      }
      return undefined;
    });
    const first = fixture.post("/api/suppliers/agriest/check");
    await reached.promise;
    const second = await fixture.post("/api/suppliers/agriest/check");
    expect([second.statusCode, second.json()]).toEqual([409, { error: "the supplier agriest is being checked already" }]);
    server.setFault(undefined);
    server.releaseHanging();
    expect((await first).json()).toMatchObject({ ok: true });
    expect((await fixture.post("/api/suppliers/nobody/check")).statusCode).toBe(404);
  });
});

describe("resume", () => {
  it("ends a pause, and what waited is sent", async () => {
    await order();
    fixture.world.agriest.server.setFault(({ phase, command }) =>
      phase === "before" && command === "PASS" ? { do: "reply", code: 530, text: "Login incorrect" } : undefined,
    );
    await fixture.dispatcher.run();
    fixture.world.agriest.server.setFault(undefined);
    expect((await fixture.get("/api/summary")).json().pausedSuppliers).toEqual(["agriest"]);

    const answer = await fixture.post("/api/suppliers/agriest/resume", { note: "new password", actor: "marie" });
    expect(answer.json()).toEqual({
      message: "the supplier agriest is resumed: what waits for it is sent now",
      supplier: "agriest",
    });
    expect(await trail()).toContainEqual({ name: "supplier.resumed", actor: "marie", detail: { note: "new password" } });
    await fixture.dispatcher.run();
    expect((await thePurchaseOrder()).state).toBe("sent");
  });

  it("is refused for one that is not paused, and unknown ones are named so", async () => {
    const running = await fixture.post("/api/suppliers/agriest/resume");
    expect(running.statusCode).toBe(409);
    expect(running.json()).toEqual({ error: "the supplier agriest is not paused" });
    const nobody = await fixture.post("/api/suppliers/nobody/resume");
    expect(nobody.statusCode).toBe(404);
    expect(nobody.json()).toEqual({ error: 'there is no supplier "nobody". Configured: agriest, fournial' });
  });
});

describe("adopt", () => {
  it("takes a historic order up, and it is sent", async () => {
    await order({ createdAt: "2026-05-01T10:00:00+02:00" });
    expect(await fixture.dispatcher.purchaseOrders()).toEqual([]);
    expect((await fixture.get("/api/summary")).json().orders.historic).toBe(1);

    const answer = await fixture.post("/api/orders/1001/adopt", { note: "never sent" });
    expect(answer.statusCode).toBe(200);
    expect(fixture.handedOver).toEqual([(await thePurchaseOrder()).id]);
    await fixture.dispatcher.run();
    expect((await thePurchaseOrder()).state).toBe("sent");
  });

  it("is refused for an order that is not historic", async () => {
    await order();
    const answer = await fixture.post(`/api/orders/${encodeURIComponent("#1001")}/adopt`, { note: "x" });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toEqual({ error: "order #1001 is open, not historic" });
  });
});

describe("what an action is sent with", () => {
  it.each([
    ["an unknown field", { note: "x", force: true }, "force"],
    ["a note that is no text", { note: 5 }, "note"],
    ["too long a note", { note: "x".repeat(1_001) }, "note"],
    ["an empty actor", { note: "x", actor: " " }, "actor"],
    ["an actor that stands for the machine", { note: "x", actor: "System" }, "actor"],
    ["an actor that stands for a supplier", { note: "x", actor: "fournial" }, "actor"],
    ["no object", ["x"], ""],
  ])("is refused for %s, naming it", async (_, body, field) => {
    const answer = await fixture.request({
      method: "POST",
      url: "/api/suppliers/agriest/resume",
      headers: { authorization: "Bearer token-of-a-machine", "content-type": "application/json" },
      payload: JSON.stringify(body),
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toContain(field);
  });

  it("is refused when it is no JSON, or too long", async () => {
    const send = (payload: string) =>
      fixture.request({
        method: "POST",
        url: "/api/suppliers/agriest/resume",
        headers: { authorization: "Bearer token-of-a-machine", "content-type": "application/json" },
        payload,
      });
    expect((await send("{note")).statusCode).toBe(400);
    const long = await send(`{"note":"${"x".repeat(70_000)}"}`);
    expect(long.statusCode).toBe(413);
    expect(long.json()).toHaveProperty("error");
  });
});

describe("holds by hand", () => {
  it("keep a purchase order back, with a note, and show who holds it", async () => {
    await order();
    const answer = await fixture.post("/api/purchase-orders/SE1001-1/hold", { note: "the customer calls back", actor: "marie" });
    expect(answer.json()).toMatchObject({ message: "SE1001-1 is held until it is released", ready: [] });
    const shown = await fixture.get("/api/purchase-orders/SE1001-1");
    expect(shown.json()).toMatchObject({
      state: "held",
      turnAt: null,
      holds: [{ id: expect.any(Number), name: "by-hand", reason: "marie: the customer calls back", since: expect.any(String) }],
    });
    expect((await fixture.page(`/purchase-orders/${(await thePurchaseOrder()).id}`)).body).toContain("--seen 1");
    expect((await fixture.post("/api/purchase-orders/SE1001-1/hold", {})).json()).toEqual({
      error: "note: say why: hold is kept with its reason",
    });
  });

  it("are lifted by what the person saw; what appeared since is told", async () => {
    await order({ total: "4180.00" });
    await fixture.post("/api/purchase-orders/SE1001-1/hold", { note: "wait", actor: "marie" });
    const release = (body: Record<string, unknown>) =>
      fixture.post("/api/purchase-orders/SE1001-1/release", { note: "x", ...body });
    expect((await release({ seen: [1] })).json()).toMatchObject({
      message: expect.stringMatching(/^SE1001-1: lifted value; it is still held by by-hand .* has appeared since you looked/),
    });
    expect((await release({ seen: [1] })).statusCode).toBe(409);
    expect((await release({ holds: ["nothing"] })).statusCode).toBe(400);
    expect((await release({ holds: ["by-hand"], seen: [2] })).json()).toMatchObject({
      message: "SE1001-1 is released and will be sent",
    });
  });

  it("that many have are lifted at once, of one supplier, and what has another hold waits on", async () => {
    await order({ id: "1", number: 1001, tags: "attention" });
    fixture.world.clock.advance(1_000);
    await order({ id: "2", number: 1002, tags: "attention", total: "4180.00" });
    fixture.world.clock.advance(1_000);
    await order({ id: "3", number: 1003, total: "4180.00" });
    const release = (body: Record<string, unknown>) => fixture.post("/api/purchase-orders/release", { note: "x", ...body });
    expect((await release({ hold: "tag", supplier: "fournial" })).json()).toMatchObject({ done: 0, refused: 0, left: 0 });
    expect((await release({ hold: "tag", supplier: "nobody" })).statusCode).toBe(404);
    expect((await release({ hold: "tag", supplier: "agriest" })).json()).toMatchObject({
      done: 2,
      refused: 0,
      left: 0,
      results: [
        { label: "SE1001-1", message: "SE1001-1 is released and will be sent" },
        { label: "SE1002-1", message: expect.stringContaining("still held by value") },
      ],
    });
    expect(fixture.handedOver).toHaveLength(1);
    const held = await fixture.get("/api/purchase-orders?state=held&hold=value");
    expect(held.json().purchaseOrders.map((po: { number: string }) => po.number)).toEqual(["SE1003-1", "SE1002-1"]);
  });
});
