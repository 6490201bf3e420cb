import type { Database } from "../../database/schema.ts";
import { holdNames, isReleasable } from "../../domain/plan/hold.ts";
import type { TasksTable } from "../../database/tables/attention.ts";
import type { MessagesTable } from "../../database/tables/deliveries.ts";
import { labelOf, nameOf, titleOf } from "../../domain/answers/notice.ts";
import { isNotice } from "../../domain/delivery/message.ts";
import { ofMessage, ofTask, remediesFor } from "../../domain/purchase-order/remedy.ts";
import { readDocument, readPurchaseOrder, type PurchaseOrderDetail } from "../queries/purchase-orders.ts";
import { remediesOf } from "../../attention/attention.ts";
import { attemptTable } from "./attempts.ts";
import { command } from "./commands.ts";
import { documentPanel } from "./documents.ts";
import { html, type Content, type Html } from "./html.ts";
import type { Page } from "./layout.ts";
import { saidPanels } from "./messages.ts";
import { badge, facts, hash, orderLink, orNothing, panel, size, time } from "./pieces.ts";
import { acknowledgementBadge } from "./purchase-orders.ts";
import { choiceList } from "./remedies.ts";
import type { ConsoleOptions } from "./options.ts";
import { supplierNames } from "./suppliers.ts";
import { table } from "./table.ts";
import { timeline } from "./timeline.ts";

export async function purchaseOrderPage({ db, config, turnOf }: ConsoleOptions, id: string): Promise<Page | undefined> {
  const po = await readPurchaseOrder(db, id);
  if (po === undefined) {
    return undefined;
  }
  const supplier = supplierNames(config)(po.supplier);
  return {
    title: titleOf(po),
    section: "purchase-orders",
    body: html`<p class="crumbs"><a href="/purchase-orders">Purchase orders</a></p>
      <h1>
        ${po.number ?? po.id} <span class="to">to ${supplier}</span> ${badge(po.state)} ${acknowledgementBadge(po)}
        ${po.resend === null ? "" : badge(po.resend)} ${po.order.test === 1 ? badge("test") : ""}
      </h1>
      ${whatNow(po)} ${panel("Purchase order", purchaseOrderFacts(po, supplier, turnOf(po)))}
      ${panel("Lines", lineTable(po), { count: po.lines.length })} ${saidPanels(po)}
      ${po.holds.length === 0 ? "" : panel("Holds", holdTable(po), { count: po.holds.length })}
      ${panel("Attempts", attemptTable(po), { count: po.attempts.length })}
      ${po.answers.length === 0 ? "" : panel("The supplier's answers", answerTable(po), { count: po.answers.length })}
      ${await newestDocument(db, po)} ${panel("Events", timeline(po.events))}`,
  };
}

async function newestDocument(db: Database, po: PurchaseOrderDetail): Promise<Content> {
  const document = await readDocument(db, { purchaseOrder: po.id });
  return documentPanel(po, document);
}

/** The reason for its state, and the commands that fit it. */
function whatNow(po: PurchaseOrderDetail): Content {
  const wish =
    po.cancel_wanted_at === null ? null : html`Cancellation is wanted since ${time(po.cancel_wanted_at)}: ${po.cancel_reason}`;
  const choices = [whatCanBeDone(po), ...po.messages.map(noticeChoices), ...po.tasks.map(taskChoices(po))].filter(
    (one) => one !== "",
  );
  if (choices.length === 0 && po.reason === null && wish === null) {
    return "";
  }
  const quiet = po.state === "ready" || po.state === "sent" || po.state === "closed" || po.state === "cancelled";
  return html`<div class="callout ${quiet && wish === null ? "quiet" : ""}">
    ${po.reason === null ? "" : html`<p><strong>${po.reason}</strong></p>`} ${wish === null ? "" : html`<p>${wish}</p>`}
    ${choices}
  </div>`;
}

const releasable: ReadonlySet<string> = new Set(holdNames.filter(isReleasable));
const keepBack = (name: string): Html => html`<p>To keep it back: ${command(["hold", name], "why")}</p>`;

/** Of a notice that did not get through, or waits for its answer. */
function noticeChoices(message: MessagesTable): Content {
  const { kind, id, state } = message;
  const remedies = isNotice(kind) ? remediesFor(ofMessage(message)) : [];
  if (remedies.length === 0) {
    return "";
  }
  const needsPerson = state === "failed" || state === "unknown";
  return html`<details ${needsPerson ? html`open` : ""}>
    <summary>
      ${needsPerson ? `The ${kind} is ${state}: ${message.reason ?? ""}` : `The supplier answers the ${kind} otherwise than by a file?`}
    </summary>
    ${choiceList(id, remedies)}
  </details>`;
}

const taskChoices =
  (po: PurchaseOrderDetail) =>
  (task: TasksTable): Content => {
    const remedies = remediesFor(ofTask({ ...task, number: po.number }));
    return remedies.length === 0
      ? ""
      : html`<details open>
          <summary>${task.task}. You have told the supplier?</summary>
          ${choiceList(task.id, remedies, { byHand: true })}
        </details>`;
  };

function whatCanBeDone(po: PurchaseOrderDetail): Content {
  const name = nameOf(po);
  const remedies = remediesOf(po, po.order);
  if (po.state === "held") {
    const active = po.holds.filter((hold) => hold.ended_at === null);
    const fixed = new Set(active.map((hold) => hold.name).filter((name) => !releasable.has(name)));
    if (fixed.size > 0) {
      return html`<p>A person cannot lift ${[...fixed].join(" and ")}: it ends with its cause.</p>`;
    }
    const seen = active.map((hold) => hold.id).join(",");
    return html`<p>To send it in spite of its holds: ${command(["release", name, "--seen", seen], "why")}</p>`;
  }
  if (po.state === "ready") {
    return html`<p>To send it now: ${command(["retry", name], "why")}</p>
      ${keepBack(name)}`;
  }
  if (remedies.length === 0) {
    return "";
  }
  if (po.state === "sent") {
    return html`<details>
      <summary>The supplier says it never got it?</summary>
      ${choiceList(name, remedies)}
    </details>`;
  }
  return html`${po.state === "unknown" ? html`<p>Ask the supplier whether it has ${labelOf(po)}. Then:</p>` : ""}
  ${choiceList(name, remedies)}`;
}

function purchaseOrderFacts(po: PurchaseOrderDetail, supplier: string, turn: number | null): Html {
  const due = po.acknowledgement === "accepted" || po.acknowledgement === "rejected" ? null : po.acknowledgement_due_at;
  return facts([
    ["Order", orderLink(po.order)],
    ["Shop", po.order.shop],
    ["Supplier", html`<a href="/suppliers#${po.supplier}">${supplier}</a>`],
    ["Id", html`<code>${po.id}</code>`],
    ["Version", po.version === 0 ? orNothing(null) : po.version],
    ["At cost", po.net === null ? null : `${po.net} ${po.net_currency ?? ""}`],
    ["Copy", po.copy === 1 ? null : po.copy],
    ["Failures in a row", po.failures === 0 ? null : po.failures],
    ["Ended the dispatcher", po.crashes === 0 ? null : po.crashes === 1 ? "once" : `${po.crashes} times`],
    ["Next attempt", po.state === "ready" ? time(po.next_attempt_at) : null],
    ["Waits for its turn at", turn === null ? null : time(turn)],
    ["Created", time(po.created_at)],
    ["Released", time(po.released_at)],
    ["Sent", html`${time(po.sent_at)} ${po.inferred === 1 ? badge("inferred") : ""}`],
    ["Taken by the supplier", po.picked_up_at === null ? null : time(po.picked_up_at)],
    ["Answered", po.acknowledged_at === null ? null : time(po.acknowledged_at)],
    ["Answer due", due === null ? null : time(due)],
  ]);
}

/** In the supplier's unit: a code of UN/ECE Recommendation 20, of which C62 is a piece. */
const asked = ({ quantity, unit, pack_size: pack }: PurchaseOrderDetail["lines"][number]): string =>
  `${quantity} ${unit === "C62" ? (quantity === 1 ? "piece" : "pieces") : unit}${pack === 1 ? "" : ` of ${pack}`}`;

const lineTable = (po: PurchaseOrderDetail): Html =>
  table({
    columns: [
      { title: "No.", kind: "number", cell: (line) => line.number },
      {
        title: "SKU",
        kind: "code",
        cell: (line) =>
          html`<code>${line.sku ?? "–"}</code>
            ${line.supplier_sku === null ? "" : html`<div class="rule"><code>${line.supplier_sku}</code></div>`}`,
      },
      {
        title: "Line",
        kind: "grow",
        cell: (line) =>
          html`${line.title}
            <div class="rule">by ${line.rule}</div>`,
      },
      { title: "Units", kind: "number", cell: (line) => html`<strong>${line.units}</strong>` },
      { title: "Asked for", kind: "line", cell: asked },
      { title: "Cost", cell: (line) => orNothing(line.unit_cost === null ? null : `${line.unit_cost} ${line.cost_currency}`) },
      { title: "Confirmed", kind: "number", cell: (line) => line.confirmed },
      { title: "Backordered", kind: "number", cell: (line) => line.backordered },
      { title: "Shipped", kind: "number", cell: (line) => line.shipped },
      { title: "Cancelled", kind: "number", cell: (line) => line.cancelled },
      { title: "Promised", kind: "line", cell: (line) => orNothing(line.promised_on) },
    ],
    rows: po.lines,
    empty: "No lines: it was cancelled before it was sent.",
  });

const holdTable = (po: PurchaseOrderDetail): Html =>
  table({
    columns: [
      { title: "Hold", cell: (hold) => badge(hold.ended_at === null ? "hold" : "ended", hold.name) },
      { title: "Reason", kind: "grow", cell: (hold) => hold.reason },
      { title: "Since", cell: (hold) => time(hold.since) },
      { title: "Ended", cell: (hold) => time(hold.ended_at) },
      { title: "By", cell: (hold) => orNothing(hold.ended_by) },
      { title: "Note", kind: "grow", cell: (hold) => orNothing(hold.note) },
    ],
    rows: po.holds,
    empty: "",
  });

type Answer = PurchaseOrderDetail["answers"][number];

/** What an applied file said, from the event that it left. A supplier may write several under one name. */
function whatItSaid(po: PurchaseOrderDetail, file: Answer): { readonly status: string; readonly reason?: string } | undefined {
  return po.events
    .filter(({ name }) => file.state === "applied" && name === "purchase_order.acknowledged")
    .map(({ at, detail }) => ({
      away: Math.abs(at - file.received_at),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by acknowledgements/apply-to-order.ts
      said: JSON.parse(detail) as { readonly status: string; readonly file: string; readonly reason?: string },
    }))
    .filter(({ said }) => said.file === file.name)
    .toSorted((a, b) => a.away - b.away)[0]?.said;
}

const answerTable = (po: PurchaseOrderDetail): Html =>
  table({
    columns: [
      { title: "Received", cell: (file) => time(file.received_at) },
      { title: "File", kind: "code", cell: (file) => html`<code>${file.name}</code>` },
      {
        title: "Result",
        cell: (file) => {
          const status = whatItSaid(po, file)?.status;
          return html`${badge(file.state)} ${status === undefined ? "" : badge(`answer-${status}`, status)}`;
        },
      },
      { title: "Reason", kind: "grow", cell: (file) => orNothing(file.reason ?? whatItSaid(po, file)?.reason ?? null) },
      { title: "SHA-256", cell: (file) => hash(file.hash) },
      {
        title: "Bytes",
        kind: "number",
        cell: (file) => html`<a href="/inbound-files/${encodeURIComponent(file.id)}" download>Download</a> ${size(file.size)}`,
      },
    ],
    rows: po.answers,
    empty: "",
  });
