// Everything that waits for a person's decision, whichever room it lies in, and what that person can do: one at a time or
// many. Each is a transaction of its own: of many, those that can be settled are, and the others say why not.
import { findRow } from "../database/statements.ts";
import type { OpenDatabase } from "../database/open.ts";
import { isResent, messageOfPurchaseOrder, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import { labelOf } from "../domain/answers/notice.ts";
import { isNotice } from "../domain/delivery/message.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import type { DeadLetterKind } from "../domain/purchase-order/dead-letter.ts";
import {
  objectionTo,
  ofMessage,
  ofPurchaseOrder,
  ofTask,
  type Remediable,
  type Remedy,
} from "../domain/purchase-order/remedy.ts";
import type { Tasks } from "./tasks.ts";

type Act = (subject: { readonly id: string }, person: Person) => Promise<ActionResult>;

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
export { alertsOfAttention, attentionConditions } from "./alerts.ts";
export { createTasks, type Tasks } from "./tasks.ts";

export interface Attention {
  /** Settles one. Never throws because of what it finds: that is a refusal with its sentence. */
  settle(subject: { readonly kind: DeadLetterKind; readonly id: string }, remedy: Remedy, person: Person): Promise<ActionResult>;
}

export function createAttention(options: {
  readonly database: OpenDatabase;
  /** Whether it is in the configuration. */
  readonly isSupplier: (id: string) => boolean;
  readonly orders: Readonly<Record<"sameAgain" | "replace" | "orderAgain" | "discard", Act>> & {
    retryFailed(po: PurchaseOrderRow, person: Person): Promise<ActionResult>;
    readonly ofNotice: Readonly<Record<"sameAgain" | "discard", Act>>;
  };
  /** The message of any purchase order, also of one that was never sent from here. */
  readonly messageOf: (trx: DatabaseTransaction, po: PurchaseOrderRow) => Promise<MessagesTable>;
  /** By the message. */
  readonly deliveries: Readonly<Record<"retry" | "markSent", Act>>;
  readonly acknowledgements: {
    settle(
      subject: { readonly kind: "purchase-order" | "notice"; readonly id: string },
      answer: "accepted" | "rejected",
      person: Person,
    ): Promise<ActionResult>;
  };
  readonly tasks: Pick<Tasks, "discard">;
  readonly letters: SetAside;
  readonly files: SetAside;
}): Attention {
  const { database, orders, deliveries, acknowledgements } = options;
  const refuse = (message: string): ActionResult => ({ ok: false, message });

  return {
    async settle({ kind, id }, remedy, person) {
      switch (kind) {
        case "purchase-order":
          return await settlePurchaseOrder(id, remedy, person);
        case "notice":
          return await settleNotice(id, remedy, person);
        case "webhook":
        case "file": {
          const room = kind === "webhook" ? options.letters : options.files;
          if (remedy === "retry" || remedy === "discard") {
            return await room[remedy](id, person);
          }
          return refuse(`${remedy} is for purchase orders; a ${kind} can be retried or discarded`);
        }
      }
    },
  };

  async function settlePurchaseOrder(id: string, remedy: Remedy, person: Person): Promise<ActionResult> {
    const po = await findRow(database.db, "purchase_orders", { id });
    if (po === undefined) {
      return refuse(`there is no purchase order ${id}`);
    }
    const message = await messageOfPurchaseOrder(database.db, po);
    switch (remedy) {
      case "retry": {
        const refusal = objectionTo(remedy, ofPurchaseOrder(po));
        if (refusal !== undefined || message === undefined) {
          return refuse(refusal ?? `${labelOf(po)} has nothing to send yet`);
        }
        return po.state === "failed" && !isResent(message)
          ? await orders.retryFailed(po, person)
          : await deliveries.retry(message, person);
      }
      case "mark-sent": {
        if (po.stage !== "open") {
          return refuse(`${labelOf(po)} is ${po.state}: it cannot be marked as sent`);
        }
        return await deliveries.markSent(message ?? (await database.transaction((trx) => options.messageOf(trx, po))), person);
      }
      case "same-again":
      case "replace": {
        if (!options.isSupplier(po.supplier)) {
          const why = `the supplier ${po.supplier} is not in the configuration. Put it back, or order-again`;
          return refuse(`${labelOf(po)} cannot be sent: ${why}`);
        }
        return await (remedy === "replace" ? orders.replace : orders.sameAgain)(po, person);
      }
      case "order-again":
        return await orders.orderAgain(po, person);
      case "discard":
        return await orders.discard(po, person);
      case "notice-accepted":
      case "notice-too-late":
        return await acknowledgements.settle({ kind: "purchase-order", id }, answerOf(remedy), person);
    }
  }

  async function settleNotice(id: string, remedy: Remedy, person: Person): Promise<ActionResult> {
    const notice = await readNotice(database.db, id);
    if (notice === undefined) {
      return refuse(`there is no notice ${id}`);
    }
    const isTask = notice.kind === "task";
    switch (remedy) {
      case "retry":
      case "mark-sent": {
        const refusal = isTask ? objectionTo(remedy, notice) : undefined;
        return refusal === undefined
          ? await (remedy === "retry" ? deliveries.retry : deliveries.markSent)({ id }, person)
          : refuse(refusal);
      }
      case "same-again": {
        const refusal = objectionTo(remedy, notice);
        return refusal === undefined ? await orders.ofNotice.sameAgain({ id }, person) : refuse(refusal);
      }
      case "discard":
        return isTask ? await options.tasks.discard(id, person) : await orders.ofNotice.discard({ id }, person);
      case "replace":
      case "order-again":
        return refuse(objectionTo(remedy, notice) ?? `${remedy} is for purchase orders`);
      case "notice-accepted":
      case "notice-too-late":
        return await acknowledgements.settle({ kind: "notice", id }, answerOf(remedy), person);
    }
  }
}

const answerOf = (remedy: "notice-accepted" | "notice-too-late"): "accepted" | "rejected" =>
  remedy === "notice-accepted" ? "accepted" : "rejected";

/** A message, or what a person is to tell, with what can be done about it. */
export async function readNotice(
  db: Database,
  id: string,
): Promise<(Remediable & { readonly about: { readonly id: string; readonly number: string | null } }) | undefined> {
  const message = await findRow(db, "messages", { id });
  if (message !== undefined) {
    const about = { id: message.purchase_order_id, number: message.number };
    return isNotice(message.kind) ? { ...ofMessage(message), about } : undefined;
  }
  const task = await db
    .selectFrom("tasks")
    .innerJoin("purchase_orders as po", "po.id", "tasks.purchase_order_id")
    .select(["tasks.id", "tasks.purpose", "tasks.settled_at", "tasks.purchase_order_id", "po.number"])
    .where("tasks.id", "=", id)
    .executeTakeFirst();
  return task && { ...ofTask(task), about: { id: task.purchase_order_id, number: task.number } };
}
