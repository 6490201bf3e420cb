// The server's folder on disk as its clients see it: absolute paths with forward slashes, starting at the root.
import { readdirSync, realpathSync, statSync, type Stats } from "node:fs";
import { basename, dirname, join, posix, sep } from "node:path";

export interface Entry {
  readonly name: string;
  readonly stats: Stats;
}

export interface Folder {
  /** The folder on disk, without symbolic links. */
  readonly root: string;
  /** The absolute path, as a client sees it, that an argument names from a working directory. */
  resolve(workingDirectory: string, argument: string): string;
  /** Where that path lies on disk; undefined when it would lead outside the root. It need not exist. */
  onDisk(path: string): string | undefined;
  /** What lies at a path; undefined when nothing does, or when it is out of reach. */
  look(path: string): Stats | undefined;
  /** A folder's entries by name, or a file alone; undefined when there is nothing. */
  list(path: string): Entry[] | undefined;
}

/** Throws when the root does not exist. */
export function openFolder(root: string): Folder {
  const realRoot = realpathSync(root);

  const inside = (path: string): boolean => path === realRoot || path.startsWith(realRoot + sep);

  // `posix.resolve` leaves no "..": what remains to lead outside is a symbolic link that somebody put there.
  const onDisk = (path: string): string | undefined => {
    if (path.includes("\0")) {
      return undefined;
    }
    const file = join(realRoot, path);
    for (let ancestor = file; inside(ancestor); ancestor = dirname(ancestor)) {
      const real = realPath(ancestor);
      if (real !== undefined) {
        return inside(real) ? file : undefined;
      }
    }
    return undefined;
  };

  const look = (path: string): Stats | undefined => {
    const file = onDisk(path);
    try {
      return file === undefined ? undefined : statSync(file);
    } catch {
      return undefined;
    }
  };

  return {
    root: realRoot,
    resolve: (workingDirectory, argument) => posix.resolve("/", workingDirectory, argument),
    onDisk,
    look,
    list(path) {
      const stats = look(path);
      if (stats === undefined || !stats.isDirectory()) {
        return stats && [{ name: basename(path), stats }];
      }
      return readdirSync(join(realRoot, path))
        .sort()
        .flatMap((name) => {
          const entry = look(posix.join(path, name));
          return entry ? [{ name, stats: entry }] : [];
        });
    },
  };
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path); // In one call: the other asks for each folder on the way.
  } catch {
    return undefined;
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const HALF_A_YEAR_MS = 182 * 86_400_000;

/** A line of LIST as `ls -l` writes it, in UTC: minutes for the last half year, else only the day. */
export function unixLine({ name, stats }: Entry, now: number): string {
  const at = stats.mtime;
  const recent = Math.abs(now - at.getTime()) < HALF_A_YEAR_MS;
  const time = recent ? at.toISOString().slice(11, 16) : ` ${at.getUTCFullYear()}`;
  const date = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${time}`;
  const mode = stats.isDirectory() ? "drwxr-xr-x" : "-rw-r--r--";
  return `${mode}    1 ftp      ftp      ${String(stats.size).padStart(12)} ${date} ${name}`;
}

/** A line of MLSD or MLST (RFC 3659). */
export function factsLine({ name, stats }: Entry): string {
  const type = stats.isDirectory() ? "dir" : "file";
  return `type=${type};size=${stats.size};modify=${timeValue(stats.mtime)}; ${name}`;
}

/** RFC 3659's time-val, in UTC: YYYYMMDDHHMMSS.sss */
export function timeValue(at: Date): string {
  return at.toISOString().replace(/[-T:]/g, "").replace(/Z$/, "");
}
