// What suppliers were told of purchase orders after they were sent, and what they answered.
import type { PurchaseOrderSummary } from "../queries/purchase-orders.ts";
import { html, type Content, type Html } from "./html.ts";
import { badge, orNothing, panel, purchaseOrderPath, time } from "./pieces.ts";
import { table } from "./table.ts";

/** Nothing where there is none. */
export const noticePanel = (notices: readonly PurchaseOrderSummary[]): Content =>
  notices.length === 0 ? "" : panel("Told after sending", noticeTable(notices), { count: notices.length });

const noticeTable = (notices: readonly PurchaseOrderSummary[]): Html =>
  table({
    columns: [
      {
        title: "What",
        cell: (notice) =>
          html`<a href="${purchaseOrderPath(notice.id)}">${notice.purpose}</a> of
            ${notice.number ?? notice.notice_of}${notice.by_hand === 1 ? "" : `, version ${notice.version}`}`,
      },
      { title: "Still wanted, line:units", cell: (notice) => orNothing(notice.purpose === "change" ? notice.noticed : null) },
      { title: "State", cell: stateBadge },
      { title: "Sent", cell: (notice) => time(notice.sent_at) },
      { title: "Answer", cell: noticeAnswer },
      { title: "Reason", kind: "grow", cell: (notice) => orNothing(notice.reason) },
      {
        title: "Exact bytes",
        cell: (notice) =>
          notice.by_hand === 1
            ? orNothing(null)
            : html`<a href="${purchaseOrderPath(notice.id)}/documents/${notice.version}" download>Download</a>`,
      },
    ],
    rows: notices,
    empty: "",
  });

const stateBadge = (notice: PurchaseOrderSummary): Html =>
  notice.by_hand === 1 && notice.state === "failed" ? badge("failed", "to be told by you") : badge(notice.state);

/** Its state, and how it is answered. */
export const noticeState = (notice: PurchaseOrderSummary): Html =>
  html`${stateBadge(notice)} ${notice.state === "failed" ? "" : noticeAnswer(notice)}`;

function noticeAnswer(notice: PurchaseOrderSummary): Content {
  const { acknowledgement, acknowledgement_due_at: due, state } = notice;
  if (acknowledgement !== null && acknowledgement !== "received") {
    return acknowledgement === "rejected" ? badge("answer-rejected", "too late") : badge("answer-accepted", "accepted");
  }
  const received = acknowledgement === null ? "" : badge("answer-received", "received");
  if (state !== "sent") {
    return orNothing(received);
  }
  const late = notice.acknowledgement_overdue === 1 ? badge("overdue", "answer overdue") : "";
  return html`${received} ${late} ${due === null ? "awaited" : html`due ${time(due)}`}`;
}
