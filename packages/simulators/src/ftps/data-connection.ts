// The second connection, over which a transfer's bytes go: its listener, its TLS, and the bytes themselves.
import { createServer, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { TLSSocket, type SecureContext } from "node:tls";
import { listen, type OpenHandles } from "./open-handles.ts";

export interface Reply {
  readonly code: number;
  readonly text: string;
}

/** One use of EPSV or PASV: a port where the client's data connection, and no other, is let in. */
export interface Door {
  readonly host: string;
  readonly port: number;
  /** The data connection, once it is encrypted where it shall be; or the reply that says why there is none. */
  admit(): Promise<Socket | Reply>;
  close(): void;
}

interface DoorOptions {
  readonly host: string;
  /** The client's address: a data connection from elsewhere is a stranger's. */
  readonly peer: string | undefined;
  /** Undefined: data connections are not encrypted. */
  readonly secureContext: SecureContext | undefined;
  /** Refuse with 522 a data connection that did not resume a TLS session, as vsftpd does by default. */
  readonly requireSessionReuse: boolean;
  readonly handles: OpenHandles;
}

/** Milliseconds that a client has to connect to the port and finish its TLS handshake. */
const ADMISSION_MS = 10_000;

export async function openDoor({ host, peer, secureContext, requireSessionReuse, handles }: DoorOptions): Promise<Door> {
  const listener = handles.add(createServer());
  let raw: Socket | undefined;
  const { promise: admitted, resolve: admit } = Promise.withResolvers<Socket | Reply>();
  const refuse = (text: string): void => admit({ code: 425, text });

  listener.on("error", () => refuse("Can't open data connection."));
  listener.on("connection", (socket) => {
    socket.on("error", () => socket.destroy());
    handles.add(socket);
    if (raw !== undefined || socket.remoteAddress !== peer) {
      socket.destroy();
      return;
    }
    raw = socket;
    listener.close();
    socket.setNoDelay(true);
    if (secureContext === undefined) {
      admit(socket);
      return;
    }
    const secured = encrypt(socket, secureContext, handles);
    secured.once("close", () => refuse("The data connection was closed before it was encrypted."));
    secured.once("secure", () => {
      if (requireSessionReuse && !secured.isSessionReused()) {
        // end() and not destroy(): a reset would reach the client before the reply, which would then be lost.
        secured.end();
        admit({ code: 522, text: "SSL connection failed: session reuse required." });
        return;
      }
      admit(secured);
    });
  });
  const port = await listen(listener, 0, host);

  return {
    host,
    port,
    async admit() {
      const deadline = setTimeout(refuse, ADMISSION_MS, "The data connection did not come in time.");
      const outcome = await admitted;
      clearTimeout(deadline);
      return outcome;
    },
    close() {
      listener.close();
      raw?.destroy();
      refuse("The data connection was closed.");
    },
  };
}

/** TLS on the server's side of a connected socket. Its errors end it and nothing else: "close" is what to wait for. */
export function encrypt(socket: Socket, secureContext: SecureContext, handles: OpenHandles): TLSSocket {
  const secured = new TLSSocket(socket, { isServer: true, secureContext });
  const drop = (): void => {
    secured.destroy();
    socket.destroy();
  };
  secured.on("error", drop);
  // A failed handshake: without a tls.Server around it, a TLSSocket reports that here and nowhere else.
  secured.on("_tlsError", drop);
  return handles.add(secured);
}

/** What shall happen at byte n of a transfer; nothing happens when it is shorter. */
export interface Disturbance {
  readonly atByte: number;
  /** "drop" throws the remaining bytes away, "cut" breaks the data connection, "close" the control connection too. */
  happen(): Promise<"continue" | "drop" | "cut" | "close">;
}

export type TransferEnd = "complete" | "dropped" | "broken" | "closed";

/** Takes what the client sends until it ends. `write` gets each byte once, in order; what it throws is passed on. */
export async function receive(
  socket: Socket,
  write: (bytes: Uint8Array) => void,
  disturbance: Disturbance | undefined,
): Promise<TransferEnd> {
  const transfer = disturbed(socket, socket, disturbance);
  try {
    for await (const chunk of transfer.bytes) {
      write(chunk);
    }
  } catch (error) {
    return lost(error, transfer.end());
  }
  return transfer.end();
}

/** Sends the bytes, then ends the data connection. */
export async function send(socket: Socket, chunks: Iterable<Buffer>, disturbance: Disturbance | undefined): Promise<TransferEnd> {
  const transfer = disturbed(chunks, socket, disturbance);
  // The client owes us no bytes, but its end must be read, or it is never noticed.
  socket.resume();
  try {
    await pipeline(transfer.bytes, socket);
  } catch (error) {
    return lost(error, transfer.end());
  }
  return transfer.end();
}

/** The same bytes, with the disturbance in their midst. */
function disturbed(
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  socket: Socket,
  disturbance: Disturbance | undefined,
): { bytes: AsyncIterable<Buffer>; end: () => TransferEnd } {
  let end: TransferEnd = "complete";
  async function* bytes(): AsyncGenerator<Buffer> {
    let taken = 0;
    let pending = disturbance;
    for await (const chunk of chunks) {
      if (end === "dropped") {
        continue;
      }
      if (pending === undefined || taken + chunk.length < pending.atByte) {
        taken += chunk.length;
        yield chunk;
        continue;
      }
      yield chunk.subarray(0, pending.atByte - taken);
      const verdict = await pending.happen();
      if (verdict === "cut" || verdict === "close") {
        end = verdict === "cut" ? "broken" : "closed";
        socket.destroy();
        return;
      }
      if (verdict === "drop") {
        end = "dropped";
        continue;
      }
      yield chunk.subarray(pending.atByte - taken);
      pending = undefined;
    }
  }
  return { bytes: bytes(), end: () => end };
}

/** How a transfer ended that threw: a lost connection is an end like any other, everything else is an error. */
function lost(error: unknown, end: TransferEnd): TransferEnd {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED", "ABORT_ERR"].includes(code)) {
    throw error;
  }
  return end === "complete" ? "broken" : end;
}
