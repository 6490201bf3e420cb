import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const pickup: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // When its file was seen to be gone from the supplier's folder; null: it was not, or nobody looked.
    await db.schema.alterTable("purchase_orders").addColumn("picked_up_at", "bigint").execute();
  },
};
