// Writing a catalogue from the rows that an import gathered, in the caller's transaction.
import { setImmediate } from "node:timers/promises";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { valueColumns } from "../rows.ts";
import { isInFile, ROWS_AT_ONCE, type ImportHead } from "./gather.ts";

/** Slice by slice of SKUs, in the order of the key: `last` is the end of one. */
export async function removeMissing(trx: DatabaseTransaction, head: ImportHead): Promise<void> {
  let from = "";
  for (;;) {
    const start = from;
    const slice = await trx
      .selectFrom("catalogue_entries")
      .select("sku_key")
      .where("supplier", "=", head.supplier)
      .where("sku_key", ">", start)
      .orderBy("sku_key")
      .limit(ROWS_AT_ONCE)
      .execute();
    const last = slice.at(-1)?.sku_key;
    if (last === undefined) {
      return;
    }
    await trx
      .deleteFrom("catalogue_entries")
      .where("supplier", "=", head.supplier)
      .where("sku_key", ">", start)
      .where("sku_key", "<=", last)
      .where((eb) => eb.not(isInFile(eb, head)))
      .execute();
    from = last;
    await setImmediate();
  }
}

export async function writeRows(trx: DatabaseTransaction, head: ImportHead): Promise<void> {
  let from = "";
  for (;;) {
    const start = from;
    const slice = await trx
      .selectFrom("catalogue_import_rows")
      .select("sku_key")
      .where("import_id", "=", head.id)
      .where("sku_key", ">", start)
      .orderBy("sku_key")
      .limit(ROWS_AT_ONCE)
      .execute();
    const last = slice.at(-1)?.sku_key;
    if (last === undefined) {
      return;
    }
    await trx
      .insertInto("catalogue_entries")
      .columns(["supplier", ...valueColumns])
      .expression((eb) =>
        eb
          .selectFrom("catalogue_import_rows")
          .select((own) => own.val(head.supplier).as("supplier"))
          .select(valueColumns)
          .where("import_id", "=", head.id)
          .where("change", "!=", "unchanged")
          .where("sku_key", ">", start)
          .where("sku_key", "<=", last),
      )
      .onConflict((conflict) =>
        conflict.columns(["supplier", "sku_key", "valid_from"]).doUpdateSet((eb) => ({
          sku: eb.ref("excluded.sku"),
          supplier_sku: eb.ref("excluded.supplier_sku"),
          unit: eb.ref("excluded.unit"),
          pack: eb.ref("excluded.pack"),
          cost: eb.ref("excluded.cost"),
          currency: eb.ref("excluded.currency"),
          gtin: eb.ref("excluded.gtin"),
          mpn: eb.ref("excluded.mpn"),
          hazard: eb.ref("excluded.hazard"),
        })),
      )
      .execute();
    from = last;
    await setImmediate();
  }
}

/** Every open order that can still change: a rule may ask any catalogue. Returns how many. */
export async function planAgain(trx: DatabaseTransaction): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable("orders")
    .set({ plan_again: 1 })
    .where("state", "=", "open")
    .where((eb) =>
      eb.or([
        eb("id", "in", eb.selectFrom("order_lines").select("order_id").where("decision", "=", "unmatched")),
        eb("id", "in", eb.selectFrom("purchase_orders").select("order_id").where("state", "in", ["held", "ready"])),
      ]),
    )
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
