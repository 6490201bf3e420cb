// Customers: farms mostly, in France mostly. Telephone numbers come from ranges that are kept for fiction where a
// country has one, mail addresses from domains that are kept for examples.
import type { Random } from "./random.ts";

export type CountryCode = "FR" | "BE" | "DE" | "CH" | "ES" | "GB" | "US";

export interface Address {
  first_name: string | null;
  last_name: string;
  company: string | null;
  address1: string;
  address2: string | null;
  city: string;
  province: string | null;
  province_code: string | null;
  country: string;
  country_code: CountryCode;
  zip: string;
  phone: string | null;
}

export interface Person {
  firstName: string;
  lastName: string;
  email: string | null;
  /** Of the customer and of the order, E.164 as Shopify keeps them; an address has its own, as it was typed. */
  customerPhone: string | null;
  orderPhone: string | null;
  /** A guest's order has no customer. */
  guest: boolean;
  shipping: Address | null;
  billing: Address | null;
}

interface Country {
  readonly name: string;
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly companies: readonly string[];
  readonly streets: readonly string[];
  /** Zip, city, province and its code. */
  readonly cities: readonly (readonly [string, string, string?, string?])[];
  /** As it is dialled at home and from abroad: the same number, # for a digit. */
  readonly phones: readonly (readonly [national: string, international: string])[];
}

const COUNTRIES: Readonly<Record<CountryCode, Country>> = {
  FR: {
    name: "France",
    firstNames: ["Jeanne", "Loïc", "Marie-Claude", "Benoît", "Anaïs", "Gérard", "Solène", "Émile", "Hervé", "Maëlys"],
    lastNames: ["Moreau", "Le Goff", "Chabrier", "d'Ornano", "Lefèvre", "Vidal", "Guéguen", "Besson", "N'Diaye", "Rouvière"],
    companies: [
      "GAEC du Chêne Vert",
      "EARL de la Pâture",
      "SCEA Les Trois Ormes",
      "Ferme des Hauts Prés",
      "GAEC Rouvière & Fils",
    ],
    streets: [
      "# rue de l'Église",
      "Lieu-dit La Bourdasse",
      "1# chemin du Moulin",
      "Le Bourg",
      "2## route d'Aurillac",
      "ZA des Prés, bât. B",
    ],
    cities: [
      ["15100", "Saint-Flour"],
      ["29520", "Châteauneuf-du-Faou"],
      ["12000", "Rodez"],
      ["01000", "Bourg-en-Bresse"],
      ["61100", "Flers"],
      ["97410", "Saint-Pierre"],
    ],
    phones: [
      ["06 39 98 ## ##", "+33 6 39 98 ## ##"],
      ["04.65.71.##.##", "+33 (0)4 65 71 ## ##"],
      ["0261 91 ## ##", "+33 2 61 91 ## ##"],
    ],
  },
  BE: {
    name: "Belgium",
    firstNames: ["Wout", "Amélie", "Joris"],
    lastNames: ["Peeters", "Van den Broeck", "Dubois"],
    companies: ["Hoeve De Linde BV", "Ferme du Bois SRL"],
    streets: ["Kerkstraat ##", "Rue du Village #, bte 2"],
    cities: [
      ["9000", "Gent"],
      ["5000", "Namur"],
    ],
    phones: [["0470 12 ## ##", "+32 470 12 ## ##"]],
  },
  DE: {
    name: "Germany",
    firstNames: ["Jürgen", "Käthe", "Björn"],
    lastNames: ["Groß", "Müller-Lüdenscheidt", "von der Heide"],
    companies: ["Hof Sonnenschein GbR", "Agrar Großmann GmbH & Co. KG"],
    streets: ["Dorfstraße #", "Am Mühlbach 1#a"],
    cities: [
      ["94032", "Passau"],
      ["06108", "Halle (Saale)"],
    ],
    phones: [["030 23125 ###", "+49 30 23125 ###"]],
  },
  CH: {
    name: "Switzerland",
    firstNames: ["Reto", "Éloïse"],
    lastNames: ["Zgraggen", "Favre"],
    companies: ["Hof Alpenblick AG", "Domaine de la Côte Sàrl"],
    streets: ["Hauptstrasse ##", "Chemin des Vignes #"],
    cities: [
      ["3011", "Bern"],
      ["1110", "Morges"],
    ],
    phones: [["079 123 4# ##", "+41 79 123 4# ##"]],
  },
  ES: {
    name: "Spain",
    firstNames: ["Iñaki", "María José"],
    lastNames: ["Muñoz Ibáñez", "de la Peña"],
    companies: ["Finca La Señora S.L.", "Ganadería Ibáñez S.C.P."],
    streets: ["Calle Mayor, ##, 2º izq.", "Ctra. de Lleida, km 1#"],
    cities: [
      ["22001", "Huesca", "Huesca", "HU"],
      ["31001", "Pamplona", "Navarra", "NA"],
    ],
    phones: [["612 34 5# ##", "+34 612 34 5# ##"]],
  },
  GB: {
    name: "United Kingdom",
    firstNames: ["Siân", "Alistair"],
    lastNames: ["O'Donnell", "Fforde-Smythe"],
    companies: ["Hill Farm Ltd", "Smythe & Sons (Dairy) Ltd"],
    streets: ["Hill Farm, Lower Lane", "# High St"],
    cities: [
      ["SY23 3FL", "Aberystwyth", "Wales", "WLS"],
      ["EX1 1AA", "Exeter", "England", "ENG"],
    ],
    phones: [["07700 900###", "+44 7700 900###"]],
  },
  US: {
    name: "United States",
    firstNames: ["Dwayne", "Peggy-Sue"],
    lastNames: ["Kowalski", "Miller Jr."],
    companies: ["Double K Ranch, LLC"],
    streets: ["#### County Road 12", "P.O. Box ##"],
    cities: [
      ["59001", "Absarokee", "Montana", "MT"],
      ["05001-0001", "White River Junction", "Vermont", "VT"],
    ],
    phones: [["(212) 555-01##", "+1 212-555-01##"]],
  },
};

const MAIL_DOMAINS = ["example.com", "example.org", "example.net"];

/** A customer with an address and a telephone number in it. */
export function createPerson(random: Random, code: CountryCode): Person {
  const country = COUNTRIES[code];
  const firstName = random.pick(country.firstNames);
  const lastName = random.pick(country.lastNames);
  const shipping = createAddress(random, code, firstName, lastName);
  const elsewhere = random.chance(0.15);
  return {
    firstName,
    lastName,
    email: `${plainLetters(`${firstName}.${lastName}`)}@${random.pick(MAIL_DOMAINS)}`,
    customerPhone: random.chance(0.3) ? e164(createPhone(random, code).international) : null,
    orderPhone: null,
    guest: false,
    shipping,
    billing: elsewhere ? createAddress(random, code, firstName, lastName) : { ...shipping },
  };
}

export const PHONE_PLACES = ["billing", "customer", "order"] as const;
export type PhonePlace = (typeof PHONE_PLACES)[number];

/** Moves the only telephone number out of the addresses: it is the customer's or the order's alone. */
export function hidePhone(random: Random, person: Person, place: PhonePlace): void {
  const code = person.shipping?.country_code ?? "FR";
  removePhones(person);
  const phone = createPhone(random, code);
  if (place === "billing" && person.billing) {
    person.billing.phone = phone.national;
  } else if (place === "customer") {
    person.customerPhone = e164(phone.international);
  } else {
    person.orderPhone = e164(phone.international);
  }
}

/** Leaves no telephone number anywhere. */
export function removePhones(person: Person): void {
  person.customerPhone = null;
  person.orderPhone = null;
  for (const address of [person.shipping, person.billing]) {
    if (address) {
      address.phone = null;
    }
  }
}

export function hasPhone({ shipping, billing, customerPhone, orderPhone, guest }: Person): boolean {
  return [shipping?.phone, billing?.phone, guest ? null : customerPhone, orderPhone].some(Boolean);
}

function createAddress(random: Random, code: CountryCode, firstName: string, lastName: string): Address {
  const country = COUNTRIES[code];
  const [zip, city, province = null, provinceCode = null] = random.pick(country.cities);
  const phone = createPhone(random, code);
  return {
    first_name: firstName,
    last_name: lastName,
    company: random.chance(0.5) ? random.pick(country.companies) : null,
    address1: random.digits(random.pick(country.streets)),
    address2: random.pick([null, null, "", "Hangar 2, derrière la laiterie"]),
    city,
    province,
    province_code: provinceCode,
    country: country.name,
    country_code: code,
    zip,
    phone: random.chance(0.5) ? phone.national : phone.international,
  };
}

function createPhone(random: Random, code: CountryCode): { national: string; international: string } {
  const [national, international] = random.pick(COUNTRIES[code].phones);
  const digits = [...random.digits("####")];
  const filled = (template: string): string => {
    let n = 0;
    return template.replaceAll("#", () => digits[n++] ?? "0");
  };
  return { national: filled(national), international: filled(international) };
}

function e164(international: string): string {
  return `+${international.replace("(0)", "").replace(/\D/g, "")}`;
}

function plainLetters(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[^\w.-]/g, "")
    .toLowerCase();
}
