// A disk of a few megabytes for the database and its journal, which can be full: a tmpfs, where we may mount one.
import { spawnSync } from "node:child_process";
import { closeSync, cpSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface SmallDisk {
  readonly folder: string;
  /** Why it cannot be filled; undefined when it can. */
  readonly problem: string | undefined;
  /** Takes all space that is left, until the function that it returns gives it back. Throws when it cannot be filled. */
  fill(): { /** Takes what has become free meanwhile. */ again(): void; empty(): void };
  /** It is full, or was until a moment ago. */
  wasFull(): boolean;
  /** Unmounts it. Its files are kept where it was, if they are to be kept. */
  close(): void;
}

/** Milliseconds in which a process may still end because of what it could not write. */
const AFTERMATH_MS = 3_000;
const BLOCK = Buffer.alloc(65_536);

/** Falls back to a plain folder, which cannot be filled. */
export function openSmallDisk(options: {
  readonly at: string;
  readonly megabytes: number;
  readonly keep: () => boolean;
}): SmallDisk {
  const folder = join(options.at, "data");
  mkdirSync(folder);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${options.megabytes}m,mode=0700`, "tmpfs", folder], {
    encoding: "utf8",
  });
  const problem =
    mounted.status === 0
      ? undefined
      : `no small disk could be mounted: ${(mounted.stderr || (mounted.error?.message ?? "")).trim().slice(0, 200)}`;
  let open = problem === undefined;
  let fullUntil = -Infinity;

  return {
    folder,
    problem,

    fill() {
      if (problem !== undefined) {
        throw new Error(problem);
      }
      const file = join(folder, "filler");
      const descriptor = openSync(file, "a");
      const again = (): void => {
        for (let size = BLOCK.length; size >= 1; size = Math.floor(size / 8)) {
          while (wrote(descriptor, BLOCK.subarray(0, size))) {
            // Until there is no room for so much.
          }
        }
      };
      fullUntil = Infinity;
      again();
      return {
        again,
        empty() {
          ftruncateSync(descriptor);
          closeSync(descriptor);
          rmSync(file, { force: true });
          fullUntil = performance.now() + AFTERMATH_MS;
        },
      };
    },

    wasFull: () => performance.now() < fullUntil,

    close() {
      if (!open) {
        return;
      }
      open = false;
      const aside = `${folder}.kept`;
      const keep = options.keep();
      if (keep) {
        cpSync(folder, aside, { recursive: true });
      }
      // Lazily: a process that was just killed may still be in it.
      spawnSync("umount", ["-l", folder]);
      if (keep) {
        cpSync(aside, folder, { recursive: true });
        rmSync(aside, { recursive: true, force: true });
      }
    },
  };
}

function wrote(descriptor: number, bytes: Uint8Array): boolean {
  try {
    return writeSync(descriptor, bytes) > 0;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
      return false;
    }
    throw error;
  }
}
