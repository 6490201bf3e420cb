// What people must know of a supplier.
import { z } from "zod";
import { alertKind, type Condition } from "../alerts/alerts.ts";
import { insecurity, type TransportSettings } from "../config/transport-settings.ts";

const page = ({ supplier }: { readonly supplier: string }): string => `/suppliers#${encodeURIComponent(supplier)}`;
const subject = ({ supplier }: { readonly supplier: string }): string => supplier;

const paused = alertKind({
  kind: "supplier.paused",
  sort: "condition",
  severity: "act",
  title: { en: "Paused suppliers", fr: "Fournisseurs en pause" },
  values: z.object({ supplier: z.string(), reason: z.string() }),
  subject,
  page,
  all: "/suppliers",
  say: {
    en: ({ supplier, reason }) => ({
      what: `Supplier ${supplier} is paused: ${reason}.`,
      remedy: `Nothing is sent to it until this is mended; then run \`npm run soh -- resume ${supplier}\`.`,
    }),
    fr: ({ supplier, reason }) => ({
      what: `Le fournisseur ${supplier} est en pause : ${reason}.`,
      remedy: `Rien ne lui est envoyé tant que ce n'est pas réparé ; ensuite : \`npm run soh -- resume ${supplier}\`.`,
    }),
  },
});

const insecure = alertKind({
  kind: "supplier.insecure",
  sort: "condition",
  severity: "act",
  title: { en: "Connections that are not secure", fr: "Connexions non sécurisées" },
  /** `why`: what of its connection is not secure. */
  values: z.object({ supplier: z.string(), why: z.string() }),
  subject,
  page,
  all: "/suppliers",
  say: {
    en: ({ supplier, why }) => ({
      what: `Supplier ${supplier}: ${why}.`,
      remedy: "Its configuration accepts that (transport.insecure); ask the supplier for FTPS with a certificate, or SFTP.",
    }),
    fr: ({ supplier, why }) => ({
      what: `Fournisseur ${supplier} : ${why}.`,
      remedy: "Sa configuration l'accepte (transport.insecure) ; demandez au fournisseur du FTPS avec un certificat, ou du SFTP.",
    }),
  },
});

export const supplierAlerts = [paused, insecure];

export const supplierConditions = (
  configured: readonly { readonly id: string; readonly transport: TransportSettings }[],
): readonly Condition[] => [
  {
    kinds: [paused],
    async holds(db) {
      const rows = await db.selectFrom("suppliers").select(["id", "pause_reason"]).where("paused_at", "is not", null).execute();
      return rows.map((row) => paused({ supplier: row.id, reason: row.pause_reason ?? "" }));
    },
  },
  {
    kinds: [insecure],
    holds: () =>
      Promise.resolve(
        configured.flatMap(({ id, transport }) => {
          const why = insecurity(transport);
          return why === null ? [] : [insecure({ supplier: id, why })];
        }),
      ),
  },
];
