// What must happen next is read from the state, never from a table of messages: so an empty Redis is refilled, and
// nothing that was deleted or lost there can strand a purchase order.
import { latestDue } from "./claim.ts";
import type { OpenDatabase } from "../database/open.ts";
import { recordEvent } from "../database/audit.ts";

export interface DueDelivery {
  readonly purchaseOrder: string;
  readonly supplier: string;
  readonly generation: number;
}

export interface Overdue {
  readonly id: string;
  readonly number: string | null;
  readonly supplier: string;
  readonly dueAt: number;
}

export interface DeliverySweep {
  /**
   * This process alone owns the database, so every attempt in it that seems to run belongs to a process that is gone:
   * their purchase orders are due at once, in a new generation (the old job may still stand in Redis).
   */
  recover(): Promise<number>;
  /** Whether anything was ever sent. */
  hasSent(): Promise<boolean>;
  /** Purchase orders that wait for a supplier that is not configured any more. */
  stranded(configured: readonly string[]): Promise<readonly { readonly supplier: string; readonly count: number }[]>;
  /** Purchase orders that an attempt should be made for now: of each supplier the oldest, at most `limit`. */
  due(limit: number): Promise<readonly DueDelivery[]>;
  one(purchaseOrder: string): Promise<DueDelivery | undefined>;
  /** Suppliers that purchase orders do not get through to: how many have failed that often. */
  notGettingThrough(failures: number): Promise<readonly { readonly supplier: string; readonly count: number }[]>;
  /** Marks and returns acknowledgements whose deadline passed; each is returned once. */
  overdueAcknowledgements(): Promise<readonly Overdue[]>;
}

export function createDeliverySweep(options: { readonly database: OpenDatabase; readonly now: () => number }): DeliverySweep {
  const { database, now } = options;
  const due = () =>
    database.db
      .selectFrom("purchase_orders")
      .innerJoin("suppliers", "suppliers.id", "purchase_orders.supplier")
      .select(["purchase_orders.id as purchaseOrder", "purchase_orders.supplier", "purchase_orders.generation"])
      .where("purchase_orders.state", "in", ["ready", "sending"])
      // One to be planned again waits for that, but not the abandoned attempt of one: its claim brings it back first.
      .where((eb) => eb.or([eb("purchase_orders.plan_again", "=", 0), eb("purchase_orders.state", "=", "sending")]))
      .where((eb) =>
        eb.or([eb("purchase_orders.next_attempt_at", "<=", now()), eb("purchase_orders.next_attempt_at", ">", latestDue(now()))]),
      )
      .where("suppliers.paused_at", "is", null);

  return {
    recover: () =>
      database.transaction(async (trx) => {
        const result = await trx
          .updateTable("purchase_orders")
          .set((eb) => ({ next_attempt_at: now(), generation: eb("generation", "+", 1) }))
          .where("state", "=", "sending")
          .executeTakeFirst();
        return Number(result.numUpdatedRows);
      }),

    async hasSent() {
      return (
        (await database.db
          .selectFrom("purchase_orders")
          .select("id")
          .where("sent_at", "is not", null)
          .limit(1)
          .executeTakeFirst()) !== undefined
      );
    },

    async stranded(configured) {
      const rows = await database.db
        .selectFrom("purchase_orders")
        .select((eb) => ["supplier", eb.fn.countAll<number | string>().as("count")])
        .where("state", "in", ["ready", "sending", "unknown"])
        .groupBy("supplier")
        .execute();
      return rows
        .filter((row) => !configured.includes(row.supplier))
        .map((row) => ({ supplier: row.supplier, count: Number(row.count) }));
    },

    async due(limit) {
      // For each supplier by itself: a long queue at one must not hide what is due at another.
      const suppliers = await database.db.selectFrom("suppliers").select("id").where("paused_at", "is", null).execute();
      const lists = await Promise.all(
        suppliers.map(({ id }) =>
          due().where("purchase_orders.supplier", "=", id).orderBy("purchase_orders.next_attempt_at").limit(limit).execute(),
        ),
      );
      return lists.flat();
    },

    one: (purchaseOrder) => due().where("purchase_orders.id", "=", purchaseOrder).executeTakeFirst(),

    async notGettingThrough(failures) {
      const rows = await database.db
        .selectFrom("purchase_orders")
        .select((eb) => ["supplier", eb.fn.countAll<number | string>().as("count")])
        .where("state", "in", ["ready", "sending"])
        .where("failures", ">=", failures)
        .groupBy("supplier")
        .execute();
      return rows.map((row) => ({ supplier: row.supplier, count: Number(row.count) }));
    },

    overdueAcknowledgements: () =>
      database.transaction(async (trx) => {
        const at = now();
        const rows = await trx
          .selectFrom("purchase_orders")
          .select(["id", "number", "supplier", "acknowledgement_due_at"])
          .where("state", "=", "sent")
          .where("acknowledgement_overdue", "=", 0)
          .where("acknowledgement_due_at", "<=", at)
          .execute();
        for (const row of rows) {
          await trx.updateTable("purchase_orders").set({ acknowledgement_overdue: 1 }).where("id", "=", row.id).execute();
          await recordEvent(trx, {
            at,
            subject: "purchase-order",
            subjectId: row.id,
            name: "acknowledgement.overdue",
            actor: "system",
            detail: { due_at: row.acknowledgement_due_at },
          });
        }
        return rows.map((row) => ({
          id: row.id,
          number: row.number,
          supplier: row.supplier,
          dueAt: row.acknowledgement_due_at ?? at,
        }));
      }),
  };
}
