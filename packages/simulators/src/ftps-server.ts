// An FTPS server (also a plain FTP one) on a folder of this machine, for simulated suppliers and for faults. It behaves as the
// servers that suppliers run: encryption before login, data connections that resume the control connection's TLS
// session, a rename that overwrites silently, one 550 for everything that SIZE cannot answer.
//
//   certificate authority → startFtpsServer → clients; observers see each file the moment it has its name
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createServer, type Server } from "node:net";
import { createSecureContext, type SecureContext, type SecureVersion } from "node:tls";
import type { FileChange } from "./ftps/conversation.ts";
import { createFaultGate, type FaultHook } from "./ftps/faults.ts";
import { openFolder } from "./ftps/folder.ts";
import { createOpenHandles, listen } from "./ftps/open-handles.ts";
import { openSession, type Session } from "./ftps/session.ts";

export type { FaultAction, FaultEvent, FaultHook, FaultPhase } from "./ftps/faults.ts";

export interface FtpsServerOptions {
  /** The folder on disk that clients see as "/"; made if it is missing. */
  readonly root: string;
  readonly user: string;
  readonly password: string;
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** What data connections show instead, as one to a stranger does. */
  readonly dataCertificate?: { readonly key: string; readonly cert: string };
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** A free one unless given. */
  readonly port?: number;
  readonly minTlsVersion?: SecureVersion;
  readonly maxTlsVersion?: SecureVersion;
  /** explicit: AUTH TLS before the login; implicit: TLS from the first byte; none: plain FTP. Explicit unless given. */
  readonly encryption?: "explicit" | "implicit" | "none";
  /** Refuse data connections that do not resume a TLS session (522). True unless given. */
  readonly requireSessionReuse?: boolean;
  /** RNTO replaces an existing file without a word; otherwise it answers 550. True unless given. */
  readonly renameOverwrites?: boolean;
  /** Of paths and names. latin1: as old servers, which say nothing of UTF8 in FEAT. utf8 unless given. */
  readonly encoding?: "utf8" | "latin1";
  /** Offer MLSD and MLST, and say so in FEAT. True unless given. */
  readonly mlsd?: boolean;
  readonly fault?: FaultHook;
}

/** A file has its name, has another one, or is gone. Paths are as clients see them, `file` is where it lies on disk. */
export type FileEvent = FileChange & { readonly file: string; readonly session: number; readonly at: number };

export interface RecordedCommand {
  /** Epoch milliseconds of its arrival. */
  readonly at: number;
  readonly session: number;
  /** In capitals; the greeting of a connection is CONNECT. */
  readonly command: string;
  /** A password is recorded as ***. */
  readonly argument: string;
  /** The code of the final reply; undefined while there is none, and for ever if none was sent. */
  readonly reply: number | undefined;
}

export interface FtpsObserver {
  /** Within the command, before its reply: an observer that moves the file away is as fast as a supplier can be. */
  file?(event: FileEvent): void;
  /** When a command's final reply is about to be sent. */
  command?(command: RecordedCommand): void;
}

export interface FtpsServer {
  readonly host: string;
  readonly port: number;
  readonly root: string;
  /** The latest commands, oldest first. */
  readonly commands: readonly RecordedCommand[];
  /** Adds an observer; the returned function removes it. What it throws ends the session and is reported by stop(). */
  on(observer: FtpsObserver): () => void;
  /** Replaces the fault hook; undefined for none. */
  setFault(hook: FaultHook | undefined): void;
  /** Lets every command and transfer that a fault made hang go on. */
  releaseHanging(): void;
  /** False: new connections are refused by the system (ECONNREFUSED). True: it listens again, on the same port. */
  setAccepting(accepting: boolean): Promise<void>;
  /** Drops every connection, after a last reply such as 421 if one is given. New ones are welcome. */
  dropConnections(lastReply?: { readonly code: number; readonly text: string }): void;
  /** Closes everything. Rejects with the first error that a fault hook or a listener threw. */
  stop(): Promise<void>;
}

/** How many commands are remembered at most; half as many at least. */
const COMMANDS_KEPT = 100_000;

/** Milliseconds during which a port that somebody else took in the meantime is tried again. */
const PORT_PATIENCE_MS = 5_000;

/** Throws when the port is taken or the certificate does not fit its key. */
export async function startFtpsServer(options: FtpsServerOptions): Promise<FtpsServer> {
  const { host = "127.0.0.1", user, password, requireSessionReuse = true, renameOverwrites = true, mlsd = true } = options;
  const { encryption = "explicit", encoding = "utf8" } = options;
  mkdirSync(options.root, { recursive: true });
  const folder = openFolder(options.root);
  // One context for all connections: the tickets it gives out on one are good on the others. Tickets are the only way
  // to resume here: a client that wants none (curl over TLS 1.2) cannot, and needs requireSessionReuse off.
  const contextOf = ({ key, cert }: { readonly key: string; readonly cert: string }): SecureContext =>
    createSecureContext({
      key,
      cert,
      ...(options.minTlsVersion && { minVersion: options.minTlsVersion }),
      ...(options.maxTlsVersion && { maxVersion: options.maxTlsVersion }),
    });
  const secureContext = contextOf(options);
  const dataContext = options.dataCertificate === undefined ? secureContext : contextOf(options.dataCertificate);
  const gate = createFaultGate(options.fault);
  const handles = createOpenHandles();
  const observers = new Set<FtpsObserver>();
  const sessions = new Set<Session>();
  const commands: RecordedCommand[] = [];
  const errors: unknown[] = [];
  let sessionCount = 0;
  let stopped = false;

  const record = (session: number, command: string, argument: string): ((code: number) => void) => {
    const recorded: { -readonly [K in keyof RecordedCommand]: RecordedCommand[K] } = {
      at: Date.now(),
      session,
      command,
      argument,
      reply: undefined,
    };
    if (commands.push(recorded) > COMMANDS_KEPT) {
      commands.splice(0, COMMANDS_KEPT / 2);
    }
    return (code) => {
      recorded.reply = code;
      for (const observer of observers) {
        observer.command?.(recorded);
      }
    };
  };

  const announce = (session: number, change: FileChange): void => {
    const event = { ...change, file: join(folder.root, change.path), session, at: Date.now() };
    for (const observer of observers) {
      observer.file?.(event);
    }
  };

  const createListener = (): Server => {
    const listener = handles.add(createServer());
    listener.on("connection", (socket) => {
      const number = ++sessionCount;
      const session = openSession({
        socket,
        number,
        host,
        folder,
        secureContext,
        dataContext,
        settings: { user, password, renameOverwrites, mlsd, requireSessionReuse, encryption, encoding },
        gate,
        handles,
        onCommand: (command, argument) => record(number, command, argument),
        onFile: (change) => announce(number, change),
        onEnd: (error) => {
          sessions.delete(session);
          if (error !== undefined) {
            errors.push(error);
          }
        },
      });
      sessions.add(session);
    });
    return listener;
  };

  let listener: Server | undefined = createListener();
  const port = await listen(listener, options.port ?? 0, host);

  /** A port that was given up may be somebody else's for a moment. */
  const listenAgain = async (): Promise<Server> => {
    for (const deadline = Date.now() + PORT_PATIENCE_MS; ;) {
      const again = createListener();
      try {
        await listen(again, port, host);
        return again;
      } catch (error) {
        if (stopped || Date.now() > deadline) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };

  return {
    host,
    port,
    root: folder.root,
    commands,

    on(observer) {
      observers.add(observer);
      return () => observers.delete(observer);
    },
    setFault: (hook) => gate.setHook(hook),
    releaseHanging: () => gate.release(),

    async setAccepting(accepting) {
      if (!accepting) {
        listener?.close();
        listener = undefined;
        return;
      }
      listener ??= await listenAgain();
    },

    dropConnections(lastReply) {
      for (const session of sessions) {
        session.drop(lastReply);
      }
    },

    async stop() {
      stopped = true;
      gate.stop();
      for (const session of sessions) {
        session.drop();
      }
      await handles.closeAll();
      if (errors.length > 0) {
        throw errors[0];
      }
    },
  };
}
