/**
 * JSON.parse, except that a whole number beyond 2^53 stays exact: it becomes the text of its digits. Shopify's ids are
 * such numbers. Throws SyntaxError like JSON.parse.
 */
export function parseLosslessJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "") ? context?.source : value,
  );
}
