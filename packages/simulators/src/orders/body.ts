// The payload as the bytes that Shopify sends: ids as bare digits, and a few characters escaped as Shopify's server
// does, so that a receiver that parses and writes anew ends up with other bytes than were signed.

declare global {
  interface JSON {
    /** Text that JSON.stringify writes as it is; TypeScript's library does not know it yet. */
    rawJSON(text: string): unknown;
  }
}

export function webhookBody(payload: unknown): string {
  return JSON.stringify(payload, (_, value: unknown) =>
    typeof value === "bigint" ? JSON.rawJSON(String(value)) : value,
  ).replace(/[&<>\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
