// The commands that change something. Who and why is kept in the audit trail.
import type { Command, Option } from "commander";
import { needsNote, seenBySupplier, type Remedy } from "../domain/purchase-order/remedy.ts";
import { actor } from "./actor.ts";
import * as answers from "../contract/answers.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { query } from "./query.ts";
import { printable, show } from "./table.ts";
import type { Terminal } from "./terminal.ts";

interface Options {
  readonly note?: string;
  readonly supplier?: string;
}

interface RemedyCommand {
  readonly remedy: Remedy;
  readonly what: string;
  readonly example: string;
  /** What the note says. */
  readonly note: string;
}

const remedyCommands: readonly RemedyCommand[] = [
  {
    remedy: "retry",
    what: "Tries ready or failed purchase orders now, instead of waiting for their next attempt, their supplier's sending time, or for ever.",
    example: 'retry SE1001-1 --note "their server is back"',
    note: "why",
  },
  {
    remedy: "same-again",
    what: "Sends purchase orders once more that are unknown, or sent and not answered. Ask the supplier first whether it has them.",
    example: 'same-again SE1001-1 --note "Agriest: we have nothing of it"',
    note: "who said so",
  },
  {
    remedy: "replace",
    what: "Sends a replacement for purchase orders that are unknown, or sent and not answered.",
    example: 'replace SE1001-1 --note "Agriest deleted the first one, the address is new"',
    note: "who said so",
  },
  {
    remedy: "order-again",
    what: "Gives purchase orders up and orders their units anew.",
    example: 'order-again SE1001-1 --note "Agriest cannot take this number again"',
    note: "who said so",
  },
  {
    remedy: "mark-sent",
    what: "Says that the supplier has these purchase orders: they are not sent (again).",
    example: 'mark-sent SE1001-1 --note "Agriest confirmed by telephone"',
    note: "who said so",
  },
  {
    remedy: "discard",
    what: "Gives up purchase orders that are failed or unknown: they are not sent, and nothing takes their place.",
    example: 'discard SE1001-1 --note "the customer bought it elsewhere"',
    note: "why",
  },
  {
    remedy: "notice-accepted",
    what: "Says that the supplier accepted the cancellation or change of these purchase orders.",
    example: 'notice-accepted SE1001-1 --note "Agriest by telephone: it does not ship"',
    note: "who said so",
  },
  {
    remedy: "notice-too-late",
    what: "Says that the cancellation or change of these purchase orders came too late for the supplier.",
    example: 'notice-too-late SE1001-1 --note "Agriest: it left this morning"',
    note: "who said so",
  },
];

export function actions(input: {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly client: () => Client;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
  readonly whichSupplier: () => Option;
}): void {
  const { program, terminal, describe } = input;
  const act = async (path: string, { note, supplier }: Options): Promise<void> => {
    const body = { actor: actor(), ...(note === undefined ? {} : { note }) };
    const answer = await input.client().post(`api/${path}${query({ supplier })}`, body, answers.done);
    input.print(answer, ({ message }) => show(message));
  };
  const actOn = async (action: Remedy, po: string, options: Options): Promise<void> =>
    await act(`purchase-orders/${encodeURIComponent(po)}/${action}`, options);

  for (const { remedy, what, example, note } of remedyCommands) {
    const command = describe(
      program.command(`${remedy} <purchase-orders...>`),
      `${what}\n${seenBySupplier[remedy]}\nSeveral are done one after the other; the status is 1 if any was refused.`,
      example,
    );
    (needsNote(remedy) ? command.requiredOption("--note <text>", note) : command.option("--note <text>", note))
      .addOption(input.whichSupplier())
      .action(async (purchaseOrders: string[], options: Options) => {
        await each(purchaseOrders, async (po) => await actOn(remedy, po, options));
      });
  }

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

  /** One that is refused does not keep the others back; without a dispatcher there is no use in going on. */
  async function each(purchaseOrders: readonly string[], run: (po: string) => Promise<void>): Promise<void> {
    let refused = 0;
    for (const po of purchaseOrders) {
      try {
        await run(po);
      } catch (error) {
        if (purchaseOrders.length === 1 || !(error instanceof CommandFailure && error.status === EXIT.refused)) {
          throw error;
        }
        refused++;
        terminal.err(`${printable(error.message)}\n`);
      }
    }
    if (refused > 0) {
      throw new CommandFailure(EXIT.refused, `${refused} of ${purchaseOrders.length} were refused.`);
    }
  }
}
