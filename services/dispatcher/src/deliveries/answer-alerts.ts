// What people must know of messages that wait for their supplier's answer.
import { z } from "zod";
import { alertKind, moment, type Condition } from "../alerts/alerts.ts";
import { isNotice } from "../domain/delivery/message.ts";

/** `message`: of a notice. */
const waiting = {
  purchase_order: z.string(),
  message: z.string().nullable().default(null),
  supplier: z.string(),
  number: z.string(),
  /** When the answer is due. */
  due: z.string().nullable(),
};
const subject = (po: { readonly purchase_order: string; readonly message: string | null }): string =>
  po.message ?? po.purchase_order;
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
          .selectFrom("messages as message")
          .innerJoin("purchase_orders as po", "po.id", "message.purchase_order_id")
          .innerJoin("orders", "orders.id", "message.order_id")
          .select(["message.id", "message.kind", "message.purchase_order_id", "message.number", "message.supplier"])
          .select(["message.picked_up_at", "message.answer", "message.answer_due_at", "message.answer_overdue"])
          .select(["po.cancel_reason", "orders.id as order", "orders.name as order_name"])
          .where("message.state", "=", "sent")
          .where((eb) =>
            eb.or([
              eb("message.answer_overdue", "=", 1),
              eb.and([
                eb("message.kind", "in", ["cancellation", "change"]),
                eb.or([eb("message.answer", "is", null), eb("message.answer", "=", "received")]),
              ]),
            ]),
          )
          .execute();
        return rows.map((row) => {
          const { id, kind, supplier, purchase_order_id: purchase_order } = row;
          const due = row.answer_due_at === null ? null : moment(row.answer_due_at);
          const values = { purchase_order, supplier, number: row.number ?? purchase_order, due };
          if (!isNotice(kind)) {
            const untaken = options.expectsPickup(supplier) && row.picked_up_at === null && row.answer === null;
            return overdueAnswer({ ...values, message: null, untaken });
          }
          const notice = { ...values, message: id, purpose: kind };
          const why = kind === "cancellation" ? row.cancel_reason : null;
          return row.answer_overdue === 1
            ? overdueNotice(notice)
            : noticeSent({ ...notice, order: row.order, order_name: row.order_name, why });
        });
      },
    },
  ];
}
