// What a person is to tell suppliers, because no document can: each waits here until that person has said what the supplier answered.
import { insertRow, updateRows } from "../database/statements.ts";
import { randomUUID } from "node:crypto";
import { recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { labelOf } from "../domain/answers/notice.ts";
import type { NoticePurpose } from "../domain/delivery/message.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { objectionTo, ofTask } from "../domain/purchase-order/remedy.ts";

export interface Tasks {
  open(
    trx: DatabaseTransaction,
    task: {
      readonly purchaseOrder: string;
      readonly purpose: NoticePurpose;
      /** Its place among what was said of the purchase order. */
      readonly version: number;
      /** What is still wanted: domain/answers/notice.ts. */
      readonly says: string;
      /** What to tell whom, and why no document does. */
      readonly task: string;
      readonly at: number;
    },
  ): Promise<{ readonly id: string }>;
  /** It need not be told any more. */
  drop(trx: DatabaseTransaction, task: { readonly id: string; readonly reason: string; readonly at: number }): Promise<void>;
  /** What the supplier answered; what follows for the purchase order is written by the caller. */
  settle(
    trx: DatabaseTransaction,
    task: { readonly id: string; readonly how: "accepted" | "rejected"; readonly by: string; readonly at: number },
  ): Promise<void>;
  /** A person says that the supplier need not be told. */
  discard(id: string, person: Person): Promise<ActionResult>;
}

export function createTasks(options: { readonly database: OpenDatabase; readonly now: () => number }): Tasks {
  return {
    async open(trx, { purchaseOrder, at, ...task }) {
      const id = randomUUID();
      const open = { opened_at: at, settled_at: null, settled_by: null, settled_how: null, reason: null };
      await insertRow(trx, "tasks", { id, purchase_order_id: purchaseOrder, ...task, ...open });
      return { id };
    },

    async drop(trx, { id, reason, at }) {
      const dropped = { settled_at: at, settled_by: "system", settled_how: "dropped", reason } as const;
      await updateRows(trx, "tasks", dropped, { id });
      await recordOfTask(trx, { id, name: "task_dropped", actor: "system", at, detail: { reason } });
    },

    async settle(trx, { id, how, by, at }) {
      await updateRows(trx, "tasks", { settled_at: at, settled_by: by, settled_how: how }, { id });
    },

    discard: (id, { actor, note }) =>
      options.database.transaction(async (trx) => {
        const task = await trx
          .selectFrom("tasks")
          .innerJoin("purchase_orders as po", "po.id", "tasks.purchase_order_id")
          .select(["tasks.id", "tasks.purpose", "tasks.settled_at", "po.number", "po.supplier"])
          .where("tasks.id", "=", id)
          .executeTakeFirstOrThrow();
        const refusal = objectionTo("discard", ofTask(task));
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        const at = options.now();
        const discarded = { settled_at: at, settled_by: actor, settled_how: "discarded" } as const;
        await updateRows(trx, "tasks", discarded, { id });
        await recordOfTask(trx, { id, name: "task_discarded", actor, at, detail: { note } });
        return { ok: true, message: `${labelOf(task)} is discarded: ${task.supplier} need not be told`, ready: [] };
      }),
  };
}

async function recordOfTask(
  trx: DatabaseTransaction,
  {
    id,
    name,
    detail,
    ...of
  }: {
    readonly id: string;
    readonly name: string;
    readonly actor: string;
    readonly at: number;
    readonly detail: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const task = await trx
    .selectFrom("tasks")
    .select(["purchase_order_id", "purpose"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  await recordEvent(trx, {
    ...of,
    subject: "purchase-order",
    subjectId: task.purchase_order_id,
    name: `purchase_order.${name}`,
    detail: { task: id, purpose: task.purpose, ...detail },
  });
}
