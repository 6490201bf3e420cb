// Everything that a command runs against but the orders: a folder, certificates, two suppliers, Redis and both services.
//
//   folder → suppliers → Redis → ingest and dispatcher → ready; stopped in the reverse order, the folder last
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createCertificateAuthority, type CertificateAuthority } from "../certificates.ts";
import { freePort, redisAnswers, redisCommand } from "../redis-server.ts";
import { createShop, type Shop } from "../shop.ts";
import { startSupplier, type Supplier, type SupplierScript } from "../supplier.ts";
import { startChild, type Child } from "./child.ts";
import { openDispatcherApi, type DispatcherApi } from "./dispatcher.ts";
import { PARTNERS } from "./partners.ts";

export interface SimulatedPartner {
  /** Its key in the configuration. */
  readonly id: string;
  readonly root: string;
  readonly supplier: Supplier;
}

export interface World {
  readonly folder: string;
  readonly webhooks: string;
  readonly console: string;
  readonly password: string;
  readonly token: string;
  readonly suppliers: readonly SimulatedPartner[];
  readonly shop: Shop;
  readonly dispatcher: DispatcherApi;
  /** Resolves when a process ended that nobody stopped, with what it printed last. */
  readonly broken: Promise<string>;
  /** Returns what was not clean. */
  stop(): Promise<readonly string[]>;
}

export interface WorldOptions {
  /** Orders created before, in epoch milliseconds, are not to be sent. */
  readonly since: number;
  readonly script: (supplier: string) => SupplierScript;
  /** The folder stays. */
  readonly keep: boolean;
  /** Ends the starting. */
  readonly signal: AbortSignal;
  /** Each line of the dispatcher's log. */
  readonly onLogLine: (line: string) => void;
}

/** Something did not start; the message is for people. */
export class NotStarted extends Error {
  override name = "NotStarted";
}

const SHOP = "sermat-equipement.myshopify.com";
const ROOT = resolve(import.meta.dirname, "../../../..");
const READY_WITHIN_MS = 60_000;
/** The services give themselves nine seconds. */
const STOP_WITHIN_MS = 9_500;
/** Shopify repeats for four hours; here 24 seconds are enough. */
const SHOP_TIME_FACTOR = 600;

/** Throws NotStarted; what was started by then is stopped. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const stops: (() => Promise<string | undefined | void>)[] = [];
  const stop = async (): Promise<readonly string[]> => {
    const problems: string[] = [];
    for (const one of stops.splice(0).toReversed()) {
      const problem = await one().catch(messageOf);
      problems.push(...(typeof problem === "string" ? problem.split("\n") : []));
    }
    return problems;
  };
  try {
    return { ...(await start(options, (one) => stops.push(one))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: WorldOptions,
  onStop: (stop: () => Promise<string | undefined | void>) => void,
): Promise<Omit<World, "stop">> {
  const folder = mkdtempSync(join(tmpdir(), "soh-demo-"));
  const removeFolder = (): void => (options.keep ? undefined : rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  process.on("exit", removeFolder);
  onStop(async () => removeFolder());

  const authority = await createCertificateAuthority("Demo suppliers");
  const authorityFile = join(folder, "suppliers-ca.pem");
  writeFileSync(authorityFile, authority.certificate);
  const suppliers = await Promise.all(
    PARTNERS.map(async (partner) => await startPartner({ partner, folder, authority, options })),
  );
  onStop(async () => void (await Promise.all(suppliers.map(({ supplier }) => supplier.stop()))));

  const [redisPort, ingestPort, operationsPort] = [await freePort(), await portNear(3000), await portNear(3001)];
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  const webhookSecret = secret();
  const [password, token] = [secret(), secret()];
  const inherited = ["PATH", "HOME", "LANG", "TZ", "NODE_COMPILE_CACHE"].map((name) => [name, process.env[name]]);
  const env = {
    ...Object.fromEntries(inherited),
    HOST: "127.0.0.1",
    LOG_LEVEL: "info",
    REDIS_URL: redisUrl,
    DATABASE_URL: `sqlite:${join(folder, "handler.db")}`,
    SOH_JOURNAL: join(folder, "dispatch.journal"),
    SOH_CONFIG: join(ROOT, "config/handler.yaml"),
    INGEST_PORT: String(ingestPort),
    OPERATIONS_PORT: String(operationsPort),
    OPERATIONS_PASSWORD: password,
    SOH_API_TOKEN: token,
    SHOPIFY_SHOP: SHOP,
    SHOPIFY_WEBHOOK_SECRET: webhookSecret,
    DISPATCH_SINCE: new Date(options.since).toISOString(),
    ACKNOWLEDGEMENTS_EVERY: "1s",
    ...Object.assign({}, ...suppliers.map(({ variables }) => variables)),
    ...Object.fromEntries(PARTNERS.map(({ variables }) => [`${variables}_CA`, authorityFile])),
  };

  const child = (name: string, command: string, args: readonly string[], onLine?: (line: string) => void): Child =>
    startChild({ name, command, args, env, cwd: folder, logFile: join(folder, `${name}.log`), ...(onLine && { onLine }) });
  const redisFolder = join(folder, "redis");
  mkdirSync(redisFolder);
  const { command, args } = redisCommand({ port: redisPort, folder: redisFolder });
  const redis = child("redis", command, args);
  onStop(() => redis.stop(STOP_WITHIN_MS));
  await readyOrEnded(redis, options.signal, (signal) => redisAnswers(redisUrl, signal));

  const ingest = child("ingest", process.execPath, [join(ROOT, "services/ingest/src/main.ts")]);
  const dispatcher = child("dispatcher", process.execPath, [join(ROOT, "services/dispatcher/src/main.ts")], options.onLogLine);
  let stopping = false;
  onStop(async () => {
    stopping = true;
    const problems = await Promise.all([ingest.stop(STOP_WITHIN_MS), dispatcher.stop(STOP_WITHIN_MS)]);
    return problems.filter((problem) => problem !== undefined).join("\n") || undefined;
  });
  const services = { ingest: `http://127.0.0.1:${ingestPort}`, console: `http://127.0.0.1:${operationsPort}` };
  await Promise.all([
    readyOrEnded(ingest, options.signal, (signal) => isReady(services.ingest, signal)),
    readyOrEnded(dispatcher, options.signal, (signal) => isReady(services.console, signal)),
  ]);

  const { promise: broken, resolve: breaks } = Promise.withResolvers<string>();
  for (const one of [redis, ingest, dispatcher]) {
    void one.ended.then((ending) => (stopping ? undefined : breaks(lastWords(one, ending))));
  }
  const webhooks = `${services.ingest}/webhooks/shopify`;
  const shop = createShop({ url: webhooks, domain: SHOP, secret: webhookSecret, timeFactor: SHOP_TIME_FACTOR });
  onStop(async () => shop.stop());
  return {
    folder,
    webhooks,
    console: services.console,
    password,
    token,
    suppliers,
    shop,
    dispatcher: openDispatcherApi({ url: services.console, token }),
    broken,
  };
}

async function startPartner(input: {
  readonly partner: (typeof PARTNERS)[number];
  readonly folder: string;
  readonly authority: CertificateAuthority;
  readonly options: WorldOptions;
}): Promise<SimulatedPartner & { readonly variables: Readonly<Record<string, string>> }> {
  const { partner, folder, authority, options } = input;
  const root = join(folder, partner.id);
  const [user, password] = ["sermat", secret()];
  const script = options.script(partner.id);
  const supplier = await startSupplier({ ...partner.simulated, root, authority, user, password, script });
  const variables = { HOST: supplier.host, PORT: String(supplier.port), USER: user, PASS: password };
  const named = Object.entries(variables).map(([name, value]) => [`${partner.variables}_${name}`, value]);
  return { id: partner.id, root, supplier, variables: Object.fromEntries(named) };
}

/** Waits until it is ready. Throws NotStarted when it ends instead, takes too long, or is not to be waited for any more. */
async function readyOrEnded(child: Child, signal: AbortSignal, ready: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = AbortSignal.timeout(READY_WITHIN_MS);
  const waiting = AbortSignal.any([signal, late, over.signal]);
  try {
    await Promise.race([
      ready(waiting),
      child.ended.then((ending) => {
        throw new NotStarted(lastWords(child, ending));
      }),
    ]);
  } catch (error) {
    if (error instanceof NotStarted) {
      throw error;
    }
    throw new NotStarted(
      late.aborted ? lastWords(child, `was not ready after ${READY_WITHIN_MS / 1_000} s`) : `${child.name}: ${messageOf(error)}`,
    );
  } finally {
    over.abort();
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await fetch(`${url}/readyz`, { signal }).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await wait(50, undefined, { signal });
  }
}

function lastWords(child: Child, ending: string): string {
  const lines = child.lastLines().map((line) => `  ${line}`);
  const what = `${child.name} ${ending}`;
  return lines.length === 0 ? what : [`${what}. It printed last:`, ...lines].join("\n");
}

/** This one, easy to remember, unless something listens there. */
function portNear(port: number): Promise<number> {
  return new Promise((found) => {
    const probe = createServer();
    probe.on("error", () => found(freePort()));
    probe.listen(port, "127.0.0.1", () => probe.close(() => found(port)));
  });
}

/** Letters and digits only: it is printed, copied and typed. */
function secret(): string {
  return randomBytes(8).toString("hex");
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
