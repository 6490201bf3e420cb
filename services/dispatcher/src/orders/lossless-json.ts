/**
 * JSON.parse, except that a whole number beyond 2^53 stays exact: it becomes the text of its digits. Shopify's ids are
 * such numbers. Throws SyntaxError like JSON.parse.
 */
export function parseLosslessJson(text: string): unknown {
  // 2^53 has sixteen digits. Looking at each value costs ten times as much as not looking.
  if (!/\d{16}/.test(text)) {
    return JSON.parse(text);
  }
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "") ? context?.source : value,
  );
}
