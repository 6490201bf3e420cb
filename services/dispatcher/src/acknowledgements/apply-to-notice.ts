// Applying an answer to what the supplier was told about a purchase order: a cancellation or a change.
import { recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import type { Acknowledgement } from "../domain/answers/acknowledgement.ts";
import { judgeAnswer, labelOf, promisesOf, type Wanted } from "../domain/answers/notice.ts";
import { linesOf, suppliedLine } from "./lines.ts";
import type { RecordEvidence } from "./needs.ts";
import type { AnswerNotice } from "./notice-answers.ts";

/** What it means to the notice, or what contradicts; nothing is written then. */
export async function applyToNotice(
  trx: DatabaseTransaction,
  input: {
    readonly po: PurchaseOrdersTable;
    readonly notice: PurchaseOrdersTable;
    readonly wanted: Wanted;
    readonly answer: Acknowledgement;
    /** Of the file, as the supplier named it. */
    readonly path: string;
  },
  needs: { readonly recordEvidence: RecordEvidence; readonly answerNotice: AnswerNotice; readonly now: () => number },
): Promise<{ readonly refusal: string } | { readonly said: "received" | "accepted" | "rejected" }> {
  const { po, notice, wanted, answer, path } = input;
  const at = needs.now();
  const label = labelOf(notice);
  const lines = (await linesOf(trx, po.id)).map(suppliedLine);
  const verdict = judgeAnswer(lines, wanted, answer);
  if (verdict.kind === "unclear") {
    return {
      refusal: `${label}: ${verdict.reason}: ask the supplier, then say its answer (soh notice-accepted or notice-too-late ${po.number ?? po.id})`,
    };
  }
  if (notice.state === "cancelled") {
    return {
      refusal: `it answers ${label} (version ${notice.version}), which was never sent: ask the supplier what it will ship`,
    };
  }
  const said = verdict.kind === "too-late" ? "rejected" : verdict.kind;
  if (notice.state === "closed") {
    return said === "received" || said === notice.acknowledgement
      ? { said }
      : {
          refusal: `${label} is settled (${notice.acknowledgement === "rejected" ? "too late" : (notice.acknowledgement ?? notice.reason ?? "by hand")}), and this answer says ${answer.status}: ask the supplier`,
        };
  }
  if (po.state === "cancelled" || po.state === "closed") {
    return {
      refusal: `purchase order ${answer.purchaseOrder} is ${po.state}, and this answers its ${notice.purpose}: ask the supplier`,
    };
  }
  // Who answers what was said of a purchase order has both.
  const reason = `${label} was answered (${answer.status}) by ${path}`;
  for (const row of [po, notice].filter(({ state }) => state !== "sent")) {
    await needs.recordEvidence(trx, { po: row, at, actor: po.supplier, reason });
  }
  const detail = {
    status: answer.status,
    reference: answer.reference,
    file: path,
    ...(answer.reason === null ? {} : { reason: answer.reason }),
  };
  if (said === "received") {
    const received = { acknowledgement: said, acknowledged_at: at } as const;
    await trx.updateTable("purchase_orders").set(received).where("id", "=", notice.id).execute();
    await recordEvent(trx, {
      at,
      subject: "purchase-order",
      subjectId: notice.id,
      name: "purchase_order.acknowledged",
      actor: po.supplier,
      detail,
    });
    return { said };
  }
  const sent = { ...po, state: "sent" } as const;
  await needs.answerNotice(trx, {
    po: sent,
    notice: { ...notice, state: "sent" },
    answer: said,
    promised: notice.purpose === "change" ? promisesOf(lines, wanted, answer) : [],
    cause: "evidence",
    actor: po.supplier,
    at,
    detail,
  });
  return { said };
}
