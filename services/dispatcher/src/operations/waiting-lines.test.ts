// A line that waits for what a rule must know is shown wherever one is that goes to no supplier.
import { afterAll, beforeAll, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { startFixture, type Fixture } from "./test/fixture.ts";

const REASON = 'SKU "YYY" of vendor "Nobody" waits: fournial.rules[0] asks for the product type, which is not known yet';
let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
  const { dispatcher } = fixture;
  for (const [id, sku] of [
    ["1", "ZZZ"],
    ["2", "YYY"],
  ] as const) {
    const lines = [{ sku, vendor: "Nobody" }];
    await dispatcher.webhook("orders/create", orderBody({ id, number: 1000 + Number(id), lines }));
  }
  // As the planner leaves it under a configuration with such a rule (orders/planner.test.ts).
  await dispatcher.database.db
    .updateTable("order_lines")
    .set({ decision: "facts-missing", reason: REASON })
    .where("sku", "=", "YYY")
    .execute();
});
afterAll(() => fixture.stop());

const json = async (path: string) => (await fixture.get(path)).json();
const names = async (query: string): Promise<readonly string[]> =>
  (await json(`/api/orders?${query}`)).orders.map((order: { name: string }) => order.name);

test("the API counts it apart, finds its order and says why it waits", async () => {
  expect(await json("/api/summary")).toMatchObject({ unmatchedLines: 1, factsMissingLines: 1 });
  expect(await names("unmatched=true")).toEqual(["#1001"]);
  expect(await names("facts_missing=true")).toEqual(["#1002"]);
  expect((await names("facts_missing=true&unmatched=true")).toSorted()).toEqual(["#1001", "#1002"]);
  expect((await json("/api/orders?facts_missing=true")).orders[0]).toMatchObject({ unmatchedLines: 0, factsMissingLines: 1 });
  expect((await json("/api/orders/1002")).lines[0]).toMatchObject({ decision: "facts-missing", reason: REASON });
});

test("the console shows it under what needs attention, in the list and on the order's page", async () => {
  const overview = (await fixture.page("/")).body;
  expect(overview).toMatch(
    /Lines that go to no supplier[^]*#1001: a line goes[^]*Lines that wait for what a rule must know[^]*#1002: a line waits/,
  );
  expect(overview).toContain("fournial.rules[0] asks for the product type");
  const list = (await fixture.page("/orders?facts_missing=true")).body;
  expect(list).toContain("1 line missing facts");
  expect(list).not.toContain("#1001<");
  expect((await fixture.page("/orders/sermat.myshopify.com%3A2")).body).toContain("badge-facts-missing");
});

test("the metrics count it", async () => {
  expect((await fixture.get("/metrics")).body).toContain("soh_dispatcher_facts_missing_lines 1");
});
