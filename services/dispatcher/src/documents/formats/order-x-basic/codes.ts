// Code lists of which the schema knows fewer values than an order may carry.

/** UNCL 4053 as Order-X has it: the Incoterms 2010. What came later (DPU) is said in a note. */
const INCOTERMS = new Set(["CFR", "CIF", "CIP", "CPT", "DAP", "DAT", "DDP", "EXW", "FAS", "FCA", "FOB"]);

export const isIncoterm = (code: string): boolean => INCOTERMS.has(code);

/** Shopify's countries that ISO 3166 has not assigned: Ascension, Tristan da Cunha, Kosovo. */
const UNASSIGNED = new Set(["AC", "TA", "XK"]);

export const isCountry = (code: string): boolean => /^[A-Z]{2}$/.test(code) && !UNASSIGNED.has(code);

/** UNCL 1001. */
export const DOCUMENT = { order: "220", change: "230" } as const;

/**
 * UNCL 1225. Each of our documents has the whole order in it, so that what a change leaves out is no longer wanted: that is
 * "replace" (5). "Change" (4) would leave lines that are not named as they are.
 */
export const FUNCTION = { original: "9", replace: "5", cancel: "1" } as const;

/** UNCL 4451, what a note is about. Only what people wrote has `instructions`: so it is never taken for a field. */
export const SUBJECT = {
  instructions: "DIN",
  general: "AAI",
  delivery: "DEL",
  transport: "TRA",
  product: "PRD",
  hazard: "HAZ",
} as const;
