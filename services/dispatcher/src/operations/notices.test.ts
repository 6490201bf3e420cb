// What people see and do of cancellations and changes after sending: the API, the console, the metrics and the command.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSoh } from "../cli/test/soh.ts";
import { orderBody } from "../test/payload.ts";
import { withCancel } from "../test/with-cancel.ts";
import { acknowledgement } from "../test/world.ts";
import { startFixture, TOKEN, type Fixture } from "./test/fixture.ts";

let fixture: Fixture;
let ids: { readonly order: string; readonly notice: string; readonly other: string };
let environment: NodeJS.ProcessEnv;

// The order 1001 is sent and cancelled, and its cancellation has failed; 1002 is sent, reduced and not answered in time; 1003 is
// sent and cancelled, and a person is to tell its supplier.
beforeAll(async () => {
  fixture = await startFixture({}, withCancel);
  const { dispatcher, world } = fixture;
  const change = async (number: number, more: object) => {
    world.clock.advance(1_000);
    const updatedAt = new Date(world.clock.now()).toISOString();
    await dispatcher.webhook("orders/updated", orderBody({ id: String(number), number, updatedAt, ...more }));
    await dispatcher.run();
  };
  const lines = [{ sku: "AGR-1", quantity: 2 }];
  await change(1002, { lines });
  await change(1002, { lines: [{ sku: "AGR-1", quantity: 2, current: 1 }] });
  world.clock.advance(5 * 3_600_000);
  await change(1001, { lines });
  await change(1001, { lines, cancelledAt: new Date(world.clock.now()).toISOString() });
  const others = [{ sku: "FOU1", vendor: "Fournial", quantity: 2 }];
  await change(1003, { lines: others });
  await change(1003, { lines: others, cancelledAt: new Date(world.clock.now()).toISOString() });
  const rows = await dispatcher.purchaseOrders();
  const of = (number: string) => rows.find((row) => row.number === number)?.id ?? "none";
  const { db } = dispatcher.database;
  const notice = await db
    .selectFrom("messages")
    .select("id")
    .where("number", "=", "SE1001-1")
    .where("kind", "=", "cancellation")
    .executeTakeFirstOrThrow();
  ids = { order: of("SE1001-1"), notice: notice.id, other: of("1003F1") };
  await db
    .updateTable("messages")
    .set({ state: "failed", reason: "the server holds other bytes" })
    .where("id", "=", ids.notice)
    .execute();
  const address = await fixture.operations.listen({ host: "127.0.0.1", port: 0 });
  environment = { SOH_URL: address, SOH_API_TOKEN: TOKEN };
});
afterAll(() => fixture.stop());

const json = async (path: string): Promise<Record<string, unknown>> => (await fixture.get(path)).json();
const page = async (path: string): Promise<string> => (await fixture.page(path)).body;
const soh = (...args: readonly string[]) => runSoh(environment, args);

describe("a notice is no purchase order", () => {
  it("in no list, no count and no search by number", async () => {
    expect(await json("/api/purchase-orders")).toMatchObject({
      purchaseOrders: [{ number: "1003F1" }, { number: "SE1001-1" }, { number: "SE1002-1" }],
    });
    expect(await json("/api/purchase-orders?state=failed")).toMatchObject({ purchaseOrders: [] });
    expect(await json("/api/orders")).toMatchObject({
      orders: [1, 2, 3].map(() => ({ purchaseOrders: [{ state: "sent" }] })),
    });
    expect(await json("/api/purchase-orders/SE1001-1")).toMatchObject({ id: ids.order, state: "sent" });
    expect(await json("/api/summary")).toMatchObject({
      purchaseOrders: { sent: 3, failed: 0 },
      notices: { waiting: 1, overdue: 1, failed: 1, unknown: 0, byHand: 1 },
      deadLetters: { purchaseOrders: 0, notices: 2 },
    });
    expect(await page("/purchase-orders")).not.toContain(ids.notice);
    const metrics = await page("/metrics");
    expect(metrics).toContain('soh_dispatcher_purchase_orders{supplier="agriest",state="sent"} 2');
    expect(metrics).toContain('soh_dispatcher_notices{state="overdue"} 1');
    expect(metrics).toContain('soh_dispatcher_notices{state="by-hand"} 1');
    expect(metrics).toContain('soh_dispatcher_dead_letters{kind="purchase-order"} 0');
  });
});

describe("it is shown with its purchase order", () => {
  it("in the API, with its state and answer, and its exact bytes", async () => {
    const { messages } = await json("/api/purchase-orders/SE1001-1");
    expect(messages).toMatchObject([
      { id: ids.order, kind: "order", version: 1, state: "sent", units: null },
      { id: ids.notice, kind: "cancellation", version: 2, state: "failed", answer: null },
    ]);
    expect(await json("/api/orders/1002")).toMatchObject({
      messages: [{ kind: "order" }, { kind: "change", units: "1:1", answerOverdue: true }],
    });
    const bytes = (await fixture.get(`/api/purchase-orders/${ids.order}/document?version=2`)).body;
    expect(bytes).toBe(fixture.world.agriest.read("CDE_SE1001-1_2.xml"));
  });

  it("on the pages of the order, the purchase order, the overview and the dead letters", async () => {
    const { order_id: orderId } = (await fixture.dispatcher.purchaseOrders()).find((row) => row.id === ids.order) ?? {};
    const of = encodeURIComponent(orderId ?? "");
    for (const path of [`/orders/${of}`, `/purchase-orders/${ids.order}`]) {
      expect(await page(path)).toContain("cancellation of SE1001-1");
      expect(await page(path)).toContain(`/purchase-orders/${ids.order}/documents/2`);
    }
    // It has no page of its own.
    const own = await fixture.page(`/purchase-orders/${ids.notice}`);
    expect([own.statusCode, own.headers.location]).toEqual([302, `/purchase-orders/${ids.order}`]);
    const shown = await page(`/purchase-orders/${ids.order}`);
    expect(shown).toContain("The cancellation is failed: the server holds other bytes");
    expect(shown).toContain(`npm run soh -- notice-accepted ${ids.notice}`);
    const overview = await page("/");
    expect(overview).toContain("Cancellation of purchase order SE1001-1 to agriest");
    expect(overview).toContain("Cancellations and changes without an answer");
    const letters = await page("/dead-letters");
    expect(letters).toContain("the cancellation of SE1001-1");
    expect(letters).toContain(`npm run soh -- retry ${ids.notice}`);
  });

  it("by the command", async () => {
    expect((await soh("orders", "show", "1002")).out).toMatch(/^change of SE1002-1 +2 +1:1 +sent .* overdue /m);
    expect((await soh("pos", "show", "SE1001-1")).out).toMatch(/^cancellation of SE1001-1 +2 .*failed/m);
    expect((await soh("pos", "show", ids.notice)).out).toMatch(/^Purchase order +SE1001-1$/m);
    expect((await soh("status")).out).toMatch(/^Cancellations and changes without an answer +1$/m);
    expect((await soh("dead-letters")).out).toContain("the cancellation of SE1001-1");
  });
});

describe("one that a person tells", () => {
  it("is shown as such, with what to say and without a document", async () => {
    const overview = await page("/");
    expect(overview).toContain("Suppliers to tell yourself");
    expect(overview).toContain("Tell fournial to cancel purchase order 1003F1: the order was cancelled in Shopify.");
    const { messages, tasks } = await json("/api/purchase-orders/1003F1");
    expect(messages).toMatchObject([{ kind: "order", state: "sent" }]);
    expect(tasks).toMatchObject([{ purpose: "cancellation", settledHow: null, task: expect.stringContaining("Tell fournial") }]);
    const of = await page(`/purchase-orders/${ids.other}`);
    expect(of).toContain("to be told by you");
    expect(of).toContain("You have told the supplier?");
    expect(of).not.toContain("/documents/2");
    const { out } = await soh("status");
    expect(out).toMatch(/^Suppliers to tell yourself +1$/m);
    expect((await soh("pos", "show", "1003F1")).out).toMatch(/^cancellation +to be told by you/m);
    expect((await soh("dead-letters")).out).toMatch(/the cancellation of 1003F1 .* notice-accepted, notice-too-late, discard/);
  });

  it("needs nobody any more when the supplier's answer is recorded", async () => {
    const { status, out } = await soh("notice-accepted", "1003F1", "--note", "Fournial by telephone");
    expect([status, out]).toEqual([0, "Cancellation of purchase order 1003F1 is accepted: 1003F1 is closed\n"]);
    expect(await page("/")).not.toContain("Suppliers to tell yourself");
  });
});

describe("its answer", () => {
  it("is recorded by hand under the purchase order's number, with a note", async () => {
    expect((await fixture.post("/api/purchase-orders/SE1002-1/notice-too-late")).statusCode).toBe(400);
    const many = await fixture.post("/api/dead-letters/settle", { remedy: "notice-accepted", all: {}, note: "x" });
    expect([many.statusCode, many.body]).toEqual([400, expect.stringContaining("need them one by one")]);
    const { status, out } = await soh("notice-too-late", "SE1002-1", "--note", "left this morning");
    expect([status, out]).toEqual([0, "Change of purchase order SE1002-1 is too late: SE1002-1 stands, and the goods come\n"]);
    expect((await soh("notice-too-late", "SE1002-1", "--note", "again")).err).toContain(
      "SE1002-1 waits for no answer to a cancellation or change",
    );
  });

  it("that does not say what it answers is applied to what the person says", async () => {
    const { dispatcher, world } = fixture;
    await dispatcher.features.actions.settle({ kind: "notice", id: ids.notice }, "mark-sent", {
      actor: "anna",
      note: "it has it",
    });
    world.agriest.answer("AR_1.xml", acknowledgement("SE1001-1"));
    await dispatcher.features.look("agriest");
    const file = await dispatcher.database.db.selectFrom("inbound_files").select(["id", "state"]).executeTakeFirstOrThrow();
    expect(file.state).toBe("quarantined");
    expect((await fixture.post(`/api/dead-letters/${file.id}/apply`, { to: "both", note: "x" })).statusCode).toBe(400);
    const { status, out } = await soh("dead-letters", "apply", file.id, "--to", "notice", "--note", "they do not ship");
    expect([status, out]).toEqual([0, "/OUT/AR_1.xml is applied to SE1001-1\n"]);
    expect(await json("/api/purchase-orders/SE1001-1")).toMatchObject({
      state: "closed",
      messages: [{ kind: "order" }, { answer: "accepted" }],
    });
  });
});
