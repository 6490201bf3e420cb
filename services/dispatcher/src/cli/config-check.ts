// `soh config check`: the dispatcher's own reading of the file, without a dispatcher.
import { ConfigError } from "@soh/shared/config";
import { loadConfig, type HandlerConfig } from "../config/load.ts";
import { documentProblems } from "../documents/check.ts";
import { CommandFailure, EXIT } from "./failure.ts";
import type { Terminal } from "./terminal.ts";
import { printable, table } from "./table.ts";

/** Throws CommandFailure with every problem, each as file:line:column. */
export function checkConfig(input: {
  readonly terminal: Terminal;
  readonly file: string | undefined;
  readonly json: boolean;
}): void {
  const { terminal, json } = input;
  const file = input.file ?? terminal.lookup("SOH_CONFIG") ?? "./config/handler.yaml";
  let config: HandlerConfig;
  try {
    config = loadConfig(file, terminal.lookup, documentProblems);
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    if (json) {
      terminal.out(`${JSON.stringify({ ok: false, file, problems: error.problems })}\n`);
    }
    const count = `${error.problems.length} ${error.problems.length === 1 ? "problem" : "problems"}`;
    throw new CommandFailure(EXIT.refused, `${error.message}\n${count} in ${file}.`, { cause: error });
  }
  const suppliers = config.suppliers.map(({ id, name, document: { format }, transport, orders }) => ({
    id,
    name,
    format,
    destination: `${transport.host}:${transport.port}${orders.folder}`,
  }));
  if (json) {
    terminal.out(`${JSON.stringify({ ok: true, file, shops: config.shops, suppliers, warnings: config.warnings })}\n`);
    return;
  }
  const listed = table(suppliers, [
    { title: "supplier", cell: (one) => one.id },
    { title: "name", cell: (one) => one.name },
    { title: "format", cell: (one) => one.format },
    { title: "orders go to", cell: (one) => one.destination },
  ]);
  terminal.out(`OK: ${file}\nShops: ${config.shops.join(", ")}\n\n${listed}\n`);
  for (const { line, column, path, message } of config.warnings) {
    terminal.out(printable(`\nWarning: ${file}:${line}:${column}: ${path}: ${message}\n`));
  }
}
