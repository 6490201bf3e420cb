// Everything that a command runs against but the orders: a folder, certificates, two suppliers, Redis and both services.
//
//   folder → suppliers → Redis → ingest and dispatcher → ready; stopped in the reverse order, the folder last
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createCertificateAuthority, type CertificateAuthority } from "@soh/simulators/certificates";
import { redisAnswers, redisCommand } from "@soh/simulators/redis-server";
import { createShop, type Shop, type ShopOptions } from "@soh/simulators/shop";
import { startSupplier, type Supplier, type SupplierKind, type SupplierScript } from "@soh/simulators/supplier";
import { openDispatcherApi, type DispatcherApi } from "./dispatcher.ts";
import { PARTNERS } from "./partners.ts";
import { portNear, quietPort } from "./ports.ts";
import { NODE_FLAGS } from "@soh/simulators/node-flags";
import { answersReady, createService, type Service, type ServiceOptions } from "./service.ts";

export interface SimulatedPartner {
  /** Its key in the configuration. */
  readonly id: string;
  readonly root: string;
  readonly supplier: Supplier;
}

export interface World {
  readonly folder: string;
  /** The dispatcher's, SQLite's file. */
  readonly database: string;
  /** Orders created before, in epoch milliseconds, are not to be sent. */
  readonly since: number;
  readonly webhooks: string;
  readonly console: string;
  readonly password: string;
  readonly token: string;
  readonly redisUrl: string;
  readonly suppliers: readonly SimulatedPartner[];
  readonly services: { readonly redis: Service; readonly ingest: Service; readonly dispatcher: Service };
  /** Another ingest beside the first, not started yet; it is stopped with the world. */
  addIngest(): Promise<{ readonly service: Service; readonly port: number }>;
  readonly shop: Shop;
  /** The same shop, which sends its webhooks elsewhere. */
  shopAt(url: string): Shop;
  readonly dispatcher: DispatcherApi;
  /** Resolves when a process ended that nobody stopped or killed, with what it printed last. */
  readonly broken: Promise<string>;
  /** Returns what was not clean. */
  stop(): Promise<readonly string[]>;
}

export interface WorldOptions {
  /** Of the command: the folder is /tmp/soh-<name>-…. */
  readonly name: string;
  /** Orders created before, in epoch milliseconds, are not to be sent. */
  readonly since: number;
  readonly script: (supplier: string) => SupplierScript;
  /** How suppliers' files are reached: ftps unless given. */
  readonly kind?: SupplierKind;
  /** Whether the folder stays; asked at the end. */
  readonly keep: () => boolean;
  /** Ends the starting. */
  readonly signal: AbortSignal;
  /** Each line of the dispatcher's log. */
  readonly onLogLine?: (line: string) => void;
  /** Ports that are easy to remember, if they are free; otherwise such as nobody takes while a killed process is away. */
  readonly easyPorts: boolean;
  /** How many times faster than Shopify a webhook is repeated; 600, so within 24 seconds, unless given. */
  readonly timeFactor?: number;
  /** Every attempt of a webhook passes through here. */
  readonly pass?: ShopOptions["pass"];
  /** Changes the text of config/handler.yaml. */
  readonly configure?: (yaml: string) => string;
  /** Makes a place for the database and the journal instead of the world's folder; closed before that is removed. */
  readonly openStorage?: (folder: string) => { readonly folder: string; close(): void };
  /** Puts something in front of a supplier's server; returns the port to connect to instead. */
  readonly intercept?: (supplier: string, server: { readonly host: string; readonly port: number }) => Promise<number>;
  /** A process ended that nobody stopped or killed. True: that is all right here, and the caller starts it again. */
  readonly excuses?: (name: string, lastWords: string) => boolean;
}

const SHOP = "sermat-equipement.myshopify.com";
const ROOT = resolve(import.meta.dirname, "../../../..");
const SHOP_TIME_FACTOR = 600;

type OnStop = (stop: () => Promise<string | undefined | void>) => void;

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

async function start(options: WorldOptions, onStop: OnStop): Promise<Omit<World, "stop">> {
  const { folder, storage, configFile } = makeFolders(options, onStop);
  const authority = await createCertificateAuthority("Simulated suppliers");
  const authorityFile = join(folder, "suppliers-ca.pem");
  writeFileSync(authorityFile, authority.certificate);
  const suppliers = await Promise.all(
    PARTNERS.map(async (partner) => await startPartner({ partner, folder, authority, options })),
  );
  onStop(async () => void (await Promise.all(suppliers.map(({ supplier }) => supplier.stop()))));

  const redisPort = await quietPort();
  const [ingestPort, operationsPort] = options.easyPorts
    ? [await portNear(3000), await portNear(3001)]
    : [await quietPort(), await quietPort()];
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  const database = join(storage, "handler.db");
  const webhookSecret = secret();
  const [password, token] = [secret(), secret()];
  const inherited = ["PATH", "HOME", "LANG", "TZ", "NODE_COMPILE_CACHE"].map((name) => [name, process.env[name]]);
  const env = {
    ...Object.fromEntries(inherited),
    HOST: "127.0.0.1",
    LOG_LEVEL: "info",
    REDIS_URL: redisUrl,
    DATABASE_URL: `sqlite:${database}`,
    SOH_JOURNAL: join(storage, "dispatch.journal"),
    SOH_CONFIG: configFile,
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

  const { promise: broken, resolve: breaks } = Promise.withResolvers<string>();
  const service = (
    name: string,
    how: Pick<ServiceOptions, "command" | "args" | "answers"> & {
      readonly onLine?: ServiceOptions["onLine"];
      readonly env?: NodeJS.ProcessEnv;
    },
  ): Service =>
    createService({
      name,
      env: { ...env, ...how.env },
      cwd: folder,
      logFile: join(folder, `${name}.log`),
      command: how.command,
      args: how.args,
      answers: how.answers,
      ...(how.onLine && { onLine: how.onLine }),
      onUnexpectedEnd: (words) => (options.excuses?.(name, words) === true ? undefined : breaks(words)),
    });
  const redisFolder = join(folder, "redis");
  mkdirSync(redisFolder);
  const answers = async (signal: AbortSignal): Promise<void> => await redisAnswers(redisUrl, signal);
  const redis = service("redis", { ...redisCommand({ port: redisPort, folder: redisFolder }), answers });
  redis.start();
  onStop(() => redis.stop());
  await redis.ready(options.signal);

  const urls = { ingest: `http://127.0.0.1:${ingestPort}`, console: `http://127.0.0.1:${operationsPort}` };
  const node = (name: "ingest" | "dispatcher", url: string, onLine?: ServiceOptions["onLine"]): Service =>
    service(name, {
      command: process.execPath,
      args: [...NODE_FLAGS, join(ROOT, `services/${name}/src/main.ts`)],
      answers: async (signal) => await answersReady(url, signal),
      onLine,
    });
  const ingest = node("ingest", urls.ingest);
  const dispatcher = node("dispatcher", urls.console, options.onLogLine);
  ingest.start();
  dispatcher.start();
  onStop(async () => {
    const problems = await Promise.all([ingest.stop(), dispatcher.stop()]);
    return problems.filter((problem) => problem !== undefined).join("\n") || undefined;
  });
  await Promise.all([ingest.ready(options.signal), dispatcher.ready(options.signal)]);

  const webhooks = `${urls.ingest}/webhooks/shopify`;
  const { timeFactor = SHOP_TIME_FACTOR, pass } = options;
  const shopAt = (url: string): Shop => {
    const made = createShop({ url, domain: SHOP, secret: webhookSecret, timeFactor, ...(pass && { pass }) });
    onStop(async () => made.stop());
    return made;
  };
  const shop = shopAt(webhooks);
  return {
    folder,
    database,
    since: options.since,
    webhooks,
    console: urls.console,
    password,
    token,
    redisUrl,
    suppliers,
    services: { redis, ingest, dispatcher },
    async addIngest() {
      const port = await quietPort();
      const added = service(`ingest-${port}`, {
        command: process.execPath,
        args: [...NODE_FLAGS, join(ROOT, "services/ingest/src/main.ts")],
        answers: async (signal) => await answersReady(`http://127.0.0.1:${port}`, signal),
        env: { INGEST_PORT: String(port) },
      });
      onStop(() => added.stop());
      return { service: added, port };
    },
    shop,
    shopAt,
    dispatcher: openDispatcherApi({ url: urls.console, token }),
    broken,
  };
}

function makeFolders(
  options: WorldOptions,
  onStop: OnStop,
): { readonly folder: string; readonly storage: string; readonly configFile: string } {
  const folder = mkdtempSync(join(tmpdir(), `soh-${options.name}-`));
  let storage: { readonly folder: string; close(): void } | undefined;
  const remove = (): void => {
    storage?.close();
    if (!options.keep()) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  };
  process.on("exit", remove);
  onStop(async () => remove());
  storage = options.openStorage?.(folder);

  const original = join(ROOT, "config/handler.yaml");
  if (options.configure === undefined) {
    return { folder, storage: storage?.folder ?? folder, configFile: original };
  }
  const configFile = join(folder, "handler.yaml");
  writeFileSync(configFile, options.configure(readFileSync(original, "utf8")));
  return { folder, storage: storage?.folder ?? folder, configFile };
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
  const port = options.easyPorts ? undefined : await quietPort();
  const server = port === undefined ? {} : { port };
  const { kind = "ftps" } = options;
  const supplier = await startSupplier({ ...partner.simulated, root, authority, user, password, script, server, kind });
  const through = kind === "folder" ? 0 : ((await options.intercept?.(partner.id, supplier)) ?? supplier.port);
  const variables = { HOST: supplier.host, PORT: String(through), USER: user, PASS: password, HOST_KEY: supplier.hostKey ?? "" };
  const named = Object.entries(variables).map(([name, value]) => [`${partner.variables}_${name}`, value]);
  return { id: partner.id, root, supplier, variables: Object.fromEntries(named) };
}

/** Letters and digits only: it is printed, copied and typed. */
function secret(): string {
  return randomBytes(8).toString("hex");
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
