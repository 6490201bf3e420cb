import { findRow } from "../database/statements.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { Order } from "../domain/order/order.ts";
import { purchaseOrderNumber } from "../domain/purchase-order/numbering.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";

/** Numbers tried before giving up: far more purchase orders of one order to one supplier than can be. */
const MOST_NUMBERS = 1_000;

/** The first number by the supplier's pattern that no purchase order to it has, or why there is none. */
export async function findNumber(
  trx: DatabaseTransaction,
  supplier: Supplier,
  order: Order,
): Promise<{ readonly number: string } | { readonly problem: string }> {
  for (let n = 1; n <= MOST_NUMBERS; n++) {
    const result = purchaseOrderNumber(supplier.number, { order: order.orderNumber, n });
    if ("problem" in result) {
      return result;
    }
    if (await isNumberFree(trx, supplier.id, result.number)) {
      return result;
    }
  }
  return { problem: `pattern "${supplier.number.pattern}" gives no free number for order ${order.name}` };
}

/** No purchase order to the supplier has it. */
export async function isNumberFree(trx: DatabaseTransaction, supplier: string, number: string): Promise<boolean> {
  return (await findRow(trx, "purchase_orders", { supplier, number })) === undefined;
}
