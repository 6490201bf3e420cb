// Applying an answer to what the supplier was told about a purchase order: a cancellation or a change.
import { updateRows } from "../database/statements.ts";
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import { recordOfMessage } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { Acknowledgement } from "../domain/answers/acknowledgement.ts";
import { judgeAnswer, labelOf, named, promisesOf, type Wanted } from "../domain/answers/notice.ts";
import { linesOf, suppliedLine } from "./lines.ts";
import type { MessageOf, RecordEvidence } from "./needs.ts";
import { noticeOfMessage, recordNoticeAnswer, type AnswerNotice } from "./notice-answers.ts";

/** What it means to the notice, or what contradicts; nothing is written then. */
export async function applyToNotice(
  trx: DatabaseTransaction,
  input: {
    readonly po: PurchaseOrderRow;
    readonly notice: MessagesTable;
    readonly wanted: Wanted;
    readonly answer: Acknowledgement;
    /** Of the file, as the supplier named it. */
    readonly path: string;
  },
  needs: {
    readonly recordEvidence: RecordEvidence;
    readonly messageOf: MessageOf;
    readonly answerNotice: AnswerNotice;
    readonly now: () => number;
  },
): Promise<{ readonly refusal: string } | { readonly said: "received" | "accepted" | "rejected" }> {
  const { po, notice, wanted, answer, path } = input;
  const at = needs.now();
  const label = labelOf(named(notice));
  const lines = (await linesOf(trx, po.id)).map(suppliedLine);
  const verdict = judgeAnswer(lines, wanted, answer);
  if (verdict.kind === "unclear") {
    return {
      refusal: `${label}: ${verdict.reason}: ask the supplier, then say its answer (soh notice-accepted or notice-too-late ${po.number ?? po.id})`,
    };
  }
  if (notice.state === "withdrawn" && notice.sent_at === null) {
    return {
      refusal: `it answers ${label} (version ${notice.version}), which was never sent: ask the supplier what it will ship`,
    };
  }
  const said = verdict.kind === "too-late" ? "rejected" : verdict.kind;
  const settled = notice.state === "withdrawn" || (notice.answer !== null && notice.answer !== "received");
  if (settled) {
    return said === "received" || said === notice.answer
      ? { said }
      : {
          refusal: `${label} is settled (${notice.answer === "rejected" ? "too late" : (notice.answer ?? notice.reason ?? "by hand")}), and this answer says ${answer.status}: ask the supplier`,
        };
  }
  if (po.stage !== "open") {
    return {
      refusal: `purchase order ${answer.purchaseOrder} is ${po.stage}, and this answers its ${notice.kind}: ask the supplier`,
    };
  }
  // Who answers what was said of a purchase order has both.
  const reason = `${label} was answered (${answer.status}) by ${path}`;
  for (const message of [await needs.messageOf(trx, po), notice].filter(({ state }) => state !== "sent")) {
    await needs.recordEvidence(trx, { message, at, actor: po.supplier, reason });
  }
  const detail = {
    status: answer.status,
    reference: answer.reference,
    file: path,
    ...(answer.reason === null ? {} : { reason: answer.reason }),
  };
  if (said === "received") {
    await updateRows(trx, "messages", { answer: said, answered_at: at }, { id: notice.id });
    await recordOfMessage(trx, notice, { at, name: "acknowledged", actor: po.supplier, detail });
    return { said };
  }
  await recordNoticeAnswer(trx, notice, { answer: said, at });
  await needs.answerNotice(trx, {
    po: { ...po, state: "sent" },
    notice: noticeOfMessage(notice),
    answer: said,
    promised: notice.kind === "change" ? promisesOf(lines, wanted, answer) : [],
    cause: "evidence",
    actor: po.supplier,
    at,
    detail,
  });
  return { said };
}
