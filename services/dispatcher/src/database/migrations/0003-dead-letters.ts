import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const deadLetters: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // The end of the retries, crashes while sending, and what a person had sent once more.
    await db.schema.alterTable("purchase_orders").addColumn("failing_since", "bigint").execute();
    await db.schema
      .alterTable("purchase_orders")
      .addColumn("crashes", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .alterTable("purchase_orders")
      .addColumn("claimed", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable("purchase_orders").addColumn("resend", "text").execute();
    await sql`update purchase_orders set resend = 'same-again' where copy > 1`.execute(db);

    await db.schema.alterTable("purchase_orders").addColumn("state_since", "bigint").execute();
    await sql`update purchase_orders set state_since = coalesce(
      (select max(at) from events where subject = 'purchase-order' and subject_id = purchase_orders.id
         and name = 'purchase_order.' || purchase_orders.state), created_at)`.execute(db);

    // The breaker: failures in a row of different purchase orders; open while `probe_at` is set.
    for (const [name, type] of [
      ["last_failed", "text"],
      ["opened_at", "bigint"],
      ["probe_at", "bigint"],
    ] as const) {
      await db.schema.alterTable("suppliers").addColumn(name, type).execute();
    }
    await db.schema
      .alterTable("suppliers")
      .addColumn("failures_in_a_row", "integer", (c) => c.notNull().defaultTo(0))
      .execute();

    // What a person decided about a dead letter; open until then.
    for (const table of ["dead_letters", "inbound_files"]) {
      await db.schema.alterTable(table).addColumn("settled_at", "bigint").execute();
      await db.schema.alterTable(table).addColumn("settled_by", "text").execute();
      await db.schema.alterTable(table).addColumn("settled_how", "text").execute();
    }
    await db.schema.alterTable("dead_letters").addColumn("triggered_at", "text").execute();
    await db.schema.createIndex("dead_letters_open").on("dead_letters").columns(["settled_at", "received_at", "id"]).execute();

    // Work that was started and has not ended: what is there at the next start of it was ended by a crash.
    await db.schema
      .createTable("unended_work")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("starts", "integer", (c) => c.notNull())
      .addColumn("last_started_at", "bigint", (c) => c.notNull())
      .execute();
  },
};
