import type { Selectable } from "kysely";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrderLinesTable } from "../database/tables/orders.ts";
import type { SuppliedLine } from "../domain/answers/acknowledgement.ts";

type Row = Selectable<PurchaseOrderLinesTable>;

export const linesOf = (trx: DatabaseTransaction, id: string): Promise<Row[]> =>
  trx.selectFrom("purchase_order_lines").selectAll().where("purchase_order_id", "=", id).orderBy("number").execute();

export const suppliedLine = (row: Row): SuppliedLine => ({
  number: row.number,
  skus: [row.sku, row.supplier_sku].filter((sku) => sku !== null),
  ordered: row.units,
  confirmed: row.confirmed,
  backordered: row.backordered,
  shipped: row.shipped,
  cancelled: row.cancelled,
  promisedOn: row.promised_on,
  packSize: row.pack_size,
  quantity: row.quantity,
});
