import { handledTopics } from "@soh/shared/webhook";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  webhook(answered: {
    readonly result: string;
    readonly status: number;
    readonly topic: string | undefined;
    readonly durationMs: number;
  }): void;
}

export function createMetrics(state: { readonly bytesInFlight: () => number; readonly redisUp: () => boolean }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const webhooks = new Counter({
    name: "soh_ingest_webhooks_total",
    help: "Webhooks answered, by result (queued, duplicate, ignored, refused, unavailable), HTTP status and topic.",
    labelNames: ["result", "status", "topic"],
    registers,
  });
  const durations = new Histogram({
    name: "soh_ingest_webhook_duration_seconds",
    help: "From the request's headers to the answer. Shopify gives up after 5 s.",
    labelNames: ["result"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5],
    registers,
  });
  const bytes = new Gauge({
    name: "soh_ingest_in_flight_bytes",
    help: "Bytes of webhooks held in memory: being read, or sent to Redis and not answered. INGEST_MAX_IN_FLIGHT_BYTES bounds it.",
    registers: [],
    collect() {
      this.set(state.bytesInFlight());
    },
  });
  registry.registerMetric(bytes);
  const redis = new Gauge({
    name: "soh_ingest_redis_up",
    help: "1 while the connection to Redis is there.",
    registers: [],
    collect() {
      this.set(state.redisUp() ? 1 : 0);
    },
  });
  registry.registerMetric(redis);
  const known = new Set<string>(handledTopics);
  return {
    registry,
    webhook({ result, status, topic, durationMs }) {
      // Anyone can send any topic: only ours become label values.
      const label = topic !== undefined && known.has(topic) ? topic : "other";
      webhooks.inc({ result, status: String(status), topic: label });
      durations.observe({ result }, durationMs / 1000);
    },
  };
}
