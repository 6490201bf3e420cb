// The lines of a purchase order, as they were planned and as its document says them.
import { findRows, insertRow, updateRows } from "../database/statements.ts";
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { Selectable } from "kysely";
import { recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrderLinesTable } from "../database/tables/orders.ts";
import { currencyOf, type PlannedItem, type SupplierItem } from "../domain/catalogue/catalogue.ts";
import type { Order } from "../domain/order/order.ts";
import type { Plan, PurchaseOrderPlan } from "../domain/plan/plan.ts";
import type { PlannedLine } from "../domain/purchase-order/content.ts";

type PurchaseOrderLine = Selectable<PurchaseOrderLinesTable>;

/**
 * What its document says of its lines: as they were planned, whatever the catalogue says since. `unitsOf`: pieces still
 * wanted; unless given, all that the supplier has not taken back.
 */
export async function linesOf(
  trx: DatabaseTransaction,
  purchaseOrderId: string,
  unitsOf: (line: PurchaseOrderLine) => number = (line) => line.units - line.withdrawn,
): Promise<{
  readonly lines: readonly PlannedLine[];
  readonly items: ReadonlyMap<string, SupplierItem>;
  readonly currency: string | null;
}> {
  const all = await findRows(trx, "purchase_order_lines", { purchase_order_id: purchaseOrderId }, ["number"]);
  const rows = all
    .map((row) => ({ ...row, units: unitsOf(row), ordered: row.units }))
    .filter(({ units }) => units > 0)
    .map((row) => (row.units === row.ordered ? row : { ...row, quantity: Math.ceil(row.units / row.pack_size) }));
  return {
    lines: rows.map((row) => ({ number: row.number, lineId: row.line_id, units: row.units })),
    items: new Map(
      rows.flatMap((row): [string, SupplierItem][] =>
        row.supplier_sku === null
          ? []
          : [
              [
                row.line_id,
                {
                  supplierSku: row.supplier_sku,
                  unit: row.unit,
                  packSize: row.pack_size,
                  quantity: row.quantity,
                  unitCost: row.unit_cost,
                  gtin: row.gtin,
                  mpn: row.mpn,
                  hazard: row.hazard,
                },
              ],
            ],
      ),
    ),
    currency: currencyOf(rows.map((row) => ({ currency: row.cost_currency }))),
  };
}

const itemColumns = (item: PlannedItem) =>
  ({
    supplier_sku: item.listed ? item.supplierSku : null,
    unit: item.unit,
    pack_size: item.packSize,
    quantity: item.quantity,
    unit_cost: item.unitCost,
    cost_currency: item.currency,
    gtin: item.gtin,
    mpn: item.mpn,
    hazard: item.hazard,
  }) satisfies Partial<PurchaseOrderLinesTable>;

/** Adds and changes what the plan wants. */
export async function writeLines(
  trx: DatabaseTransaction,
  id: string,
  target: { readonly order: Order; readonly wanted: PurchaseOrderPlan; readonly now: number },
): Promise<void> {
  const current = await findRows(trx, "purchase_order_lines", { purchase_order_id: id });
  let highest = current.reduce((most, line) => Math.max(most, line.number), 0);
  const sources = new Map(target.order.lines.map((line) => [line.id, line]));
  const byLine = new Map(current.map((line) => [line.line_id, line]));
  for (const line of target.wanted.lines) {
    const source = sources.get(line.lineId);
    const known = byLine.get(line.lineId);
    const set = {
      units: line.units,
      rule: line.rule,
      sku: source?.sku ?? null,
      title: source?.title ?? "",
      ...itemColumns(line.item),
    };
    if (known === undefined) {
      await insertRow(trx, "purchase_order_lines", {
        purchase_order_id: id,
        number: ++highest,
        order_id: target.order.id,
        line_id: line.lineId,
        ...set,
        confirmed: 0,
        backordered: 0,
        shipped: 0,
        cancelled: 0,
        promised_on: null,
      });
      await recordEvent(trx, {
        at: target.now,
        subject: "purchase-order",
        subjectId: id,
        name: "purchase_order.allocated",
        actor: "system",
        detail: { line: line.lineId, units: line.units, rule: line.rule },
      });
    } else if (needsWriting(known, { ...set, sku: known.sku, title: known.title })) {
      await updateRows(trx, "purchase_order_lines", set, { purchase_order_id: id, number: known.number });
    }
  }
}

function needsWriting(known: PurchaseOrderLine, set: Partial<PurchaseOrderLinesTable>): boolean {
  const before: Readonly<Record<string, unknown>> = { ...known };
  return Object.entries(set).some(([column, value]) => before[column] !== value);
}

/** Takes the lines away that move or shrink, before any is added: the sum of a line's units may never exceed what was ordered. */
export async function freeLines(
  trx: DatabaseTransaction,
  input: { readonly open: readonly PurchaseOrderRow[]; readonly plan: Plan },
): Promise<void> {
  for (const po of input.open) {
    const wanted = input.plan.purchaseOrders.find((one) => one.id === po.id);
    const current = await trx
      .selectFrom("purchase_order_lines")
      .select(["number", "line_id", "units"])
      .where("purchase_order_id", "=", po.id)
      .execute();
    const unitsOf = new Map(wanted?.lines.map((one) => [one.lineId, one.units]));
    for (const line of current) {
      const units = unitsOf.get(line.line_id) ?? 0;
      // By its number, which is the key: by line id, the database would look through all lines for each.
      const row = { purchase_order_id: po.id, number: line.number };
      if (units === 0) {
        await trx
          .deleteFrom("purchase_order_lines")
          .where((eb) => eb.and(row))
          .execute();
      } else if (units < line.units) {
        await trx
          .updateTable("purchase_order_lines")
          .set({ units })
          .where((eb) => eb.and(row))
          .execute();
      }
    }
  }
}
