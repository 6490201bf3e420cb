// What a person may do to a purchase order that is being or was sent.
import { changeState, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import { onceMore } from "../database/purchase-order-rows.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { PurchaseOrdersTable } from "../database/tables/orders.ts";
import { labelOf } from "../domain/answers/notice.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { mayChange } from "../domain/purchase-order/purchase-order.ts";
import { inDryRun, objectionTo } from "../domain/purchase-order/remedy.ts";
import type { RecordSent } from "./sent.ts";

export interface DeliveryActions {
  /** Tries a waiting purchase order now, whatever its retries and its supplier's schedule say. Never one whose outcome is unknown: that is `sameAgain`. */
  retry(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Sends one that the supplier may have once more: same number, same bytes, new file name. The person answers for it. */
  sameAgain(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** A person knows that the supplier has it. */
  markSent(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** It is never sent, and its units are not ordered by themselves any more: what becomes of them is the person's affair. */
  discard(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
}

export function createDeliveryActions(options: {
  readonly database: OpenDatabase;
  /** False for a supplier in dry run. */
  readonly sends: (supplier: string) => boolean;
  readonly now: () => number;
  readonly recordSent: RecordSent;
}): DeliveryActions {
  const { database, now } = options;
  return {
    retry: ({ id }, person) =>
      database.transaction(async (trx) => {
        const po = await current(trx, id);
        const label = labelOf(po);
        const refusal = po.state === "failed" ? `${label} failed in this moment` : objectionTo("retry", { ...po, label });
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        if (!options.sends(po.supplier)) {
          return { ok: false, message: inDryRun(po.supplier) };
        }
        const at = now();
        const afresh = { next_attempt_at: at, waits_since: null, failures: 0, failing_since: null };
        await trx.updateTable("purchase_orders").set(afresh).where("id", "=", po.id).execute();
        // A person says that it is worth trying: also behind an open breaker.
        await trx
          .updateTable("suppliers")
          .set({ probe_at: at })
          .where("id", "=", po.supplier)
          .where("probe_at", ">", at)
          .execute();
        await recordEvent(trx, {
          at,
          subject: "purchase-order",
          subjectId: po.id,
          name: "purchase_order.retried",
          actor: person.actor,
          detail: { note: person.note },
        });
        return { ok: true, message: `${label} will be tried now`, ready: [po.id] };
      }),

    sameAgain: ({ id }, person) =>
      database.transaction(async (trx) => {
        const po = await current(trx, id);
        const label = labelOf(po);
        const refusal = objectionTo("same-again", { ...po, label });
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        if (!options.sends(po.supplier)) {
          return { ok: false, message: inDryRun(po.supplier) };
        }
        if (po.cancel_wanted_at !== null) {
          return {
            ok: false,
            message: `${label} is not wanted any more (${po.cancel_reason ?? "cancelled"}), so it is not sent again`,
          };
        }
        const at = now();
        const set = { ...onceMore(po, at), copy: po.copy + 1, resend: "same-again" as const };
        await changeState(trx, {
          id: po.id,
          from: po.state,
          to: "ready",
          cause: "person",
          actor: person.actor,
          at,
          reason: null,
          set,
          detail: { note: person.note, copy: po.copy + 1 },
        });
        return { ok: true, message: `${label} will be sent again: same number and bytes, under a new file name`, ready: [po.id] };
      }),

    markSent: ({ id }, person) =>
      database.transaction(async (trx) => {
        const po = await current(trx, id);
        const label = labelOf(po);
        const refusal =
          po.by_hand === 1
            ? objectionTo("mark-sent", { ...po, label })
            : mayChange(po.state, "sent", "person")
              ? undefined
              : `${label} is ${po.state}: it cannot be marked as sent`;
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        await options.recordSent(trx, {
          po,
          at: now(),
          cause: "person",
          actor: person.actor,
          inferred: false,
          reason: `marked as sent by ${person.actor}`,
          detail: { note: person.note },
        });
        return { ok: true, message: `${label} is marked as sent`, ready: [] };
      }),

    discard: ({ id }, person) =>
      database.transaction(async (trx) => {
        const po = await current(trx, id);
        const label = labelOf(po);
        const refusal = objectionTo("discard", { ...po, label });
        if (refusal !== undefined) {
          return { ok: false, message: refusal };
        }
        await trx
          .updateTable("purchase_order_lines")
          .set((eb) => ({ cancelled: eb.ref("units"), confirmed: 0, backordered: 0 }))
          .where("purchase_order_id", "=", po.id)
          .execute();
        await changeState(trx, {
          id: po.id,
          from: po.state,
          to: "closed",
          cause: "person",
          actor: person.actor,
          at: now(),
          reason: `discarded by ${person.actor}`,
          detail: { note: person.note },
        });
        const outcome =
          po.purpose === null
            ? "it is not sent, and its units are not ordered again"
            : po.by_hand === 1
              ? `${po.supplier} need not be told`
              : `it is not sent: tell ${po.supplier} yourself, if it must know`;
        return { ok: true, message: `${label} is discarded: ${outcome}`, ready: [] };
      }),
  };
}

/** As it is now, not as it was shown to the person. */
const current = (trx: DatabaseTransaction, id: string): Promise<PurchaseOrdersTable> =>
  trx.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
