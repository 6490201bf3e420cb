// `soh classify` and `soh render`, on the shipped configuration.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld } from "../test/world.ts";
import { shopEnvironment, runSoh } from "./test/soh.ts";

const folder = mkdtempSync(join(tmpdir(), "soh-trial-"));
afterAll(() => rmSync(folder, { recursive: true }));

const root = join(import.meta.dirname, "../../../..");
const config = join(root, "config/handler.yaml");
const sample = join(root, "docs/formats/order.json");
const soh = (...args: readonly string[]) => runSoh({ ...shopEnvironment, SOH_CONFIG: config }, args);
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

it("classify: each line with its supplier and rule, each purchase order with what holds it", async () => {
  const lines = [
    { sku: "AGR-1", title: "Dent", quantity: 2 },
    { sku: "FOU-9", vendor: "Fournial", title: "Attelage" },
    { sku: "X-1", vendor: "Autre", title: "Housse" },
    { sku: "GIFT", giftCard: true, title: "Carte" },
    { sku: "AGR-2", title: "Remboursé", quantity: 1, current: 0 },
  ];
  const order = file("mixed.json", orderBody({ lines, shippingMethod: "Drone", tags: "Attention" }));
  const { status, out, err } = await soh("classify", order);
  expect([status, err]).toEqual([0, ""]);
  expect(out).toMatch(/^AGR-1 +Dent +2 +agriest +agriest\.rules\[1\] sku glob AGR-\*$/m);
  expect(out).toMatch(/^FOU-9 +Attelage +1 +fournial +fournial\.rules\[1\] sku prefix FOU$/m);
  expect(out).toMatch(/^X-1 +Housse +1 +unmatched +no rule matches SKU "X-1" of vendor "Autre"$/m);
  expect(out).toMatch(/^GIFT +Carte +1 +nobody +gift card$/m);
  expect(out).toMatch(/^AGR-2 +Remboursé +0 +nothing-to-order +no unit is left to order$/m);
  expect(out).toMatch(/^SE1001-1 +agriest +held +tag: the order has the tag "attention"$/m);
  expect(out).toMatch(/^ +shipping: the shipping method "Drone" has no code in suppliers\.agriest/m);
  expect(out).toMatch(/^1001F1 +fournial +held +tag: /m);

  const json: unknown = JSON.parse((await soh("classify", order, "--json")).out);
  expect(json).toMatchObject({
    order: "#1001",
    lines: [{ sku: "AGR-1", units: 2, supplier: "agriest" }, {}, { supplier: null, decision: "unmatched" }, {}, {}],
    purchaseOrders: [{ supplier: "agriest", number: "SE1001-1", holds: [{ name: "tag" }, { name: "shipping" }] }, {}],
  });
});

it("classify: takes an order wrapped as the Admin API answers it, cancelled or historic, and says so", async () => {
  const body = orderBody({ createdAt: "2026-05-01T10:00:00+02:00", cancelledAt: "2026-05-02T10:00:00+02:00" });
  const { status, out } = await soh("classify", file("wrapped.json", `{"order":${body}}`));
  expect(status).toBe(0);
  expect(out).toMatch(/^Note +The order is cancelled/m);
  expect(out).toMatch(/^Note +The order is older than dispatch\.since/m);
  expect(out).toMatch(/^SE1001-1 +agriest +ready +-$/m);
});

it("says whose catalogue was not given, where lines need one", async () => {
  const strict = file(
    "catalogue.yaml",
    readFileSync(config, "utf8").replace("require: [deliver_to.phone]", "catalogue: { required: true }"),
  );
  const told = "Agriest's catalogue was not given (--catalogue agriest=FILE): every SKU is shown as one that it lacks.";
  const { status, out } = await soh("classify", sample, "--config", strict);
  expect([status, out]).toEqual([0, expect.stringContaining(told)]);
  expect(out).toMatch(/^SE1042-1 +agriest +held +incomplete: Agriest's catalogue has no SKU "AGR-4410-32"/m);
  expect(out).toMatch(/^ +incomplete: Agriest's catalogue has no SKU "KRA-71-0045"/m);
  expect(out.split("SE1042-1")).toHaveLength(2);
  expect((await soh("render", sample, "--supplier", "agriest", "--config", strict)).err).toContain(told);
  const given = `agriest=${file("agriest.csv", "sku,supplier_sku\nAGR-4410-32,A-1\n")}`;
  expect((await soh("classify", sample, "--config", strict, "--catalogue", given)).out).not.toContain("was not given");
});

it.each([
  ["is not there", "none.json", undefined, /none\.json cannot be read: ENOENT/],
  ["is not JSON", "broken.json", "{broken", /broken\.json: not JSON: /],
  ["is no order", "other.json", '{"id": 1}', /other\.json: not an order: created_at: .*\. Expected an order as Shopify/],
  ["is only text", "text.json", '"order"', /text\.json: not an order: payload: /],
] as const)("a file that %s is named with what is wrong", async (_what, name, text, expected) => {
  const path = text === undefined ? join(folder, name) : file(name, text);
  for (const args of [
    ["classify", path],
    ["render", path, "--supplier", "agriest"],
  ]) {
    const { status, out, err } = await soh(...args);
    expect([status, out]).toEqual([1, ""]);
    expect(err).toMatch(expected);
  }
});

it("render: the very bytes that the dispatcher uploads, and nothing else", async () => {
  const world = await createWorld();
  try {
    const dispatcher = await world.start();
    await dispatcher.webhook("orders/create", readFileSync(sample));
    await dispatcher.run();
    const args = ["render", sample, "--supplier", "agriest", "--date", new Date(world.clock.now()).toISOString()];
    const { status, stdout, err } = await soh(...args);
    expect([status, err]).toEqual([0, ""]);
    expect(stdout.toString("utf8")).toBe(world.agriest.read("CDE_SE1042-1_1.xml"));
  } finally {
    await world.stop();
  }
});

it("render: a version, a purpose, in the supplier's encoding", async () => {
  const latin = file(
    "latin.yaml",
    readFileSync(config, "utf8").replace(
      "format: order-xml\n      shipping",
      "format: order-xml\n      encoding: windows-1252\n      shipping",
    ),
  );
  const args = ["--supplier", "agriest", "--version", "3", "--purpose", "cancellation", "--config", latin];
  const special = file("special.json", readFileSync(sample, "utf8").replaceAll("La Ville Neuve", "La Ville Żółta"));
  const { status, stdout, err } = await soh("render", special, ...args);
  expect([status, err]).toEqual([0, "In the document: windows-1252 lacks some characters: Ż as Z, ł as l\n"]);
  const text = stdout.toString("latin1");
  expect(text).toContain('encoding="WINDOWS-1252"');
  expect(text).toContain("<DocumentVersion>3</DocumentVersion>");
  expect(text).toContain("<Purpose>cancellation</Purpose>");
  expect(text).toContain("Élodie Le Goff");
});

it("render: --out never overwrites unless forced", async () => {
  const target = join(folder, "po.xml");
  const first = await soh("render", sample, "--supplier", "agriest", "--out", target);
  expect([first.status, first.out]).toEqual([0, ""]);
  expect(readFileSync(target, "utf8")).toContain("<Number>SE1042-1</Number>");
  writeFileSync(target, "mine");
  const second = await soh("render", sample, "--supplier", "agriest", "--out", target);
  expect([second.status, second.err]).toEqual([1, `${target} is there already: give another name, or --force\n`]);
  expect(readFileSync(target, "utf8")).toBe("mine");
  expect((await soh("render", sample, "--supplier", "agriest", "--out", target, "--force")).status).toBe(0);
  expect(readFileSync(target, "utf8")).toContain("<Order");
});

it("render: what would be held is said beside the document; what has none is a refusal", async () => {
  const held = await soh(
    "render",
    file("held.json", orderBody({ phone: null, financialStatus: "pending" })),
    "--supplier",
    "agriest",
  );
  expect([held.status, held.out.startsWith("<?xml")]).toEqual([0, true]);
  expect(held.err).toBe(
    "It would be held (release): not paid yet (financial_status pending)\nIt would be held (incomplete): Agriest requires deliver_to.phone, and the order has none\n",
  );

  const nothing = await soh("render", sample, "--supplier", "fournial");
  expect([nothing.status, nothing.out]).toEqual([1, ""]);
  expect(nothing.err).toMatch(/^order #1042 gives Fournial nothing to ship\. Its lines:\n {2}AGR-4410-32: agriest \(/);

  const unknown = await soh("render", sample, "--supplier", "lacour");
  expect([unknown.status, unknown.err]).toEqual([
    1,
    'there is no supplier "lacour" in the configuration. There are: agriest, fournial\n',
  ]);

  const short = file(
    "short.yaml",
    readFileSync(config, "utf8").replace(
      "format: order-xml\n      shipping",
      "format: order-xml\n      max: { name: 5, overflow: hold }\n      shipping",
    ),
  );
  const tooLong = await soh("render", sample, "--supplier", "agriest", "--config", short);
  expect([tooLong.status, tooLong.out]).toEqual([1, ""]);
  expect(tooLong.err).toMatch(/^order #1042: the purchase order to Agriest has no document and would be held: .*name/);

  const pattern = file("pattern.yaml", readFileSync(config, "utf8").replace("max: 15", "max: 3"));
  const noNumber = await soh("render", sample, "--supplier", "agriest", "--config", pattern);
  expect([noNumber.status, noNumber.err.includes("suppliers.agriest.number: ")]).toEqual([1, true]);
});

it("docs/formats/template.md: its walk-through gives what it shows", async () => {
  const page = readFileSync(join(root, "docs/formats/template.md"), "utf8");
  const block = (mark: string): string =>
    page.split(`<!-- walk-through: ${mark} -->`)[1]?.match(/```[a-z]+\n(.*?)```/s)?.[1] ?? "";
  const [head = ""] = readFileSync(config, "utf8").split("\nsuppliers:\n");
  const yaml = file("walk.yaml", `${head}\n${block("handler.yaml")}`.replace("file: templates/", "file: "));
  file("lacour.csv.liquid", block("lacour.csv.liquid"));
  const order = file(
    "walk.json",
    readFileSync(sample, "utf8").replace("AGR-4410-32", "LC00010").replace("KRA-71-0045", "LC00011").replace("Agriest", "Lacour"),
  );
  const access = { FTP_LACOUR_HOST: "ftp.lacour.example", FTP_LACOUR_USER: "u", FTP_LACOUR_PASS: "p" };
  const args = ["render", order, "--supplier", "lacour", "--config", yaml];
  const { status, stdout, err } = await runSoh({ ...shopEnvironment, ...access }, args);
  expect([status, err]).toEqual([0, ""]);
  const text = new TextDecoder("windows-1252").decode(stdout);
  expect(text).toMatch(/\r\n$/);
  expect(block("result")).toContain(text.replaceAll("\r\n", "\n"));

  const answer = join(folder, "REP_1.csv");
  writeFileSync(answer, Buffer.from(block("answer"), "latin1"));
  const reading = ["suppliers", "read-answer", answer, "--supplier", "lacour", "--against", order, "--config", yaml];
  const read = await runSoh({ ...shopEnvironment, ...access }, reading);
  expect([read.status, read.err]).toEqual([0, ""]);
  expect(block("read").split("\n").slice(1).join("\n")).toBe(read.out);
});
