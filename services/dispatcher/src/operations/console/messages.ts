// What suppliers were sent of a purchase order and what they answered, and what a person tells them where no document can.
import type { TasksTable } from "../../database/tables/attention.ts";
import type { MessagesTable } from "../../database/tables/deliveries.ts";
import { isNotice } from "../../domain/delivery/message.ts";
import { html, type Content, type Html } from "./html.ts";
import { badge, orNothing, panel, purchaseOrderPath, time } from "./pieces.ts";
import { table } from "./table.ts";

interface Said {
  readonly messages: readonly MessagesTable[];
  readonly tasks: readonly TasksTable[];
}

/** Nothing where nothing was said. */
export const saidPanels = ({ messages, tasks }: Said): Content => [
  messages.length === 0 ? "" : panel("Messages", messageTable(messages), { count: messages.length }),
  tasks.length === 0 ? "" : panel("To tell the supplier yourself", taskTable(tasks), { count: tasks.length }),
];

const messageTable = (messages: readonly MessagesTable[]): Html =>
  table({
    columns: [
      {
        title: "What",
        cell: ({ kind, number, version, copy }) =>
          html`${kind} ${isNotice(kind) ? `of ${number ?? ""}` : (number ?? "")}, version
          ${version}${copy === 1 ? "" : `, copy ${copy}`}`,
      },
      { title: "Still wanted, line:units", cell: ({ kind, says }) => orNothing(kind === "change" ? says : null) },
      { title: "State", cell: ({ state, inferred }) => html`${badge(state)} ${inferred === 1 ? badge("inferred") : ""}` },
      { title: "Sent", cell: (message) => time(message.sent_at) },
      { title: "Answer", cell: answerCell },
      { title: "Reason", kind: "grow", cell: (message) => orNothing(message.reason) },
      {
        title: "Exact bytes",
        cell: ({ purchase_order_id: id, version }) =>
          version === 0 ? orNothing(null) : html`<a href="${purchaseOrderPath(id)}/documents/${version}" download>Download</a>`,
      },
    ],
    rows: messages,
    empty: "",
  });

function answerCell({ kind, answer, answer_due_at: due, answer_overdue: overdue, state }: MessagesTable): Content {
  if (answer !== null && answer !== "received") {
    const late = isNotice(kind) && answer === "rejected";
    return badge(`answer-${answer}`, late ? "too late" : answer);
  }
  const received = answer === null ? "" : badge("answer-received", "received");
  if (state !== "sent" || (due === null && !isNotice(kind))) {
    return orNothing(received);
  }
  const late = overdue === 1 ? badge("overdue", "answer overdue") : "";
  return html`${received} ${late} ${due === null ? "awaited" : html`due ${time(due)}`}`;
}

const settledWords = {
  accepted: ["answer-accepted", "accepted"],
  rejected: ["answer-rejected", "too late"],
  discarded: ["ended", "need not be told"],
  dropped: ["ended", "need not be told"],
} as const;

function taskState({ settled_how: how }: TasksTable): Html {
  const [name, label] = how === null ? ["failed", "to be told by you"] : settledWords[how];
  return badge(name, label);
}

const taskTable = (tasks: readonly TasksTable[]): Html =>
  table({
    columns: [
      { title: "What", kind: "grow", cell: (task) => task.task },
      { title: "Still wanted, line:units", cell: ({ purpose, says }) => orNothing(purpose === "change" ? says : null) },
      { title: "State", cell: taskState },
      { title: "Since", cell: (task) => time(task.opened_at) },
      { title: "Settled", cell: (task) => time(task.settled_at) },
      { title: "By", cell: (task) => orNothing(task.settled_by) },
    ],
    rows: tasks,
    empty: "",
  });
