// After the journal has settled what it knows (../deliveries/restore.ts): a purchase order that waits in the restored database beside a
// lost sending of the same order and supplier. The backup knows it as not sent. Since, it may have been given up (its order was
// cancelled or changed and came back, a person ordered again) and the lost one made instead, with the same units. If it went,
// the supplier would get them twice.
//
// May it rightly wait beside one that was sent? An open purchase order follows its order; a second one to the same supplier is
// made only while an attempt has the first (domain/plan/plan.ts), or a person has it sent once more. An attempt that came to
// its intent stands in the journal, and is settled by that. One that ended before leaves no line: then the second may have been
// sent beside a first that came back unsent. Nothing here tells this from one that was given up, so a person is asked, or the
// supplier's answer, unless it asks for the very units that were sent: never sent twice.
import { changeMessage } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import { messageOf, messageOfPurchaseOrder, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { LostSendingsTable } from "../database/tables/orders.ts";
import { messageOfAny } from "./messages.ts";

interface Settled {
  readonly sent: number;
  readonly unknown: number;
}

type StopSending = (trx: DatabaseTransaction, message: MessagesTable, at: number) => Promise<void>;

/** How many are settled in which way. Safe to repeat: a place that was taken is taken. */
export async function settleUnsent(input: {
  readonly database: OpenDatabase;
  readonly takeLostPlace: (
    trx: DatabaseTransaction,
    place: { readonly po: PurchaseOrderRow; readonly lost: LostSendingsTable; readonly at: number },
  ) => Promise<"sent" | "unknown">;
  readonly stopSending: StopSending;
  readonly now: () => number;
}): Promise<Settled> {
  const { database, now } = input;
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
  const settled = { sent: 0, unknown: 0 };
  for (const of of concerned) {
    for (const how of await database.transaction((trx) => settleOne(trx, { ...of, ...input, at: now() }))) {
      settled[how]++;
    }
  }
  return settled;
}

const unsentStates = ["held", "ready", "sending"] as const;

async function settleOne(
  trx: DatabaseTransaction,
  of: Omit<Parameters<typeof settleUnsent>[0], "database" | "now"> & {
    readonly order_id: string;
    readonly supplier: string;
    readonly at: number;
  },
): Promise<readonly (keyof Settled)[]> {
  const { order_id, supplier, at } = of;
  const losts = await trx
    .selectFrom("lost_sendings")
    .selectAll()
    .where((eb) => eb.and({ order_id, supplier }))
    .where("purchase_order_id", "is", null)
    .where("notice_of", "is", null)
    .orderBy("at")
    .execute();
  const settled: (keyof Settled)[] = [];
  for (const [index, po] of (await unsentOf(trx, { order_id, supplier })).entries()) {
    const message = await messageOfPurchaseOrder(trx, po);
    if (message !== undefined) {
      await of.stopSending(trx, message, at);
    }
    const lost = losts[index];
    if (lost !== undefined) {
      settled.push(await of.takeLostPlace(trx, { po, lost, at }));
      continue;
    }
    // There is no place for it, yet what was sent may have its units, too.
    const reason = `it waited when the backup was made, and the journal knows that ${losts[0]?.number ?? "another"} of the same order was sent since`;
    const { id } = await messageOfAny(trx, po, at);
    const change = { to: "unknown", cause: "evidence", actor: "system", at, reason } as const;
    await changeMessage(trx, { message: await messageOf(trx, id), ...change });
    settled.push("unknown");
  }
  return settled;
}

/**
 * Not one that a person has sent once more: it follows its order no more, and another may rightly be beside it. Not one with an
 * intent either: what came of that, the look tells.
 */
const unsentOf = (
  trx: DatabaseTransaction,
  { order_id, supplier }: { readonly order_id: string; readonly supplier: string },
): Promise<PurchaseOrderRow[]> =>
  trx
    .selectFrom("purchase_orders as po")
    .leftJoin("messages as message", "message.id", "po.message_id")
    .selectAll("po")
    .where("po.order_id", "=", order_id)
    .where("po.supplier", "=", supplier)
    .where((eb) => eb.or([eb("message.id", "is", null), eb.and([eb("message.kind", "=", "order"), eb("message.copy", "=", 1)])]))
    .where("po.state", "in", unsentStates)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("attempts")
            .select("attempts.id")
            .where("attempts.state", "=", "committing")
            .where((eb) =>
              eb.or([eb("attempts.message_id", "=", eb.ref("message.id")), eb("attempts.id", "=", eb.ref("message.carried_by"))]),
            ),
        ),
      ),
    )
    .orderBy("po.created_at")
    .orderBy("po.id")
    .execute();
