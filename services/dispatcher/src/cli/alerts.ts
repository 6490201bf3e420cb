// What people must know, and saying that it is seen.
import { Option, type Command } from "commander";
import { actions } from "../contract/actions.ts";
import { routes } from "../contract/routes.ts";
import { actor } from "./actor.ts";
import type { Client } from "./client.ts";
import { show } from "./table.ts";
import { alertsView } from "./views.ts";

export function alertCommands(input: {
  readonly program: Command;
  readonly client: () => Client;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
  readonly rows: (text: string) => number;
}): void {
  const { describe, client, print } = input;

  const alerts = describe(
    input.program.command("alerts"),
    "Lists what people must know, the newest first, with what to do about it.",
    "alerts --language fr",
  )
    .addOption(new Option("--state <state>", "open, or over").choices(["open", "ended"]).default("open"))
    .addOption(new Option("--language <language>", "of the sentences").choices(["en", "fr"]).default("en"))
    .option("--limit <n>", "most of them", input.rows, 50)
    .action(async (options: { state: string; language: string; limit: number }) => {
      print(await client().ask(routes.alerts, { query: options }), alertsView);
    });

  describe(
    alerts.command("seen <ids...>"),
    `${actions.seen.what}\nWhat has happened (an event) is over then; what is so stays listed until it is so no more.`,
    `alerts seen ${actions.seen.example}`,
  )
    .option("--note <text>", actions.seen.note.says)
    .action(async (ids: string[], { note }: { note?: string }) => {
      for (const id of ids) {
        const body = { actor: actor(), ...(note === undefined ? {} : { note }) };
        const answer = await client().ask(routes.seen, { params: { id }, body });
        print(answer, ({ message }) => show(message));
      }
    });
}
