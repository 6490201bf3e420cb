// One supplier's FTP session over basic-ftp, with TLS or without: what the delivery and the inbound room ask for.
import { PassThrough, Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import { Client, FTPError, type FileInfo } from "basic-ftp";
import type { FtpSettings, FtpsSettings } from "../config/transport-settings.ts";
import { OutcomeUnknown } from "../domain/delivery/failure.ts";
import { comparePinned, comparePinnedOnData, tlsOptions } from "./certificate-trust.ts";
import { hearReplyAfterBrokenData } from "./broken-data.ts";
import { atStep, isStaleReply, notStored, plainAnswer, reasonOf, refusesRename, translate } from "./ftp-errors.ts";
import { MAX_READ_BYTES, type ListedFile, type SeenCertificate, type SupplierSession } from "./transport.ts";

/** Connects and logs in. Throws NotSent and Refused. */
export async function connectFtp(options: FtpsSettings | FtpSettings): Promise<SupplierSession> {
  const client = new Client(options.timeoutMs, { allowSeparateTransferHost: options.separateTransferHost });
  hearReplyAfterBrokenData(client);
  client.ftp.encoding = options.encoding === "latin1" ? "latin1" : "utf8";
  const where = `${options.host}:${options.port}`;
  try {
    await withDeadline(client, options.timeoutMs * 2, async () => {
      await (options.kind === "ftps" ? connectEncrypted(client, options) : greet(client, options));
      await logIn(client, options);
    });
  } catch (error) {
    client.close();
    throw translate(error, `connecting to ${where}`);
  }
  const control = client.ftp.socket;
  const secured = control instanceof TLSSocket ? control : undefined;
  const fingerprint = secured?.getPeerCertificate().fingerprint256 ?? null;

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
    isStale: isStaleReply,

    facts: () =>
      run("asking what it offers", async () => ({
        protocol: secured?.getProtocol() ?? "unencrypted",
        cipher: secured?.getCipher().name ?? null,
        certificate: secured === undefined ? null : certificateOf(secured),
        features: [...(await client.features())].map(([name, detail]) => `${name} ${detail}`.trim()),
      })),

    enter: (folder) =>
      run(`entering the folder ${folder}`, async () => {
        await client.cd(folder);
        entered.add(folder);
      }),

    store: async (path, bytes) => {
      try {
        await client.uploadFrom(Readable.from([Buffer.from(bytes)]), path);
      } catch (error) {
        throw notStored(error, `uploading ${path} at ${where}`);
      }
    },

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
        if (error instanceof FTPError && refusesRename(error.code)) {
          return { refused: error.message, ...(error.code < 500 && { forNow: true }) };
        }
        const answer = error instanceof FTPError ? "the server says neither yes nor no" : "the server's answer is missing";
        throw new OutcomeUnknown(`renaming ${from} at ${where}: ${answer} (${reasonOf(error)})`, { cause: error });
      }
    },

    renameKind: (from, to) => options.rename ?? (folderOf(from) === folderOf(to) ? "one-step" : "two-steps"),

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

async function greet(client: Client, { host, port }: FtpsSettings | FtpSettings): Promise<void> {
  await atStep("greeting", () => client.connect(host, port));
}

/** Up to the moment when the password may be sent. */
export async function connectEncrypted(client: Client, options: FtpsSettings): Promise<void> {
  const { host, port, mode, trust } = options;
  const secureOptions = { ...tlsOptions(options), host };
  comparePinnedOnData(client, trust);
  if (mode === "implicit") {
    await atStep("greeting", () => client.connectImplicitTLS(host, port, secureOptions)).catch((error: unknown) => {
      throw plainAnswer(error);
    });
  } else {
    await greet(client, options);
    await atStep("TLS", () => client.useTLS(secureOptions));
  }
  if (!(client.ftp.socket instanceof TLSSocket)) {
    throw new Error("the connection is not encrypted"); // No library may ever make us send the password like this.
  }
  comparePinned(client.ftp.socket, trust);
}

async function logIn(client: Client, { user, password, encoding }: FtpsSettings | FtpSettings): Promise<void> {
  const utf8 = encoding === "utf-8";
  if (utf8) {
    await client.sendIgnoringError("OPTS UTF8 ON"); // User and password may need it.
  }
  await atStep("login", () => client.login(user, password.reveal()));
  await client.useDefaultSettings();
  if (!utf8) {
    await client.sendIgnoringError("OPTS UTF8 OFF"); // The default settings have just asked for it.
  }
}

export function certificateOf(socket: TLSSocket): SeenCertificate {
  const { subject, issuer, valid_from: from, valid_to: to } = socket.getPeerCertificate();
  const name = (one: typeof subject): string => [one.CN, one.O].flat().filter(Boolean).join(", ");
  return { subject: name(subject), issuer: name(issuer), validFrom: Date.parse(from), validTo: Date.parse(to) };
}

/**
 * basic-ftp times each command, and neither the TLS handshake nor a login whose every answer comes just in time: without
 * this, a server that stalls in the handshake would hold its connection for ever.
 */
export async function withDeadline<T>(client: Client, deadlineMs: number, work: () => Promise<T>): Promise<T> {
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
