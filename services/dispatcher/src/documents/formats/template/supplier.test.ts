// A supplier with a format of its own, from the order to its answer: configuration, rooms and transport together.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lacourAnswers, lacourCsv } from "./test/lacour.ts";
import type { HandlerConfig } from "../../../config/load.ts";
import { orderBody } from "../../../test/payload.ts";
import { createWorld, type World } from "../../../test/world.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stop();
});

const lines = [
  { id: "1", sku: "AGR-1", quantity: 5 },
  { id: "2", sku: "AGR-2", quantity: 2 },
  { id: "3", sku: "FOU1", vendor: "Fournial", quantity: 1 },
];

/** Agriest reads CSV by the template, and answers with CSV. */
function withTemplate(source?: string): HandlerConfig {
  const template = lacourCsv.template && { ...lacourCsv.template, source: source ?? lacourCsv.template.source };
  return {
    ...world.config,
    suppliers: world.config.suppliers.map((one) =>
      one.id === "agriest"
        ? { ...one, document: { ...one.document, format: "template", template, answers: lacourAnswers } }
        : one,
    ),
  };
}

test("its order is uploaded as its template writes it, and its answer is applied line by line", async () => {
  const process = await world.start({ config: withTemplate() });
  await process.webhook("orders/paid", orderBody({ lines }));
  await process.run();
  expect(world.agriest.files()).toHaveLength(1);
  expect(await process.database.db.selectFrom("documents").select(["format", "media_type"]).orderBy("format").execute()).toEqual([
    { format: "order-xml", media_type: "application/xml" },
    { format: "template", media_type: "text/csv" },
  ]);
  const example = new URL("examples/acknowledgement-changed.csv", import.meta.url);
  world.agriest.answer("AR_1.xml", readFileSync(example, "utf8"));
  expect(await process.features.look("agriest")).toMatchObject({
    news: [{ kind: "applied", number: "SE1001-1", status: "changed", reason: "plus fabriqué" }],
  });
  const answered = process.database.db
    .selectFrom("purchase_order_lines")
    .select(["sku", "confirmed", "cancelled", "promised_on"]);
  expect(await answered.where("sku", "like", "AGR%").orderBy("sku").execute()).toEqual([
    { sku: "AGR-1", confirmed: 5, cancelled: 0, promised_on: "2027-01-14" },
    { sku: "AGR-2", confirmed: 0, cancelled: 2, promised_on: null },
  ]);
});

test("an answer that names one line leaves the other open, and a person is told; the next one answers it", async () => {
  const process = await world.start({ config: withTemplate() });
  await process.webhook("orders/paid", orderBody({ lines }));
  await process.run();
  const answer = async (name: string, row: string): Promise<void> => {
    world.agriest.answer(
      name,
      `COMMANDE;VERSION;LIGNE;REFERENCE;STATUT;QTE_CONF;QTE_RELIQUAT;QTE_ANNULEE;DATE_PREVUE;MOTIF;NUM_AR\n${row}\n`,
    );
    await process.features.look("agriest");
  };
  const confirmed = async () =>
    (
      await process.database.db
        .selectFrom("purchase_order_lines")
        .select("confirmed")
        .where("sku", "like", "AGR%")
        .orderBy("sku")
        .execute()
    ).map((line) => line.confirmed);

  await answer("AR_1.xml", "SE1001-1;1;1;AGR-1;OK;5;;;;;");
  expect(await confirmed()).toEqual([5, 0]);
  expect(world.alerts).toEqual([
    expect.objectContaining({
      kind: "acknowledgement.unexpected",
      message: expect.stringContaining("though it says nothing of line 2: it stays open") as unknown,
    }),
  ]);
  await answer("AR_2.xml", "SE1001-1;1;2;AGR-2;OK;2;;;;;");
  expect(await confirmed()).toEqual([5, 2]);
  expect(world.alerts).toHaveLength(1);
});

test("a template that throws fails its own purchase order, with its line; the other supplier's goes", async () => {
  const process = await world.start({ config: withTemplate("COMMANDE\n{{ number | csv }};{{ deliver_to.nmae }}") });
  await process.webhook("orders/paid", orderBody({ lines }));
  await process.run();
  expect((await process.purchaseOrders()).map((po) => [po.supplier, po.state])).toEqual([
    ["agriest", "failed"],
    ["fournial", "sent"],
  ]);
  expect(world.agriest.files()).toEqual([]);
  expect(JSON.stringify(await process.database.db.selectFrom("events").selectAll().execute())).toContain(
    "template lacour.csv.liquid line 2: undefined variable: deliver_to.nmae",
  );
});
