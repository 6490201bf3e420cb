// What a person may do to orders and purchase orders before they are sent. Each is one transaction with its audit event.
import { updateRows } from "../database/statements.ts";
import { changeMessage, recordEvent } from "../database/audit.ts";
import type { Alerts } from "../alerts/alerts.ts";
import type { OpenDatabase } from "../database/open.ts";
import { purchaseOrderOf } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { labelOf } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { unplannable } from "./alerts.ts";
import { holdByHand, releaseByHand, type HoldChoice } from "./by-hand.ts";
import { ordersAfterTheFirst } from "./first-orders.ts";
import { messageOfAny } from "./messages.ts";
import type { PlanNow } from "./planner.ts";

export interface OrderActions {
  /** Lifts holds of a purchase order that a person may lift. */
  release(purchaseOrder: { readonly id: string }, person: Person, choice?: HoldChoice): Promise<ActionResult>;
  /** Holds one that is not being sent yet, until it is released. */
  hold(purchaseOrder: { readonly id: string }, person: Person): Promise<ActionResult>;
  /** Takes a failed purchase order back into planning, with what the order and the configuration say now. */
  retryFailed(purchaseOrder: { readonly id: string }, person: Person): Promise<ActionResult>;
  /** Plans a historic order as if it were new. */
  adopt(orderId: string, person: Person): Promise<ActionResult>;
  /** Plans orders again that wait or can still change. `ready`: purchase orders that became so; `failed`: orders that threw. */
  planAgain(which: "flagged" | "all-open"): Promise<{ readonly ready: readonly string[]; readonly failed: number }>;
}

export function createOrderActions(options: {
  readonly database: OpenDatabase;
  readonly plan: PlanNow;
  /** When a purchase order to this supplier has its turn that waits since then. */
  readonly turn: (supplier: string, waitsSince: number) => number;
  readonly now: () => number;
  readonly alerts: Pick<Alerts, "tell" | "end">;
}): OrderActions {
  const { database, plan, now } = options;

  const transact = async <T>(
    work: (
      trx: DatabaseTransaction,
      planNow: (orderId: string, how?: Parameters<PlanNow>[3]) => Promise<readonly string[]>,
    ) => Promise<T>,
  ): Promise<T> => await database.transaction((trx) => work(trx, (orderId, how) => plan(trx, orderId, now(), how)));

  return {
    release: ({ id }, person, choice = {}) =>
      transact(async (trx, planNow) => {
        const po = await purchaseOrderOf(trx, id);
        const at = now();
        const result = await releaseByHand(trx, { po, person, choice, at, turn: options.turn(po.supplier, at) });
        if (result.ok && result.ready.length > 0) {
          await planNow(po.order_id); // It may have waited for days: what it says of dates is written anew.
        }
        return result;
      }),

    hold: ({ id }, person) =>
      transact(async (trx) => await holdByHand(trx, { po: await purchaseOrderOf(trx, id), person, at: now() })),

    retryFailed: ({ id }, person) =>
      transact(async (trx, planNow) => {
        const po = await purchaseOrderOf(trx, id);
        const label = labelOf(po);
        if (po.state !== "failed") {
          return { ok: false, message: `${label} is ${po.state}, not failed` };
        }
        const at = now();
        const message = await messageOfAny(trx, po, at);
        const afresh = { failures: 0, failing_since: null, generation: message.generation + 1 };
        const change = { message, cause: "person", actor: person.actor, at, reason: null, set: afresh } as const;
        await changeMessage(trx, { ...change, to: "withdrawn", untold: true });
        await recordEvent(trx, {
          at,
          subject: "purchase-order",
          subjectId: po.id,
          name: "purchase_order.held",
          actor: person.actor,
          detail: { from: "failed", note: person.note },
        });
        const ready = await planNow(po.order_id);
        if (ready.includes(po.id)) {
          // A person has it tried now, whatever the schedule says.
          await updateRows(trx, "messages", { waits_since: null }, { id: message.id });
        }
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
        await updateRows(trx, "orders", { state: "open" }, { id: orderId });
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
              .selectFrom("messages")
              .select("order_id as id")
              .distinct()
              .where("stale", "=", 1)
              .where("state", "!=", "sending")
              .union(db.selectFrom("orders").select("id").where("plan_again", "=", 1))
              .limit(MOST_AT_ONCE)
              .execute()
              .then(async (flagged) => [...flagged, ...(await ordersAfterTheFirst(db))])
          : await db
              .selectFrom("orders")
              .select("id")
              .where("state", "=", "open")
              .where((eb) =>
                eb.or([
                  eb(
                    "id",
                    "in",
                    eb.selectFrom("order_lines").select("order_id").where("decision", "in", ["unmatched", "facts-missing"]),
                  ),
                  eb("id", "in", eb.selectFrom("purchase_orders").select("order_id").where("state", "in", ["held", "ready"])),
                ]),
              )
              .execute();
      const ready: string[] = [];
      const planned: string[] = [];
      for (const { id } of rows) {
        try {
          ready.push(...(await transact((_, planNow) => planNow(id, { afresh: which === "all-open" }))));
          planned.push(id);
        } catch (error) {
          // One order must not keep the others from their suppliers. It waits, and a person is told.
          const reason = error instanceof Error ? error.message : String(error);
          await options.alerts.tell(unplannable({ order: id, reason }));
        }
      }
      await options.alerts.end(unplannable, planned);
      return { ready, failed: rows.length - planned.length };
    },
  };
}

/** Orders that one sweep plans again, so that deliveries do not wait long when an import concerns thousands. */
const MOST_AT_ONCE = 100;
