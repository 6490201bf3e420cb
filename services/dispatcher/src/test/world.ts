// A dispatcher without queues, on real things: config/handler.yaml, a SQLite file, suppliers that speak FTPS over TLS.
// Only the clock and randomness are fake. A process is "killed" by stopping the world inside it and opening another.
import type { MessagesTable } from "../database/tables/deliveries.ts";
import { viewedPurchaseOrders, viewOf, type PurchaseOrderView } from "../database/purchase-order-rows.ts";
import { randomUUID } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HandledTopic, WebhookEnvelope } from "@soh/shared/webhook";
import { createCertificateAuthority } from "@soh/simulators/certificates";
import { startFtpsServer, type FtpsServer } from "@soh/simulators/ftps-server";
import type { ToldAlert } from "../alerts/alerts.ts";
import { loadConfig, type HandlerConfig } from "../config/load.ts";
import type { OpenDatabase } from "../database/open.ts";
import { openJournal, type JournalEntry, type OpenJournal } from "../deliveries/journal.ts";
import type { DeliverOptions } from "../deliveries/deliver.ts";
import { composeFeatures, type Features, type FeaturesOptions } from "../features.ts";
import { connectTransport } from "../transports/registry.ts";
import { openMigrated } from "./database.ts";

export const SHOP = "sermat.myshopify.com";

export interface SimulatedSupplier {
  readonly server: FtpsServer;
  /** Files by their final name that stand in the folder of orders. */
  files(): readonly string[];
  read(name: string): string;
  /** Every time a file got a final name in the folder of orders, also if it was taken since. */
  readonly arrivals: readonly string[];
  /** What each of them held, in that order. */
  arrived(): readonly string[];
  /** Take every file in the instant it has its final name, as a fast supplier does. */
  takeAtOnce(): void;
  /** Puts a file into the folder of acknowledgements. */
  answer(name: string, text: string | Uint8Array): void;
  answers(): readonly string[];
}

export interface Process {
  readonly database: OpenDatabase;
  readonly features: Features;
  /** One sweep, and every delivery that is due, one after the other. Returns their outcomes. */
  run(): Promise<readonly Awaited<ReturnType<Features["deliver"]>>[]>;
  webhook(topic: HandledTopic, body: string | Uint8Array, over?: Partial<WebhookEnvelope>): ReturnType<Features["intake"]>;
  purchaseOrders(): Promise<readonly PurchaseOrderView[]>;
  /** The only one. Throws where there are none or several. */
  purchaseOrder(): Promise<PurchaseOrderView>;
  /** The only message. */
  message(): Promise<MessagesTable>;
  /** Another worker on the same database. */
  rival(over?: Pick<DeliverOptions, "at">): Features;
  stop(): Promise<void>;
}

type JournalFault = boolean | "on-disk";

export interface World {
  readonly clock: { now(): number; advance(ms: number): void; set(iso: string): void };
  readonly agriest: SimulatedSupplier;
  readonly fournial: SimulatedSupplier;
  /** What people were told, a line each. */
  readonly alerts: ToldAlert[];
  readonly config: HandlerConfig;
  configure(env: Readonly<Record<string, string>>, edit?: (yaml: Yaml) => Yaml): HandlerConfig;
  start(over?: {
    readonly at?: NonNullable<DeliverOptions["at"]>;
    readonly config?: HandlerConfig;
    /** Instead of the registry with a short timeout. */
    readonly connect?: FeaturesOptions["connect"];
    /** Asked before lines are written in the journal: true, and they cannot be. on-disk: they are there, and it says that they are not. */
    readonly journalFull?: () => JournalFault | Promise<JournalFault>;
  }): Promise<Process>;
  /** Copies the database's file: while no process runs. */
  backup(): void;
  /** What stands in the journal: while no process runs. */
  journal(): Promise<readonly JournalEntry[]>;
  /** As if a process had written it whose database is lost: while no process runs. */
  addToJournal(line: Partial<JournalEntry>): void;
  loseJournal(): void;
  /** In place of its own database and journal: while no process runs. */
  install(files: { readonly database: Uint8Array; readonly journal: Uint8Array }): void;
  /** Puts the copy back. The journal stays as it is. */
  restore(): void;
  stop(): Promise<void>;
}

const HANDLER_YAML = new URL("../../../../config/handler.yaml", import.meta.url);

/** The same for every world of a process. */
let certificates: ReturnType<typeof makeCertificates> | undefined;

async function makeCertificates() {
  const authority = await createCertificateAuthority("Test suppliers");
  const issued = await authority.issue({ commonName: "localhost", hosts: ["127.0.0.1", "localhost"] });
  return { certificate: authority.certificate, ...issued };
}

export async function createWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "soh-world-"));
  const { certificate, ...issued } = await (certificates ??= makeCertificates());
  writeFileSync(join(folder, "ca.pem"), certificate);
  const agriest = await startSupplier({ root: join(folder, "agriest"), issued, orders: "IN", answers: "OUT" });
  const fournial = await startSupplier({ root: join(folder, "fournial"), issued, orders: "orders", answers: "out" });
  let now = Date.parse("2027-01-10T12:00:00Z");
  const alerts: ToldAlert[] = [];
  const processes: Process[] = [];

  const configure: World["configure"] = (env, edit) => {
    const values: Record<string, string> = {
      SHOPIFY_SHOP: SHOP,
      SHOPIFY_WEBHOOK_SECRET: "hush",
      FTP_AGRIEST_HOST: "127.0.0.1",
      FTP_AGRIEST_PORT: String(agriest.server.port),
      FTP_AGRIEST_USER: "sermat",
      FTP_AGRIEST_PASS: "secret",
      FTP_AGRIEST_CA: join(folder, "ca.pem"),
      FTP_FOURNIAL_HOST: "127.0.0.1",
      FTP_FOURNIAL_PORT: String(fournial.server.port),
      FTP_FOURNIAL_USER: "sermat",
      FTP_FOURNIAL_PASS: "secret",
      FTP_FOURNIAL_CA: join(folder, "ca.pem"),
      ...env,
    };
    const file = join(folder, `${randomUUID()}.yaml`);
    const yaml = yamlOf(readFileSync(HANDLER_YAML, "utf8"));
    writeFileSync(file, (edit === undefined ? yaml : edit(yaml)).text);
    return loadConfig(file, (name) => values[name] || undefined);
  };
  let shipped: HandlerConfig | undefined;

  const world: World = {
    clock: {
      now: () => now,
      advance: (ms) => (now += ms),
      set: (iso) => (now = Date.parse(iso)),
    },
    agriest,
    fournial,
    alerts,
    // Read where it is asked for: many a test has its own.
    get config() {
      return (shipped ??= configure({}));
    },
    configure,
    async start(over = {}) {
      const database = await openMigrated(join(folder, "handler.db"));
      const journal = await openJournal(join(folder, "dispatch.journal"));
      const { append } = journal.journal;
      const full = over.journalFull ?? (() => false);
      const faulty: OpenJournal = {
        ...journal,
        journal: {
          ...journal.journal,
          append: async (entries) => {
            const fault = await full();
            if (fault !== true) {
              await append(entries);
            }
            if (fault !== false) {
              throw new Error("no space left");
            }
          },
        },
      };
      const compose = (at: DeliverOptions["at"]): Features =>
        composeFeatures({
          config: over.config ?? world.config,
          database,
          journal: faulty,
          // A server that hangs would hold a test for the configured 30 s.
          connect: over.connect ?? ((transport) => connectTransport({ ...transport, timeoutMs: 1_500 })),
          alert: (alert) => alerts.push(alert),
          now: () => now,
          random: () => 1,
          ...(at === undefined ? {} : { at }),
        });
      let killed = false;
      /** Alerts are looked after once a second; here after each thing that is done. */
      const looked =
        (features: Features) =>
        async <T>(result: T): Promise<T> => {
          if (!killed) {
            await features.alerts.sweep();
          }
          return result;
        };
      /** A killed process says nothing any more: what it was about neither comes back nor fails. */
      const mortal = (features: Features): Features => ({
        ...features,
        deliver: (job) =>
          features
            .deliver(job)
            .then(looked(features))
            .catch((error: unknown) => (killed ? new Promise<never>(() => {}) : Promise.reject(error))),
        intake: (envelope) => features.intake(envelope).then(looked(features)),
        look: (supplier) => features.look(supplier).then(looked(features)),
        sweep: (limit) => features.sweep(limit).then(looked(features)),
        recover: () => features.recover().then(looked(features)),
      });
      const features = mortal(compose(over.at));
      const rivals: Features[] = [];
      await features.recover();
      const purchaseOrders = async (): Promise<PurchaseOrderView[]> => {
        const rows = await viewedPurchaseOrders(database.db)
          .orderBy("purchase_orders.supplier")
          .orderBy("purchase_orders.created_at")
          .orderBy("purchase_orders.number")
          .execute();
        return rows.map(viewOf);
      };
      const started: Process = {
        database,
        features,
        async run() {
          const outcomes: Awaited<ReturnType<Features["deliver"]>>[] = [];
          for (const due of await features.sweep(1_000)) {
            outcomes.push(await features.deliver(due));
          }
          return outcomes;
        },
        webhook: (topic, body, envelope = {}) => {
          const bytes = Buffer.from(body);
          return features.intake({
            version: 1,
            shop: SHOP,
            topic,
            webhookId: randomUUID(),
            receivedAt: now,
            body: { encoding: "base64", data: bytes.toString("base64") },
            ...envelope,
          });
        },
        purchaseOrders,
        async purchaseOrder() {
          const [only, ...rest] = await purchaseOrders();
          if (only === undefined || rest.length > 0) {
            throw new Error(`expected one purchase order, found ${rest.length + (only === undefined ? 0 : 1)}`);
          }
          return only;
        },
        message: () => database.db.selectFrom("messages").selectAll().executeTakeFirstOrThrow(),
        rival(rivalOver = {}) {
          const rival = mortal(compose(rivalOver.at));
          rivals.push(rival);
          return rival;
        },
        async stop() {
          killed = true;
          processes.splice(processes.indexOf(started), 1);
          // As a killed process: what hangs in it is never waited for.
          agriest.server.dropConnections();
          fournial.server.dropConnections();
          await database.close();
          await journal.journal.close();
        },
      };
      processes.push(started);
      return started;
    },
    async journal() {
      const { entries, journal } = await openJournal(join(folder, "dispatch.journal"));
      await journal.close();
      return entries;
    },
    addToJournal: (entry) => appendFileSync(join(folder, "dispatch.journal"), `${JSON.stringify(entry)}\n`),
    loseJournal: () => rmSync(join(folder, "dispatch.journal")),
    install({ database, journal }) {
      writeFileSync(join(folder, "handler.db"), database);
      writeFileSync(join(folder, "dispatch.journal"), journal);
    },
    backup: () => copyFileSync(join(folder, "handler.db"), join(folder, "backup.db")),
    restore: () => {
      rmSync(join(folder, "handler.db-wal"), { force: true });
      copyFileSync(join(folder, "backup.db"), join(folder, "handler.db"));
    },
    async stop() {
      for (const one of processes.slice()) {
        await one.stop();
      }
      await Promise.all([agriest.server.stop(), fournial.server.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** A text to edit. A replacement that finds nothing throws: the test would try something else than it says. */
export interface Yaml {
  replace(what: string | RegExp, by: string | ((found: string) => string)): Yaml;
  readonly text: string;
}

const yamlOf = (text: string): Yaml => ({
  text,
  replace(what, by) {
    if (text.search(typeof what === "string" ? RegExp.escape(what) : what) < 0) {
      throw new Error(`config/handler.yaml has nothing to replace like ${String(what)}`);
    }
    return yamlOf(typeof by === "string" ? text.replace(what, by) : text.replace(what, by));
  },
});

async function startSupplier(input: {
  readonly root: string;
  readonly issued: { readonly key: string; readonly cert: string };
  readonly orders: string;
  readonly answers: string;
}): Promise<SimulatedSupplier> {
  const { root, issued } = input;
  const orders = join(root, input.orders);
  const answers = join(root, input.answers);
  mkdirSync(orders, { recursive: true });
  mkdirSync(answers, { recursive: true });
  const server = await startFtpsServer({ root, user: "sermat", password: "secret", ...issued });
  const taken = `${root}-taken`;
  mkdirSync(taken);
  const arrivals: string[] = [];
  let takes = false;
  const isTemporary = (name: string): boolean => name.endsWith(".tmp") || name.startsWith(".part-");
  server.on({
    file(event) {
      const name = event.path.slice(event.path.lastIndexOf("/") + 1);
      if (event.kind === "deleted" || !event.path.startsWith(`/${input.orders}/`) || isTemporary(name)) {
        return;
      }
      arrivals.push(name);
      if (takes) {
        renameSync(event.file, join(taken, `${arrivals.length}-${name}`));
      }
    },
  });
  return {
    server,
    arrivals,
    files: () => readdirSync(orders).filter((name) => !isTemporary(name)),
    read: (name) => readFileSync(existsSync(join(orders, name)) ? join(orders, name) : join(taken, `1-${name}`), "utf8"),
    arrived: () =>
      arrivals.map((name, index) => {
        const standing = join(orders, name);
        return readFileSync(existsSync(standing) ? standing : join(taken, `${index + 1}-${name}`), "utf8");
      }),
    takeAtOnce: () => (takes = true),
    answer: (name, text) => writeFileSync(join(answers, name), text),
    answers: () => readdirSync(answers),
  };
}

export const acknowledgement = (number: string, status = "accepted", extra = ""): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Acknowledgement version="1"><OrderNumber>${number}</OrderNumber><Status>${status}</Status>${extra}</Acknowledgement>\n`;

/** What actions are applied to. */
export const purchaseOrder = ({ id }: { readonly id: string }) => ({ kind: "purchase-order" as const, id });
