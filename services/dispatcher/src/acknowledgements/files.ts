// Acknowledgements as a kind of file: which purchase order or notice one answers, and applying it there.
import { findRow } from "../database/statements.ts";
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { Alerts } from "../alerts/alerts.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { Acknowledgement } from "../domain/answers/acknowledgement.ts";
import { answeredBy, readWanted, type AnswerTo } from "../domain/answers/notice.ts";
import { alertOfAnswer, type Answered } from "./alerts.ts";
import { applyToNotice } from "./apply-to-notice.ts";
import { applyToOrder, surpriseOf } from "./apply-to-order.ts";
import { linesOf, suppliedLine } from "./lines.ts";
import type { AnswerDueAt, MessageOf, ReadFile, RecordEvidence } from "./needs.ts";
import { noticeOfMessage, type AnswerNotice } from "./notice-answers.ts";

/** As the reader of folders asks of every kind. */
export interface AcknowledgementFiles {
  readonly kind: "acknowledgement";
  readonly largestBytes: number;
  readonly repeats: "once";
  recognise(head: Uint8Array): boolean;
  apply(
    trx: DatabaseTransaction,
    file: { readonly supplier: string; readonly path: string; readonly bytes: Uint8Array },
    to?: AnswerTo,
  ): Promise<
    | {
        readonly kind: "applied";
        readonly purchaseOrder: string;
        readonly number: string;
        readonly status: Acknowledgement["status"];
        readonly reason: string | null;
      }
    | { readonly kind: "set-aside"; readonly reason: string; readonly purchaseOrder: string | null }
    | { readonly kind: "not-readable-yet"; readonly reason: string }
  >;
}

/** Bytes. An answer is some kilobytes; a larger file is no answer. */
const LARGEST_BYTES = 512 * 1024;

export function createAcknowledgementFiles(options: {
  readonly read: ReadFile;
  readonly recordEvidence: RecordEvidence;
  readonly messageOf: MessageOf;
  readonly answerNotice: AnswerNotice;
  readonly dueAt: AnswerDueAt;
  readonly raise: Alerts["raise"];
  readonly now: () => number;
}): AcknowledgementFiles {
  return {
    kind: "acknowledgement",
    largestBytes: LARGEST_BYTES,
    repeats: "once",
    // The only kind so far: a folder that holds several is a matter of the next ones.
    recognise: () => true,

    async apply(trx, file, to) {
      const setAside = (reason: string, purchaseOrder: string | null) => ({ kind: "set-aside" as const, reason, purchaseOrder });
      const read = options.read(file.supplier, file.bytes);
      if (!read.ok) {
        return { kind: "not-readable-yet", reason: shown(read.reason) };
      }
      if (read.message.kind !== "acknowledgement") {
        return setAside(`a ${read.message.kind.replace("-", " ")}, where acknowledgements are expected`, null);
      }
      const { acknowledgement } = read.message;
      const answer = { ...acknowledgement, reason: shown(acknowledgement.reason), reference: shown(acknowledgement.reference) };
      const po = await find(trx, file.supplier, answer.purchaseOrder);
      if (po === undefined) {
        return setAside(`${file.supplier} has no purchase order with the number "${shown(answer.purchaseOrder)}"`, null);
      }
      const { path, supplier } = file;
      const applied = async (
        purchaseOrder: string,
        of: Pick<Answered, "status" | "notice" | "surprise">,
        message: string | null = null,
      ) => {
        const { purchaseOrder: number, reason } = answer;
        const alert = alertOfAnswer({ purchase_order: purchaseOrder, message, supplier, path, number, reason, ...of });
        if (alert !== undefined) {
          await options.raise(trx, alert);
        }
        return { kind: "applied" as const, purchaseOrder, number, status: of.status, reason };
      };
      const target = await targetOf(trx, po, answer, to);
      switch (target.kind) {
        case "unclear": {
          const how = "dead-letters apply <id> --to order, or --to notice";
          return setAside(`${target.reason}. Ask the supplier which, then run npm run soh -- ${how}`, po.id);
        }
        case "notice": {
          const { row, wanted, purpose } = target.notice;
          const result = await applyToNotice(trx, { po, notice: row, wanted, answer, path }, options);
          return "refusal" in result
            ? setAside(result.refusal, po.id)
            : await applied(po.id, { status: result.said, notice: purpose, surprise: null }, row.id);
        }
        case "order": {
          const refusal = await applyToOrder(trx, { po, answer, path }, options);
          return refusal === undefined
            ? await applied(po.id, { status: answer.status, notice: null, surprise: await surpriseOf(trx, po, answer) })
            : setAside(refusal, po.id);
        }
      }
    },
  };
}

async function targetOf(trx: DatabaseTransaction, po: PurchaseOrderRow, answer: Acknowledgement, to: AnswerTo | undefined) {
  const rows = await trx
    .selectFrom("messages")
    .selectAll()
    .where("purchase_order_id", "=", po.id)
    .where("kind", "in", ["cancellation", "change"])
    .orderBy("version")
    .orderBy("copy")
    .execute();
  const notices = rows.map((row) => ({
    row,
    version: row.version,
    purpose: noticeOfMessage(row).purpose,
    wanted: readWanted(row.says),
    waits: row.state === "unknown" || row.state === "sending" || (row.state === "sent" && !isFinal(row.answer)),
  }));
  // What the answer itself says counts more.
  if (to !== undefined && answer.version === null) {
    const notice = to === "order" ? undefined : notices.findLast((one) => one.waits);
    if (to === "notice" && notice === undefined) {
      return {
        kind: "unclear",
        reason: `purchase order ${answer.purchaseOrder} has no notice that waits for an answer`,
      } as const;
    }
    return notice === undefined ? ({ kind: "order" } as const) : ({ kind: "notice", notice } as const);
  }
  const lines = (await linesOf(trx, po.id)).map(suppliedLine);
  return answeredBy({ acknowledged: po.acknowledgement !== null, lines, notices }, answer);
}

const isFinal = (answer: MessagesTable["answer"]): boolean => answer !== null && answer !== "received";

/** Characters of a supplier's text that go into events, alerts and the console; all of it stays in the file's bytes. */
const LONGEST_TEXT = 300;

function shown<T extends string | null>(text: T): T | string {
  return text === null || text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT).toWellFormed()}…`;
}

/** By its number, as written; suppliers' systems often change the case. */
async function find(trx: DatabaseTransaction, supplier: string, number: string): Promise<PurchaseOrderRow | undefined> {
  const exact = await findRow(trx, "purchase_orders", { supplier, number });
  if (exact !== undefined) {
    return exact;
  }
  const folded = await trx
    .selectFrom("purchase_orders")
    .selectAll()
    .where("supplier", "=", supplier)
    .where((eb) => eb(eb.fn<string>("lower", ["number"]), "=", number.toLowerCase()))
    .limit(2)
    .execute();
  return folded.length === 1 ? folded[0] : undefined;
}
