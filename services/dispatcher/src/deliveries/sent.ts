import { changeState, recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import { leaveFile, OUT_OF_FILE } from "./carried.ts";
import type { Cause } from "../domain/purchase-order/purchase-order.ts";

export interface Sent {
  readonly po: PurchaseOrdersTable;
  readonly at: number;
  readonly cause: Cause;
  readonly actor: string;
  /** Nothing proves it: both files were gone. */
  readonly inferred: boolean;
  readonly reason: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Everything that follows from a purchase order being at the supplier, however we know it (our own rename, a look, the
 * supplier's answer, a person): state, the acknowledgement's deadline, the ledger; running attempts end. Known of one in a
 * file with others (every cause but the system's), it says nothing of those.
 */
export type RecordSent = (trx: DatabaseTransaction, sent: Sent) => Promise<void>;

export function createRecordSent(options: {
  /** Until when an answer is due to what is sent then, a purchase order or a notice; null: none is expected. */
  readonly acknowledgementDue: (po: Pick<PurchaseOrdersTable, "supplier" | "notice_of">, sentAt: number) => number | null;
  readonly ledger: (
    trx: DatabaseTransaction,
    sent: { readonly purchaseOrder: string; readonly supplier: string; readonly at: number },
  ) => Promise<void>;
}): RecordSent {
  return async (trx, { po, at, cause, actor, inferred, reason, detail }) => {
    if (cause !== "system") {
      await leaveFile(trx, po, at);
    }
    const set = {
      ...OUT_OF_FILE,
      sent_at: at,
      inferred: inferred ? 1 : 0,
      journaled: 0,
      failures: 0,
      failing_since: null,
      crashes: 0,
      acknowledgement_due_at: options.acknowledgementDue(po, at),
    };
    await changeState(trx, {
      id: po.id,
      from: po.state,
      to: "sent",
      cause,
      actor,
      at,
      reason,
      set,
      detail: { version: po.version, ...(inferred ? { inferred } : {}), ...detail },
    });
    // One that wrote no intent has renamed nothing: unless it found the file itself, it came to the supplier some other way.
    const proven = cause === "system" ? (["sending", "committing"] as const) : (["committing"] as const);
    for (const [states, state] of [
      [proven, "sent"],
      [["sending", "committing"], "abandoned"],
    ] as const) {
      await trx
        .updateTable("attempts")
        .set({ state, ended_at: at, message: reason })
        .where("purchase_order_id", "=", po.id)
        .where("state", "in", states)
        .execute();
    }
    await trx
      .updateTable("holds")
      .set({ ended_at: at, ended_by: actor })
      .where("purchase_order_id", "=", po.id)
      .where("ended_at", "is", null)
      .execute();
    await options.ledger(trx, { purchaseOrder: po.id, supplier: po.supplier, at });
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
  };
}
