import { environmentLookup } from "@soh/shared/environment";
import { runService } from "@soh/shared/lifecycle";
import { createLogger } from "@soh/shared/logger";
import { startDispatcher } from "./app.ts";
import { readDispatcherEnvironment } from "./config/environment.ts";
import { loadConfig } from "./config/load.ts";
import { documentProblems } from "./documents/documents.ts";

await runService(async () => {
  const lookup = environmentLookup();
  const environment = readDispatcherEnvironment(lookup);
  const config = loadConfig(environment.configFile, lookup, documentProblems);
  const logger = createLogger({ service: "dispatcher", level: environment.logLevel });
  for (const { line, column, path, message } of config.warnings) {
    logger.warn({ event: "config.warning", file: environment.configFile, line, column, path, message });
  }
  const running = await startDispatcher({ environment, config, logger });
  logger.info({ event: "dispatcher.started", address: running.address, suppliers: config.suppliers.map((one) => one.id) });
  return { running, logger };
});
