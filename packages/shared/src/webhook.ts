// What a webhook is to both services: the topics that are taken in, and the envelope that carries one through Redis.
import { z } from "zod";

/** Topics whose payload is a whole order. https://shopify.dev/docs/api/webhooks */
export const orderTopics = ["orders/create", "orders/paid", "orders/updated", "orders/cancelled"] as const;

/** Topics that ingest queues; it answers `ignored` to every other. */
export const handledTopics = [
  ...orderTopics,
  "orders/edited",
  "orders/delete",
  "refunds/create",
  "app/uninstalled",
  "customers/data_request",
  "customers/redact",
  "shop/redact",
] as const;

export type HandledTopic = (typeof handledTopics)[number];

/**
 * The one queue message that carries data instead of ids: at this moment no database knows the order yet, and
 * Redis (append-only file, fsync always) is what keeps it. `body` is the exact body that was signed.
 */
export const webhookEnvelopeSchema = z.object({
  version: z.literal(1),
  shop: z.string(),
  topic: z.enum(handledTopics),
  webhookId: z.string(),
  eventId: z.string().optional(),
  apiVersion: z.string().optional(),
  /** As Shopify wrote it: RFC 3339 with nanoseconds, in UTC. */
  triggeredAt: z.string().optional(),
  /** Epoch milliseconds, ingest's clock. */
  receivedAt: z.number(),
  /** base64 only where the bytes are not UTF-8: a person reads the rest in Bull Board. */
  body: z.object({ encoding: z.enum(["utf8", "base64"]), data: z.string() }),
});

export type WebhookEnvelope = z.output<typeof webhookEnvelopeSchema>;
