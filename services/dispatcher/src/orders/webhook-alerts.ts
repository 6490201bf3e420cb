// What people must know of what came from the shop: webhooks that were set aside, requests to answer, an app that is gone.
import { z } from "zod";
import { alertKind, type Condition } from "../alerts/alerts.ts";
import { questions } from "../domain/purchase-order/remedy.ts";

const webhook = z.object({ dead_letter: z.string(), shop: z.string(), topic: z.string(), webhook_id: z.string() });
const ofLetter = {
  subject: (of: { readonly dead_letter: string }): string => of.dead_letter,
  page: (): string => "/dead-letters?kind=webhook",
  all: "/dead-letters?kind=webhook",
};

const unreadable = alertKind({
  kind: "webhook.unreadable",
  sort: "condition",
  severity: "act",
  title: { en: "Webhooks set aside", fr: "Webhooks mis de côté" },
  values: webhook.extend({ reason: z.string() }),
  ...ofLetter,
  say: {
    en: ({ shop, topic, webhook_id: id, reason, dead_letter: letter }) => ({
      what: `Shop ${shop}: a signed webhook ${topic} (${id}) cannot be read: ${reason}.`,
      remedy: `Everything else goes on. Look at it: npm run soh -- dead-letters show ${letter}.`,
    }),
    fr: ({ shop, topic, webhook_id: id, reason, dead_letter: letter }) => ({
      what: `Boutique ${shop} : un webhook signé ${topic} (${id}) est illisible : ${reason}.`,
      remedy: `Tout le reste continue. Voyez-le : npm run soh -- dead-letters show ${letter}.`,
    }),
  },
});

const shopRequest = alertKind({
  kind: "shop.request",
  sort: "condition",
  severity: "act",
  title: { en: "Requests to answer within 30 days", fr: "Demandes à traiter sous 30 jours" },
  values: webhook,
  ...ofLetter,
  say: {
    en: ({ shop, topic, dead_letter: letter }) => ({
      what: `Shop ${shop}: Shopify asks for ${topic}.`,
      remedy: `It must be answered within 30 days. The request: npm run soh -- dead-letters show ${letter}.`,
    }),
    fr: ({ shop, topic, dead_letter: letter }) => ({
      what: `Boutique ${shop} : Shopify demande ${topic}.`,
      remedy: `Il faut y répondre sous 30 jours. La demande : npm run soh -- dead-letters show ${letter}.`,
    }),
  },
});

export const uninstalled = alertKind({
  kind: "shop.app_uninstalled",
  sort: "event",
  severity: "act",
  title: { en: "The app was uninstalled", fr: "L'application a été désinstallée" },
  values: z.object({ shop: z.string() }),
  subject: ({ shop }) => shop,
  page: () => "/",
  say: {
    en: ({ shop }) => ({
      what: `Shop ${shop}: the app was uninstalled, no more orders will arrive.`,
      remedy: "Install it again, or take the shop out of the configuration.",
    }),
    fr: ({ shop }) => ({
      what: `Boutique ${shop} : l'application a été désinstallée, plus aucune commande n'arrivera.`,
      remedy: "Réinstallez-la, ou retirez la boutique de la configuration.",
    }),
  },
});

export const webhookAlerts = [unreadable, shopRequest, uninstalled];

export const webhookConditions: readonly Condition[] = [
  {
    kinds: [unreadable, shopRequest],
    async holds(db) {
      const rows = await db
        .selectFrom("dead_letters")
        .select(["id as dead_letter", "shop", "topic", "webhook_id", "reason"])
        .where("settled_at", "is", null)
        .execute();
      return rows.map(({ reason, ...letter }) =>
        questions.includes(letter.topic) ? shopRequest(letter) : unreadable({ ...letter, reason }),
      );
    },
  },
];
