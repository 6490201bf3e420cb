// The holds of a purchase order, and the state that follows from them: held while one is active, else ready.
import { changeState, recordEvent } from "../database/audit.ts";
import type { DatabaseTransaction, HoldsTable, PurchaseOrdersTable } from "../database/schema.ts";
import type { Hold } from "../domain/plan.ts";

/** Adds holds that are new, ends those whose reason went away. One that a person ended stays ended for the same reason. */
export async function writeHolds(
  trx: DatabaseTransaction,
  input: { readonly id: string; readonly holds: readonly Hold[]; readonly now: number },
): Promise<void> {
  const { id, holds, now } = input;
  const known = await trx.selectFrom("holds").selectAll().where("purchase_order_id", "=", id).execute();
  for (const hold of holds) {
    const settled = known.some((row) => isSame(hold, row) && (row.ended_at === null || row.ended_by !== "system"));
    if (!settled) {
      await trx
        .insertInto("holds")
        .values({
          purchase_order_id: id,
          name: hold.name,
          reason: hold.reason,
          since: now,
          ended_at: null,
          ended_by: null,
          note: null,
        })
        .execute();
    }
  }
  for (const row of known) {
    if (row.ended_at === null && !holds.some((hold) => isSame(hold, row))) {
      await trx.updateTable("holds").set({ ended_at: now, ended_by: "system" }).where("id", "=", row.id).execute();
    }
  }
}

const isSame = (hold: Hold, row: ActiveHold): boolean => hold.name === row.name && hold.reason === row.reason;

type ActiveHold = Pick<HoldsTable, "name" | "reason">;

export async function activeHolds(trx: DatabaseTransaction, purchaseOrderId: string): Promise<ActiveHold[]> {
  return await trx
    .selectFrom("holds")
    .select(["name", "reason"])
    .where("purchase_order_id", "=", purchaseOrderId)
    .where("ended_at", "is", null)
    .orderBy("id")
    .execute();
}

/** Held while a hold is active, else ready. True when it became ready. */
export async function settleState(
  trx: DatabaseTransaction,
  input: {
    readonly po: Pick<PurchaseOrdersTable, "id" | "state" | "reason" | "generation">;
    readonly active: readonly ActiveHold[];
    readonly now: number;
    readonly actor?: string;
  },
): Promise<boolean> {
  const { po, active, now, actor = "system" } = input;
  const cause = actor === "system" ? "system" : "person";
  const reason = active.map((hold) => `${hold.name}: ${hold.reason}`).join("; ");
  if (po.state === "held" && active.length === 0) {
    const set = { released_at: now, next_attempt_at: now, generation: po.generation + 1 };
    await changeState(trx, { id: po.id, from: "held", to: "ready", cause, actor, at: now, reason: null, set });
    return true;
  }
  if (po.state === "ready" && active.length > 0) {
    await changeState(trx, { id: po.id, from: "ready", to: "held", cause, actor, at: now, reason });
  } else if (po.state === "held" && po.reason !== reason) {
    await trx.updateTable("purchase_orders").set({ reason }).where("id", "=", po.id).execute();
    await recordEvent(trx, {
      at: now,
      subject: "purchase-order",
      subjectId: po.id,
      name: "purchase_order.held",
      actor,
      detail: { reason },
    });
  }
  return false;
}
