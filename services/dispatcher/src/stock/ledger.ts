import { findRows, insertRow, statement } from "../database/statements.ts";
import type { DatabaseTransaction } from "../database/schema.ts";

/** The opposite of what a purchase order's sending wrote, when a person gives it up because the supplier never got it. */
export async function recordNotReceived(
  trx: DatabaseTransaction,
  given: { readonly purchaseOrder: string; readonly at: number },
): Promise<void> {
  const movements = await trx
    .selectFrom("stock_movements")
    .select(["supplier", "sku", "units", "line_number"])
    .where("purchase_order_id", "=", given.purchaseOrder)
    .where("kind", "=", "ordered")
    .execute();
  for (const { units, ...rest } of movements) {
    await trx
      .insertInto("stock_movements")
      .values({ ...rest, at: given.at, kind: "not-received", units: -units, purchase_order_id: given.purchaseOrder, by: "" })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

const ordered = statement(
  (db, at: number, supplier: string, sku: string, units: number, purchase_order_id: string, line_number: number) =>
    db
      .insertInto("stock_movements")
      .values({ at, supplier, sku, kind: "ordered", units, purchase_order_id, line_number, by: "" })
      .onConflict((conflict) => conflict.doNothing()),
);

/**
 * The ledger's entries of a purchase order that was sent: one `ordered` movement per line, negative, because the pieces
 * leave the supplier's stock for us: whole packs, also where the customer ordered fewer. Written once, however often it is called.
 */
export async function recordOrdered(
  trx: DatabaseTransaction,
  sent: { readonly purchaseOrder: string; readonly supplier: string; readonly at: number },
): Promise<void> {
  const { purchaseOrder, supplier, at } = sent;
  for (const line of await findRows(trx, "purchase_order_lines", { purchase_order_id: purchaseOrder })) {
    const pieces = line.quantity * line.pack_size;
    await ordered.run(trx, at, supplier, line.sku ?? "", -pieces, purchaseOrder, line.number);
  }
}

/** What a supplier keeps because it accepted a notice: one `withdrawn` movement per line, positive, in pieces. */
export async function recordWithdrawn(
  trx: DatabaseTransaction,
  of: {
    readonly purchaseOrder: string;
    /** The message or task that the supplier accepted. */
    readonly by: string;
    readonly supplier: string;
    readonly at: number;
    readonly lines: readonly { readonly line: number; readonly sku: string | null; readonly pieces: number }[];
  },
): Promise<void> {
  for (const { line, sku, pieces } of of.lines) {
    await insertRow(trx, "stock_movements", {
      at: of.at,
      supplier: of.supplier,
      sku: sku ?? "",
      kind: "withdrawn",
      units: pieces,
      purchase_order_id: of.purchaseOrder,
      line_number: line,
      by: of.by,
    });
  }
}
