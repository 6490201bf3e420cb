import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { redefine } from "./rebuild.ts";

export const notices: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // A notice has its purchase order's number, so a number is unique among real purchase orders only.
    await redefine(db, "purchase_orders", (definition) =>
      definition.replace(/,\s*constraint\s+"one_number_per_supplier"\s+unique\s*\([^)]*\)/i, ""),
    );

    // A notice: what a supplier is told about a purchase order that it has; a row of the same table, because it is sent like
    // one. `noticed`: of a notice, what it says; of a purchase order, what was last said of it, or told to a person.
    // `notify`: its order changed, and it is to be looked at whether the supplier must be told.
    await db.schema
      .alterTable("purchase_orders")
      .addColumn("notice_of", "text", (c) => c.references("purchase_orders.id"))
      .execute();
    await db.schema.alterTable("purchase_orders").addColumn("purpose", "text").execute();
    await db.schema.alterTable("purchase_orders").addColumn("noticed", "text").execute();
    await db.schema
      .alterTable("purchase_orders")
      .addColumn("notify", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .createIndex("one_number_per_supplier")
      .unique()
      .on("purchase_orders")
      .columns(["supplier", "number"])
      .where(sql.ref("notice_of"), "is", null)
      .execute();
    // Covers the counts by supplier and state, which a live screen asks for.
    await db.schema.dropIndex("purchase_orders_by_supplier").execute();
    await db.schema
      .createIndex("purchase_orders_by_supplier")
      .on("purchase_orders")
      .columns(["supplier", "state", "notice_of"])
      .execute();
    await db.schema
      .createIndex("purchase_orders_to_notify")
      .on("purchase_orders")
      .columns(["state"])
      .where(sql.ref("notify"), "=", sql.lit(1))
      .execute();
    await db.schema
      .createIndex("notices_by_purchase_order")
      .unique()
      .on("purchase_orders")
      .columns(["notice_of", "version"])
      .where(sql.ref("notice_of"), "is not", null)
      .execute();
    await db.schema
      .createIndex("notices_by_state")
      .on("purchase_orders")
      .columns(["state"])
      .where(sql.ref("notice_of"), "is not", null)
      .execute();

    // Units that the supplier took back by its answer to a notice: they are nobody's any more, and may be ordered again.
    await db.schema
      .alterTable("purchase_order_lines")
      .addColumn("withdrawn", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    for (const trigger of ["allocation_added", "allocation_removed", "allocation_changed"]) {
      await sql`drop trigger ${sql.id(trigger)}`.execute(db);
    }
    await sql`create trigger allocation_added after insert on purchase_order_lines begin
      update order_lines set allocated = allocated + new.units - new.withdrawn
        where order_id = new.order_id and line_id = new.line_id;
    end`.execute(db);
    await sql`create trigger allocation_removed after delete on purchase_order_lines begin
      update order_lines set allocated = allocated - old.units + old.withdrawn
        where order_id = old.order_id and line_id = old.line_id;
    end`.execute(db);
    await sql`create trigger allocation_changed after update of units, withdrawn on purchase_order_lines begin
      update order_lines set allocated = allocated - old.units + old.withdrawn + new.units - new.withdrawn
        where order_id = old.order_id and line_id = old.line_id;
    end`.execute(db);

    // What the journal knows of notices that a restored database does not.
    await db.schema.alterTable("lost_sendings").addColumn("notice_of", "text").execute();
    await db.schema.alterTable("lost_sendings").addColumn("noticed", "text").execute();
  },
};
