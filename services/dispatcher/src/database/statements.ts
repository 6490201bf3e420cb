// Statements that are built once and run often. Kysely builds a query anew each time that it is written down, which costs more than
// SQLite needs to answer it: what every order goes through is written with these, everything else as Kysely reads best.
import type { Compilable, CompiledQuery, Insertable, QueryResult, Selectable, Updateable } from "kysely";
import type { Database, Tables } from "./schema.ts";

/** Stands in a query for a value that is not known yet. */
class Parameter {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
}

export interface Statement<Values extends readonly unknown[], Row> {
  all(db: Database, ...values: Values): Promise<Row[]>;
  first(db: Database, ...values: Values): Promise<Row | undefined>;
  /** How many rows it changed. */
  run(db: Database, ...values: Values): Promise<number>;
}

/**
 * The query is built at its first use, and its values are put in each time. So `build` may neither look at a value nor change it, nor
 * have a list of them: it gets something that only holds the value's place. Throws Error at its first use where a value has no place.
 */
export function statement<Values extends readonly unknown[], Row>(
  build: (db: Database, ...values: Values) => Compilable<Row>,
): Statement<Values, Row> {
  let built: CompiledQuery<Row> | undefined;
  const execute = async (db: Database, values: Values): Promise<QueryResult<Row>> => {
    built ??= compiled(values.length, (places) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the same length; what they are is not looked at
      return build(db, ...(places as unknown as Values));
    });
    return await run(db, built, values);
  };
  return {
    all: async (db, ...values) => (await execute(db, values)).rows,
    first: async (db, ...values) => (await execute(db, values)).rows[0],
    run: async (db, ...values) => Number((await execute(db, values)).numAffectedRows ?? 0),
  };
}

/** By table and the names of columns. */
const byColumns = new Map<string, CompiledQuery>();

/** Columns that are undefined are left to their defaults. */
export async function insertRow<Table extends keyof Tables>(
  db: Database,
  table: Table,
  row: Insertable<Tables[Table]>,
): Promise<void> {
  const set = given(row);
  await execute(db, `+${table}:${Object.keys(set).join()}`, Object.values(set), (places) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same columns
    db.insertInto(table).values(keyed(set, places) as Insertable<Tables[Table]>),
  );
}

/** Sets what is not undefined, in the rows that are as `where` says; returns how many they are. */
export async function updateRows<Table extends keyof Tables>(
  db: Database,
  table: Table,
  set: Updateable<Tables[Table]>,
  where: Partial<Selectable<Tables[Table]>>,
): Promise<number> {
  const [values, { equal, nulls }] = [given(set), conditionsOf(where)];
  const [columns, conditions] = [Object.keys(values), Object.keys(equal)];
  const all = [...Object.values(values), ...Object.values(equal)];
  const result = await execute(db, `${table}:${columns.join()}:${conditions.join()}:${nulls.join()}`, all, (places) => {
    // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-unsafe-type-assertion -- columns that are typed above
    let query = db.updateTable(table as "messages").set(keyed(values, places));
    conditions.forEach((name, index) => {
      // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-unsafe-type-assertion -- the same
      query = query.where(name as "id", "=", places[columns.length + index] as any);
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
    nulls.forEach((name) => (query = query.where(name as "reason", "is", null)));
    return query;
  });
  return Number(result.numAffectedRows ?? 0);
}

/** All columns of the rows that are as `where` says, by these columns upwards. */
export async function findRows<Table extends keyof Tables>(
  db: Database,
  table: Table,
  where: Partial<Selectable<Tables[Table]>>,
  orderBy: readonly (keyof Tables[Table] & string)[] = [],
): Promise<Selectable<Tables[Table]>[]> {
  const { equal, nulls } = conditionsOf(where);
  const conditions = Object.keys(equal);
  const result = await execute(
    db,
    `?${table}:${conditions.join()}:${nulls.join()}:${orderBy.join()}`,
    Object.values(equal),
    (places) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- columns that are typed above
      let query = db.selectFrom(table as "messages").selectAll();
      conditions.forEach((name, index) => {
        // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-unsafe-type-assertion -- the same
        query = query.where(name as "id", "=", places[index] as any);
      });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
      nulls.forEach((name) => (query = query.where(name as "reason", "is", null)));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
      orderBy.forEach((name) => (query = query.orderBy(name as "id")));
      return query;
    },
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all columns of this table
  return result.rows as Selectable<Tables[Table]>[];
}

/** The first of them; undefined where there is none. */
export async function findRow<Table extends keyof Tables>(
  db: Database,
  table: Table,
  where: Partial<Selectable<Tables[Table]>>,
): Promise<Selectable<Tables[Table]> | undefined> {
  return (await findRows(db, table, where))[0];
}

/** Throws TypeError where a condition is missing: it would be left out, and the statement be about every row. */
function conditionsOf(where: object): { readonly equal: Record<string, unknown>; readonly nulls: readonly string[] } {
  const all = Object.entries(where);
  if (all.length === 0 || all.some(([, value]) => value === undefined)) {
    throw new TypeError(`a condition without a value: ${all.map(([name]) => name).join(", ") || "none at all"}`);
  }
  return {
    equal: Object.fromEntries(all.filter(([, value]) => value !== null)),
    nulls: all.flatMap(([name, value]) => (value === null ? [name] : [])),
  };
}

const given = (row: object): Record<string, unknown> => {
  const all = Object.entries(row);
  return Object.fromEntries(all.every(([, value]) => value !== undefined) ? all : all.filter(([, value]) => value !== undefined));
};

const keyed = (row: Record<string, unknown>, places: readonly Parameter[]): Record<string, unknown> =>
  Object.fromEntries(Object.keys(row).map((name, index) => [name, places[index]]));

async function execute(
  db: Database,
  key: string,
  values: readonly unknown[],
  build: (places: readonly Parameter[]) => Compilable,
) {
  let query = byColumns.get(key);
  if (query === undefined) {
    query = compiled(values.length, build);
    byColumns.set(key, query);
  }
  return await run(db, query, values);
}

function compiled<Row>(count: number, build: (places: readonly Parameter[]) => Compilable<Row>): CompiledQuery<Row> {
  const places = Array.from({ length: count }, (_, index) => new Parameter(index));
  const query = build(places).compile();
  const missing = places.find((place) => !query.parameters.includes(place));
  if (missing !== undefined) {
    throw new Error(`value ${missing.index + 1} has no place of its own in the statement ${query.sql}`);
  }
  return query;
}

async function run<Row>(db: Database, query: CompiledQuery<Row>, values: readonly unknown[]): Promise<QueryResult<Row>> {
  const parameters = query.parameters.map((one) => (one instanceof Parameter ? values[one.index] : one));
  if (!db.isTransaction) {
    db.getExecutor().transformQuery(query.query, query.queryId); // The guard of open.ts, which no building calls here.
  }
  return await db.executeQuery({ ...query, parameters });
}
