import { AsyncLocalStorage } from "node:async_hooks";
import { resolve } from "node:path";
import { StartupError } from "@soh/shared/lifecycle";
import SqliteDatabase from "better-sqlite3";
import {
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteQueryCompiler,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
} from "kysely";
import { migrate } from "./migrate.ts";
import { makeOwnFile, type ModeNews } from "./own-files.ts";
import type { Database, DatabaseTransaction, Tables } from "./schema.ts";

export interface OpenDatabase {
  /** For single statements. Throws when used inside `transaction`: it would wait for itself for ever. */
  readonly db: Database;
  /** Runs `work` in one transaction; it commits when `work` resolves. No network inside: everything else waits. */
  transaction<T>(work: (trx: DatabaseTransaction) => Promise<T>): Promise<T>;
  /**
   * Inside `transaction`: runs `task` once after it has committed, however often it is asked for; never if it does not. What it
   * throws is lost: whatever it does must be found by a sweep, too.
   */
  afterCommit(task: () => Promise<unknown>): void;
  close(): Promise<void>;
}

/**
 * SQLite changes its schema in transactions, which Kysely does not make use of: a migration is applied whole, or not at all. And each
 * statement is prepared once, not each time that it runs.
 *
 * SQLite, as better-sqlite3 builds it (ENABLE_STAT4), would do so all the same whenever a value changes that could have a say in the
 * plan (sqlite.org/c3ref/prepare.html), at ten times the cost of the answer. Behind a plus sign, which changes nothing else, it has no
 * say. So a condition that should find a partial index writes its value down: `eb.lit`.
 */
export class Dialect extends SqliteDialect {
  constructor(options: { readonly database: SqliteDatabase.Database }) {
    super({ database: preparingOnce(options.database) });
  }

  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }

  override createQueryCompiler(): SqliteQueryCompiler {
    return new (class extends SqliteQueryCompiler {
      protected override getCurrentParameterPlaceholder(): string {
        return "+?";
      }
    })();
  }
}

/** Beyond these, those that were used longest ago are prepared anew: queries with lists of any length would fill the memory. */
const MOST_STATEMENTS = 500;

function preparingOnce(database: SqliteDatabase.Database): Pick<SqliteDatabase.Database, "prepare" | "close"> {
  const kept = new Map<string, SqliteDatabase.Statement>();
  const prepare = (sql: string): SqliteDatabase.Statement => {
    const known = kept.get(sql);
    kept.delete(sql);
    // One that is being read from, row by row, is its reader's.
    const statement = known === undefined || known.busy ? database.prepare(sql) : known;
    kept.set(sql, statement);
    const [oldest] = kept.size > MOST_STATEMENTS ? kept.keys() : [];
    if (oldest !== undefined) {
      kept.delete(oldest);
    }
    return statement;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- generic over parameters, which Kysely gives as it likes
  return { prepare: prepare as SqliteDatabase.Database["prepare"], close: () => database.close() };
}

/**
 * Opens (and makes, and migrates) the database of `sqlite:<file>`. This process owns the file until `close`: every other
 * process, readers too, is refused. Throws StartupError when another dispatcher has it or a newer version wrote it. `tell`: files that
 * others could read.
 */
export async function openDatabase(url: string, tell: (news: ModeNews) => void = () => {}): Promise<OpenDatabase> {
  const file = sqliteFile(url);
  // SQLite gives its own files beside it the same mode.
  makeOwnFile(file, [`${file}-wal`, `${file}-shm`]).forEach(tell);
  const handle = new SqliteDatabase(file);
  try {
    handle.pragma("busy_timeout = 0");
    handle.pragma("locking_mode = EXCLUSIVE"); // Before WAL, or the lock is only taken at the first write.
    handle.pragma("journal_mode = WAL");
    handle.pragma("synchronous = FULL");
    // Pages; 1,000 unless told. A page that many orders change is written back once for all of them.
    handle.pragma("wal_autocheckpoint = 4000");
    handle.pragma("foreign_keys = ON");
    handle.exec("begin immediate; commit");
  } catch (error) {
    handle.close();
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith("SQLITE_BUSY")) {
      throw new StartupError(
        `DATABASE_URL: ${file} is in use by another dispatcher. Stop it first, or give this one another file.`,
        {
          cause: error,
        },
      );
    }
    throw new StartupError(`DATABASE_URL: ${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }

  const inside = new AsyncLocalStorage<Set<() => Promise<unknown>>>();
  const guarded = new Kysely<Tables>({
    dialect: new Dialect({ database: handle }),
    plugins: [new OutsideOnly(inside)],
  });
  const free = guarded.withoutPlugins();
  try {
    await migrate(free);
  } catch (error) {
    await guarded.destroy();
    throw error;
  }
  return {
    db: guarded,
    async transaction(work) {
      let cause: { readonly error: unknown } | undefined;
      const afterwards = new Set<() => Promise<unknown>>();
      const noting = async (trx: DatabaseTransaction) => {
        try {
          return await inside.run(afterwards, () => work(trx));
        } catch (error) {
          cause = { error };
          throw error;
        }
      };
      try {
        const result = await free.transaction().execute(noting);
        await Promise.allSettled([...afterwards].map((task) => task()));
        return result;
      } catch (error) {
        // After a full disk SQLite has rolled back by itself, and refuses to do it again: that is not what went wrong.
        throw cause === undefined ? error : cause.error;
      }
    },
    afterCommit(task) {
      inside.getStore()?.add(task);
    },
    close: () => guarded.destroy(),
  };
}

/** The database refused what was written, and would refuse it again: not a fault of the disk. */
export const isConstraintViolation = (error: unknown): boolean =>
  error instanceof SqliteDatabase.SqliteError && error.code.startsWith("SQLITE_CONSTRAINT");

function sqliteFile(url: string): string {
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1];
  if (file === undefined) {
    throw new StartupError(
      `DATABASE_URL: "${url.split(":")[0]}:…" is not supported; expected sqlite:<file>, such as sqlite:./data/handler.db`,
    );
  }
  return resolve(file);
}

/** SQLite has one connection: a query outside the open transaction, made inside it, would deadlock without a word. */
class OutsideOnly implements KyselyPlugin {
  readonly #inside: AsyncLocalStorage<unknown>;

  constructor(inside: AsyncLocalStorage<unknown>) {
    this.#inside = inside;
  }

  transformQuery(args: PluginTransformQueryArgs): PluginTransformQueryArgs["node"] {
    if (this.#inside.getStore() !== undefined) {
      throw new Error("the database was used inside its own transaction: use the transaction instead");
    }
    return args.node;
  }

  transformResult(args: PluginTransformResultArgs): Promise<PluginTransformResultArgs["result"]> {
    return Promise.resolve(args.result);
  }
}
