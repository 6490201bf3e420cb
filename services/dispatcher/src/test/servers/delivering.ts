// The dispatcher with its first supplier on a real server: a world whose purchase order goes there, killed and started
// again at will.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RealServer } from "@soh/simulators/servers";
import type { HandlerConfig } from "../../config/load.ts";
import type { Step } from "../../deliveries/ports.ts";
import { connectTransport } from "../../transports/registry.ts";
import type { SupplierSession } from "../../transports/transport.ts";
import { orderBody } from "../payload.ts";
import { createWorld, type Process, type World } from "../world.ts";
import { transportFor, withTransport } from "./access.ts";
import type { Line } from "./line.ts";

/** The name that config/handler.yaml gives to what is sent for the order of orderBody(). */
export const FILE = "CDE_SE1001-1_1.xml";

const TEMPORARY = "temporary: { suffix: .tmp }";

export interface Delivering {
  readonly world: World;
  /** Of the process that runs. */
  process(): Process;
  /** The folder of orders on this machine. */
  readonly folder: string;
  files(): readonly string[];
  read(name: string): string;
  /** All that stands at the supplier: by path, such as "IN/name", its bytes as latin1. */
  everything(): Readonly<Record<string, string>>;
  /** Kills the process that runs, at this step of its first delivery. */
  killAt(step: Step): Promise<void>;
  /** Starts another, after so many milliseconds; `edit` changes the configuration. */
  restart(afterMs: number, edit?: (yaml: string) => string): Promise<void>;
  /** Lets the time pass and delivers what is due. The kinds of their outcomes. */
  run(afterMs?: number): Promise<readonly string[]>;
  /** What the claim wrote: its paths on this machine, its bytes. */
  attempt(): Promise<{ readonly temporary: string; readonly final: string; readonly size: number }>;
  document(): Promise<Uint8Array>;
  /** Undefined: it has none. */
  deliveryNote(): Promise<Uint8Array | undefined>;
}

export interface DeliveringOptions {
  /** The folder of orders at the supplier; /IN unless given. */
  readonly orders?: string;
  /** Keys of that folder, instead of `temporary: { suffix: .tmp }`. */
  readonly keys?: string;
  readonly transport?: Readonly<Record<string, unknown>>;
}

/** With one purchase order ready. Everything is ended and cleaned up when `work` has ended. */
export async function deliverTo<T>(
  server: RealServer,
  line: Line,
  options: DeliveringOptions,
  work: (delivering: Delivering) => Promise<T>,
): Promise<T> {
  const { orders = "/IN", keys = TEMPORARY, transport = {} } = options;
  const world = await createWorld();
  const folder = join(server.root, orders);
  const configure = (edit: (yaml: string) => string = (yaml) => yaml): HandlerConfig =>
    world.configure({}, (yaml) =>
      yaml.replace(/^[^]*$/, (text) =>
        edit(withTransport(transportFor(server, line, transport), orders)(text).replace(TEMPORARY, keys)),
      ),
    );
  const sessions = new Set<SupplierSession>();
  const connect: typeof connectTransport = async (settings) => {
    const session = await connectTransport(settings);
    sessions.add(session);
    return session;
  };
  let config = configure();
  let process = await world.start({ config, connect });
  const kill = async (): Promise<void> => {
    await process.stop();
    sessions.forEach((session) => session.close());
    sessions.clear();
  };
  const delivering: Delivering = {
    world,
    process: () => process,
    folder,
    files: () => readdirSync(folder).toSorted(),
    read: (name) => readFileSync(join(folder, name), "utf8"),
    everything: () =>
      Object.fromEntries(
        foldersOf(server).flatMap((name) =>
          readdirSync(join(server.root, name)).map((file) => [
            `${name}/${file}`,
            readFileSync(join(server.root, name, file), "latin1"),
          ]),
        ),
      ),
    async killAt(step) {
      await kill();
      const { promise: reached, resolve } = Promise.withResolvers<void>();
      const at = (now: Step): Promise<void> => {
        if (now !== step) {
          return Promise.resolve();
        }
        resolve();
        return new Promise<void>(() => {});
      };
      process = await world.start({ config, connect, at });
      const [due] = await process.features.sweep(10);
      if (due === undefined) {
        throw new Error("nothing is due");
      }
      const ended = process.features.deliver(due).then((outcome) => {
        throw new Error(`it ended with ${JSON.stringify(outcome)} before '${step}'`);
      });
      await Promise.race([reached, ended]);
      await kill();
    },
    async restart(afterMs, edit) {
      world.clock.advance(afterMs);
      config = configure(edit);
      process = await world.start({ config, connect });
    },
    async run(afterMs = 0) {
      world.clock.advance(afterMs);
      return (await process.run()).map((outcome) => outcome.kind);
    },
    async attempt() {
      const row = await process.database.db
        .selectFrom("attempts")
        .selectAll()
        .orderBy("number", "desc")
        .executeTakeFirstOrThrow();
      return { temporary: join(server.root, row.temporary_path), final: join(server.root, row.final_path), size: row.size };
    },
    async document() {
      return (await process.database.db.selectFrom("documents").select("bytes").executeTakeFirstOrThrow()).bytes;
    },
    async deliveryNote() {
      return (await process.database.db.selectFrom("companion_documents").select("bytes").executeTakeFirst())?.bytes;
    },
  };
  try {
    await process.webhook("orders/paid", orderBody());
    return await work(delivering);
  } finally {
    await kill();
    await world.stop();
    for (const name of foldersOf(server)) {
      readdirSync(join(server.root, name)).forEach((file) => rmSync(join(server.root, name, file), { recursive: true }));
    }
  }
}

const foldersOf = ({ root }: RealServer): readonly string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
