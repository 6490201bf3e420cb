// Writing a catalogue from the rows that an import gathered, in the caller's transaction.
import { setImmediate } from "node:timers/promises";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { valueColumns } from "../rows.ts";
import { isInFile, ROWS_AT_ONCE, type ImportHead } from "./gather.ts";

/** Slices of SKUs, in the order of the key. Others have their turn between them. */
async function* slices(
  keysAfter: (key: string) => Promise<readonly { readonly sku_key: string }[]>,
): AsyncGenerator<{ readonly after: string; readonly upTo: string }> {
  let after = "";
  for (;;) {
    const upTo = (await keysAfter(after)).at(-1)?.sku_key;
    if (upTo === undefined) {
      return;
    }
    yield { after, upTo };
    after = upTo;
    await setImmediate();
  }
}

export async function removeMissing(trx: DatabaseTransaction, head: ImportHead): Promise<void> {
  const present = trx.selectFrom("catalogue_entries").select("sku_key").where("supplier", "=", head.supplier);
  const keysAfter = (key: string) => present.where("sku_key", ">", key).orderBy("sku_key").limit(ROWS_AT_ONCE).execute();
  for await (const { after, upTo } of slices(keysAfter)) {
    await trx
      .deleteFrom("catalogue_entries")
      .where("supplier", "=", head.supplier)
      .where("sku_key", ">", after)
      .where("sku_key", "<=", upTo)
      .where((eb) => eb.not(isInFile(eb, head)))
      .execute();
  }
}

export async function writeRows(trx: DatabaseTransaction, head: ImportHead): Promise<void> {
  const gathered = trx.selectFrom("catalogue_import_rows").select("sku_key").where("import_id", "=", head.id);
  const keysAfter = (key: string) => gathered.where("sku_key", ">", key).orderBy("sku_key").limit(ROWS_AT_ONCE).execute();
  for await (const { after, upTo } of slices(keysAfter)) {
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
          .where("sku_key", ">", after)
          .where("sku_key", "<=", upTo),
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
