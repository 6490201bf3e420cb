// `soh suppliers read-answer`, on the shipped configuration.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { orderBody } from "../test/payload.ts";
import { shopEnvironment, runSoh } from "./test/soh.ts";

const folder = mkdtempSync(join(tmpdir(), "soh-read-answer-"));
afterAll(() => rmSync(folder, { recursive: true }));

const root = join(import.meta.dirname, "../../../..");
const config = join(root, "config/handler.yaml");
const formats = join(import.meta.dirname, "../documents/formats");
const example = (name: string): string => join(formats, name);
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const sohReads = (...args: readonly string[]) =>
  runSoh({ ...shopEnvironment, SOH_CONFIG: config }, ["suppliers", "read-answer", ...args]);
const read = (path: string, ...args: readonly string[]) =>
  runSoh({ ...shopEnvironment, SOH_CONFIG: config }, ["suppliers", "read-answer", path, "--supplier", "agriest", ...args]);

const answer = (lines: string, status = "changed"): string =>
  `<Acknowledgement version="1"><OrderNumber>SE1001-1</OrderNumber><Status>${status}</Status><Reason>rupture</Reason>${lines}</Acknowledgement>`;
const lineTwo = (content: string): string => answer(`<Lines><Line number="2">${content}</Line></Lines>`);
const order = file(
  "order.json",
  orderBody({
    lines: [
      { id: "1", sku: "AGR-1", quantity: 5 },
      { id: "2", sku: "AGR-2", quantity: 2 },
    ],
  }),
);

it("shows what an acknowledgement says: number, status, reason, each line, and what becomes of the others", async () => {
  const named = file("AR_SE1001-1.xml", lineTwo("<Confirmed>1</Confirmed><Cancelled>1</Cancelled>"));
  const { status, out, err } = await read(named);
  expect([status, err]).toEqual([0, ""]);
  expect(out).toMatch(/^Kind +acknowledgement$/m);
  expect(out).toMatch(/^Purchase order +SE1001-1$/m);
  expect(out).toMatch(/^Status +changed$/m);
  expect(out).toMatch(/^Reason +rupture$/m);
  expect(out).toMatch(/^Other lines +confirmed whole, unless they had an answer before$/m);
  expect(out).toMatch(/^ *2 +- +1 +- +1 +-$/m);
  expect(out).not.toContain("Note:");

  const json: unknown = JSON.parse((await read(named, "--json")).out);
  expect(json).toMatchObject({
    ok: true,
    supplier: "agriest",
    notes: [],
    message: { kind: "acknowledgement", acknowledgement: { purchaseOrder: "SE1001-1", lines: [{ number: 2, confirmed: 1 }] } },
  });
});

it("says that the dispatcher would not take a file of that name", async () => {
  const { status, out } = await read(example("order-xml/examples/acknowledgement-rejected.xml"));
  expect(status).toBe(0);
  expect(out).toMatch(/^Note: Under this name it would not be read: in \/OUT the dispatcher takes AR_\*\.xml\.$/m);
});

it("--against an order: what the answer would do to the lines of its purchase order", async () => {
  const { status, out, err } = await read(
    file("AR_1.xml", lineTwo("<Confirmed>1</Confirmed><Cancelled>1</Cancelled>")),
    "--against",
    order,
  );
  expect([status, err]).toEqual([0, ""]);
  expect(out).toContain("SE1001-1 afterwards, in pieces:\n");
  expect(out).toMatch(/^ *1 +AGR-1 +5 +5 +0 +0 +0 +-$/m);
  expect(out).toMatch(/^ *2 +AGR-2 +2 +1 +0 +1 +0 +-$/m);
});

it("--against counts as the supplier does: packs of ten, and never more pieces than were ordered", async () => {
  const packed = file(
    "packed.yaml",
    readFileSync(config, "utf8").replace("require: [deliver_to.phone]", "catalogue: { pack: round_up }"),
  );
  const catalogue = file("agriest.csv", "sku,supplier_sku,pack\nAGR-1,A1,10\n");
  const twelve = file("twelve.json", orderBody({ lines: [{ id: "1", sku: "AGR-1", quantity: 12 }] }));
  const whole = file("AR_2.xml", answer("", "accepted"));
  const args = ["--against", twelve, "--config", packed, "--catalogue", `agriest=${catalogue}`];
  expect((await read(whole, ...args)).out).toMatch(/^ *1 +AGR-1 +12 +12 +0 +0 +0 +-$/m);
  const one = answer('<Lines><Line number="1"><Confirmed>1</Confirmed><Backordered>1</Backordered></Line></Lines>');
  expect((await read(file("AR_3.xml", one), ...args)).out).toMatch(/^ *1 +AGR-1 +12 +10 +2 +0 +0 +-$/m);
});

it.each([
  ["is not XML", "Bonjour", /AR_4\.xml: Agriest's answer cannot be read, and would be set aside whole: .+/],
  ["has no status", answer("", ""), /AR_4\.xml: Agriest's answer cannot be read, and would be set aside whole: .*Status/],
])("an answer that %s is refused with its reason, as JSON too", async (_what, text, reason) => {
  const path = file("AR_4.xml", text);
  const { status, out, err } = await read(path);
  expect([status, out]).toEqual([1, ""]);
  expect(err).toMatch(reason);
  const json = await read(path, "--json");
  expect(json.status).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({ ok: false, supplier: "agriest", problem: expect.any(String) as unknown });
});

it.each([
  ["more than was ordered", lineTwo("<Confirmed>9</Confirmed>"), /line 2: 9 confirmed, .* are more than the 2 ordered/],
  ["a line that it does not have", answer('<Lines><Line number="7"><Confirmed>1</Confirmed></Line></Lines>'), /line 7 is not on/],
  [
    "another number",
    answer("", "accepted").replace("SE1001-1", "SE1-1"),
    /answers purchase order "SE1-1", and .* makes SE1001-1/,
  ],
])("--against: %s is a contradiction, with status 1", async (_what, text, reason) => {
  const { status, out, err } = await read(file("AR_5.xml", text), "--against", order);
  expect([status, out]).toEqual([1, ""]);
  expect(err).toMatch(/AR_5\.xml: it would be set aside whole: /);
  expect(err).toMatch(reason);
});

it.each([
  ["despatch-advice", "despatch advice", /^Purchase order +SE1001-1$/m],
  ["stock-report", "stock report", /^SKU +GTIN +QUANTITY/m],
])("a %s is shown, and that it would be set aside", async (name, kind, shown) => {
  const ubl = file("ubl.yaml", readFileSync(config, "utf8").replace("format: order-xml", "format: ubl-2.1"));
  const path = example(`ubl-2.1/examples/${name}.xml`);
  const { status, out } = await read(path, "--config", ubl);
  expect([status, out.startsWith(`Kind`)]).toEqual([0, true]);
  expect(out).toMatch(shown);
  expect(out).toContain(`a ${kind} in it would be set aside`);
  const against = await read(path, "--config", ubl, "--against", order);
  expect([against.status, against.err.includes(`a ${kind}, where acknowledgements are expected`)]).toEqual([1, true]);
});

it("a file or a supplier that is not there is named", async () => {
  expect((await read(join(folder, "none.xml"))).err).toMatch(/none\.xml cannot be read: ENOENT/);
  const { status, err } = await sohReads(order, "--supplier", "lacour");
  expect([status, err]).toEqual([1, 'there is no supplier "lacour" in the configuration. There are: agriest, fournial\n']);
});
