// `soh classify` and `soh render`: what the dispatcher would make of one order, from files alone.
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { InvalidArgumentError, Option, type Command } from "commander";
import { readWholeFile } from "../catalogue/catalogue.ts";
import type { HandlerConfig } from "../config/load.ts";
import type { CatalogueEntry } from "../domain/catalogue/catalogue.ts";
import type { Order } from "../domain/order/order.ts";
import { configFile, readConfiguration } from "./configuration.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import type { ComposeOffline, Offline, Trial } from "./offline.ts";
import { blocks, facts, show, table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const purposes = ["original", "replacement", "change", "cancellation"] as const;
type Purpose = (typeof purposes)[number];

export interface OfflineOptions {
  readonly config?: string;
  readonly catalogue?: readonly Catalogue[];
}

interface Catalogue {
  readonly supplier: string;
  readonly file: string;
}

interface RenderOptions extends OfflineOptions {
  readonly supplier: string;
  readonly version: number;
  readonly purpose: Purpose;
  readonly date: number;
  readonly out?: string;
  readonly force?: true;
}

export function trials(input: {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly compose: ComposeOffline;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
  readonly counting: (text: string) => number;
}): void {
  const { program, terminal, describe } = input;
  const open = async (file: string, { config, catalogue = [] }: OfflineOptions): Promise<Opened> => {
    const configuration = readConfiguration(terminal, configFile(terminal, config));
    const tools = await input.compose(configuration, await readCatalogues(configuration, catalogue));
    return { configuration, tools, order: readOrderFile(file, tools) };
  };

  describe(
    program.command("classify <order-file>"),
    "Shows which supplier would ship which line of an order, by which rule, and what would hold it.\nThe file holds an order as Shopify's webhooks and Admin REST API send it. Needs no dispatcher, and sends nothing.",
    "classify docs/formats/order.json",
  )
    .addOption(whichCatalogues())
    .addOption(whichConfig())
    .action(async (file: string, options: OfflineOptions) => {
      const { tools, order } = await open(file, options);
      const trial = tools.tryOrder(order, { version: 1, purpose: "original", issuedAt: Date.now() });
      input.print(answerOf(order, trial), classifiedView);
    });

  describe(
    program.command("render <order-file>"),
    "Writes the document that a supplier would get for an order to stdout, byte for byte and nothing else.\nThe file holds an order as Shopify's webhooks and Admin REST API send it. Needs no dispatcher, and sends nothing.",
    "render docs/formats/order.json --supplier agriest",
  )
    .requiredOption("--supplier <id>", "whose document")
    .option("--version <n>", "the document's version", input.counting, 1)
    .addOption(new Option("--purpose <purpose>", "what it is").choices(purposes).default("original"))
    .option("--date <time>", "when it is issued, such as 2027-01-10T12:00:00Z (default: now)", instant)
    .option("--out <file>", "into this file instead of stdout")
    .option("--force", "overwrite that file")
    .addOption(whichCatalogues())
    .addOption(whichConfig())
    .action(async (file: string, options: RenderOptions) => {
      const opened = await open(file, options);
      const bytes = documentOf(opened, options, terminal);
      if (options.out === undefined) {
        terminal.out(bytes);
        return;
      }
      save(options.out, bytes, options.force === true);
      terminal.err(`${bytes.byteLength} bytes in ${options.out}\n`);
    });
}

interface Opened {
  readonly configuration: HandlerConfig;
  readonly tools: Offline;
  readonly order: Order;
}

export const whichConfig = (): Option =>
  new Option("--config <file>", "the configuration (default: SOH_CONFIG, else ./config/handler.yaml)");

export const whichCatalogues = (): Option =>
  new Option(
    "--catalogue <supplier=file>",
    "a supplier's catalogue as CSV (UTF-8), as `soh catalogue export` writes it; repeatable",
  )
    .default([], "none")
    .argParser((text: string, before: readonly Catalogue[]): readonly Catalogue[] => {
      const at = text.indexOf("=");
      if (at < 1 || at === text.length - 1) {
        throw new InvalidArgumentError("expected SUPPLIER=FILE, such as agriest=agriest.csv");
      }
      return [...before, { supplier: text.slice(0, at), file: text.slice(at + 1) }];
    });

/** Throws CommandFailure for a supplier that is not configured, and for a file that cannot be read, naming its row. */
export async function readCatalogues(
  configuration: HandlerConfig,
  named: readonly Catalogue[],
): Promise<ReadonlyMap<string, readonly CatalogueEntry[]>> {
  const catalogues = new Map<string, readonly CatalogueEntry[]>();
  for (const { supplier, file } of named) {
    const { id } = knownSupplier(configuration, supplier);
    try {
      catalogues.set(id, await readWholeFile(createReadStream(file), { encoding: "utf-8" }));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CommandFailure(EXIT.refused, `${file} cannot be read: ${reason}`, { cause: error });
    }
  }
  return catalogues;
}

/** Throws CommandFailure for a supplier that is not configured. */
export function knownSupplier(configuration: HandlerConfig, id: string): HandlerConfig["suppliers"][number] {
  const supplier = configuration.suppliers.find((one) => one.id === id);
  if (supplier === undefined) {
    const known = configuration.suppliers.map((one) => one.id).join(", ");
    throw new CommandFailure(EXIT.refused, `there is no supplier "${id}" in the configuration. There are: ${known}`);
  }
  return supplier;
}

/** Throws CommandFailure, naming the file and what is wrong with it. */
export function readOrderFile(file: string, tools: Offline): Order {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailure(EXIT.refused, `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const read = tools.readOrder(text);
  if (!read.ok) {
    throw new CommandFailure(
      EXIT.refused,
      `${file}: ${read.reason}. Expected an order as Shopify's orders/create webhook sends it.`,
    );
  }
  return read.order;
}

function documentOf({ configuration, tools, order }: Opened, options: RenderOptions, terminal: Terminal): Uint8Array {
  const { version, purpose } = options;
  const supplier = knownSupplier(configuration, options.supplier);
  const { name: format, says } = tools.format(supplier.id);
  if (purpose !== "original" && !says[purpose]) {
    throw new CommandFailure(
      EXIT.refused,
      `${supplier.name} reads ${format}, which has no ${purpose}: a person must tell the supplier.`,
    );
  }
  const trial = tools.tryOrder(order, { version, purpose, issuedAt: options.date ?? Date.now() });
  for (const note of trial.notes) {
    terminal.err(`${note}\n`);
  }
  const po = trial.purchaseOrders.find((one) => one.supplier === supplier.id);
  if (po === undefined) {
    const lines = trial.lines.map((line) => `${line.sku ?? line.title}: ${line.supplier ?? line.decision} (${line.reason})`);
    throw new CommandFailure(
      EXIT.refused,
      `order ${order.name} gives ${supplier.name} nothing to ship. Its lines:\n${lines.map((line) => `  ${show(line)}`).join("\n")}`,
    );
  }
  if (!po.document.ok) {
    const what = po.document.held ? "would be held" : "would fail";
    throw new CommandFailure(
      EXIT.refused,
      `order ${order.name}: the purchase order to ${supplier.name} has no document and ${what}: ${po.document.reason}`,
    );
  }
  for (const hold of po.holds) {
    terminal.err(`It would be held (${hold.name}): ${show(hold.reason)}\n`);
  }
  for (const note of po.document.notes) {
    terminal.err(`In the document: ${show(note)}\n`);
  }
  return po.document.bytes;
}

function save(file: string, bytes: Uint8Array, force: boolean): void {
  try {
    writeFileSync(file, bytes, { flag: force ? "w" : "wx" });
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(
      EXIT.refused,
      exists ? `${file} is there already: give another name, or --force` : `${file} cannot be written: ${reason}`,
      { cause: error },
    );
  }
}

const answerOf = (order: Order, trial: Trial) => ({
  order: order.name,
  total: order.total,
  financialStatus: order.financialStatus,
  notes: trial.notes,
  lines: trial.lines,
  purchaseOrders: trial.purchaseOrders.map(({ supplier, number, holds, document }) => ({
    supplier,
    number,
    holds,
    problem: document.ok || document.held ? null : document.reason,
  })),
});

const classifiedView = (answer: ReturnType<typeof answerOf>): string =>
  blocks(
    facts([
      ["Order", answer.order],
      ["Total", `${answer.total.amount} ${answer.total.currency}`],
      ["Payment", answer.financialStatus],
      ...answer.notes.map((note): [string, string] => ["Note", note]),
    ]),
    answer.lines.length === 0
      ? "It has no lines."
      : table(answer.lines, [
          { title: "sku", cell: (line) => line.sku },
          { title: "line", cell: (line) => line.title },
          { title: "units", cell: (line) => line.units },
          { title: "supplier", cell: (line) => line.supplier ?? line.decision },
          { title: "why", cell: (line) => line.reason },
        ]),
    answer.purchaseOrders.length === 0
      ? "No supplier gets a purchase order."
      : table(
          answer.purchaseOrders.flatMap(({ supplier, number, holds, problem }) => {
            const waits = [
              ...holds.map((hold) => ({ state: "held", why: `${hold.name}: ${hold.reason}` })),
              ...(problem === null ? [] : [{ state: "failed", why: problem }]),
            ];
            const rows = waits.length > 0 ? waits : [{ state: "ready", why: "" }];
            return rows.map(({ state, why }, index) => ({
              ...(index === 0 ? { supplier, number } : {}),
              state: state === rows[index - 1]?.state ? undefined : state,
              why,
            }));
          }),
          [
            { title: "purchase order", cell: (po) => po.number },
            { title: "supplier", cell: (po) => po.supplier },
            { title: "would be", cell: (po) => po.state },
            { title: "why", cell: (po) => po.why },
          ],
        ),
  );

function instant(text: string): number {
  const time = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) || Number.isNaN(time)) {
    throw new InvalidArgumentError("expected a time such as 2027-01-10T12:00:00Z");
  }
  return time;
}
