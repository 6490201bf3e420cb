import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const companionDocuments: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Documents that go beside a version of a purchase order, in files of their own. Written with it, and immutable as it is.
    await db.schema
      .createTable("companion_documents")
      .addColumn("purchase_order_id", "text", (column) => column.notNull())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("bytes", "blob", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("size", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("companion_documents_key", ["purchase_order_id", "version", "kind"])
      .addForeignKeyConstraint("companion_documents_version", ["purchase_order_id", "version"], "documents", [
        "purchase_order_id",
        "version",
      ])
      .execute();
  },
};
