// The job of the `webhooks` queue: one webhook, one transaction. What cannot be understood becomes a dead letter with its
// bytes and its reason, and the job is done; only broken infrastructure makes the job fail, and then it is tried again.
import { insertRow } from "../database/statements.ts";
import type { WebhookEnvelope } from "@soh/shared/webhook";
import type { Alerts } from "../alerts/alerts.ts";
import { recordEvent } from "../database/audit.ts";
import { isConstraintViolation, type OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { parseLosslessJson } from "./lossless-json.ts";
import { readConcernedOrderId, readDeletedOrderId, readOrder } from "./payload.ts";
import type { PlanNow } from "./planner.ts";
import { uninstalled } from "./webhook-alerts.ts";
import { sha256 } from "./documents.ts";
import { storeDeletion, storeSnapshot, type Origin, type Stored } from "./snapshots.ts";

export interface IntakeOptions {
  readonly database: OpenDatabase;
  readonly plan: PlanNow;
  readonly now: () => number;
  readonly newId: () => string;
  readonly raise: Alerts["raise"];
}

export interface IntakeResult {
  readonly outcome: Stored | "deletion" | "noted" | "dead-letter";
  readonly orderId: string | null;
  readonly reason: string | null;
  /** Purchase orders that became ready. */
  readonly ready: readonly string[];
}

export type Intake = (envelope: WebhookEnvelope) => Promise<IntakeResult>;

export interface IntakeRoom {
  readonly takeIn: Intake;
  /** Keeps it as a dead letter, unread. */
  readonly setAside: (envelope: WebhookEnvelope, reason: string) => Promise<IntakeResult>;
}

export function createIntake(options: IntakeOptions): IntakeRoom {
  const { database, plan, now, newId } = options;

  const receive = (envelope: WebhookEnvelope): Received => {
    const bytes = Buffer.from(envelope.body.data, envelope.body.encoding);
    const origin: Origin = {
      triggeredAt: envelope.triggeredAt,
      payloadHash: sha256(bytes),
      topic: envelope.topic,
      webhookId: envelope.webhookId,
    };
    return { envelope, bytes, origin, at: now() };
  };

  const setAside: IntakeRoom["setAside"] = async (envelope, reason) => {
    const received = receive(envelope);
    return await database.transaction((trx) => deadLetter(trx, received, reason));
  };

  const takeIn: Intake = async (envelope) => {
    const received = receive(envelope);
    return await database
      .transaction((trx) => handle(trx, received))
      .catch((error: unknown) => {
        if (!isConstraintViolation(error)) {
          throw error; // The disk, or a bug: tried again until it works.
        }
        const reason = `the database refuses it: ${error instanceof Error ? error.message : String(error)}`;
        return database.transaction((trx) => deadLetter(trx, received, reason));
      });
  };

  return { takeIn, setAside };

  async function handle(trx: DatabaseTransaction, input: Received): Promise<IntakeResult> {
    const { envelope, bytes, origin, at } = input;
    const { shop, topic } = envelope;
    const parsed = parse(bytes);
    if (!parsed.ok) {
      return await deadLetter(trx, input, parsed.reason);
    }
    switch (topic) {
      case "orders/create":
      case "orders/paid":
      case "orders/updated":
      case "orders/cancelled": {
        const read = readOrder(parsed.value, shop);
        if (!read.ok) {
          return await deadLetter(trx, input, read.reason);
        }
        const stored = await storeSnapshot(trx, { order: read.order, origin, now: at });
        const changed = stored === "new" || stored === "newer";
        const ready = changed ? await plan(trx, read.order.id, at) : [];
        return { outcome: stored, orderId: read.order.id, reason: null, ready };
      }
      case "orders/delete": {
        const orderId = readDeletedOrderId(parsed.value, shop);
        if (orderId === undefined) {
          return await deadLetter(trx, input, "not a deletion: the order's id is missing");
        }
        const changed = await storeDeletion(trx, { id: orderId, shop, origin, now: at });
        const ready = changed ? await plan(trx, orderId, at) : [];
        return { outcome: "deletion", orderId, reason: null, ready };
      }
      case "orders/edited":
      case "refunds/create": {
        // Neither carries the order; orders/updated follows with the quantities.
        const orderId = readConcernedOrderId(parsed.value, shop);
        if (orderId === undefined) {
          return await deadLetter(trx, input, `${topic} without an order's id`);
        }
        await recordEvent(trx, {
          at,
          subject: "order",
          subjectId: orderId,
          name: `order.${topic === "orders/edited" ? "edited" : "refunded"}`,
          actor: "shopify",
          detail: { webhook_id: envelope.webhookId },
        });
        return { outcome: "noted", orderId, reason: null, ready: [] };
      }
      case "app/uninstalled":
      case "customers/data_request":
      case "customers/redact":
      case "shop/redact":
        return await noteForShop(trx, input);
    }
  }

  async function noteForShop(trx: DatabaseTransaction, input: Received): Promise<IntakeResult> {
    const { envelope, at, bytes } = input;
    const { shop, topic } = envelope;
    if (topic === "app/uninstalled") {
      await options.raise(trx, uninstalled({ shop }));
    } else {
      await keepLetter(trx, input, `${topic}: to be answered by a person within 30 days`);
    }
    await recordEvent(trx, {
      at,
      subject: "shop",
      subjectId: shop,
      name: `shop.${topic.replace("/", "_")}`,
      actor: "shopify",
      detail: { webhook_id: envelope.webhookId, bytes: bytes.byteLength },
    });
    return {
      outcome: "noted",
      orderId: null,
      reason: null,
      ready: [],
    };
  }

  async function deadLetter(trx: DatabaseTransaction, input: Received, reason: string): Promise<IntakeResult> {
    const { envelope, at } = input;
    const id = await keepLetter(trx, input, reason);
    await recordEvent(trx, {
      at,
      subject: "dead-letter",
      subjectId: id,
      name: "webhook.unreadable",
      actor: "shopify",
      detail: { shop: envelope.shop, topic: envelope.topic, webhook_id: envelope.webhookId, reason },
    });
    return {
      outcome: "dead-letter",
      orderId: null,
      reason,
      ready: [],
    };
  }

  /** With all its bytes: letters.ts takes them in again, and the hash recognises the same webhook. Also of what Shopify asks of a shop. */
  async function keepLetter(trx: DatabaseTransaction, input: Received, reason: string): Promise<string> {
    const { envelope, bytes, origin, at } = input;
    const key = { shop: envelope.shop, topic: envelope.topic, webhook_id: envelope.webhookId, hash: origin.payloadHash };
    const known = await trx
      .selectFrom("dead_letters")
      .select("id")
      .where((eb) => eb.and(key))
      .executeTakeFirst();
    if (known !== undefined) {
      return known.id;
    }
    const id = newId();
    await insertRow(trx, "dead_letters", {
      ...key,
      id,
      kind: "webhook",
      reason,
      bytes,
      received_at: at,
      triggered_at: envelope.triggeredAt ?? null,
      settled_at: null,
      settled_by: null,
      settled_how: null,
    });
    return id;
  }
}

interface Received {
  readonly envelope: WebhookEnvelope;
  readonly bytes: Buffer;
  readonly origin: Origin;
  readonly at: number;
}

function parse(bytes: Buffer): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, value: parseLosslessJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch (error) {
    // A JSON error quotes the text around it, which may be a customer's: its kind is enough, the bytes are kept.
    return { ok: false, reason: error instanceof SyntaxError ? "the body is not JSON" : "the body is not UTF-8 text" };
  }
}
