import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orderBody } from "../../test/payload.ts";
import { acknowledgement } from "../../test/world.ts";
import { startFixture, type Fixture } from "../test/fixture.ts";

const SHOP = "sermat.myshopify.com";
const EVIL = `"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;`;
const BROKEN = Buffer.from([0x7b, 0xff, 0x00, 0x3c, 0x62, 0x3e]);
let fixture: Fixture;

// 1001 sent and acknowledged, 1002 held over its value, 1003 hostile everywhere, 1004 historic, 1005 for nobody, 1006 unpaid.
beforeAll(async () => {
  fixture = await startFixture();
  const { dispatcher, world } = fixture;
  const create = async (id: string, number: number, more: object = {}) => {
    world.clock.advance(1_000);
    await dispatcher.webhook("orders/create", orderBody({ id, number, ...more }));
  };
  await create("1", 1001);
  await dispatcher.run();
  world.agriest.answer("AR_SE1001-1.xml", acknowledgement("SE1001-1"));
  world.agriest.answer("AR_9999.xml", acknowledgement("SE9999-1"));
  await dispatcher.features.look("agriest");
  await create("2", 1002, { total: "4180.00" });
  await create("3", 1003, {
    lines: [
      { sku: `AGR-${EVIL}`, vendor: "Agriest", title: EVIL },
      { sku: EVIL, vendor: EVIL, title: EVIL },
    ],
    tags: `attention, ${EVIL}`,
    note: EVIL,
    shippingMethod: EVIL,
    address: { name: EVIL, company: EVIL, address1: EVIL, zip: EVIL, city: EVIL, country_code: "FR", phone: "0612345678" },
  });
  await create("4", 1004, { createdAt: "2026-05-01T10:00:00+02:00" });
  await create("5", 1005, { lines: [{ sku: "ZZZ", vendor: "Nobody", title: "Patin" }] });
  await create("6", 1006, { financialStatus: "pending" });
  await dispatcher.webhook("orders/create", BROKEN, { webhookId: EVIL });
  await dispatcher.database.db
    .updateTable("suppliers")
    .set({ paused_at: world.clock.now(), pause_reason: EVIL })
    .where("id", "=", "fournial")
    .execute();
});
afterAll(() => fixture.stop());

const html = async (path: string): Promise<string> => {
  const answer = await fixture.page(path);
  expect(`${path} ${answer.statusCode} ${answer.headers["content-type"]}`).toBe(`${path} 200 text/html; charset=utf-8`);
  return answer.body;
};
const idOf = async (number: string) =>
  (await fixture.dispatcher.purchaseOrders()).find((po) => po.number === number)?.id ?? "none";
const orderPath = (id: string) => `/orders/${encodeURIComponent(`${SHOP}:${id}`)}`;

async function everyPage(): Promise<string[]> {
  const purchaseOrders = await fixture.dispatcher.purchaseOrders();
  return [
    "/",
    "/orders",
    `/orders?search=${encodeURIComponent(EVIL)}`,
    "/purchase-orders",
    "/suppliers",
    "/dead-letters",
    "/dead-letters?kind=file",
    ...["1", "2", "3", "4", "5", "6"].map(orderPath),
    ...purchaseOrders.map((po) => `/purchase-orders/${po.id}`),
  ];
}

it("names the command that tries a supplier's server, first where nothing is sent to it", async () => {
  const page = await html("/suppliers");
  expect(page).toContain("npm run soh -- suppliers check agriest");
  const paused = page.slice(page.indexOf('id="fournial"'));
  expect(paused.indexOf("suppliers check fournial")).toBeGreaterThan(-1);
  expect(paused.indexOf("suppliers check fournial")).toBeLessThan(paused.indexOf("resume fournial"));
});

describe("every page", () => {
  it("shows what customers and suppliers wrote as text, never as markup", async () => {
    for (const path of await everyPage()) {
      const body = await html(path);
      expect(body).not.toMatch(/<script|<img src=x|<b>/);
      expect(body).not.toContain(EVIL);
    }
    const order = await html(orderPath("3"));
    expect(order).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(order).toContain("&quot;&#39;&gt;");
    expect(order).toContain("&amp;amp;");
  });

  it("works without a script, leads only to places that exist, and names itself", async () => {
    const seen = new Set<string>();
    for (const path of await everyPage()) {
      const body = await html(path);
      expect(body).not.toMatch(/<script|javascript:| on[a-z]+="|style="|undefined|\[object|NaN/);
      expect(body).toMatch(/<title>[^<]+ · Order Handler<\/title>/);
      for (const [, href = ""] of body.matchAll(/(?:href|src)="([^"#]+)[^"]*"/g)) {
        seen.add(href.replaceAll("&amp;", "&"));
      }
    }
    expect(seen.size).toBeGreaterThan(30);
    for (const href of seen) {
      expect(`${href} ${(await fixture.page(href)).statusCode}`).toBe(`${href} 200`);
    }
  });
});

describe("the overview", () => {
  it("counts, shows first what needs a person and why, then the newest orders", async () => {
    const body = await html("/");
    expect(body).toMatch(/href="\/purchase-orders\?state=held"><span class="figure">3<\/span>/);
    const order = [
      "Needs attention",
      "Paused suppliers",
      "Held",
      "Lines that go to no supplier",
      "Webhooks set aside",
      "Files set aside",
      "Newest orders",
    ];
    const places = order.map((title) => body.indexOf(`>${title}`, body.indexOf("<main")));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(body).toContain("the total 4180.00 EUR is over 3000 EUR");
    expect(body).toContain("no rule matches SKU &quot;ZZZ&quot;");
    expect(body).toContain("1 purchase order is held until its order is paid, or is in dry run:");
    expect(body).not.toContain("financial_status pending"); // It needs nobody.
  });

  it("shows purchase orders that do not get through to their supplier, with the reason and the next attempt", async () => {
    const failing = await startFixture();
    try {
      await failing.dispatcher.webhook("orders/paid", orderBody());
      await failing.world.agriest.server.setAccepting(false);
      for (let attempts = 0; attempts < 3; attempts++) {
        expect((await failing.page("/")).body).not.toContain("Not getting through");
        await failing.dispatcher.run();
        failing.world.clock.advance(3_600_000);
      }
      const { body } = await failing.page("/");
      expect(body).toContain("Not getting through");
      expect(body).toMatch(/ECONNREFUSED.*Tried again at/s);
    } finally {
      await failing.stop();
    }
  });

  it("is calm when nothing needs a person", async () => {
    const calm = await startFixture();
    try {
      const { body } = await calm.page("/");
      expect(body).toContain("Nothing needs a person.");
      expect(body).toContain("No orders here.");
    } finally {
      await calm.stop();
    }
  });
});

describe("an order's page", () => {
  it("shows where each line goes and why, the customer, and what happened", async () => {
    const body = await html(orderPath("1"));
    expect(body).toContain("agriest.rules[1] sku glob AGR-*");
    expect(body).toContain("GAEC du Val");
    expect(body).toContain("+33612345678");
    expect(body).toContain("purchase order acknowledged");
    expect(body).toContain("2027-01-10 08:00:00");
    expect(body).toContain(`<span class="zone">UTC</span>`);
  });

  it("of a historic order says how to take it up", async () => {
    expect(await html(orderPath("4"))).toContain(`npm run soh -- adopt &#39;${SHOP}:4&#39; --note`);
  });
});

describe("a purchase order's page", () => {
  it("shows lines, attempts with all that proves them, the supplier's answer, and the document as text", async () => {
    const body = await html(`/purchase-orders/${await idOf("SE1001-1")}`);
    expect(body).toContain("/IN/CDE_SE1001-1_1.xml.1.tmp");
    expect(body).toContain("/OUT/AR_SE1001-1.xml");
    expect(body).toContain("&lt;Order version=&quot;1&quot;&gt;");
    expect(body).toContain("badge-answer-accepted");
  });

  it("that is held says why and which command sends it", async () => {
    const body = await html(`/purchase-orders/${await idOf("SE1002-1")}`);
    expect(body).toContain("the total 4180.00 EUR is over 3000 EUR");
    expect(body).toContain("npm run soh -- release SE1002-1 --seen 1 --note");
    expect(body).toContain("Nothing was sent yet.");
  });
});

describe("a purchase order that its supplier changes, and the customer cancels", () => {
  let changed: Fixture;
  let id: string;
  beforeAll(async () => {
    changed = await startFixture();
    const { dispatcher, world } = changed;
    await dispatcher.webhook("orders/create", orderBody({ lines: [{ sku: "AGR-1", title: "Dent", quantity: 5 }] }));
    await dispatcher.run();
    const lines = '<Reason>rupture</Reason><Lines><Line number="1"><Confirmed>2</Confirmed></Line></Lines>';
    for (const [seconds, text] of [acknowledgement("SE1001-1"), acknowledgement("SE1001-1", "changed", lines)].entries()) {
      world.clock.advance(seconds * 60_000);
      world.agriest.answer("AR_1.xml", text);
      await dispatcher.features.look("agriest");
    }
    world.clock.advance(1_000);
    await dispatcher.webhook(
      "orders/cancelled",
      orderBody({ cancelledAt: "2027-01-10T12:00:00+01:00", updatedAt: "2027-01-11T09:00:00+01:00" }),
    );
    id = (await dispatcher.purchaseOrders())[0]?.id ?? "none";
  });
  afterAll(() => changed.stop());

  it("shows beside each answer what it said and why, also where two have the same name", async () => {
    const { body } = await changed.page(`/purchase-orders/${id}`);
    const answers = body.slice(body.indexOf("s answers"), body.indexOf("Version 1, the newest"));
    expect([...answers.matchAll(/badge-answer-(\w+)/g)].map((one) => one[1])).toEqual(["accepted", "changed"]);
    expect(answers.split("rupture")).toHaveLength(2);
  });

  it("is in the list with the reason of the wish to cancel", async () => {
    expect((await changed.page("/purchase-orders")).body).toMatch(/cancel wanted[\s\S]*the order was cancelled in Shopify/);
  });

  it("counts pieces as pieces, and reads a document in windows-1252 as it was written", async () => {
    const { db } = changed.dispatcher.database;
    await db
      .updateTable("documents")
      .set({ bytes: Buffer.from("NOM;\u00c9lodie 5 \u0080", "latin1") })
      .execute();
    const windows = await changed.page(`/purchase-orders/${id}`);
    expect(windows.body).toContain("5 pieces");
    expect(windows.body).toMatch(/in windows-1252 or ISO 8859-1<[\s\S]*NOM;Élodie 5 €/);
    expect(windows.body).not.toContain("\ufffd");
  });
});

describe("a purchase order in dry run", () => {
  it("names no command that would be refused, and its supplier's panel says how much its catalogue has", async () => {
    const trial = await startFixture();
    try {
      await trial.dispatcher.webhook("orders/create", orderBody({ test: true, tags: "attention" }));
      await trial.dispatcher.database.db
        .insertInto("catalogue_entries")
        .values({
          supplier: "agriest",
          sku: "A",
          sku_key: "a",
          valid_from: "",
          supplier_sku: "1",
          unit: "C62",
          pack: 1,
          cost: null,
          currency: null,
          gtin: null,
          mpn: null,
          hazard: null,
        })
        .execute();
      const [po] = await trial.dispatcher.purchaseOrders();
      const { body } = await trial.page(`/purchase-orders/${po?.id ?? ""}`);
      expect(body).toContain("A person cannot lift dry-run: it ends with its cause.");
      expect(body).not.toContain("soh -- release");
      expect((await trial.page("/suppliers")).body).toMatch(/Catalogue<[\s\S]*1 entry/);
    } finally {
      await trial.stop();
    }
  });
});

describe("lists", () => {
  it("are filtered and searched by their address, and what is not understood is no filter", async () => {
    expect(await html("/orders?state=historic&search=")).toMatch(/#1004[\s\S]*<\/table>/);
    expect(await html("/orders?state=historic")).not.toContain("#1001<");
    expect(await html("/orders?search=1002")).toContain("#1002");
    expect(await html("/orders?search=1002")).not.toContain("#1001<");
    expect(await html("/orders?unmatched=true")).not.toContain("#1001<");
    expect(await html("/orders?facts_missing=true")).toContain("No orders here.");
    expect(await html("/purchase-orders?supplier=fournial")).toContain("No purchase orders here.");
    expect(await html("/orders?state=nonsense&after=nonsense")).toContain("#1001");
    expect(await html("/purchase-orders?hold=value")).toContain("SE1002-1");
    expect(await html("/purchase-orders?hold=value")).not.toContain("SE1001-1");
    expect(await html("/purchase-orders?hold=nonsense")).toContain("SE1001-1");
  });

  it("go on to older rows, with the filter kept, until all were shown once", async () => {
    const { db } = fixture.dispatcher.database;
    const row = await db.selectFrom("orders").selectAll().where("id", "=", `${SHOP}:4`).executeTakeFirstOrThrow();
    const copies = Array.from({ length: 120 }, (_, n) => ({ ...row, id: `${SHOP}:9${n}`, name: `#9${n}` }));
    await db.insertInto("orders").values(copies).execute();
    const seen: string[] = [];
    let path: string | undefined = "/orders?state=historic";
    let pages = 0;
    while (path !== undefined) {
      const body = await html(path);
      seen.push(...[...body.matchAll(/class="number" href="[^"]+">([^<]+)</g)].map((match) => match[1] ?? ""));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll("&amp;", "&");
      pages += 1;
    }
    await db
      .deleteFrom("orders")
      .where(
        "id",
        "in",
        copies.map((one) => one.id),
      )
      .execute();
    expect(pages).toBe(3);
    expect(seen).toHaveLength(121);
    expect(new Set(seen).size).toBe(121);
  });
});

describe("downloads", () => {
  const harmless = { "content-security-policy": "default-src 'none'; sandbox", "x-content-type-options": "nosniff" };

  it("give the exact bytes of a document, as an attachment", async () => {
    const id = await idOf("SE1001-1");
    const answer = await fixture.page(`/purchase-orders/${id}/documents/1`);
    const row = await fixture.dispatcher.database.db
      .selectFrom("documents")
      .select("hash")
      .where("purchase_order_id", "=", id)
      .executeTakeFirstOrThrow();
    expect(createHash("sha256").update(answer.rawPayload).digest("hex")).toBe(row.hash);
    expect(answer.headers).toMatchObject({
      ...harmless,
      "content-type": "application/xml",
      "content-disposition": 'attachment; filename="SE1001-1-v1.xml"',
    });
  });

  it("give the delivery note of a version that has one, under the purchase order's number", async () => {
    const id = await idOf("SE1001-1");
    const path = `/purchase-orders/${id}/documents/1/delivery-note`;
    expect((await fixture.page(path)).statusCode).toBe(404);
    expect((await fixture.page(`/purchase-orders/${id}`)).body).not.toContain(path);
    const { db } = fixture.dispatcher.database;
    await db
      .insertInto("companion_documents")
      .values({ purchase_order_id: id, version: 1, kind: "delivery-note", bytes: Buffer.from("%PDF-"), hash: "h", size: 5 })
      .execute();
    expect((await fixture.page(`/purchase-orders/${id}`)).body).toContain(path);
    const answer = await fixture.page(path);
    await db.deleteFrom("companion_documents").execute();
    expect(answer.body).toBe("%PDF-");
    expect(answer.headers).toMatchObject({
      ...harmless,
      "content-type": "application/pdf",
      "content-disposition": 'attachment; filename="SE1001-1-v1-delivery-note.pdf"',
    });
  });

  it("give the exact bytes of a dead letter and of a supplier's file, as bytes", async () => {
    const { db } = fixture.dispatcher.database;
    const letter = await db.selectFrom("dead_letters").selectAll().executeTakeFirstOrThrow();
    const letterAnswer = await fixture.page(`/dead-letters/${letter.id}`);
    expect(letterAnswer.rawPayload.equals(BROKEN)).toBe(true);
    expect(letterAnswer.headers).toMatchObject({ ...harmless, "content-type": "application/octet-stream" });

    const file = await db.selectFrom("inbound_files").selectAll().where("state", "=", "quarantined").executeTakeFirstOrThrow();
    const fileAnswer = await fixture.page(`/inbound-files/${file.id}`);
    expect(fileAnswer.rawPayload.toString()).toBe(acknowledgement("SE9999-1"));
    expect(fileAnswer.headers).toMatchObject({
      ...harmless,
      "content-type": "application/octet-stream",
      "content-disposition": 'attachment; filename="agriest-AR_9999.xml"',
    });
  });

  it("have a name without quotes, line breaks or folders, whatever the supplier called its file", async () => {
    const { db } = fixture.dispatcher.database;
    const file = await db.selectFrom("inbound_files").selectAll().where("state", "=", "quarantined").executeTakeFirstOrThrow();
    await db
      .insertInto("inbound_files")
      .values({ ...file, id: "evil", hash: "x", name: 'OUT/..\r\nSet-Cookie: a="b' })
      .execute();
    const { headers } = await fixture.page("/inbound-files/evil");
    expect(headers["content-disposition"]).toBe('attachment; filename="agriest-.._Set-Cookie_a_b"');
    expect(headers["set-cookie"]).toBeUndefined();
    await db.deleteFrom("inbound_files").where("id", "=", "evil").execute();
  });
});

describe("what is not there", () => {
  it.each([
    "/nothing",
    "/orders/x",
    "/purchase-orders/x",
    "/purchase-orders/x/documents/1",
    "/dead-letters/x",
    "/inbound-files/x",
    "/<b>x",
  ])("%s is a page that says so", async (path) => {
    const answer = await fixture.page(path);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.body).toContain("<h1>Not found</h1>");
    expect(answer.body).not.toContain("<b>");
  });

  it("what cannot be understood says so, and a malformed path says nothing else", async () => {
    expect((await fixture.page("/purchase-orders/x/documents/none")).statusCode).toBe(400);
    const malformed = await fixture.request({ url: "/orders/%ff" });
    expect([malformed.statusCode, malformed.body]).toEqual([400, '{"error":"malformed path"}']);
  });

  it("a fault of ours shows no detail, and the log has it", async () => {
    const answer = await fixture.page("/");
    expect(answer.statusCode).toBe(200);
    const broken = await startFixture();
    await broken.dispatcher.database.close();
    const failed = await broken.page("/orders");
    expect(failed.statusCode).toBe(500);
    expect(failed.body).toContain("the dispatcher&#39;s log says what");
    expect(failed.body).not.toMatch(/driver|sqlite|select/i);
    await broken.operations.close();
    await Promise.all([broken.webhooks.close(), broken.deliveries.close()]);
    await broken.world.stop();
  });
});
