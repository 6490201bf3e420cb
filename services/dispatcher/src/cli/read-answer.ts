// `soh suppliers read-answer`: what the dispatcher would understand of a supplier's file, from files alone.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Command } from "commander";
import type { HandlerConfig } from "../config/load.ts";
import {
  applyAcknowledgement,
  inPieces,
  inSuppliersUnit,
  type AcknowledgedLine,
  type Acknowledgement,
  type LineQuantities,
} from "../domain/answers/acknowledgement.ts";
import { matchesGlob } from "../domain/rules/glob.ts";
import type { Message } from "../domain/answers/message.ts";
import { configFile, readConfiguration } from "./configuration.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import type { ComposeOffline, TrialPurchaseOrder } from "./offline.ts";
import { blocks, facts, show, table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { knownSupplier, readCatalogues, readOrderFile, whichCatalogues, whichConfig, type OfflineOptions } from "./trial.ts";

interface Options extends OfflineOptions {
  readonly supplier: string;
  readonly against?: string;
}

/** What became of the lines of one order's purchase order, in pieces. */
interface Outcome {
  readonly purchaseOrder: string;
  readonly lines: readonly (LineQuantities & { readonly open: number })[];
}

export function readAnswerCommand(input: {
  readonly suppliers: Command;
  readonly terminal: Terminal;
  readonly compose: ComposeOffline;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
}): void {
  const { suppliers, terminal, print } = input;
  input
    .describe(
      suppliers.command("read-answer <file>"),
      "Shows what a supplier's file says as the dispatcher would read it, or why it cannot be read: then the status is 1.\nNeeds no dispatcher, and changes nothing.",
      "suppliers read-answer AR_SE1042-1.xml --supplier agriest --against docs/formats/order.json",
    )
    .requiredOption("--supplier <id>", "whose file it is")
    .option("--against <order-file>", "an order as Shopify sends it: what the answer would do to the lines of its purchase order")
    .addOption(whichCatalogues())
    .addOption(whichConfig())
    .action(async (file: string, options: Options) => {
      const config = readConfiguration(terminal, configFile(terminal, options.config));
      const supplier = knownSupplier(config, options.supplier);
      const tools = await input.compose(config, await readCatalogues(config, options.catalogue ?? []));
      const bytes = readBytes(file);
      const read = tools.format(supplier.id).reads(bytes);
      if (!read.ok) {
        const reason = `${file}: ${supplier.name}'s answer cannot be read, and would be set aside whole: ${read.reason}`;
        return fail({ ok: false, file, supplier: supplier.id, problem: read.reason }, reason);
      }
      const { message } = read;
      const notes = [...notesOnName(file, supplier), ...notesOnKind(message)];
      const said = { ok: true, file, supplier: supplier.id, notes, message };
      if (options.against === undefined) {
        print(said, (answer) => blocks(...messageView(answer.message), notesView(answer.notes)));
        return;
      }
      const order = readOrderFile(options.against, tools);
      const trial = tools.tryOrder(order, { version: 1, purpose: "original", issuedAt: Date.now() });
      const po = trial.purchaseOrders.find((one) => one.supplier === supplier.id);
      const outcome = outcomeOf(message, { po, order: order.name, supplier: supplier.name });
      if (typeof outcome === "string") {
        return fail({ ...said, ok: false, problem: outcome }, `${file}: it would be set aside whole: ${outcome}`);
      }
      print({ ...said, outcome }, (answer) =>
        blocks(...messageView(answer.message), outcomeView(answer.outcome), notesView([...answer.notes, ...trial.notes])),
      );
    });

  /** Where JSON was asked for, it is there for what failed, too. */
  function fail(answer: object, reason: string): never {
    if (suppliers.optsWithGlobals<{ json?: boolean }>().json === true) {
      print(answer, () => "");
    }
    throw new CommandFailure(EXIT.refused, reason);
  }
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT.refused, `${file} cannot be read: ${reason}`, { cause: error });
  }
}

function notesOnName(file: string, { name, acknowledgements }: HandlerConfig["suppliers"][number]): string[] {
  if (acknowledgements === null) {
    return [`The dispatcher reads no answers of ${name}: it has no folders.acknowledgements.`];
  }
  const { folder, match } = acknowledgements;
  return matchesGlob(basename(file).toLowerCase(), match.toLowerCase())
    ? []
    : [`Under this name it would not be read: in ${folder} the dispatcher takes ${match}.`];
}

const notesOnKind = (message: Message): string[] =>
  message.kind === "acknowledgement"
    ? []
    : [`The folder of acknowledgements is for acknowledgements alone: a ${kindOf(message)} in it would be set aside.`];

/** What contradicts, else the lines after it. */
function outcomeOf(
  message: Message,
  of: { readonly po: TrialPurchaseOrder | undefined; readonly order: string; readonly supplier: string },
): Outcome | string {
  const { po } = of;
  if (message.kind !== "acknowledgement") {
    return `a ${kindOf(message)}, where acknowledgements are expected`;
  }
  const { acknowledgement } = message;
  if (po === undefined || po.number === null) {
    return `order ${of.order} gives ${of.supplier} no purchase order to answer: see soh classify`;
  }
  if (acknowledgement.purchaseOrder.toLowerCase() !== po.number.toLowerCase()) {
    return `it answers purchase order "${acknowledgement.purchaseOrder}", and order ${of.order} makes ${po.number}`;
  }
  const applied = applyAcknowledgement(po.supplied.map(inSuppliersUnit), acknowledgement);
  if (applied.kind === "contradiction") {
    return applied.reason;
  }
  const before = new Map(po.supplied.map((line) => [line.number, line]));
  return {
    purchaseOrder: po.number,
    lines: applied.lines.map((answered) => {
      const own = before.get(answered.number);
      const line = own === undefined ? answered : inPieces(answered, own);
      return { ...line, open: line.ordered - line.confirmed - line.backordered - line.cancelled };
    }),
  };
}

const kindOf = (message: Message): string => message.kind.replace("-", " ");

const notesView = (notes: readonly string[]): string => notes.map((note) => `Note: ${show(note)}`).join("\n");

function messageView(message: Message): string[] {
  switch (message.kind) {
    case "acknowledgement":
      return acknowledgementView(message.acknowledgement);
    case "despatch-advice": {
      const { reference, purchaseOrder, shippedAt, expectedOn, carrier, tracking, lines } = message.despatchAdvice;
      return [
        facts([
          ["Kind", "despatch advice"],
          ["Purchase order", purchaseOrder],
          ["Supplier's number", reference],
          ["Shipped", shippedAt === null ? null : new Date(shippedAt).toISOString()],
          ["Expected", expectedOn],
          ["Carrier", carrier],
          ["Tracking", tracking.map(({ number }) => number).join(", ") || null],
        ]),
        lines.length === 0
          ? "It names no lines: everything that was not shipped before."
          : table(lines, [
              { title: "line", cell: (line) => line.number },
              { title: "sku", cell: (line) => line.supplierSku },
              { title: "shipped", cell: (line) => line.quantity },
              { title: "backordered", cell: (line) => line.backordered },
            ]),
      ];
    }
    case "stock-report": {
      const { reference, asOf, items } = message.stockReport;
      return [
        facts([
          ["Kind", "stock report"],
          ["Supplier's number", reference],
          ["As of", asOf === null ? null : new Date(asOf).toISOString()],
        ]),
        table(items, [
          { title: "sku", cell: (item) => item.supplierSku },
          { title: "gtin", cell: (item) => item.gtin },
          { title: "quantity", cell: (item) => item.quantity },
          { title: "available from", cell: (item) => item.availableFrom },
        ]),
      ];
    }
  }
}

function acknowledgementView(answer: Acknowledgement): string[] {
  return [
    facts([
      ["Kind", "acknowledgement"],
      ["Purchase order", answer.purchaseOrder],
      ["Version", answer.version],
      ["Status", answer.status],
      ["Supplier's number", answer.reference],
      ["Reason", answer.reason],
      ["Other lines", otherLines(answer)],
    ]),
    answer.lines.length === 0
      ? ""
      : table(answer.lines, [
          { title: "line", cell: (line) => line.number },
          { title: "sku", cell: (line) => line.sku ?? null },
          { title: "confirmed", cell: (line) => line.confirmed ?? (line.refused === true ? 0 : "the rest") },
          { title: "backordered", cell: (line) => line.backordered },
          { title: "cancelled", cell: (line: AcknowledgedLine) => (line.refused === true ? "all" : line.cancelled) },
          { title: "promised", cell: (line) => line.promisedOn },
        ]),
  ];
}

const AS_BEFORE = "keep the answer that they had, or stay open";

/** What becomes of the lines that the file does not name: as ../domain/acknowledgement.ts applies it. */
function otherLines({ status, onlyNamed = false }: Acknowledgement): string {
  switch (status) {
    case "received":
      return "nothing changes";
    case "rejected":
      return "cancelled whole";
    case "accepted":
      return onlyNamed ? AS_BEFORE : "confirmed whole";
    case "changed":
      return onlyNamed ? AS_BEFORE : "confirmed whole, unless they had an answer before";
  }
}

const outcomeView = ({ purchaseOrder, lines }: Outcome): string =>
  `${purchaseOrder} afterwards, in pieces:\n${table(lines, [
    { title: "line", cell: (line) => line.number },
    { title: "sku", cell: (line) => line.skus?.[0] ?? null },
    { title: "ordered", cell: (line) => line.ordered },
    { title: "confirmed", cell: (line) => line.confirmed },
    { title: "backordered", cell: (line) => line.backordered },
    { title: "cancelled", cell: (line) => line.cancelled },
    { title: "open", cell: (line) => line.open },
    { title: "promised", cell: (line) => line.promisedOn },
  ])}`;
