// POST /webhooks/shopify. Checked in this order: size (413), signature and shop (401), topic and webhook id (400); a topic
// that nobody handles is `ignored`; then the queue decides between 200 and 503. Whatever is not 200, Shopify sends again.
import type { IncomingMessage } from "node:http";
import type { Secret } from "@soh/shared/config";
import type { Logger } from "@soh/shared/logger";
import { handledTopics, type HandledTopic } from "@soh/shared/webhook";
import type { FastifyInstance } from "fastify";
import { readBody } from "../body.ts";
import { readHeader, wrap } from "../envelope.ts";
import type { InFlight } from "../in-flight.ts";
import type { Metrics } from "../metrics.ts";
import type { WebhookQueue } from "../queue.ts";
import { isSigned } from "../signature.ts";

const RETRY_AFTER_SECONDS = 5;

const refusals = {
  too_large: { status: 413, error: "the body is too large" },
  cut_off: { status: 400, error: "the body did not arrive whole" },
  hmac_missing: { status: 401, error: "the header X-Shopify-Hmac-Sha256 is missing" },
  shop_missing: { status: 401, error: "the header X-Shopify-Shop-Domain is missing" },
  shop_unknown: { status: 401, error: "this shop is not configured" },
  hmac_wrong: { status: 401, error: "X-Shopify-Hmac-Sha256 does not match the body" },
  topic_missing: { status: 400, error: "the header X-Shopify-Topic is missing or too long" },
  webhook_id_missing: { status: 400, error: "the header X-Shopify-Webhook-Id is missing or too long" },
} as const;

type Answer = { readonly bytes: number } & (
  | { readonly result: "queued" | "duplicate" | "ignored" }
  | { readonly result: "refused"; readonly reason: keyof typeof refusals }
  | { readonly result: "unavailable"; readonly reason: string; readonly detail?: string }
);

export interface WebhookRouteOptions {
  readonly secretsOf: (shop: string) => readonly Secret[] | undefined;
  readonly maxBodyBytes: number;
  readonly inFlight: InFlight;
  readonly queue: WebhookQueue;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export function webhookRoutes(http: FastifyInstance, options: WebhookRouteOptions): void {
  http.post("/webhooks/shopify", async (request, reply) => {
    const startedAt = performance.now();
    const answer = await receive(request.raw, options);
    const { status, body } = toHttp(answer);
    report({ request: request.raw, answer, status, durationMs: performance.now() - startedAt }, options);
    if (status === 503) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
    }
    return reply.code(status).send(body);
  });
}

async function receive(request: IncomingMessage, options: WebhookRouteOptions): Promise<Answer> {
  const { secretsOf, maxBodyBytes, inFlight, queue } = options;
  const { headers } = request;
  const receivedAt = Date.now();
  const hold = inFlight.open();
  if (!hold) {
    return { result: "unavailable", reason: "too_many_bytes_in_flight", bytes: 0 };
  }
  let release: Promise<void> | undefined;
  try {
    const body = await readBody(request, { maxBytes: maxBodyBytes, hold });
    if (body.kind === "no_room") {
      return { result: "unavailable", reason: "too_many_bytes_in_flight", bytes: body.size };
    }
    if (body.kind !== "whole") {
      return { result: "refused", reason: body.kind, bytes: body.size };
    }
    const bytes = body.bytes.length;

    const signature = readHeader(headers, "x-shopify-hmac-sha256");
    if (signature === undefined) {
      return { result: "refused", reason: "hmac_missing", bytes };
    }
    const shop = readHeader(headers, "x-shopify-shop-domain")?.toLowerCase();
    if (shop === undefined) {
      return { result: "refused", reason: "shop_missing", bytes };
    }
    const secrets = secretsOf(shop);
    if (!secrets) {
      return { result: "refused", reason: "shop_unknown", bytes };
    }
    if (!isSigned(body.bytes, signature, secrets)) {
      return { result: "refused", reason: "hmac_wrong", bytes };
    }

    const topic = readHeader(headers, "x-shopify-topic");
    if (topic === undefined) {
      return { result: "refused", reason: "topic_missing", bytes };
    }
    const webhookId = readHeader(headers, "x-shopify-webhook-id");
    if (webhookId === undefined) {
      return { result: "refused", reason: "webhook_id_missing", bytes };
    }
    if (!isHandled(topic)) {
      return { result: "ignored", bytes };
    }

    const adding = queue.add(wrap({ shop, topic, webhookId, headers, body: body.bytes, receivedAt }));
    release = adding.settled;
    return { ...(await adding.confirmation), bytes };
  } finally {
    // What was sent to Redis is held until the connection lets go of it, however long ago the answer was.
    if (release) {
      void release.then(() => hold.release());
    } else {
      hold.release();
    }
  }
}

function isHandled(topic: string): topic is HandledTopic {
  return handledTopics.some((handled) => handled === topic);
}

function toHttp(answer: Answer): { readonly status: number; readonly body: Record<string, string> } {
  switch (answer.result) {
    case "queued":
    case "duplicate":
    case "ignored":
      return { status: 200, body: { status: answer.result } };
    case "refused": {
      const { status, error } = refusals[answer.reason];
      return { status, body: { error } };
    }
    case "unavailable":
      return { status: 503, body: { error: "the webhook could not be stored; send it again" } };
  }
}

const events = {
  queued: "webhook.accepted",
  duplicate: "webhook.duplicate",
  ignored: "webhook.ignored",
  refused: "webhook.refused",
  unavailable: "webhook.unavailable",
} as const;

function report(
  told: {
    readonly request: IncomingMessage;
    readonly answer: Answer;
    readonly status: number;
    readonly durationMs: number;
  },
  { metrics, logger }: WebhookRouteOptions,
): void {
  const { answer, status, durationMs } = told;
  const { headers } = told.request;
  const topic = readHeader(headers, "x-shopify-topic");
  metrics.webhook({ result: answer.result, status, topic, durationMs });
  const level = answer.result === "unavailable" ? "error" : answer.result === "refused" ? "warn" : "info";
  logger[level]({
    event: events[answer.result],
    shop: readHeader(headers, "x-shopify-shop-domain"),
    topic,
    webhook_id: readHeader(headers, "x-shopify-webhook-id"),
    bytes: answer.bytes,
    duration_ms: Math.round(durationMs * 10) / 10,
    status,
    reason: "reason" in answer ? answer.reason : undefined,
    detail: "detail" in answer ? answer.detail : undefined,
  });
}
