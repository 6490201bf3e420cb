// What a person may do to orders and purchase orders before they are sent. Each is one transaction with its audit event.
import { changeState, recordEvent } from "../database/audit.ts";
import type { Alerts } from "../alerts/alerts.ts";
import type { OpenDatabase } from "../database/open.ts";
import { onceMore } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { OrdersTable, PurchaseOrdersTable } from "../database/tables/orders.ts";
import { labelOf } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { inDryRun, objectionTo } from "../domain/purchase-order/remedy.ts";
import { unplannable } from "./alerts.ts";
import { holdByHand, releaseByHand, type HoldChoice } from "./by-hand.ts";
import { ordersAfterTheFirst } from "./first-orders.ts";
import { orderOf, type PlanNow } from "./planner.ts";
import type { PurchaseOrderWriter } from "./purchase-orders.ts";

export interface OrderActions {
  /** Lifts holds of a purchase order that a person may lift. */
  release(purchaseOrder: PurchaseOrdersTable, person: Person, choice?: HoldChoice): Promise<ActionResult>;
  /** Holds one that is not being sent yet, until it is released. */
  hold(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Takes a failed purchase order back into planning, with what the order and the configuration say now. */
  retryFailed(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Sends the next version of one that may be at the supplier, under the same number, marked as a replacement. */
  replace(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Gives a purchase order up, and plans its units again: under a new number. */
  orderAgain(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Plans a historic order as if it were new. */
  adopt(orderId: string, person: Person): Promise<ActionResult>;
  /** Plans orders again that wait or can still change. `ready`: purchase orders that became so; `failed`: orders that threw. */
  planAgain(which: "flagged" | "all-open"): Promise<{ readonly ready: readonly string[]; readonly failed: number }>;
}

export function createOrderActions(options: {
  readonly database: OpenDatabase;
  readonly plan: PlanNow;
  readonly writer: Pick<PurchaseOrderWriter, "writeReplacement">;
  /** The ledger's side of giving up one that was sent. */
  readonly ledger: (trx: DatabaseTransaction, given: { readonly purchaseOrder: string; readonly at: number }) => Promise<void>;
  /** When a purchase order to this supplier has its turn that waits since then. */
  readonly turn: (supplier: string, waitsSince: number) => number;
  /** False for a supplier in dry run. */
  readonly sends: (supplier: string) => boolean;
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
        const po = await current(trx, id);
        const at = now();
        const result = await releaseByHand(trx, { po, person, choice, at, turn: options.turn(po.supplier, at) });
        if (result.ok && result.ready.length > 0) {
          await planNow(po.order_id); // It may have waited for days: what it says of dates is written anew.
        }
        return result;
      }),

    hold: ({ id }, person) => transact(async (trx) => await holdByHand(trx, { po: await current(trx, id), person, at: now() })),

    retryFailed: ({ id }, person) =>
      transact(async (trx, planNow) => {
        const po = await current(trx, id);
        const label = labelOf(po);
        if (po.state !== "failed") {
          return { ok: false, message: `${label} is ${po.state}, not failed` };
        }
        const refusal = objectionTo("retry", { ...po, label });
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        const at = now();
        const change = { id: po.id, from: "failed", cause: "person", actor: person.actor, at, reason: null } as const;
        const afresh = { failures: 0, failing_since: null, generation: po.generation + 1, next_attempt_at: at };
        const detail = { note: person.note };
        if (po.resend !== null || po.purpose !== null) {
          // It does not follow its order any more: the bytes that a person had sent once more, or a notice's, are tried again.
          await changeState(trx, { ...change, to: "ready", set: afresh, detail });
          return { ok: true, message: `${label} will be tried again`, ready: [po.id] };
        }
        await changeState(trx, { ...change, to: "held", set: afresh, detail });
        const ready = await planNow(po.order_id);
        if (ready.includes(po.id)) {
          // A person has it tried now, whatever the schedule says.
          await trx.updateTable("purchase_orders").set({ waits_since: null }).where("id", "=", po.id).execute();
        }
        return {
          ok: true,
          message: ready.includes(po.id)
            ? `${label} will be tried again`
            : `${label} was planned again and waits; see its reason`,
          ready,
        };
      }),

    replace: ({ id }, person) =>
      transact(async (trx) => {
        const po = await current(trx, id);
        const label = labelOf(po);
        const row = await trx.selectFrom("orders").selectAll().where("id", "=", po.order_id).executeTakeFirstOrThrow();
        const refusal =
          objectionTo("replace", { ...po, label }) ??
          unwanted(po, row) ??
          (options.sends(po.supplier) ? undefined : inDryRun(po.supplier));
        if (refusal !== undefined || po.number === null) {
          return { ok: false, message: refusal ?? `${label} has no number` };
        }
        const at = now();
        const written = await options.writer.writeReplacement(trx, { order: orderOf(row), po, number: po.number, now: at });
        if (!written.ok) {
          return { ok: false, message: `${label} cannot be written: ${written.reason}. Mend the order in Shopify first` };
        }
        const { version } = written;
        await changeState(trx, {
          id: po.id,
          from: po.state,
          to: "ready",
          cause: "person",
          actor: person.actor,
          at,
          reason: null,
          set: { ...onceMore(po, at), version, copy: 1, resend: "replacement" },
          detail: { note: person.note, version },
        });
        return { ok: true, message: `${label} will be replaced: same number, version ${version}`, ready: [po.id] };
      }),

    orderAgain: ({ id }, person) =>
      transact(async (trx, planNow) => {
        const po = await current(trx, id);
        const label = labelOf(po);
        const row = await trx.selectFrom("orders").selectAll().where("id", "=", po.order_id).executeTakeFirstOrThrow();
        const refusal = objectionTo("order-again", { ...po, label }) ?? unwanted(po, row);
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        const at = now();
        const lines = await trx
          .selectFrom("purchase_order_lines")
          .select(["number", "line_id", "units"])
          .where("purchase_order_id", "=", po.id)
          .execute();
        await changeState(trx, {
          id: po.id,
          from: po.state,
          to: "cancelled",
          cause: "person",
          actor: person.actor,
          at,
          reason: `given up by ${person.actor}, and ordered again under a new number`,
          set: { acknowledgement_due_at: null, acknowledgement_overdue: 0 },
          detail: { note: person.note, lines },
        });
        await options.ledger(trx, { purchaseOrder: po.id, at });
        await trx.deleteFrom("purchase_order_lines").where("purchase_order_id", "=", po.id).execute();
        const ready = await planNow(po.order_id);
        const made = await trx
          .selectFrom("purchase_orders")
          .select(["id", "number", "state", "supplier"])
          .where("order_id", "=", po.order_id)
          .where("notice_of", "is", null)
          .where("state", "in", ["held", "ready"])
          .execute();
        const what = made.map((one) => `${one.number ?? one.id} to ${one.supplier} is ${one.state}`).join(", ");
        return { ok: true, message: `${label} is given up; ${what === "" ? "nothing is left to order" : what}`, ready };
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
                  eb(
                    "id",
                    "in",
                    eb
                      .selectFrom("purchase_orders")
                      .select("order_id")
                      .where("state", "in", ["held", "ready"])
                      .where("notice_of", "is", null),
                  ),
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

/** Why an order's purchase order is not to be sent once more. */
const unwanted = (po: PurchaseOrdersTable, order: OrdersTable): string | undefined =>
  po.cancel_wanted_at !== null || order.state === "cancelled" || order.state === "deleted"
    ? `${po.number ?? po.id} is not wanted any more (${po.cancel_reason ?? `the order is ${order.state}`}): it is not sent again`
    : undefined;

/** As it is now, not as it was shown to the person. */
const current = (trx: DatabaseTransaction, id: string): Promise<PurchaseOrdersTable> =>
  trx.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
