// Everything that waits for a person's decision, whichever room it lies in, and what that person can do: one at a time or
// many. Each is a transaction of its own: of many, those that can be settled are, and the others say why not.
import type { OpenDatabase } from "../database/open.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import { labelOf } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import type { DeadLetterKind } from "../domain/purchase-order/dead-letter.ts";
import type { Remedy } from "../domain/purchase-order/remedy.ts";

type SettlePurchaseOrder = (po: PurchaseOrdersTable, person: Person) => Promise<ActionResult>;

/** A room whose things can be tried once more, or discarded. */
interface SetAside {
  retry(id: string, person: Person): Promise<ActionResult>;
  discard(id: string, person: Person): Promise<ActionResult>;
}

export {
  countDeadLetters,
  listDeadLetters,
  positionOf,
  readDeadLetter,
  remediesOf,
  type DeadLetter,
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterKey,
} from "./dead-letters.ts";

export interface Attention {
  /** Settles one. Never throws because of what it finds: that is a refusal with its sentence. */
  settle(subject: { readonly kind: DeadLetterKind; readonly id: string }, remedy: Remedy, person: Person): Promise<ActionResult>;
}

export function createAttention(options: {
  readonly database: OpenDatabase;
  /** Whether it is in the configuration. */
  readonly isSupplier: (id: string) => boolean;
  readonly orders: Readonly<Record<"retryFailed" | "replace" | "orderAgain", SettlePurchaseOrder>>;
  readonly deliveries: Readonly<Record<"retry" | "sameAgain" | "markSent" | "discard", SettlePurchaseOrder>>;
  readonly acknowledgements: {
    settle(po: PurchaseOrdersTable, answer: "accepted" | "rejected", person: Person): Promise<ActionResult>;
  };
  readonly letters: SetAside;
  readonly files: SetAside;
}): Attention {
  const { orders, deliveries } = options;
  const ofPurchaseOrder: Record<Remedy, SettlePurchaseOrder> = {
    retry: (po, person) => (po.state === "failed" ? orders.retryFailed(po, person) : deliveries.retry(po, person)),
    "same-again": deliveries.sameAgain,
    replace: orders.replace,
    "order-again": orders.orderAgain,
    "mark-sent": deliveries.markSent,
    discard: deliveries.discard,
    "notice-accepted": (po, person) => options.acknowledgements.settle(po, "accepted", person),
    "notice-too-late": (po, person) => options.acknowledgements.settle(po, "rejected", person),
  };

  return {
    async settle({ kind, id }, remedy, person) {
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
    },
  };
}
