// What people must know of a supplier's answer.
import { z } from "zod";
import { alertKind, type Alert } from "../alerts/alerts.ts";
import type { AcknowledgementStatus } from "../domain/answers/acknowledgement.ts";
import type { NoticePurpose } from "../domain/delivery/message.ts";

/** `path`: of the file, as the supplier named it; `reason`: in its words. */
const values = z.object({
  purchase_order: z.string(),
  /** Of an answer to a notice. */
  message: z.string().nullable().default(null),
  supplier: z.string(),
  path: z.string(),
  number: z.string(),
  reason: z.string().nullable(),
});
const subject = (of: { readonly purchase_order: string; readonly message: string | null }): string =>
  of.message ?? of.purchase_order;
const page = (of: { readonly purchase_order: string }): string => `/purchase-orders/${encodeURIComponent(of.purchase_order)}`;
const why = (reason: string | null, colon = ":"): string => (reason === null ? "" : `${colon} ${reason}`);

const tooLate = alertKind({
  kind: "acknowledgement.too_late",
  sort: "event",
  severity: "act",
  title: { en: "Too late to cancel or change", fr: "Trop tard pour annuler ou modifier" },
  values: values.extend({ purpose: z.enum(["cancellation", "change"]) }),
  subject,
  page,
  say: {
    en: ({ supplier, number, purpose, reason }) => ({
      what: `Supplier ${supplier}: it is too late for the ${purpose} of purchase order ${number}${why(reason)}.`,
      remedy: "The goods come as ordered: agree on a return with the supplier or have the parcel refused, and tell the customer.",
    }),
    fr: ({ supplier, number, purpose, reason }) => ({
      what: `Fournisseur ${supplier} : trop tard pour ${purpose === "change" ? "modifier" : "annuler"} la commande ${number}${why(reason, " :")}.`,
      remedy: "La marchandise arrive comme commandée : convenez d'un retour ou faites refuser le colis, et prévenez le client.",
    }),
  },
});

const besides = (surprise: string | null): string => (surprise === null ? "" : ` Besides, ${surprise}.`);
const besidesInFrench = (surprise: string | null): string => (surprise === null ? "" : ` De plus : ${surprise}.`);
const answered = values.extend({
  /** Why a person should know, although it was applied. */
  surprise: z.string().nullable(),
});

const rejected = alertKind({
  kind: "acknowledgement.rejected",
  sort: "event",
  severity: "act",
  title: { en: "Rejected by the supplier", fr: "Refusées par le fournisseur" },
  values: answered,
  subject,
  page,
  say: {
    en: ({ supplier, number, reason, surprise }) => ({
      what: `Supplier ${supplier} rejects purchase order ${number}${why(reason)}.`,
      remedy: `Tell the customer, or order elsewhere.${besides(surprise)}`,
    }),
    fr: ({ supplier, number, reason, surprise }) => ({
      what: `Le fournisseur ${supplier} refuse la commande ${number}${why(reason, " :")}.`,
      remedy: `Prévenez le client, ou commandez ailleurs.${besidesInFrench(surprise)}`,
    }),
  },
});

const changed = alertKind({
  kind: "acknowledgement.changed",
  sort: "event",
  severity: "act",
  title: { en: "Changed by the supplier", fr: "Modifiées par le fournisseur" },
  values: answered,
  subject,
  page,
  say: {
    en: ({ supplier, number, reason, surprise }) => ({
      what: `Supplier ${supplier} changes purchase order ${number}${why(reason)}.`,
      remedy: `Tell the customer, or order elsewhere.${besides(surprise)}`,
    }),
    fr: ({ supplier, number, reason, surprise }) => ({
      what: `Le fournisseur ${supplier} modifie la commande ${number}${why(reason, " :")}.`,
      remedy: `Prévenez le client, ou commandez ailleurs.${besidesInFrench(surprise)}`,
    }),
  },
});

const unexpected = alertKind({
  kind: "acknowledgement.unexpected",
  sort: "event",
  severity: "act",
  title: { en: "Unexpected answers", fr: "Réponses inattendues" },
  values: answered,
  subject,
  page,
  say: {
    en: ({ supplier, number, path, surprise }) => ({
      what: `Supplier ${supplier} acknowledges purchase order ${number} (${path}), though ${surprise}.`,
      remedy: "",
    }),
    fr: ({ supplier, number, path, surprise }) => ({
      what: `Le fournisseur ${supplier} accuse réception de la commande ${number} (${path}), alors que : ${surprise}.`,
      remedy: "",
    }),
  },
});

export const acknowledgementAlerts = [tooLate, rejected, changed, unexpected];

export interface Answered extends z.output<typeof answered> {
  readonly status: AcknowledgementStatus;
  /** It answers a notice, not the purchase order. */
  readonly notice: NoticePurpose | null;
}

/** Undefined for good news. */
export function alertOfAnswer({ status, notice, ...of }: Answered): Alert | undefined {
  if (notice !== null) {
    const { surprise: _, ...about } = of;
    return status === "rejected" ? tooLate({ ...about, purpose: notice }) : undefined;
  }
  switch (status) {
    case "rejected":
      return rejected(of);
    case "changed":
      return changed(of);
    case "received":
    case "accepted":
      return of.surprise === null ? undefined : unexpected(of);
  }
}
