#!/usr/bin/env node
// The launcher behind every command of package.json. It must run on Node 18 and newer, so it is plain
// JavaScript and imports nothing but Node itself and what lies beside it. It finds (or fetches from the npm registry) the Node and
// pnpm that this project runs on, installs the dependencies when the lockfile changed, sees that a Redis
// server exists where the task needs one, and then becomes the task: signals and the exit status pass through.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readEnvFile } from "./env-file.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_VERSION = "24.21.0";
const PNPM_VERSION = "12.21.0";
/** Without them a process may never end: packages/simulators/src/node-flags.ts says why. */
const NODE_FLAGS = ["--no-maglev", "--no-concurrent-sparkplug", "--max-semi-space-size=8"];
const WANTED_NODE_MAJOR = 24;
const WANTED_PNPM_MAJOR = 12;

/**
 * What each command runs, once the toolchain is there. `redis`, `nginx`: the task starts one of its own. `settings`: it runs
 * with those of .env (or of the file in SOH_ENV_FILE), as the containers do; what the environment has already wins.
 */
const tasks = {
  demo: { run: [["node", "packages/trials/src/demo/main.ts"]], redis: true },
  bench: { run: [["node", "packages/trials/src/bench/main.ts"]], redis: true },
  chaos: { run: [["node", "packages/trials/src/chaos/main.ts"]], redis: true },
  start: { run: [["node", "scripts/start.ts"]], settings: true },
  "start:ingest": { run: [["node", "services/ingest/src/main.ts"]], settings: true },
  "start:dispatcher": { run: [["node", "services/dispatcher/src/main.ts"]], settings: true },
  soh: { run: [["node", "services/dispatcher/src/cli/main.ts"]], settings: true },
  test: { run: [["node", "node_modules/vitest/vitest.mjs", "run"]], redis: true },
  "test:quick": { run: [["node", "node_modules/vitest/vitest.mjs", "run", "--config", "vitest.quick.config.ts"]] },
  "test:rolling": { run: [["node", "packages/trials/src/rolling/main.ts"]], redis: true, nginx: true },
  fuzz: { run: [["node", "packages/trials/src/fuzz/main.ts"]], redis: true },
  "test:compose": { run: [["node", "packages/trials/src/compose/main.ts"]] },
  "test:servers": { run: [["node", "packages/trials/src/servers/main.ts"]] },
  check: { run: [["tsc", "-p", "."], ["oxlint"], ["oxfmt", "--check"], ["node", "node_modules/knip/bin/knip.js"]] },
  format: { run: [["oxfmt"]] },
  generate: { run: [["node", "services/dispatcher/src/config/write-json-schema.ts"]] },
};

const [name = "", ...args] = process.argv.slice(2);
const task = tasks[name];
if (!task) {
  fail(`unknown command "${name}". Commands: ${Object.keys(tasks).join(", ")}`);
}

process.chdir(root);
const path = toolchainPath();
const env = { ...process.env, PATH: [join(root, "node_modules/.bin"), ...path, process.env.PATH].join(delimiter) };
if (task.settings) {
  const file = process.env.SOH_ENV_FILE ?? join(root, ".env");
  if (existsSync(file)) {
    for (const [setting, value] of Object.entries(readEnvFile(readFileSync(file, "utf8")))) {
      // A value that stands in a file by NAME_FILE must not be hidden by an empty line here.
      if (value !== "" && env[`${setting}_FILE`] === undefined) {
        env[setting] ??= value;
      }
    }
  } else if (process.env.SOH_ENV_FILE) {
    fail(`SOH_ENV_FILE names ${file}, which does not exist`);
  }
}
env.NODE_COMPILE_CACHE ??= join(root, "node_modules/.cache/node-compile");
install(env);
if (task.redis) {
  env.SOH_REDIS_SERVER = server({ names: ["redis-server", "valkey-server"], given: process.env.SOH_REDIS_SERVER, brew: "redis" });
}
if (task.nginx) {
  env.SOH_NGINX = server({ names: ["nginx"], given: process.env.SOH_NGINX, brew: "nginx" });
}
for (const [index, [command, ...own]] of task.run.entries()) {
  const last = index === task.run.length - 1;
  const status = await become(command, last ? [...own, ...args] : own, env);
  if (status !== 0) {
    process.exit(status);
  }
}

/** The terminal sends Ctrl-C to the task as well: it stops, and we end with it. */
function ignore() {}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(`shopify-order-handler: ${text}`);
  process.exit(1);
}

/** The first line that a command prints, or undefined where it is missing or fails. */
function firstLine(command, commandArgs, options = {}) {
  const result = spawnSync(command, commandArgs, { encoding: "utf8", ...options });
  return result.status === 0 ? result.stdout.trim().split("\n")[0] : undefined;
}

function which(command, searchPath = process.env.PATH ?? "") {
  for (const folder of searchPath.split(delimiter)) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) {
        return file;
      }
    } catch {
      // Not here: the next folder.
    }
  }
  return undefined;
}

/** Folders to put before PATH so that `node` is Node 24 or newer and `pnpm` is pnpm 12 or newer. */
function toolchainPath() {
  const nodeIsNew = Number(process.versions.node.split(".")[0]) >= WANTED_NODE_MAJOR;
  const pnpmVersion = which("pnpm") ? firstLine("pnpm", ["--version"], { cwd: "/" }) : undefined;
  const pnpmIsNew = Number(pnpmVersion?.split(".")[0] ?? 0) >= WANTED_PNPM_MAJOR;
  if (nodeIsNew && pnpmIsNew) {
    return [dirname(process.execPath)];
  }
  const remembered = join(root, ".cache", `toolchain-${NODE_VERSION}-${PNPM_VERSION}`);
  if (existsSync(remembered)) {
    const folder = readFileSync(remembered, "utf8").trim();
    if (which("node", folder) && which("pnpm", folder)) {
      return [folder];
    }
  }
  say(`Fetching Node ${NODE_VERSION} and pnpm ${PNPM_VERSION} from the npm registry (once, about 15 s) …`);
  const packages = ["-p", `node@${NODE_VERSION}`, "-p", `pnpm@${PNPM_VERSION}`];
  const found = spawnSync("npx", ["--yes", ...packages, "-c", "command -v pnpm"], { encoding: "utf8", cwd: root });
  const pnpm = found.stdout?.trim().split("\n").at(-1);
  if (found.status !== 0 || !pnpm) {
    say(found.stderr ?? "");
    fail(
      `could not fetch Node ${NODE_VERSION} with npx. Install Node ${WANTED_NODE_MAJOR} and pnpm ${WANTED_PNPM_MAJOR} yourself, or check the npm registry.`,
    );
  }
  mkdirSync(dirname(remembered), { recursive: true });
  writeFileSync(remembered, `${dirname(pnpm)}\n`);
  return [dirname(pnpm)];
}

/** Installs when the lockfile or a manifest differs from what was installed last. */
function install(installEnv) {
  const manifests = [
    "package.json",
    "pnpm-workspace.yaml",
    "pnpm-lock.yaml",
    "packages/shared/package.json",
    "packages/simulators/package.json",
    "packages/trials/package.json",
    "services/ingest/package.json",
    "services/dispatcher/package.json",
  ];
  const hash = createHash("sha256");
  for (const file of manifests) {
    hash.update(existsSync(file) ? readFileSync(file) : "");
  }
  const wanted = hash.digest("hex");
  const stamp = join(root, "node_modules/.soh-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    return;
  }
  say("Installing dependencies …");
  rmSync(stamp, { force: true });
  const flags = ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"];
  const result = spawnSync("pnpm", flags, { env: installEnv, encoding: "utf8" });
  if (result.status !== 0) {
    say(result.stdout + result.stderr);
    fail("`pnpm install` failed; its output is above.");
  }
  writeFileSync(stamp, wanted);
}

/** A server's binary: the system's, or installed where that is allowed. `names[0]` is the Debian package too. */
function server({ names, given, brew }) {
  const [wanted] = names;
  // /usr/sbin is not on everybody's path.
  const find = () => given ?? names.map((name) => which(name) ?? which(name, "/usr/sbin:/usr/local/sbin")).find(Boolean);
  const found = find();
  if (found) {
    return found;
  }
  const quiet = {
    stdio: ["ignore", "ignore", "inherit"],
    // No service is to be started: the task runs one of its own.
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
  };
  const sudo = process.getuid?.() === 0 ? [] : which("sudo") ? ["sudo", "-n"] : undefined;
  if (which("apt-get") && sudo) {
    say(`Installing ${wanted} with apt-get …`);
    const apt = (...rest) => spawnSync([...sudo, "apt-get"][0], [...sudo, "apt-get", ...rest].slice(1), quiet);
    apt("update", "-qq");
    apt("install", "-y", "-qq", "--no-install-recommends", wanted);
  } else if (which("brew")) {
    say(`Installing ${brew} with brew …`);
    spawnSync("brew", ["install", "--quiet", brew], quiet);
  }
  return (
    find() ?? fail(`this command needs ${names.join(" or ")}: install it, for instance with \`sudo apt-get install ${wanted}\`.`)
  );
}

/**
 * Runs one command to its end with our terminal. A signal is passed on, but for the Ctrl-C of a terminal, which reaches it from there
 * itself. When npm, which started us, is killed, or we are, nothing may be left: the command is told who we are, and looks.
 */
function become(command, commandArgs, commandEnv) {
  return new Promise((resolve) => {
    const flags = command === "node" ? NODE_FLAGS : [];
    const childEnv = { ...commandEnv, SOH_LAUNCHER: String(process.pid) };
    const child = spawn(command, [...flags, ...commandArgs], { env: childEnv, stdio: "inherit" });
    const end = () => child.kill("SIGTERM");
    const handlers = { SIGTERM: end, SIGHUP: end, SIGINT: process.stdin.isTTY ? ignore : () => child.kill("SIGINT") };
    for (const [signal, handler] of Object.entries(handlers)) {
      process.on(signal, handler);
    }
    const parent = process.ppid;
    const look = setInterval(() => {
      if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) {
        end();
      }
    }, 250);
    child.on("error", (error) => fail(`${command}: ${error.message}`));
    child.on("exit", (code, signal) => {
      clearInterval(look);
      for (const [name, handler] of Object.entries(handlers)) {
        process.off(name, handler);
      }
      resolve(signal ? 1 : (code ?? 1));
    });
  });
}
