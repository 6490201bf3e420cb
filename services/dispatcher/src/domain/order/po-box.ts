// Whether an address is a post office box, which a parcel carrier cannot deliver to. Only what such boxes are called is
// looked at, and only in the lines of the address: a company may be called CS Motors.

/** A street's own word after the number makes it a street: "Station BP 12 rue de Paris". */
const STREET_WORDS =
  "(?:bis|ter|quater|rue|avenue|av|ave|bd|bld|boulevard|chemin|ch|route|rte|impasse|allee|place|pl|quai|cours|square|lieu|zone|za|zi|zac|parc|street|st|road|rd)";
const NOT_A_STREET = String.raw`(?!\s*,?\s*${STREET_WORDS}\b)`;
const NUMBER = String.raw`(?:n\s*[°ºo.]{0,2}\s*|no\.?\s*|#\s*)?`;

const boxes: readonly RegExp[] = [
  // FR, BE, CH: BP 12, B.P. 12, BP n° 12, BP12.
  new RegExp(String.raw`\bb\.?\s?p\.?\s*${NUMBER}\d{1,6}\b${NOT_A_STREET}`),
  /\bboites?\s+postales?\b/,
  /\bcases?\s+postales?\b/,
  // FR: a company's own course of mail, always five digits.
  new RegExp(String.raw`\b(?:c\.?\s?s\.?|t\.?\s?s\.?\s?a\.?)\s*${NUMBER}\d{5}\b`),
  // DE, AT, CH.
  /\bpostf(?:ach|\.)(?!\w)/,
  new RegExp(String.raw`^pf\.?\s*${NUMBER}\d[\d ]{1,7}$`),
  // EN, with and without dots.
  /\bp\s?\.?\s?o\s?\.?\s?box\b/,
  /\bpost\s+office\s+box\b/,
  new RegExp(String.raw`^p\.?o\.?b\.?\s*${NUMBER}\d{1,6}$`),
  // NL, BE; ES; IT.
  /\bpostbus\s+\d/,
  /\bapartado(?:\s+de\s+correos)?\s+\d/,
  /\bcasella\s+postale\b/,
];

export function isPoBox(address: {
  readonly street: string | null;
  readonly street2: string | null;
  readonly city: string | null;
}): boolean {
  return [address.street, address.street2, address.city].some((line) => {
    const plain = (line ?? "")
      .normalize("NFKD")
      .replaceAll(/\p{Diacritic}/gu, "")
      .toLowerCase()
      .replaceAll(/\s+/g, " ")
      .trim();
    return boxes.some((box) => box.test(plain));
  });
}
