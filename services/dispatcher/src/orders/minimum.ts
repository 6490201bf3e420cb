// Purchase orders below a supplier's minimum wait for each other: when those that wait for nothing else reach it together,
// all of them go.
import { updateRows } from "../database/statements.ts";
import type { ExpressionBuilder } from "kysely";
import { recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction, Tables } from "../database/schema.ts";
import { compareDecimals, sumDecimals } from "../domain/decimal.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";
import { settleState } from "./holds.ts";

/** Who ends such a hold: not "system", so that planning again does not hold it again for the same reason. */
const COMBINED = "combined";

/** The purchase orders that became ready. */
export async function releaseCombined(
  trx: DatabaseTransaction,
  input: { readonly supplier: Supplier; readonly now: number },
): Promise<readonly string[]> {
  const { supplier, now } = input;
  const { minimum } = supplier.catalogue;
  if (minimum === null || minimum.below !== "combine") {
    return [];
  }
  const held = await trx
    .selectFrom("purchase_orders")
    .selectAll()
    .where("supplier", "=", supplier.id)
    .where("state", "=", "held")
    .where("version", ">", 0)
    .where("net_currency", "=", minimum.net.currency)
    .where("id", "in", (eb) => activeHolds(eb).where("name", "=", "minimum"))
    .where("id", "not in", (eb) => activeHolds(eb).where("name", "!=", "minimum"))
    .execute();
  const net = sumDecimals(held.map((po) => po.net ?? "0"));
  if (held.length === 0 || compareDecimals(net, minimum.net.amount) < 0) {
    return [];
  }
  for (const po of held) {
    await updateRows(trx, "holds", { ended_at: now, ended_by: COMBINED }, { purchase_order_id: po.id, ended_at: null });
    await recordEvent(trx, {
      at: now,
      subject: "purchase-order",
      subjectId: po.id,
      name: "purchase_order.combined",
      actor: "system",
      detail: { purchase_orders: held.length, net: `${net} ${minimum.net.currency}` },
    });
    await settleState(trx, { po, active: [], now });
  }
  return held.map((po) => po.id);
}

const activeHolds = (eb: ExpressionBuilder<Tables, "purchase_orders">) =>
  eb.selectFrom("holds").select("purchase_order_id").where("ended_at", "is", null);
