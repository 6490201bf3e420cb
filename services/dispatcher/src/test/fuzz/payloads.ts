// Hostile payloads of signed webhooks through the real intake and planner, on a real database.
import { existsSync, readFileSync } from "node:fs";
import { orderTopics } from "@soh/shared/webhook";
import { caseRandom, hostilePayload, type CaseTarget, type CaseWatch } from "@soh/simulators/fuzz";
import { createOrderGenerator } from "@soh/simulators/orders";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { formatNames } from "../../documents/registry.ts";
import { envelopeOf, handlerConfig, openFuzzWorld, SHOP, type FuzzWorld } from "./world.ts";

const PART = "payloads";
/** Cases after which a new database is made: documents and snapshots only grow. */
const DATABASE_FOR = 1_000;
const BODIES = 300;
const OUTCOMES = new Set(["new", "newer", "same", "older", "deleted", "deletion", "noted", "dead-letter"]);
const OTHER_TOPICS = ["orders/delete", "orders/edited", "refunds/create", "customers/redact", "app/uninstalled"] as const;

export async function createPayloadsTarget(seed: string, watch: CaseWatch): Promise<CaseTarget> {
  const config = handlerConfig();
  const open = (): Promise<FuzzWorld> =>
    openFuzzWorld({ config, connect: () => Promise.reject(new Error("nothing is sent here")) });
  let world = await open();
  let cases = 0;

  const orders = createOrderGenerator({
    seed,
    shop: SHOP,
    suppliers: [
      { name: "agriest", vendors: ["Agriest", "Kramp"], skuPrefixes: ["AGR-"], requiresPhone: true },
      { name: "fournial", vendors: ["Fournial"], skuPrefixes: ["FOU"] },
    ],
    holds: { valueOver: 3_000, tags: ["attention"] },
    since: config.policy.since,
    now: world.clock.now,
  });
  const bodies = Array.from({ length: BODIES }, () => orders.next().body);
  const validators = new Map<string, XsdValidator>(
    formatNames.flatMap((format) => {
      const xsd = new URL(`../../documents/formats/${format}/${format}.xsd`, import.meta.url);
      return existsSync(xsd) ? [[format, XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(xsd)))] as const] : [];
    }),
  );

  const caseOf = (index: number) => {
    const random = caseRandom(seed, PART, index);
    const { bytes, how } = hostilePayload(random, random.pick(bodies));
    const topic = random.chance(0.95) ? random.pick(orderTopics) : random.pick(OTHER_TOPICS);
    return { random, bytes, how, topic };
  };

  /** Every document that this case wrote is what its format's schema says. */
  const judgeDocuments = async (index: number, how: string): Promise<void> => {
    const documents = await world.database.db
      .selectFrom("documents")
      .select(["format", "bytes"])
      .where("created_at", "=", world.clock.now())
      .execute();
    for (const { format, bytes } of documents) {
      watch.outcome("documents");
      try {
        using document = XmlDocument.fromBuffer(bytes);
        validators.get(format)?.validate(document);
      } catch (error) {
        watch.violation({ index, how, what: `its document is not valid: ${String(error).slice(0, 500)}` });
      }
    }
  };

  return {
    async run(index) {
      const { random, bytes, how, topic } = caseOf(index);
      world.clock.advance(1_000);
      const now = world.clock.now();
      const webhook = { topic, webhookId: String(index), receivedAt: now, triggeredAt: new Date(now).toISOString() };
      watch.begin(index, how);
      try {
        const { outcome } = await world.features.intake(envelopeOf(webhook, bytes));
        watch.outcome(OUTCOMES.has(outcome) ? outcome : "unknown");
        if (!OUTCOMES.has(outcome)) {
          watch.violation({ index, how, what: `intake ended with ${outcome}` });
        }
      } catch (error) {
        watch.crash({ index, how, what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
      await judgeDocuments(index, how);
      if (random.chance(0.05)) {
        // What is at the supplier is frozen: the next change of its order takes other ways.
        const sent = { state: "sent", sent_at: now } as const;
        await world.database.db.updateTable("messages").set(sent).where("state", "=", "ready").execute();
      }
      cases += 1;
    },

    async settle() {
      if (cases >= DATABASE_FOR) {
        await world.close();
        world = await open();
        cases = 0;
      }
    },

    bytesOf: (index) => caseOf(index).bytes,
    close: () => world.close(),
  };
}
