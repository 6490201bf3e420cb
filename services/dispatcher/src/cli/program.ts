// The commands, their options and their help.
import { Command, InvalidArgumentError, Option } from "commander";
import { orderStates } from "../domain/order/order.ts";
import { holdNames } from "../domain/plan/hold.ts";
import { purchaseOrderStates } from "../domain/purchase-order/purchase-order.ts";
import { actions } from "./actions.ts";
import { alertCommands } from "./alerts.ts";
import { routes } from "../contract/routes.ts";
import { createClient, type Client } from "./client.ts";
import { catalogue } from "./catalogue.ts";
import { checkConfig } from "./config-check.ts";
import { deadLetters } from "./dead-letters.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { holdCommands } from "./holds.ts";
import { initCommand } from "./init/init.ts";
import { kitCommand } from "./kit/kit.ts";
import type { ComposeOffline } from "./offline.ts";
import { readAnswerCommand } from "./read-answer.ts";
import { checkCommand } from "./supplier-check.ts";
import type { Terminal } from "./terminal.ts";
import { trials, whichConfig } from "./trial.ts";
import * as views from "./views.ts";

const MOST_ROWS = 500;

/** `compose`: what the commands that need no dispatcher work with. */
export function createProgram(terminal: Terminal, compose: ComposeOffline): Command {
  const { lookup } = terminal;
  const client = (): Client => createClient(lookup);
  const program = new Command("soh")
    .description(
      "Shows what a running dispatcher does, and acts on it.\nThe dispatcher is found at SOH_URL (http://127.0.0.1:3001 unless set), with the token SOH_API_TOKEN.",
    )
    .option("--json", "print the answer as JSON, on one line")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError("(--help says more)")
    .exitOverride();

  const print = <T>(answer: T, view: (answer: T) => string): void => {
    terminal.out(program.opts().json === true ? `${JSON.stringify(answer)}\n` : `${view(answer)}\n`);
    if (typeof answer === "object" && answer !== null && "next" in answer && answer.next !== null) {
      terminal.err("There are more: raise --limit, or see the console.\n");
    }
  };

  describe(program.command("status"), "Counts by state, and what needs a person.", "status").action(async () => {
    print(await client().ask(routes.summary), views.statusView);
  });

  const orders = describe(program.command("orders"), "Lists orders, the newest first.", "orders --state historic")
    .addOption(new Option("--state <state>", "only these").choices(orderStates))
    .option("--search <text>", "part of an order's name or a purchase order's number")
    .option("--limit <n>", "most rows", rows, 50)
    .action(async (options: { state?: string; search?: string; limit: number }) => {
      print(await client().ask(routes.orders, { query: options }), views.ordersView);
    });
  describe(orders.command("show <order>"), "Shows one order, by its name, number or id.", "orders show 1001").action(
    async (order: string) => {
      print(await client().ask(routes.order, { params: { id: order } }), views.orderView);
    },
  );

  const purchaseOrders = describe(
    program.command("purchase-orders").alias("pos"),
    "Lists purchase orders, the newest first.",
    "purchase-orders --state held --supplier agriest",
  )
    .addOption(new Option("--state <state>", "only these").choices(purchaseOrderStates))
    .addOption(new Option("--hold <name>", "only those that this hold keeps").choices(holdNames))
    .option("--supplier <id>", "only of this supplier")
    .option("--limit <n>", "most rows", rows, 50)
    .action(async (options: { state?: string; hold?: string; supplier?: string; limit: number }) => {
      print(await client().ask(routes.purchaseOrders, { query: options }), views.purchaseOrdersView);
    });
  describe(
    purchaseOrders.command("show <purchase-order>"),
    "Shows one purchase order, by its number or id, with its attempts and events.",
    "purchase-orders show SE1001-1",
  )
    .addOption(whichSupplier())
    .action(async (po: string, _: unknown, command: Command) => {
      // The list, which has a --supplier too, takes it first.
      const { supplier } = command.optsWithGlobals<{ supplier?: string }>();
      print(await client().ask(routes.purchaseOrder, { params: { id: po }, query: { supplier } }), views.purchaseOrderView);
    });

  describe(
    program.command("document <purchase-order>"),
    "Writes a purchase order's document to stdout, byte for byte and nothing else.",
    "document SE1001-1 > SE1001-1.xml",
  )
    .addOption(whichSupplier())
    .option("--version <n>", "an earlier version instead of the newest", rows)
    .action(async (po: string, options: { supplier?: string; version?: number }) => {
      terminal.out(await client().ask(routes.document, { params: { id: po }, query: options }));
    });

  alertCommands({ program, client, print, describe, rows });
  catalogue({ program, terminal, client, print, describe });
  deadLetters({ program, terminal, client, print, describe, rows });
  holdCommands({ program, client, print, describe, whichSupplier });
  actions({ program, terminal, client, print, describe, whichSupplier });

  trials({ program, terminal, compose, print, describe, counting: rows });

  initCommand({ program, terminal, print, describe });

  const suppliers = program.command("suppliers").description("About the suppliers of the configuration; needs no dispatcher.");
  const isJson = (): boolean => program.opts().json === true;
  kitCommand({ suppliers, terminal, compose, print, describe });
  readAnswerCommand({ suppliers, terminal, compose, print, describe });
  checkCommand({ suppliers, terminal, compose, isJson, describe });

  const config = program.command("config").description("About the configuration file; needs no dispatcher.");
  describe(
    config.command("check [file]"),
    "Reads the configuration as the dispatcher would, with this environment, and says what is wrong with it.",
    "config check config/handler.yaml",
  )
    .addOption(whichConfig())
    .option("--online", "try every supplier's server, too, as `soh suppliers check` does")
    .action(async (given: string | undefined, options: { config?: string; online?: boolean }) => {
      if (given !== undefined && options.config !== undefined && given !== options.config) {
        throw new CommandFailure(EXIT.usage, `two files, ${given} and ${options.config}: give one`);
      }
      await checkConfig({
        terminal,
        file: given ?? options.config,
        json: isJson(),
        online: options.online === true ? compose : null,
      });
    });
  return program;
}

const describe = (command: Command, what: string, example: string): Command =>
  command
    .summary(what.split(/\.(?:\s|$)|\n/, 1)[0] ?? what)
    .description(what)
    .addHelpText("after", `\nExample:\n  npm run soh -- ${example}`);

const whichSupplier = (): Option => new Option("--supplier <id>", "where several suppliers have that number");

function rows(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MOST_ROWS) {
    throw new InvalidArgumentError(`expected a number from 1 to ${MOST_ROWS}`);
  }
  return value;
}
