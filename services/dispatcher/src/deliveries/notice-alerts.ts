// What people must know of purchase orders and notices that wait for their supplier's answer.
import { z } from "zod";
import { alertKind, moment, type Condition } from "../alerts/alerts.ts";

const waiting = {
  purchase_order: z.string(),
  supplier: z.string(),
  number: z.string(),
  /** When the answer is due. */
  due: z.string().nullable(),
};
const subject = (po: { readonly purchase_order: string }): string => po.purchase_order;
const page = (po: { readonly purchase_order: string }): string => `/purchase-orders/${encodeURIComponent(po.purchase_order)}`;

const settledBy = (number: string): string =>
  `If a person there tells you: npm run soh -- notice-accepted ${number}, or notice-too-late ${number}`;
const settledByInFrench = (number: string): string =>
  `Si quelqu'un vous répond : npm run soh -- notice-accepted ${number}, ou notice-too-late ${number}`;

const purpose = z.enum(["cancellation", "change"]);
const said = {
  en: { cancellation: "cancellation", change: "change" },
  fr: { cancellation: "annulation", change: "modification" },
} as const;
const title = {
  en: { cancellation: "Cancellation", change: "Change" },
  fr: { cancellation: "L'annulation", change: "La modification" },
} as const;

const overdueAnswer = alertKind({
  kind: "acknowledgement.overdue",
  sort: "condition",
  severity: "act",
  title: { en: "Acknowledgements overdue", fr: "Accusés de réception en retard" },
  /** `untaken`: its file stands in the folder that the supplier should empty. */
  values: z.object({ ...waiting, untaken: z.boolean() }),
  subject,
  page,
  all: "/purchase-orders?overdue=true",
  say: {
    en: ({ number, supplier, due, untaken }) =>
      untaken
        ? {
            what: `Purchase order ${number}: ${supplier} has not taken its file out of the folder by ${due}.`,
            remedy: "Ask the supplier whether it reads the folder.",
          }
        : {
            what: `Purchase order ${number}: ${supplier} has not acknowledged it by ${due}.`,
            remedy: "Ask the supplier whether it has it.",
          },
    fr: ({ number, supplier, due, untaken }) =>
      untaken
        ? {
            what: `Commande ${number} : ${supplier} n'a pas retiré son fichier du dossier avant ${due}.`,
            remedy: "Demandez au fournisseur s'il lit ce dossier.",
          }
        : {
            what: `Commande ${number} : ${supplier} n'en a pas accusé réception avant ${due}.`,
            remedy: "Demandez au fournisseur s'il l'a.",
          },
  },
});

const overdueNotice = alertKind({
  kind: "notice.overdue",
  sort: "condition",
  severity: "act",
  title: { en: "Cancellations and changes without an answer", fr: "Annulations et modifications sans réponse" },
  values: z.object({ ...waiting, purpose }),
  subject,
  page,
  say: {
    en: ({ number, supplier, due, purpose: what }) => ({
      what: `${title.en[what]} of purchase order ${number}: ${supplier} has not said by ${due} whether it accepts it or it is too late.`,
      remedy: `Ask the supplier: until then the goods may come. ${settledBy(number)}.`,
    }),
    fr: ({ number, supplier, due, purpose: what }) => ({
      what: `${title.fr[what]} de la commande ${number} : ${supplier} n'a pas dit avant ${due} si elle est acceptée ou arrive trop tard.`,
      remedy: `Demandez au fournisseur : d'ici là la marchandise peut arriver. ${settledByInFrench(number)}.`,
    }),
  },
});

const noticeSent = alertKind({
  kind: "notice.sent",
  sort: "condition",
  severity: "know",
  title: { en: "Cancellations and changes that wait for an answer", fr: "Annulations et modifications en attente de réponse" },
  values: z.object({ ...waiting, purpose, order: z.string(), order_name: z.string(), why: z.string().nullable() }),
  subject,
  page,
  say: {
    en: ({ order_name: order, number, supplier, due, purpose: what, why }) => ({
      what: `Order ${order}: ${why ?? (what === "change" ? "less is wanted now" : "nothing of it is wanted any more")}: a ${said.en[what]} of purchase order ${number} was sent to ${supplier}.`,
      remedy: `${due === null ? "Look out for its answer" : `It is to answer by ${due}`}. ${settledBy(number)}.`,
    }),
    fr: ({ order_name: order, number, supplier, due, purpose: what, why }) => ({
      what: `Commande client ${order} : ${why ?? (what === "change" ? "il en faut moins" : "il n'en faut plus rien")} : une ${said.fr[what]} de la commande ${number} a été envoyée à ${supplier}.`,
      remedy: `${due === null ? "Guettez sa réponse" : `Réponse attendue avant ${due}`}. ${settledByInFrench(number)}.`,
    }),
  },
});

export const answerAlerts = [overdueAnswer, overdueNotice, noticeSent];

export function answerConditions(options: {
  /** It takes files out of its folder, and that is looked at. */
  readonly expectsPickup: (supplier: string) => boolean;
}): readonly Condition[] {
  return [
    {
      kinds: [overdueAnswer, overdueNotice, noticeSent],
      async holds(db) {
        const rows = await db
          .selectFrom("purchase_orders as po")
          .innerJoin("orders", "orders.id", "po.order_id")
          .leftJoin("purchase_orders as about", "about.id", "po.notice_of")
          .select(["po.id", "po.number", "po.purpose", "po.supplier", "po.picked_up_at", "po.acknowledgement"])
          .select(["po.acknowledgement_due_at as due_at", "po.acknowledgement_overdue as overdue", "po.notice_of"])
          .select(["about.cancel_reason", "orders.id as order", "orders.name as order_name"])
          .where("po.state", "=", "sent")
          .where((eb) => eb.or([eb("po.acknowledgement_overdue", "=", 1), eb("po.notice_of", "is not", null)]))
          .execute();
        return rows.map((row) => {
          const { id, supplier, purpose } = row;
          const due = row.due_at === null ? null : moment(row.due_at);
          const values = { purchase_order: id, supplier, number: row.number ?? row.notice_of ?? id, due };
          if (purpose === null) {
            const untaken = options.expectsPickup(supplier) && row.picked_up_at === null && row.acknowledgement === null;
            return overdueAnswer({ ...values, untaken });
          }
          const why = purpose === "cancellation" ? row.cancel_reason : null;
          return row.overdue === 1
            ? overdueNotice({ ...values, purpose })
            : noticeSent({ ...values, purpose, order: row.order, order_name: row.order_name, why });
        });
      },
    },
  ];
}
