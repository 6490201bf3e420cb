// A dispatcher for fuzzing: the features on a real SQLite file in a folder of its own, suppliers of memory.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebhookEnvelope } from "@soh/shared/webhook";
import type { HandlerConfig } from "../../config/load.ts";
import { sql } from "kysely";
import { loadConfig } from "../../config/load.ts";
import { openDatabase, type OpenDatabase } from "../../database/open.ts";
import { openJournal } from "../../deliveries/journal.ts";
import { composeFeatures, type Features, type FeaturesOptions } from "../../features.ts";

export const SHOP = "sermat-equipement.myshopify.com";

export interface FuzzWorld {
  readonly database: OpenDatabase;
  readonly features: Features;
  readonly clock: { now(): number; advance(ms: number): void };
  close(): Promise<void>;
}

const HANDLER_YAML = new URL("../../../../../config/handler.yaml", import.meta.url).pathname;

export function handlerConfig(): HandlerConfig {
  const access = ["AGRIEST", "FOURNIAL"].flatMap((id) => [
    [`FTP_${id}_HOST`, `${id}.invalid`],
    [`FTP_${id}_USER`, "nobody"],
    [`FTP_${id}_PASS`, "none"],
  ]);
  const values = new Map(
    [["SHOPIFY_SHOP", SHOP], ["SHOPIFY_WEBHOOK_SECRET", "hush"], ...access].map(([name = "", value]) => [name, value]),
  );
  return loadConfig(HANDLER_YAML, (name) => values.get(name));
}

export async function openFuzzWorld(options: {
  readonly config: HandlerConfig;
  readonly connect: FeaturesOptions["connect"];
  readonly onFile?: NonNullable<FeaturesOptions["onFile"]>;
}): Promise<FuzzWorld> {
  const folder = mkdtempSync(join(tmpdir(), "soh-fuzz-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const database = await openDatabase(`sqlite:${join(folder, "handler.db")}`);
  // Nothing here survives a power cut anyway; waiting for the disk would take most of the time.
  await sql`pragma synchronous = off`.execute(database.db);
  const journal = await openJournal(join(folder, "dispatch.journal"));
  let now = Date.parse("2027-01-10T12:00:00Z");
  const { config, connect, onFile } = options;
  const features = composeFeatures({
    config,
    database,
    journal,
    connect,
    alert: () => {},
    now: () => now,
    random: () => 1,
    ...(onFile && { onFile }),
  });
  return {
    database,
    features,
    clock: { now: () => now, advance: (ms) => (now += ms) },
    async close() {
      await features.close();
      await database.close();
      await journal.journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function envelopeOf(
  webhook: Pick<WebhookEnvelope, "topic" | "webhookId" | "receivedAt" | "triggeredAt">,
  body: Uint8Array,
): WebhookEnvelope {
  return { version: 1, shop: SHOP, body: { encoding: "base64", data: Buffer.from(body).toString("base64") }, ...webhook };
}
