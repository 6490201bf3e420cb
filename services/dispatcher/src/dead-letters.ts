// Everything that waits for a person's decision, whichever room it lies in, and what that person can do: one at a time or
// many. Each is a transaction of its own: of many, those that can be settled are, and the others say why not.
import type { OpenDatabase } from "./database/open.ts";
import type { PurchaseOrdersTable } from "./database/tables/orders.ts";
import type { DeliveryActions } from "./deliveries/actions.ts";
import type { DeadLetterKind } from "./domain/purchase-order/dead-letter.ts";
import { labelOf } from "./domain/answers/notice.ts";
import type { ActionResult, Person } from "./domain/person.ts";
import type { Remedy } from "./domain/purchase-order/remedy.ts";
import type { NoticeActions } from "./inbound/notice-answers.ts";
import type { SetAsideFiles } from "./inbound/set-aside.ts";
import type { OrderActions } from "./orders/actions.ts";
import type { Letters } from "./orders/letters.ts";

export interface Subject {
  readonly kind: DeadLetterKind;
  readonly id: string;
}

/** Settles one. Never throws because of what it finds: that is a refusal with its sentence. */
export type Settle = (subject: Subject, remedy: Remedy, person: Person) => Promise<ActionResult>;

export function createSettle(options: {
  readonly database: OpenDatabase;
  /** Whether it is in the configuration. */
  readonly isSupplier: (id: string) => boolean;
  readonly orders: OrderActions;
  readonly deliveries: DeliveryActions;
  readonly notices: NoticeActions;
  readonly letters: Letters;
  readonly files: SetAsideFiles;
}): Settle {
  const { orders, deliveries } = options;
  const ofPurchaseOrder: Record<Remedy, (po: PurchaseOrdersTable, person: Person) => Promise<ActionResult>> = {
    retry: (po, person) => (po.state === "failed" ? orders.retryFailed(po, person) : deliveries.retry(po, person)),
    "same-again": deliveries.sameAgain,
    replace: orders.replace,
    "order-again": orders.orderAgain,
    "mark-sent": deliveries.markSent,
    discard: deliveries.discard,
    "notice-accepted": (po, person) => options.notices.settle(po, "accepted", person),
    "notice-too-late": (po, person) => options.notices.settle(po, "rejected", person),
  };

  return async ({ kind, id }, remedy, person) => {
    if (kind === "purchase-order") {
      const po = await options.database.db.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirst();
      if (po === undefined) {
        return { ok: false, message: `there is no purchase order ${id}` };
      }
      if ((remedy === "same-again" || remedy === "replace") && !options.isSupplier(po.supplier)) {
        const why = `the supplier ${po.supplier} is not in the configuration. Put it back, or order-again`;
        return { ok: false, message: `${labelOf(po)} cannot be sent: ${why}` };
      }
      return await ofPurchaseOrder[remedy](po, person);
    }
    const room = kind === "webhook" ? options.letters : options.files;
    switch (remedy) {
      case "retry":
        return await room.retry(id, person);
      case "discard":
        return await room.discard(id, person);
      case "same-again":
      case "replace":
      case "order-again":
      case "mark-sent":
      case "notice-accepted":
      case "notice-too-late":
        return { ok: false, message: `${remedy} is for purchase orders; a ${kind} can be retried or discarded` };
    }
  };
}
