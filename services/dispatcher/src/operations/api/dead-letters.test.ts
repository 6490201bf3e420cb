import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { orderBody } from "../../test/payload.ts";
import { acknowledgement, SHOP } from "../../test/world.ts";
import { startFixture, type Fixture } from "../test/fixture.ts";
import { keepDeadWebhook, makeFailed, makeQuarantined, makeUnknown, mend } from "../test/situations.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const json = async (path: string) => (await fixture.get(path)).json();
const list = async (query = "") => (await json(`/api/dead-letters${query}`)).deadLetters;
const labels = async (query = "") => (await list(query)).map((one: { label: string }) => one.label);
const note = { note: "Agriest: nothing arrived", actor: "marie" };
const stateOf = async (number: string) => (await fixture.dispatcher.purchaseOrders()).find((po) => po.number === number)?.state;
const idOf = async (number: string) =>
  (await fixture.dispatcher.purchaseOrders()).find((po) => po.number === number)?.id ?? "none";
const theFile = async () => (await list("?kind=file"))[0].id;

/** One of each, a minute apart: unknown SE1001-1, failed 1002F1, a webhook, a file. */
async function oneOfEach(): Promise<void> {
  const later = () => fixture.world.clock.advance(60_000);
  await makeUnknown(fixture, { id: "1", number: 1001 });
  later();
  await makeFailed(fixture, { id: "2", number: 1002 });
  later();
  await fixture.dispatcher.webhook("orders/create", "{broken", { webhookId: "w1" });
  later();
  await makeQuarantined(fixture);
}

describe("the list", () => {
  it("has every kind, the newest first, with what, where, why, since when, its bytes, and what can be done", async () => {
    await oneOfEach();
    const [file, webhook, failed, unknown, ...more] = await list();
    expect(more).toEqual([]);
    expect(file).toMatchObject({
      kind: "file",
      label: "/OUT/AR_SE9999-1.xml",
      place: "agriest",
      state: "set-aside",
      reason: 'agriest has no purchase order with the number "SE9999-1"',
      size: acknowledgement("SE9999-1").length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: `/api/dead-letters/${file.id}/bytes`,
      order: null,
      remedies: ["retry", "discard"],
    });
    expect(webhook).toMatchObject({
      kind: "webhook",
      label: "orders/create",
      place: SHOP,
      state: "set-aside",
      reason: "the body is not JSON",
      since: "2027-01-10T13:02:00.000Z",
      size: 7,
      bytes: `/api/dead-letters/${webhook.id}/bytes`,
      order: null,
      remedies: ["retry", "discard"],
    });
    expect(failed).toMatchObject({
      kind: "purchase-order",
      label: "1002F1",
      place: "fournial",
      state: "failed",
      reason: expect.stringContaining("shipping"),
      size: null,
      sha256: null,
      bytes: null,
      order: { id: `${SHOP}:2`, name: "#1002" },
      remedies: ["retry", "order-again", "mark-sent", "discard"],
    });
    expect(unknown).toMatchObject({
      kind: "purchase-order",
      id: await idOf("SE1001-1"),
      label: "SE1001-1",
      place: "agriest",
      state: "unknown",
      reason: expect.any(String),
      size: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: `/api/purchase-orders/${unknown.id}/document?version=1`,
      order: { id: `${SHOP}:1`, name: "#1001" },
      remedies: ["same-again", "replace", "order-again", "mark-sent", "discard"],
    });
    expect((await json("/api/summary")).deadLetters).toEqual({ purchaseOrders: 2, notices: 0, webhooks: 1, files: 1 });
  });

  it("is filtered by kind, supplier and state", async () => {
    await oneOfEach();
    const found = async (query: string) => (await list(query)).map((one: { label: string }) => one.label);
    expect(await found("?kind=purchase-order")).toEqual(["1002F1", "SE1001-1"]);
    expect(await found("?kind=webhook")).toEqual(["orders/create"]);
    expect(await found("?kind=file")).toEqual(["/OUT/AR_SE9999-1.xml"]);
    expect(await found("?supplier=agriest")).toEqual(["/OUT/AR_SE9999-1.xml", "SE1001-1"]);
    expect(await found("?supplier=fournial&state=failed")).toEqual(["1002F1"]);
    expect(await found("?state=unknown")).toEqual(["SE1001-1"]);
    expect(await found("?state=set-aside")).toEqual(["/OUT/AR_SE9999-1.xml", "orders/create"]);
    expect(await found("?state=failed&kind=file")).toEqual([]);
  });

  it("is paged across the kinds, each row once, also where several came in one moment", async () => {
    await oneOfEach();
    for (let n = 0; n < 3; n++) {
      await keepDeadWebhook(fixture, `{broken ${n}`);
      await makeFailed(fixture, { id: `3${n}`, number: 1003 + n });
    }
    const seen: string[] = [];
    let after = "";
    do {
      const { deadLetters, next } = await json(`/api/dead-letters?limit=3${after}`);
      seen.push(...deadLetters.map((one: { id: string }) => one.id));
      after = next === null ? "" : `&after=${encodeURIComponent(next)}`;
    } while (after !== "");
    expect(seen).toHaveLength(10);
    expect(seen).toEqual((await list()).map((one: { id: string }) => one.id));
    expect(new Set(seen).size).toBe(10);
  });

  it("does not offer to send again what is not wanted any more", async () => {
    await makeUnknown(fixture);
    const cancelled = { updatedAt: "2027-01-10T10:00:00+01:00", cancelledAt: "2027-01-10T10:00:00+01:00" };
    await fixture.dispatcher.webhook("orders/cancelled", orderBody(cancelled));
    expect(await list()).toMatchObject([{ label: "SE1001-1", remedies: ["mark-sent", "discard"] }]);
    for (const remedy of ["same-again", "replace", "order-again"]) {
      const refused = await fixture.post(`/api/dead-letters/SE1001-1/${remedy}`, note);
      expect([remedy, refused.statusCode, refused.json().error]).toEqual([
        remedy,
        409,
        expect.stringMatching(/not wanted any more/),
      ]);
    }
  });
});

describe("one of them", () => {
  it("is shown by its id, a purchase order also by its number, with what happened to it", async () => {
    await oneOfEach();
    expect(await json("/api/dead-letters/SE1001-1")).toMatchObject({
      kind: "purchase-order",
      state: "unknown",
      settled: null,
      events: expect.arrayContaining([expect.objectContaining({ name: "purchase_order.unknown" })]),
    });
    const [file, webhook] = await list();
    expect(await json(`/api/dead-letters/${webhook.id}`)).toMatchObject({ ...webhook, webhookId: "w1", settled: null });
    expect(await json(`/api/dead-letters/${file.id}`)).toMatchObject({
      ...file,
      events: [expect.objectContaining({ name: "file.quarantined", actor: "agriest" })],
    });
  });

  it("gives its bytes as they came, to be saved and never shown", async () => {
    await oneOfEach();
    const [file, webhook] = await list();
    const bytes = await fixture.get(file.bytes);
    expect(bytes.body).toBe(acknowledgement("SE9999-1"));
    expect(bytes.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": 'attachment; filename="agriest-AR_SE9999-1.xml"',
      "content-security-policy": "default-src 'none'; sandbox",
    });
    const body = await fixture.get(webhook.bytes);
    expect([body.body, body.headers["content-disposition"]]).toEqual([
      "{broken",
      `attachment; filename="dead-letter-${webhook.id}.json"`,
    ]);
    const document = await fixture.get("/api/dead-letters/SE1001-1/bytes");
    expect(document.headers["content-disposition"]).toBe('attachment; filename="SE1001-1-v1.xml"');
    expect(document.rawPayload.equals((await fixture.get(`/api/purchase-orders/SE1001-1/document`)).rawPayload)).toBe(true);
    const nothing = await fixture.get("/api/dead-letters/1002F1/bytes");
    expect([nothing.statusCode, nothing.json()]).toEqual([404, { error: "1002F1 could not be written: it has no bytes" }]);
  });

  it("that is not there, or takes its course, says so", async () => {
    expect((await fixture.get("/api/dead-letters/4711")).json()).toEqual({
      error: 'there is no dead letter and no purchase order "4711"',
    });
    await fixture.dispatcher.webhook("orders/create", orderBody());
    const ready = await fixture.get("/api/dead-letters/SE1001-1");
    expect([ready.statusCode, ready.json()]).toEqual([404, { error: "SE1001-1 is ready: it is no dead letter" }]);
  });

  it("is named by its id where two suppliers have that number", async () => {
    await makeUnknown(fixture, { id: "1", number: 1001 });
    await makeFailed(fixture, { id: "2", number: 1002 });
    const { db } = fixture.dispatcher.database;
    await db.updateTable("purchase_orders").set({ number: "SE1001-1" }).where("supplier", "=", "fournial").execute();
    const refused = await fixture.get("/api/dead-letters/SE1001-1");
    expect(refused.statusCode).toBe(409);
    expect(refused.json().error).toMatch(
      /^several suppliers have a purchase order "SE1001-1": po\w+ \(agriest\), po\w+ \(fournial\)\. Give the id$/,
    );
  });
});

describe("a purchase order", () => {
  it("that failed is tried again when its cause is mended, and handed over", async () => {
    await makeFailed(fixture);
    const refused = await fixture.post("/api/dead-letters/1001F1/same-again", note);
    expect([refused.statusCode, refused.json()]).toEqual([
      409,
      { error: "1001F1 is failed: same-again is not possible. Possible: retry, order-again, mark-sent, discard" },
    ]);
    await mend(fixture);
    const id = await idOf("1001F1");
    const answer = await fixture.post("/api/dead-letters/1001F1/retry");
    expect(answer.json()).toEqual({
      message: "1001F1 will be tried again",
      kind: "purchase-order",
      id,
      label: "1001F1",
      ready: [id],
    });
    expect(fixture.handedOver).toEqual([id]);
    await fixture.dispatcher.run();
    expect(fixture.world.fournial.files()).toEqual(["1001F1.xml"]);
    expect(await list()).toEqual([]);
  });

  it("is sent the same again: same number, same bytes, a new file name", async () => {
    await makeUnknown(fixture);
    expect((await fixture.post("/api/dead-letters/SE1001-1/retry", note)).json().error).toMatch(/the supplier may have it/);
    expect((await fixture.post("/api/dead-letters/SE1001-1/same-again", note)).statusCode).toBe(200);
    await fixture.dispatcher.run();
    const { attempts, ...po } = await json("/api/purchase-orders/SE1001-1");
    expect(po).toMatchObject({ state: "sent", resend: "same-again", crashes: 0, copy: 2, version: 1 });
    const [first, second] = attempts;
    expect(second.sha256).toBe(first.sha256);
    expect(second.finalPath).not.toBe(first.finalPath);
  });

  it("is replaced: same number, next version, marked as a replacement", async () => {
    await makeUnknown(fixture);
    const id = await idOf("SE1001-1");
    const answer = await fixture.post(`/api/dead-letters/${id}/replace`, note);
    const { message, ready } = answer.json();
    expect(message).toBe("SE1001-1 will be replaced: same number, version 2");
    expect(ready).toEqual([expect.stringMatching(/^po/)]); // A message of its own.
    expect(ready).not.toEqual([id]);
    await fixture.dispatcher.run();
    expect(await json("/api/purchase-orders/SE1001-1")).toMatchObject({ state: "sent", resend: "replacement", version: 2 });
    expect((await fixture.get("/api/purchase-orders/SE1001-1/document")).body).toMatch(/replacement/i);
  });

  it("is ordered again: a new number, the old one given up", async () => {
    await makeUnknown(fixture);
    const answer = await fixture.post("/api/dead-letters/SE1001-1/order-again", note);
    expect(answer.json().message).toBe("SE1001-1 is given up; SE1001-2 to agriest is ready");
    expect(fixture.handedOver).toEqual([await idOf("SE1001-2")]);
    await fixture.dispatcher.run();
    expect([await stateOf("SE1001-1"), await stateOf("SE1001-2")]).toEqual(["cancelled", "sent"]);
  });

  it("is marked as sent, or discarded, with who and why", async () => {
    await makeUnknown(fixture);
    await makeFailed(fixture, { id: "2", number: 1002 });
    expect((await fixture.post("/api/dead-letters/SE1001-1/mark-sent", note)).json().message).toBe("SE1001-1 is marked as sent");
    expect((await fixture.post("/api/dead-letters/1002F1/discard", note)).json().message).toMatch(/^1002F1 is discarded/);
    expect([await stateOf("SE1001-1"), await stateOf("1002F1")]).toEqual(["sent", "closed"]);
    const { events } = await json("/api/purchase-orders/1002F1");
    expect(events.at(-1)).toMatchObject({ name: "purchase_order.closed", actor: "marie", detail: { note: note.note } });
    expect(await list()).toEqual([]);
  });

  it.each(["same-again", "replace", "order-again"])("that is sent and not answered can be sent once more: %s", async (remedy) => {
    await fixture.dispatcher.webhook("orders/create", orderBody());
    await fixture.dispatcher.run();
    expect((await fixture.post(`/api/dead-letters/SE1001-1/${remedy}`, note)).statusCode).toBe(200);
    await fixture.dispatcher.run();
    expect(fixture.world.agriest.arrivals).toHaveLength(2);
  });
});

describe("a webhook", () => {
  it("is taken in when the reason is gone, and what became ready is handed over", async () => {
    const id = await keepDeadWebhook(fixture, orderBody());
    const answer = await fixture.post(`/api/dead-letters/${id}/retry`, { actor: "marie" });
    const po = await fixture.dispatcher.purchaseOrder();
    expect(answer.json()).toEqual({
      message: `orders/paid is taken in, order ${po.order_id}`,
      kind: "webhook",
      id,
      label: "orders/paid",
      ready: [po.id],
    });
    expect(fixture.handedOver).toEqual([po.id]);
    expect(await list()).toEqual([]);
    expect(await json(`/api/dead-letters/${id}`)).toMatchObject({
      remedies: [],
      settled: { by: "marie", how: "retried" },
      events: [{ name: "dead_letter.retried", actor: "marie" }],
    });
    const again = await fixture.post(`/api/dead-letters/${id}/retry`);
    expect([again.statusCode, again.json()]).toEqual([409, { error: "it was retried by marie already" }]);
  });

  it("that still cannot be read stays, once", async () => {
    await fixture.dispatcher.webhook("orders/create", "{broken");
    const [{ id }] = await list();
    const answer = await fixture.post(`/api/dead-letters/${id}/retry`);
    expect([answer.statusCode, answer.json()]).toEqual([409, { error: "it still cannot be read: the body is not JSON" }]);
    expect(await list()).toHaveLength(1);
  });

  it("is discarded only with a note, which is kept with who said so", async () => {
    await fixture.dispatcher.webhook("orders/create", "{broken");
    const [{ id }] = await list();
    const silent = await fixture.post(`/api/dead-letters/${id}/discard`, { note: " " });
    expect([silent.statusCode, silent.json()]).toEqual([400, { error: "note: say why: discard is kept with its reason" }]);
    await fixture.post(`/api/dead-letters/${id}/discard`, { note: "entered by hand", actor: "marie" });
    expect(await json(`/api/dead-letters/${id}`)).toMatchObject({
      settled: { by: "marie", how: "discarded" },
      events: [
        { name: "webhook.unreadable" },
        { name: "dead_letter.discarded", actor: "marie", detail: { note: "entered by hand" } },
      ],
    });
    expect(await list()).toEqual([]);
  });

  it("that asks something of a person cannot be retried", async () => {
    await fixture.dispatcher.webhook("customers/redact", '{"customer":{"id":1},"orders_to_redact":[1]}');
    const [letter] = await list();
    expect(letter).toMatchObject({ label: "customers/redact", remedies: ["discard"] });
    const refused = await fixture.post(`/api/dead-letters/${letter.id}/retry`);
    expect([refused.statusCode, refused.json().error]).toEqual([409, expect.stringMatching(/question to a person/)]);
    expect((await fixture.post(`/api/dead-letters/${letter.id}/replace`, note)).json().error).toBe(
      "replace is for purchase orders; a webhook can be retried or discarded",
    );
  });
});

describe("a supplier's file", () => {
  it("is applied when its purchase order is there", async () => {
    await makeQuarantined(fixture, "SE1001-1");
    const id = await theFile();
    expect((await fixture.post(`/api/dead-letters/${id}/retry`)).json().error).toMatch(/still cannot be applied: agriest has no/);
    await fixture.dispatcher.webhook("orders/create", orderBody());
    await fixture.dispatcher.run();

    const answer = await fixture.post(`/api/dead-letters/${id}/retry`, { note: "the order came late", actor: "marie" });
    expect(answer.json()).toMatchObject({ message: "/OUT/AR_SE1001-1.xml is applied to SE1001-1", kind: "file", ready: [] });
    expect((await json("/api/purchase-orders/SE1001-1")).acknowledgement).toBe("accepted");
    expect(await list()).toEqual([]);
    const { events, settled } = await json(`/api/dead-letters/${id}`);
    expect(settled).toMatchObject({ by: "marie", how: "retried" });
    expect(events.map((event: { name: string }) => event.name)).toEqual([
      "file.quarantined",
      "file.quarantined",
      "file.applied",
      "file.retried",
    ]);
  });

  it("that still cannot be applied keeps its place in the list", async () => {
    await makeQuarantined(fixture);
    const [{ id, since }] = await list();
    fixture.world.clock.advance(60_000);
    await fixture.post(`/api/dead-letters/${id}/retry`);
    expect(await list()).toMatchObject([{ id, since }]);
  });

  it("is discarded with a note", async () => {
    await makeQuarantined(fixture);
    const id = await theFile();
    expect((await fixture.post(`/api/dead-letters/${id}/discard`, note)).json().message).toBe(
      "/OUT/AR_SE9999-1.xml of agriest is discarded",
    );
    expect((await json(`/api/dead-letters/${id}`)).events.at(-1)).toMatchObject({
      name: "file.discarded",
      actor: "marie",
      detail: { note: note.note },
    });
  });
});

describe("many at once", () => {
  const settle = (body: Record<string, unknown>) => fixture.post("/api/dead-letters/settle", body);

  it("by their ids or numbers: each by itself, and who is refused says why", async () => {
    await oneOfEach();
    const [file, webhook] = await list();
    const ids = ["SE1001-1", webhook.id, "1002F1", "4711", file.id];
    const answer = await settle({ remedy: "mark-sent", ids, ...note });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      done: 2,
      refused: 3,
      left: 0,
      next: null,
      results: [
        { id: "SE1001-1", label: "SE1001-1", ok: true, message: "SE1001-1 is marked as sent" },
        {
          id: webhook.id,
          label: "orders/create",
          ok: false,
          message: "mark-sent is for purchase orders; a webhook can be retried or discarded",
        },
        { id: "1002F1", label: "1002F1", ok: true, message: "1002F1 is marked as sent" },
        { id: "4711", label: "4711", ok: false, message: 'there is no dead letter and no purchase order "4711"' },
        {
          id: file.id,
          label: "/OUT/AR_SE9999-1.xml",
          ok: false,
          message: "mark-sent is for purchase orders; a file can be retried or discarded",
        },
      ],
    });
    expect(await labels()).toEqual(["/OUT/AR_SE9999-1.xml", "orders/create"]);
  });

  it("all that failed are tried again, and those that became ready are handed over", async () => {
    for (const n of [1, 2, 3]) {
      await makeFailed(fixture, { id: String(n), number: 1000 + n });
    }
    await makeUnknown(fixture, { id: "9", number: 1009 });
    await mend(fixture, { id: "1", number: 1001 });
    await mend(fixture, { id: "2", number: 1002 });
    const answer = (await settle({ remedy: "retry", all: { state: "failed" } })).json();
    expect(answer).toMatchObject({ done: 3, refused: 0, left: 0, next: null });
    expect(answer.results).toContainEqual(
      expect.objectContaining({ label: "1003F1", message: "1003F1 was planned again and waits; see its reason" }),
    );
    expect(fixture.handedOver.toSorted()).toEqual([await idOf("1001F1"), await idOf("1002F1")].toSorted());
    await fixture.dispatcher.run();
    expect(fixture.world.fournial.files()).toEqual(["1001F1.xml", "1002F1.xml"]);
    expect(await labels()).toEqual(expect.arrayContaining(["1003F1", "SE1009-1"]));
    expect(await stateOf("SE1009-1")).toBe("unknown");
  });

  it("of one kind and supplier only, where the filter says so", async () => {
    await oneOfEach();
    expect((await settle({ remedy: "discard", note: "x", all: { supplier: "agriest", kind: "file" } })).json()).toMatchObject({
      done: 1,
    });
    expect(await labels()).toEqual(["orders/create", "1002F1", "SE1001-1"]);
    expect((await settle({ remedy: "discard", note: "x", all: {} })).json()).toMatchObject({ done: 3, refused: 0 });
    expect(await labels()).toEqual([]);
  });

  it("more than fit into one request say how many are left, and go on from there", async () => {
    const { db } = fixture.dispatcher.database;
    await keepDeadWebhook(fixture, "{broken");
    const row = await db.selectFrom("dead_letters").selectAll().executeTakeFirstOrThrow();
    await db.deleteFrom("dead_letters").execute();
    for (let n = 0; n < 1_050; n += 50) {
      const rows = Array.from({ length: 50 }, (_, i) => ({ ...row, id: `letter-${n + i}`, webhook_id: String(n + i) }));
      await db.insertInto("dead_letters").values(rows).execute();
    }
    const settled = new Set<string>();
    let after: string | undefined;
    let left: number;
    do {
      const answer = (
        await settle({ remedy: "retry", all: { kind: "webhook", ...(after === undefined ? {} : { after }) } })
      ).json();
      expect(answer.results.length).toBeLessThanOrEqual(1_000);
      for (const { id, ok } of answer.results) {
        expect([ok, settled.has(id)]).toEqual([false, false]);
        settled.add(id);
      }
      left = answer.left;
      after = answer.next ?? undefined;
      expect(left).toBe(1_050 - settled.size);
    } while (after !== undefined);
    expect([left, settled.size]).toEqual([0, 1_050]);
  });

  it("one that throws does not keep the others back", async () => {
    await oneOfEach();
    const { settle: real } = fixture.dispatcher.features.actions;
    const broken = await startFixture({
      database: fixture.dispatcher.database,
      actions: {
        ...fixture.dispatcher.features.actions,
        settle: (subject, remedy, person) =>
          subject.kind === "file" ? Promise.reject(new Error("a bug")) : real(subject, remedy, person),
      },
    });
    try {
      const answer = (await broken.post("/api/dead-letters/settle", { remedy: "discard", all: {}, ...note })).json();
      expect(answer).toMatchObject({ done: 3, refused: 1 });
      expect(answer.results[0]).toMatchObject({ ok: false, message: expect.stringContaining("the dispatcher's log says what") });
    } finally {
      await broken.stop();
    }
  });

  it.each(["same-again", "replace", "order-again"])(
    "%s needs ids: a filter would be too easy a way to send many twice",
    async (remedy) => {
      await makeUnknown(fixture);
      const refused = await settle({ remedy, ...note, all: {} });
      expect([refused.statusCode, refused.json().error]).toEqual([
        400,
        "ids: same-again, replace and order-again need them one by one: a filter would be too easy a way to send many twice",
      ]);
      expect(await stateOf("SE1001-1")).toBe("unknown");
      expect((await settle({ remedy, ...note, ids: ["SE1001-1"] })).json()).toMatchObject({ done: 1 });
    },
  );

  it.each([
    ["neither ids nor a filter", { remedy: "retry" }, "exactly one"],
    ["both", { remedy: "retry", ids: ["1"], all: {} }, "exactly one"],
    ["no ids", { remedy: "retry", ids: [] }, "ids"],
    ["too many ids", { remedy: "retry", ids: Array.from({ length: 1_001 }, (_, n) => String(n)) }, "ids"],
    ["an unknown remedy", { remedy: "send", ids: ["1"] }, "remedy"],
    ["a misspelt filter", { remedy: "retry", all: { suplier: "agriest" } }, "suplier"],
    ["no note", { remedy: "discard", all: {} }, "note"],
    ["an actor that stands for a supplier", { remedy: "retry", all: {}, actor: "agriest" }, "actor"],
  ])("are refused with %s", async (_, body, field) => {
    const answer = await settle(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toContain(field);
  });
});
