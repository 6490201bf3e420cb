// The commands that change something and take who and why: made of the declarations of the contract. Who and why is kept in the
// audit trail.
import type { Command, Option } from "commander";
import { actionOf, plainActions, type Action, type PlainAction } from "../contract/actions.ts";
import { actionRoute } from "../contract/routes.ts";
import { actor } from "./actor.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { printable, show } from "./table.ts";
import type { Terminal } from "./terminal.ts";

interface Options {
  readonly note?: string;
  readonly supplier?: string;
}

export function actions(input: {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly client: () => Client;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
  readonly whichSupplier: () => Option;
}): void {
  const { program, terminal, describe } = input;
  const act = async (name: PlainAction, id: string, { note, supplier }: Options): Promise<void> => {
    const body = { actor: actor(), ...(note === undefined ? {} : { note }) };
    const answer = await input.client().ask(actionRoute(name), { params: { id }, query: { supplier }, body });
    input.print(answer, ({ message }) => show(message));
  };

  for (const subject of ["purchase-order", "order", "supplier"] as const satisfies Action["subject"][]) {
    for (const name of plainActions(subject)) {
      const { what, atSupplier, note, example } = actionOf(name);
      const command = describe(
        program.command(`${name} <${subject}s...>`),
        `${what}\n${atSupplier}\nSeveral are done one after the other; the status is 1 if any was refused.`,
        `${name} ${example}`,
      );
      (note.needed ? command.requiredOption("--note <text>", note.says) : command.option("--note <text>", note.says)).action(
        async (ids: string[], options: Options) => {
          await each(ids, async (id) => await act(name, id, options));
        },
      );
      if (subject === "purchase-order") {
        command.addOption(input.whichSupplier());
      }
    }
  }

  /** One that is refused does not keep the others back; without a dispatcher there is no use in going on. */
  async function each(ids: readonly string[], run: (id: string) => Promise<void>): Promise<void> {
    let refused = 0;
    for (const id of ids) {
      try {
        await run(id);
      } catch (error) {
        if (ids.length === 1 || !(error instanceof CommandFailure && error.status === EXIT.refused)) {
          throw error;
        }
        refused++;
        terminal.err(`${printable(error.message)}\n`);
      }
    }
    if (refused > 0) {
      throw new CommandFailure(EXIT.refused, `${refused} of ${ids.length} were refused.`);
    }
  }
}
