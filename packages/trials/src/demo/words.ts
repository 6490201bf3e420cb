// What the demo says about itself: how it begins, where it stands, how it ended.
import type { Totals } from "./narrator.ts";
import { partnerName } from "../world/partners.ts";
import { duration } from "./story.ts";
import type { Figures, Tally } from "./tally.ts";
import type { World } from "../world/world.ts";

export function introduction(world: World, { seed, keep }: { readonly seed: string; readonly keep: boolean }): string {
  const suppliers = world.suppliers.map(({ id, supplier }) => `${partnerName(id)} ftps://${supplier.host}:${supplier.port}`);
  return [
    "",
    "  Shopify Order Handler: a shop's orders, split by supplier, sent over FTPS, acknowledged",
    `  Shop and suppliers are simulated; seed ${seed} gives the same orders again.`,
    "",
    `  Webhooks    ${world.webhooks}`,
    `  Console     ${world.console}/   user operator, password ${world.password}`,
    `  Bull Board  ${world.console}/queues   the same user`,
    `  API         ${world.console}/api   Authorization: Bearer ${world.token}`,
    `  Suppliers   ${suppliers.join(", ")}`,
    `  Files       ${world.folder} (${keep ? "kept" : "removed at the end"})`,
    "",
  ].join("\n");
}

export function footer(
  world: World,
  { orders, totals, startedAt }: { readonly orders: number; readonly totals: Totals; readonly startedAt: number },
): readonly string[] {
  const { sent, acknowledged, held, alerts, medianLatencyMs } = totals;
  const counts = [
    count(orders, "order"),
    `${sent} sent`,
    `${acknowledged} answered`,
    `${held} held`,
    count(alerts, "alert"),
    ...(medianLatencyMs === null ? [] : [`median ${duration(medianLatencyMs)}`]),
    elapsed(Date.now() - startedAt),
  ];
  return [counts.join(" · "), `${world.console}/  operator ${world.password} · /queues · Ctrl-C stops`];
}

export function result({ figures, differences }: Tally, errors: ReadonlyMap<string, number>): string {
  const { orders, purchaseOrders, delivered, acknowledged, held, dryRun, historic, unmatched, lost, duplicates } = figures;
  const latency = latencyWords(figures);
  return [
    "",
    `  ${count(orders, "order")}, ${count(purchaseOrders, "purchase order")} released: ${delivered} delivered, ${acknowledged} acknowledged, ${lost} lost, ${count(duplicates, "duplicate")}`,
    `  ${held} held, ${dryRun} in dry run, ${count(historic, "historic order")}, ${count(unmatched, "line")} without a supplier`,
    `  ${figures.seconds} s${latency}`,
    ...(differences.length === 0
      ? ["  Everything is as it must be."]
      : ["", `  ${count(differences.length, "difference")} from what must be:`, ...differences.map((one) => `  - ${one}`)]),
    ...[...errors].map(([what, times]) => `  The dispatcher logged ${count(times, "error")}: ${what}`),
    "",
  ].join("\n");
}

function latencyWords({ medianLatencyMs, p99LatencyMs }: Figures): string {
  return medianLatencyMs === null || p99LatencyMs === null
    ? ""
    : `; from webhook to supplier: median ${duration(medianLatencyMs)}, 99 % within ${duration(p99LatencyMs)}`;
}

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
