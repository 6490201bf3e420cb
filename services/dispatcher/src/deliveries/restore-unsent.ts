// After the journal has settled what it knows (./restore.ts): a purchase order that waits in the restored database beside a lost
// sending of the same order and supplier. The backup knows it as not sent. Since, it may have been given up (its order was
// cancelled or changed and came back, a person ordered again) and the lost one made instead, with the same units. If it went,
// the supplier would get them twice.
//
// May it rightly wait beside one that was sent? An open purchase order follows its order; a second one to the same supplier is
// made only while an attempt has the first (domain/plan/plan.ts), or a person has it sent once more. An attempt that came to
// its intent stands in the journal, and is settled by that. One that ended before leaves no line: then the second may have been
// sent beside a first that came back unsent. Nothing here tells this from one that was given up, so a person is asked, or the
// supplier's answer: unknown, never sent twice.
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { LostSendingsTable, PurchaseOrdersTable } from "../database/tables/orders.ts";
import { abandon, endUnknown, leaveFile, OUT_OF_FILE } from "./carried.ts";

/** What a restore needs of orders: the purchase order is unknown, with the number of the lost one, which an answer will name. */
export type TakeLostPlace = (
  trx: DatabaseTransaction,
  place: { readonly po: PurchaseOrdersTable; readonly lost: LostSendingsTable; readonly at: number },
) => Promise<void>;

/** How many are unknown now. Safe to repeat: a place that was taken is taken. */
export async function settleUnsent(input: {
  readonly database: OpenDatabase;
  readonly takeLostPlace: TakeLostPlace;
  readonly now: () => number;
}): Promise<number> {
  const { database, takeLostPlace, now } = input;
  const concerned = await database.db
    .selectFrom("lost_sendings as lost")
    .innerJoin("purchase_orders as po", (join) =>
      join.onRef("po.order_id", "=", "lost.order_id").onRef("po.supplier", "=", "lost.supplier"),
    )
    .select(["lost.order_id", "lost.supplier"])
    .distinct()
    .where("lost.purchase_order_id", "is", null)
    .where("lost.notice_of", "is", null)
    .where("po.state", "in", unsentStates)
    .execute();
  let unknown = 0;
  for (const of of concerned) {
    unknown += await database.transaction((trx) => settleOne(trx, { ...of, takeLostPlace, at: now() }));
  }
  return unknown;
}

const unsentStates = ["held", "ready", "sending"] as const;

async function settleOne(
  trx: DatabaseTransaction,
  of: {
    readonly order_id: string;
    readonly supplier: string;
    readonly takeLostPlace: TakeLostPlace;
    readonly at: number;
  },
): Promise<number> {
  const { order_id, supplier, takeLostPlace, at } = of;
  const losts = await trx
    .selectFrom("lost_sendings")
    .selectAll()
    .where((eb) => eb.and({ order_id, supplier }))
    .where("purchase_order_id", "is", null)
    .where("notice_of", "is", null)
    .orderBy("at")
    .execute();
  const unsent = await unsentOf(trx, { order_id, supplier });
  for (const [index, po] of unsent.entries()) {
    await stopSending(trx, po, at);
    const lost = losts[index];
    if (lost === undefined) {
      // There is no place for it, yet what was sent may have its units, too.
      const reason = `it waited when the backup was made, and the journal knows that ${losts[0]?.number ?? "another"} of the same order was sent since`;
      await endUnknown(trx, { ...po, carried_by: null }, { at, cause: "evidence", reason });
    } else {
      await takeLostPlace(trx, { po, lost, at });
    }
  }
  return unsent.length;
}

/**
 * Not one that a person has sent once more: it follows its order no more, and another may rightly be beside it. Not one with an
 * intent either: what came of that, the look tells.
 */
const unsentOf = (
  trx: DatabaseTransaction,
  { order_id, supplier }: { readonly order_id: string; readonly supplier: string },
): Promise<PurchaseOrdersTable[]> =>
  trx
    .selectFrom("purchase_orders as po")
    .selectAll()
    .where((eb) => eb.and({ order_id, supplier }))
    .where("notice_of", "is", null)
    .where("resend", "is", null)
    .where("po.state", "in", unsentStates)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("attempts")
            .select("attempts.id")
            .where("attempts.state", "=", "committing")
            .where((eb) =>
              eb.or([eb("attempts.purchase_order_id", "=", eb.ref("po.id")), eb("attempts.id", "=", eb.ref("po.carried_by"))]),
            ),
        ),
      ),
    )
    .orderBy("created_at")
    .orderBy("id")
    .execute();

/** Its attempt, should one run for it, has no intent: nothing was renamed. Others in its file go anew without it. */
async function stopSending(trx: DatabaseTransaction, po: PurchaseOrdersTable, at: number): Promise<void> {
  if (po.state !== "sending") {
    return;
  }
  await leaveFile(trx, po, at);
  const own = await trx
    .selectFrom("attempts")
    .select("id")
    .where("purchase_order_id", "=", po.id)
    .where("state", "=", "sending")
    .execute();
  for (const attempt of own) {
    await abandon(trx, attempt, { at, reason: "the database was restored from a backup" });
  }
  await trx
    .updateTable("purchase_orders")
    .set({ ...OUT_OF_FILE, crashes: 0 })
    .where("id", "=", po.id)
    .execute();
}
