// The inventory ledger: every movement of a supplier's stock that is our doing, each written once, in the transaction of what
// causes it. `ordered` when a purchase order is sent; `not-received` when a person gives one up that never arrived; `withdrawn`
// when the supplier accepts a cancellation or a change.
import type { DatabaseTransaction } from "../database/schema.ts";
import { recordNotReceived, recordOrdered, recordWithdrawn } from "./ledger.ts";

export interface Stock {
  readonly ledger: {
    ordered(
      trx: DatabaseTransaction,
      sent: { readonly purchaseOrder: string; readonly supplier: string; readonly at: number },
    ): Promise<void>;
    notReceived(trx: DatabaseTransaction, given: { readonly purchaseOrder: string; readonly at: number }): Promise<void>;
    /** Pieces that the supplier keeps. */
    withdrawn(
      trx: DatabaseTransaction,
      of: {
        readonly purchaseOrder: string;
        /** The message or task that the supplier accepted. */
        readonly by: string;
        readonly supplier: string;
        readonly at: number;
        readonly lines: readonly { readonly line: number; readonly sku: string | null; readonly pieces: number }[];
      },
    ): Promise<void>;
  };
}

export const createStock = (): Stock => ({
  ledger: { ordered: recordOrdered, notReceived: recordNotReceived, withdrawn: recordWithdrawn },
});
