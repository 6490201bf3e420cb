// What a person may do to orders and purchase orders before they are sent. Each is one transaction with its audit event.
import { changeState, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction, PurchaseOrdersTable } from "../database/schema.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { holdNames, isReleasable } from "../domain/plan.ts";
import { activeHolds, settleState } from "./holds.ts";
import type { PlanNow } from "./planner.ts";
import type { PlanAlert } from "./plan-alert.ts";

export interface OrderActions {
  /** Lifts the holds of a purchase order that a person may lift. */
  release(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Takes a failed purchase order back into planning, with what the order and the configuration say now. */
  retryFailed(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Plans a historic order as if it were new. */
  adopt(orderId: string, person: Person): Promise<ActionResult>;
  /** Plans orders again that wait or can still change. `ready`: purchase orders that became so; `failed`: orders that threw. */
  planAgain(which: "flagged" | "all-open"): Promise<{ readonly ready: readonly string[]; readonly failed: number }>;
}

export function createOrderActions(options: {
  readonly database: OpenDatabase;
  readonly plan: PlanNow;
  readonly now: () => number;
  readonly alert: (alert: PlanAlert) => void;
}): OrderActions {
  const { database, plan, now } = options;
  const unplannable = new Set<string>();

  /** Alerts are raised when the transaction has committed, not for a plan that is rolled back. */
  const transact = async <T>(
    work: (trx: DatabaseTransaction, planAgain: (orderId: string) => Promise<readonly string[]>) => Promise<T>,
  ): Promise<T> => {
    const alerts: PlanAlert[] = [];
    const result = await database.transaction((trx) =>
      work(trx, async (orderId) => {
        const planned = await plan(trx, orderId, now());
        alerts.push(...planned.alerts);
        return planned.ready;
      }),
    );
    alerts.forEach(options.alert);
    return result;
  };

  return {
    release: ({ id }, person) =>
      transact(async (trx) => {
        const po = await current(trx, id);
        const active = await activeHolds(trx, po.id);
        const fixed = active.find((hold) => !holdNames.some((name) => name === hold.name && isReleasable(name)));
        const label = po.number ?? po.id;
        if (po.state !== "held") {
          return { ok: false, message: `${label} is ${po.state}, not held: there is nothing to release` };
        }
        if (fixed !== undefined) {
          return { ok: false, message: `${label} cannot be released: ${fixed.name}: ${fixed.reason}` };
        }
        if (po.version === 0) {
          return {
            ok: false,
            message: `${label} cannot be written yet, so it cannot be released: ${active.map((hold) => hold.reason).join("; ")}`,
          };
        }
        const at = now();
        await trx
          .updateTable("holds")
          .set({ ended_at: at, ended_by: person.actor, note: person.note })
          .where("purchase_order_id", "=", po.id)
          .where("ended_at", "is", null)
          .execute();
        await recordEvent(trx, {
          at,
          subject: "purchase-order",
          subjectId: po.id,
          name: "purchase_order.released",
          actor: person.actor,
          detail: { note: person.note, holds: active.map((hold) => hold.name) },
        });
        await settleState(trx, { po, active: [], now: at, actor: person.actor });
        return { ok: true, message: `${label} is released and will be sent`, ready: [po.id] };
      }),

    retryFailed: ({ id }, person) =>
      transact(async (trx, planNow) => {
        const po = await current(trx, id);
        const label = po.number ?? po.id;
        if (po.state !== "failed") {
          return { ok: false, message: `${label} is ${po.state}, not failed` };
        }
        await changeState(trx, {
          id: po.id,
          from: "failed",
          to: "held",
          cause: "person",
          actor: person.actor,
          at: now(),
          reason: null,
          detail: { note: person.note },
        });
        const ready = await planNow(po.order_id);
        return {
          ok: true,
          message: ready.includes(po.id)
            ? `${label} will be tried again`
            : `${label} was planned again and waits; see its reason`,
          ready,
        };
      }),

    adopt: (orderId, person) =>
      transact(async (trx, planNow) => {
        const row = await trx.selectFrom("orders").select(["state", "name"]).where("id", "=", orderId).executeTakeFirst();
        if (row?.state !== "historic") {
          return { ok: false, message: `order ${row?.name ?? orderId} is ${row?.state ?? "unknown"}, not historic` };
        }
        const at = now();
        await trx.updateTable("orders").set({ state: "open" }).where("id", "=", orderId).execute();
        await recordEvent(trx, {
          at,
          subject: "order",
          subjectId: orderId,
          name: "order.adopted",
          actor: person.actor,
          detail: { note: person.note },
        });
        const ready = await planNow(orderId);
        return {
          ok: true,
          message: `order ${row.name} is taken up: ${ready.length === 1 ? "1 purchase order is" : `${ready.length} purchase orders are`} ready`,
          ready,
        };
      }),

    async planAgain(which) {
      const { db } = database;
      const rows =
        which === "flagged"
          ? await db
              .selectFrom("purchase_orders")
              .select("order_id as id")
              .distinct()
              .where("plan_again", "=", 1)
              .where("state", "!=", "sending")
              .execute()
          : await db
              .selectFrom("orders")
              .select("id")
              .where("state", "=", "open")
              .where((eb) =>
                eb.or([
                  eb("id", "in", eb.selectFrom("order_lines").select("order_id").where("decision", "=", "unmatched")),
                  eb("id", "in", eb.selectFrom("purchase_orders").select("order_id").where("state", "in", ["held", "ready"])),
                ]),
              )
              .execute();
      const ready: string[] = [];
      let failed = 0;
      for (const { id } of rows) {
        try {
          ready.push(...(await transact((_, planNow) => planNow(id))));
          unplannable.delete(id);
        } catch (error) {
          failed++;
          // One order must not keep the others from their suppliers. It waits, and a person is told once.
          if (!unplannable.has(id)) {
            const reason = error instanceof Error ? error.message : String(error);
            options.alert({
              kind: "order.unplannable",
              message: `Order ${id} cannot be planned: ${reason}. It waits; others go on. Look at it in the console; when the cause is mended, restart.`,
              detail: { order: id },
            });
          }
          unplannable.add(id);
        }
      }
      return { ready, failed };
    },
  };
}

/** As it is now, not as it was shown to the person. */
const current = (trx: DatabaseTransaction, id: string): Promise<PurchaseOrdersTable> =>
  trx.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
