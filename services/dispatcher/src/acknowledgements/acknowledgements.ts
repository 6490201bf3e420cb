// What suppliers answer: to a purchase order, line by line, and to a cancellation or change of it. An answer comes as a file, or
// a person says it who was told. Whoever answers has what it answers: an answer is evidence that it was sent. It is applied whole,
// once, in one transaction, or set aside whole.
//
//   a purchase order    received ──▶ accepted, changed or rejected (every unit refused: closed)
//   a notice            received ──▶ accepted (its units are not ordered any more) or too late (the goods come)
import type { Alerts } from "../alerts/alerts.ts";
import type { OpenDatabase } from "../database/open.ts";
import { createAcknowledgementFiles, type AcknowledgementFiles } from "./files.ts";
import type { AnswerDueAt, MessageOf, ReadFile, RecordEvidence } from "./needs.ts";
import {
  createAnswerNotice,
  createNoticeActions,
  type NoticeActions,
  type RecordSent,
  type RecordWithdrawn,
  type SettleTask,
} from "./notice-answers.ts";

/** What this room tells people of. */
export { acknowledgementAlerts as alertsOfAcknowledgements } from "./alerts.ts";

export interface Acknowledgements {
  readonly files: AcknowledgementFiles;
  readonly actions: NoticeActions;
}

export function createAcknowledgements(options: {
  readonly database: OpenDatabase;
  readonly suppliers: { readonly read: ReadFile; readonly answerDueAt: AnswerDueAt };
  /** The ledger's side of an accepted notice. */
  readonly ledger: { readonly withdrawn: RecordWithdrawn };
  readonly deliveries: { readonly recordEvidence: RecordEvidence; readonly recordSent: RecordSent };
  readonly messageOf: MessageOf;
  readonly tasks: SettleTask;
  readonly alerts: Pick<Alerts, "raise">;
  readonly now: () => number;
}): Acknowledgements {
  const { database, suppliers, deliveries, now } = options;
  const answerNotice = createAnswerNotice({ ledger: options.ledger.withdrawn });
  return {
    files: createAcknowledgementFiles({
      read: suppliers.read,
      recordEvidence: deliveries.recordEvidence,
      messageOf: options.messageOf,
      answerNotice,
      dueAt: suppliers.answerDueAt,
      raise: options.alerts.raise,
      now,
    }),
    actions: createNoticeActions({
      database,
      answer: answerNotice,
      recordSent: deliveries.recordSent,
      tasks: options.tasks,
      now,
    }),
  };
}
