// What a person may do to a purchase order that is being or was sent.
import { changeState, recordEvent } from "../database/audit.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction, PurchaseOrdersTable } from "../database/schema.ts";
import type { ActionResult, Person } from "../domain/person.ts";
import { mayChange } from "../domain/purchase-order.ts";
import type { RecordSent } from "./sent.ts";

export interface DeliveryActions {
  /** Tries a waiting purchase order now. Never one whose outcome is unknown: that is `sendAgain`. */
  retry(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** Sends one whose outcome is unknown a second time: same number, same bytes, new file name. The person answers for it. */
  sendAgain(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
  /** A person knows that the supplier has it. */
  markSent(purchaseOrder: PurchaseOrdersTable, person: Person): Promise<ActionResult>;
}

export function createDeliveryActions(options: {
  readonly database: OpenDatabase;
  readonly now: () => number;
  readonly recordSent: RecordSent;
}): DeliveryActions {
  const { database, now } = options;
  return {
    retry: ({ id }, person) =>
      database.transaction(async (trx) => {
        const po = await current(trx, id);
        const label = po.number ?? po.id;
        if (po.state === "unknown") {
          return {
            ok: false,
            message: `${label} is unknown: the supplier may have it. Ask; then \`mark-sent\`, or \`send-again\` if it has not`,
          };
        }
        if (po.state !== "ready") {
          return { ok: false, message: `${label} is ${po.state}: only a ready or failed purchase order can be retried` };
        }
        const at = now();
        await trx.updateTable("purchase_orders").set({ next_attempt_at: at, failures: 0 }).where("id", "=", po.id).execute();
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

    sendAgain: ({ id }, person) =>
      database.transaction(async (trx) => {
        const po = await current(trx, id);
        const label = po.number ?? po.id;
        if (po.state !== "unknown") {
          return { ok: false, message: `${label} is ${po.state}: only one whose outcome is unknown can be sent again` };
        }
        if (po.cancel_wanted_at !== null) {
          return {
            ok: false,
            message: `${label} is not wanted any more (${po.cancel_reason ?? "cancelled"}), so it is not sent again`,
          };
        }
        const at = now();
        const set = { next_attempt_at: at, generation: po.generation + 1, failures: 0, copy: po.copy + 1 };
        await changeState(trx, {
          id: po.id,
          from: "unknown",
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
        const label = po.number ?? po.id;
        if (!mayChange(po.state, "sent", "person")) {
          return { ok: false, message: `${label} is ${po.state}: it cannot be marked as sent` };
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
  };
}

/** As it is now, not as it was shown to the person. */
const current = (trx: DatabaseTransaction, id: string): Promise<PurchaseOrdersTable> =>
  trx.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
