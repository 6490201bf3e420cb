import { sql, type Kysely } from "kysely";

/**
 * SQLite cannot change what a table is bound to: it is made anew under its own name, and gets back its rows. Rows of other tables
 * point at nothing in between, which is allowed until the transaction commits.
 */
export async function rebuild(
  db: Kysely<unknown>,
  of: {
    readonly table: string;
    /** Makes it. Its indexes and triggers are gone by then, too. */
    readonly create: (before: { readonly definition: string; readonly others: readonly string[] }) => Promise<void>;
    /** Of the new one, filled from the old one's column of that name; unless given, all that the old one has. */
    readonly columns?: readonly string[];
  },
): Promise<void> {
  const table = sql.id(of.table);
  const copy = sql.id(`${of.table}_copy`);
  const { rows } = await sql<{ type: string; sql: string }>`
    select type, sql from sqlite_master where tbl_name = ${of.table} and sql is not null`.execute(db);
  const { rows: columns } = await sql<{ name: string }>`select name from pragma_table_info(${of.table})`.execute(db);
  const names = sql.join((of.columns ?? columns.map(({ name }) => name)).map((name) => sql.id(name)));
  // Without an index on what points at it, each row that goes and comes back would be looked for in all of the other table.
  const { rows: pointing } = await sql<{ name: string; column: string }>`
    select m.name as name, f."from" as "column" from sqlite_master m, pragma_foreign_key_list(m.name) f
    where m.type = 'table' and f."table" = ${of.table} and f.seq = 0`.execute(db);
  const others = pointing.filter(({ name }) => name !== of.table);
  for (const [index, { name, column }] of others.entries()) {
    await sql`create index ${sql.id(`pointing_${index}`)} on ${sql.id(name)} (${sql.id(column)})`.execute(db);
  }
  await sql`pragma defer_foreign_keys = on`.execute(db);
  await sql`create table ${copy} as select * from ${table}`.execute(db);
  await sql`drop table ${table}`.execute(db);
  await of.create({
    definition: rows.find((row) => row.type === "table")?.sql ?? "",
    others: rows.filter((row) => row.type !== "table").map((row) => row.sql),
  });
  await sql`insert into ${table} (${names}) select ${names} from ${copy}`.execute(db);
  await sql`drop table ${copy}`.execute(db);
  for (const index of others.keys()) {
    await sql`drop index ${sql.id(`pointing_${index}`)}`.execute(db);
  }
}

/** The same table, its definition edited. Throws Error where the edit finds nothing. */
export const redefine = (db: Kysely<unknown>, table: string, edit: (definition: string) => string): Promise<void> =>
  rebuild(db, {
    table,
    async create({ definition, others }) {
      const edited = edit(definition);
      if (edited === definition) {
        throw new Error(`the table ${table} has nothing to change`);
      }
      await sql.raw(edited).execute(db);
      for (const other of others) {
        await sql.raw(other).execute(db);
      }
    },
  });
