import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders } from "node:http";
import type { HandledTopic, WebhookEnvelope } from "@soh/shared/webhook";

/** Longer header values are not Shopify's; they go into keys and logs. */
const MAX_HEADER_CHARACTERS = 255;

/** A header's value; undefined where it is absent, empty or absurdly long. */
export function readHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && value !== "" && value.length <= MAX_HEADER_CHARACTERS ? value : undefined;
}

/** Puts the webhook into what travels through Redis. The body survives byte for byte. */
export function wrap(webhook: {
  readonly shop: string;
  readonly topic: HandledTopic;
  readonly webhookId: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly receivedAt: number;
}): WebhookEnvelope {
  const { shop, topic, webhookId, headers, body, receivedAt } = webhook;
  const encoding = isUtf8(body) ? "utf8" : "base64";
  return {
    version: 1,
    shop,
    topic,
    webhookId,
    eventId: readHeader(headers, "x-shopify-event-id"),
    apiVersion: readHeader(headers, "x-shopify-api-version"),
    triggeredAt: readHeader(headers, "x-shopify-triggered-at"),
    receivedAt,
    body: { encoding, data: body.toString(encoding) },
  };
}
