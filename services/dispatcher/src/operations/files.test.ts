// What people and programs see of purchase orders that went in one file.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { startFixture, type Fixture } from "./test/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({}, (yaml) => yaml.replace("    document:\n", "    schedule: { batch: 50 }\n    document:\n"));
  for (const n of [1, 2]) {
    const lines = [{ id: `77000${n}`, sku: "AGR-1" }];
    await fixture.dispatcher.webhook("orders/paid", orderBody({ id: `82098291194615450${n}`, number: 1000 + n, lines }));
    fixture.world.clock.advance(1);
  }
  await fixture.dispatcher.run();
});
afterAll(() => fixture.stop());

test("the attempt of the one that the file is named after stands at each, with those beside it and the file's exact bytes", async () => {
  for (const [number, other] of [
    ["SE1001-1", "SE1002-1"],
    ["SE1002-1", "SE1001-1"],
  ]) {
    const po = (await fixture.get(`/api/purchase-orders/${number}`)).json<{
      id: string;
      attempts: { id: string; sha256: string; inFile: string[]; finalPath: string }[];
    }>();
    expect(po.attempts).toEqual([
      expect.objectContaining({ state: "sent", inFile: ["SE1001-1", "SE1002-1"], finalPath: "/IN/CDE_SE1001-1_1.xml" }),
    ]);
    const [attempt] = po.attempts;
    const paths = [`/api/purchase-orders/${number}/files/${attempt!.id}`, `/purchase-orders/${po.id}/files/${attempt!.id}`];
    const answers = [await fixture.get(paths[0]!), await fixture.page(paths[1]!)];
    for (const file of answers) {
      expect(file.rawPayload).toEqual(Buffer.from(fixture.world.agriest.read("CDE_SE1001-1_1.xml")));
      expect(createHash("sha256").update(file.rawPayload).digest("hex")).toBe(attempt!.sha256);
      expect(file.headers["content-disposition"]).toBe('attachment; filename="CDE_SE1001-1_1.xml"');
    }
    const page = (await fixture.page(`/purchase-orders/${po.id}`)).body;
    expect(page).toContain("In one file with");
    expect(page).toContain(`>${other}</a>`);
  }
});

test("a file that a purchase order was not in is not given as its own", async () => {
  expect((await fixture.get("/api/purchase-orders/SE1001-1/files/none")).json()).toMatchObject({
    error: expect.stringContaining('was in no file with others in the attempt "none"'),
  });
  expect((await fixture.page("/purchase-orders/none/files/none")).statusCode).toBe(404);
});
