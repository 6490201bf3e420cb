// `npm start` and `npm run demo` as a supervisor runs them: whichever process of the tree gets the signal, or is killed, nothing is
// left running.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, inject, test, type TestContext } from "vitest";

const root = resolve(import.meta.dirname, "..");

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Since the machine's start, in ticks: with the pid it names a process for ever. */
  readonly started: string;
  readonly command: string;
}

function processes(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) {
      return [];
    }
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      return fields[0] === "Z" ? [] : [{ pid: Number(name), parent: Number(fields[1]), started: fields[19] ?? "", command }];
    } catch {
      return []; // It has ended meanwhile.
    }
  });
}

function treeOf(pid: number): Process[] {
  const all = processes();
  const tree = all.filter((one) => one.pid === pid);
  for (const one of tree) {
    tree.push(...all.filter(({ parent }) => parent === one.pid));
  }
  return tree;
}

const stillThere = (tree: readonly Process[]): string[] => {
  const now = new Set(processes().map(({ pid, started }) => `${pid} ${started}`));
  return tree.filter(({ pid, started }) => now.has(`${pid} ${started}`)).map(({ command }) => command);
};

/** Beside each other: five trees of processes start at once. */
const PATIENCE = { timeout: 60_000 };

/** Starts it, and waits until such processes of it run, and it has printed all of this. */
async function started(
  { expect, onTestFinished }: Pick<TestContext, "expect" | "onTestFinished">,
  script: string,
  env: NodeJS.ProcessEnv,
  ready: { readonly processes: readonly RegExp[]; readonly printed: readonly string[] },
) {
  const npm = spawn("npm", ["run", "--silent", script], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let printed = "";
  npm.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const { pid = 0 } = npm;
  let tree: Process[] = [];
  onTestFinished(() => {
    for (const one of tree.filter((each) => stillThere([each]).length > 0)) {
      process.kill(one.pid, "SIGKILL");
    }
  });
  await expect
    .poll(() => {
      tree = treeOf(pid);
      const missing = ready.processes.filter((one) => !tree.some(({ command }) => one.test(command)));
      return [...missing.map(String), ...ready.printed.filter((text) => !printed.includes(text))];
    }, PATIENCE)
    .toEqual([]);
  return {
    tree: () => (tree = [...tree, ...treeOf(pid)]),
    find: (which: RegExp): number => {
      const found = tree.find(({ command }) => which.test(command));
      if (found === undefined) {
        throw new Error(`no process is like ${which}`);
      }
      return found.pid;
    },
  };
}

const NPM = /^npm /;
const LAUNCHER = /run\.mjs/;
const INGEST = /services\/ingest\/src\/main\.ts/;
const DISPATCHER = /services\/dispatcher\/src\/main\.ts/;

describe.skipIf(process.platform !== "linux")("nothing is left", { concurrent: true, timeout: 150_000 }, () => {
  test.for([
    ["npm gets SIGTERM", NPM, "SIGTERM"],
    ["npm gets SIGINT", NPM, "SIGINT"],
    ["npm is killed", NPM, "SIGKILL"],
    ["the launcher gets SIGTERM", LAUNCHER, "SIGTERM"],
    ["the launcher is killed", LAUNCHER, "SIGKILL"],
    ["what starts both services is killed", /scripts\/start\.ts/, "SIGKILL"],
    ["a service gets SIGTERM", INGEST, "SIGTERM"],
    ["a service is killed", DISPATCHER, "SIGKILL"],
  ] as const)("of npm start, when %s", async ([, which, signal], { expect, onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), "soh-launcher-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = {
      SOH_ENV_FILE: undefined,
      REDIS_URL: inject("redisUrl"),
      DATABASE_URL: `sqlite:${join(folder, "handler.db")}`,
      SOH_JOURNAL: join(folder, "dispatch.journal"),
      INGEST_PORT: "0",
      OPERATIONS_PORT: "0",
      SHOPIFY_SHOP: "test.myshopify.com",
      SHOPIFY_WEBHOOK_SECRET: "secret",
      FTP_AGRIEST_HOST: "agriest.invalid",
      FTP_AGRIEST_USER: "user",
      FTP_AGRIEST_PASS: "secret",
      FTP_FOURNIAL_HOST: "fournial.invalid",
      FTP_FOURNIAL_USER: "user",
      FTP_FOURNIAL_PASS: "secret",
      OPERATIONS_PASSWORD: "secret-of-the-operator",
      SOH_API_TOKEN: "token-of-the-command-line",
    };
    const running = await started({ expect, onTestFinished }, "start", env, {
      processes: [INGEST, DISPATCHER],
      printed: ['"event":"service.started"', '"event":"dispatcher.started"'],
    });
    process.kill(running.find(which), signal);
    const tree = running.tree();
    await expect.poll(() => stillThere(tree), PATIENCE).toEqual([]);
  });

  test.for([
    ["npm gets SIGTERM", NPM, "SIGTERM"],
    ["npm is killed", NPM, "SIGKILL"],
    ["the launcher is killed", LAUNCHER, "SIGKILL"],
    ["the demo itself is killed", /demo\/main\.ts/, "SIGKILL"],
  ] as const)("of npm run demo, when %s", async ([, which, signal], { expect, onTestFinished }) => {
    const running = await started(
      { expect, onTestFinished },
      "demo",
      {},
      {
        processes: [/redis-server|valkey-server/, INGEST, DISPATCHER],
        printed: [],
      },
    );
    process.kill(running.find(which), signal);
    const tree = running.tree();
    await expect.poll(() => stillThere(tree), PATIENCE).toEqual([]);
  });
});
