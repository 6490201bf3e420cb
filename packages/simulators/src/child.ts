// One process of a world. It has a process group of its own, so that Ctrl-C in the terminal reaches the command
// alone and the processes are stopped in order; whatever becomes of the command, even kill -9, they end with it.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, createWriteStream, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Everything that it prints. */
  readonly logFile: string;
  /** Each line of its stdout. */
  readonly onLine?: (line: string) => void;
  /** It writes the file itself, and nobody reads along: for measurements. */
  readonly straight?: boolean;
}

export interface Child {
  readonly name: string;
  /** Undefined: it could not be started. */
  readonly pid: number | undefined;
  /** How it ended, whenever that is: "ended with status 0", "was ended by SIGKILL", or why it could not be started. */
  readonly ended: Promise<string>;
  /** The latest that it printed. */
  lastLines(): readonly string[];
  /** To the process and whatever it started; ignored once it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when it takes too long. Returns what was not clean about its end. */
  stop(withinMs: number): Promise<string | undefined>;
}

const CLEAN = "ended with status 0";
const LINES_KEPT = 15;

/** Ends the group $1 when its own input ends, which we hold open. */
const LEASH = `
read -r _
kill -s TERM -- "-$1"
for second in 1 2 3 4 5 6 7 8 9 10; do
  sleep 1
  kill -s 0 -- "-$1" || exit
done
kill -s KILL -- "-$1"`;

const groups = new Set<number>();
process.on("exit", () => groups.forEach((pid) => kill(pid, "SIGKILL")));

export function startChild(options: ChildOptions): Child {
  const { name, command, args, env, cwd } = options;
  const output = options.straight === true ? openSync(options.logFile, "a") : "pipe";
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ["ignore", output, output] });
  const { pid } = child;
  const leash = pid === undefined ? undefined : leashTo(pid);
  if (pid !== undefined) {
    groups.add(pid);
  }

  const log = createWriteStream(options.logFile, { flags: "a" });
  const latest: string[] = [];
  const keep = (line: string): void => {
    log.write(`${line}\n`);
    latest.push(line);
    latest.splice(0, latest.length - LINES_KEPT);
  };
  if (child.stdout !== null && child.stderr !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      keep(line);
      options.onLine?.(line);
    });
    createInterface({ input: child.stderr }).on("line", keep);
  }

  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(`could not be started: ${error.message}`));
    // "close", not "exit": by then its last lines were read.
    child.on("close", (code, signal) => resolve(signal === null ? `ended with status ${code}` : `was ended by ${signal}`));
  }).then((ending) => {
    if (pid !== undefined) {
      groups.delete(pid);
    }
    leash?.kill("SIGKILL");
    log.end();
    if (typeof output === "number") {
      closeSync(output);
    }
    return ending;
  });

  return {
    name,
    pid,
    ended,
    lastLines: () =>
      output === "pipe" ? [...latest] : readFileSync(options.logFile, "utf8").trimEnd().split("\n").slice(-LINES_KEPT),
    signal: (signal) => void (pid !== undefined && groups.has(pid) && kill(pid, signal)),
    async stop(withinMs) {
      const timer = setTimeout(() => pid !== undefined && kill(pid, "SIGKILL"), withinMs);
      child.kill("SIGTERM");
      const ending = await ended;
      clearTimeout(timer);
      return ending === CLEAN ? undefined : `${name} did not stop cleanly: it ${ending}`;
    },
  };
}

function leashTo(pid: number): ChildProcess {
  const leash = spawn("sh", ["-c", LEASH, "leash", String(pid)], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  leash.on("error", () => {});
  leash.stdin.on("error", () => {});
  leash.unref();
  return leash;
}

function kill(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended already.
  }
}
