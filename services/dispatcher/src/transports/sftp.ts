// One supplier's SFTP session (protocol 3, draft-ietf-secsh-filexfer-02) over ssh2, and every error of it translated into what
// to do next. ssh2 itself and no wrapper: the status of each request decides, and wrappers blur it (a full disk becomes a
// success, a failing one "no such file").
import type { FileEntryWithStats, Stats } from "ssh2";
import type { SftpSettings } from "../config/transport-settings.ts";
import { FolderRefused, OutcomeUnknown } from "../domain/delivery/failure.ts";
import { openSftpConnection } from "./sftp-connection.ts";
import { isDefinite, notStored, reasonOf, STATUS, statusOf, translate } from "./sftp-errors.ts";
import { MAX_READ_BYTES, type ListedFile, type SupplierSession } from "./transport.ts";

/** Bytes of one request; every server takes 32 KB (section 3 of the draft). */
const CHUNK_BYTES = 32_000;
/** Requests of one transfer that are under way at once: each alone would cost the way there and back. */
const CHUNKS_AT_ONCE = 16;
/** Entries of a folder, so that no server can fill our memory. */
const MOST_LISTED = 200_000;

type Done<T> = (error: Error | null | undefined, value: T) => void;

/** Connects and logs in. Throws NotSent and Refused. */
export async function connectSftp(settings: SftpSettings): Promise<SupplierSession> {
  const where = `${settings.host}:${settings.port}`;
  const connection = await openSftpConnection(settings).catch((error: unknown) => {
    throw translate(error, `connecting to ${where}`);
  });
  const { sftp, hostKey, algorithms } = connection;

  const run = async <T>(what: string, command: () => Promise<T>): Promise<T> => {
    try {
      return await connection.whileAnswering(command);
    } catch (error) {
      throw translate(error, `${what} at ${where}`);
    }
  };
  const stat = (path: string): Promise<Stats> => ask<Stats>((done) => sftp.stat(path, done));
  const closeHandle = (handle: Buffer): Promise<void> => tell((done) => sftp.close(handle, done));
  /** Some gateways send no mode; what can be opened as a folder is one. */
  const isFolder = async (path: string, stats: Stats): Promise<boolean> => {
    if (stats.mode !== undefined) {
      return stats.isDirectory();
    }
    try {
      await closeHandle(await ask<Buffer>((done) => sftp.opendir(path, done)));
      return true;
    } catch (error) {
      if (isDefinite(error)) {
        return false;
      }
      throw error;
    }
  };
  const open = (path: string, flags: "r" | "w"): Promise<Buffer> => ask<Buffer>((done) => sftp.open(path, flags, done));
  const sizeIfThere = async (path: string): Promise<number | undefined> => {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (statusOf(error) === STATUS.noSuchFile) {
        return undefined;
      }
      throw error;
    }
  };
  /** The file is closed in any case, and the first failure told. */
  const withHandle = async <T>(handle: Buffer, work: (handle: Buffer) => Promise<T>): Promise<T> => {
    let result: T;
    try {
      result = await work(handle);
    } catch (error) {
      await closeHandle(handle).catch(() => {});
      throw error;
    }
    await closeHandle(handle);
    return result;
  };

  /** A server may answer with less than it was asked for. */
  const fill = async (handle: Buffer, into: Buffer, start: number, length: number): Promise<void> => {
    for (let read = 0; read < length;) {
      const from = start + read;
      const got = await ask<number>((done) =>
        sftp.read(handle, into, from, length - read, from, (error, bytesRead) => done(error, bytesRead)),
      );
      if (got === 0) {
        throw new Error("it became shorter while it was read");
      }
      read += got;
    }
  };

  const next = async (handle: Buffer): Promise<readonly FileEntryWithStats[] | "end"> => {
    try {
      return await ask<FileEntryWithStats[]>((done) => sftp.readdir(handle, done));
    } catch (error) {
      if (statusOf(error) === STATUS.endOfFile) {
        return "end";
      }
      throw error;
    }
  };

  const replace = (from: string, to: string): Promise<void> =>
    tell((done) => {
      try {
        sftp.ext_openssh_rename(from, to, done);
      } catch (error) {
        throw new ExtensionMissing("the server has no posix-rename: remove transport.rename", { cause: error });
      }
    });

  return {
    endpoint: { host: settings.host, port: settings.port, fingerprint: hostKey },
    closed: () => connection.isLost(),
    close: () => connection.close(),
    isStale: () => false, // The server closes the connection.
    facts: () =>
      Promise.resolve({
        protocol: `SSH-2.0, ${algorithms?.kex ?? "unknown key exchange"}, ${algorithms?.serverHostKey ?? "unknown host key"}`,
        cipher: algorithms?.cs.cipher ?? null,
        certificate: null,
        features: [],
      }),

    enter: (folder) =>
      run(`entering the folder ${folder}`, async () => {
        if (!(await isFolder(folder, await stat(folder)))) {
          throw new FolderRefused(`entering the folder ${folder} at ${where}: it is no folder`);
        }
      }),

    store: async (path, bytes) => {
      const what = `uploading ${path}`;
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const handle = await connection
        .whileAnswering(() => open(path, "w"))
        .catch((error: unknown) => {
          throw notStored(error, `${what} at ${where}`);
        });
      await run(what, async () => {
        await withHandle(handle, () =>
          inChunks(buffer.byteLength, (start, length) => tell((done) => sftp.write(handle, buffer, start, length, start, done))),
        );
        const size = await sizeIfThere(path); // Under a final name the supplier may have taken it already.
        if (size !== undefined && size !== bytes.byteLength) {
          throw new Error(`the server says that all is well, and holds ${size} of ${bytes.byteLength} bytes: is its disk full?`);
        }
      });
    },

    size: (path) =>
      run(`asking the size of ${path}`, async () => {
        try {
          const stats = await stat(path);
          const isFile = stats.mode === undefined ? !(await isFolder(path, stats)) : stats.isFile();
          return isFile ? (stats.size ?? "unsupported") : "absent";
        } catch (error) {
          const status = statusOf(error);
          if (status === STATUS.noSuchFile) {
            return "absent";
          }
          if (status === STATUS.unsupported) {
            return "unsupported";
          }
          throw error;
        }
      }),

    read: (path) =>
      run(`reading ${path}`, async () => {
        try {
          return await withHandle(await open(path, "r"), async (handle) => {
            const { size } = await ask<{ readonly size: number }>((done) => sftp.fstat(handle, done));
            if (size > MAX_READ_BYTES) {
              throw new Error(`it is larger than ${MAX_READ_BYTES} bytes`);
            }
            const bytes = Buffer.alloc(size);
            await inChunks(size, (start, length) => fill(handle, bytes, start, length));
            return bytes;
          });
        } catch (error) {
          if (!isDefinite(error)) {
            throw error;
          }
          return statusOf(error) === STATUS.noSuchFile ? "absent" : "unreadable";
        }
      }),

    rename: async (from, to) => {
      try {
        await connection.whileAnswering(() =>
          settings.rename === "posix" ? replace(from, to) : tell((done) => sftp.rename(from, to, done)),
        );
        return "renamed";
      } catch (error) {
        if (error instanceof ExtensionMissing || isDefinite(error)) {
          return { refused: reasonOf(error) };
        }
        throw new OutcomeUnknown(`renaming ${from} at ${where}: the server's answer is missing (${reasonOf(error)})`, {
          cause: error,
        });
      }
    },

    renameKind: () => (settings.rename === "posix" ? "one-step" : "two-steps"),

    remove: async (path) => {
      try {
        await connection.whileAnswering(() => tell((done) => sftp.unlink(path, done)));
      } catch {
        // Best effort: the file may be gone, the session too.
      }
    },

    list: (folder) =>
      run(`listing ${folder}`, async () => {
        const handle = await ask<Buffer>((done) => sftp.opendir(folder, done));
        const files: ListedFile[] = [];
        try {
          for (let entries = await next(handle); entries !== "end"; entries = await next(handle)) {
            files.push(
              ...entries.filter(isFile).map(({ filename, attrs }) => ({
                name: filename,
                size: attrs.size,
                modifiedAt: attrs.mtime === undefined ? null : attrs.mtime * 1_000,
              })),
            );
            if (files.length > MOST_LISTED) {
              throw new Error(`it holds more than ${MOST_LISTED} files`);
            }
          }
        } finally {
          await closeHandle(handle).catch(() => {});
        }
        return files;
      }),

    makeFolder: async (path) => {
      try {
        await run(`making the folder ${path}`, () => tell((done) => sftp.mkdir(path, done)));
      } catch (error) {
        if (!(error instanceof Error) || !isDefinite(error.cause)) {
          throw error;
        }
        // It exists, or may not be made: the file that goes into it will tell.
      }
    },
  };
}

/** Nothing was sent. */
class ExtensionMissing extends Error {
  override name = "ExtensionMissing";
}

const ask = <T>(request: (done: Done<T>) => void): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    request((error, value) => {
      if (error) {
        reject(error);
      } else {
        resolve(value);
      }
    });
  });

/** A request that is answered by a status alone. */
const tell = (request: (done: (error: Error | null | undefined) => void) => void): Promise<void> =>
  ask<void>((done) => request((error) => done(error, undefined)));

/** Transfers `size` bytes in requests, several at once. Ends with the first failure. */
async function inChunks(size: number, transfer: (start: number, length: number) => Promise<void>): Promise<void> {
  let start = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (start < size && !failed) {
      const mine = start;
      start += CHUNK_BYTES;
      try {
        await transfer(mine, Math.min(CHUNK_BYTES, size - mine));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CHUNKS_AT_ONCE }, worker));
}

/** Servers that send no mode still send a line as `ls -l` writes it. */
const isFile = ({ attrs, longname }: FileEntryWithStats): boolean =>
  attrs.mode === undefined ? longname.startsWith("-") : attrs.isFile();
