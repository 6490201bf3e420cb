// What is measured: a private Redis, ingest and the dispatcher as processes of their own, and one supplier, whose server is vsftpd
// where that can be (Linux, root), else a directory. Everything lies in one folder.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { redisAnswers, redisCommand } from "@soh/simulators/redis-server";
import { startServer, type RealServer } from "@soh/simulators/servers";
import { Redis } from "ioredis";
import { answersReady, createService, type Service } from "../world/service.ts";
import { quietPort } from "../world/ports.ts";
import { SHOP, VENDOR } from "./orders.ts";

export interface Rig {
  readonly folder: string;
  /** Undefined: it is a directory. */
  readonly server: RealServer | undefined;
  readonly redisUrl: string;
  readonly ingestPort: number;
  readonly secret: string;
  readonly console: { readonly url: string; readonly password: string; readonly token: string };
  readonly ingest: Service;
  /** The one that was started last. Throws when there is none. */
  dispatcher(): Service;
  /** Sends nothing, or what it has; ends the one before. */
  startDispatcher(how: "holding" | "sending"): Promise<Service>;
  stopDispatcher(): Promise<void>;
  /** Names of the files that the supplier has, without those under way. */
  taken(): readonly string[];
  /** Where one of them lies. */
  fileOf(name: string): string;
  removeTaken(): void;
  /** Forgets all jobs. */
  wipeQueues(): Promise<void>;
  commands(): Promise<readonly CommandCount[]>;
  /** Runs a file of children/, and returns what it printed. Throws with what it complained of. */
  child<Result>(name: string, argument: object): Promise<Result>;
  /** The first webhook that nobody has sent yet. */
  nextNumber(count: number): number;
  stop(): Promise<void>;
}

export interface CommandCount {
  readonly command: string;
  readonly calls: number;
  readonly microseconds: number;
}

export interface RigOptions {
  readonly folder: string;
  /** Real servers, where they can be had. */
  readonly ftps: boolean;
  /** Arguments of Node for a service, before its file. */
  readonly nodeArguments?: (service: "ingest" | "dispatcher") => readonly string[];
  /** Of both services, besides what they need. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const ROOT = resolve(import.meta.dirname, "../../../..");
const CHILDREN = join(import.meta.dirname, "children");
const SECRET = "the secret of the measured shop";
const PASSWORD = "measured-console";
const TOKEN = "measured-token";
const PATIENCE_MS = 120_000;

export const newFolder = (): string => mkdtempSync(join(tmpdir(), "soh-bench-"));

export const hasRealServers = (): boolean => process.platform === "linux" && process.getuid?.() === 0;

/** Throws NotStarted, or an error that names what is missing. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const { folder, signal } = options;
  const server = options.ftps ? await startServer("vsftpd") : undefined;
  const supplierFolder = server?.root ?? join(folder, "supplier");
  const orders = join(supplierFolder, "IN");
  mkdirSync(orders, { recursive: true });
  const config = (how: "holding" | "sending"): string => join(folder, `${how}.yaml`);
  writeFileSync(config("holding"), handlerYaml(server, supplierFolder, "holding"));
  writeFileSync(config("sending"), handlerYaml(server, supplierFolder, "sending"));

  const [redisPort, ingestPort, consolePort] = [await quietPort(), await quietPort(), await quietPort()];
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  const consoleUrl = `http://127.0.0.1:${consolePort}`;
  // The cache: the images have one.
  const inherited = ["PATH", "HOME", "LANG", "TZ", "NODE_COMPILE_CACHE"].map((name) => [name, process.env[name]]);
  const env = {
    ...Object.fromEntries(inherited),
    REDIS_URL: redisUrl,
    DATABASE_URL: `sqlite:${join(folder, "handler.db")}`,
    SOH_JOURNAL: join(folder, "dispatch.journal"),
    INGEST_PORT: String(ingestPort),
    OPERATIONS_PORT: String(consolePort),
    OPERATIONS_PASSWORD: PASSWORD,
    SOH_API_TOKEN: TOKEN,
    ...options.env,
  };
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  const service = (
    name: string,
    how: Pick<Parameters<typeof createService>[0], "command" | "args" | "answers"> & { env?: object },
  ) =>
    createService({
      name,
      ...how,
      env: { ...env, ...how.env },
      cwd: folder,
      logFile: join(folder, `${name}.log`),
      straight: true,
      onUnexpectedEnd: (words) => broken.reject(new Error(words)),
    });
  const node = (name: "ingest" | "dispatcher", url: string, configFile: string): Service =>
    service(name, {
      command: process.execPath,
      args: [...NODE_FLAGS, ...(options.nodeArguments?.(name) ?? []), join(ROOT, `services/${name}/src/main.ts`)],
      answers: async (until) => await answersReady(url, until),
      env: { SOH_CONFIG: configFile },
    });

  const redisFolder = join(folder, "redis");
  mkdirSync(redisFolder);
  const redis = service("redis", {
    ...redisCommand({ port: redisPort, folder: redisFolder }),
    answers: async (until) => await redisAnswers(redisUrl, until),
  });
  redis.start();
  await redis.ready(signal);
  const control = new Redis(redisUrl);
  const ingest = node("ingest", `http://127.0.0.1:${ingestPort}`, config("sending"));
  ingest.start();
  await ingest.ready(signal);
  let dispatcher: Service | undefined;
  let numbers = 1_000;

  const files = (): readonly string[] => readdirSync(orders).filter((name) => !name.endsWith(".tmp"));
  return {
    folder,
    server,
    redisUrl,
    ingestPort,
    secret: SECRET,
    console: { url: consoleUrl, password: PASSWORD, token: TOKEN },
    ingest,
    async startDispatcher(how) {
      await dispatcher?.stop();
      dispatcher = node("dispatcher", consoleUrl, config(how));
      dispatcher.start();
      await dispatcher.ready(signal);
      return dispatcher;
    },
    dispatcher() {
      if (dispatcher === undefined) {
        throw new Error("no dispatcher was started");
      }
      return dispatcher;
    },
    async stopDispatcher() {
      await dispatcher?.stop();
      dispatcher = undefined;
    },
    taken: files,
    fileOf: (name) => join(orders, name),
    removeTaken: () => files().forEach((name) => rmSync(join(orders, name))),
    wipeQueues: async () => void (await control.flushall()),
    async commands() {
      return (await control.info("commandstats")).split("\n").flatMap((line) => {
        const [, command, calls, microseconds] = /^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/.exec(line) ?? [];
        return command === undefined ? [] : [{ command, calls: Number(calls), microseconds: Number(microseconds) }];
      });
    },
    child: async <Result>(name: string, argument: object) =>
      await Promise.race([runChild<Result>(name, argument, signal), broken.promise]),
    nextNumber(count) {
      numbers += count;
      return numbers - count;
    },
    async stop() {
      control.disconnect();
      await ingest.stop();
      await dispatcher?.stop();
      await redis.stop();
      await server?.stop();
    },
  };
}

/** Until it is so: looks every so many milliseconds. Throws when that takes longer than anything here should. */
export async function until(is: () => boolean | Promise<boolean>, everyMs: number, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  while (!(await is())) {
    if (late.aborted) {
      throw new Error(`after ${PATIENCE_MS / 1_000} s not everything was done: the dispatcher's log says why`);
    }
    await wait(everyMs, undefined, { signal });
  }
}

/** What a process holds and has used. Zeros where the system does not say (Linux does). */
export function usage(service: Service): { readonly megabytes: number; readonly cpuMs: number } {
  try {
    const status = readFileSync(`/proc/${service.pid()}/status`, "utf8");
    const fields = readFileSync(`/proc/${service.pid()}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // Of a hundred ticks a second: user and system time, fields 14 and 15 of proc(5).
    const cpuMs = (Number(fields[11]) + Number(fields[12])) * 10;
    return { megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024, cpuMs };
  } catch {
    return { megabytes: 0, cpuMs: 0 };
  }
}

/** The most that a process holds at any time. */
export function watchMemory(service: Service): { most(): number; stop(): void } {
  let most = 0;
  const look = (): void => void (most = Math.max(most, usage(service).megabytes));
  const timer = setInterval(look, 100);
  return {
    most: () => (look(), most),
    stop: () => clearInterval(timer),
  };
}

async function runChild<Result>(name: string, argument: object, signal: AbortSignal): Promise<Result> {
  const output = await new Promise<string>((resolved, reject) => {
    const child = spawn(process.execPath, [...NODE_FLAGS, join(CHILDREN, `${name}.ts`), JSON.stringify(argument)], {
      stdio: ["ignore", "pipe", "pipe"],
      signal,
    });
    let [out, complaint] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolved(out) : reject(new Error(`${name} ended with ${code}: ${complaint.slice(-1_000)}`)),
    );
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a child of ours
  return JSON.parse(output) as Result;
}

function handlerYaml(server: RealServer | undefined, folder: string, how: "holding" | "sending"): string {
  const transport =
    server === undefined
      ? { kind: "folder", root: folder }
      : {
          kind: "ftps",
          host: server.host,
          port: server.port,
          user: server.user,
          password: server.password,
          tls: { ca: server.caFile },
        };
  // JSON is YAML. Held back: until the third of January that is a working day.
  const schedule = how === "holding" ? { schedule: { calendar: "never", send: ["00:00"] } } : {};
  const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  return JSON.stringify({
    shops: { [SHOP]: { webhook_secrets: [SECRET] } },
    calendars: { never: { timezone: "UTC", closed: [`${day(-2)}/${day(30)}`] } },
    buyer: { name: "Sermat Équipement", phone: "+33300000000" },
    dispatch: { since: `${day(-2)}T00:00:00Z`, release: { paid: true } },
    suppliers: {
      agriest: {
        name: "Agriest",
        number: { pattern: "SE{order}-{n}" },
        rules: [{ vendor: VENDOR }, { sku: { prefix: "AGR-" } }],
        document: { format: "order-xml" },
        transport,
        folders: { orders: { path: "/IN", name: "{number}.xml", temporary: { suffix: ".tmp" } } },
        ...schedule,
      },
    },
  });
}
