// The requests of SFTP, version 3 (draft-ietf-secsh-filexfer-02), one after the other. File operations are synchronous: what a
// request did is on disk before anybody hears of it.
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmdirSync,
  unlinkSync,
  writeSync,
  type Stats,
} from "node:fs";
import ssh2, { type Attributes, type SFTPWrapper } from "ssh2";
import { meet, type FaultGate, type FaultPhase } from "../ftps/faults.ts";
import { unixLine, type Entry, type Folder } from "../ftps/folder.ts";

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

/** What is sent back; a number is a status. */
type Answer = number | { readonly send: (sftp: SFTPWrapper, id: number) => void };

type Handle = { readonly path: string } & (
  | { readonly kind: "file"; readonly descriptor: number }
  | { readonly kind: "folder"; entries: readonly Entry[] }
);

/** Names of one answer to READDIR. */
const NAMES_AT_ONCE = 100;

export function serveFiles(
  sftp: SFTPWrapper,
  session: {
    readonly folder: Folder;
    readonly gate: FaultGate;
    /** Whether attributes have modes. */
    readonly modes: boolean;
    /** A file has its final name, and in the first step of a rename still its old one. */
    renamed(file: { readonly path: string; readonly from: string; readonly file: string }): void;
    readonly session: number;
    drop(): void;
    fail(error: unknown): void;
  },
): void {
  const { folder, gate, modes } = session;
  const handles = new Map<number, Handle>();
  let lastHandle = 0;
  let queue = Promise.resolve();

  const newHandle = (handle: Handle): Answer => {
    handles.set(++lastHandle, handle);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(lastHandle);
    return { send: (to, id) => to.handle(id, bytes) };
  };
  const handleOf = (bytes: Buffer): Handle | undefined => handles.get(bytes.length === 4 ? bytes.readUInt32BE() : 0);
  const close = (bytes: Buffer): Answer => {
    const handle = handleOf(bytes);
    if (handle === undefined) {
      return STATUS_CODE.FAILURE;
    }
    if (handle.kind === "file") {
      closeSync(handle.descriptor);
    }
    handles.delete(bytes.readUInt32BE());
    return STATUS_CODE.OK;
  };
  sftp.on("close", () => {
    for (const handle of handles.values()) {
      if (handle.kind === "file") {
        closeSync(handle.descriptor);
      }
    }
    handles.clear();
  });

  /** In its turn, with the faults around it. A request outlives its client, as a rename does on a real server. */
  const take = (id: number, command: string, path: string, work: () => Answer, secondStep?: () => Answer): void => {
    const consult = async (phase: FaultPhase): Promise<number | "close" | undefined> => {
      const event = { phase, command, argument: path, path, session: session.session };
      const met = await meet(gate, await gate.consult(event));
      return typeof met === "object" ? met.code : met;
    };
    const run = async (): Promise<void> => {
      const answer = (await consult("before")) ?? (await carryOut());
      if (answer === "close") {
        session.drop();
      } else if (typeof answer === "number") {
        sftp.status(id, answer);
      } else {
        answer.send(sftp, id);
      }
    };
    const carryOut = async (): Promise<Answer | "close"> => {
      let answer = attempt(work);
      if (secondStep !== undefined && answer === STATUS_CODE.OK) {
        const met = await consult("between");
        if (met !== undefined) {
          return met;
        }
        answer = attempt(secondStep);
      }
      return (await consult("after")) ?? answer;
    };
    queue = queue.then(run).catch(session.fail);
  };
  const onDisk = (path: string): string => {
    const file = folder.onDisk(folder.resolve("/", path));
    if (file === undefined) {
      throw Object.assign(new Error("out of reach"), { code: "EACCES", syscall: "open" });
    }
    return file;
  };
  const attributes = (stats: Stats): Answer => ({ send: (to, id) => to.attrs(id, attributesOf(stats, modes)) });

  sftp.on("REALPATH", (id, path) =>
    take(id, "REALPATH", path, () => {
      const filename = folder.resolve("/", path);
      return { send: (to) => to.name(id, [{ filename, longname: filename, attrs: noAttributes }]) };
    }),
  );
  sftp.on("STAT", (id, path) =>
    take(id, "STAT", path, () => {
      const stats = folder.look(folder.resolve("/", path));
      return stats === undefined ? STATUS_CODE.NO_SUCH_FILE : attributes(stats);
    }),
  );
  sftp.on("LSTAT", (id, path) => take(id, "LSTAT", path, () => attributes(lstatSync(onDisk(path)))));
  sftp.on("FSTAT", (id, bytes) => {
    const handle = handleOf(bytes);
    take(id, "FSTAT", handle?.path ?? "", () =>
      handle?.kind === "file" ? attributes(fstatSync(handle.descriptor)) : STATUS_CODE.FAILURE,
    );
  });
  sftp.on("OPEN", (id, path, flags) =>
    take(id, "OPEN", path, () => {
      if (folder.look(folder.resolve("/", path))?.isDirectory()) {
        return STATUS_CODE.FAILURE;
      }
      return newHandle({ kind: "file", path, descriptor: openSync(onDisk(path), diskFlags(flags)) });
    }),
  );
  sftp.on("WRITE", (id, bytes, offset, data) => {
    const path = handleOf(bytes)?.path ?? "";
    take(id, "WRITE", path, () => {
      const handle = handleOf(bytes);
      if (handle?.kind !== "file") {
        return STATUS_CODE.FAILURE;
      }
      writeSync(handle.descriptor, data, 0, data.length, offset);
      return STATUS_CODE.OK;
    });
  });
  sftp.on("READ", (id, bytes, offset, length) => {
    const path = handleOf(bytes)?.path ?? "";
    take(id, "READ", path, () => {
      const handle = handleOf(bytes);
      if (handle?.kind !== "file") {
        return STATUS_CODE.FAILURE;
      }
      const data = Buffer.alloc(Math.min(length, 65_536));
      const read = readSync(handle.descriptor, data, 0, data.length, offset);
      return read === 0 ? STATUS_CODE.EOF : { send: (to) => to.data(id, data.subarray(0, read)) };
    });
  });
  sftp.on("CLOSE", (id, bytes) => take(id, "CLOSE", handleOf(bytes)?.path ?? "", () => close(bytes)));
  sftp.on("OPENDIR", (id, path) =>
    take(id, "OPENDIR", path, () => {
      const whole = folder.resolve("/", path);
      const entries = folder.look(whole)?.isDirectory() ? folder.list(whole) : undefined;
      return entries === undefined ? STATUS_CODE.NO_SUCH_FILE : newHandle({ kind: "folder", path, entries });
    }),
  );
  sftp.on("READDIR", (id, bytes) => {
    const handle = handleOf(bytes);
    take(id, "READDIR", handle?.path ?? "", () => {
      if (handle?.kind !== "folder") {
        return STATUS_CODE.FAILURE;
      }
      const names = handle.entries.slice(0, NAMES_AT_ONCE);
      handle.entries = handle.entries.slice(NAMES_AT_ONCE);
      const now = Date.now();
      return names.length === 0
        ? STATUS_CODE.EOF
        : {
            send: (to) =>
              to.name(
                id,
                names.map((entry) => ({
                  filename: entry.name,
                  longname: unixLine(entry, now),
                  attrs: attributesOf(entry.stats, modes),
                })),
              ),
          };
    });
  });
  sftp.on("REMOVE", (id, path) =>
    take(id, "REMOVE", path, () => {
      unlinkSync(onDisk(path));
      return STATUS_CODE.OK;
    }),
  );
  // A link, which refuses a name that exists, and an unlink: as OpenSSH's does it.
  sftp.on("RENAME", (id, from, to) =>
    take(
      id,
      "RENAME",
      from,
      () => {
        linkSync(onDisk(from), onDisk(to));
        session.renamed({ path: folder.resolve("/", to), from: folder.resolve("/", from), file: onDisk(to) });
        return STATUS_CODE.OK;
      },
      () => {
        unlinkSync(onDisk(from));
        return STATUS_CODE.OK;
      },
    ),
  );
  sftp.on("MKDIR", (id, path) =>
    take(id, "MKDIR", path, () => {
      mkdirSync(onDisk(path));
      return STATUS_CODE.OK;
    }),
  );
  sftp.on("RMDIR", (id, path) =>
    take(id, "RMDIR", path, () => {
      rmdirSync(onDisk(path));
      return STATUS_CODE.OK;
    }),
  );
}

/** An error of the disk becomes the status that OpenSSH gives for it. */
function attempt(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) {
      throw error;
    }
    switch ("code" in error ? error.code : undefined) {
      case "ENOENT":
      case "ENOTDIR":
        return STATUS_CODE.NO_SUCH_FILE;
      case "EACCES":
      case "EPERM":
      case "EROFS":
        return STATUS_CODE.PERMISSION_DENIED;
      default:
        return STATUS_CODE.FAILURE;
    }
  }
}

const noAttributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function attributesOf({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats, modes: boolean): Attributes {
  const told = { uid, gid, size, atime: Math.floor(atimeMs / 1_000), mtime: Math.floor(mtimeMs / 1_000) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every attribute is optional on the wire
  return modes ? { mode, ...told } : (told as Attributes);
}

function diskFlags(flags: number): number {
  const { READ, WRITE, APPEND, CREAT, TRUNC, EXCL } = OPEN_MODE;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const access = has(READ) && has(WRITE) ? constants.O_RDWR : has(WRITE) ? constants.O_WRONLY : constants.O_RDONLY;
  return (
    access |
    (has(APPEND) ? constants.O_APPEND : 0) |
    (has(CREAT) ? constants.O_CREAT : 0) |
    (has(TRUNC) ? constants.O_TRUNC : 0) |
    (has(EXCL) ? constants.O_EXCL : 0)
  );
}
