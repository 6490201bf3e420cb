// Events in words. Their names and details are the audit trail's; what is not known here is shown as it is.
import type { Selectable } from "kysely";
import type { EventsTable } from "../../database/tables/process.ts";
import { labelOf } from "../../domain/answers/notice.ts";
import { html, type Content, type Html } from "./html.ts";
import { purchaseOrderLink, time } from "./pieces.ts";

type Event = Selectable<EventsTable>;

export function timeline(events: readonly Event[], purchaseOrders: readonly Parameters<typeof labelOf>[0][] = []): Html {
  if (events.length === 0) {
    return html`<p class="empty">Nothing happened yet.</p>`;
  }
  return html`<ol class="timeline">
    ${events.map((event) => {
      const po = event.subject === "purchase-order" ? purchaseOrders.find((one) => one.id === event.subject_id) : undefined;
      const verb = event.name.slice(event.name.indexOf(".") + 1);
      return html`<li class="event event-${verb.replaceAll(/[^a-z]/g, "-")}">
        <div class="when">${time(event.at)}</div>
        <div class="what">
          <strong>${event.name.replaceAll(/[._]/g, " ")}</strong>
          ${po === undefined ? "" : html`<span class="about">${purchaseOrderLink({ id: po.id, number: labelOf(po) })}</span>`}
          <span class="actor">by ${event.actor}</span>
          ${details(event)}
        </div>
      </li>`;
    })}
  </ol>`;
}

function details(event: Event): Content {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by database/audit.ts
  const entries = Object.entries(JSON.parse(event.detail) as Record<string, unknown>).filter(
    ([, value]) => value !== null && value !== "" && value !== false,
  );
  return entries.length === 0
    ? ""
    : html`<dl class="details">
        ${entries.map(
          ([name, value]) =>
            html`<div>
              <dt>${name.replaceAll("_", " ")}</dt>
              <dd>${showValue(name, value)}</dd>
            </div>`,
        )}
      </dl>`;
}

function showValue(name: string, value: unknown): Content {
  if (typeof value === "number" && name.endsWith("_at")) {
    return time(value);
  }
  if (typeof value === "string" && name.endsWith("hash")) {
    return html`<code class="hash" title="${value}">${value}</code>`;
  }
  if (Array.isArray(value)) {
    return value.map(String).join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
