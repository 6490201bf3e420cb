// What people must know of deliveries: of purchase orders and notices that did not arrive, or perhaps, of suppliers that nothing gets
// through to, and of the journal.
import { z } from "zod";
import { alertKind, moment, type Condition } from "../alerts/alerts.ts";
import type { MessagesTable } from "../database/tables/deliveries.ts";
import { nameOf, titleOf, titleOfInFrench } from "../domain/answers/notice.ts";
import { isNotice } from "../domain/delivery/message.ts";

/** A purchase order, or a notice about one: then `message` is that. */
const named = {
  purchase_order: z.string(),
  message: z.string().nullable().default(null),
  supplier: z.string(),
  number: z.string().nullable(),
  purpose: z.enum(["cancellation", "change"]).nullable(),
};
type Named = z.output<z.ZodObject<typeof named>>;
const titles = {
  en: (po: Named): string => `${titleOf({ ...po, id: po.purchase_order })} to ${po.supplier}`,
  fr: (po: Named): string => `${titleOfInFrench({ ...po, id: po.purchase_order })}, fournisseur ${po.supplier}`,
};
const name = (po: Named): string => nameOf({ ...po, id: subject(po) });
const subject = (po: Pick<Named, "purchase_order" | "message">): string => po.message ?? po.purchase_order;
const page = (po: { readonly purchase_order: string }): string => `/purchase-orders/${encodeURIComponent(po.purchase_order)}`;
const ofSupplier = {
  subject: ({ supplier }: { readonly supplier: string }): string => supplier,
  page: ({ supplier }: { readonly supplier: string }): string => `/suppliers#${encodeURIComponent(supplier)}`,
  all: "/suppliers",
};
const ends = (reason: string): string => reason.replace(/\.$/, "");

const unknown = alertKind({
  kind: "delivery.unknown",
  sort: "condition",
  severity: "act",
  title: { en: "Unknown whether the supplier has it", fr: "Le fournisseur l'a-t-il reçu ?" },
  /** `path`: of its file at the supplier. */
  values: z.object({ ...named, reason: z.string(), path: z.string().nullable() }),
  subject,
  page,
  all: "/dead-letters?kind=purchase-order",
  say: {
    en: (po) => ({
      what: `${titles.en(po)}: ${ends(po.reason)}.`,
      remedy: `Ask ${po.supplier} whether it has ${po.path ?? "it"}; if it has, run \`npm run soh -- mark-sent ${name(po)}\`, else \`same-again\`.`,
    }),
    fr: (po) => ({
      what: `${titles.fr(po)} : ${ends(po.reason)}.`,
      remedy: `Demandez à ${po.supplier} s'il a ${po.path ?? "cette commande"} ; si oui : \`npm run soh -- mark-sent ${name(po)}\`, sinon : \`same-again\`.`,
    }),
  },
});

const failed = alertKind({
  kind: "delivery.failed",
  sort: "condition",
  severity: "act",
  title: { en: "Failed", fr: "En échec" },
  values: z.object({ ...named, reason: z.string() }),
  subject,
  page,
  all: "/dead-letters?kind=purchase-order",
  say: {
    en: (po) => ({
      what: `${titles.en(po)}: ${ends(po.reason)}.`,
      remedy: `Others go on. Mend the cause, then run \`npm run soh -- retry ${name(po)}\`.`,
    }),
    fr: (po) => ({
      what: `${titles.fr(po)} : ${ends(po.reason)}.`,
      remedy: `Les autres continuent. Réparez la cause, puis : \`npm run soh -- retry ${name(po)}\`.`,
    }),
  },
});

/** The first few attempts of an ordinary night are not worth a line. */
const retrying = alertKind({
  kind: "delivery.retrying",
  sort: "condition",
  severity: "act",
  quiet: true,
  title: { en: "Not getting through", fr: "N'arrivent pas à destination" },
  values: z.object({ ...named, failures: z.number(), reason: z.string(), next: z.string() }),
  subject,
  page,
  all: "/purchase-orders?state=ready",
  say: {
    en: (po) => ({
      what: `${titles.en(po)}: ${po.failures} attempts failed, the last: ${ends(po.reason)}.`,
      remedy: `Tried again at ${po.next}.`,
    }),
    fr: (po) => ({
      what: `${titles.fr(po)} : ${po.failures} tentatives échouées, la dernière : ${ends(po.reason)}.`,
      remedy: `Nouvelle tentative à ${po.next}.`,
    }),
  },
});

export const found = alertKind({
  kind: "delivery.found",
  sort: "event",
  severity: "know",
  title: { en: "Found at the supplier", fr: "Retrouvées chez le fournisseur" },
  values: z.object({ ...named, path: z.string(), how: z.string() }),
  subject,
  page,
  say: {
    en: (po) => ({ what: `${titles.en(po)}: ${ends(po.how)}.`, remedy: "It counts as sent; nothing need be done." }),
    fr: (po) => ({ what: `${titles.fr(po)} : ${ends(po.how)}.`, remedy: "Elle compte comme envoyée ; rien à faire." }),
  },
});

const silent = alertKind({
  kind: "supplier.silent",
  sort: "condition",
  severity: "act",
  quiet: true,
  title: { en: "Suppliers whose server does not answer", fr: "Fournisseurs dont le serveur ne répond pas" },
  /** `probe`: when one purchase order is let through to try. */
  values: z.object({ supplier: z.string(), probe: z.string() }),
  ...ofSupplier,
  say: {
    en: ({ supplier, probe }) => ({
      what: `Supplier ${supplier}: its server does not answer.`,
      remedy: `One purchase order is let through to try at ${probe}.`,
    }),
    fr: ({ supplier, probe }) => ({
      what: `Fournisseur ${supplier} : son serveur ne répond pas.`,
      remedy: `Une commande passe à l'essai à ${probe}.`,
    }),
  },
});

const unreachable = alertKind({
  kind: "supplier.unreachable",
  sort: "condition",
  severity: "act",
  title: { en: "Suppliers that nothing gets through to", fr: "Fournisseurs injoignables" },
  values: z.object({ supplier: z.string(), purchase_orders: z.number() }),
  ...ofSupplier,
  say: {
    en: ({ supplier, purchase_orders: count }) => ({
      what: `Supplier ${supplier}: ${count} ${count === 1 ? "purchase order does" : "purchase orders do"} not get through.`,
      remedy: "They are tried again by themselves; ask the supplier whether its server works.",
    }),
    fr: ({ supplier, purchase_orders: count }) => ({
      what: `Fournisseur ${supplier} : ${count} ${count > 1 ? "commandes ne passent" : "commande ne passe"} pas.`,
      remedy: "De nouvelles tentatives se font d'elles-mêmes ; demandez au fournisseur si son serveur fonctionne.",
    }),
  },
});

const missing = alertKind({
  kind: "supplier.missing",
  sort: "condition",
  severity: "act",
  title: { en: "Suppliers that are not in the configuration", fr: "Fournisseurs absents de la configuration" },
  values: z.object({ supplier: z.string(), purchase_orders: z.number() }),
  ...ofSupplier,
  say: {
    en: ({ supplier, purchase_orders: count }) => ({
      what: `Supplier ${supplier} is not in the configuration any more, and ${count} purchase orders wait for it.`,
      remedy: "Put it back, or mark them as sent.",
    }),
    fr: ({ supplier, purchase_orders: count }) => ({
      what: `Le fournisseur ${supplier} n'est plus dans la configuration, et ${count} commandes l'attendent.`,
      remedy: "Remettez-le, ou marquez-les comme envoyées.",
    }),
  },
});

export const unwritableJournal = alertKind({
  kind: "journal.unwritable",
  sort: "condition",
  severity: "act",
  title: { en: "The journal", fr: "Le journal" },
  values: z.object({ reason: z.string() }),
  subject: () => "journal",
  page: () => "/",
  say: {
    en: ({ reason }) => ({ what: `${reason}.`, remedy: "Nothing is sent until it can be written again: look at the disk." }),
    fr: ({ reason }) => ({ what: `${reason}.`, remedy: "Rien n'est envoyé tant qu'il ne peut être écrit : voyez le disque." }),
  },
});

export const missingJournal = alertKind({
  kind: "journal.missing",
  sort: "event",
  severity: "act",
  title: { en: "The journal", fr: "Le journal" },
  values: z.object({}),
  subject: () => "journal",
  page: () => "/",
  say: {
    en: () => ({
      what: "The journal (SOH_JOURNAL) is new, although purchase orders were sent before.",
      remedy:
        "If it was moved, put it back and start again; without it, a database that is restored from a backup cannot be recognised.",
    }),
    fr: () => ({
      what: "Le journal (SOH_JOURNAL) est neuf, alors que des commandes ont déjà été envoyées.",
      remedy:
        "S'il a été déplacé, remettez-le et redémarrez ; sans lui, une base restaurée d'une sauvegarde ne peut être reconnue.",
    }),
  },
});

export const restored = alertKind({
  kind: "database.restored",
  sort: "event",
  severity: "act",
  title: { en: "A restored database", fr: "Base de données restaurée" },
  values: z.object({ at: z.number(), sent: z.number(), unknown: z.number(), lost: z.number() }),
  subject: ({ at }) => String(at),
  page: () => "/purchase-orders?state=unknown",
  say: {
    en: ({ sent, unknown, lost }) => ({
      what: `The database is older than the journal: it was restored from a backup. By the journal, ${sent} purchase orders are sent, ${unknown} are unknown, and ${lost} are not in the database;`,
      remedy:
        "what is made again for the same order and asks for the same counts as sent; what differs, or waited here, is unknown until the supplier's answer or a person settles it.",
    }),
    fr: ({ sent, unknown, lost }) => ({
      what: `La base est plus ancienne que le journal : elle vient d'une sauvegarde. D'après le journal, ${sent} commandes sont envoyées, ${unknown} sont incertaines, et ${lost} manquent dans la base ;`,
      remedy:
        "ce qui est refait pour la même commande du client et demande la même chose compte comme envoyé ; ce qui diffère, ou attendait ici, reste incertain jusqu'à la réponse du fournisseur ou la décision de quelqu'un.",
    }),
  },
});

export const deliveryAlerts = [
  unknown,
  failed,
  retrying,
  found,
  silent,
  unreachable,
  missing,
  unwritableJournal,
  missingJournal,
  restored,
];

/** When people see that one does not get through, and are told that a supplier cannot be reached: whatever its `breaker` says. */
const TELL_AFTER = { attempts: 3, failures: 5, openForMs: 10 * 60_000 };

export function deliveryConditions(options: {
  /** Whether it is in the configuration. */
  readonly isSupplier: (id: string) => boolean;
  readonly now: () => number;
}): readonly Condition[] {
  const { isSupplier, now } = options;
  return [
    {
      kinds: [unknown, failed],
      async holds(db) {
        const rows = await db
          .selectFrom("messages as message")
          .select(["message.id", "message.kind", "message.purchase_order_id", "message.supplier", "message.number"])
          .select(["message.reason", "message.state"])
          .select((eb) =>
            eb
              .selectFrom("attempts")
              .select("final_path")
              .whereRef("attempts.message_id", "=", "message.id")
              .orderBy("attempts.number", "desc")
              .limit(1)
              .as("path"),
          )
          .where("message.state", "in", ["unknown", "failed"])
          .orderBy("message.created_at")
          .orderBy("message.number")
          .execute();
        return rows.map(({ state, path, ...row }) =>
          state === "failed" ? failed(valuesOf(row)) : unknown({ ...valuesOf(row), path }),
        );
      },
    },
    {
      kinds: [retrying],
      async holds(db) {
        const rows = await db
          .selectFrom("messages")
          .select(["id", "kind", "purchase_order_id", "supplier", "number", "reason", "failures", "next_attempt_at as next"])
          .where("state", "in", ["ready", "sending"])
          .where("failures", ">=", TELL_AFTER.attempts)
          .execute();
        return rows.map(({ failures, next, ...row }) => retrying({ ...valuesOf(row), failures, next: moment(next) }));
      },
    },
    {
      kinds: [silent],
      async holds(db) {
        const rows = await db.selectFrom("suppliers").select(["id", "probe_at"]).where("opened_at", "is not", null).execute();
        return rows.map(({ id, probe_at: at }) => silent({ supplier: id, probe: moment(at ?? now()) }));
      },
    },
    {
      kinds: [unreachable],
      async holds(db) {
        const rows = await db
          .selectFrom("messages")
          .select((eb) => ["supplier", eb.fn.countAll<number | string>().as("waiting")])
          .where("state", "in", ["ready", "sending"])
          .where((eb) =>
            eb.or([
              eb("failures", ">=", TELL_AFTER.failures),
              eb(
                "supplier",
                "in",
                eb
                  .selectFrom("suppliers")
                  .select("id")
                  .where("opened_at", "<=", now() - TELL_AFTER.openForMs),
              ),
            ]),
          )
          .groupBy("supplier")
          .execute();
        return rows.map((row) => unreachable({ supplier: row.supplier, purchase_orders: Number(row.waiting) }));
      },
    },
    {
      kinds: [missing],
      async holds(db) {
        const rows = await db
          .selectFrom("messages")
          .select((eb) => ["supplier", eb.fn.countAll<number | string>().as("count")])
          .where("state", "in", ["ready", "sending", "unknown"])
          .groupBy("supplier")
          .execute();
        return rows
          .filter(({ supplier }) => !isSupplier(supplier))
          .map((row) => missing({ supplier: row.supplier, purchase_orders: Number(row.count) }));
      },
    },
  ];
}

/** What its sentence calls it. */
export const about = ({
  id,
  kind,
  purchase_order_id: purchase_order,
  supplier,
  number,
}: Pick<MessagesTable, "id" | "kind" | "purchase_order_id" | "supplier" | "number">) =>
  isNotice(kind)
    ? { purchase_order, message: id, supplier, number, purpose: kind }
    : { purchase_order, message: null, supplier, number, purpose: null };

const valuesOf = (message: Parameters<typeof about>[0] & Pick<MessagesTable, "reason">) => ({
  ...about(message),
  reason: message.reason ?? "",
});
