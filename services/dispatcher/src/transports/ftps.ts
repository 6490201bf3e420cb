// One supplier's FTPS session over basic-ftp: what the delivery and the inbound room ask for, and every error of the
// library translated into what to do next (domain/failure.ts). basic-ftp translates nothing: a timeout is a bare Error
// without a code, an FTPError keeps the session, anything else has closed it.
import { PassThrough, Readable } from "node:stream";
import { TLSSocket, type ConnectionOptions } from "node:tls";
import { Client, FTPError, type FileInfo } from "basic-ftp";
import { FolderRefused, NotSent, OutcomeUnknown, Refused } from "../domain/failure.ts";
import type { ListedFile, SupplierSession } from "./transport.ts";

export interface FtpsOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** PEM; null: the system's authorities. */
  readonly ca: string | null;
  readonly minTls: "TLSv1.2" | "TLSv1.3";
  readonly maxTls: "TLSv1.2" | "TLSv1.3";
  /** Milliseconds of silence. */
  readonly timeoutMs: number;
}

/** Files of suppliers are small; a larger one is not read into memory. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/** Connects and logs in. Throws NotSent and Refused. */
export async function connectFtps(options: FtpsOptions): Promise<SupplierSession> {
  const client = new Client(options.timeoutMs, { allowSeparateTransferHost: false });
  const where = `${options.host}:${options.port}`;
  try {
    // basic-ftp writes into the object it is given: a new one each time.
    const secureOptions: ConnectionOptions = {
      minVersion: options.minTls,
      maxVersion: options.maxTls,
      ...(options.ca === null ? {} : { ca: options.ca }),
    };
    await withDeadline(client, options.timeoutMs * 2, () =>
      client.access({
        host: options.host,
        port: options.port,
        user: options.user,
        password: options.password,
        secure: true,
        secureOptions,
      }),
    );
  } catch (error) {
    client.close();
    throw translate(error, `connecting to ${where}`);
  }
  const socket = client.ftp.socket;
  const fingerprint = socket instanceof TLSSocket ? (socket.getPeerCertificate().fingerprint256 ?? null) : null;

  const run = async <T>(what: string, command: () => Promise<T>): Promise<T> => {
    try {
      return await command();
    } catch (error) {
      throw translate(error, `${what} at ${where}`);
    }
  };

  const entered = new Set<string>();
  const list = async (folder: string): Promise<ListedFile[]> => {
    const files = await client.list(folder).catch((error: unknown) => {
      // "550 No files found", "450 No such file": how some servers say that a folder, which we have entered, is empty.
      if (error instanceof FTPError && (error.code === 550 || error.code === 450) && entered.has(folder)) {
        return [];
      }
      throw error;
    });
    return files.filter((file) => file.isFile).map((file) => ({ name: file.name, size: file.size, modifiedAt: modified(file) }));
  };

  /**
   * Folders where SIZE is known to tell absent from unreadable, because it answered for a file of ours there, or a listing
   * agreed with its 550: listing a large folder for every file would cost more the longer it is used.
   */
  const trusted = new Set<string>();
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

  /** Whether a listing of its folder shows the file: SIZE answers 550 alike for absent and unreadable. */
  const listed = async (path: string): Promise<number | undefined> => {
    const slash = path.lastIndexOf("/");
    try {
      return (await list(folderOf(path))).find((file) => file.name === path.slice(slash + 1))?.size;
    } catch (error) {
      if (error instanceof FTPError && error.code >= 500) {
        return undefined; // The folder cannot be listed: SIZE alone must do.
      }
      throw error;
    }
  };

  return {
    endpoint: { host: options.host, port: options.port, fingerprint },
    closed: () => client.closed,
    close: () => client.close(),

    enter: (folder) =>
      run(`entering the folder ${folder}`, async () => {
        await client.cd(folder);
        entered.add(folder);
      }),

    store: (path, bytes) =>
      run(`uploading ${path}`, async () => void (await client.uploadFrom(Readable.from([Buffer.from(bytes)]), path))),

    size: (path) =>
      run(`asking the size of ${path}`, async () => {
        const folder = folderOf(path);
        try {
          const size = await client.size(path);
          trusted.add(folder);
          return size;
        } catch (error) {
          if (error instanceof FTPError && error.code === 550) {
            const size = trusted.has(folder) ? undefined : await listed(path);
            if (size === undefined) {
              trusted.add(folder);
            }
            return size ?? "absent";
          }
          if (error instanceof FTPError && [500, 502, 504].includes(error.code)) {
            return (await listed(path)) === undefined ? "absent" : "unsupported";
          }
          throw error;
        }
      }),

    read: (path) =>
      run(`reading ${path}`, async () => {
        try {
          return await download(client, path);
        } catch (error) {
          if (error instanceof FTPError && error.code === 550) {
            return (await listed(path)) === undefined ? "absent" : "unreadable";
          }
          if (error instanceof FTPError && error.code >= 500 && error.code !== 530) {
            return "unreadable";
          }
          throw error;
        }
      }),

    rename: async (from, to) => {
      try {
        await client.rename(from, to);
        return "renamed";
      } catch (error) {
        if (error instanceof FTPError && error.code >= 500) {
          return { refused: error.message };
        }
        throw new OutcomeUnknown(`renaming ${from} at ${where}: the server's answer is missing (${reason(error)})`, {
          cause: error,
        });
      }
    },

    remove: async (path) => {
      try {
        await client.remove(path);
      } catch {
        // Best effort: the file may be gone, the session too.
      }
    },

    list: (folder) => run(`listing ${folder}`, () => list(folder)),

    makeFolder: async (path) => {
      try {
        await client.send(`MKD ${path}`);
      } catch (error) {
        if (!(error instanceof FTPError)) {
          throw translate(error, `making the folder ${path} at ${where}`);
        }
        // It exists, or may not be made: the file that goes into it will tell.
      }
    },
  };
}

/**
 * basic-ftp times each command, and neither the TLS handshake nor a login whose every answer comes just in time: without
 * this, a server that stalls in the handshake would hold its connection for ever.
 */
async function withDeadline<T>(client: Client, deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`no connection within ${deadlineMs} ms`));
    client.close();
  }, deadlineMs);
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function download(client: Client, path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let total = 0;
  const sink = new PassThrough();
  sink.on("data", (chunk: Buffer) => {
    total += chunk.byteLength;
    if (total > MAX_READ_BYTES) {
      sink.destroy(new Error(`${path} is larger than ${MAX_READ_BYTES} bytes`));
    } else {
      chunks.push(chunk);
    }
  });
  await client.downloadTo(sink, path);
  return Buffer.concat(chunks);
}

const modified = (file: FileInfo): number | null => file.modifiedAt?.getTime() ?? null;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Failures of certificate verification: repeating them changes nothing. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODES = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** 530, 532 and 430: login; 534, 536: TLS refused. RFC 959, 4.2; RFC 4217. */
const REFUSED_REPLIES = new Set([430, 530, 532, 534, 536]);

/** Missing folder or permission. RFC 959, 4.2. */
const FOLDER_REPLIES = new Set([550, 553]);

function translate(error: unknown, what: string): Error {
  if (error instanceof NotSent || error instanceof Refused || error instanceof OutcomeUnknown) {
    return error;
  }
  const message = `${what}: ${reason(error)}`;
  if (error instanceof FTPError && FOLDER_REPLIES.has(error.code)) {
    return new FolderRefused(message, { cause: error });
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const refused =
    error instanceof FTPError ? REFUSED_REPLIES.has(error.code) : typeof code === "string" && CERTIFICATE_CODES.has(code);
  return refused ? new Refused(message, { cause: error }) : new NotSent(message, { cause: error });
}
