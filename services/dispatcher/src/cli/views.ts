// Answers as people read them.
import type { z } from "zod";
import type * as answers from "../contract/answers.ts";
import { blocks, facts, show, table, time } from "./table.ts";

type Answer<Name extends keyof typeof answers> = z.output<(typeof answers)[Name]>;

export function statusView(summary: Answer<"summary">): string {
  const states = Object.keys(summary.purchaseOrders);
  const rows = [...Object.entries(summary.purchaseOrdersBySupplier), ["all", summary.purchaseOrders] as const];
  const waiting = summary.alerts.filter(({ severity, unseen }) => severity === "act" && unseen > 0);
  return blocks(
    table(rows, [
      { title: "purchase orders", cell: ([supplier]) => supplier },
      ...states.map((state) => ({ title: state, cell: ([, counts]: (typeof rows)[number]) => counts[state] ?? 0 })),
    ]),
    table(
      [summary.orders],
      [
        { title: "orders", cell: () => "all" },
        ...Object.keys(summary.orders).map((state) => ({
          title: state,
          cell: (counts: typeof summary.orders) => counts[state] ?? 0,
        })),
      ],
    ),
    waiting.length === 0
      ? "Nothing needs a person."
      : `Needs attention (npm run soh -- alerts)\n${facts(waiting.map(({ title, unseen }) => [title, String(unseen)]))}`,
  );
}

export const alertsView = ({ alerts }: Answer<"alerts">): string =>
  alerts.length === 0
    ? "No alerts."
    : alerts
        .map((one) =>
          [
            [
              `${one.id}  ${one.title}, since ${time(one.openedAt)}`,
              ...(one.seenBy === null ? [] : [`seen by ${show(one.seenBy)}`]),
              ...(one.endedAt === null ? [] : [`ended ${time(one.endedAt)}`]),
            ].join(", "),
            `    ${show(`${one.what} ${one.remedy}`.trim())}`,
          ].join("\n"),
        )
        .join("\n");

export const ordersView = ({ orders }: Answer<"orders">): string =>
  orders.length === 0
    ? "No orders."
    : table(orders, [
        { title: "order", cell: (order) => order.name },
        { title: "state", cell: (order) => (order.test ? `${order.state} (test)` : order.state) },
        { title: "total", cell: (order) => `${order.total.amount} ${order.total.currency}` },
        { title: "ordered", cell: (order) => time(order.createdAt) },
        {
          title: "purchase orders",
          cell: (order) =>
            [
              ...order.purchaseOrders.map((po) => `${po.number ?? po.id} ${po.state}`),
              ...(order.unmatchedLines > 0 ? [`${order.unmatchedLines} unmatched`] : []),
              ...(order.factsMissingLines > 0 ? [`${order.factsMissingLines} missing facts`] : []),
            ].join(", "),
        },
      ]);

export const orderView = (order: Answer<"order">): string =>
  blocks(
    facts([
      ["Order", `${order.name}${order.test ? " (test)" : ""}`],
      ["Id", order.id],
      ["State", order.state],
      ["Payment", order.financialStatus],
      ["Total", `${order.total.amount} ${order.total.currency}`],
      ["Ordered", time(order.createdAt)],
    ]),
    order.lines.length === 0
      ? ""
      : table(order.lines, [
          { title: "sku", cell: (line) => line.sku },
          { title: "line", cell: (line) => line.title },
          { title: "ordered", cell: (line) => line.ordered },
          { title: "now", cell: (line) => line.current },
          { title: "given", cell: (line) => line.allocated },
          { title: "decision", cell: (line) => line.decision },
          { title: "why", cell: (line) => line.reason },
        ]),
    order.purchaseOrders.length === 0
      ? ""
      : table(order.purchaseOrders, [
          { title: "purchase order", cell: (po) => po.number ?? po.id },
          { title: "supplier", cell: (po) => po.supplier },
          { title: "state", cell: (po) => po.state },
          { title: "sent", cell: (po) => time(po.sentAt) },
          { title: "reason", cell: (po) => po.reason },
        ]),
    messagesView(order.messages),
    tasksView(order.tasks),
    eventsView(order.events),
  );

export const purchaseOrdersView = ({ purchaseOrders }: Answer<"purchaseOrders">): string =>
  purchaseOrders.length === 0
    ? "No purchase orders."
    : table(purchaseOrders, [
        { title: "purchase order", cell: (po) => po.number ?? po.id },
        { title: "supplier", cell: (po) => po.supplier },
        { title: "order", cell: (po) => po.orderName },
        { title: "state", cell: (po) => po.state },
        { title: "answer", cell: (po) => (po.acknowledgementOverdue ? "overdue" : po.acknowledgement) },
        { title: "sent", cell: (po) => time(po.sentAt) },
        { title: "reason", cell: (po) => po.reason },
      ]);

export const purchaseOrderView = (po: Answer<"purchaseOrderDetail">): string =>
  blocks(
    facts([
      ["Purchase order", po.number ?? po.id],
      ["Id", po.id],
      ["Supplier", po.supplier],
      ["Order", `${po.orderName} (${po.orderId})`],
      ["State", po.state],
      ["Reason", po.reason],
      ["Version", po.version],
      ["Created", time(po.createdAt)],
      ["Waits for its turn at", time(po.turnAt)],
      ["Sent", time(po.sentAt)],
      ["Answer", po.acknowledgementOverdue ? "overdue" : po.acknowledgement],
      ["At cost", po.net && `${po.net.amount} ${po.net.currency}`],
    ]),
    po.lines.length === 0
      ? ""
      : table(po.lines, [
          { title: "no.", cell: (line) => line.number },
          { title: "sku", cell: (line) => line.sku },
          { title: "supplier's sku", cell: (line) => line.supplierSku },
          { title: "line", cell: (line) => line.title },
          { title: "units", cell: (line) => line.units },
          {
            title: "asked for",
            cell: ({ quantity, unit, packSize }) => `${quantity} ${unit}${packSize === 1 ? "" : ` of ${packSize}`}`,
          },
          { title: "cost", cell: ({ unitCost }) => unitCost && `${unitCost.amount} ${unitCost.currency}` },
          { title: "confirmed", cell: (line) => line.confirmed },
          { title: "backordered", cell: (line) => line.backordered },
          { title: "shipped", cell: (line) => line.shipped },
          { title: "cancelled", cell: (line) => line.cancelled },
        ]),
    messagesView(po.messages),
    tasksView(po.tasks),
    po.holds.length === 0
      ? ""
      : table(po.holds, [
          { title: "id", cell: (hold) => hold.id },
          { title: "hold", cell: (hold) => hold.name },
          { title: "since", cell: (hold) => time(hold.since) },
          { title: "ended", cell: (hold) => (hold.endedAt === null ? null : `${time(hold.endedAt)} by ${hold.endedBy ?? "-"}`) },
          { title: "reason", cell: (hold) => hold.reason },
        ]),
    po.attempts.length === 0
      ? ""
      : table(po.attempts, [
          { title: "attempt", cell: (attempt) => attempt.number },
          ...(po.attempts.some(({ kind }) => kind !== "order")
            ? [{ title: "of", cell: ({ kind }: Answer<"purchaseOrderDetail">["attempts"][number]) => kind }]
            : []),
          { title: "result", cell: (attempt) => attempt.state },
          { title: "started", cell: (attempt) => time(attempt.startedAt) },
          { title: "file", cell: (attempt) => attempt.finalPath },
          ...(po.attempts.some((attempt) => attempt.inFile !== null)
            ? [
                {
                  title: "with",
                  cell: ({ inFile }: Answer<"purchaseOrderDetail">["attempts"][number]) =>
                    inFile?.filter((one) => one !== po.number).join(", ") ?? null,
                },
              ]
            : []),
          { title: "bytes", cell: (attempt) => attempt.size },
          { title: "sha-256", cell: (attempt) => attempt.sha256 },
          { title: "why", cell: (attempt) => attempt.message ?? attempt.failure },
        ]),
    eventsView(po.events),
  );

export const deadLettersView = ({ deadLetters }: Answer<"deadLetters">): string =>
  deadLetters.length === 0
    ? "No dead letters."
    : table(deadLetters, [
        { title: "since", cell: (letter) => time(letter.since) },
        { title: "kind", cell: (letter) => letter.kind },
        { title: "what", cell: (letter) => letter.label },
        { title: "id", cell: (letter) => letter.id },
        { title: "where", cell: (letter) => letter.place },
        { title: "state", cell: (letter) => letter.state },
        { title: "what can be done", cell: (letter) => letter.remedies.join(", ") },
        { title: "why", cell: (letter) => letter.reason },
      ]);

export const deadLetterView = (letter: Answer<"deadLetterDetail">): string =>
  blocks(
    facts([
      ["What", letter.label],
      ["Kind", letter.kind],
      ["Id", letter.id],
      ["Where", letter.place],
      ["Order", letter.order === null ? null : `${letter.order.name} (${letter.order.id})`],
      ["Purchase order", letter.purchaseOrder === null ? null : (letter.purchaseOrder.number ?? letter.purchaseOrder.id)],
      ["Webhook id", letter.webhookId],
      ["State", letter.state],
      ["Since", time(letter.since)],
      ["Why", letter.reason],
      ["Bytes", letter.size],
      ["SHA-256", letter.sha256],
      ["Settled", letter.settled === null ? null : `${letter.settled.how} by ${letter.settled.by}, ${time(letter.settled.at)}`],
      ["What can be done", letter.remedies.length === 0 ? null : letter.remedies.join(", ")],
    ]),
    eventsView(letter.events),
  );

export const entriesView = ({ entries }: Answer<"lookup">): string =>
  table(entries, [
    { title: "supplier", cell: (entry) => entry.supplier },
    { title: "sku", cell: (entry) => entry.sku },
    { title: "supplier's sku", cell: (entry) => entry.supplierSku },
    { title: "unit", cell: (entry) => entry.unit },
    { title: "pack", cell: (entry) => entry.pack },
    { title: "cost", cell: ({ cost }) => cost && `${cost.amount} ${cost.currency}` },
    { title: "valid from", cell: (entry) => entry.validFrom },
    { title: "today", cell: (entry) => (entry.current ? "yes" : null) },
    { title: "gtin", cell: (entry) => entry.gtin },
    { title: "mpn", cell: (entry) => entry.mpn },
    { title: "hazard", cell: (entry) => entry.hazard },
  ]);

export const importView = ({
  report,
  applied,
}: {
  readonly report: Answer<"importReport">;
  readonly applied: boolean;
}): string => {
  const { examples } = report;
  const changed = [
    ...examples.new.map((one) => ({ ...one, what: "new" })),
    ...examples.changed.map((one) => ({ ...one, what: "changed" })),
    ...examples.removed.map((one) => ({ ...one, what: "removed" })),
  ];
  return blocks(
    facts([
      ["Supplier", report.supplier],
      ["Rows", report.rows],
      ["Bad", report.badRows],
      ["New", report.new],
      ["Changed", report.changed],
      ["Unchanged", report.unchanged],
      ["Removed", report.removed],
      ["Applied", applied ? "yes" : "no: a preview"],
    ]),
    changed.length === 0
      ? ""
      : table(changed, [
          { title: "for example", cell: (one) => one.what },
          { title: "row", cell: (one) => one.row },
          { title: "sku", cell: (one) => one.sku },
          { title: "valid from", cell: (one) => one.validFrom },
          {
            title: "what",
            cell: ({ supplierSku, changes }) =>
              changes.length === 0
                ? `supplier's SKU ${supplierSku}`
                : changes.map(({ column, before, after }) => `${column} ${before ?? "-"} → ${after ?? "-"}`).join(", "),
          },
        ]),
  );
};

const messagesView = (messages: Answer<"order">["messages"]): string =>
  messages.length === 0
    ? ""
    : table(messages, [
        {
          title: "message",
          cell: ({ kind, number }) => (isNotice(kind) ? `${kind} of ${number ?? ""}` : `${kind} ${number ?? ""}`),
        },
        {
          title: "version",
          cell: ({ version, copy }) => `${version === 0 ? "-" : version}${copy === 1 ? "" : `, copy ${copy}`}`,
        },
        { title: "still wanted", cell: (message) => message.units },
        { title: "state", cell: ({ state, inferred }) => (inferred ? `${state} (inferred)` : state) },
        { title: "sent", cell: (message) => time(message.sentAt) },
        { title: "answer", cell: (message) => (message.answerOverdue ? "overdue" : message.answer) },
        {
          title: "due",
          cell: ({ answer, answerDueAt }) => (answer === null || answer === "received" ? time(answerDueAt) : null),
        },
        { title: "id", cell: (message) => message.id },
        { title: "reason", cell: (message) => message.reason },
      ]);

const isNotice = (kind: string): boolean => kind === "cancellation" || kind === "change";

const tasksView = (tasks: Answer<"order">["tasks"]): string =>
  tasks.length === 0
    ? ""
    : table(tasks, [
        { title: "to tell yourself", cell: (task) => task.purpose },
        { title: "state", cell: (task) => task.settledHow ?? "to be told by you" },
        { title: "since", cell: (task) => time(task.openedAt) },
        {
          title: "settled",
          cell: ({ settledAt, settledBy }) => (settledAt === null ? null : `${time(settledAt)} by ${settledBy ?? "-"}`),
        },
        { title: "id", cell: (task) => task.id },
        { title: "what", cell: (task) => task.task },
      ]);

const eventsView = (events: Answer<"order">["events"]): string =>
  events.length === 0
    ? ""
    : table(events, [
        { title: "when", cell: (event) => time(event.at) },
        { title: "event", cell: (event) => event.name },
        { title: "by", cell: (event) => event.actor },
        { title: "detail", cell: (event) => detailText(event.detail) },
      ]);

const detailText = (detail: Readonly<Record<string, unknown>>): string =>
  Object.entries(detail)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name}=${show(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join(" ");
