// What the console shows of what did not go through, and the commands to copy.
import { afterEach, beforeEach, expect, it } from "vitest";
import { orderBody } from "../../test/payload.ts";
import { startFixture, type Fixture } from "../test/fixture.ts";
import { makeFailed, makeQuarantined, makeUnknown } from "../test/situations.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const html = async (path: string): Promise<string> => (await fixture.page(path)).body;
const pageOf = async (number: string): Promise<string> => {
  const po = (await fixture.dispatcher.purchaseOrders()).find((one) => one.number === number);
  return await html(`/purchase-orders/${po?.id ?? "none"}`);
};
const commands = (body: string): string[] =>
  [...body.matchAll(/<code class="command">([^<]+)</g)].map(([, text = ""]) => text.replaceAll("&quot;", '"').slice(15));

it("one page lists purchase orders, webhooks and files, with their commands, and filters them", async () => {
  await makeUnknown(fixture, { id: "1", number: 1001 });
  await makeFailed(fixture, { id: "2", number: 1002 });
  await fixture.dispatcher.webhook("customers/redact", "{}");
  await makeQuarantined(fixture);
  const body = await html("/dead-letters");
  for (const text of ["SE1001-1", "1002F1", "customers/redact", "/OUT/AR_SE9999-1.xml", "Fournial"]) {
    expect(body).toContain(text);
  }
  expect(commands(body)).toEqual(
    expect.arrayContaining([
      'same-again SE1001-1 --note "who said so"',
      "retry 1002F1",
      expect.stringMatching(/^dead-letters discard [0-9a-f-]{36} --note "why"$/),
      "dead-letters retry --all",
    ]),
  );
  const files = await html("/dead-letters?kind=file&supplier=agriest&state=set-aside");
  expect(files).not.toContain("customers/redact");
  expect(files).not.toContain("unreadable"); // It was read well, and is about no purchase order.
  expect(files).toContain('<span class="badge badge-set-aside">set aside</span>');
  expect(files).toContain('<option value="set-aside" selected>set aside</option>');
  expect(commands(files)).toHaveLength(2);
  expect(await html("/dead-letters?state=failed&kind=nonsense")).toContain("1002F1");
  expect(await html("/dead-letters?state=failed&supplier=agriest")).toContain("No dead letters here.");
});

it("an unknown purchase order's page says what each remedy means to the supplier", async () => {
  await makeUnknown(fixture);
  const body = await pageOf("SE1001-1");
  expect(commands(body)).toEqual([
    'mark-sent SE1001-1 --note "who said so"',
    'same-again SE1001-1 --note "who said so"',
    'replace SE1001-1 --note "who said so"',
    'order-again SE1001-1 --note "who said so"',
    'discard SE1001-1 --note "why"',
  ]);
  for (const text of ["same bytes under a new file name", "marked as a replacement", "a new number; the old one is given up"]) {
    expect(body).toContain(text);
  }
});

it("one that is sent and not answered can be sent once more, and shows that it was", async () => {
  await fixture.dispatcher.webhook("orders/create", orderBody());
  await fixture.dispatcher.run();
  const body = await pageOf("SE1001-1");
  expect(body).toContain("The supplier says it never got it?");
  expect(commands(body).map((command) => command.split(" ")[0])).toEqual(["same-again", "replace", "order-again"]);
  expect(body).not.toContain("badge-same-again");
  await fixture.post("/api/purchase-orders/SE1001-1/same-again", { note: "x" });
  await fixture.dispatcher.database.db.updateTable("messages").set({ crashes: 2 }).execute();
  const again = await pageOf("SE1001-1");
  expect(again).toContain("badge-same-again");
  expect(again).toMatch(/<dt>Ended the dispatcher<\/dt>\s*<dd>2 times<\/dd>/);
});

it("a supplier whose server does not answer says since when, and when it is tried", async () => {
  const now = fixture.world.clock.now();
  const open = { failures_in_a_row: 4, opened_at: now, probe_at: now + 30_000 };
  await fixture.dispatcher.database.db.updateTable("suppliers").set(open).where("id", "=", "agriest").execute();
  for (const body of [await html("/suppliers"), await html("/")]) {
    expect(body.replaceAll(/\s+/g, " ")).toMatch(/one purchase order is let through to try at/i);
    expect(body).toContain("2027-01-10 12:00:30");
  }
  expect((await fixture.get("/api/suppliers")).json().suppliers).toMatchObject([
    { id: "agriest", openedAt: "2027-01-10T12:00:00.000Z", failuresInARow: 4, probeAt: "2027-01-10T12:00:30.000Z" },
    { id: "fournial", openedAt: null, failuresInARow: 0, probeAt: null },
  ]);
});
