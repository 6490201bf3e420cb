// The SSH connection below an SFTP session: who the server must be, how we log in, and how long it may be silent.
import { createHash } from "node:crypto";
import { connect as connectSocket, type Socket } from "node:net";
import ssh2, {
  type AuthHandlerMiddleware,
  type Client,
  type KeyboardInteractiveAuthMethod,
  type NegotiatedAlgorithms,
  type SFTPWrapper,
} from "ssh2";
import type { SftpSettings } from "../config/transport-settings.ts";
import { ConnectionLost, HostKeyRefused, KeyUnreadable, LoginRefused, reasonOf } from "./sftp-errors.ts";

export interface SftpConnection {
  readonly sftp: SFTPWrapper;
  /** "SHA256:…", as `ssh-keygen -l` shows it. */
  readonly hostKey: string;
  readonly algorithms: NegotiatedAlgorithms | undefined;
  isLost(): boolean;
  close(): void;
  /** Runs a command. Throws ConnectionLost as soon as the connection ends, or the server has been silent for too long. */
  whileAnswering<T>(command: () => Promise<T>): Promise<T>;
}

/** Throws ConnectionLost and LoginRefused. */
export async function openSftpConnection(settings: SftpSettings): Promise<SftpConnection> {
  const { host, port, timeoutMs } = settings;
  // Of our own: ssh2 leaves Nagle's algorithm on, which waits 40 ms with every small packet.
  const socket = connectSocket({ host, port, noDelay: true });
  const client = new ssh2.Client();
  const life = watch(socket, client, timeoutMs);
  let hostKey = "";
  let algorithms: NegotiatedAlgorithms | undefined;
  client.on("handshake", (negotiated) => (algorithms = negotiated));
  const opening = new Promise<SFTPWrapper>((resolve, reject) => {
    client.on("ready", () => {
      client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
    });
  });
  // A deadline for all of it: a server whose every answer comes just in time must not hold us for ever.
  const deadline = setTimeout(() => life.lose(new Error(`no connection within ${timeoutMs * 2} ms`)), timeoutMs * 2);
  try {
    const sftp = await life.whileAnswering(async () => {
      client.connect({
        sock: socket,
        username: settings.user,
        authHandler: loginMethods(settings),
        readyTimeout: 0, // The deadline is ours.
        keepaliveInterval: 0,
        hostVerifier: (key: Buffer) => {
          hostKey = `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
          if (settings.hostKeys.includes(hostKey)) {
            return true;
          }
          life.lose(new HostKeyRefused(hostKey));
          return false;
        },
      });
      return await opening;
    });
    sftp.on("error", (error: Error) => life.lose(error));
    sftp.on("close", () => life.lose(new Error("the server closed the session")));
    return {
      sftp,
      hostKey,
      algorithms,
      isLost: life.isLost,
      close: () => life.lose(new Error("the session was closed")),
      whileAnswering: life.whileAnswering,
    };
  } catch (error) {
    life.lose(error);
    throw error;
  } finally {
    clearTimeout(deadline);
  }
}

/** The one place where a connection ends, for whatever reason: the first is told to whoever waits. */
function watch(
  socket: Socket,
  client: Client,
  timeoutMs: number,
): Pick<SftpConnection, "isLost" | "whileAnswering"> & { lose(error: unknown): void } {
  let lost: ConnectionLost | LoginRefused | undefined;
  const waiting = new Set<(error: Error) => void>();
  const lose = (error: unknown): void => {
    if (lost !== undefined) {
      return;
    }
    lost =
      error instanceof LoginRefused || error instanceof ConnectionLost
        ? error
        : isLoginRefusal(error)
          ? new LoginRefused(reasonOf(error), { cause: error })
          : new ConnectionLost(reasonOf(error), { cause: error });
    socket.destroy();
    for (const reject of waiting) {
      reject(lost);
    }
  };
  client.on("error", lose);
  client.on("end", () => lose(new Error("the server ended the connection")));
  client.on("close", () => lose(new Error("the connection was closed")));
  socket.on("error", lose);
  socket.on("timeout", () => {
    if (waiting.size > 0) {
      lose(new Error(`no answer within ${timeoutMs} ms`));
    }
  });
  return {
    isLost: () => lost !== undefined,
    lose,
    async whileAnswering(command) {
      if (lost !== undefined) {
        throw new ConnectionLost(`the connection is closed: ${lost.message}`, { cause: lost });
      }
      const { promise: end, reject } = Promise.withResolvers<never>();
      waiting.add(reject);
      socket.setTimeout(timeoutMs); // Of silence, both ways.
      try {
        return await Promise.race([command(), end]);
      } finally {
        waiting.delete(reject);
        if (waiting.size === 0) {
          socket.setTimeout(0);
        }
      }
    },
  };
}

/** 14: no more methods (RFC 4253, 11.1). OpenSSH says 2 and "Too many authentication failures". */
function isLoginRefusal(error: unknown): boolean {
  return (
    error instanceof Error &&
    (("level" in error && error.level === "client-authentication") ||
      ("code" in error && error.code === 14) ||
      /too many authentication failures/i.test(error.message))
  );
}

/**
 * Each secret is tried once: some servers ban an address after a few failures. `none` asks what is allowed, as OpenSSH's own
 * client does, so that a password is not tried in a way that the server does not know. Throws KeyUnreadable.
 */
function loginMethods({ user: username, password, key, passphrase }: SftpSettings): AuthHandlerMiddleware {
  const parsed = key === null ? undefined : ssh2.utils.parseKey(key.reveal(), passphrase?.reveal());
  if (parsed instanceof Error) {
    throw new KeyUnreadable(`the private key (transport.key) cannot be read: ${parsed.message}`, { cause: parsed });
  }
  const untried = new Set<"none" | "publickey" | "password">(["none"]);
  if (parsed !== undefined) {
    untried.add("publickey");
  }
  if (password !== null) {
    untried.add("password");
  }
  return (allowed: readonly string[] | null, _partial, next) => {
    const may = (method: string): boolean => allowed === null || allowed.includes(method);
    if (untried.delete("none")) {
      next({ type: "none", username });
    } else if (may("publickey") && parsed !== undefined && untried.delete("publickey")) {
      next({ type: "publickey", username, key: parsed });
    } else if (may("password") && password !== null && untried.delete("password")) {
      next({ type: "password", username, password: password.reveal() });
    } else if (may("keyboard-interactive") && password !== null && untried.delete("password")) {
      // Servers that ask in a prompt of their own; for anything else than one secret there is no answer.
      const prompt: KeyboardInteractiveAuthMethod["prompt"] = (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.length === 1 ? [password.reveal()] : []);
      next({ type: "keyboard-interactive", username, prompt });
    } else {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ssh2's way to say that there is nothing more to try
      next(false as never);
    }
  };
}
