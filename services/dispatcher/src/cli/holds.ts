// The command that lets held purchase orders go: one, or all that one hold keeps. Who and why is kept in the audit trail.
import { InvalidArgumentError, Option, type Command } from "commander";
import { holdNames, type HoldName } from "../domain/plan/hold.ts";
import { actor } from "./actor.ts";
import { actions } from "../contract/actions.ts";
import { routes } from "../contract/routes.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { printable, show } from "./table.ts";

interface Options {
  readonly note: string;
  readonly supplier?: string;
}

interface ReleaseOptions extends Options {
  readonly hold?: readonly HoldName[];
  readonly seen?: readonly number[];
}

export function holdCommands(input: {
  readonly program: Command;
  readonly client: () => Client;
  readonly print: <T>(answer: T, view: (answer: T) => string) => void;
  readonly describe: (command: Command, what: string, example: string) => Command;
  readonly whichSupplier: () => Option;
}): void {
  const { program, describe, print } = input;
  describe(
    program.command("release [purchase-order]"),
    `${actions.release.what}\nA hold that appears in this moment, or that --seen does not name, is not lifted, and is told.\nWithout a purchase order, --hold says which; what other holds keep waits on.`,
    `release ${actions.release.example}\n  npm run soh -- release --supplier agriest --hold tried --note "the trial is over"`,
  )
    .requiredOption("--note <text>", "why")
    .addOption(new Option("--hold <name...>", "only these").choices(holdNames))
    .option("--seen <ids>", "only these, by the ids that were shown", ids)
    .option("--supplier <id>", "where several suppliers have that number; without one, only of this supplier")
    .action(async (po: string | undefined, options: ReleaseOptions) => {
      await (po === undefined ? releaseMany(options) : releaseOne(po, options));
    });

  async function releaseOne(po: string, { note, supplier, hold, seen }: ReleaseOptions): Promise<void> {
    const client = input.client();
    const shown = seen ?? (await activeNow(client, po, supplier));
    const body = { actor: actor(), note, seen: shown, ...(hold === undefined ? {} : { holds: hold }) };
    print(await client.ask(routes.release, { params: { id: po }, query: { supplier }, body }), ({ message }) => show(message));
  }

  async function activeNow(client: Client, po: string, supplier: string | undefined): Promise<readonly number[]> {
    const { holds } = await client.ask(routes.purchaseOrder, { params: { id: po }, query: { supplier } });
    return holds.filter((hold) => hold.endedAt === null).map((hold) => hold.id);
  }

  async function releaseMany({ note, supplier, hold, seen }: ReleaseOptions): Promise<void> {
    const [name, ...others] = hold ?? [];
    if (name === undefined || others.length > 0 || seen !== undefined) {
      throw new CommandFailure(EXIT.usage, "release: name a purchase order, or one --hold of those to release");
    }
    const body = { actor: actor(), note, hold: name, ...(supplier === undefined ? {} : { supplier }) };
    const answer = await input.client().ask(routes.releaseMany, { body });
    print(answer, ({ results, done, left }) =>
      [
        ...results.map((one) => printable(one.message)),
        `${done} released${left === 0 ? "." : "; there are more: run it again."}`,
      ].join("\n"),
    );
    if (answer.refused > 0) {
      throw new CommandFailure(EXIT.refused, `${answer.refused} of ${answer.results.length} were refused.`);
    }
  }
}

function ids(text: string): readonly number[] {
  const all = text.split(",").map((one) => Number(one.trim()));
  if (!all.every((one) => Number.isInteger(one) && one > 0)) {
    throw new InvalidArgumentError("expected the ids of holds, such as 12,15");
  }
  return all;
}
