// What people are told of purchase orders and notices that wait for their supplier's answer.
import type { Alert } from "../alerts/alerts.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { Overdue } from "./sweep.ts";
import { titleOf } from "../domain/answers/notice.ts";

const settledBy = (number: string): string =>
  `If a person there tells you: npm run soh -- notice-accepted ${number}, or notice-too-late ${number}`;

/** Its deadline has passed. */
export function alertOfOverdue(overdue: Overdue, options: { readonly expectsPickup: boolean }): Alert {
  const { id, number, purpose, supplier, dueAt } = overdue;
  const by = new Date(dueAt).toISOString();
  const isThere = options.expectsPickup && !overdue.pickedUp && overdue.acknowledgement === null;
  const message =
    purpose === null && isThere
      ? `Purchase order ${number ?? id}: ${supplier} has not taken its file out of the folder by ${by}. Ask the supplier whether it reads the folder.`
      : purpose === null
        ? `Purchase order ${number ?? id}: ${supplier} has not acknowledged it by ${by}. Ask the supplier whether it has it.`
        : `${titleOf({ id, number, purpose })}: ${supplier} has not said by ${by} whether it accepts it or it is too late. Ask the supplier: until then the goods may come. ${settledBy(number ?? id)}.`;
  return { kind: "acknowledgement.overdue", message, detail: { purchase_order: id, supplier } };
}

/** That a notice was sent, and until when its supplier is to answer; nothing for a purchase order. */
export async function tellOfNotice({ db }: OpenDatabase, id: string, tell: (alert: Alert) => void): Promise<void> {
  const notice = await db
    .selectFrom("purchase_orders as notice")
    .innerJoin("purchase_orders as po", "po.id", "notice.notice_of")
    .innerJoin("orders", "orders.id", "notice.order_id")
    .select(["notice.number", "notice.purpose", "notice.supplier", "notice.acknowledgement_due_at as due_at"])
    .select(["po.id as about", "po.cancel_reason", "orders.id as order", "orders.name as order_name"])
    .where("notice.id", "=", id)
    .executeTakeFirst();
  if (notice === undefined || notice.purpose === null) {
    return;
  }
  const { number, purpose, supplier, due_at: dueAt } = notice;
  const why = purpose === "cancellation" ? (notice.cancel_reason ?? "nothing of it is wanted any more") : "less is wanted now";
  const until = dueAt === null ? "Look out for its answer" : `It is to answer by ${new Date(dueAt).toISOString()}`;
  tell({
    kind: `purchase_order.${purpose}_sent`,
    message: `Order ${notice.order_name}: ${why}: a ${purpose} of purchase order ${number ?? notice.about} was sent to ${supplier}. ${until}. ${settledBy(number ?? notice.about)}.`,
    detail: { order: notice.order, purchase_order: notice.about, notice: id, supplier },
  });
}
