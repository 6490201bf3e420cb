import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const files: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // What is uploaded to a supplier that takes several purchase orders in one file: the exact bytes, one for each attempt.
    await db.schema
      .createTable("files")
      .addColumn("attempt_id", "text", (column) => column.primaryKey().references("attempts.id"))
      .addColumn("bytes", "blob", (column) => column.notNull())
      .execute();
    // The purchase orders in it, the attempt's own first.
    await db.schema
      .createTable("file_contents")
      .addColumn("attempt_id", "text", (column) => column.notNull().references("files.attempt_id"))
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("purchase_order_id", "text", (column) => column.notNull().references("purchase_orders.id"))
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("copy", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("file_contents_key", ["attempt_id", "position"])
      .addUniqueConstraint("file_contents_once", ["attempt_id", "purchase_order_id"])
      .execute();
    await db.schema
      .createIndex("file_contents_purchase_order")
      .on("file_contents")
      .columns(["purchase_order_id", "attempt_id"])
      .execute();
    // The attempt of another purchase order whose file this one is in at this moment; null: it is not sending, or by itself.
    await db.schema
      .alterTable("purchase_orders")
      .addColumn("carried_by", "text", (column) => column.references("attempts.id"))
      .execute();
    // 1: in a file with others it did not get through; it goes in one of its own.
    await db.schema
      .alterTable("purchase_orders")
      .addColumn("alone", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.createIndex("purchase_orders_carried_by").on("purchase_orders").column("carried_by").execute();
  },
};
