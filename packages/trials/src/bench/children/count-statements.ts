// Loaded into a service before it starts (--import): counts and times what it asks of SQLite, by statement, and writes that when the
// process ends. BENCH_STATEMENTS: the file.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

export interface StatementCount {
  readonly sql: string;
  readonly calls: number;
  readonly prepared: number;
  readonly ms: number;
}

type Prepared = Record<"run" | "all" | "get", (...args: unknown[]) => unknown>;

const file = process.env.BENCH_STATEMENTS;
if (file !== undefined && process.argv[1] !== undefined) {
  const counts = new Map<string, { calls: number; prepared: number; ms: number }>();
  // The service's own: of another copy, nothing would be seen.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- better-sqlite3's constructor
  const { prototype } = createRequire(process.argv[1])("better-sqlite3") as {
    readonly prototype: { prepare(sql: string): Prepared };
  };
  const { prepare } = prototype;
  prototype.prepare = function counted(sql: string): Prepared {
    const count = counts.get(sql) ?? { calls: 0, prepared: 0, ms: 0 };
    counts.set(sql, count);
    const timed = <T>(work: () => T): T => {
      const start = performance.now();
      try {
        return work();
      } finally {
        count.ms += performance.now() - start;
      }
    };
    count.prepared++;
    const statement = timed(() => prepare.call(this, sql));
    for (const verb of ["run", "all", "get"] as const) {
      const own = statement[verb].bind(statement);
      statement[verb] = (...args) => {
        count.calls++;
        return timed(() => own(...args));
      };
    }
    return statement;
  };
  process.on("exit", () => {
    const all: StatementCount[] = [...counts].map(([sql, count]) => ({ sql, ...count }));
    writeFileSync(file, JSON.stringify(all));
  });
}
