import { afterAll, beforeAll, expect, test } from "vitest";
import { startFixture, type Fixture } from "./test/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({}, (yaml) =>
    yaml.replace('tls: { ca: "${FTP_AGRIEST_CA:-}" }', "tls: { verify: false }\n      insecure: true"),
  );
});
afterAll(() => fixture.stop());

const WHY = "its certificate is not verified: whoever answers in its place gets the password and the orders";

test("a connection that is not secure stands on the overview, with its reason", async () => {
  const { body } = await fixture.page("/");
  expect(body).toContain("Connections that are not secure");
  expect(body).toContain(WHY);
  expect(body).not.toContain("Nothing needs a person.");
});

test("and with its supplier, but not with the others", async () => {
  const { body } = await fixture.page("/suppliers");
  expect(body.split("Its connection is not secure:")).toHaveLength(2);
  expect(body).toContain("suppliers.agriest.transport.insecure");
});

test("programs are told in the summary, with the supplier and in the metrics", async () => {
  expect((await fixture.get("/api/summary")).json()).toMatchObject({ insecureSuppliers: ["agriest"] });
  expect((await fixture.get("/api/suppliers")).json()).toMatchObject({
    suppliers: [
      { id: "agriest", insecure: WHY },
      { id: "fournial", insecure: null },
    ],
  });
  const { body } = await fixture.get("/metrics");
  expect(body).toContain('soh_dispatcher_supplier_insecure{supplier="agriest"} 1');
  expect(body).toContain('soh_dispatcher_supplier_insecure{supplier="fournial"} 0');
});
