// From what a person types to one row, or an answer that says why there is not exactly one.
import type { Database, PurchaseOrdersTable } from "../../database/schema.ts";
import { HttpError } from "../http-error.ts";
import { findOrders } from "../queries/orders.ts";
import { findPurchaseOrders } from "../queries/purchase-orders.ts";

export async function onePurchaseOrder(
  db: Database,
  idOrNumber: string,
  supplier: string | undefined,
): Promise<PurchaseOrdersTable> {
  const found = await findPurchaseOrders(db, idOrNumber, supplier);
  const [po, other] = found;
  if (po === undefined) {
    throw new HttpError(
      404,
      `there is no purchase order "${idOrNumber}"${supplier === undefined ? "" : ` of the supplier ${supplier}`}`,
    );
  }
  if (other !== undefined) {
    const suppliers = found.map((one) => one.supplier).join(", ");
    throw new HttpError(
      409,
      `several suppliers have a purchase order "${idOrNumber}": ${suppliers}. Say which: ?supplier=${po.supplier}`,
    );
  }
  return po;
}

export async function oneOrderId(db: Database, idOrName: string): Promise<string> {
  const found = await findOrders(db, idOrName);
  const order = found.find((one) => one.id === idOrName) ?? found[0];
  if (order === undefined) {
    throw new HttpError(404, `there is no order "${idOrName}"`);
  }
  if (found.length > 1 && order.id !== idOrName) {
    throw new HttpError(409, `several orders are called "${idOrName}": ${found.map((one) => one.id).join(", ")}. Give the id`);
  }
  return order.id;
}
