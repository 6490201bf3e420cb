// What a person may do about what may be at a supplier, or will never get there: sent once more, replaced, ordered again, given up. Each
// is one transaction with its audit event.
import { updateRows } from "../database/statements.ts";
import { changeMessage, endOf, endPurchaseOrder } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import { messageOf, purchaseOrderOf, type PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { OrdersTable } from "../database/tables/orders.ts";
import { labelOf, named } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { inDryRun, objectionTo, ofMessage, ofPurchaseOrder, type Remedy } from "../domain/purchase-order/remedy.ts";
import { messageOfAny, saysOf, sendInPlace } from "./messages.ts";
import { orderOf, type PlanNow } from "./planner.ts";
import type { PurchaseOrderWriter } from "./purchase-orders.ts";

type Act = (subject: { readonly id: string }, person: Person) => Promise<ActionResult>;

export interface OrderRemedies {
  /** Sends one that the supplier may have once more: same number, same bytes, new file name. The person answers for it. */
  readonly sameAgain: Act;
  /** Sends the next version of one that may be at the supplier, under the same number, marked as a replacement. */
  readonly replace: Act;
  /** Gives a purchase order up, and plans its units again: under a new number. */
  readonly orderAgain: Act;
  /** It is never sent, and its units are not ordered by themselves any more: what becomes of them is the person's affair. */
  readonly discard: Act;
  /** The same of a notice, by its message. */
  readonly ofNotice: Readonly<Record<"sameAgain" | "discard", Act>>;
}

export function createOrderRemedies(options: {
  readonly database: OpenDatabase;
  readonly plan: PlanNow;
  readonly writer: Pick<PurchaseOrderWriter, "writeReplacement">;
  /** The ledger's side of giving up one that was sent. */
  readonly ledger: (trx: DatabaseTransaction, given: { readonly purchaseOrder: string; readonly at: number }) => Promise<void>;
  /** False for a supplier in dry run. */
  readonly sends: (supplier: string) => boolean;
  readonly newId: () => string;
  readonly now: () => number;
}): OrderRemedies {
  const { database, plan, newId, now } = options;

  const onPurchaseOrder =
    (remedy: Remedy, act: (trx: DatabaseTransaction, po: PurchaseOrderRow, person: Person) => Promise<ActionResult>): Act =>
    ({ id }, person) =>
      database.transaction(async (trx) => {
        const po = await purchaseOrderOf(trx, id);
        const refusal = objectionTo(remedy, ofPurchaseOrder(po));
        return refusal === undefined ? await act(trx, po, person) : { ok: false, message: refusal };
      });

  return {
    sameAgain: onPurchaseOrder("same-again", async (trx, po, person) => {
      const label = labelOf(po);
      if (!options.sends(po.supplier)) {
        return { ok: false, message: inDryRun(po.supplier) };
      }
      if (po.cancel_wanted_at !== null) {
        const why = po.cancel_reason ?? "cancelled";
        return { ok: false, message: `${label} is not wanted any more (${why}), so it is not sent again` };
      }
      const at = now();
      const before = await messageOfAny(trx, po, at);
      const id = newId();
      const { kind, says } = before;
      await sendInPlace(trx, { id, before, kind, version: po.version, copy: before.copy + 1, says, ...person, at });
      await takePlace(trx, po, { id });
      return { ok: true, message: againMessage(label), ready: [id] };
    }),

    replace: onPurchaseOrder("replace", async (trx, po, person) => {
      const label = labelOf(po);
      const row = await orderRow(trx, po);
      const refusal = unwanted(po, row) ?? (options.sends(po.supplier) ? undefined : inDryRun(po.supplier));
      if (refusal !== undefined || po.number === null) {
        return { ok: false, message: refusal ?? `${label} has no number` };
      }
      const at = now();
      const written = await options.writer.writeReplacement(trx, { order: orderOf(row), po, number: po.number, now: at });
      if (!written.ok) {
        return { ok: false, message: `${label} cannot be written: ${written.reason}. Mend the order in Shopify first` };
      }
      const { version } = written;
      const before = await messageOfAny(trx, po, at);
      const id = newId();
      const says = await saysOf(trx, po.id);
      await sendInPlace(trx, { id, before, kind: "replacement", version, copy: 1, says, ...person, at });
      await takePlace(trx, po, { id, version });
      return { ok: true, message: `${label} will be replaced: same number, version ${version}`, ready: [id] };
    }),

    orderAgain: onPurchaseOrder("order-again", async (trx, po, person) => {
      const label = labelOf(po);
      const refusal = unwanted(po, await orderRow(trx, po));
      if (refusal !== undefined) {
        return { ok: false, message: refusal };
      }
      const at = now();
      const lines = await trx
        .selectFrom("purchase_order_lines")
        .select(["number", "line_id", "units"])
        .where("purchase_order_id", "=", po.id)
        .execute();
      const reason = `given up by ${person.actor}, and ordered again under a new number`;
      const change = { to: "cancelled", cause: "person", actor: person.actor, at, reason } as const;
      await endPurchaseOrder(trx, { po, ...change, detail: { note: person.note, lines } });
      await options.ledger(trx, { purchaseOrder: po.id, at });
      await trx.deleteFrom("purchase_order_lines").where("purchase_order_id", "=", po.id).execute();
      const ready = await plan(trx, po.order_id, at);
      const made = await trx
        .selectFrom("purchase_orders")
        .select(["id", "number", "state", "supplier"])
        .where("order_id", "=", po.order_id)
        .where("state", "in", ["held", "ready"])
        .execute();
      const what = made.map((one) => `${one.number ?? one.id} to ${one.supplier} is ${one.state}`).join(", ");
      return { ok: true, message: `${label} is given up; ${what === "" ? "nothing is left to order" : what}`, ready };
    }),

    discard: onPurchaseOrder("discard", async (trx, po, person) => {
      await trx
        .updateTable("purchase_order_lines")
        .set((eb) => ({ cancelled: eb.ref("units"), confirmed: 0, backordered: 0 }))
        .where("purchase_order_id", "=", po.id)
        .execute();
      const reason = `discarded by ${person.actor}`;
      const change = { to: "closed", cause: "person", actor: person.actor, at: now(), reason } as const;
      await endPurchaseOrder(trx, { po, ...change, detail: { note: person.note } });
      return { ok: true, message: `${labelOf(po)} is discarded: it is not sent, and its units are not ordered again`, ready: [] };
    }),

    ofNotice: {
      sameAgain: (subject, person) =>
        database.transaction(async (trx) => {
          const before = await messageOf(trx, subject.id);
          const refusal =
            objectionTo("same-again", ofMessage(before)) ??
            (options.sends(before.supplier) ? undefined : inDryRun(before.supplier));
          if (refusal !== undefined) {
            return { ok: false, message: refusal };
          }
          const id = newId();
          const { kind, version, says } = before;
          await sendInPlace(trx, { id, before, kind, version, copy: before.copy + 1, says, ...person, at: now() });
          return { ok: true, message: againMessage(labelOf(named(before))), ready: [id] };
        }),

      discard: (subject, person) =>
        database.transaction(async (trx) => {
          const message = await messageOf(trx, subject.id);
          const label = labelOf(named(message));
          const refusal = objectionTo("discard", ofMessage(message));
          if (refusal !== undefined) {
            return { ok: false, message: refusal };
          }
          const reason = `discarded by ${person.actor}`;
          const change = { to: "withdrawn", cause: "person", actor: person.actor, at: now(), reason } as const;
          await changeMessage(trx, { message, ...change, set: endOf(message, reason), detail: { note: person.note } });
          const outcome = `it is not sent: tell ${message.supplier} yourself, if it must know`;
          return { ok: true, message: `${label} is discarded: ${outcome}`, ready: [] };
        }),
    },
  };
}

const againMessage = (label: string): string => `${label} will be sent again: same number and bytes, under a new file name`;

const orderRow = (trx: DatabaseTransaction, po: PurchaseOrderRow): Promise<OrdersTable> =>
  trx.selectFrom("orders").selectAll().where("id", "=", po.order_id).executeTakeFirstOrThrow();

/** Another message asks for it now: as if nothing had been answered. */
async function takePlace(
  trx: DatabaseTransaction,
  po: PurchaseOrderRow,
  by: { readonly id: string; readonly version?: number },
): Promise<void> {
  await updateRows(
    trx,
    "purchase_orders",
    { message_id: by.id, version: by.version ?? po.version, acknowledgement: null, acknowledged_at: null },
    { id: po.id },
  );
}

/** Why an order's purchase order is not to be sent once more. */
const unwanted = (po: PurchaseOrderRow, order: OrdersTable): string | undefined =>
  po.cancel_wanted_at !== null || order.state === "cancelled" || order.state === "deleted"
    ? `${po.number ?? po.id} is not wanted any more (${po.cancel_reason ?? `the order is ${order.state}`}): it is not sent again`
    : undefined;
