// An SFTP server on a folder of this machine, for simulated suppliers and for faults. It behaves as OpenSSH's: a rename refuses
// a name that exists, being a link and an unlink, and requests that are sent together are answered in order.
//
//   startSftpServer → hostKey, to be pinned by clients; faults by the moments of ftps/faults.ts, where `code` is SFTP's status
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer, type Server as Listener } from "node:net";
import ssh2 from "ssh2";
import { createFaultGate, meet, type FaultHook } from "./ftps/faults.ts";
import { openFolder } from "./ftps/folder.ts";
import { createOpenHandles, listen } from "./ftps/open-handles.ts";
import { ed25519KeyPair } from "./sftp/keys.ts";
import { serveFiles } from "./sftp/requests.ts";
import { acceptLogin, type SftpLogin } from "./sftp/login.ts";

export { ed25519KeyPair } from "./sftp/keys.ts";
export type { SftpLogin } from "./sftp/login.ts";

export interface SftpServerOptions {
  /** The folder on disk that clients see as "/"; made if it is missing. */
  readonly root: string;
  readonly login: SftpLogin;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** A free one unless given. */
  readonly port?: number;
  /** False: it tells sizes and times only, as some gateways do. True unless given. */
  readonly modes?: boolean;
  readonly fault?: FaultHook;
}

/** Paths are as clients see them, `file` is where it lies on disk. */
export interface RenamedFile {
  readonly path: string;
  readonly from: string;
  readonly file: string;
}

export interface SftpServer {
  readonly host: string;
  readonly port: number;
  readonly root: string;
  /** "SHA256:…", as `ssh-keygen -l` shows it. */
  readonly hostKey: string;
  /** How many connections there were. */
  readonly connections: () => number;
  /**
   * Called within each rename, when the file has its final name and still its old one: an observer that moves it away is as fast
   * as a supplier can be. The returned function removes it.
   */
  onRenamed(observer: (renamed: RenamedFile) => void): () => void;
  /** Replaces the fault hook; undefined for none. */
  setFault(hook: FaultHook | undefined): void;
  /** Lets every request that a fault made hang go on. */
  releaseHanging(): void;
  /** False: new connections are refused by the system (ECONNREFUSED). */
  setAccepting(accepting: boolean): Promise<void>;
  /** Drops every connection. New ones are welcome. */
  dropConnections(): void;
  /** Closes everything. Rejects with the first error that a fault hook threw. */
  stop(): Promise<void>;
}

/** Throws when the port is taken. */
export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const { host = "127.0.0.1", login, modes = true } = options;
  mkdirSync(options.root, { recursive: true });
  const folder = openFolder(options.root);
  const { private: hostPrivateKey, public: hostPublicKey } = ed25519KeyPair();
  const gate = createFaultGate(options.fault);
  const handles = createOpenHandles();
  const drops = new Set<() => void>();
  const observers = new Set<(renamed: RenamedFile) => void>();
  const renamed = (file: RenamedFile): void => observers.forEach((observer) => observer(file));
  const errors: unknown[] = [];
  let connections = 0;

  const createListener = (): Listener => {
    const listener = handles.add(createServer());
    listener.on("connection", (socket) => {
      const session = ++connections;
      handles.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      const drop = (): void => void socket.destroy();
      drops.add(drop);
      socket.once("close", () => drops.delete(drop));
      const fail = (error: unknown): void => {
        errors.push(error);
        drop();
      };
      const greet = async (): Promise<void> => {
        const fault = await gate.consult({ phase: "before", command: "CONNECT", argument: "", path: undefined, session });
        if ((await meet(gate, fault)) !== undefined) {
          drop();
          return;
        }
        const server = new ssh2.Server({ hostKeys: [hostPrivateKey] }, (client) => {
          client.on("error", drop);
          acceptLogin(client, login);
          client.on("session", (accept) => {
            accept().on("sftp", (acceptSftp) => {
              serveFiles(acceptSftp(), { folder, gate, modes, session, renamed, drop, fail });
            });
          });
        });
        server.injectSocket(socket);
      };
      greet().catch(fail);
    });
    return listener;
  };

  let listener: Listener | undefined = createListener();
  const port = await listen(listener, options.port ?? 0, host);

  return {
    host,
    port,
    root: folder.root,
    hostKey: fingerprint(hostPublicKey),
    connections: () => connections,
    onRenamed(observer) {
      observers.add(observer);
      return () => observers.delete(observer);
    },
    setFault: (hook) => gate.setHook(hook),
    releaseHanging: () => gate.release(),
    async setAccepting(accepting) {
      if (!accepting) {
        listener?.close();
        listener = undefined;
      } else if (listener === undefined) {
        listener = createListener();
        await listen(listener, port, host);
      }
    },
    dropConnections() {
      for (const drop of drops) {
        drop();
      }
    },
    async stop() {
      gate.stop();
      await handles.closeAll();
      if (errors.length > 0) {
        throw errors[0];
      }
    },
  };
}

/** Of a public key as it stands in authorized_keys: type, base64, comment. */
function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
