// `soh suppliers check`: tries suppliers' servers from here, without a dispatcher; `soh config check --online` does it too.
import type { Command } from "commander";
import type { HandlerConfig } from "../config/load.ts";
import type { CheckedStep, SupplierCheck } from "../domain/supplier/supplier-check.ts";
import { configFile, readConfiguration } from "./configuration.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import type { ComposeOffline } from "./offline.ts";
import { blocks, printable, table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { knownSupplier, whichConfig } from "./trial.ts";

/** Characters of what was seen in one line: a fingerprint has 95. */
const WIDEST = 100;

export function checkCommand(input: {
  readonly suppliers: Command;
  readonly terminal: Terminal;
  readonly compose: ComposeOffline;
  readonly isJson: () => boolean;
  readonly describe: (command: Command, what: string, example: string) => Command;
}): void {
  const { suppliers, terminal, compose } = input;
  input
    .describe(
      suppliers.command("check [supplier]"),
      "Tries a supplier's server, or every supplier's: name, connection, certificate, login, folders; and writes, renames and deletes\nfiles called soh-probe-…, which no supplier's reader takes. Says what does not work and which key to change. Needs no\ndispatcher, only the secrets in the environment. The status is 1 if anything failed; warnings are none.",
      "suppliers check agriest",
    )
    .addOption(whichConfig())
    .action(async (id: string | undefined, options: { config?: string }) => {
      const config = readConfiguration(terminal, configFile(terminal, options.config));
      const ids = id === undefined ? config.suppliers.map((one) => one.id) : [knownSupplier(config, id).id];
      const json = input.isJson();
      const checks = await checkAll({
        config,
        ids,
        compose,
        tell: (check) => void (json || terminal.out(`${check.supplier === ids[0] ? "" : "\n"}${checkView(check)}\n`)),
      });
      if (json) {
        terminal.out(`${JSON.stringify({ ok: checks.every(({ ok }) => ok), suppliers: checks })}\n`);
      }
      failUnlessOk(checks);
    });
}

/** One after the other: `tell` hears of each as soon as it is there. */
export async function checkAll(input: {
  readonly config: HandlerConfig;
  readonly ids: readonly string[];
  readonly compose: ComposeOffline;
  readonly tell: (check: SupplierCheck) => void;
}): Promise<readonly SupplierCheck[]> {
  const tools = await input.compose(input.config);
  const checks: SupplierCheck[] = [];
  for (const id of input.ids) {
    const check = await tools.check(id);
    checks.push(check);
    input.tell(check);
  }
  return checks;
}

/** Throws CommandFailure where anything failed. */
export function failUnlessOk(checks: readonly SupplierCheck[]): void {
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length > 0) {
    throw new CommandFailure(EXIT.refused, `${failed.map(({ supplier }) => supplier).join(", ")}: not everything works.`);
  }
}

export function checkView({ supplier, name, kind, server, steps }: SupplierCheck): string {
  const marks: Readonly<Record<CheckedStep["result"], string>> = {
    ok: "ok",
    warning: "WARNING",
    failed: "FAILED",
    "not tried": "not tried",
  };
  const toChange = steps.filter(({ change }) => change.length > 0);
  return blocks(
    printable(`${supplier} (${name}), ${kind}, ${server}`),
    table(
      steps.flatMap(({ step, result, what }) =>
        wrapped(what).map((line, index) =>
          index === 0 ? { step, result: marks[result], line } : { step: " ", result: " ", line },
        ),
      ),
      [
        { title: "step", cell: (row) => row.step },
        { title: "result", cell: (row) => row.result },
        { title: "what", cell: (row) => row.line },
      ],
    ),
    ...toChange.map(({ step, change }) =>
      [
        `To change for "${step}"${change.length === 1 ? "" : ", whichever is wrong"}:`,
        ...change.map(({ key, variables }) => `  ${key}${variables.length === 0 ? "" : ` (from ${variables.join(", ")})`}`),
      ].join("\n"),
    ),
    summary(steps),
  );
}

/** Between words, so that it can be read in a terminal and in a mail; at least one line. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > WIDEST) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line || " "];
}

function summary(steps: readonly CheckedStep[]): string {
  const count = (result: CheckedStep["result"]): number => steps.filter((one) => one.result === result).length;
  const [failed, warnings, untried] = [count("failed"), count("warning"), count("not tried")];
  if (failed === 0) {
    return warnings === 0 ? "Everything works." : `Works, with ${warnings} ${warnings === 1 ? "warning" : "warnings"}.`;
  }
  return `${failed} of ${steps.length} failed${untried === 0 ? "" : `, and ${untried} could not be tried`}.`;
}
