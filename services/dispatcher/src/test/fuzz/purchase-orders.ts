// Purchase orders for answers to be applied to, in all states, and back to how they were afterwards.
import type { PurchaseOrderRow } from "../../database/purchase-order-rows.ts";
import { randomUUID } from "node:crypto";
import { orderBody } from "../payload.ts";
import { envelopeOf, type FuzzWorld } from "./world.ts";

export interface SeededPurchaseOrders {
  /** By the supplier's id. */
  numbersOf(supplier: string): readonly string[];
  /** What is wrong with the purchase order that an answer was applied to; undefined when it is whole. */
  objection(id: string): Promise<string | undefined>;
  /** How many lines and purchase orders have an answer. */
  answered(): Promise<number>;
  putBack(ids: Iterable<string>): Promise<void>;
}

/** Of all suppliers together, however many formats there are: planning more only fills the memory that is watched here. */
const PURCHASE_ORDERS = 240;
const FIRST_NUMBER = 1001;

/** Most of them sent, as it is where answers come from; the rest as an early, late or mistaken answer finds them. */
const STATES = [
  "sent",
  "sent",
  "sent",
  "sent",
  "sent",
  "sent",
  "ready",
  "held",
  "unknown",
  "failed",
  "closed",
  "cancelled",
] as const;

export async function seedPurchaseOrders(world: FuzzWorld, suppliers: readonly string[]): Promise<SeededPurchaseOrders> {
  const { database, features, clock } = world;
  const { db } = database;
  const orders = Math.ceil(PURCHASE_ORDERS / suppliers.length);
  for (let n = 0; n < orders; n++) {
    const number = FIRST_NUMBER + n;
    const lines = suppliers.flatMap((vendor, s) => [
      { id: `${number}${s}1`, sku: `A-${n}`, vendor, quantity: 5 },
      { id: `${number}${s}2`, sku: `B-${n}`, vendor, quantity: 2 },
    ]);
    const body = Buffer.from(orderBody({ id: String(number), number, lines }));
    await features.intake(envelopeOf({ topic: "orders/paid", webhookId: randomUUID(), receivedAt: clock.now() }, body));
  }
  const ids = await db.selectFrom("purchase_orders").select(["id", "message_id"]).orderBy("id").execute();
  for (const [n, { id, message_id: message }] of ids.entries()) {
    const state = STATES[n % STATES.length] ?? "sent";
    const isEnd = state === "closed" || state === "cancelled";
    if (isEnd) {
      await db.updateTable("purchase_orders").set({ stage: state }).where("id", "=", id).execute();
    }
    const ofMessage = state === "closed" ? "sent" : state === "held" || state === "cancelled" ? "withdrawn" : state;
    const sent_at = ofMessage === "sent" ? clock.now() : null;
    await db.updateTable("messages").set({ state: ofMessage, sent_at }).where("id", "=", message).execute();
  }
  const rows = await db.selectFrom("purchase_orders").select(["id", "supplier", "number", "stage", "version"]).execute();
  const before = new Map(
    rows.map(({ id, stage, version }) => [id, { stage, version, acknowledgement: null, acknowledged_at: null }]),
  );
  const messages = await db.selectFrom("messages").selectAll().execute();

  return {
    numbersOf: (supplier) => rows.flatMap((row) => (row.supplier === supplier ? (row.number ?? []) : [])),

    async objection(id) {
      const po = await db.selectFrom("purchase_orders").selectAll().where("id", "=", id).executeTakeFirst();
      if (po === undefined) {
        return `it was applied to ${id}, which does not exist`;
      }
      const lines = await db.selectFrom("purchase_order_lines").selectAll().where("purchase_order_id", "=", id).execute();
      const broken = lines.find((line) => {
        const parts = [line.confirmed, line.backordered, line.cancelled];
        return (
          parts.some((units) => !Number.isInteger(units) || units < 0) ||
          parts.reduce((sum, units) => sum + units, 0) > line.units
        );
      });
      return broken === undefined
        ? stateObjection(po)
        : `line ${broken.number}: ${broken.confirmed} + ${broken.backordered} + ${broken.cancelled} of ${broken.units}`;
    },

    async answered() {
      const { lines } = await db
        .selectFrom("purchase_order_lines")
        .select((eb) => eb.fn.countAll<number>().as("lines"))
        .where((eb) => eb.or([eb("confirmed", "!=", 0), eb("backordered", "!=", 0), eb("cancelled", "!=", 0)]))
        .executeTakeFirstOrThrow();
      const { orders } = await db
        .selectFrom("purchase_orders")
        .select((eb) => eb.fn.countAll<number>().as("orders"))
        .where("acknowledgement", "is not", null)
        .executeTakeFirstOrThrow();
      return lines + orders;
    },

    async putBack(touched) {
      for (const id of touched) {
        const row = before.get(id);
        if (row !== undefined) {
          await db.updateTable("purchase_orders").set(row).where("id", "=", id).execute();
          for (const message of messages.filter((one) => one.purchase_order_id === id)) {
            await db.updateTable("messages").set(message).where("id", "=", message.id).execute();
          }
          await db
            .updateTable("purchase_order_lines")
            .set({ confirmed: 0, backordered: 0, cancelled: 0, promised_on: null })
            .where("purchase_order_id", "=", id)
            .execute();
        }
      }
    },
  };
}

const stateObjection = (po: PurchaseOrderRow): string | undefined =>
  po.acknowledgement !== null && (po.state === "sent" || po.state === "closed")
    ? undefined
    : `an answer was applied, and it is ${po.state} with the answer ${po.acknowledgement ?? "none"}`;
