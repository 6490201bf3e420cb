// Text that customers really type, and text that breaks careless software: each sort is a trait of its own.
import type { OrderPlan } from "./plan.ts";

export const AWKWARD_TEXTS = {
  emoji(plan) {
    plan.person.lastName += " 🚜👩‍🌾";
    plan.note = "Merci ❤️ livrer après 17 h 🐄";
    editAddress(plan, (address) => (address.last_name = plan.person.lastName));
  },
  markup(plan) {
    plan.note = '<b>Urgent</b> & "fragile" <![CDATA[ x ]]> &amp; 5 < 6 > 4 <!-- fin -->';
    editAddress(plan, (address) => (address.company = "Dupont & Fils <Élevage> 'Bio' \"1er choix\""));
  },
  "right-to-left"(plan) {
    plan.person.firstName = "יעל";
    editAddress(plan, (address) => {
      address.first_name = "יעל";
      address.company = "مزرعة النخيل (Ferme des Palmiers)";
    });
  },
  "control-characters"(plan) {
    plan.note = "ligne 1\r\nligne 2\tfin\u0000\u000B\u001F\u007F\u0085";
    editAddress(plan, (address) => (address.address2 = "Bâtiment\u0008 C\u0001\uFEFF"));
  },
  "long-company"(plan) {
    editAddress(plan, (address) => (address.company = longName(300)));
  },
  "line-breaks"(plan) {
    editAddress(plan, (address) => (address.address1 = "Lieu-dit La Bourdasse\n2e portail\n\nà gauche"));
  },
  "invisible-characters"(plan) {
    editAddress(plan, (address) => (address.city = "Saint\u2011Flour\u200B\u00A0"));
    plan.person.lastName = `  ${plan.person.lastName}\u00AD `;
  },
  "decomposed-accents"(plan) {
    editAddress(plan, (address) => (address.city = address.city.normalize("NFD")));
    plan.person.firstName = plan.person.firstName.normalize("NFD");
  },
  "looks-like-code"(plan) {
    plan.note = "=cmd|'/C calc'!A0 ${FTP_PASS} {{order}} %s ../../etc/passwd '; DROP TABLE orders; --";
    editAddress(plan, (address) => (address.company = "null"));
  },
  "long-title"(plan) {
    const [line] = plan.lines;
    if (line) {
      plan.lines[0] = { ...line, title: `${line.title} – ${longName(240)}` };
    }
  },
} satisfies Readonly<Record<string, (plan: OrderPlan) => void>>;

export type AwkwardText = keyof typeof AWKWARD_TEXTS;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of a literal
export const AWKWARD_TEXT_NAMES = Object.keys(AWKWARD_TEXTS) as AwkwardText[];

type EditableAddress = NonNullable<OrderPlan["person"]["shipping"]>;

/** In both addresses: whichever a reader takes, it meets the text. */
function editAddress({ person }: OrderPlan, edit: (address: EditableAddress) => void): void {
  for (const address of [person.shipping, person.billing]) {
    if (address) {
      edit(address);
    }
  }
}

function longName(length: number): string {
  return "Groupement agricole d'exploitation en commun de la vallée de l'Authre réunie ".repeat(5).slice(0, length - 1) + "X";
}
