import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Indexes are whole, not partial: SQLite does not use a partial one for a bound parameter.

    // One row per Shopify order: its newest snapshot. Cancellation and deletion are tombstones in it.
    await db.schema
      .createTable("orders")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("shop", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("order_number", "text", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("test", "integer", (c) => c.notNull())
      .addColumn("total", "text", (c) => c.notNull())
      .addColumn("currency", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .addColumn("triggered_at", "text", (c) => c.notNull())
      .addColumn("payload_hash", "text", (c) => c.notNull())
      .addColumn("cancelled_at", "bigint")
      .addColumn("deleted_at", "bigint")
      .addColumn("snapshot", "text")
      .addColumn("first_seen_at", "bigint", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("orders_by_first_seen").on("orders").columns(["first_seen_at"]).execute();
    await db.schema.createIndex("orders_by_state").on("orders").columns(["state", "first_seen_at", "id"]).execute();
    await db.schema.createIndex("orders_by_name").on("orders").columns(["name"]).execute();
    await db.schema.createIndex("orders_by_number").on("orders").columns(["order_number"]).execute();

    // The account of each line (domain/order/units.ts) and why it went where it went.
    await db.schema
      .createTable("order_lines")
      .addColumn("order_id", "text", (c) => c.notNull().references("orders.id"))
      .addColumn("line_id", "text", (c) => c.notNull())
      .addColumn("position", "integer", (c) => c.notNull())
      .addColumn("sku", "text")
      .addColumn("title", "text", (c) => c.notNull())
      .addColumn("ordered", "integer", (c) => c.notNull())
      .addColumn("allocated", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("current", "integer", (c) => c.notNull())
      .addColumn("fulfilled", "integer", (c) => c.notNull())
      .addColumn("elsewhere", "integer", (c) => c.notNull())
      .addColumn("returned", "integer", (c) => c.notNull())
      .addColumn("decision", "text", (c) => c.notNull())
      .addColumn("reason", "text", (c) => c.notNull())
      .addColumn("too_many", "integer", (c) => c.notNull())
      .addPrimaryKeyConstraint("order_lines_key", ["order_id", "line_id"])
      .addCheckConstraint("allocated_at_most_ordered", sql`allocated >= 0 and allocated <= ordered`)
      .execute();
    await db.schema.createIndex("order_lines_by_decision").on("order_lines").columns(["decision"]).execute();

    // What one supplier is asked to ship for one order. States: domain/purchase-order/purchase-order.ts.
    await db.schema
      .createTable("purchase_orders")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("order_id", "text", (c) => c.notNull().references("orders.id"))
      .addColumn("supplier", "text", (c) => c.notNull())
      .addColumn("number", "text")
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("reason", "text")
      .addColumn("generation", "integer", (c) => c.notNull())
      .addColumn("version", "integer", (c) => c.notNull())
      .addColumn("copy", "integer", (c) => c.notNull())
      .addColumn("failures", "integer", (c) => c.notNull())
      .addColumn("next_attempt_at", "bigint", (c) => c.notNull())
      .addColumn("plan_again", "integer", (c) => c.notNull())
      .addColumn("cancel_wanted_at", "bigint")
      .addColumn("cancel_reason", "text")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("released_at", "bigint")
      .addColumn("sent_at", "bigint")
      .addColumn("inferred", "integer", (c) => c.notNull())
      .addColumn("acknowledged_at", "bigint")
      .addColumn("acknowledgement", "text")
      .addColumn("acknowledgement_due_at", "bigint")
      .addColumn("acknowledgement_overdue", "integer", (c) => c.notNull())
      .addUniqueConstraint("one_number_per_supplier", ["supplier", "number"])
      .execute();
    await db.schema.createIndex("purchase_orders_by_order").on("purchase_orders").columns(["order_id"]).execute();
    await db.schema.createIndex("purchase_orders_to_plan_again").on("purchase_orders").columns(["plan_again"]).execute();
    await db.schema.createIndex("purchase_orders_by_supplier").on("purchase_orders").columns(["supplier", "state"]).execute();
    await db.schema.createIndex("purchase_orders_by_age").on("purchase_orders").columns(["created_at", "id"]).execute();
    await db.schema
      .createIndex("purchase_orders_by_state")
      .on("purchase_orders")
      .columns(["state", "created_at", "id"])
      .execute();
    await db.schema.createIndex("purchase_orders_due").on("purchase_orders").columns(["state", "next_attempt_at"]).execute();

    await db.schema
      .createIndex("purchase_orders_unanswered")
      .on("purchase_orders")
      .columns(["acknowledgement_overdue", "acknowledgement_due_at"])
      .execute();

    // Allocations: units of an order's line given to a purchase order, with the rule that did it.
    await db.schema
      .createTable("purchase_order_lines")
      .addColumn("purchase_order_id", "text", (c) => c.notNull().references("purchase_orders.id"))
      .addColumn("number", "integer", (c) => c.notNull())
      .addColumn("order_id", "text", (c) => c.notNull())
      .addColumn("line_id", "text", (c) => c.notNull())
      .addColumn("units", "integer", (c) => c.notNull().check(sql`units > 0`))
      .addColumn("rule", "text", (c) => c.notNull())
      .addColumn("sku", "text")
      .addColumn("title", "text", (c) => c.notNull())
      .addColumn("confirmed", "integer", (c) => c.notNull())
      .addColumn("backordered", "integer", (c) => c.notNull())
      .addColumn("shipped", "integer", (c) => c.notNull())
      .addColumn("cancelled", "integer", (c) => c.notNull())
      .addColumn("promised_on", "text")
      .addPrimaryKeyConstraint("purchase_order_lines_key", ["purchase_order_id", "number"])
      .addForeignKeyConstraint("purchase_order_lines_of_order", ["order_id", "line_id"], "order_lines", ["order_id", "line_id"])
      .execute();
    await db.schema
      .createIndex("purchase_order_lines_by_order_line")
      .on("purchase_order_lines")
      .columns(["order_id", "line_id"])
      .execute();

    // Named reasons to wait. A row that a person ended is remembered: the same reason does not hold twice.
    await db.schema
      .createTable("holds")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("purchase_order_id", "text", (c) => c.notNull().references("purchase_orders.id"))
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("reason", "text", (c) => c.notNull())
      .addColumn("since", "bigint", (c) => c.notNull())
      .addColumn("ended_at", "bigint")
      .addColumn("ended_by", "text")
      .addColumn("note", "text")
      .execute();
    await db.schema.createIndex("holds_by_purchase_order").on("holds").columns(["purchase_order_id"]).execute();

    // The exact bytes of each version, immutable once an attempt claimed it.
    await db.schema
      .createTable("documents")
      .addColumn("purchase_order_id", "text", (c) => c.notNull().references("purchase_orders.id"))
      .addColumn("version", "integer", (c) => c.notNull())
      .addColumn("format", "text", (c) => c.notNull())
      .addColumn("media_type", "text", (c) => c.notNull())
      .addColumn("bytes", "blob", (c) => c.notNull())
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("size", "integer", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("documents_key", ["purchase_order_id", "version"])
      .execute();

    // One try at getting one version to the supplier. States: deliveries/attempts.ts.
    await db.schema
      .createTable("attempts")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("purchase_order_id", "text", (c) => c.notNull().references("purchase_orders.id"))
      .addColumn("version", "integer", (c) => c.notNull())
      .addColumn("copy", "integer", (c) => c.notNull())
      .addColumn("number", "integer", (c) => c.notNull())
      .addColumn("token", "text", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("host", "text", (c) => c.notNull())
      .addColumn("port", "integer", (c) => c.notNull())
      .addColumn("fingerprint", "text")
      .addColumn("folder", "text", (c) => c.notNull())
      .addColumn("temporary_path", "text", (c) => c.notNull())
      .addColumn("final_path", "text", (c) => c.notNull())
      .addColumn("size", "integer", (c) => c.notNull())
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("started_at", "bigint", (c) => c.notNull())
      .addColumn("intent_at", "bigint")
      .addColumn("ended_at", "bigint")
      .addColumn("failure", "text")
      .addColumn("message", "text")
      .addUniqueConstraint("attempts_numbered", ["purchase_order_id", "number"])
      .execute();
    await db.schema
      .createIndex("one_committing_attempt")
      .unique()
      .on("attempts")
      .columns(["purchase_order_id", "version", "copy"])
      .where(sql.ref("state"), "=", "committing")
      .execute();

    // Final names ever used: many servers overwrite silently, and some delete a file that re-uses an earlier name.
    await db.schema
      .createTable("final_names")
      .addColumn("endpoint", "text", (c) => c.notNull())
      .addColumn("folded_path", "text", (c) => c.notNull())
      .addColumn("path", "text", (c) => c.notNull())
      .addColumn("purchase_order_id", "text", (c) => c.notNull().references("purchase_orders.id"))
      .addColumn("version", "integer", (c) => c.notNull())
      .addColumn("copy", "integer", (c) => c.notNull())
      .addPrimaryKeyConstraint("final_names_key", ["endpoint", "folded_path"])
      .execute();

    await db.schema
      .createTable("suppliers")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("paused_at", "bigint")
      .addColumn("pause_reason", "text")
      .addColumn("paused_access", "text")
      .addColumn("fingerprint", "text")
      .execute();

    // Files read from suppliers, with their bytes. The same bytes twice are applied once.
    await db.schema
      .createTable("inbound_files")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("supplier", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("size", "integer", (c) => c.notNull())
      .addColumn("bytes", "blob", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("reason", "text")
      .addColumn("purchase_order_id", "text")
      .addColumn("received_at", "bigint", (c) => c.notNull())
      .addUniqueConstraint("same_bytes_once", ["supplier", "hash"])
      .execute();

    await db.schema.createIndex("inbound_files_by_state").on("inbound_files").columns(["state", "received_at", "id"]).execute();

    // Webhooks that were signed and cannot be understood.
    await db.schema
      .createTable("dead_letters")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("shop", "text", (c) => c.notNull())
      .addColumn("topic", "text", (c) => c.notNull())
      .addColumn("webhook_id", "text", (c) => c.notNull())
      .addColumn("reason", "text", (c) => c.notNull())
      .addColumn("bytes", "blob", (c) => c.notNull())
      .addColumn("hash", "text", (c) => c.notNull())
      .addColumn("received_at", "bigint", (c) => c.notNull())
      .addUniqueConstraint("same_letter_once", ["shop", "topic", "webhook_id", "hash"])
      .execute();

    // The inventory ledger: append-only.
    await db.schema
      .createTable("stock_movements")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("at", "bigint", (c) => c.notNull())
      .addColumn("supplier", "text", (c) => c.notNull())
      .addColumn("sku", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("units", "integer", (c) => c.notNull())
      .addColumn("purchase_order_id", "text", (c) => c.notNull().references("purchase_orders.id"))
      .addColumn("line_number", "integer", (c) => c.notNull())
      .addUniqueConstraint("movement_once", ["purchase_order_id", "line_number", "kind"])
      .execute();

    // The audit trail: append-only, written in the transaction of the change that it tells of. No personal data.
    await db.schema
      .createTable("events")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("at", "bigint", (c) => c.notNull())
      .addColumn("subject", "text", (c) => c.notNull())
      .addColumn("subject_id", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("actor", "text", (c) => c.notNull())
      .addColumn("detail", "text", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("events_by_subject").on("events").columns(["subject", "subject_id", "id"]).execute();

    // Σ allocated ≤ ordered as a constraint: the triggers keep the sum, the check on order_lines refuses too much.
    await sql`create trigger allocation_added after insert on purchase_order_lines begin
      update order_lines set allocated = allocated + new.units where order_id = new.order_id and line_id = new.line_id;
    end`.execute(db);
    await sql`create trigger allocation_removed after delete on purchase_order_lines begin
      update order_lines set allocated = allocated - old.units where order_id = old.order_id and line_id = old.line_id;
    end`.execute(db);
    await sql`create trigger allocation_changed after update of units on purchase_order_lines begin
      update order_lines set allocated = allocated - old.units + new.units where order_id = old.order_id and line_id = old.line_id;
    end`.execute(db);
  },
};
