import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const companions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Files that an attempt brings beside the purchase order's own, each under a temporary and a final name of its own.
    await db.schema
      .createTable("companions")
      .addColumn("attempt_id", "text", (column) => column.notNull().references("attempts.id"))
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("temporary_path", "text", (column) => column.notNull())
      .addColumn("final_path", "text", (column) => column.notNull())
      .addColumn("bytes", "blob", (column) => column.notNull())
      .addColumn("placed_at", "bigint")
      .addPrimaryKeyConstraint("companions_key", ["attempt_id", "kind"])
      .execute();
    // How many were begun in the last minute.
    await db.schema.createIndex("attempts_by_start").on("attempts").columns(["started_at"]).execute();
    // Files of read-only folders that are done with: a restart does not read them again.
    await db.schema
      .createTable("kept_files")
      .addColumn("supplier", "text", (column) => column.notNull())
      .addColumn("path", "text", (column) => column.notNull())
      .addColumn("size", "bigint", (column) => column.notNull())
      .addColumn("modified_at", "bigint")
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("listed_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("kept_files_key", ["supplier", "path"])
      .execute();
  },
};
