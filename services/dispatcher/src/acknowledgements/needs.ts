// What acknowledging needs of other rooms.
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import type { AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";
import type { ReadMessage } from "../domain/answers/message.ts";

/** What a supplier's file says, in its own format. */
export type ReadFile = (supplier: string, bytes: Uint8Array) => ReadMessage;

/** When the supplier's next answer is due, epoch milliseconds; null when nothing more is expected. */
export type AnswerDueAt = (
  supplier: string,
  of: { readonly acknowledgement: AcknowledgementStatus | null; readonly pickedUp: boolean; readonly sentAt: number },
) => number | null;

/** The supplier's answer proves that it has the purchase order. */
export type RecordEvidence = (
  trx: DatabaseTransaction,
  evidence: { readonly po: PurchaseOrdersTable; readonly at: number; readonly actor: string; readonly reason: string },
) => Promise<void>;
