import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const renameKind: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // one-step or two-steps, of the intent. Null: of an attempt that was made when this was not asked; nothing is known of it.
    await db.schema.alterTable("attempts").addColumn("rename_kind", "text").execute();
  },
};
