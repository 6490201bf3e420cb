// What people must know of what waits for them: what to tell suppliers by telephone.
import { z } from "zod";
import { alertKind, type Condition } from "../alerts/alerts.ts";

/** No document tells the supplier. */
const toTell = alertKind({
  kind: "notice.by_hand",
  sort: "condition",
  severity: "act",
  title: { en: "Suppliers to tell yourself", fr: "Fournisseurs à prévenir vous-même" },
  values: z.object({
    purchase_order: z.string(),
    message: z.string().nullable().default(null),
    order_name: z.string(),
    supplier: z.string(),
    number: z.string(),
    /** What to tell whom, and why no document does. */
    task: z.string(),
  }),
  subject: ({ purchase_order, message }) => message ?? purchase_order,
  page: ({ purchase_order: id }) => `/purchase-orders/${encodeURIComponent(id)}`,
  all: "/dead-letters?kind=notice",
  say: {
    en: ({ order_name: order, number, task }) => ({
      what: `Order ${order}: ${task}.`,
      remedy: `When you know its answer: npm run soh -- notice-accepted ${number}, or notice-too-late ${number}.`,
    }),
    fr: ({ order_name: order, number, task }) => ({
      what: `Commande client ${order} : ${task}.`,
      remedy: `Quand vous connaissez sa réponse : npm run soh -- notice-accepted ${number}, ou notice-too-late ${number}.`,
    }),
  },
});

export const alertsOfAttention = [toTell];

export const attentionConditions: readonly Condition[] = [
  {
    kinds: [toTell],
    async holds(db) {
      const rows = await db
        .selectFrom("tasks")
        .innerJoin("purchase_orders as po", "po.id", "tasks.purchase_order_id")
        .innerJoin("orders", "orders.id", "po.order_id")
        .select(["tasks.id", "tasks.task", "tasks.purchase_order_id", "po.supplier", "po.number", "orders.name as order_name"])
        .where("tasks.settled_at", "is", null)
        .execute();
      return rows.map((row) =>
        toTell({
          purchase_order: row.purchase_order_id,
          message: row.id,
          order_name: row.order_name,
          supplier: row.supplier,
          number: row.number ?? row.purchase_order_id,
          task: row.task,
        }),
      );
    },
  },
];
