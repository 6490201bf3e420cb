// Hostile files through the real poll, inbox and formats, on a real database. Each case puts one file into a supplier's
// folder; now and then all folders are polled. What waits there (it may be half written) is met again by the next poll.
import { createHash } from "node:crypto";
import { caseRandom, hostileFile, type CaseTarget, type CaseWatch } from "@soh/simulators/fuzz";
import type { ConfiguredSupplier } from "../../config/load.ts";
import { lacourCsv } from "../../documents/formats/template/test/lacour.ts";
import { formatNames } from "../../documents/registry.ts";
import { rule } from "../../domain/test/rule.ts";
import { NotSent, OutcomeUnknown, Refused } from "../../domain/delivery/failure.ts";
import type { Features } from "../../features.ts";
import type { FileNews } from "../../inbound/poll.ts";
import { createFuzzedFolder, type FuzzedFile, type FuzzedFolder, type Trouble } from "./folder.ts";
import { seedPurchaseOrders } from "./purchase-orders.ts";
import { acknowledgementExamples, ANSWERED } from "./samples.ts";
import { handlerConfig, openFuzzWorld } from "./world.ts";

const PART = "files";
const POLL_EVERY_CASES = 10;
/** More than the patience with a file that cannot be read. */
const BETWEEN_POLLS_MS = 61_000;
/** Polls after which every file must be out of the way, whatever its server refuses now and then. */
const MOST_POLLS = 40;

interface Supplier {
  readonly id: string;
  readonly match: string;
  readonly examples: readonly string[];
  readonly folder: FuzzedFolder;
  /** The files in its folder, by name, and of which case they are. */
  readonly cases: Map<string, { readonly index: number; readonly how: string; readonly hash: string; counted: boolean }>;
  /** Names that were told of by the last poll: until the next one has seen that they are gone, they would not be told of again. */
  readonly told: Set<string>;
}

/** `poll` takes the place of the real one, to show that a broken one is found out. */
export async function createFilesTarget(
  seed: string,
  watch: CaseWatch,
  poll?: (folder: FuzzedFolder, supplier: string) => ReturnType<Features["look"]>,
): Promise<CaseTarget> {
  let troubles = caseRandom(seed, "troubles", 0);
  const trouble = (command: string): Trouble => {
    if (!troubles.chance(0.01)) {
      return undefined;
    }
    return command === "read"
      ? troubles.pick(["absent", "unreadable", "not sent"])
      : command === "size"
        ? troubles.pick(["unsupported", "not sent"])
        : "refused";
  };

  const suppliers = new Map<string, Supplier>();
  const configured = configuredSuppliers();
  for (const {
    id,
    document: { format },
    acknowledgements,
  } of configured) {
    const cases: Supplier["cases"] = new Map();
    const folder = createFuzzedFolder({
      folder: acknowledgements?.folder ?? "/",
      trouble,
      onRead(name) {
        const one = cases.get(name);
        if (one !== undefined) {
          current = one;
          watch.begin(one.index, one.how);
        }
      },
    });
    const examples = [...acknowledgementExamples(format).values()];
    suppliers.set(id, { id, match: acknowledgements?.match ?? "*", examples, folder, cases, told: new Set() });
  }
  const supplierOf = (id: string): Supplier => suppliers.get(id) ?? fail(`no supplier ${id}`);
  const ids = [...suppliers.keys()];

  let news: FileNews[] = [];
  /** The one that was read last. */
  let current: { readonly index: number; readonly how: string } | undefined;
  const blamed = (): { readonly index: number | undefined; readonly how: string } => current ?? { index: undefined, how: "" };
  const world = await openFuzzWorld({
    config: { ...handlerConfig(), suppliers: configured },
    connect: ({ host }) => Promise.resolve(supplierOf(host).folder.session),
    onFile: (one) => news.push(one),
  });
  const purchaseOrders = await seedPurchaseOrders(world, ids);

  const fileOf = (index: number): { readonly supplier: Supplier; readonly file: FuzzedFile; readonly how: string } => {
    const random = caseRandom(seed, PART, index);
    const supplier = supplierOf(ids[index % ids.length] ?? "");
    const number = random.chance(0.95) ? random.pick(purchaseOrders.numbersOf(supplier.id)) : ANSWERED;
    const sample = random.pick(supplier.examples).replaceAll(ANSWERED, number);
    const { how, ...file } = hostileFile(random, { sample, match: supplier.match });
    return { supplier, file, how };
  };

  const look = async (supplier: Supplier): Promise<void> => {
    const { folder, cases } = supplier;
    current = undefined;
    news = [];
    supplier.told.clear();
    world.clock.advance(BETWEEN_POLLS_MS);
    try {
      await (poll ? poll(folder, supplier.id) : world.features.look(supplier.id));
    } catch (error) {
      // What a poll may throw; anything else is a bug.
      if (!(error instanceof NotSent || error instanceof Refused || error instanceof OutcomeUnknown)) {
        watch.crash({
          ...blamed(),
          what: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    }
    for (const path of folder.outside()) {
      const [, one] = [...cases].find(([name]) => path.includes(name)) ?? [];
      watch.violation({
        index: one?.index,
        how: one?.how ?? "",
        what: `the poll touched ${JSON.stringify(path)}, outside the folder`,
      });
    }
    await judge(supplier);
    folder.clean();
    for (const name of cases.keys()) {
      if (!folder.has(name)) {
        cases.delete(name);
      }
    }
  };

  /** What became of the files: by the news of them, and by what is gone without any. */
  const judge = async ({ folder, cases, told: toldOf }: Supplier): Promise<void> => {
    const touched = new Set<string>();
    const told = new Set<string>();
    for (const one of news) {
      const name = one.path.slice(one.path.indexOf("/", 1) + 1);
      told.add(name);
      const kind = one.kind === "applied" ? `applied ${one.status}` : one.kind;
      const its = cases.get(name);
      if (one.kind !== "not-put-away" && its?.counted !== true) {
        watch.outcome(kind);
      }
      if (its !== undefined) {
        its.counted = true; // It may take another poll to put it away.
      }
      if (one.kind === "applied" && one.purchaseOrder !== null) {
        touched.add(one.purchaseOrder);
        const objection = await purchaseOrders.objection(one.purchaseOrder);
        if (objection !== undefined) {
          watch.violation({ index: cases.get(name)?.index, how: cases.get(name)?.how ?? "", what: objection });
        }
      } else if (one.kind !== "quarantined") {
        folder.take(name); // Told once; a person sees to it.
        toldOf.add(name);
      }
    }
    for (const [name, { index: own, how: done, hash, counted }] of cases) {
      if (!folder.has(name) && !told.has(name) && !counted) {
        const known = await world.database.db
          .selectFrom("inbound_files")
          .select("id")
          .where("hash", "=", hash)
          .executeTakeFirst();
        watch.outcome("duplicate");
        if (known === undefined) {
          watch.violation({ index: own, how: done, what: "its file is gone, and nothing is known of it" });
        }
      }
    }
    await purchaseOrders.putBack(touched);
    if ((await purchaseOrders.answered()) > 0) {
      const what = "a purchase order was changed by a file that was not applied";
      watch.violation({ ...blamed(), what });
    }
  };

  return {
    async run(index) {
      const { supplier, file, how } = fileOf(index);
      watch.begin(index, how); // Until a poll reads one, it hangs on this one's name.
      troubles = caseRandom(seed, "troubles", index);
      if (supplier.folder.has(file.name)) {
        watch.outcome("replaced");
      } else if (supplier.told.has(file.name)) {
        watch.outcome("told before");
        return;
      }
      supplier.folder.put(file);
      const hash = createHash("sha256").update(file.bytes).digest("hex");
      supplier.cases.set(file.name, { index, how, hash, counted: false });
      if ((index + 1) % POLL_EVERY_CASES === 0) {
        for (const one of suppliers.values()) {
          await look(one);
        }
      }
    },

    async settle() {
      for (const supplier of suppliers.values()) {
        for (let polls = 0; supplier.folder.names().length > 0 && polls < MOST_POLLS; polls++) {
          await look(supplier);
          takeUnmatched(supplier);
        }
        for (const [, { index, how }] of supplier.cases) {
          watch.violation({
            index,
            how,
            what: `${JSON.stringify(supplier.folder.names())} still wait after ${MOST_POLLS} polls`,
          });
        }
        supplier.folder.names().forEach((name) => supplier.folder.take(name));
        supplier.cases.clear();
      }
      // What is kept is not what is looked at here, and would only grow.
      for (const table of ["inbound_files", "events", "stock_movements"] as const) {
        await world.database.db.deleteFrom(table).execute();
      }
    },

    bytesOf: (index) => fileOf(index).file.bytes,
    close: world.close,
  };

  /** Names that the pattern leaves alone. */
  function takeUnmatched({ folder, cases, match }: Supplier): void {
    const [start = "", end = ""] = match.toLowerCase().split("*");
    for (const name of folder.names()) {
      const folded = name.toLowerCase();
      if (folded.length < start.length + end.length || !folded.startsWith(start) || !folded.endsWith(end)) {
        folder.take(name);
        cases.delete(name);
        watch.outcome("not matching");
      }
    }
  }
}

const { template, answers } = lacourCsv;
const templateSettings = { template, answers };

/** Both suppliers of the example once for each format that has answers, each shipping only what has its id as vendor. */
function configuredSuppliers(): ConfiguredSupplier[] {
  return handlerConfig().suppliers.flatMap((supplier) =>
    formatNames
      .filter((format) => acknowledgementExamples(format).size > 0)
      .map((format) => {
        const id = `${supplier.id}-${format}`;
        return {
          ...supplier,
          id,
          transport: { ...supplier.transport, host: id },
          document: { ...supplier.document, format, ...(format === "template" ? templateSettings : {}) },
          rules: [rule({ kind: "vendor", vendors: [id] })],
          require: [],
        };
      }),
  );
}

function fail(message: string): never {
  throw new Error(message);
}
