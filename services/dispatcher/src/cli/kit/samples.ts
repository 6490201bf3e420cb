// Invented orders of the kinds that a supplier meets, for its engineer to try. Each is marked as a test.
import type { Address, Order, OrderLine } from "../../domain/order/order.ts";

export type SamplePurpose = "original" | "replacement" | "change" | "cancellation";

export interface Sample {
  readonly order: Order;
  readonly version: number;
  readonly purpose: SamplePurpose;
  readonly en: string;
  readonly fr: string;
}

/** The sample that the expected answers answer: their lines 1 and 2 confirm 5 and 2. */
export const ANSWERED_SAMPLE = 1;

/** `shippingMethod`: one that the supplier has a code for. `at`: when they were ordered, epoch milliseconds. */
export function samples(input: { readonly shop: string; readonly shippingMethod: string; readonly at: number }): Sample[] {
  const order = (number: number, over: Partial<Order> & { readonly lines: readonly OrderLine[] }): Order => ({
    id: `${input.shop}:${number}`,
    shop: input.shop,
    name: `#${number}`,
    orderNumber: String(number),
    test: true,
    financialStatus: "paid",
    paymentTerms: false,
    createdAt: input.at,
    processedAt: input.at,
    updatedAt: input.at,
    cancelledAt: null,
    total: { amount: "0.00", currency: "EUR" },
    tags: [],
    note: null,
    noteAttributes: [],
    customerOrderNumber: null,
    customer: { name: "Élodie Le Goff", email: "elodie.legoff@example.com", language: "fr-FR" },
    deliverTo: plainAddress,
    phone: "+33261911234",
    shippingMethod: input.shippingMethod,
    shippingMethodCode: null,
    ...over,
  });
  const several = order(1002, {
    note: "Le portail est fermé le matin : appeler.",
    noteAttributes: [{ name: "Date de livraison", value: "20/01/2027" }],
    customerOrderNumber: "BC-2027-044",
    lines: [line(1, { quantity: 5 }), line(2, { quantity: 2, properties: [{ name: "Couleur", value: "Rouge" }] })],
  });
  const one = order(1001, { lines: [line(1)] });
  const original = { version: 1, purpose: "original" } as const;
  return [
    { ...original, order: one, en: "One line", fr: "Une ligne" },
    {
      ...original,
      order: several,
      en: "Several lines, with notes, a wished date and the customer's own order number",
      fr: "Plusieurs lignes, avec remarques, date souhaitée et numéro de commande du client",
    },
    {
      ...original,
      order: order(1003, { deliverTo: { ...plainAddress, company: null, street2: null, province: null }, lines: [line(1)] }),
      en: "An address without company, second line and province",
      fr: "Une adresse sans société, sans complément et sans région",
    },
    {
      ...original,
      order: order(1004, {
        customer: { name: longName, email: "contact@example.com", language: "fr-FR" },
        deliverTo: { ...plainAddress, company: longName, street: longStreet },
        lines: [line(1, { title: longTitle })],
      }),
      en: "A long company, street and description",
      fr: "Une société, une rue et une désignation longues",
    },
    {
      ...original,
      order: order(1005, {
        customer: { name: special, email: "contact@example.com", language: "fr-FR" },
        deliverTo: { ...plainAddress, company: special, name: "Łukasz Żółć" },
        note: special,
        lines: [line(1, { title: `Attache ${special}` })],
      }),
      en: "Special characters: `& < >`, quotes, accents, €, and letters that an encoding may lack",
      fr: "Caractères spéciaux : `& < >`, guillemets, accents, €, et lettres absentes de certains encodages",
    },
    { order: one, version: 2, purpose: "replacement", en: "Replaces the first sample", fr: "Remplace le premier exemple" },
    {
      order: { ...several, lines: [line(1, { quantity: 4 }), ...several.lines.slice(1)] },
      version: 2,
      purpose: "change",
      en: "Changes the second sample: 4 instead of 5 of line 1",
      fr: "Modifie le deuxième exemple : 4 au lieu de 5 à la ligne 1",
    },
    { order: several, version: 3, purpose: "cancellation", en: "Cancels the second sample", fr: "Annule le deuxième exemple" },
  ];
}

const plainAddress: Address = {
  company: "GAEC des Landes",
  name: "Élodie Le Goff",
  street: "4 La Ville Neuve",
  street2: "Hangar à gauche de la cour",
  zip: "35140",
  city: "Saint-Exemple",
  province: "Ille-et-Vilaine",
  country: "FR",
};

const special = `L'Orée & fils <Ø 28> "Été" – 5 €`;
const longName =
  "Coopérative d'utilisation de matériel agricole des cantons réunis de la vallée et des coteaux de Saint-Exemple-du-Bocage";
const longStreet = "1847 bis chemin départemental de la Grande Métairie de la Ville Neuve du Haut";
const longTitle =
  "Dent de herse rotative droite renforcée au carbure de tungstène pour sols pierreux, avec visserie et notice de montage, 32 mm, lot complet";

const line = (number: number, over: Partial<OrderLine> = {}): OrderLine => {
  const quantity = over.quantity ?? 1;
  return {
    id: String(number),
    sku: `REF-100${number}`,
    vendor: null,
    title: number === 1 ? "Dent de herse" : "Attache rapide",
    variantTitle: null,
    quantity,
    currentQuantity: quantity,
    fulfillableQuantity: quantity,
    requiresShipping: true,
    giftCard: false,
    grams: 1_450,
    properties: [],
    ...over,
  };
};
