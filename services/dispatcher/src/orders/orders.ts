// Orders, and the purchase orders made of them. A webhook becomes a snapshot; the snapshot is planned (domain/plan/plan.ts); the
// plan is written as purchase orders with their lines, holds and documents. While a purchase order is held or ready it follows its
// order; afterwards what changes is told to its supplier by a notice. Every change is one transaction with its audit events.
//
//   webhook ──▶ snapshot ──plan──▶ held ──holds end, or a person──▶ ready ──▶ (deliveries)
//      └─ not understood: a dead letter      a change after sending ──▶ a notice, ready, or a person tells the supplier
import type { PurchaseOrderRow } from "../database/purchase-order-rows.ts";
import type { Alerts, Condition } from "../alerts/alerts.ts";
import { randomBytes } from "node:crypto";
import type { HandlerConfig } from "../config/load.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import type { UnendedWork } from "../database/unended.ts";
import type { NoticePurpose } from "../domain/delivery/message.ts";
import type { Content, DeliveryWindow } from "../domain/purchase-order/content.ts";
import { createOrderActions, type OrderActions } from "./actions.ts";
import { createGuardedIntake, type GuardedIntake } from "./guarded-intake.ts";
import { orderAlerts, orderConditions } from "./alerts.ts";
import { webhookAlerts, webhookConditions } from "./webhook-alerts.ts";
import { createIntake } from "./intake.ts";
import { createLetters, type Letters } from "./letters.ts";
import { createTakeLostPlace } from "./lost-sendings.ts";
import { messageOfAny } from "./messages.ts";
import { createNotices, type Tasks } from "./notices.ts";
import { createOwner, type AnswerTimes } from "./owner.ts";
import { createPlanner, orderOf, type PlannerOptions } from "./planner.ts";
import { createPlanningChange } from "./planning-change.ts";
import { createPurchaseOrderWriter } from "./purchase-orders.ts";
import { createOrderRemedies, type OrderRemedies } from "./remedies.ts";
import { settleUnsent } from "./restore.ts";
import type { RenderedDocument } from "./documents.ts";

export type { HoldChoice } from "./by-hand.ts";
export { parseLosslessJson } from "./lossless-json.ts";
export { readOrder } from "./payload.ts";

/** What planning and writing need to know of suppliers. */
export interface OrderSuppliers extends AnswerTimes {
  sends(id: string): boolean;
  turn(id: string, waitsSince: number, now: number): number;
  requestedDelivery(id: string, issuedAt: number): DeliveryWindow | null;
  /** Throws BadDocument when the content cannot be said in the supplier's format. */
  write(id: string, content: Content): RenderedDocument;
  deliveryNote(id: string, content: Content): Buffer | undefined;
  notTold(id: string, purpose: NoticePurpose): string | undefined;
}

/** What this room tells people of. */
export const alertsOfOrders = [...orderAlerts, ...webhookAlerts];

export interface Orders {
  readonly intake: GuardedIntake;
  readonly actions: Omit<OrderActions, "planAgain"> & OrderRemedies;
  /** What follows for purchase orders from what becomes of their messages. */
  readonly owner: ReturnType<typeof createOwner> & {
    /** After a restore: what waits beside a sending that only the journal knows. */
    settleUnsent(
      stopSending: Parameters<typeof settleUnsent>[0]["stopSending"],
    ): Promise<{ readonly sent: number; readonly unknown: number }>;
  };
  /** Its message, for what happens to one that may have none yet. */
  messageOf(trx: DatabaseTransaction, po: PurchaseOrderRow): Promise<MessagesTable>;
  /** Webhooks that were set aside. */
  readonly letters: Letters;
  /** Plans again what changed or waited for a delivery, and writes what suppliers are to be told. */
  sweep(): Promise<void>;
  /** Once at start: plans all open orders again where what decides about them changed. Returns how many became ready. */
  recover(): Promise<number>;
  readonly conditions: readonly Condition[];
}

export function createOrders(options: {
  readonly config: HandlerConfig;
  readonly database: OpenDatabase;
  readonly suppliers: OrderSuppliers;
  readonly catalogue: { readonly load: PlannerOptions["catalogue"] };
  /** The ledger's side of sending one, and of giving up one that was sent. */
  readonly ledger: {
    ordered(
      trx: DatabaseTransaction,
      sent: { readonly purchaseOrder: string; readonly supplier: string; readonly at: number },
    ): Promise<void>;
    notReceived(trx: DatabaseTransaction, given: { readonly purchaseOrder: string; readonly at: number }): Promise<void>;
  };
  /** What a person is to tell suppliers. */
  readonly tasks: Pick<Tasks, "open" | "drop">;
  readonly unended: UnendedWork;
  readonly alerts: Pick<Alerts, "raise" | "tell" | "end">;
  readonly now: () => number;
  readonly newId: () => string;
}): Orders {
  const { config, database, suppliers, alerts, now, newId } = options;
  const owner = createOwner({ suppliers, ordered: options.ledger.ordered, now });
  const takeLostPlace = createTakeLostPlace(owner);
  const writer = createPurchaseOrderWriter({
    buyer: config.buyer,
    attributes: config.policy.attributes,
    suppliers: config.suppliers,
    render: suppliers.write,
    deliveryNote: suppliers.deliveryNote,
    requestedDelivery: suppliers.requestedDelivery,
    takeLostPlace,
    newId: shortId,
  });
  const plan = createPlanner({
    writer,
    policy: config.policy,
    suppliers: config.suppliers,
    catalogue: options.catalogue.load,
  });
  const { takeIn, setAside } = createIntake({ database, plan, now, newId, raise: alerts.raise });
  const { planAgain, ...actions } = createOrderActions({
    database,
    plan,
    turn: (id, waitsSince) => suppliers.turn(id, waitsSince, now()),
    now,
    alerts,
  });
  const remedies = createOrderRemedies({
    database,
    plan,
    writer,
    ledger: options.ledger.notReceived,
    sends: suppliers.sends,
    newId: shortId,
    now,
  });
  const notices = createNotices({
    database,
    writer,
    telling: config.suppliers.filter((one) => one.cancel !== null && suppliers.sends(one.id)).map((one) => one.id),
    notTold: suppliers.notTold,
    owner,
    tasks: options.tasks,
    now,
    newId: shortId,
    alerts,
  });
  const planAgainIfChanged = createPlanningChange({ config, database, planAgain: () => planAgain("all-open") });

  return {
    intake: createGuardedIntake({ intake: takeIn, setAside, unended: options.unended }),
    actions: { ...actions, ...remedies },
    owner: {
      ...owner,
      settleUnsent: (stopSending) =>
        settleUnsent({
          database,
          stopSending,
          async takeLostPlace(trx, { po, lost, at }) {
            const row = await trx.selectFrom("orders").selectAll().where("id", "=", po.order_id).executeTakeFirstOrThrow();
            const order = row.snapshot === null ? undefined : orderOf(row);
            return await writer.takeLostPlace(trx, { order, po, lost, now: at });
          },
          now,
        }),
    },
    messageOf: (trx, po) => messageOfAny(trx, po, now()),
    letters: createLetters({ database, intake: takeIn, now }),
    async sweep() {
      await planAgain("flagged");
      await notices.sweep();
    },
    recover: async () => (await planAgainIfChanged()).length,
    // A hold for payment ends by itself where paid orders go by themselves; a test order's never ends.
    conditions: [...orderConditions(config.policy.release.paid ? ["release", "dry-run"] : ["dry-run"]), ...webhookConditions],
  };
}

/** 80 random bits, easy to read out: the id of a purchase order. */
const shortId = (): string => `po${BigInt(`0x${randomBytes(10).toString("hex")}`).toString(36)}`;
