// A supplier's folder of answers in memory, behind the session that the poll uses. It does what it is asked, also outside
// the folder, and remembers where that was.
import { NotSent } from "../../domain/delivery/failure.ts";
import { claimedName } from "../../inbound/claiming.ts";
import type { SupplierSession } from "../../transports/transport.ts";

export interface FuzzedFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** What the listing says. */
  readonly listedSize: number;
}

/** What goes wrong with this command; undefined for nothing. */
export type Trouble = "absent" | "unreadable" | "unsupported" | "refused" | "not sent" | undefined;

export interface FuzzedFolder {
  readonly session: SupplierSession;
  put(file: FuzzedFile): void;
  has(name: string): boolean;
  /** A person takes it away. */
  take(name: string): void;
  names(): readonly string[];
  /** Paths that were touched and are not in the folder or its archive, since the last time this was asked. */
  outside(): readonly string[];
  /** Forgets what was archived. */
  clean(): void;
}

export function createFuzzedFolder(options: {
  /** Absolute, without a slash at its end. */
  readonly folder: string;
  /** A file is about to be read. */
  readonly onRead: (name: string) => void;
  readonly trouble: (command: "read" | "size" | "rename" | "remove") => Trouble;
}): FuzzedFolder {
  const { folder } = options;
  const archive = `${folder}/archive`;
  const files = new Map<string, FuzzedFile>();
  const archived = new Set<string>();
  const outside = new Set<string>();

  /** The file's name in the folder; undefined where the path leads elsewhere. */
  const touch = (path: string): string | undefined => {
    if (path === folder || path === archive) {
      return undefined;
    }
    if (!isBelow(path, folder) && !isBelow(path, archive)) {
      outside.add(path);
    }
    return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
  };
  const failing = (command: "read" | "size" | "rename" | "remove"): Trouble => {
    const trouble = options.trouble(command);
    if (trouble === "not sent") {
      throw new NotSent(`${command}: the server says 450`);
    }
    return trouble;
  };

  const session: SupplierSession = {
    endpoint: { host: "memory", port: 0, fingerprint: null },
    closed: () => false,
    close: () => {},
    isStale: () => false,
    renameKind: () => "one-step",
    facts: () => Promise.reject(new Error("nobody asks here")),
    enter: async (path) => void touch(path),
    store: () => Promise.reject(new Error("nothing is sent here")),
    list: (path) => {
      touch(path);
      return Promise.resolve([...files.values()].map(({ name, listedSize }) => ({ name, size: listedSize, modifiedAt: null })));
    },
    async size(path) {
      const name = touch(path);
      const trouble = failing("size");
      if (trouble === "unsupported") {
        return trouble;
      }
      return archived.has(path) ? 1 : (files.get(name ?? "")?.bytes.byteLength ?? "absent");
    },
    async read(path) {
      const name = touch(path) ?? "";
      options.onRead(nameOf(name));
      const trouble = failing("read");
      return trouble === "absent" || trouble === "unreadable" ? trouble : (files.get(name)?.bytes ?? "absent");
    },
    async rename(from, to) {
      const name = touch(from) ?? "";
      touch(to);
      if (failing("rename") === "refused") {
        return { refused: "550 no" };
      }
      const file = files.get(name);
      if (file === undefined) {
        return { refused: "550 no such file" };
      }
      files.delete(name);
      if (isBelow(to, folder)) {
        const claimed = to.slice(folder.length + 1);
        files.set(claimed, { ...file, name: claimed });
      } else {
        archived.add(to);
      }
      return "renamed";
    },
    async remove(path) {
      const name = touch(path) ?? "";
      if (failing("remove") !== "refused") {
        files.delete(name);
      }
    },
    makeFolder: async (path) => void touch(path),
  };

  return {
    session,
    put: (file) => void files.set(file.name, file),
    has: (name) => [...files.keys()].some((one) => nameOf(one) === name),
    take: (name) => [...files.keys()].filter((one) => nameOf(one) === name).forEach((one) => files.delete(one)),
    names: () => [...files.keys()].map(nameOf),
    outside() {
      const seen = [...outside];
      outside.clear();
      return seen;
    },
    clean: () => archived.clear(),
  };
}

/** As the supplier named it, also when it is claimed. */
const nameOf = (name: string): string => claimedName(name)?.original ?? name;

/** Directly in the folder, on every server: some take a backslash for a slash, and a line end begins another command. */
function isBelow(path: string, folder: string): boolean {
  const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : "";
  return name !== "" && name !== "." && name !== ".." && !/[/\\\p{Cc}]/u.test(name);
}
