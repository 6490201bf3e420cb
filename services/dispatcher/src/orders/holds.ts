// The holds of a purchase order, and the state that follows from them: held while one is active, else ready.
import { findRows, insertRow, updateRows } from "../database/statements.ts";
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import { recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { HoldsTable } from "../database/tables/orders.ts";
import type { Hold } from "../domain/plan/hold.ts";
import { keepBack, send } from "./messages.ts";

/** Adds holds that are new, ends those whose reason went away. One that a person ended stays ended for the same reason. */
export async function writeHolds(
  trx: DatabaseTransaction,
  input: {
    readonly id: string;
    /** The supplier's name. */
    readonly supplier: string;
    readonly holds: readonly Hold[];
    readonly now: number;
  },
): Promise<void> {
  const { id, supplier, now } = input;
  const known = await findRows(trx, "holds", { purchase_order_id: id });
  // What was made in dry run is not let loose on the supplier when that ends: a person says which of it is to go.
  const tried =
    known.some((row) => row.name === "dry-run") && !input.holds.some((hold) => hold.name === "dry-run")
      ? [{ name: "tried" as const, reason: `it was made in dry run: release it only if ${supplier} is to ship it now` }]
      : [];
  const holds = [...input.holds, ...tried];
  for (const hold of holds) {
    const settled = known.some((row) => isSame(hold, row) && (row.ended_at === null || row.ended_by !== "system"));
    if (!settled) {
      await addHold(trx, { ...hold, purchaseOrder: id, now });
    }
  }
  for (const row of known) {
    // One by hand is a person's to end.
    if (row.ended_at === null && row.name !== "by-hand" && !holds.some((hold) => isSame(hold, row))) {
      await updateRows(trx, "holds", { ended_at: now, ended_by: "system" }, { id: row.id });
    }
  }
}

export async function addHold(
  trx: DatabaseTransaction,
  input: Hold & { readonly purchaseOrder: string; readonly now: number },
): Promise<void> {
  const { name, reason, purchaseOrder, now } = input;
  await insertRow(trx, "holds", {
    purchase_order_id: purchaseOrder,
    name,
    reason,
    since: now,
    ended_at: null,
    ended_by: null,
    note: null,
  });
}

const isSame = (hold: Hold, row: Pick<HoldsTable, "name" | "reason">): boolean =>
  hold.name === row.name && hold.reason === row.reason;

export interface ActiveHold {
  readonly id: number;
  readonly name: string;
  readonly reason: string;
}

export async function activeHolds(trx: DatabaseTransaction, purchaseOrderId: string): Promise<ActiveHold[]> {
  return await findRows(trx, "holds", { purchase_order_id: purchaseOrderId, ended_at: null }, ["id"]);
}

/** Held while a hold is active, else ready. True when it became ready. */
export async function settleState(
  trx: DatabaseTransaction,
  input: {
    readonly po: PurchaseOrderRow;
    readonly active: readonly Pick<ActiveHold, "name" | "reason">[];
    readonly now: number;
    readonly actor?: string;
  },
): Promise<boolean> {
  const { po, active, now: at, actor = "system" } = input;
  const cause = actor === "system" ? "system" : "person";
  const reason = active.map((hold) => `${hold.name}: ${hold.reason}`).join("; ");
  if (po.state === "held" && active.length === 0) {
    await updateRows(trx, "purchase_orders", { released_at: at, reason: null }, { id: po.id });
    await send(trx, { po, cause, actor, at });
    return true;
  }
  if (po.state === "ready" && active.length > 0) {
    await keepBack(trx, { po, cause, actor, at, reason });
  } else if (po.state === "held" && po.reason !== reason) {
    await updateRows(trx, "purchase_orders", { reason }, { id: po.id });
  } else {
    return false;
  }
  await recordEvent(trx, {
    at,
    subject: "purchase-order",
    subjectId: po.id,
    name: "purchase_order.held",
    actor,
    detail: { ...(po.state === "held" ? {} : { from: po.state }), reason },
  });
  return false;
}
