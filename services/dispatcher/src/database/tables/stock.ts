// The ledger.
import type { Generated } from "kysely";

export interface TablesOfStock {
  stock_movements: StockMovementsTable;
}

export interface StockMovementsTable {
  id: Generated<number>;
  at: number;
  supplier: string;
  sku: string;
  /** ordered: negative, units that left the supplier's stock for us. not-received: they did not, the supplier never got it. withdrawn: it keeps them, because it accepted our notice. */
  kind: "ordered" | "not-received" | "withdrawn";
  units: number;
  purchase_order_id: string;
  line_number: number;
  /** Of withdrawn: the notice that the supplier accepted, a message or a task; else empty. */
  by: string;
}
