// Webhooks as Shopify would send them.
import { createHmac, randomUUID } from "node:crypto";

export const SHOP = "sermat.myshopify.com";
export const SECRET = "shpss_current";

export function sign(body: Uint8Array, secret = SECRET): string {
  return createHmac("sha256", secret).update(body).digest("base64");
}

export type Headers = Record<string, string>;

/** The headers of a webhook with this body. An override of undefined leaves one out. */
export function headersFor(body: Uint8Array, overrides: Record<string, string | undefined> = {}): Headers {
  const all: Record<string, string | undefined> = {
    "content-type": "application/json",
    "x-shopify-topic": "orders/create",
    "x-shopify-hmac-sha256": sign(body),
    "x-shopify-shop-domain": SHOP,
    "x-shopify-api-version": "2026-10",
    "x-shopify-webhook-id": randomUUID(),
    "x-shopify-triggered-at": "2026-11-23T05:50:00.123456789Z",
    "x-shopify-event-id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
    ...overrides,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

export const ORDER = Buffer.from('{"id":820982911946154508,"name":"#1001","email":"jeanne@example.com"}');
