// `soh config check`: the dispatcher's own reading of the file, without a dispatcher.
import { ConfigError } from "@soh/shared/config";
import type { HandlerConfig } from "../config/load.ts";
import { serverText } from "../config/transport-settings.ts";
import type { SupplierCheck } from "../domain/supplier/supplier-check.ts";
import { configFile, readConfiguration } from "./configuration.ts";
import type { ComposeOffline } from "./offline.ts";
import { checkAll, checkView, failUnlessOk } from "./supplier-check.ts";
import type { Terminal } from "./terminal.ts";
import { printable, table } from "./table.ts";

/** Throws CommandFailure with every problem, each as file:line:column; or where a supplier's server does not work. */
export async function checkConfig(input: {
  readonly terminal: Terminal;
  readonly file: string | undefined;
  readonly json: boolean;
  /** Also try every supplier's server; null: only the file is read. */
  readonly online: ComposeOffline | null;
}): Promise<void> {
  const { terminal, json } = input;
  const file = configFile(terminal, input.file);
  let config: HandlerConfig;
  try {
    config = readConfiguration(terminal, file);
  } catch (error) {
    if (json && error instanceof Error && error.cause instanceof ConfigError) {
      terminal.out(`${JSON.stringify({ ok: false, file, problems: error.cause.problems })}\n`);
    }
    throw error;
  }
  const suppliers = config.suppliers.map(({ id, name, mode, document: { format }, transport, orders }) => ({
    id,
    name,
    mode,
    format,
    destination: `${serverText(transport)}${orders.folder}`,
  }));
  const ids = config.suppliers.map(({ id }) => id);
  if (json) {
    const checks = input.online === null ? undefined : await checkAll({ config, ids, compose: input.online, tell: () => {} });
    const ok = checks?.every((check) => check.ok) ?? true;
    const online = checks === undefined ? {} : { checks };
    terminal.out(`${JSON.stringify({ ok, file, shops: config.shops, suppliers, warnings: config.warnings, ...online })}\n`);
    failUnlessOk(checks ?? []);
    return;
  }
  const listed = table(suppliers, [
    { title: "supplier", cell: (one) => one.id },
    { title: "name", cell: (one) => one.name },
    { title: "mode", cell: (one) => one.mode },
    { title: "format", cell: (one) => one.format },
    { title: "orders go to", cell: (one) => one.destination },
  ]);
  terminal.out(`OK: ${file}\nShops: ${config.shops.join(", ")}\n\n${listed}\n`);
  for (const { line, column, path, message } of config.warnings) {
    terminal.out(printable(`\nWarning: ${file}:${line}:${column}: ${path}: ${message}\n`));
  }
  if (input.online !== null) {
    const tell = (check: SupplierCheck): void => terminal.out(`\n${checkView(check)}\n`);
    failUnlessOk(await checkAll({ config, ids, compose: input.online, tell }));
  }
}
