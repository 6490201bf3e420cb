// Purchase orders that the journal knows as sent, or perhaps sent, and a database restored from a backup does not
// (../deliveries/restore.ts): what is made again for the same order and supplier, or was not sent yet when the backup was made,
// takes their place and is not sent again.
import { findRows, statement, updateRows } from "../database/statements.ts";
import { changeMessage } from "../database/audit.ts";
import { messageOfPurchaseOrder, purchaseOrderOf, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { LostSendingsTable } from "../database/tables/orders.ts";
import { differences, readSaid } from "../domain/delivery/says.ts";
import type { Order } from "../domain/order/order.ts";
import type { Hold } from "../domain/plan/hold.ts";
import type { Supplier } from "../domain/supplier/supplier.ts";
import { follow, messageOfAny, saysOf } from "./messages.ts";

/** The first sending that the journal knows and this database, restored from a backup, does not. */
export async function findLost(
  trx: DatabaseTransaction,
  supplier: Supplier,
  order: Order,
): Promise<LostSendingsTable | undefined> {
  const where = { order_id: order.id, supplier: supplier.id, purchase_order_id: null, notice_of: null };
  const [first] = await findRows(trx, "lost_sendings", where, ["at"]);
  return first;
}

const besides = statement((db, order: string, supplier: string, purchaseOrder: string) =>
  db
    .selectFrom("lost_sendings as lost")
    .innerJoin("purchase_orders as po", "po.id", "lost.purchase_order_id")
    .selectAll("lost")
    .select(["po.id as place", "po.message_id"])
    .where("lost.order_id", "=", order)
    .where("lost.supplier", "=", supplier)
    .where("lost.notice_of", "is", null)
    .where("po.id", "!=", purchaseOrder)
    .whereRef("po.created_at", "<=", "lost.at")
    .orderBy("lost.at"),
);

/**
 * What was sent of this order to this supplier, and is here as the backup had it: units that the order gained in between may be
 * with the supplier. Not of one that a person has sent once more, as it is here.
 */
export async function besideLost(
  trx: DatabaseTransaction,
  of: { readonly order: string; readonly supplier: string; readonly purchaseOrder: string },
): Promise<Hold | undefined> {
  const losts = await besides.all(trx, of.order, of.supplier, of.purchaseOrder);
  let lost: LostSendingsTable | undefined;
  for (const one of losts) {
    lost ??= (await hasMore(trx, one)) ? one : undefined;
  }
  if (lost === undefined) {
    return undefined;
  }
  const when = `${lost.kind === "sent" ? "was sent" : "was perhaps sent"} at ${new Date(lost.at).toISOString()}`;
  return {
    name: "restored",
    reason: `${lost.number} ${when}, before the database was restored from a backup: the supplier may have these units. Ask it, and release this only if it has not`,
  };
}

/** What was sent may say more than the purchase order in whose place it is says here. */
async function hasMore(
  trx: DatabaseTransaction,
  lost: LostSendingsTable & { readonly place: string; readonly message_id: string | null },
): Promise<boolean> {
  const message = await messageOfPurchaseOrder(trx, lost);
  // Its own: then the message may be the lost one itself, made anew with what it said, and only the lines tell what is known here.
  const isOwn = lost.id === lost.place;
  const isAgain = message !== undefined && (message.kind !== "order" || message.copy > 1);
  if (isAgain && !(isOwn && message.version === lost.version && message.copy === lost.copy)) {
    return false;
  }
  return lost.says === null || lost.says !== (isOwn ? await saysOf(trx, lost.place) : message?.says);
}

/**
 * This purchase order, which nobody sent, was or may have been sent by the one whose place it takes; it has that one's number and
 * its version at least, so that an answer finds it. Where it asks for the very units that the journal says were sent, it is sent, by the
 * journal's word; else it is unknown, with what differs.
 */
export type TakeLostPlace = (
  trx: DatabaseTransaction,
  place: { readonly po: PurchaseOrderRow; readonly lost: LostSendingsTable; readonly at: number },
) => Promise<"sent" | "unknown">;

export function createTakeLostPlace(options: {
  /** Until when the supplier is to answer what was sent then; null: no answer is expected. */
  readonly answerDueAt: (message: MessagesTable, sentAt: number) => number | null;
  /** What follows from its being at the supplier. */
  readonly sent: (
    trx: DatabaseTransaction,
    sent: { readonly message: MessagesTable; readonly at: number; readonly actor: string },
  ) => Promise<void>;
}): TakeLostPlace {
  return async (trx, { po, lost, at }) => {
    await updateRows(trx, "lost_sendings", { purchase_order_id: po.id }, { id: lost.id });
    await updateRows(trx, "holds", { ended_at: at, ended_by: "system" }, { purchase_order_id: po.id, ended_at: null });
    await messageOfAny(trx, po, at);
    await follow(trx, po);
    const message = await messageOfAny(trx, await purchaseOrderOf(trx, po.id), at);
    const differs = await differencesTo(trx, po.id, lost);
    const isSent = lost.kind === "sent" && differs?.length === 0;
    const other = po.number === null || po.number === lost.number ? "" : `, under the number ${lost.number}`;
    const how = lost.kind === "sent" ? "sent" : "perhaps sent";
    const which = lost.hash === null ? "" : ` (version ${lost.version}, SHA-256 ${lost.hash.slice(0, 12)}…)`;
    const but = differs === undefined || differs.length === 0 ? "" : `. What it orders differs: ${differs.join(", ")}`;
    const reason = `${how} at ${new Date(lost.at).toISOString()} by the journal${which}, before the database was restored from a backup${other}${but}`;
    const change = { message, cause: "evidence", actor: "system", at, reason } as const;
    const detail = { ...lost, number_before: po.number };
    if (!isSent) {
      await changeMessage(trx, { ...change, to: "unknown", detail });
      return "unknown";
    }
    const set = { sent_at: lost.at, version: lost.version, answer_due_at: options.answerDueAt(message, lost.at) };
    await changeMessage(trx, { ...change, to: "sent", set, detail });
    await options.sent(trx, { message, at: lost.at, actor: "system" });
    return "sent";
  };
}

/** Undefined: the journal does not tell what it said. */
async function differencesTo(
  trx: DatabaseTransaction,
  purchaseOrder: string,
  lost: LostSendingsTable,
): Promise<readonly string[] | undefined> {
  const said = lost.says === null ? undefined : readSaid(lost.says);
  const now = readSaid(await saysOf(trx, purchaseOrder));
  if (said === undefined || now === undefined) {
    return undefined;
  }
  const skus = await trx.selectFrom("order_lines").select(["line_id", "sku"]).where("order_id", "=", lost.order_id).execute();
  return differences(said, now).map(({ lineId, said: before, now: after }) => {
    const sku = skus.find((line) => line.line_id === lineId)?.sku;
    return `${before} of ${sku === null || sku === undefined ? `line ${lineId}` : `SKU ${sku}`} then, and ${after} now`;
  });
}
