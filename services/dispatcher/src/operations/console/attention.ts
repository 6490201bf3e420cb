// What a person must see first: the open alerts, kind by kind, each with its newest few, what to do, and where.
import type { ListedAlert } from "../../alerts/alerts.ts";
import { byKind, type AlertGroup } from "../alerts.ts";
import { command } from "./commands.ts";
import { html, type Content, type Html } from "./html.ts";
import { panel, time } from "./pieces.ts";
import { table } from "./table.ts";

const SHOWN = 8;

export interface Attention {
  /** Of those that need a person, those to be known, and those that somebody has seen and that are still so. */
  readonly panels: readonly Html[];
  readonly needsPerson: boolean;
}

export function showAttention(alerts: readonly ListedAlert[]): Attention {
  const unseen = alerts.filter((one) => one.seenAt === null);
  const seen = alerts.filter((one) => one.seenAt !== null);
  const groups = byKind(unseen);
  return {
    panels: [...groups.map(kindPanel), ...(seen.length === 0 ? [] : [seenPanel(seen)])],
    needsPerson: groups.some((group) => group.severity === "act"),
  };
}

function kindPanel({ title, alerts, all }: AlertGroup): Html {
  const rows = alerts.slice(0, SHOWN);
  return panel(
    title,
    html`${table({
      columns: [
        { title: "Since", kind: "line", cell: (alert) => time(alert.openedAt) },
        { title: "What and what to do", kind: "grow", cell: sentence },
      ],
      rows,
      empty: "",
    })}
    ${more(alerts.length, all)}`,
    { count: alerts.length },
  );
}

const sentence = (alert: ListedAlert): Content => html`
  <a href="${alert.page}">${alert.what}</a>
  <div class="remedy">${alert.remedy} ${alert.sort === "event" ? command(["alerts", "seen", String(alert.id)]) : ""}</div>
`;

function seenPanel(alerts: readonly ListedAlert[]): Html {
  return panel(
    "Seen, and still so",
    html`${table({
      columns: [
        { title: "Seen", kind: "line", cell: (alert) => html`${time(alert.seenAt)} ${alert.seenBy}` },
        { title: "What", kind: "grow", cell: (alert) => html`<a href="${alert.page}">${alert.what}</a>` },
      ],
      rows: alerts.slice(0, SHOWN),
      empty: "",
    })}
    ${more(alerts.length, null)}`,
    { count: alerts.length },
  );
}

const more = (count: number, all: string | null): Content =>
  count <= SHOWN
    ? ""
    : all === null
      ? html`<p class="more">And ${(count - SHOWN).toLocaleString("en")} more: ${command(["alerts"])}</p>`
      : html`<p class="more"><a href="${all}">All ${count.toLocaleString("en")} →</a></p>`;
