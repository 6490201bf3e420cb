import { deadLetterKinds, deadLetterStates, type DeadLetterKind } from "../../domain/purchase-order/dead-letter.ts";
import { listDeadLetters, type DeadLetter } from "../../attention/attention.ts";
import { command } from "./commands.ts";
import { html, type Content } from "./html.ts";
import { deadLettersQuery } from "./input.ts";
import type { Page } from "./layout.ts";
import { badge, nothing, orderLink, orNothing, purchaseOrderLink, purchaseOrderPath, size, time } from "./pieces.ts";
import { remedyCommands } from "./remedies.ts";
import type { ConsoleOptions } from "./options.ts";
import { supplierNames } from "./suppliers.ts";
import { pager, table } from "./table.ts";

const ON_A_PAGE = 50;

const kindNames: Readonly<Record<DeadLetterKind, string>> = {
  "purchase-order": "purchase order",
  notice: "cancellation or change",
  webhook: "webhook",
  file: "supplier's file",
};

export async function deadLettersPage({ db, config }: ConsoleOptions, query: unknown): Promise<Page> {
  const { kind, supplier, state, after } = deadLettersQuery.parse(query);
  const { rows, next } = await listDeadLetters(db, { kind, supplier, state, after, limit: ON_A_PAGE });
  const nameOf = supplierNames(config);
  const filters = Object.entries({ kind, supplier, state }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return {
    title: "Dead letters",
    section: "dead-letters",
    body: html`<h1>Dead letters</h1>
      <p class="lead">
        What waits for a person: purchase orders, and what was told of them later, that failed or may be at the supplier; webhooks
        that were signed and could not be read or ask for an answer, and suppliers' files of which nothing was applied. Their
        bytes are kept.
      </p>
      <form class="filter" method="get" action="/dead-letters" role="search">
        ${choose(
          "kind",
          "Kind",
          kind,
          deadLetterKinds.map((one) => [one, kindNames[one]]),
        )}
        ${choose(
          "supplier",
          "Supplier",
          supplier,
          config.suppliers.map((one) => [one.id, one.name]),
        )}
        ${choose(
          "state",
          "State",
          state,
          deadLetterStates.map((one) => [one, one.replaceAll("-", " ")]),
        )}
        <button type="submit">Show</button>
      </form>
      ${table({
        columns: [
          { title: "Since", cell: (letter) => time(letter.since) },
          { title: "What", kind: "code", cell: what },
          { title: "Where", cell: (letter) => (letter.kind === "webhook" ? letter.place : nameOf(letter.place)) },
          { title: "Order", cell: (letter) => (letter.order === null ? nothing : orderLink(letter.order)) },
          { title: "State", cell: (letter) => badge(letter.state) },
          {
            title: "Why, and what can be done",
            kind: "grow",
            cell: (letter) => html`${orNothing(letter.reason)} ${remedyCommands(letter)}`,
          },
          { title: "Bytes", kind: "number", cell: bytes },
        ],
        rows,
        empty: "No dead letters here.",
      })}
      ${pager({ path: "/dead-letters", query: { kind, supplier, state }, after, next })}
      ${
        rows.filter(({ remedies }) => remedies.includes("retry")).length < 2
          ? ""
          : html`<p class="aside">
              To retry all of these for which that is possible: ${command(["dead-letters", "retry", "--all", ...filters])}
            </p>`
      }`,
  };
}

const choose = (
  name: string,
  label: string,
  chosen: string | undefined,
  options: readonly (readonly [value: string, label: string])[],
): Content =>
  html`<label>
    <span>${label}</span>
    <select name="${name}">
      <option value="">all</option>
      ${options.map(([value, text]) => html`<option value="${value}" ${value === chosen ? html`selected` : ""}>${text}</option>`)}
    </select>
  </label>`;

function what({ kind, label, purchaseOrder }: DeadLetter): Content {
  const about = purchaseOrder === null ? "" : purchaseOrderLink(purchaseOrder);
  switch (kind) {
    case "purchase-order":
      return purchaseOrder === null ? "" : purchaseOrderLink({ id: purchaseOrder.id, number: label });
    case "notice":
      return purchaseOrder === null ? "" : purchaseOrderLink({ id: purchaseOrder.id, number: label });
    case "webhook":
      return html`<code>${label}</code>`;
    case "file":
      return html`<code>${label}</code> ${about === "" ? "" : html`<div class="rule">answers ${about}</div>`}`;
  }
}

function bytes({ kind, id, purchaseOrder, bytes: kept }: DeadLetter): Content {
  if (kept === null) {
    return nothing;
  }
  const href =
    purchaseOrder !== null && kept.version !== null
      ? `${purchaseOrderPath(purchaseOrder.id)}/documents/${kept.version}`
      : `/${kind === "webhook" ? "dead-letters" : "inbound-files"}/${encodeURIComponent(id)}`;
  return html`<a href="${href}" download>Download</a> ${size(kept.size)}`;
}
