// `soh suppliers kit`: a folder to send to the supplier's engineer. The same configuration and date give the same bytes. No
// user and no password is in it.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import type { HandlerConfig } from "../../config/load.ts";
import type { SupplierItem } from "../../domain/catalogue/catalogue.ts";
import { purchaseOrderNumber } from "../../domain/purchase-order/numbering.ts";
import { configFile, readConfiguration } from "../configuration.ts";
import { CommandFailure, EXIT } from "../failure.ts";
import type { ComposeOffline, Offline, WriteInput } from "../offline.ts";
import { blocks, table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { knownSupplier, whichConfig } from "../trial.ts";
import { answerExamples } from "./own-answers.ts";
import { ANSWERED_SAMPLE, samples, type Sample } from "./samples.ts";
import { readme, testPlan, type KitFile, type KitTexts } from "./texts.ts";

type Supplier = HandlerConfig["suppliers"][number];

interface Kit {
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly held: KitTexts["held"];
}

/** The purchase order that every format's examples answer. */
const ANSWERED = "SE1001-1";

export function kitCommand(input: {
  readonly suppliers: Command;
  readonly terminal: Terminal;
  readonly compose: ComposeOffline;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
}): void {
  const { suppliers, terminal } = input;
  input
    .describe(
      suppliers.command("kit <supplier>"),
      "Makes a folder to send to the supplier's engineer: how it works, samples, expected answers, folders, a test plan.\nIt holds no user and no password. Needs no dispatcher.",
      "suppliers kit agriest --out agriest-kit",
    )
    .option("--out <folder>", "a folder that is empty or not there yet (default: <supplier>-kit)")
    .option("--date <day>", "the day that stands in it, such as 2027-01-10 (default: today)", day)
    .addOption(whichConfig())
    .action(async (id: string, options: { out?: string; date?: string; config?: string }) => {
      const config = readConfiguration(terminal, configFile(terminal, options.config));
      const supplier = knownSupplier(config, id);
      const folder = options.out ?? `${id}-kit`;
      const date = options.date ?? new Date().toISOString().slice(0, 10);
      const kit = makeKit({ config, supplier, tools: await input.compose(config), date });
      writeFolder(folder, kit.files);
      const files = [...kit.files].map(([path, content]) => ({ path, bytes: Buffer.byteLength(content) }));
      input.print({ supplier: id, folder, files, held: kit.held.map(({ en, reason }) => ({ order: en, reason })) }, (answer) =>
        blocks(
          `${answer.folder}, for ${supplier.name}:`,
          table(answer.files, [
            { title: "file", cell: (one) => one.path },
            { title: "bytes", cell: (one) => one.bytes },
          ]),
          answer.held.length === 0
            ? ""
            : table(answer.held, [
                { title: "no document for", cell: (one) => one.order },
                { title: "why", cell: (one) => one.reason },
              ]),
        ),
      );
    });
}

function makeKit(given: {
  readonly config: HandlerConfig;
  readonly supplier: Supplier;
  readonly tools: Offline;
  readonly date: string;
}): Kit {
  const { config, supplier, tools, date } = given;
  const format = tools.format(supplier.id);
  const at = Date.parse(`${date}T09:00:00Z`);
  const all = samples({
    shop: config.shops[0] ?? "",
    shippingMethod: Object.keys(supplier.shipping.codes)[0] ?? "Standard",
    at,
  }).filter(({ purpose }) => purpose === "original" || format.says[purpose]);
  const files = new Map<string, string | Uint8Array>();
  const listed: KitFile[] = [];
  const held: { en: string; fr: string; reason: string }[] = [];
  const input = (sample: Sample, test: boolean): WriteInput => ({
    order: { ...sample.order, test },
    supplier: supplier.id,
    number: numberOf(supplier, sample.order.orderNumber, all),
    version: sample.version,
    purpose: sample.purpose,
    issuedAt: at,
    lines: sample.order.lines.map((line, index) => ({ number: index + 1, lineId: line.id, units: line.quantity })),
    ...(supplier.wishes.price === "cost" ? { items: pricedItems(sample), currency: "EUR" } : {}),
  });
  const written = (sample: Sample, test: boolean) => tools.write(input(sample, test));
  /** A template need not say that it is a test. */
  const isMarked = (sample: Sample): boolean => {
    const [marked, plain] = [written(sample, true), written(sample, false)];
    return marked.ok && plain.ok && !Buffer.from(marked.bytes).equals(plain.bytes);
  };
  for (const sample of all) {
    const document = written(sample, true);
    if (!document.ok) {
      held.push({ en: sample.en, fr: sample.fr, reason: document.reason });
      continue;
    }
    const path = `samples/${document.fileName}`;
    files.set(path, document.bytes);
    listed.push({ path, en: sample.en, fr: sample.fr });
  }
  const together = supplier.batch === null ? [] : all.filter((one) => one.purpose === "original" && written(one, true).ok);
  const [first, ...others] = together.slice(0, supplier.batch?.most).map((sample) => input(sample, true));
  const file = first === undefined || others.length === 0 ? undefined : tools.write(first, ...others);
  if (file?.ok === true) {
    const path = `samples/several-in-one-file/${file.fileName}`;
    files.set(path, file.bytes);
    listed.push({ path, en: "Several purchase orders in one file", fr: "Plusieurs commandes dans un fichier" });
  }
  if (listed.length === 0) {
    throw new CommandFailure(EXIT.refused, `no purchase order to ${supplier.name} can be written: ${held[0]?.reason ?? ""}`);
  }
  const answers = expectedAnswers({
    supplier,
    tools,
    number: numberOf(supplier, all[ANSWERED_SAMPLE]?.order.orderNumber ?? "", all),
    skus: all[ANSWERED_SAMPLE]?.order.lines.map(({ sku }) => sku ?? "") ?? [],
  });
  const texts = {
    buyer: config.buyer.name,
    supplier,
    format,
    date,
    samples: listed,
    answers: answers.map(({ file }) => file),
    held,
    marked: all.some(isMarked),
  };
  return {
    held,
    files: new Map<string, string | Uint8Array>([
      ["README.md", readme(texts)],
      ["TEST-PLAN.md", testPlan(texts)],
      // Its links into this project lead nowhere from there.
      ...(format.explanation === null
        ? []
        : [["FORMAT.md", format.explanation.replaceAll(/\[([^\]]+)\]\(\.[^)]*\)/g, "$1")] as const]),
      ...(format.definition === null ? [] : [[`schema/${format.definition.name}`, format.definition.bytes] as const]),
      ...files,
      ...answers.map(({ file, bytes }) => [file.path, bytes] as const),
    ]),
  };
}

/** Throws CommandFailure where the supplier's pattern gives none. */
function numberOf(supplier: Supplier, order: string, all: readonly Sample[]): string {
  // A pattern without {order} tells purchase orders apart by {n} alone.
  const orders = [...new Set(all.map((one) => one.order.orderNumber))];
  const n = supplier.number.pattern.includes("{order}") ? 1 : orders.indexOf(order) + 1;
  const result = purchaseOrderNumber(supplier.number, { order, n });
  if ("problem" in result) {
    throw new CommandFailure(EXIT.refused, `suppliers.${supplier.id}.number: ${result.problem}`);
  }
  return result.number;
}

const pricedItems = ({ order }: Sample): ReadonlyMap<string, SupplierItem> =>
  new Map(
    order.lines.map((line) => [
      line.id,
      {
        supplierSku: line.sku ?? "",
        unit: "C62",
        packSize: 1,
        quantity: line.quantity,
        unitCost: "12.50",
        gtin: null,
        mpn: null,
        hazard: null,
      },
    ]),
  );

/** The format's example answers, or those in the supplier's own form, to the second sample, under names that are read. */
function expectedAnswers(input: {
  readonly supplier: Supplier;
  readonly tools: Offline;
  readonly number: string;
  readonly skus: readonly string[];
}): { readonly file: KitFile; readonly bytes: Uint8Array }[] {
  const { supplier, number, skus } = input;
  const format = input.tools.format(supplier.id);
  const { acknowledgements } = supplier;
  if (acknowledgements === null) {
    return [];
  }
  const own = supplier.document.answers;
  const examples = own === null ? format.examples : answerExamples(own, { number: ANSWERED, skus });
  return examples.flatMap(({ name, bytes }) => {
    // Whatever the encoding, both numbers are letters, digits and signs of ASCII.
    const renumbered = Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(ANSWERED, number), "latin1");
    const read = format.reads(renumbered);
    const says = /^acknowledgement-(.+?)\.[^.]*$/.exec(name)?.[1];
    if (says === undefined || !read.ok || read.message.kind !== "acknowledgement") {
      return [];
    }
    const path = `answers/${matching(acknowledgements.match, `${number}_${says}`)}`;
    const fr = `Répond au deuxième exemple : ${inFrench[says] ?? says}`;
    return [{ file: { path, en: `Answers the second sample: ${says}`, fr }, bytes: renumbered }];
  });
}

const inFrench: Readonly<Record<string, string>> = {
  received: "reçue",
  accepted: "acceptée",
  changed: "modifiée",
  rejected: "refusée",
};

/** A file name that the glob matches. */
function matching(glob: string, name: string): string {
  const [start, ...rest] = glob.split("*");
  return `${start ?? ""}${rest.length === 0 ? "" : name}${rest.join("")}`.replaceAll("?", "1");
}

function writeFolder(folder: string, files: Kit["files"]): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0) {
      throw new CommandFailure(EXIT.refused, `${folder} is not empty: give another folder with --out`);
    }
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { flag: "wx" });
    }
  } catch (error) {
    if (error instanceof CommandFailure) {
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT.refused, `${folder} cannot be written: ${reason}`, { cause: error });
  }
}

function day(text: string): string {
  const time = Date.parse(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) {
    throw new InvalidArgumentError("expected a day such as 2027-01-10");
  }
  return text;
}
