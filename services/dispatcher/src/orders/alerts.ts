// What people must know of orders: lines that go to nobody, and purchase orders that wait for a person.
import { z } from "zod";
import { alertKind, type Condition } from "../alerts/alerts.ts";

const ofLine = {
  values: z.object({ order: z.string(), order_name: z.string(), line: z.string(), reason: z.string() }),
  subject: ({ order, line }: { readonly order: string; readonly line: string }): string => `${order} ${line}`,
  page: ({ order }: { readonly order: string }): string => `/orders/${encodeURIComponent(order)}`,
};

const unmatchedRemedies = {
  en: {
    "no-rule": "Add a rule to the supplier that ships it, then restart.",
    tie: "Give one of these rules a higher priority, or a further condition, then restart.",
    pack: "Agree another quantity with the customer and change the order in Shopify; or set the supplier's catalogue.pack to hold or round_up, then restart.",
  },
  fr: {
    "no-rule": "Ajoutez une règle au fournisseur qui l'expédie, puis redémarrez.",
    tie: "Donnez à l'une de ces règles une priorité plus haute, ou une condition de plus, puis redémarrez.",
    pack: "Convenez d'une autre quantité avec le client et modifiez la commande dans Shopify ; ou mettez catalogue.pack du fournisseur sur hold ou round_up, puis redémarrez.",
  },
} as const;

const unmatched = alertKind({
  kind: "line.unmatched",
  sort: "condition",
  severity: "act",
  title: { en: "Lines that go to no supplier", fr: "Lignes sans fournisseur" },
  ...ofLine,
  values: ofLine.values.extend({ cause: z.enum(["no-rule", "tie", "pack"]) }),
  all: "/orders?unmatched=true",
  say: {
    en: ({ order_name: order, reason, cause }) => ({
      what: `Order ${order}: a line goes to no supplier: ${reason}.`,
      remedy: unmatchedRemedies.en[cause],
    }),
    fr: ({ order_name: order, reason, cause }) => ({
      what: `Commande client ${order} : une ligne ne va à aucun fournisseur : ${reason}.`,
      remedy: unmatchedRemedies.fr[cause],
    }),
  },
});

const factsMissing = alertKind({
  kind: "line.facts_missing",
  sort: "condition",
  severity: "act",
  title: { en: "Lines that wait for what a rule must know", fr: "Lignes qui attendent ce qu'une règle doit savoir" },
  ...ofLine,
  all: "/orders?facts_missing=true",
  say: {
    en: ({ order_name: order, reason }) => ({
      what: `Order ${order}: a line waits for what a rule must know: ${reason}.`,
      remedy: "It goes by itself when that is known; to send it now, give it a rule that asks for something else, then restart.",
    }),
    fr: ({ order_name: order, reason }) => ({
      what: `Commande client ${order} : une ligne attend ce qu'une règle doit savoir : ${reason}.`,
      remedy:
        "Elle part d'elle-même quand c'est connu ; pour l'envoyer maintenant, donnez-lui une règle qui demande autre chose, puis redémarrez.",
    }),
  },
});

const ofPurchaseOrder = {
  subject: (po: { readonly purchase_order: string }): string => po.purchase_order,
  page: (po: { readonly purchase_order: string }): string => `/purchase-orders/${encodeURIComponent(po.purchase_order)}`,
};

/** Waiting is ordinary: a rule of the shop's own asks for it. */
const held = alertKind({
  kind: "purchase_order.held",
  sort: "condition",
  severity: "act",
  quiet: true,
  title: { en: "Held", fr: "Retenues" },
  values: z.object({ purchase_order: z.string(), supplier: z.string(), number: z.string().nullable(), holds: z.string() }),
  ...ofPurchaseOrder,
  all: "/purchase-orders?state=held",
  say: {
    en: ({ purchase_order: id, number, supplier, holds }) => ({
      what: `Purchase order ${number ?? id} to ${supplier} is held: ${holds}.`,
      remedy: `Mend the order, or let it go: npm run soh -- release ${number ?? id}.`,
    }),
    fr: ({ purchase_order: id, number, supplier, holds }) => ({
      what: `La commande ${number ?? id} à ${supplier} est retenue : ${holds}.`,
      remedy: `Corrigez la commande client, ou laissez-la partir : npm run soh -- release ${number ?? id}.`,
    }),
  },
});

/** It is not certain yet whether its supplier has it. */
const cancelWanted = alertKind({
  kind: "purchase_order.cancel_wanted",
  sort: "condition",
  severity: "act",
  title: { en: "Not wanted any more, and perhaps at the supplier", fr: "Plus voulues, et peut-être chez le fournisseur" },
  values: z.object({
    purchase_order: z.string(),
    order_name: z.string(),
    supplier: z.string(),
    number: z.string(),
    reason: z.string(),
    sending: z.boolean(),
  }),
  ...ofPurchaseOrder,
  say: {
    en: ({ order_name: order, supplier, number, reason, sending }) =>
      sending
        ? {
            what: `Order ${order}: ${reason}, and ${number} is being sent at this moment:`,
            remedy: "it is stopped if its file has not its final name yet, else its supplier is told to cancel it.",
          }
        : {
            what: `Order ${order}: ${reason}, and ${number} may have reached ${supplier}:`,
            remedy: `ask, and say so (npm run soh -- mark-sent or discard ${number}); then its supplier is told to cancel it.`,
          },
    fr: ({ order_name: order, supplier, number, reason, sending }) =>
      sending
        ? {
            what: `Commande client ${order} : ${reason}, et ${number} est en cours d'envoi :`,
            remedy: "elle est arrêtée si son fichier n'a pas encore son nom final, sinon son fournisseur est prié de l'annuler.",
          }
        : {
            what: `Commande client ${order} : ${reason}, et ${number} est peut-être chez ${supplier} :`,
            remedy: `demandez-lui, puis dites-le (npm run soh -- mark-sent ou discard ${number}) ; il est alors prié de l'annuler.`,
          },
  },
});

/** Ended by the next look that succeeds. */
export const notTold = alertKind({
  kind: "notice.broken",
  sort: "condition",
  severity: "act",
  title: { en: "Changes that could not be looked at", fr: "Modifications qui n'ont pu être examinées" },
  values: z.object({ purchase_order: z.string(), number: z.string().nullable(), reason: z.string() }),
  ...ofPurchaseOrder,
  say: {
    en: ({ purchase_order: id, number, reason }) => ({
      what: `Purchase order ${number ?? id}: whether its supplier must be told of a change could not be found out: ${reason}.`,
      remedy: "Others go on; look at its order, and tell the supplier yourself.",
    }),
    fr: ({ purchase_order: id, number, reason }) => ({
      what: `Commande ${number ?? id} : impossible de savoir s'il faut prévenir son fournisseur d'un changement : ${reason}.`,
      remedy: "Les autres continuent ; voyez sa commande client, et prévenez le fournisseur vous-même.",
    }),
  },
});

/** Ended when it is planned. */
export const unplannable = alertKind({
  kind: "order.unplannable",
  sort: "condition",
  severity: "act",
  title: { en: "Orders that cannot be planned", fr: "Commandes client impossibles à répartir" },
  values: z.object({ order: z.string(), reason: z.string() }),
  subject: ({ order }) => order,
  page: ({ order }) => `/orders/${encodeURIComponent(order)}`,
  say: {
    en: ({ order, reason }) => ({
      what: `Order ${order} cannot be planned: ${reason}.`,
      remedy: "It waits; others go on. Look at it in the console; when the cause is mended, restart.",
    }),
    fr: ({ order, reason }) => ({
      what: `La commande client ${order} ne peut être répartie : ${reason}.`,
      remedy: "Elle attend ; les autres continuent. Voyez-la dans la console ; la cause réparée, redémarrez.",
    }),
  },
});

export const orderAlerts = [held, unmatched, factsMissing, cancelWanted, notTold, unplannable];

/** `quietHolds`: those that end by themselves, or never. */
export const orderConditions = (quietHolds: readonly string[]): readonly Condition[] => [
  {
    kinds: [unmatched, factsMissing],
    async holds(db) {
      const rows = await db
        .selectFrom("order_lines as line")
        .innerJoin("orders", "orders.id", "line.order_id")
        .select(["line.line_id as line", "line.order_id as order", "line.reason", "line.cause", "line.decision"])
        .select("orders.name as order_name")
        .where("line.decision", "in", ["unmatched", "facts-missing"])
        .where("orders.state", "=", "open")
        .execute();
      return rows.map(({ decision, cause, ...row }) =>
        decision === "unmatched" ? unmatched({ ...row, cause: cause ?? "no-rule" }) : factsMissing(row),
      );
    },
  },
  {
    kinds: [held],
    async holds(db) {
      const rows = await db
        .selectFrom("purchase_orders as po")
        .innerJoin("holds", "holds.purchase_order_id", "po.id")
        .select(["po.id", "po.supplier", "po.number", "holds.name", "holds.reason"])
        .where("po.state", "=", "held")
        .where("holds.ended_at", "is", null)
        .orderBy("holds.id")
        .execute();
      const byPurchaseOrder = [...Map.groupBy(rows, ({ id }) => id).values()];
      return byPurchaseOrder
        .filter((holds) => holds.some(({ name }) => !quietHolds.includes(name)))
        .flatMap((holds) =>
          holds.slice(0, 1).map(({ id, supplier, number }) =>
            held({
              purchase_order: id,
              supplier,
              number,
              holds: holds.map(({ name, reason }) => `${name} (${reason})`).join(", "),
            }),
          ),
        );
    },
  },
  {
    kinds: [cancelWanted],
    async holds(db) {
      const rows = await db
        .selectFrom("purchase_orders as po")
        .innerJoin("orders", "orders.id", "po.order_id")
        .select(["po.id", "po.supplier", "po.number", "po.state", "po.cancel_reason", "orders.name as order_name"])
        .where("po.state", "in", ["sending", "unknown"])
        .where("po.cancel_wanted_at", "is not", null)
        .execute();
      return rows.map((row) =>
        cancelWanted({
          purchase_order: row.id,
          order_name: row.order_name,
          supplier: row.supplier,
          number: row.number ?? row.id,
          reason: row.cancel_reason ?? "",
          sending: row.state === "sending",
        }),
      );
    },
  },
];
