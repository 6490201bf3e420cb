// What becomes of the messages that this room wrote (../deliveries/sent.ts): of an order or its replacement, something follows for the
// purchase order; a notice waits for its answer.
import { updateRows } from "../database/statements.ts";
import { endPurchaseOrder, recordEvent } from "../database/audit.ts";
import { purchaseOrderOf } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import { isNotice } from "../domain/delivery/message.ts";
import { standOnEarlier } from "./messages.ts";

/** When suppliers answer. */
export interface AnswerTimes {
  answerDueAt(
    id: string,
    of: { readonly acknowledgement: null; readonly pickedUp: false; readonly sentAt: number },
  ): number | null;
  noticeDueAt(id: string, sentAt: number): number | null;
  isAnswered(id: string): boolean;
}

export function createOwner(options: {
  readonly suppliers: AnswerTimes;
  /** The ledger's side of a sending. */
  readonly ordered: (
    trx: DatabaseTransaction,
    sent: { readonly purchaseOrder: string; readonly supplier: string; readonly at: number },
  ) => Promise<void>;
  readonly now: () => number;
}) {
  const { suppliers } = options;
  return {
    isAnswered: ({ kind, supplier }: MessagesTable): boolean =>
      isNotice(kind) ? suppliers.noticeDueAt(supplier, options.now()) !== null : suppliers.isAnswered(supplier),

    answerDueAt: ({ kind, supplier }: MessagesTable, sentAt: number): number | null =>
      isNotice(kind)
        ? suppliers.noticeDueAt(supplier, sentAt)
        : suppliers.answerDueAt(supplier, { acknowledgement: null, pickedUp: false, sentAt }),

    async sent(
      trx: DatabaseTransaction,
      { message, at, actor }: { readonly message: MessagesTable; readonly at: number; readonly actor: string },
    ): Promise<void> {
      const { kind, purchase_order_id: purchaseOrder, supplier } = message;
      if (isNotice(kind)) {
        return;
      }
      await updateRows(trx, "holds", { ended_at: at, ended_by: actor }, { purchase_order_id: purchaseOrder, ended_at: null });
      await options.ordered(trx, { purchaseOrder, supplier, at });
      const po = await purchaseOrderOf(trx, purchaseOrder);
      if (po.cancel_wanted_at !== null) {
        await recordEvent(trx, {
          at,
          subject: "purchase-order",
          subjectId: po.id,
          name: "purchase_order.sent_though_cancelled",
          actor,
          detail: { reason: po.cancel_reason },
        });
      }
    },

    async givenUp(
      trx: DatabaseTransaction,
      given: {
        readonly message: MessagesTable;
        readonly at: number;
        readonly reason: string;
        readonly detail?: Readonly<Record<string, unknown>>;
      },
    ): Promise<void> {
      const { message, at, reason, detail } = given;
      if (isNotice(message.kind)) {
        return;
      }
      const po = await purchaseOrderOf(trx, message.purchase_order_id);
      if (await standOnEarlier(trx, po, { at, reason: po.cancel_reason ?? reason })) {
        return;
      }
      const from = { ...po, state: message.state === "ready" ? ("ready" as const) : ("sending" as const) };
      const change = { to: "cancelled", cause: "system", actor: "system", at, reason: po.cancel_reason ?? reason } as const;
      await endPurchaseOrder(trx, { po: from, ...change, ...(detail === undefined ? {} : { detail }) });
    },
  };
}
