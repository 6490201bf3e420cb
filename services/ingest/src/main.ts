import { environmentLookup } from "@soh/shared/environment";
import { runService } from "@soh/shared/lifecycle";
import { createLogger } from "@soh/shared/logger";
import { buildIngest } from "./app.ts";
import { readIngestConfig } from "./config.ts";

await runService(async () => {
  const config = readIngestConfig(environmentLookup());
  const logger = createLogger({ service: "ingest", level: config.logLevel });
  const ingest = buildIngest(config, { logger });
  await ingest.start();
  return { running: ingest, logger };
});
