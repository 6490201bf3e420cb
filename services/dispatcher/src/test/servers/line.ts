// A line to a real server: which server, over which version of TLS, and what is found out about it. Each finding is a cell
// of the matrix in docs/interoperability.md.
import {
  startServer,
  type Cell,
  type RealServer,
  type ServerKind,
  type Speed,
  type StartOptions,
  type TlsVersion,
} from "@soh/simulators/servers";
import { afterAll, beforeAll, expect, test } from "vitest";

export interface Line {
  readonly kind: ServerKind;
  /** Null: SSH. */
  readonly tls: TlsVersion | null;
}

/** OpenSSH has its own encryption. */
export const lines: readonly Line[] = [
  { kind: "vsftpd", tls: "TLSv1.2" },
  { kind: "vsftpd", tls: "TLSv1.3" },
  { kind: "proftpd", tls: "TLSv1.2" },
  { kind: "proftpd", tls: "TLSv1.3" },
  { kind: "pure-ftpd", tls: "TLSv1.2" },
  { kind: "pure-ftpd", tls: "TLSv1.3" },
  { kind: "openssh", tls: null },
];

declare module "vitest" {
  interface TaskMeta {
    cell?: Cell;
    speed?: Speed;
    /** Of the server's package. */
    version?: string;
  }
}

/** What the checks of one line work with. Its server runs from the first to the last of them. */
export interface Bench {
  readonly line: Line;
  server(): RealServer;
  /** A test whose result, what `work` returns or "ok", is a cell of the matrix. */
  check(name: string, work: () => Promise<string | void>): void;
}

/** In a `describe`. */
export function openBench(line: Line, options: StartOptions = {}): Bench {
  let server: RealServer | undefined;
  beforeAll(async () => {
    server = await startServer(line.kind, { ...(line.tls === null ? {} : { tls: line.tls }), ...options });
  });
  afterAll(async () => {
    await server?.stop();
  });
  return {
    line,
    server() {
      if (server === undefined) {
        throw new Error(`${line.kind} is not running`);
      }
      return server;
    },
    check(name, work) {
      test.for([name])("%s", async (_, { task }) => {
        const cell = { server: line.kind, tls: line.tls, check: name };
        task.meta.version = server?.version ?? "";
        task.meta.cell = { ...cell, found: "FAILED" };
        const found = (await work()) ?? "ok";
        expect(found).not.toBe("");
        task.meta.cell = { ...cell, found };
      });
    },
  };
}
