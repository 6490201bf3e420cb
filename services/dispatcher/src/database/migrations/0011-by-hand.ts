import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const byHand: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // 1: of a notice that no document can tell: a person tells the supplier, and says what it answers.
    await db.schema
      .alterTable("purchase_orders")
      .addColumn("by_hand", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
