// A server process as root that leaves nothing behind: it lives in mount and process namespaces of its own, where private
// files lie over /etc/passwd and its like, and ends with the process that started it, however that ends.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** Where the user's folder is mounted, as the server sees it: every Debian has it, and every part of its path is root's. */
export const HOME = "/mnt";
/** Where the folder of settings is, as the server sees it. */
export const SETTINGS = "/run/soh";

export interface Enclosure {
  /** Becomes SETTINGS, and is removed in the end. Files `passwd`, `shadow`, `group` and the folder `pam.d` in it lie over those of /etc. */
  readonly settings: string;
  /** Lines of sh, after the mounts: what else the server needs. */
  readonly prepare: readonly string[];
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
}

export interface EnclosedProcess {
  /** HOME from outside, with what is mounted in it. */
  readonly home: string;
  /** kill -9 of everything in it. */
  stop(): Promise<void>;
}

/** Milliseconds until it must answer. */
const START_MS = 15_000;
const POLL_MS = 20;

/**
 * The outer shell, already in the mount namespace. setpriv kills it when we end; --kill-child kills the first process of the
 * inner namespace, and the kernel every other one there. `cat` alone stays outside, until the last of them has closed the
 * pipe that all inherit: a process that serves a FUSE mount must not be the last in the mount namespace, or it waits for
 * itself for ever when the kernel unmounts it. Then the settings are removed.
 */
const KEEP_AND_START = `mkfifo "$0"
(cat "$0"; rm -rf "\${0%/*}") &
exec 8> "$0"
exec unshare --pid --fork --kill-child=KILL sh "$@"`;

/** Throws with the server's own words when it does not come up. */
export async function enclose(options: Enclosure): Promise<EnclosedProcess> {
  const script = [
    "set -e",
    // Read before anything hides it: our own number as those outside see it.
    `read pid rest < /proc/self/stat; echo "$pid" > '${join(options.settings, "pid")}'`,
    "mount -t tmpfs -o mode=0755 tmpfs /run",
    `mkdir ${SETTINGS}`,
    `mount --bind '${options.settings}' ${SETTINGS}`,
    ...["passwd", "shadow", "group", "pam.d"].map((file) => `mount --bind ${SETTINGS}/${file} /etc/${file}`),
    ...options.prepare,
    // Not exec: a server that changes its user would lose the order to die with its parent, which we keep.
    '"$@"',
    "exit",
  ].join("\n");
  writeFileSync(join(options.settings, "start.sh"), `${script}\n`);
  const child = spawn(
    "setpriv",
    [
      ..."--pdeathsig KILL unshare --mount --propagation private sh -c".split(" "),
      KEEP_AND_START,
      join(options.settings, "held"),
      join(options.settings, "start.sh"),
      ...options.command,
    ],
    { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", ...options.env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let words = "";
  const hear = (data: Buffer): void => void (words = (words + data.toString()).slice(-2_000));
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  // "close" and not "exit": when the last process in it has ended.
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  try {
    await answers(child, options.port, () => words);
    const pid = readFileSync(join(options.settings, "pid"), "utf8").trim();
    return { home: `/proc/${pid}/root${HOME}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function answers(child: ChildProcess, port: number, words: () => string): Promise<void> {
  let failed: Error | undefined;
  child.on("error", (error) => (failed = error));
  const deadline = performance.now() + START_MS;
  while (!(await accepts(port))) {
    if (failed !== undefined || child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`it ended with ${failed?.message ?? child.signalCode ?? child.exitCode}: ${words().trim()}`);
    }
    if (performance.now() > deadline) {
      throw new Error(`it does not answer on port ${port} after ${START_MS / 1_000} s: ${words().trim()}`);
    }
    await wait(POLL_MS);
  }
}

/** Whether anybody on this machine takes a connection. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
  });
}
