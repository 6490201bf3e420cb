// Simulated servers of every kind, as the contract suite wants them described.
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import * as files from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@soh/shared/config";
import { createCertificateAuthority } from "@soh/simulators/certificates";
import { startFtpsServer, type FaultAction, type FaultHook, type FtpsServerOptions } from "@soh/simulators/ftps-server";
import { startSftpServer } from "@soh/simulators/sftp-server";
import type {
  CertificateTrust,
  FolderSettings,
  FtpsSettings,
  FtpSettings,
  SftpSettings,
  TransportSettings,
} from "../../config/transport-settings.ts";
import { connectFolder, type Files } from "../folder.ts";
import { connectTransport } from "../registry.ts";
import type { ContractServer, Interruption, Operation } from "./contract-suite.ts";

export interface SimulatedServer extends ContractServer {
  /** As a supplier's configuration has it. */
  readonly transport: TransportSettings;
}

const USER = "sermat";
const PASSWORD = "s3cret é";

/** A folder of its own. */
export function temporaryFolder(): { readonly root: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "soh-transport-"));
  const root = join(folder, "root");
  mkdirSync(root);
  return { root, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What every connection to a server of this machine has. */
export const limits = { host: "127.0.0.1", connections: 1, connectionsPerMinute: null, timeoutMs: 5_000 } as const;

/** The command that decides an operation. */
const ftpCommands: Readonly<Record<Operation, string>> = {
  connect: "USER",
  enter: "CWD",
  store: "STOR",
  size: "SIZE",
  read: "RETR",
  rename: "RNTO",
  list: "MLSD",
  makeFolder: "MKD",
};
const sftpRequests: Readonly<Record<Operation, string>> = {
  connect: "CONNECT",
  enter: "STAT",
  store: "WRITE",
  size: "STAT",
  read: "READ",
  rename: "RENAME",
  list: "READDIR",
  makeFolder: "MKDIR",
};

/** The fault that interrupts a command so. */
function interruption(command: string, how: Interruption): FaultHook {
  const phase = how === "cut-after" ? "after" : "before";
  const action: FaultAction = { do: how === "silence" ? "hang" : "close" };
  return (event) => (event.command === command && event.phase === phase ? action : undefined);
}

/** From there on the disk takes nothing. */
const FULL_AT = 100_000;

export interface SimulatedFtp {
  readonly encryption?: FtpsServerOptions["encryption"];
  readonly tls?: "TLSv1.2" | "TLSv1.3";
  readonly encoding?: FtpsSettings["encoding"];
  readonly pinned?: boolean;
  readonly mlsd?: boolean;
}

export async function simulatedFtp(over: SimulatedFtp = {}): Promise<SimulatedServer> {
  const { encryption = "explicit", tls, encoding = "utf-8", pinned = false, mlsd = true } = over;
  const folder = temporaryFolder();
  const authority = await createCertificateAuthority("Transport contract");
  const server = await startFtpsServer({
    root: folder.root,
    user: USER,
    password: PASSWORD,
    ...(await authority.issue({ commonName: "ftp.example" })),
    encryption,
    mlsd,
    encoding: encoding === "latin1" ? "latin1" : "utf8",
    ...(tls !== undefined && { minTlsVersion: tls, maxTlsVersion: tls }),
  });
  const strangers = (await createCertificateAuthority("Somebody else")).certificate;
  const login = {
    ...limits,
    port: server.port,
    user: USER,
    separateTransferHost: false,
    rename: null,
    encoding,
  } satisfies Partial<FtpSettings>;
  const trustOf = (wrong: boolean, fingerprint: string | null): CertificateTrust => {
    if (!pinned) {
      return { by: "authority", ca: wrong ? strangers : authority.certificate };
    }
    const other = randomBytes(32).toString("hex").toUpperCase().match(/../g)?.join(":") ?? "";
    return { by: "fingerprint", fingerprints: [wrong || fingerprint === null ? other : fingerprint] };
  };
  const settings = (
    trust: CertificateTrust,
    { password = PASSWORD, timeoutMs = limits.timeoutMs }: { readonly password?: string; readonly timeoutMs?: number },
  ): TransportSettings => {
    const own = { ...login, password: new Secret(password), timeoutMs };
    return encryption === "none"
      ? { ...own, kind: "ftp" }
      : { ...own, kind: "ftps", mode: encryption, trust, minTls: "TLSv1.2", maxTls: "TLSv1.3" };
  };
  const first = await connectTransport(settings({ by: "authority", ca: authority.certificate }, {}));
  const { fingerprint } = first.endpoint;
  first.close();

  return {
    transport: settings(trustOf(false, fingerprint), {}),
    root: folder.root,
    renamesOnto: "replaces",
    times: mlsd ? "exact" : "rough",
    fingerprint: encryption === "none" ? "none" : "certificate",
    encrypts: encryption !== "none",
    connect: (connectOver = {}) => connectTransport(settings(trustOf(connectOver.trust === "wrong", fingerprint), connectOver)),
    can: {
      refuseLogin: true,
      goDown: async () => {
        await server.setAccepting(false);
        return () => server.setAccepting(true);
      },
      interrupt: (operation, how) => {
        const command = operation === "list" && !mlsd ? "LIST" : ftpCommands[operation];
        server.setFault(interruption(command, how));
        return () => {
          server.setFault(undefined);
          server.releaseHanging();
        };
      },
      fillDisk: () => {
        server.setFault(({ phase, command }) =>
          phase === "data" && command === "STOR"
            ? { do: "reply", code: 452, text: "Insufficient storage space.", atByte: FULL_AT }
            : undefined,
        );
        return () => server.setFault(undefined);
      },
      lieAboutFullDisk: () => {
        server.setFault(({ phase, command }) =>
          phase === "data" && command === "STOR"
            ? { do: "reply", code: 226, text: "Transfer complete.", atByte: FULL_AT }
            : undefined,
        );
        return () => server.setFault(undefined);
      },
      makeReadOnly: () => {
        server.setFault(({ phase, command }) =>
          phase === "before" && command === "STOR" ? { do: "reply", code: 553, text: "Could not create file." } : undefined,
        );
        return () => server.setFault(undefined);
      },
    },
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}

export async function simulatedSftp(over: { readonly modes?: boolean } = {}): Promise<SimulatedServer> {
  const folder = temporaryFolder();
  const server = await startSftpServer({ root: folder.root, login: { user: USER, password: PASSWORD }, ...over });
  const settings: SftpSettings = {
    ...limits,
    kind: "sftp",
    port: server.port,
    user: USER,
    password: new Secret(PASSWORD),
    key: null,
    passphrase: null,
    hostKeys: [server.hostKey],
    rename: "plain",
  };
  return {
    transport: settings,
    root: folder.root,
    renamesOnto: "refuses",
    times: "exact",
    fingerprint: "host-key",
    encrypts: true,
    connect: ({ password, trust, timeoutMs = limits.timeoutMs } = {}) =>
      connectTransport({
        ...settings,
        timeoutMs,
        ...(password !== undefined && { password: new Secret(password) }),
        ...(trust === "wrong" && { hostKeys: [`SHA256:${"A".repeat(43)}`] }),
      }),
    can: {
      refuseLogin: true,
      goDown: async () => {
        await server.setAccepting(false);
        return () => server.setAccepting(true);
      },
      interrupt: (operation, how) => {
        server.setFault(interruption(sftpRequests[operation], how));
        return () => {
          server.setFault(undefined);
          server.releaseHanging();
        };
      },
      fillDisk: () => {
        server.setFault(({ phase, command, count }) =>
          phase === "before" && command === "WRITE" && count % 8 === 0 ? { do: "reply", code: 4, text: "" } : undefined,
        );
        return () => server.setFault(undefined);
      },
      lieAboutFullDisk: () => {
        server.setFault(({ phase, command }) =>
          phase === "before" && command === "WRITE" ? { do: "reply", code: 0, text: "" } : undefined,
        );
        return () => server.setFault(undefined);
      },
      makeReadOnly: () => {
        server.setFault(({ phase, command }) =>
          phase === "before" && command === "OPEN" ? { do: "reply", code: 3, text: "" } : undefined,
        );
        return () => server.setFault(undefined);
      },
    },
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}

/** The call that decides an operation. */
const calls: Readonly<Record<Operation, keyof Files>> = {
  connect: "realpath",
  enter: "lstat",
  store: "open",
  size: "lstat",
  read: "open",
  rename: "rename",
  list: "readdir",
  makeFolder: "mkdir",
};

/** A mount whose server goes away: its calls hang, or fail with EIO. */
export function simulatedFolder(): SimulatedServer {
  const folder = temporaryFolder();
  const settings: FolderSettings = {
    ...limits,
    kind: "folder",
    host: folder.root,
    port: 0,
    root: folder.root,
    rename: "one-step",
  };
  let fault: ((call: keyof Files) => Promise<void>) | undefined;
  let after: ((call: keyof Files) => Promise<void>) | undefined;
  let full = false;
  const faulty: Files = new Proxy(files, {
    get: (target, call: keyof Files) => {
      const real: unknown = Reflect.get(target, call);
      return async (...input: unknown[]): Promise<unknown> => {
        await fault?.(call);
        const result: unknown = typeof real === "function" ? await Reflect.apply(real, target, input) : undefined;
        await after?.(call);
        return call === "open" && full ? onFullDisk(result) : result;
      };
    },
  });
  const failing = (code: string): Error => Object.assign(new Error(`${code}: simulated`), { code, syscall: "simulated" });
  return {
    transport: settings,
    root: folder.root,
    renamesOnto: "refuses",
    times: "exact",
    fingerprint: "none",
    encrypts: false,
    connect: ({ timeoutMs = limits.timeoutMs } = {}) => connectFolder({ ...settings, timeoutMs }, faulty),
    can: {
      refuseLogin: false,
      goDown: () => {
        const away = `${folder.root}-away`;
        return files.rename(folder.root, away).then(() => () => files.rename(away, folder.root));
      },
      interrupt: (operation, how) => {
        const hook = (call: keyof Files): Promise<void> =>
          call !== calls[operation]
            ? Promise.resolve()
            : how === "silence"
              ? new Promise<never>(() => {})
              : Promise.reject(failing("EIO"));
        if (how === "cut-after") {
          after = hook;
        } else {
          fault = hook;
        }
        return () => {
          fault = undefined;
          after = undefined;
        };
      },
      fillDisk: () => {
        full = true;
        return () => {
          full = false;
        };
      },
      makeReadOnly: () => {
        fault = (call) => (call === "open" ? Promise.reject(failing("EROFS")) : Promise.resolve());
        return () => {
          fault = undefined;
        };
      },
    },
    stop() {
      folder.remove();
      return Promise.resolve();
    },
  };

  /** The opened file, which takes its beginning and no more. */
  function onFullDisk(handle: unknown): unknown {
    if (typeof handle !== "object" || handle === null) {
      throw new TypeError("not a file handle");
    }
    return new Proxy(handle, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name);
        if (name !== "writeFile") {
          return typeof own === "function" ? own.bind(target) : own;
        }
        return async (bytes: Uint8Array): Promise<never> => {
          if (typeof own === "function") {
            await Reflect.apply(own, target, [bytes.subarray(0, FULL_AT)]);
          }
          throw failing("ENOSPC");
        };
      },
    });
  }
}
