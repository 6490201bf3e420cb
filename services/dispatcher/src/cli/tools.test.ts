// The same order to the same supplier in every language: what docs/formats/examples shows, and what `soh render` writes.
// `vitest run -u services/dispatcher/src/tools.test.ts` writes the examples anew.
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readWholeFile } from "../catalogue/whole-file.ts";
import { loadConfig } from "../config/load.ts";
import { formatNames } from "../domain/purchase-order/document.ts";
import { composeTools } from "./tools.ts";

const docs = new URL("../../../../docs/formats/", import.meta.url);
const templates = new URL("../../../../config/templates/", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "soh-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

const kinds = formatNames.map((format) => [format, format === "template" ? "csv" : "xml"] as const);

test.each(kinds)("docs/formats/examples shows the order in %s", async (format, extension) => {
  const text = readFileSync(new URL("supplier.yaml", docs), "utf8");
  const template = format === "template" ? "\n      template: { file: lacour.csv.liquid }" : "";
  writeFileSync(join(folder, `${format}.yaml`), text.replace("format: order-xml", `format: ${format}${template}`));
  writeFileSync(join(folder, "lacour.csv.liquid"), readFileSync(new URL("lacour.csv.liquid", templates)));
  const config = loadConfig(join(folder, `${format}.yaml`), () => undefined);
  const catalogue = await readWholeFile(createReadStream(new URL("catalogue.csv", docs)), { encoding: "utf-8" });
  const tools = composeTools(config, new Map([["agriest", catalogue]]));
  const read = tools.readOrder(readFileSync(new URL("order.json", docs), "utf8"));
  const trial = read.ok
    ? tools.tryOrder(read.order, { version: 1, purpose: "original", issuedAt: Date.parse("2027-01-10T12:00:00Z") })
    : undefined;
  expect(trial?.purchaseOrders.map(({ number, holds }) => [number, holds])).toEqual([["SE1042-1", []]]);
  const document = trial?.purchaseOrders[0]?.document;
  const written = document?.ok === true ? Buffer.from(document.bytes).toString("utf8") : JSON.stringify(document);
  await expect(written).toMatchFileSnapshot(new URL(`examples/${format}.${extension}`, docs).pathname);
});

test("a bad catalogue file is refused, naming its row", async () => {
  const file = join(folder, "bad.csv");
  writeFileSync(file, "sku;supplier_sku;pack\nA;1;2\nB;2;none\n");
  await expect(readWholeFile(createReadStream(file), { encoding: "utf-8" })).rejects.toThrow(/row 3: pack expected/);
});
