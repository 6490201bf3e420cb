// What acknowledging needs of other rooms.
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";
import type { ReadMessage } from "../domain/answers/message.ts";

/** What a supplier's file says, in its own format. */
export type ReadFile = (supplier: string, bytes: Uint8Array) => ReadMessage;

/** When the supplier's next answer is due, epoch milliseconds; null when nothing more is expected. */
export type AnswerDueAt = (
  supplier: string,
  of: { readonly acknowledgement: AcknowledgementStatus | null; readonly pickedUp: boolean; readonly sentAt: number },
) => number | null;

/** The supplier's answer proves that it has the message. */
export type RecordEvidence = (
  trx: DatabaseTransaction,
  evidence: { readonly message: MessagesTable; readonly at: number; readonly actor: string; readonly reason: string },
) => Promise<void>;

/** The message of any purchase order, also of one that was never sent from here. */
export type MessageOf = (trx: DatabaseTransaction, po: PurchaseOrderRow) => Promise<MessagesTable>;
