// Fields of the checkout, and the order's note, that are for one supplier and not for the other.
import { afterEach, beforeEach, expect, test } from "vitest";
import { orderBody } from "../test/payload.ts";
import { createWorld, type World } from "../test/world.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

const LINES = [
  { id: "11", sku: "AGR-1", vendor: "Agriest", quantity: 3 },
  { id: "12", sku: "FOU9", vendor: "Fournial", quantity: 1 },
];
const CHECKOUT = {
  note: "Attention au chien",
  noteAttributes: [
    { name: "Code chantier", value: "CH-77" },
    { name: "Date de livraison", value: "20/01/2027" },
  ],
};

/** What each supplier is sent. */
async function sent(agriest: string): Promise<{ readonly agriest: string; readonly fournial: string }> {
  const config = world.configure({}, (yaml) => yaml.replace("format: order-xml", `format: order-xml${agriest}`));
  const process = await world.start({ config });
  await process.webhook("orders/paid", orderBody({ lines: LINES, ...CHECKOUT }));
  await process.run();
  return {
    agriest: world.agriest.read(world.agriest.files()[0] ?? ""),
    fournial: world.fournial.read(world.fournial.files()[0] ?? ""),
  };
}

test("without a word every supplier is given all of it", async () => {
  const { agriest, fournial } = await sent("");
  for (const document of [agriest, fournial]) {
    expect(document).toContain("CH-77");
    expect(document).toContain("Attention au chien");
    expect(document).toContain("2027-01-20");
  }
});

test("a field of the checkout and the note go to the supplier that is to have them, and not to the other", async () => {
  const { agriest, fournial } = await sent("\n      note: omit\n      attributes: [date de livraison]");
  expect(fournial).toContain("CH-77");
  expect(fournial).toContain("Attention au chien");
  expect(agriest).not.toContain("CH-77");
  expect(agriest).not.toContain("Attention au chien");
  expect(agriest).toContain("2027-01-20");
});

test("a field that dispatch.attributes names is one of the checkout, too", async () => {
  const { agriest, fournial } = await sent("\n      attributes: []");
  expect(fournial).toContain("2027-01-20");
  expect(agriest).not.toContain("2027-01-20");
});
