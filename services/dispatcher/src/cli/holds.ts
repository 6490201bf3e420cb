// The commands that keep purchase orders back, and let them go. Who and why is kept in the audit trail.
import { InvalidArgumentError, Option, type Command } from "commander";
import { holdNames } from "../domain/plan/hold.ts";
import { actor } from "./actor.ts";
import * as answers from "../contract/answers.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import { query } from "./query.ts";
import { printable, show } from "./table.ts";

interface Options {
  readonly note: string;
  readonly supplier?: string;
}

interface ReleaseOptions extends Options {
  readonly hold?: readonly string[];
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
  const pathOf = (po: string, action: string, supplier: string | undefined): string =>
    `api/purchase-orders/${encodeURIComponent(po)}${action}${query({ supplier })}`;

  describe(
    program.command("hold <purchase-order>"),
    "Keeps back a purchase order that is not being sent yet, until it is released.",
    'hold SE1001-1 --note "the customer will call back"',
  )
    .requiredOption("--note <text>", "why")
    .addOption(input.whichSupplier())
    .action(async (po: string, { note, supplier }: Options) => {
      print(await input.client().post(pathOf(po, "/hold", supplier), { actor: actor(), note }, answers.done), ({ message }) =>
        show(message),
      );
    });

  describe(
    program.command("release [purchase-order]"),
    "Lifts the holds of a purchase order, so that it is sent; or one hold of all that it keeps.\nA hold that appears in this moment, or that --seen does not name, is not lifted, and is told.\nWithout a purchase order, --hold says which; what other holds keep waits on.",
    'release SE1001-1 --note "called the customer: the address is right"\n  npm run soh -- release --supplier agriest --hold tried --note "the trial is over"',
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
    print(await client.post(pathOf(po, "/release", supplier), body, answers.done), ({ message }) => show(message));
  }

  async function activeNow(client: Client, po: string, supplier: string | undefined): Promise<readonly number[]> {
    const { holds } = await client.get(pathOf(po, "", supplier), answers.purchaseOrderDetail);
    return holds.filter((hold) => hold.endedAt === null).map((hold) => hold.id);
  }

  async function releaseMany({ note, supplier, hold, seen }: ReleaseOptions): Promise<void> {
    const [name, ...others] = hold ?? [];
    if (name === undefined || others.length > 0 || seen !== undefined) {
      throw new CommandFailure(EXIT.usage, "release: name a purchase order, or one --hold of those to release");
    }
    const body = { actor: actor(), note, hold: name, ...(supplier === undefined ? {} : { supplier }) };
    const answer = await input.client().post("api/purchase-orders/release", body, answers.settled);
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
