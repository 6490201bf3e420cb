// For the tests of the server: an authority, servers on one folder, and clients, all closed together.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { Client, FTPError } from "basic-ftp";
import { createCertificateAuthority, type CertificateAuthority } from "../certificates.ts";
import {
  startFtpsServer,
  type FaultAction,
  type FaultHook,
  type FaultPhase,
  type FtpsServer,
  type FtpsServerOptions,
} from "../ftps-server.ts";

const CREDENTIALS = { user: "sermat", password: "s3cret" };

export interface TestWorld {
  readonly authority: CertificateAuthority;
  /** A folder of this world; its subfolder `ftp` is the servers' root. */
  readonly folder: string;
  readonly root: string;
  start(options?: Partial<FtpsServerOptions>): Promise<FtpsServer>;
  newClient(timeoutMs?: number): Client;
  login(server: FtpsServer, secureOptions?: object, timeoutMs?: number): Promise<Client>;
  /** Leaves a server to its test, which stops it. */
  disown(server: FtpsServer): void;
  close(): Promise<void>;
}

export async function openTestWorld(): Promise<TestWorld> {
  const authority = await createCertificateAuthority("FTPS server test");
  const folder = mkdtempSync(join(tmpdir(), "soh-ftps-"));
  const root = join(folder, "ftp");
  const servers = new Set<FtpsServer>();
  const clients: Client[] = [];

  const newClient = (timeoutMs = 10_000): Client => {
    const client = new Client(timeoutMs);
    clients.push(client);
    return client;
  };

  return {
    authority,
    folder,
    root,
    newClient,
    async start(options = {}) {
      const leaf = await authority.issue({ commonName: "ftp.example" });
      const server = await startFtpsServer({ root, ...CREDENTIALS, ...leaf, ...options });
      servers.add(server);
      return server;
    },
    async login({ host, port }, secureOptions = {}, timeoutMs) {
      const client = newClient(timeoutMs);
      const tls = { ca: authority.certificate, ...secureOptions };
      await client.access({ host, port, ...CREDENTIALS, secure: true, secureOptions: tls });
      return client;
    },
    disown: (server) => void servers.delete(server),
    async close() {
      for (const client of clients) {
        client.close();
      }
      await Promise.all([...servers].map((server) => server.stop()));
      rmSync(folder, { recursive: true });
    },
  };
}

export async function put(client: Client, path: string, content = "hello"): Promise<void> {
  await client.uploadFrom(Readable.from([Buffer.from(content)]), path);
}

export async function get(client: Client, path: string): Promise<string> {
  const chunks: Buffer[] = [];
  await client.downloadTo(new Writable({ write: (chunk: Buffer, _, done) => (chunks.push(chunk), done()) }), path);
  return Buffer.concat(chunks).toString();
}

/** The code of the reply that work failed with; 0 when its connection failed instead. Throws when it did not fail. */
export async function refusal(work: Promise<unknown>): Promise<number> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) {
    throw new Error("it was not refused");
  }
  return error instanceof FTPError ? error.code : 0;
}

/** A fault for one command at one moment. */
export function only(phase: FaultPhase, command: string, action: FaultAction): FaultHook {
  return (event) => (event.phase === phase && event.command === command ? action : undefined);
}
