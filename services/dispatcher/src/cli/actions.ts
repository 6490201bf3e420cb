// The commands that change something. Who and why is kept in the audit trail.
import { userInfo } from "node:os";
import type { Command, Option } from "commander";
import * as answers from "./answers.ts";
import type { Client } from "./client.ts";
import { query } from "./query.ts";
import { show } from "./table.ts";

interface Options {
  readonly note?: string;
  readonly supplier?: string;
}

export function actions(input: {
  readonly program: Command;
  readonly client: () => Client;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
  readonly whichSupplier: () => Option;
}): void {
  const { program, describe } = input;
  const act = async (path: string, { note, supplier }: Options): Promise<void> => {
    const body = { actor: actor(), ...(note === undefined ? {} : { note }) };
    const answer = await input.client().post(`api/${path}${query({ supplier })}`, body, answers.done);
    input.print(answer, ({ message }) => show(message));
  };
  const ofPurchaseOrder = (name: string) => async (po: string, options: Options) =>
    await act(`purchase-orders/${encodeURIComponent(po)}/${name}`, options);

  describe(
    program.command("release <purchase-order>"),
    "Lifts the holds of a purchase order: it is sent.",
    'release SE1001-1 --note "called the customer: the address is right"',
  )
    .requiredOption("--note <text>", "why")
    .addOption(input.whichSupplier())
    .action(ofPurchaseOrder("release"));

  describe(
    program.command("retry <purchase-order>"),
    "Tries a ready or failed purchase order now, instead of waiting for its next attempt.",
    'retry SE1001-1 --note "their server is back"',
  )
    .option("--note <text>", "why")
    .addOption(input.whichSupplier())
    .action(ofPurchaseOrder("retry"));

  describe(
    program.command("same-again <purchase-order>"),
    "Sends a purchase order whose outcome is unknown a second time: same number, same bytes, under a new file name.\nAsk the supplier first whether it has it.",
    'same-again SE1001-1 --note "Agriest: we have nothing of it"',
  )
    .requiredOption("--note <text>", "who said so")
    .addOption(input.whichSupplier())
    .action(ofPurchaseOrder("same-again"));

  describe(
    program.command("mark-sent <purchase-order>"),
    "Says that the supplier has a purchase order: it is not sent (again).",
    'mark-sent SE1001-1 --note "Agriest confirmed by telephone"',
  )
    .requiredOption("--note <text>", "who said so")
    .addOption(input.whichSupplier())
    .action(ofPurchaseOrder("mark-sent"));

  describe(
    program.command("resume <supplier>"),
    "Ends the pause of a supplier: what waits for it is sent.",
    'resume agriest --note "new password set"',
  )
    .option("--note <text>", "why")
    .action(async (supplier: string, options: Options) => await act(`suppliers/${encodeURIComponent(supplier)}/resume`, options));

  describe(
    program.command("adopt <order>"),
    "Takes up an order that is historic (older than dispatch.since) as if it were new.",
    'adopt 1001 --note "was never sent by the old system"',
  )
    .requiredOption("--note <text>", "why")
    .action(async (order: string, options: Options) => await act(`orders/${encodeURIComponent(order)}/adopt`, options));
}

/** Whose process this is; a container's user may have no name. */
function actor(): string {
  try {
    return userInfo().username || "cli";
  } catch {
    return "cli";
  }
}
