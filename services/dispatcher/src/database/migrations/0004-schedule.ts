import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const schedule: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Since when a ready purchase order waits for its supplier's next sending time; null: it goes whatever the schedule says.
    await db.schema.alterTable("purchase_orders").addColumn("waits_since", "bigint").execute();
    await db.schema
      .createIndex("holds_active")
      .on("holds")
      .columns(["name", "purchase_order_id"])
      .where(sql.ref("ended_at"), "is", null)
      .execute();
  },
};
