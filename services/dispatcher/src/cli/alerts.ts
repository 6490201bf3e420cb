// What people must know, and saying that it is seen.
import { Option, type Command } from "commander";
import * as answers from "../contract/answers.ts";
import { actor } from "./actor.ts";
import type { Client } from "./client.ts";
import { query } from "./query.ts";
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
      print(await client().get(`api/alerts${query(options)}`, answers.alerts), alertsView);
    });

  describe(
    alerts.command("seen <ids...>"),
    "Says that somebody has seen them.\nWhat has happened (an event) is over then; what is so stays listed until it is so no more.",
    "alerts seen 12",
  )
    .option("--note <text>", "kept with it")
    .action(async (ids: string[], { note }: { note?: string }) => {
      for (const id of ids) {
        const body = { actor: actor(), ...(note === undefined ? {} : { note }) };
        const answer = await client().post(`api/alerts/${encodeURIComponent(id)}/seen`, body, answers.done);
        print(answer, ({ message }) => show(message));
      }
    });
}
