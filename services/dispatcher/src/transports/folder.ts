// A directory of this machine, such as a mount that another program carries to the supplier: the same promises as a server's.
//
// - A rename is rename(2): one step, so that whatever ends, and whenever, the file has one of its two names. A link and an unlink
//   would refuse a name that exists, and leave both names, or the first alone once the supplier took the second. So the name is
//   looked at before; no two purchase orders have the same name, and nobody of ours comes in between.
// - Nothing is copied: a rename to another file system is refused.
// - What is stored or renamed is on disk before it is reported: file and directory are synced.
// - No path leaves the root: not by "..", not by a symbolic link.
import { constants } from "node:fs";
import * as nodeFiles from "node:fs/promises";
import { basename, dirname, join, normalize, sep } from "node:path";
import type { FolderSettings } from "../config/transport-settings.ts";
import { FolderRefused, NotSent, NotStored, OutcomeUnknown, Refused, StoreForbidden } from "../domain/delivery/failure.ts";
import { MAX_READ_BYTES, type ListedFile, type SupplierSession } from "./transport.ts";

/** What is used of node:fs/promises; tests put faults in its way. */
export type Files = Pick<typeof nodeFiles, "lstat" | "mkdir" | "open" | "readdir" | "realpath" | "rename" | "unlink">;

/** Throws NotSent where the root is not there, as when it is not mounted. */
export async function connectFolder(settings: FolderSettings, files: Files = nodeFiles): Promise<SupplierSession> {
  const { timeoutMs } = settings;
  let closed = false;

  /** A mount whose server is gone does not answer, and what was asked of it cannot be taken back. */
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      closed = true;
      reject(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };
  const run = async <T>(what: string, command: () => Promise<T>): Promise<T> => {
    try {
      if (closed) {
        throw new Error("the session is closed");
      }
      return await inTime(command());
    } catch (error) {
      throw translate(error, `${what} in ${settings.root}`);
    }
  };

  const root = await run("looking for the directory", async () => {
    const found = await unlessMissing(files.realpath(settings.root));
    if (found === undefined) {
      throw new Error(`there is no directory ${settings.root}: is it mounted?`);
    }
    return found;
  });
  const isInside = (path: string): boolean => path === root || path.startsWith(root === sep ? sep : root + sep);

  /** The directory as it really lies on disk. */
  const directory = async (folder: string): Promise<string> => {
    const real = await files.realpath(join(root, normalize(`/${folder}`)));
    if (!isInside(real)) {
      throw new Outside(`${folder} leads out of ${settings.root}`);
    }
    return real;
  };
  /** A file in such a directory; the file itself need not exist. */
  const place = async (path: string): Promise<string> => {
    const clean = normalize(`/${path}`);
    return join(await directory(dirname(clean)), basename(clean));
  };

  const openToWrite = async (path: string) => {
    const file = await place(path);
    const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
    return { file, handle: await files.open(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o664) };
  };

  /** A file's own size and time; a link or anything else that is no file is as good as absent. */
  const look = async (file: string): Promise<Omit<ListedFile, "name"> | undefined> => {
    const stats = await unlessMissing(files.lstat(file));
    return stats?.isFile() ? { size: stats.size, modifiedAt: Math.round(stats.mtimeMs) } : undefined;
  };

  const syncDirectory = async (path: string): Promise<void> => {
    const handle = await files.open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } catch (error) {
      if (!hasCode(error, ["EINVAL", "ENOTSUP", "EPERM"])) {
        throw error; // Those: a file system that cannot.
      }
    } finally {
      await handle.close();
    }
  };

  return {
    endpoint: { host: settings.host, port: settings.port, fingerprint: null },
    closed: () => closed,
    close: () => {
      closed = true;
    },
    isStale: () => false,
    facts: () => Promise.resolve({ protocol: "local directory", cipher: null, certificate: null, features: [] }),

    enter: (folder) =>
      run(`entering the folder ${folder}`, async () => {
        if (!(await files.lstat(await directory(folder))).isDirectory()) {
          throw new FolderRefused(`entering the folder ${folder} in ${settings.root}: it is no folder`);
        }
      }),

    store: (path, bytes) =>
      run(`writing ${path}`, async () => {
        const { file, handle } = await openToWrite(path).catch((error: unknown) => {
          throw notStored(error, `writing ${path} in ${settings.root}`);
        });
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await syncDirectory(dirname(file));
      }),

    size: (path) => run(`looking at ${path}`, async () => (await unlessMissing(place(path).then(look)))?.size ?? "absent"),

    read: (path) =>
      run(`reading ${path}`, async () => {
        const file = await unlessMissing(place(path));
        const found = file === undefined ? undefined : await look(file);
        if (file === undefined || found === undefined) {
          return "absent";
        }
        if (found.size > MAX_READ_BYTES) {
          throw new Error(`${path} is larger than ${MAX_READ_BYTES} bytes`);
        }
        try {
          const handle = await files.open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
          try {
            return await handle.readFile();
          } finally {
            await handle.close();
          }
        } catch (error) {
          if (hasCode(error, ["EACCES", "EPERM"])) {
            return "unreadable";
          }
          if (hasCode(error, ["ENOENT"])) {
            return "absent";
          }
          throw error;
        }
      }),

    rename: async (from, to) => {
      let begun = false;
      try {
        return await run(`renaming ${from}`, async () => {
          const [source, target] = [await place(from), await place(to)];
          if ((await unlessMissing(files.lstat(target))) !== undefined) {
            return { refused: `EEXIST: ${to} exists` };
          }
          if (closed) {
            throw new Error("the session was closed meanwhile"); // Whoever gave up may have looked by now.
          }
          begun = true;
          try {
            await files.rename(source, target);
          } catch (error) {
            if (error instanceof Error && "code" in error && !hasCode(error, ["EIO", "ETIMEDOUT", "ESTALE"])) {
              return {
                refused: hasCode(error, ["EXDEV"]) ? `${error.message} (two file systems: nothing is copied)` : error.message,
              };
            }
            throw error;
          }
          await syncDirectory(dirname(target));
          return "renamed";
        });
      } catch (error) {
        if (begun) {
          throw new OutcomeUnknown(`${reasonOf(error)}: whether it was renamed is not known`, { cause: error });
        }
        if (error instanceof FolderRefused) {
          return { refused: error.message };
        }
        throw error;
      }
    },

    renameKind: () => settings.rename,

    remove: async (path) => {
      try {
        await run(`removing ${path}`, async () => files.unlink(await place(path)));
      } catch {
        // Best effort: the file may be gone, the mount too.
      }
    },

    list: (folder) =>
      run(`listing ${folder}`, async () => {
        const path = await directory(folder);
        const found: ListedFile[] = [];
        for (const name of await files.readdir(path)) {
          const file = await look(join(path, name));
          if (file !== undefined) {
            found.push({ name, ...file });
          }
        }
        return found;
      }),

    makeFolder: async (path) => {
      try {
        await run(`making the folder ${path}`, async () => files.mkdir(await place(path)));
      } catch (error) {
        if (!(error instanceof FolderRefused)) {
          throw error;
        }
        // It exists, or may not be made: the file that goes into it will tell.
      }
    },
  };
}

class Outside extends Error {
  override name = "Outside";
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ["ENOENT", "ENOTDIR"])) {
      return undefined;
    }
    throw error;
  }
}

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A missing directory, permission, a read-only file system, a link instead of a file. */
const FOLDER_CODES = ["EACCES", "EEXIST", "EISDIR", "ELOOP", "ENAMETOOLONG", "ENOENT", "ENOTDIR", "EPERM", "EROFS"];

function translate(error: unknown, what: string): Error {
  if (error instanceof NotSent || error instanceof Refused || error instanceof OutcomeUnknown) {
    return error;
  }
  const message = `${what}: ${reasonOf(error)}`;
  return error instanceof Outside || hasCode(error, FOLDER_CODES)
    ? new FolderRefused(message, { cause: error })
    : new NotSent(message, { cause: error });
}

/** Of opening a file to write it, which took no byte, whatever the system says: a write needs what could not be opened. */
function notStored(error: unknown, what: string): Error {
  const told = translate(error, what);
  return told instanceof FolderRefused
    ? new StoreForbidden(told.message, { cause: error })
    : new NotStored(told.message, { cause: error });
}
