// What waits for a person's decision: the list, one of them, its bytes, and settling one or many.
import { Option, type Command } from "commander";
import type { z } from "zod";
import {
  deadLetterKinds,
  deadLetterStates,
  type DeadLetterKind,
  type DeadLetterState,
} from "../domain/purchase-order/dead-letter.ts";
import { actor } from "./actor.ts";
import { routes } from "../contract/routes.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { show } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { deadLettersView, deadLetterView } from "./views.ts";

interface Filter {
  readonly kind?: DeadLetterKind;
  readonly supplier?: string;
  readonly state?: DeadLetterState;
}

interface SettleOptions extends Filter {
  readonly all?: boolean;
  readonly note?: string;
}

/** In one request, whose size is bounded. */
const IDS_AT_ONCE = 200;

export function deadLetters(input: {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly client: () => Client;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
  readonly rows: (text: string) => number;
}): void {
  const { program, terminal, client, print, describe } = input;

  const list = filtered(
    describe(
      program.command("dead-letters"),
      "Lists what waits for a person: purchase orders that are failed or unknown, webhooks and suppliers' files set aside.",
      "dead-letters --kind purchase-order --supplier agriest",
    ),
  )
    .option("--limit <n>", "most rows", input.rows, 50)
    .action(async (options: Filter & { limit: number }) => {
      print(await client().ask(routes.deadLetters, { query: { ...options } }), deadLettersView);
    });

  describe(
    list.command("show <id>"),
    "Shows one, by its id or a purchase order's number, with what can be done about it and what was done.",
    "dead-letters show 0198b3c2-7d10-7000-8000-3d5f1c9a2b44",
  ).action(async (id: string) => {
    print(await client().ask(routes.deadLetter, { params: { id } }), deadLetterView);
  });

  describe(
    list.command("bytes <id>"),
    "Writes its bytes to stdout, as they came or were to be sent, and nothing else.",
    "dead-letters bytes 0198b3c2-7d10-7000-8000-3d5f1c9a2b44 > webhook.json",
  ).action(async (id: string) => {
    terminal.out(await client().ask(routes.deadLetterBytes, { params: { id } }));
  });

  settling(
    "retry",
    "Has webhooks taken in, suppliers' files applied and failed purchase orders sent, as if they came now.\nThe supplier sees a purchase order for the first time: nothing of it has arrived. What is unknown is refused: see same-again.",
    "dead-letters retry --all --kind webhook",
  ).option("--note <text>", "why");

  settling(
    "discard",
    "Puts dead letters away, with the reason; their bytes are kept.\nThe supplier sees nothing; a purchase order's units are not ordered again.",
    'dead-letters discard 0198b3c2-7d10-7000-8000-3d5f1c9a2b44 --note "the order was entered by hand"',
  ).requiredOption("--note <text>", "why");

  describe(
    list.command("apply <id>"),
    "Applies a supplier's answer that was set aside because it may be to the purchase order, or to its cancellation or change.\nAsk the supplier which.",
    'dead-letters apply 0198b3c2-7d10-7000-8000-3d5f1c9a2b44 --to notice --note "Agriest: yes, cancelled"',
  )
    .addOption(new Option("--to <what>", "what it answers").choices(["order", "notice"]).makeOptionMandatory())
    .requiredOption("--note <text>", "who said so")
    .action(async (id: string, { to, note }: { to: "order" | "notice"; note: string }) => {
      const body = { to, note, actor: actor() };
      const answer = await client().ask(routes.applyFile, { params: { id }, body });
      print(answer, ({ message }) => show(message));
    });

  function settling(remedy: "retry" | "discard", what: string, example: string): Command {
    const command = describe(
      list.command(`${remedy} [ids...]`),
      `${what}\nEach is done by itself; the status is 1 if any was refused.`,
      example,
    ).option("--all", "every one that the filters find, instead of ids");
    return filtered(command).action(async (ids: string[]) => {
      // The list, whose filters have the same names, takes them first.
      const { all, note, kind, supplier, state } = command.optsWithGlobals<SettleOptions>();
      const filter: Filter = {
        ...(kind === undefined ? {} : { kind }),
        ...(supplier === undefined ? {} : { supplier }),
        ...(state === undefined ? {} : { state }),
      };
      if ((all === true) === ids.length > 0) {
        command.error("error: give ids, or --all", { exitCode: EXIT.usage });
      }
      if (all !== true && Object.keys(filter).length > 0) {
        command.error("error: --kind, --supplier and --state go with --all", { exitCode: EXIT.usage });
      }
      const body = { remedy, actor: actor(), ...(note === undefined ? {} : { note }) };
      await conclude(all === true ? matching({ ...body, all: filter }) : named(body, [...new Set(ids)]));
    });
  }

  async function* matching(body: Said & { readonly all: Filter }): AsyncGenerator<Answer> {
    let after: string | null = null;
    do {
      const all = after === null ? body.all : { ...body.all, after };
      const answer: Answer = await client().ask(routes.settle, { body: { ...body, all } });
      yield answer;
      after = answer.next;
    } while (after !== null);
  }

  async function* named(body: Said, ids: readonly string[]): AsyncGenerator<Answer> {
    for (let rest = ids; rest.length > 0;) {
      const answer = await client().ask(routes.settle, { body: { ...body, ids: rest.slice(0, IDS_AT_ONCE) } });
      yield answer;
      rest = rest.slice(Math.max(1, answer.results.length));
    }
  }

  /** Each result on its line, as it comes: what was refused on stderr. */
  async function conclude(answersOfMany: AsyncGenerator<Answer>): Promise<void> {
    let done = 0;
    let refused = 0;
    for await (const answer of answersOfMany) {
      done += answer.done;
      refused += answer.refused;
      if (program.opts().json === true) {
        terminal.out(`${JSON.stringify(answer)}\n`);
        continue;
      }
      for (const { id, ok, message } of answer.results) {
        (ok ? terminal.out : terminal.err)(`${show(id)}  ${show(message)}\n`);
      }
    }
    if (refused > 0) {
      throw new CommandFailure(EXIT.refused, `${refused} of ${done + refused} were refused.`);
    }
    if (program.opts().json !== true) {
      terminal.out(done === 0 ? "There is nothing to do.\n" : `${done} done.\n`);
    }
  }
}

type Answer = z.output<typeof routes.settle.answer>;
type Said = Pick<z.input<typeof routes.settle.body>, "remedy" | "actor" | "note">;

const filtered = (command: Command): Command =>
  command
    .addOption(new Option("--kind <kind>", "only these").choices(deadLetterKinds))
    .option("--supplier <id>", "only of this supplier")
    .addOption(new Option("--state <state>", "only these").choices(deadLetterStates));
