import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const alerts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // What people must know: open while its condition lasts, or until a person has seen the event. `told_at`: when it was logged.
    await db.schema
      .createTable("alerts")
      .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("subject", "text", (c) => c.notNull())
      .addColumn("detail", "text", (c) => c.notNull())
      .addColumn("opened_at", "bigint", (c) => c.notNull())
      .addColumn("told_at", "bigint")
      .addColumn("seen_at", "bigint")
      .addColumn("seen_by", "text")
      .addColumn("ended_at", "bigint")
      .execute();
    await db.schema
      .createIndex("one_open_alert")
      .unique()
      .on("alerts")
      .columns(["kind", "subject"])
      .where(sql.ref("ended_at"), "is", null)
      .execute();
    await db.schema
      .createIndex("alerts_to_tell")
      .on("alerts")
      .columns(["id"])
      .where(sql.ref("told_at"), "is", null)
      .where(sql.ref("ended_at"), "is", null)
      .execute();

    // Why a line is unmatched, in a word: the remedy follows from it. Null: it is not, or was planned when this was not kept.
    await db.schema.alterTable("order_lines").addColumn("cause", "text").execute();
  },
};
