import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const journal: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Whether a sent purchase order stands in the journal: what does not is written there by the sweep.
    await db.schema
      .alterTable("purchase_orders")
      .addColumn("journaled", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.createIndex("purchase_orders_to_journal").on("purchase_orders").columns(["journaled", "sent_at"]).execute();

    // What the journal knows and a restored database does not: purchase orders that were, or may have been, sent. One that
    // is made again for the same order and supplier takes the place of such a row, and is unknown until it is settled.
    await db.schema
      .createTable("lost_sendings")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("order_id", "text", (c) => c.notNull())
      .addColumn("supplier", "text", (c) => c.notNull())
      .addColumn("number", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("version", "integer", (c) => c.notNull())
      .addColumn("copy", "integer", (c) => c.notNull())
      .addColumn("path", "text")
      .addColumn("at", "bigint", (c) => c.notNull())
      .addColumn("purchase_order_id", "text")
      .execute();
    await db.schema.createIndex("lost_sendings_by_order").on("lost_sendings").columns(["order_id", "supplier"]).execute();

    await db.schema
      .createTable("settings")
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("value", "text", (c) => c.notNull())
      .execute();
  },
};
