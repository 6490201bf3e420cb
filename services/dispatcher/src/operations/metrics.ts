// Prometheus. Gauges are read from the database and Redis when they are asked for, so they cannot drift from the truth.
import type { Queue } from "bullmq";
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { HandlerConfig } from "../config/load.ts";
import type { Database } from "../database/schema.ts";
import { countAlerts, type AlertList } from "./alerts.ts";
import { readSummary } from "./queries/summary.ts";
import { within } from "./within.ts";

/** Redis may be away: the other metrics must not wait for it. */
const QUEUES_WITHIN_MS = 2_000;
const JOB_STATES = ["waiting", "active", "delayed", "failed"] as const;

export function metricsRoute(
  app: FastifyInstance,
  options: {
    readonly db: Database;
    readonly config: HandlerConfig;
    readonly alerts: AlertList;
    readonly queues: readonly Queue[];
  },
): void {
  const { db, config, queues } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `soh_dispatcher_${name}`, help, labelNames, registers: [registry] });

  const purchaseOrders = gauge("purchase_orders", "Purchase orders, by supplier and state.", ["supplier", "state"]);
  const orders = gauge("orders", "Orders, by state.", ["state"]);
  const unmatched = gauge("unmatched_lines", "Lines of open orders that go to no supplier.");
  const factsMissing = gauge("facts_missing_lines", "Lines of open orders that wait for what a rule must know.");
  const overdue = gauge("overdue_acknowledgements", "Sent purchase orders that were not acknowledged in time.");
  const notices = gauge(
    "notices",
    "Cancellations and changes of sent purchase orders: waiting for an answer, overdue among them, failed, unknown, for a person to tell.",
    ["state"],
  );
  const deadLetters = gauge("dead_letters", "What waits for a person's decision, by kind.", ["kind"]);
  const alerts = gauge("alerts", "Open alerts, by kind, severity, and whether somebody has seen them.", [
    "kind",
    "severity",
    "seen",
  ]);
  const paused = gauge("supplier_paused", "1 while nothing is sent to the supplier.", ["supplier"]);
  const breakerOpen = gauge("supplier_breaker_open", "1 while the supplier's server does not answer.", ["supplier"]);
  const insecure = gauge("supplier_insecure", "1 where the configuration accepts a connection that is not secure.", ["supplier"]);
  const jobs = gauge("queue_jobs", "Jobs in Redis, by queue and state. Absent while Redis does not answer.", ["queue", "state"]);
  const redisUp = gauge("redis_up", "1 when Redis told the queues' lengths.");

  app.get("/metrics", async (_request, reply) => {
    const suppliers = config.suppliers.map((one) => one.id);
    const [summary, open] = await Promise.all([
      readSummary(db, config.suppliers),
      options.alerts.list({ language: "en", state: "open" }),
      readQueues(),
    ]);
    alerts.reset();
    for (const { kind, severity, open: count, unseen } of countAlerts(open)) {
      alerts.set({ kind, severity, seen: "false" }, unseen);
      alerts.set({ kind, severity, seen: "true" }, count - unseen);
    }
    for (const [supplier, counts] of Object.entries(summary.purchaseOrdersBySupplier)) {
      for (const [state, count] of Object.entries(counts)) {
        purchaseOrders.set({ supplier, state }, count);
      }
    }
    for (const [state, count] of Object.entries(summary.orders)) {
      orders.set({ state }, count);
    }
    for (const supplier of suppliers) {
      paused.set({ supplier }, summary.pausedSuppliers.includes(supplier) ? 1 : 0);
      breakerOpen.set({ supplier }, summary.silentSuppliers.includes(supplier) ? 1 : 0);
      insecure.set({ supplier }, summary.insecureSuppliers.includes(supplier) ? 1 : 0);
    }
    unmatched.set(summary.unmatchedLines);
    factsMissing.set(summary.factsMissingLines);
    overdue.set(summary.overdueAcknowledgements);
    for (const [state, count] of Object.entries(summary.notices)) {
      notices.set({ state: state === "byHand" ? "by-hand" : state }, count);
    }
    deadLetters.set({ kind: "purchase-order" }, summary.deadLetters.purchaseOrders);
    deadLetters.set({ kind: "notice" }, summary.deadLetters.notices);
    deadLetters.set({ kind: "webhook" }, summary.deadLetters.webhooks);
    deadLetters.set({ kind: "file" }, summary.deadLetters.files);
    return reply.type(registry.contentType).send(await registry.metrics());
  });

  async function readQueues(): Promise<void> {
    jobs.reset();
    try {
      const counts = await within(
        Promise.all(queues.map(async (queue) => ({ queue: queue.name, counts: await queue.getJobCounts(...JOB_STATES) }))),
        QUEUES_WITHIN_MS,
      );
      for (const { queue, counts: byState } of counts) {
        for (const state of JOB_STATES) {
          jobs.set({ queue, state }, byState[state] ?? 0);
        }
      }
      redisUp.set(1);
    } catch {
      redisUp.set(0);
    }
  }
}
