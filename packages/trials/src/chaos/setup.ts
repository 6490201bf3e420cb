// Everything that a run needs before its first order: the world, with a small disk, a proxy and fault hooks put into it.
import { join } from "node:path";
import { startFaultProxy, type FaultProxy } from "@soh/simulators/fault-proxy";
import { createRandom } from "@soh/simulators/orders/random";
import type { SupplierScript } from "@soh/simulators/supplier";
import { readLogLine } from "../world/dispatcher.ts";
import { openLedger } from "../world/ledger.ts";
import { PARTNERS } from "../world/partners.ts";
import { startWorld, type World } from "../world/world.ts";
import { shortTimes } from "./configuration.ts";
import { openDatabaseFiles } from "./database.ts";
import { createGate } from "./gate.ts";
import { createLock } from "./lock.ts";
import type { ChaosOptions } from "./options.ts";
import type { Plan } from "./plan.ts";
import { openQueues } from "./queues.ts";
import { openSmallDisk, type SmallDisk } from "./small-disk.ts";
import type { Stage } from "./stage.ts";
import type { StrikeKind } from "./strikes.ts";
import { createSupplierFaults, type SupplierFaults } from "./supplier-faults.ts";
import { asSftp } from "./sftp-faults.ts";
import { createTape, type Tape } from "./tape.ts";
import { createWebhooks, type Webhooks } from "./webhooks.ts";

export interface Setup {
  readonly stage: Omit<Stage, "signal">;
  /** From now on the plan's times count. */
  begin(): void;
  /** All faults end. What hangs goes on. */
  endFaults(): void;
  /** Stops everything; returns what was not clean. The folder stays if it is to be kept. */
  stop(options: { readonly keep: boolean }): Promise<readonly string[]>;
}

const DAY_MS = 86_400_000;
const SINCE_DAYS_AGO = 7;
/** Eight retries span 90 s instead of four hours: longer than anything here is away. */
const SHOP_TIME_FACTOR = 160;
const RESTART_AFTER_MS = 500;
/** Megabytes of the database's disk. */
const DISK_LEAST = 24;
const DISK_PER_ORDER = 0.12;
/** The one that has a proxy in front, and whose poller looks every few milliseconds; the other takes files at once. */
const PROXIED = "fournial";
const POLLS_EVERY_MS = 15;
/** Milliseconds until an answer: at once, before the dispatcher looks again after a lost reply, or after it. */
const REACTIONS_MS: readonly (readonly [number, number])[] = [
  [0, 0],
  [50, 600],
  [4_000, 8_000],
  [4_000, 8_000],
];

/** As it is counted. */
export const serverFault = (kind: StrikeKind): string => `server ${kind}`;

/** Throws NotStarted; what was started by then is stopped. */
export async function setUp(input: {
  readonly options: ChaosOptions;
  readonly plan: Plan;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}): Promise<Setup> {
  const { options, plan, say, signal } = input;
  let startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  const tape = createTape({ elapsed, say });
  const gate = createGate();
  const ledger = openLedger();
  let webhooks: Webhooks | undefined;
  const proxies = new Map<string, FaultProxy>();
  const closeProxies = async (): Promise<void> => void (await Promise.all([...proxies.values()].map((proxy) => proxy.stop())));
  let keep = options.keep;
  let disk: SmallDisk | undefined;
  let world: World | undefined;
  let stopped = false;

  /** With a full disk it may end by itself, at a start above all: a restart policy starts it again. */
  const excuses = (name: string): boolean => {
    if (name !== "dispatcher" || disk?.wasFull() !== true) {
      return false;
    }
    tape.count("dispatcher ended by itself with its disk full");
    setTimeout(() => (stopped ? undefined : world?.services.dispatcher.start()), RESTART_AFTER_MS).unref();
    return true;
  };

  try {
    world = await startWorld({
      name: "chaos",
      since: Math.floor(Date.now() / DAY_MS - SINCE_DAYS_AGO) * DAY_MS,
      easyPorts: false,
      keep: () => keep,
      signal,
      script: (id) => supplierScript(id, options.seed),
      configure: (yaml) => shortTimes(yaml, options.transport),
      kind: options.transport,
      timeFactor: SHOP_TIME_FACTOR,
      pass: gate.pass,
      onLogLine: (line) => follow(line, { webhooks, tape }),
      openStorage(folder) {
        const megabytes = Math.ceil(DISK_LEAST + options.orders * DISK_PER_ORDER);
        disk = openSmallDisk({ at: folder, megabytes, keep: () => keep });
        return disk;
      },
      async intercept(id, to) {
        if (id === PROXIED) {
          proxies.set(id, await startFaultProxy({ to }));
        }
        return proxies.get(id)?.port ?? to.port;
      },
      excuses,
    });
  } catch (error) {
    await closeProxies();
    throw error;
  }
  const open = world;
  if (disk === undefined) {
    throw new Error("the world was started without its storage");
  }

  const faults = new Map<string, SupplierFaults>();
  for (const { id, simulated } of PARTNERS) {
    const own = createSupplierFaults({
      strikes: plan.strikes.filter(({ supplier }) => supplier === id),
      ordersFolder: simulated.orders.folder,
      elapsed,
      hasHappened: (kind) => serverFault(kind) in tape.counts(),
      onStrike: (strike) => tape.count(serverFault(strike.kind)),
    });
    faults.set(id, own);
    open.suppliers
      .find((one) => one.id === id)
      ?.supplier.server.setFault(options.transport === "sftp" ? asSftp(own.hook) : own.hook);
  }
  const queues = openQueues(open.redisUrl, [...faults.keys()]);
  const locks = { dispatcher: createLock(), ingest: createLock(), redis: createLock(), disk: createLock() };
  webhooks = createWebhooks({ deliver: open.shop.deliver, ledger });
  // On the other disk, which is never full.
  const database = openDatabaseFiles({ file: open.database, backups: join(open.folder, "backups") });

  return {
    stage: { world: open, faults, proxies, disk, database, gate, queues, ledger, webhooks, locks, tape, elapsed },
    begin: () => void (startedAt = performance.now()),
    endFaults() {
      faults.forEach((one) => one.end());
      open.suppliers.forEach(({ supplier }) => supplier.server.releaseHanging());
    },
    async stop(how) {
      keep = how.keep;
      stopped = true;
      queues.close();
      const problems = await open.stop();
      await closeProxies();
      return problems;
    },
  };
}

/** What the dispatcher's log says that matters to a run. */
function follow(line: string, { webhooks, tape }: { readonly webhooks: Webhooks | undefined; readonly tape: Tape }): void {
  const event = readLogLine(line);
  if (event?.event === "webhook.taken_in") {
    webhooks?.takenIn(event.topic, event.webhookId);
  } else if (event?.event === "alert" && event.alert === "database.restored") {
    tape.note(`the dispatcher alerts: ${event.message}`);
  }
}

/** Both take a file as soon as it has its final name, one in the very instant; both accept everything, soon. */
function supplierScript(id: string, seed: string): SupplierScript {
  const random = createRandom(`${seed} ${id} answers`);
  return {
    takes: id === PROXIED ? { everyMs: POLLS_EVERY_MS } : "on rename",
    reactionMs: () => random.between(...random.pick(REACTIONS_MS)),
  };
}
