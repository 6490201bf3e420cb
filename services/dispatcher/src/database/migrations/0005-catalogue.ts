import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const catalogue: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // What each supplier's catalogue says of a shop SKU, from a day on ("" is from ever).
    await db.schema
      .createTable("catalogue_entries")
      .addColumn("supplier", "text", (c) => c.notNull())
      .addColumn("sku_key", "text", (c) => c.notNull())
      .addColumn("valid_from", "text", (c) => c.notNull())
      .addColumn("sku", "text", (c) => c.notNull())
      .addColumn("supplier_sku", "text", (c) => c.notNull())
      .addColumn("unit", "text", (c) => c.notNull())
      .addColumn("pack", "integer", (c) => c.notNull().check(sql`pack > 0`))
      .addColumn("cost", "text")
      .addColumn("currency", "text")
      .addColumn("gtin", "text")
      .addColumn("mpn", "text")
      .addColumn("hazard", "text")
      .addPrimaryKeyConstraint("catalogue_entries_key", ["supplier", "sku_key", "valid_from"])
      .execute();
    await db.schema.createIndex("catalogue_entries_by_sku").on("catalogue_entries").columns(["sku_key"]).execute();

    // A file that is being imported: its rows are gathered, compared, and applied in one transaction. One per supplier.
    await db.schema
      .createTable("catalogue_imports")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("supplier", "text", (c) => c.notNull().unique())
      .addColumn("columns", "text", (c) => c.notNull())
      .addColumn("decimal", "text", (c) => c.notNull())
      .addColumn("replace", "integer", (c) => c.notNull())
      .addColumn("skip_bad", "integer", (c) => c.notNull())
      .addColumn("actor", "text", (c) => c.notNull())
      .addColumn("note", "text", (c) => c.notNull())
      .addColumn("started_at", "bigint", (c) => c.notNull())
      .addColumn("rows", "integer", (c) => c.notNull())
      .addColumn("bad_rows", "integer", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("catalogue_import_rows")
      .addColumn("import_id", "text", (c) => c.notNull())
      .addColumn("sku_key", "text", (c) => c.notNull())
      .addColumn("valid_from", "text", (c) => c.notNull())
      .addColumn("row", "integer", (c) => c.notNull())
      .addColumn("change", "text", (c) => c.notNull())
      .addColumn("sku", "text", (c) => c.notNull())
      .addColumn("supplier_sku", "text", (c) => c.notNull())
      .addColumn("unit", "text", (c) => c.notNull())
      .addColumn("pack", "integer", (c) => c.notNull())
      .addColumn("cost", "text")
      .addColumn("currency", "text")
      .addColumn("gtin", "text")
      .addColumn("mpn", "text")
      .addColumn("hazard", "text")
      .addPrimaryKeyConstraint("catalogue_import_rows_key", ["import_id", "sku_key", "valid_from"])
      .execute();

    // 1: what the order was planned with has changed, and the sweep plans it again.
    await db.schema
      .alterTable("orders")
      .addColumn("plan_again", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.createIndex("orders_to_plan_again").on("orders").columns(["plan_again"]).execute();

    // What a purchase order is worth at cost; null where a cost is missing.
    await db.schema.alterTable("purchase_orders").addColumn("net", "text").execute();
    await db.schema.alterTable("purchase_orders").addColumn("net_currency", "text").execute();

    // What the supplier is asked for, in its own unit, frozen with the document. A null supplier_sku: not from the catalogue.
    for (const [name, type] of [
      ["supplier_sku", "text"],
      ["unit_cost", "text"],
      ["cost_currency", "text"],
      ["gtin", "text"],
      ["mpn", "text"],
      ["hazard", "text"],
    ] as const) {
      await db.schema.alterTable("purchase_order_lines").addColumn(name, type).execute();
    }
    await db.schema
      .alterTable("purchase_order_lines")
      .addColumn("unit", "text", (c) => c.notNull().defaultTo("C62"))
      .execute();
    await db.schema
      .alterTable("purchase_order_lines")
      .addColumn("pack_size", "integer", (c) => c.notNull().defaultTo(1))
      .execute();
    await db.schema
      .alterTable("purchase_order_lines")
      .addColumn("quantity", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await sql`update purchase_order_lines set quantity = units`.execute(db);
  },
};
